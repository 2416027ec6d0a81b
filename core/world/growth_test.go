package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestJudgeForgets: the judge of Raft's safety keeps no more of the logs than the members do, whatever becomes of them:
// one is down, one was away and is sent a snapshot.
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
		disks += int(m.Node().LastIndex() - min(m.Node().FirstIndex()-1, m.Directory().WAL().Snapshot()))
	}
	last := int(w.members[0].Node().LastIndex())
	if kept := w.judges.Safety.Entries(); kept > 2*disks || disks > 4*last {
		t.Errorf("the judge remembers %d entries, the members hold %d of %d", kept, disks, 5*last)
	}
}

// TestWritesAreThinned: however long a run is, the instants of its writes are few, and lie all over it.
func TestWritesAreThinned(t *testing.T) {
	w := &World{}
	op := client.Operation{Outcome: client.Acknowledged, Request: &etcd.Request{Call: api.Put{}}}
	for ; w.now < 200*sim.Second; w.now += 300 {
		w.tellReturned(&op)
	}
	writes := &w.story.writes
	if n := writes.Len(); n > writesMost || n < writesMost/4 {
		t.Errorf("%d instants are kept", n)
	}
	for i := 1; i < writes.Len(); i++ {
		if apart := writes.At(i) - writes.At(i-1); apart < w.story.apart || apart > 2*w.story.apart {
			t.Fatalf("%v and %v are kept, and nothing between them", writes.At(i-1), writes.At(i))
		}
	}
}

// TestKeyframesKeepWhatIsUnderWay: a keyframe holds of latencies only what is under way, and of logs nothing twice; a
// world that goes on from one is the world that went on.
func TestKeyframesKeepWhatIsUnderWay(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 1},
		[]Timed{{At: 2 * sim.Second, Command: script.Load{PerSecond: 2000}}})
	if err != nil {
		t.Fatal(err)
	}
	for at := 3 * sim.Second; at < 6*sim.Second; at += 300 * sim.Millisecond {
		w.Advance(at, 1<<40)
		w.unify()
		f := keyframe(w)
		x := thaw(f)
		n := min(frameHistory, w.history.Len())
		if f.history.First() != w.history.Len() || x.history.Len()-x.history.First() != n {
			t.Fatalf("the keyframe holds operations from %d of %d on, thawed from %d on", f.history.First(), w.history.Len(),
				x.history.First())
		}
		for i := x.history.First(); i < x.history.Len(); i++ {
			if x.history.At(i) != w.history.At(i) {
				t.Fatalf("operation %d is %+v, want %+v", i, x.history.At(i), w.history.At(i))
			}
		}
		x.Advance(at+sim.Second, 1<<40)
		w.Advance(at+sim.Second, 1<<40)
		if got, want := shows(x), shows(w); got != want {
			t.Fatalf("from %v it comes to %s\nwant %s", at, got, want)
		}
		if got, want := x.monitor.Latency().Breakdowns().Len(), w.monitor.Latency().Breakdowns().Len(); got != want {
			t.Fatalf("from %v there are %d breakdowns, want %d", at, got, want)
		}
	}
}

// TestLastOfWhatIsKept asks for the last command of a client that gave none, when the oldest operations are forgotten.
func TestLastOfWhatIsKept(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 2, Preset: "etcd", Seed: 1},
		[]Timed{{At: 2 * sim.Second, Command: script.Load{PerSecond: 100, Client: "c1"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.keep.answers = 16
	w.Advance(4*sim.Second, 1<<40)
	if w.history.First() == 0 {
		t.Fatal("nothing is forgotten yet")
	}
	if op := w.lastOf(sim.Client(2)); op != nil {
		t.Errorf("c2 has given no command, and its last is %+v", op)
	}
}
