package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// disaster is a run in which everything that a machine can lose is lost and brought back.
var disaster = []string{
	"put a 1", "snapshot save f", "crash n3", "restart n3 --data-dir aside", "crash n3", "restart n3 --data-dir n3.etcd", "crash n3", "corrupt n3 a 2", "restart n3", "crash n3", "wipe n3", "restart n3", "restart n3 --initial-cluster-state existing",
	"member remove n3", "crash n3", "member add n3", "wipe n3", "restart n3 --data-dir other", "crash n1", "crash n2", "restart n1 --force-new-cluster",
	"put b 1 --endpoint n1", "restart n2 --data-dir n2.etcd", "member add n2 --endpoint n1", "restart n2", "crash n1", "crash n2", "crash n3", "corrupt f",
	"snapshot restore f --skip-hash-check --bump-revision 10 --mark-compacted", "restart n1", "restart n2", "restart n3", "put c 1",
}

// TestDisasterClone holds that a clone shares nothing that either side writes: a run that is cloned before each command, each clone going on in its own way, goes on
// as one that never is.
func TestDisasterClone(t *testing.T) {
	run := func(cloned bool) *World {
		c := Default()
		c.Preset, c.Seed, c.CorruptCheckTime, c.InitialCorruptCheck = "etcd", 7, 3*sim.Second, true
		w, err := New(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(6*sim.Second, 1e9)
		for i, line := range disaster {
			if cloned {
				stray(t, w.Clone(), disaster[(i+7)%len(disaster)])
			}
			command(t, w, line)
			w.Advance(w.Now()+6*sim.Second, 1e9)
			if w.Broken() != nil {
				t.Fatalf("%s: %v", line, w.Broken())
			}
		}
		return w
	}
	one, other := run(false), run(true)
	if one.Hash() != other.Hash() {
		t.Errorf("cloned: %016x, never cloned: %016x", other.Hash(), one.Hash())
	}
	for i, m := range one.Members() {
		if m.Up() {
			if kv, found, _ := m.Store().Get("c", 0); !found || kv.ModRevision != 13 {
				t.Errorf("%v: %+v", sim.Member(i+1), kv)
			}
		}
	}
	if one.Leader() == nil {
		t.Error("nobody leads in the end")
	}
}

// stray takes a clone another way. It changes a directory before anything is read from it.
func stray(t *testing.T, w *World, line string) {
	for _, line := range []string{"crash n3", "restart n3 --data-dir n3.etcd", "crash n3", "corrupt n3 a 9"} {
		command(t, w, line)
	}
	for _, line := range []string{line, "crash n1", "wipe n1", "crash n2", "corrupt n2 a 3", "restart n2 --force-new-cluster", "put d 1"} {
		command(t, w, line)
		w.Advance(w.Now()+sim.Second, 1e9)
	}
}

func command(t *testing.T, w *World, line string) {
	c, err := script.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Do(c); err != nil && !strings.Contains(err.Error(), ErrCommand.Error()) {
		t.Fatalf("%s: %v", line, err)
	}
}
