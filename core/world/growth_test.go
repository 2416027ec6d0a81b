package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestJudgeForgets: the judge of Raft's safety keeps no more of the logs than the members do, whatever becomes of them: one is down, one was away and is
// sent a snapshot.
func TestJudgeForgets(t *testing.T) {
	w, err := New(Config{Members: 5, Clients: 1, Preset: "etcd", Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	do := func(text string) {
		t.Helper()
		c, err := script.Parse(text)
		if err == nil {
			err = w.Do(c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(5*sim.Second, 1<<40)
	do("load 2000/s")
	w.Advance(7*sim.Second, 1<<40)
	do("crash n5")
	do("crash n4")
	w.Advance(17*sim.Second, 1<<40)
	do("restart n4")
	w.Advance(20*sim.Second, 1<<40)
	do("restart n5")
	w.Advance(25*sim.Second, 1<<40)
	if w.broken != nil {
		t.Fatal(w.broken)
	}
	disks := 0
	for _, m := range w.members {
		disks += int(m.Node().LastIndex() - min(m.Node().FirstIndex()-1, m.WAL().Snapshot()))
	}
	last := int(w.members[0].Node().LastIndex())
	if kept := w.safety.Entries(); kept > 2*disks || disks > 4*last {
		t.Errorf("the judge remembers %d entries, the members hold %d of %d", kept, disks, 5*last)
	}
}
