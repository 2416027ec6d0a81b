package world

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// disaster is a run in which everything that a machine can lose is lost and brought back.
var disaster = []string{
	"put a 1", "snapshot save f", "crash n3", "etcdutl defrag --data-dir n3.etcd", "restart n3 --data-dir aside",
	"crash n3", "etcdutl defrag --data-dir n3.etcd", "restart n3 --data-dir n3.etcd", "crash n3", "corrupt n3 a 2",
	"restart n3", "crash n3", "wipe n3", "restart n3", "restart n3 --initial-cluster-state existing",
	"member remove n3", "crash n3", "member add n3", "wipe n3", "restart n3 --data-dir other", "crash n1", "crash n2",
	"restart n1 --force-new-cluster",
	"put b 1 --endpoint n1", "restart n2 --data-dir n2.etcd", "member add n2 --endpoint n1", "restart n2", "crash n1",
	"crash n2", "crash n3", "corrupt f",
	"snapshot restore f --skip-hash-check --bump-revision 10 --mark-compacted", "restart n1", "restart n2", "restart n3",
	"put c 1",
}

// TestDisasterClone holds that a clone shares nothing that either side writes: a run that is cloned before each
// command, each clone going on in its own way, goes on as one that never is.
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
	for _, line := range []string{line, "crash n1", "wipe n1", "crash n2", "corrupt n2 a 3",
		"restart n2 --force-new-cluster", "put d 1"} {
		command(t, w, line)
		w.Advance(w.Now()+sim.Second, 1e9)
	}
}

func command(t *testing.T, w *World, line string) {
	c, err := script.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Do(c); err != nil && w.Broken() == nil && !strings.Contains(err.Error(), ErrCommand.Error()) {
		t.Fatalf("%s: %v", line, err)
	}
}

// lines of which chaos is made: M is one of four machines, K one of four keys, D one of three directories.
var lines = []string{
	"put K 1", "put K 2 --endpoint M", "get K --endpoint M", "get K --consistency s --endpoint M", "crash M", "crash M",
	"restart M", "restart M", "restart M", "wipe M",
	"restart M --initial-cluster-state existing", "restart M --initial-cluster-state new", "restart M --data-dir D",
	"restart M --data-dir M.etcd", "restart M --force-new-cluster",
	"member remove M", "member add M", "member add M --learner", "member promote M", "move-leader M",
	"corrupt M K damaged", "compaction 5", "compaction 20", "alarm disarm",
	"snapshot save f", "corrupt f", "snapshot restore f",
	"snapshot restore f --skip-hash-check --bump-revision 100 --mark-compacted", "heal", "cut n1 - n2",
	"split n1 | n2,n3,n4",
	"pause M", "resume M", "watch k --prefix --endpoint M", "endpoint hashkv --cluster", "lease grant 5",
	"snapshot restore f --name M --data-dir D --initial-cluster n1=http://n1:2380,n2=http://n2:2380,n3=http://n3:2380 " +
		"--initial-advertise-peer-urls http://M:2380",
}

// TestChaos carries out whatever commands in whatever order. Nothing panics, and no rule is broken: where a member was
// started without what it had written, and two leaders of one term or a lost write come of it, the run says that data
// was lost by hand, and goes on.
func TestChaos(t *testing.T) {
	lost := 0
	for seed := range uint64(150) {
		r := rng.New(seed, "chaos")
		c := Default()
		c.Preset, c.Seed, c.SnapshotCount, c.CatchUp = "etcd", seed, 20, 5
		c.InitialCorruptCheck, c.CompactHashCheck = r.Intn(3) == 0, r.Intn(2) == 0
		c.CorruptCheckTime, c.CompactHashCheckTime = sim.Time(r.Intn(2)*2)*sim.Second, 2*sim.Second
		w, err := New(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(3*sim.Second, 1e9)
		var done []string
		for range 60 {
			line := strings.NewReplacer("M", fmt.Sprint("n", 1+r.Intn(4)), "K", fmt.Sprint("k", r.Intn(4)), "D",
				fmt.Sprint("d", r.Intn(3))).Replace(lines[r.Intn(len(lines))])
			done = append(done, line)
			command(t, w, line)
			w.Advance(w.Now()+sim.Time(r.Intn(3_000_000)), 1e9)
		}
		if w.Broken() != nil {
			t.Errorf("seed %d: %v after %q", seed, w.Broken(), done)
		}
		lost += len(saysLost(w))
	}
	if lost == 0 {
		t.Error("no run had its judging ended because data was lost by hand")
	}
}

// saysLost returns the marks that say that data was lost by hand.
func saysLost(w *World) (list []string) {
	for i := range w.story.marks.Len() {
		if m := w.story.marks.Ref(i); strings.HasPrefix(m.Text, "data was lost by hand: ") {
			list = append(list, m.Text)
		}
	}
	return list
}

// TestLostByHand holds when a member counts as one that was started without what it had written, and that what comes of
// it is told without ending the run.
func TestLostByHand(t *testing.T) {
	begin := func(lines ...string) *World {
		w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(3*sim.Second, 1e9)
		for _, line := range append([]string{"put a 1"}, lines...) {
			command(t, w, line)
			w.Advance(w.Now()+3*sim.Second, 1e9)
		}
		return w
	}
	for _, c := range []struct {
		lines []string
		lost  string
	}{
		{[]string{"crash n3", "restart n3"}, ""},
		{[]string{"crash n3", "wipe n3"}, ""},
		{[]string{"crash n3", "wipe n3", "restart n3 --initial-cluster-state new"}, ""}, // it does not start
		{[]string{"member remove n3", "member add n3", "restart n3"}, ""},
		{[]string{"crash n3", "restart n3 --data-dir d", "restart n3 --data-dir n3.etcd"}, ""},
		{[]string{"crash n3", "wipe n3", "restart n3 --initial-cluster-state existing"},
			"n3 was started without what it had written"},
		{[]string{"split n1 | n2 | n3", "crash n3", "wipe n3", "restart n3"}, "n3 was started without what it had written"},
		{[]string{"split n1 | n2 | n3", "crash n3", "restart n3 --data-dir d", "crash n3", "restart n3 --data-dir n3.etcd"},
			"n3 was started without what it had written"},
		{[]string{"split n1 | n2 | n3", "crash n3", "wipe n3", "restart n3", "crash n1", "restart n1 --force-new-cluster",
			"crash n2", "crash n3"}, ""},
	} {
		if w := begin(c.lines...); w.judged.loss.who != c.lost || w.Broken() != nil {
			t.Errorf("%q: %q; %v", c.lines, w.judged.loss.who, w.Broken())
		}
	}
	w := begin("crash n1", "crash n2", "crash n3", "wipe n2", "wipe n3", "split n1 | n2,n3", "restart n2", "restart n3",
		"put b 1 --endpoint n2",
		"restart n1", "heal", "crash n1", "restart n1", "timeout n1", "put c 1")
	if w.Broken() != nil || len(saysLost(w)) != 1 || w.Leader() == nil {
		t.Errorf("two of three disks emptied: %v, %q", w.Broken(), saysLost(w))
	}
}

// TestJoinAfterRestore holds that a member that joins a restored cluster gets what the backup held: it is in no log.
func TestJoinAfterRestore(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1e9)
	for _, line := range []string{
		"put a 1", "snapshot save f", "crash n1", "crash n2", "crash n3", "snapshot restore f", "restart n1", "restart n2",
		"member remove n3", "member add n3", "restart n3", "put b 1",
	} {
		command(t, w, line)
		w.Advance(w.Now()+3*sim.Second, 1e9)
	}
	for i, m := range w.Members() {
		if !m.Up() || !m.Holds("a") || !m.Holds("b") {
			t.Errorf("%v: up %v, a %v, b %v", sim.Member(i+1), m.Up(), m.Holds("a"), m.Holds("b"))
		}
	}
	if w.Broken() != nil {
		t.Error(w.Broken())
	}
}
