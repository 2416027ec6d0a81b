package pace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/pace"
)

// seen is how a part of a run looked.
type seen struct {
	wall            time.Duration // until nothing was followed any more
	followed, along int           // hops
	shortest        time.Duration // that a followed hop was on screen
	pause           time.Duration // the longest in which nothing of a story moved
	rounds          int           // of elections
	hops            []string      // the followed ones: what each did, and when
}

// show plays commands at the adaptive pace, each given once nothing is followed any more, and looks at every frame.
// "leader" stands for the member that leads.
func show(t *testing.T, cfg world.Config, frame time.Duration, commands ...string) *seen {
	t.Helper()
	r := started(t, cfg)
	var p pace.Player
	p.Begin(r.World())
	s := &seen{shortest: time.Hour}
	for _, c := range commands {
		from := r.World().Journal().Next()
		do(t, r, named(r.World(), c))
		s.look(t, r, &p, frame)
		s.rounds += elections(r.World().Journal(), from)
	}
	return s
}

// started returns a run that has been under way for a while.
func started(t *testing.T, cfg world.Config) *world.Run {
	t.Helper()
	r, err := world.NewRun(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	for !r.Advance(10*sim.Second, 1<<20) {
	}
	return r
}

func do(t *testing.T, r *world.Run, command string) {
	t.Helper()
	cmd, err := script.Parse(command)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Do(cmd); err != nil {
		t.Fatal(command, err)
	}
}

// look lets frames pass until nothing is followed any more.
func (s *seen) look(t *testing.T, r *world.Run, p *pace.Player, frame time.Duration) {
	t.Helper()
	begun := map[*pace.Hop]time.Duration{}
	start, moved := p.Wall(), p.Wall()
	for p.Wall()-start < 5*time.Minute {
		p.Pass(r, frame, func() bool { return false })
		under := map[*pace.Hop]bool{}
		for _, h := range p.Stories.Hops() {
			under[h] = true
			if _, known := begun[h]; !known {
				begun[h] = p.Shown(h)
			}
		}
		for h, from := range begun {
			if under[h] {
				continue
			}
			delete(begun, h)
			on := p.Wall() - from
			if h.Along {
				s.along++
			} else {
				s.followed++
				s.shortest = min(s.shortest, on)
				s.hops = append(s.hops, fmt.Sprintf("%v %d %d..%d", from, h.Kind, h.Begin, h.End))
			}
		}
		if len(under) > 0 {
			moved = p.Wall()
		}
		s.pause = max(s.pause, p.Wall()-moved)
		if !p.Stories.Own() {
			s.wall += p.Wall() - start
			slices.Sort(s.hops) // of two that end at once either comes first
			return
		}
	}
	t.Fatalf("followed for five minutes: %s", p.Text())
}

// named writes the leader's name for "leader", all others' for "others", and that of one more member for "added".
func named(w *world.World, command string) string {
	leader, others, added := "", "", sim.Member(w.Config().Members+1).String()
	for i, m := range w.Members() {
		if h := sim.Member(i + 1).String(); m.Leads() {
			leader = h
		} else {
			others += "," + h
		}
	}
	return strings.NewReplacer("added", added, "leader", leader, "others", others[1:]).Replace(command)
}

// elections counts the times that members stood for a term.
func elections(j *world.Journal, from uint64) (n int) {
	for seq := from; seq < j.Next(); seq++ {
		r := j.At(seq)
		if r != nil && r.Kind == world.AtMember && r.Member.Kind == etcd.RaftEvent &&
			r.Member.Raft.Kind == raft.ElectionTimedOut {
			n++
		}
	}
	return n
}

// What the pace promises, over runs of each preset, sizes and seeds: the figures of docs/figures.md.
func TestPromises(t *testing.T) {
	for _, c := range []struct {
		commands []string
		most     time.Duration // of wall time; for an election: a round
	}{
		{[]string{"put a 1"}, 8 * time.Second},
		{[]string{"get a"}, 8 * time.Second},
		{[]string{"lease grant 60"}, 8 * time.Second},
		{[]string{"watch a"}, 8 * time.Second},
		{[]string{"watch a", "put a 1"}, 10 * time.Second},
		{[]string{"load 100/s", "put a 1"}, 12 * time.Second},
		{[]string{"crash n2", "put a 1"}, 20 * time.Second},
		{[]string{"member add added", "member promote added"}, 20 * time.Second},
		{[]string{"crash leader"}, 12 * time.Second},
		{[]string{"split leader|others"}, 12 * time.Second},
	} {
		for _, preset := range world.Presets {
			for members := 3; members <= 9; members += 2 {
				for seed := uint64(1); seed <= 4; seed++ {
					cfg := world.Default()
					cfg.Members, cfg.Preset, cfg.Seed = members, preset.Name, seed
					s := show(t, cfg, time.Millisecond, c.commands...)
					name := fmt.Sprintf("%v, %d members, %s, seed %d", c.commands, members, preset.Name, seed)
					if s.followed == 0 {
						t.Errorf("%s: nothing was followed", name)
					}
					if s.followed > 0 && s.shortest < 600*time.Millisecond {
						t.Errorf("%s: a followed hop was seen for %v", name, s.shortest)
					}
					if most := c.most * time.Duration(max(s.rounds, 1)); s.wall > most {
						t.Errorf("%s: took %v, %d rounds", name, s.wall, s.rounds)
					}
					if s.pause > 1500*time.Millisecond {
						t.Errorf("%s: nothing moved for %v", name, s.pause)
					}
					t.Logf("%s: %v, %d followed and %d along, shortest %v, pause %v, %d rounds", name, s.wall, s.followed,
						s.along, s.shortest, s.pause, s.rounds)
				}
			}
		}
	}
}

// The schedule does not depend on when frames are drawn.
func TestFrames(t *testing.T) {
	for _, command := range []string{"put a 1", "crash leader"} {
		fine := show(t, world.Default(), time.Millisecond, command)
		for _, frame := range []time.Duration{16667 * time.Microsecond, 70 * time.Millisecond} {
			coarse := show(t, world.Default(), frame, command)
			if !slices.Equal(fine.hops, coarse.hops) {
				t.Errorf("%s: frames of %v: %q, of 1ms: %q", command, frame, coarse.hops, fine.hops)
			}
		}
	}
}

// A machine that is too slow for what is asked shows the same, later.
func TestSlowMachine(t *testing.T) {
	var at [2]time.Duration
	for i, stop := range []func() bool{func() bool { return false }, func() bool { return true }} {
		r := started(t, world.Default())
		var p pace.Player
		p.Begin(r.World())
		do(t, r, "put a 1")
		for k := 0; k < 200_000 && (k == 0 || p.Stories.Open()); k++ {
			p.Pass(r, time.Millisecond, stop)
		}
		if p.Stories.Open() {
			t.Fatal("the write is not over")
		}
		at[i] = p.Wall()
	}
	if d := at[1] - at[0]; d < -50*time.Millisecond || d > 50*time.Millisecond {
		t.Errorf("%v of wall time, on a slow machine %v", at[0], at[1])
	}
}

// With nothing to follow, time passes as it does.
func TestIdle(t *testing.T) {
	r := started(t, world.Default())
	var p pace.Player
	p.Begin(r.World())
	from := r.World().Now()
	for range 60 {
		p.Pass(r, time.Second/60, func() bool { return false })
	}
	if d := r.World().Now() - from; d < 990*sim.Millisecond || d > 1010*sim.Millisecond {
		t.Errorf("in a second %v have passed", d)
	}
	if p.Text() != "idle: real time" {
		t.Error(p.Text())
	}
}

// What only waits goes by in a second and a half, be it for five seconds or for a minute. A write that reaches no
// majority waits for its time-out; for a lock that another client holds the pace waits for a minute, then no more.
func TestWaits(t *testing.T) {
	cfg := world.Default()
	s := show(t, cfg, time.Millisecond, "crash leader", "crash leader", "put a 1")
	if s.pause < 700*time.Millisecond || s.pause > 1500*time.Millisecond {
		t.Errorf("a wait took %v", s.pause)
	}
	s = show(t, cfg, time.Millisecond, "lock a", "lock a --client c2")
	if s.pause > 2*time.Second {
		t.Errorf("a wait for a lock took %v", s.pause)
	}
}

// Under a load one request is followed to its end, then the next: the run never passes too fast to see one.
func TestLoad(t *testing.T) {
	r := started(t, world.Default())
	var p pace.Player
	p.Begin(r.World())
	do(t, r, "load 500/s")
	from, most := r.World().Now(), 0
	for range 600 {
		p.Pass(r, time.Second/60, func() bool { return false })
		most = max(most, len(p.Stories.Hops()))
	}
	if passed := r.World().Now() - from; passed > sim.Second {
		t.Errorf("in ten seconds %v have passed", passed)
	}
	if most == 0 || p.Stories.Own() {
		t.Errorf("%d hops were followed at once; own: %v", most, p.Stories.Own())
	}
}
