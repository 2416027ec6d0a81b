package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// shown is a disaster whose consequences break Raft's rules: two of three disks are emptied, and the third comes back
// with what it had committed. At last that one is emptied, too, and others elected: all are of one mind again.
var shown = []string{
	"put a 1", "put a 2", "crash n1", "crash n2", "crash n3", "wipe n2", "wipe n3", "split n1 | n2,n3", "restart n2",
	"restart n3", "put b 1 --endpoint n2", "restart n1", "heal", "crash n1", "restart n1", "timeout n1", "put c 1",
	"crash n1", "wipe n1", "restart n1", "crash n2", "put d 1 --endpoint n3", "restart n2", "crash n3", "restart n3",
	"put e 1",
}

func suffer(t *testing.T, lines ...string) *World {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1e9)
	for _, line := range lines {
		command(t, w, line)
		w.Advance(w.Now()+3*sim.Second, 1e9)
	}
	if w.Broken() != nil || w.judged.loss.who == "" || w.Leader() == nil {
		t.Fatalf("%v; lost: %q; leader: %v", w.Broken(), w.judged.loss.who, w.Leader())
	}
	return w
}

// TestLossExcusesWhatIsOlder holds that a loss explains what contradicts an election or a commit from before it, and
// that the judges go on: the same in a newer term stops the run.
func TestLossExcusesWhatIsOlder(t *testing.T) {
	w := suffer(t, shown...)
	if len(saysLost(w)) != 1 || !w.judged.loss.shown || w.judged.off {
		t.Fatalf("shown: %v, off: %v, %q", w.judged.loss.shown, w.judged.off, saysLost(w))
	}
	term := uint64(w.Leader().Node().Term())
	if term <= w.judged.loss.term {
		t.Fatalf("nobody was elected since term %d", w.judged.loss.term)
	}
	for other := uint64(1); other <= 3; other++ {
		w.judge(w.judges.Safety.Elected(other, w.judged.loss.term))
	}
	if w.Broken() != nil {
		t.Fatalf("two leaders of the term of the loss: %v", w.Broken())
	}
	other := uint64(w.Leader().ID().Machine())%3 + 1
	if w.judge(w.judges.Safety.Elected(other, term)); w.Broken() == nil || w.Broken().Rule != rule.ElectionSafety {
		t.Errorf("two leaders of a newer term: %v", w.Broken())
	}
}

// TestLossAndStore holds that the judges of the store begin anew when everybody has applied something newer.
func TestLossAndStore(t *testing.T) {
	twice := &check.Violation{Rule: rule.OneHistory, Text: "Two members differ."}
	w := suffer(t, shown[:len(shown)-9]...)
	if w.judge(twice); w.mixed() != (w.Broken() == nil) {
		t.Errorf("old ones run: %v, broken: %v", w.mixed(), w.Broken())
	}
	w = suffer(t, shown...)
	if w.mixed() || w.judged.loss.mixed {
		t.Fatal("an old one runs in the end")
	}
	rev := w.Leader().Store().Revision()
	change := func(key string) []check.Change { return []check.Change{{Revision: rev + 1, Key: key}} }
	w.judge(w.judges.Store.Applied(1, change("x")))
	if w.judge(w.judges.Store.Applied(2, change("y"))); w.Broken() == nil || w.Broken().Rule != rule.OneHistory {
		t.Errorf("two members did different things after everybody went on: %v", w.Broken())
	}
}

// TestLossAndReads holds that a stale read is found unless somebody may be behind it who forgot.
func TestLossAndReads(t *testing.T) {
	lines := []string{"put a 1", "crash n3", "wipe n3", "restart n3 --initial-cluster-state existing"}
	stale := func(w *World, newer bool) {
		term := w.judged.loss.term
		if newer {
			term++
		}
		get := func(found bool, rev int64) {
			reply := api.RangeReply{}
			if found {
				reply.KVs = []mvcc.KeyValue{{Key: "a", Value: "1", ModRevision: rev}}
			}
			w.history.Append(client.Operation{
				Request: &etcd.Request{Client: sim.Client(1), Call: api.Range{Key: "a"}},
				Call:    w.Now(), Return: w.Now() + 1, After: w.history.Len(), Outcome: client.Acknowledged,
				Response: &etcd.Response{Reply: api.Reply{Header: api.Header{Revision: rev, RaftTerm: term}, Body: reply}},
			})
		}
		get(true, 2)
		get(false, 1)
	}
	w := suffer(t, lines...)
	if v := w.Linearizable(check.Budget{}).Verdict; v != check.Ok || w.judged.loss.shown {
		t.Fatalf("%v, shown: %v", v, w.judged.loss.shown)
	}
	c := w.Clone()
	if stale(c, false); c.Linearizable(check.Budget{}).Verdict != check.Unknown {
		t.Error("what somebody said who may have forgotten was judged")
	}
	if stale(w, true); w.Linearizable(check.Budget{}).Verdict != check.Violated {
		t.Error("a stale read of a newer term was not found")
	}
	before := suffer(t, append([]string{"put a 1"}, lines[1:]...)...)
	stale(before, true)
	before.judged.loss.at, before.judged.loss.term = before.history.Len(), before.judged.loss.term+1
	stale(before, false)
	if before.Linearizable(check.Budget{}).Verdict != check.Violated {
		t.Error("a stale read from before the loss was excused")
	}
}
