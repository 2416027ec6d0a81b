package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// methodLines are command lines, in this order, that make a call of each method that clients have, and what etcdctl
// prints then.
var methodLines = []struct{ line, want string }{
	{"put a 1", "OK"},
	{"get a", "1"},
	{`txn if 'value("a") = "1"' then 'put b 2' else 'get b'`, "SUCCESS"},
	{"del a", "1"},
	{"compaction 2", "compacted revision 2"},
	{"lease grant 60", "granted with TTL(60s)"},
	{"lease timetolive 7", "already expired"},
	{"lease keep-alive 7 --once", "requested lease not found"},
	{"lease revoke 7", "requested lease not found"},
	{"lease list", "found 1 leases"},
	{"member list", "started, n1"},
	{"alarm list", ""},
	{"endpoint status", "3.6.16, 3.6.0"},
	{"endpoint hashkv", "http://n3:2379, "},
	{"defrag", "Finished defragmenting"},
	{"snapshot save file", "Snapshot saved at file"},
	{"move-leader n1", "Leadership transferred from"},
	{"member add n4 --learner", "added as learner to cluster"},
	{"member update n4 --peer-urls http://n4:2390", "updated in cluster"},
	{"member promote n4", "can only promote a learner member which is in sync"},
	{"member remove n4", "removed from cluster"},
}

// TestEveryMethod makes a call of each method: the line reads back as the same call, a member answers, etcdctl prints
// it, and the picture has words for it. A method of the table that has no line here fails.
func TestEveryMethod(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1e9)
	var seen [api.Methods]bool
	for _, m := range methodLines {
		c, err := script.Parse(m.line)
		if err != nil {
			t.Fatalf("%s: %v", m.line, err)
		}
		call, ok := c.(script.Call)
		if again, err := script.Parse(c.String()); !ok || err != nil || again.String() != c.String() {
			t.Errorf("%s: reads back as %v, %v", m.line, again, err)
			continue
		}
		seen[api.MethodOf(call.Call)] = true
		before := w.Said().Len()
		if err := w.Do(c); err != nil {
			t.Errorf("%s: %v", m.line, err)
			continue
		}
		w.Advance(w.Now()+10*sim.Second, 1e9)
		got, done := "", false
		for i := before; i < w.Said().Len(); i++ {
			stdout, stderr, _ := w.Said().Ref(i).Print()
			got, done = got+stdout+stderr, w.Said().Ref(i).Done
		}
		if !done || !strings.Contains(got, m.want) {
			t.Errorf("%s: done: %v, prints %q, want %q", m.line, done, got, m.want)
		}
		if etcd.CallText(call.Call) == "" {
			t.Errorf("%s: the picture has no words for it", m.line)
		}
	}
	for m := api.Method(0); m < api.Methods; m++ {
		if row := m.Row(); row.Service != "" && row.Call != nil && !seen[m] {
			t.Errorf("no command makes a call of %s", row.RPC)
		}
	}
}
