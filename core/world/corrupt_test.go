package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestCompactionToZeroAccusesNobodyYet has the check of the current revision behind `compaction 0`. etcd keeps the hash
// of that compaction under revision 0, and so the check, which asks for revision 0 to get the current one, sees it ever
// after. Nobody is accused as long as all remember it; whoever was started since does not, and gets the alarm although
// nothing differs. Real 3.6.16 did both.
func TestCompactionToZeroAccusesNobodyYet(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3,
		Checks: Checks{CorruptCheckTime: 2 * sim.Second}},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1e9)
	for _, line := range []string{"put a 1", "compaction 0", "put a 2"} {
		command(t, w, line)
		w.Advance(w.Now()+6*sim.Second, 1e9)
		if alarms := w.Leader().Alarms(); len(alarms) > 0 {
			t.Fatalf("%s: %v", line, alarms)
		}
	}
	follower := 1
	if w.Leader() == w.Members()[0] {
		follower = 2
	}
	h := sim.Member(follower)
	command(t, w, "crash "+h.String())
	command(t, w, "restart "+h.String())
	w.Advance(w.Now()+8*sim.Second, 1e9)
	if a := w.Leader().Alarms(); len(a) != 1 || a[0].Alarm != api.AlarmCorrupt || int(a[0].Member) != follower {
		t.Errorf("%v started anew: %v", h, a)
	}
}
