package world

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// moments is a life in which something of everything is under way at one time or another: loads, streams that go on and
// that break, sessions, messages that are held, running compactions and defragmentations, members that pause, start,
// come with a snapshot, are restored from a backup or from another directory.
const moments = `
load 300/s --reads 20% --key-space-size 40 --client c3
watch /load/ --prefix --client c1 --prev-kv --progress-notify --watchers 40
lock build --ttl 2 --client c2
elect leader me --client c4
lease grant 3 --client c1
put held 1 --lease 1 --client c1
hold
snapshot save a.db --client c1
check perf --client c2
split n1,c1,c3 | n2,n3,c2,c4
load --clients 20 --val-size 2000 --client c1
heal
compaction 200 --client c4
defrag --cluster --client c4
pause n2
compactor start --interval 5s --client c4
hold
resume n2
disk n1 stall
crash n3 --torn
disk n1 ok
deliver
restart n3
drift n2 +20%
member add n4 --client c4
restart n4
timeout n3
duplicate
elect leader you --client c2
cut n1 > n2
move-leader n1 --client c4
heal
crash n2
corrupt n2 /load/1 3
etcdutl defrag --data-dir n2.etcd
compaction 900 --physical --client c4
interrupt --client c2
restart n2 --data-dir other
member remove n4 --client c4
alarm list --client c2
crash n1
crash n2
crash n3
crash n4
snapshot restore a.db
restart n1
restart n2
restart n3
load 200/s --client c3
watch /load/ --prefix --client c2
`

// act carries out a line at the world's present: one without a number takes the message that is next to arrive, or the
// one that is held. Many lines cannot apply, which is as good, as long as they cannot apply in all worlds alike.
func act(w *World, line string) {
	switch flights := w.InFlight(); {
	case line == "deliver" && len(w.held) == 0, line != "deliver" && len(flights) == 0:
		if !strings.Contains(line, " ") {
			return
		}
	case line == "deliver":
		line = fmt.Sprintf("deliver m%d", w.held[0].ID)
	case line == "hold", line == "duplicate":
		line = fmt.Sprintf("%s m%d", line, flights[0].ID)
	}
	_ = order(w, line)
}

// shows is what a world says of itself beside its hash: what judges, charts and panels go by.
func shows(w *World) string {
	s := &w.story
	text := fmt.Sprint(w.Hash(), w.Journal().Hash(), w.broken, w.judges.Safety.Entries(), s.spans.Len(), s.marks.Len(),
		s.writes.Len(), w.history.Len(), w.said.Len())
	for i := max(w.said.First(), w.said.Len()-5); i < w.said.Len(); i++ {
		stdout, stderr, _ := w.said.Ref(i).Print()
		text += stdout + stderr
	}
	for i, m := range w.members {
		if list := w.monitor.Samples(sim.Member(i + 1)); list != nil {
			text += fmt.Sprint(list.Len(), list.At(list.Len()-1).Gauges)
		}
		if m.Up() && !m.Paused() {
			text += m.Exposition("")
			kvs, err := m.Store().HashKV(0)
			text += fmt.Sprint(kvs, err, m.Store().Size(), m.Store().SizeInUse())
		}
	}
	l := w.monitor.Latency().Window(w.now-5*sim.Second, w.now, false)
	return text + fmt.Sprint(l.Count, l.Most, l.Sum)
}

// TestClonesShareNothing takes clones of a world at every moment of a busy life. Some live wild lives of their own, at
// once and later; one goes the same way. The world that was cloned, and the clone that goes the same way, must at every
// moment be what a world is that was never cloned.
func TestClonesShareNothing(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(moments), "\n")
	for seed := range uint64(3) {
		cfg := Config{Members: 3, Clients: 4, Preset: "etcd", Seed: seed + 1, SnapshotCount: 150, CatchUp: 40}
		random := rng.New(seed, "clones")
		worlds := make([]*World, 2) // cloned again and again, never cloned
		for i := range worlds {
			w, err := New(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			w.Advance(5*sim.Second, 1<<40)
			worlds[i] = w
		}
		var later []*World
		var twin *World
		for k, line := range lines {
			w, alone := worlds[0], worlds[1]
			wild, kept := w.Clone(), w.Clone()
			run(wild, lines, &random)
			harm(w)
			if twin == nil || k%8 == 0 {
				twin = w.Clone()
				twin.share()
			}
			pause := sim.Time(random.Intn(int(400 * sim.Millisecond)))
			for _, x := range []*World{w, alone, twin} {
				act(x, line)
				x.Advance(x.now+pause, 1<<40)
			}
			run(kept, lines, &random)
			if later = append(later, kept); len(later) > 4 {
				run(later[random.Intn(len(later))], lines, &random)
			}
			want := shows(alone)
			if got := shows(w); got != want {
				t.Fatalf("seed %d: after %q the world that was cloned is %s\nwant %s", seed, line, got, want)
			}
			if got := shows(twin); got != want {
				t.Fatalf("seed %d: after %q the clone that went the same way is %s\nwant %s", seed, line, got, want)
			}
		}
	}
}

// harm changes the databases of a world's members where they lie, in a clone for each way to do so: what is changed
// first makes a copy, which would hide that the next does not.
func harm(w *World) {
	for _, ways := range []string{"corrupt %s /load/1 harmed", "crash %s; corrupt %[1]s /load/1 harmed",
		"crash %s; etcdutl defrag --data-dir %[1]s.etcd"} {
		c := w.Clone()
		for i := range c.members {
			for _, line := range strings.Split(fmt.Sprintf(ways, sim.Member(i+1)), "; ") {
				act(c, line)
			}
		}
	}
}

// run lets a world live a life of its own for a while.
func run(w *World, lines []string, random *rng.Stream) {
	for range 4 {
		act(w, lines[random.Intn(len(lines))])
		w.Advance(w.now+sim.Time(random.Intn(int(60*sim.Millisecond))), 1<<40)
	}
}
