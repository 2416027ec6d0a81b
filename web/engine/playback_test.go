package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// player is an engine whose clock the test moves: each look at it takes a while.
type player struct {
	t      *testing.T
	engine *Engine
	clock  time.Time
	look   time.Duration
}

func newPlayer(t *testing.T) *player {
	p := &player{t: t, engine: New(panels.Views())}
	p.engine.now = func() time.Time { p.clock = p.clock.Add(p.look); return p.clock }
	return p
}

// tick lets wall time pass and returns the reply; its frame is there always.
func (p *player) tick(elapsed time.Duration, acts ...wire.Action) wire.Reply {
	p.t.Helper()
	p.clock = p.clock.Add(elapsed)
	r, _ := p.engine.Tick(wire.Tick{Version: wire.Version, Elapsed: int64(elapsed / time.Microsecond), Actions: acts,
		Full: true})
	if r.Fatal != "" || r.Frame == nil {
		p.t.Fatalf("%q, %v", r.Fatal, r.Frame)
	}
	return r
}

func (p *player) now() sim.Time { return p.engine.run.World().Now() }

// arrives ticks until no work is under way, and returns what was said, and what the work was called meanwhile.
func (p *player) arrives(acts ...wire.Action) (said, called string) {
	p.t.Helper()
	for range 10_000 {
		r := p.tick(time.Millisecond, acts...)
		acts = nil
		for _, l := range r.Lines {
			said += l.Text
		}
		if r.Frame.Playback.Working == "" {
			return said, called
		}
		called = r.Frame.Playback.Working
	}
	p.t.Fatal("the work does not end")
	return "", ""
}

// TestSpeed: simulated time passes as fast as was asked for, to the microsecond however short the ticks are, and a tab
// that slept does not leap.
func TestSpeed(t *testing.T) {
	for _, c := range []struct {
		speed int64
		text  string
		tick  time.Duration
		ticks int
		want  sim.Time
	}{
		{realTime, "real time", 16 * time.Millisecond, 10, 160 * sim.Millisecond},
		{realTime / 20, "1/20 of real time", 16 * time.Millisecond, 10, 8 * sim.Millisecond},
		{realTime / 10_000, "1/10000 of real time", time.Millisecond, 95, 9}, // a tenth of a microsecond a tick
		{10 * realTime, "10× real time", 10 * time.Millisecond, 3, 300 * sim.Millisecond},
		{realTime, "real time", time.Minute, 1, 100 * sim.Millisecond},
	} {
		p := newPlayer(t)
		p.tick(0, wire.Action{Kind: wire.Speed, N: c.speed})
		from := p.now()
		r := p.tick(0, wire.Action{Kind: wire.Play})
		for range c.ticks {
			r = p.tick(c.tick)
		}
		if got := p.now() - from; got != c.want || r.Frame.Playback.Text != c.text || r.Frame.Playback.Behind != "" {
			t.Errorf("%d ticks of %v at %q: %v pass, want %v (%q %q)", c.ticks, c.tick, c.text, got, c.want,
				r.Frame.Playback.Text, r.Frame.Playback.Behind)
		}
		p.tick(c.tick, wire.Action{Kind: wire.Pause})
		from = p.now()
		if p.tick(c.tick); p.now() != from {
			t.Error("time passes although the run is paused")
		}
	}
}

// TestBehind: where the machine is too slow for the speed, a tick ends in time and the page is told.
func TestBehind(t *testing.T) {
	p := newPlayer(t)
	p.tick(0, wire.Action{Kind: wire.Speed, N: 1000 * realTime}, wire.Action{Kind: wire.Play})
	p.look = tickBudget
	r := p.tick(100 * time.Millisecond)
	for range 3 {
		from := p.engine.run.World().Turn()
		r = p.tick(100 * time.Millisecond)
		if got := p.engine.run.World().Turn() - from; got == 0 || got > 2*portion {
			t.Errorf("a tick of %v took %d turns", tickBudget, got)
		}
	}
	if !strings.HasSuffix(r.Frame.Playback.Behind, "× of the speed asked") {
		t.Errorf("behind: %q", r.Frame.Playback.Behind)
	}
}

// TestSeek: whatever the instant, the run stands there in the end; what has not been computed is computed in slices
// that say how far they are.
func TestSeek(t *testing.T) {
	p := newPlayer(t)
	p.look = workBudget
	if _, called := p.arrives(wire.Action{Kind: wire.Seek, N: int64(20 * sim.Second)}); p.now() != 20*sim.Second ||
		!strings.HasPrefix(called, "computing ") {
		t.Errorf("at %v after %q", p.now(), called)
	}
	for _, to := range []sim.Time{0, 7 * sim.Second, 20 * sim.Second, 1} {
		if p.arrives(wire.Action{Kind: wire.Seek, N: int64(to)}); p.now() != to {
			t.Errorf("at %v, not %v", p.now(), to)
		}
	}
	p.arrives(wire.Action{Kind: wire.Seek, N: -5})
	if p.now() != 0 {
		t.Errorf("before the beginning lies %v", p.now())
	}
	p.tick(0, wire.Action{Kind: wire.Seek, N: int64(sim.Hour)})
	p.arrives(wire.Action{Kind: wire.Seek, N: int64(sim.Second)}) // a seek overtakes the work of the one before
	if p.now() != sim.Second {
		t.Errorf("at %v, not where was gone to last", p.now())
	}
}

// TestJump: marks of a class are found behind and ahead, and a search that finds nothing ends and says so.
func TestJump(t *testing.T) {
	p := newPlayer(t)
	jump := func(n int64, class mark.Class) string {
		t.Helper()
		said, _ := p.arrives(wire.Action{Kind: wire.Jump, N: n, Marks: class})
		return said
	}
	jump(1, mark.Elections)
	first := p.now()
	if p.engine.run.World().Leader() == nil {
		t.Fatalf("at %v nobody has been elected", first)
	}
	p.arrives(wire.Action{Kind: wire.Seek, N: int64(first + sim.Second)})
	p.tick(0, wire.Action{Kind: wire.Do, Text: "crash " + leaderOf(p)})
	crash := p.now()
	if jump(1, mark.Elections); p.now() <= crash {
		t.Errorf("the next election is at %v, the crash was at %v", p.now(), crash)
	}
	if jump(-1, mark.Faults); p.now() != crash {
		t.Errorf("the fault before was at %v, not %v", crash, p.now())
	}
	if jump(-1, mark.Faults); p.now() != 0 {
		t.Errorf("before the first fault is %v", p.now())
	}
	p.arrives(wire.Action{Kind: wire.Seek, N: int64(crash)})
	if jump(-1, mark.Elections); p.now() != first {
		t.Errorf("the election before was at %v, not %v", first, p.now())
	}
	if said := jump(1, mark.Violations); !strings.Contains(said, "Nothing of the kind happened") {
		t.Errorf("of a search in vain is said: %q", said)
	}
}

func leaderOf(p *player) string {
	for i, m := range p.engine.run.World().Members() {
		if m == p.engine.run.World().Leader() {
			return sim.Member(i + 1).String()
		}
	}
	return ""
}

// TestStep: a step forward is one event, and one back undoes it.
func TestStep(t *testing.T) {
	p := newPlayer(t)
	p.arrives(wire.Action{Kind: wire.Step, N: 1}) // from between two events to one of them
	turn, hash := p.engine.run.World().Turn(), p.engine.run.World().Hash()
	p.arrives(wire.Action{Kind: wire.Step, N: 1})
	if got := p.engine.run.World().Turn(); got != turn+1 {
		t.Errorf("a step takes %d turns", got-turn)
	}
	p.arrives(wire.Action{Kind: wire.Step, N: -1})
	if w := p.engine.run.World(); w.Turn() != turn || w.Hash() != hash {
		t.Errorf("one step back is turn %d, not %d", w.Turn(), turn)
	}
}

// TestAdaptive: at the pace that a run opens with, a write is seen for seconds, also when it is looked at again later;
// a command is followed from the instant it is given; and the control says what the pace does.
func TestAdaptive(t *testing.T) {
	p := newPlayer(t)
	p.arrives(wire.Action{Kind: wire.Seek, N: int64(2 * sim.Second)})
	takes := func(acts ...wire.Action) (wall time.Duration, texts string) {
		t.Helper()
		from, acked := p.engine.run.World().Outcomes()[client.Acknowledged], false
		for ; !acked && wall < time.Minute; wall += 16 * time.Millisecond {
			r := p.tick(16*time.Millisecond, acts...)
			if acts = nil; !strings.Contains(texts, r.Frame.Playback.Text) {
				texts += r.Frame.Playback.Text + "\n"
			}
			acked = p.engine.run.World().Outcomes()[client.Acknowledged] > from
		}
		return wall, texts
	}
	wall, texts := takes(wire.Action{Kind: wire.Play}, wire.Action{Kind: wire.Do, Text: "put a 1"})
	if wall < 3*time.Second || wall > 8*time.Second || !strings.Contains(texts, "slowed to 1/") {
		t.Errorf("a write took %v of wall time; it said:\n%s", wall, texts)
	}
	p.arrives(wire.Action{Kind: wire.Seek, N: int64(2*sim.Second + 25*sim.Millisecond)}) // amid the write
	if again, _ := takes(wire.Action{Kind: wire.Play}); again < 2*time.Second || again > wall {
		t.Errorf("from amid the write its rest took %v, the whole %v", again, wall)
	}
	if r := p.tick(0); r.Frame.Playback.Speed != wire.Adaptive {
		t.Errorf("the speed is %d", r.Frame.Playback.Speed)
	}
}
