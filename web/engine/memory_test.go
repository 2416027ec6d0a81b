package engine

import (
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// slow is an engine on a machine on which each look at the clock takes 20 ms, with a run of twenty seconds under load.
func slow(t *testing.T) (*Engine, func(acts ...wire.Action) *wire.Reply) {
	t.Helper()
	e := New(panels.Views())
	var clock time.Time
	e.now = func() time.Time { clock = clock.Add(20 * time.Millisecond); return clock }
	tick := func(acts ...wire.Action) *wire.Reply {
		r, _ := e.Tick(wire.Tick{Version: wire.Version, Elapsed: 20_000, Full: true, Actions: acts})
		if r.Fatal != "" {
			t.Fatal(r.Fatal)
		}
		return &r
	}
	tick(wire.Action{Kind: wire.Do, Text: "load 500/s"})
	e.run.Advance(20_000_000, 1<<40)
	return e, tick
}

// TestMemoryRunsShort fills the memory. History goes first, then the run pauses and says why; once there is room it
// goes on, and it is the run that it would have been.
func TestMemoryRunsShort(t *testing.T) {
	e, tick := slow(t)
	heap := uint64(950 << 20)
	e.memory.read = func() usage { return usage{used: heap, heap: heap, live: heap} }
	r := tick(wire.Action{Kind: wire.Play}, wire.Action{Kind: wire.Speed, N: 1_000_000})
	said, thinned := "", false
	for i := 0; r.Frame.Playback.Playing; i++ {
		r = tick()
		thinned = thinned || strings.Contains(r.Frame.Playback.Working, "memory is short")
		for _, l := range r.Lines {
			said += l.Text
		}
		if i > 100 {
			t.Fatal("it goes on and on")
		}
	}
	if !thinned || !strings.Contains(said, "memory=2GiB") ||
		!strings.Contains(r.Frame.Playback.Full, "950 MB of the 1024 MB") {
		t.Errorf("dropped: %v; console: %q; page: %q", thinned, said, r.Frame.Playback.Full)
	}
	at := e.run.World().Now()
	if r = tick(wire.Action{Kind: wire.Play}); e.run.World().Now() != at {
		t.Error("it goes on without memory")
	}
	heap = 100 << 20
	tick(wire.Action{Kind: wire.Play})
	for range 30 {
		r = tick()
	}
	if r.Frame.Playback.Full != "" || e.run.World().Now() <= at {
		t.Errorf("with memory it does not go on: %q", r.Frame.Playback.Full)
	}
	tape, _ := e.run.Tape()
	w, err := world.New(e.run.Config(), tape)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(e.run.World().Now(), 1<<40)
	if w.Journal().Hash() != e.run.World().Journal().Hash() {
		t.Error("it has become another run")
	}
}

// TestMemoryInUse: what counts is what the process has in use, not the objects alone. If a collection gives enough back
// nothing is dropped, and there is no other collection before there is something new.
func TestMemoryInUse(t *testing.T) {
	e, tick := slow(t)
	collections, u := 0, usage{taken: 1 << 30, used: 900 << 20, heap: 700 << 20, live: 600 << 20}
	e.memory.read, e.memory.gc = func() usage { return u }, func() { collections++ }
	play := func() {
		for range 20 {
			tick()
		}
	}
	tick(wire.Action{Kind: wire.Play})
	if play(); collections != 1 {
		t.Errorf("it collected %d times", collections)
	}
	if e.memory.full != "" || e.memory.thinning {
		t.Error("history is dropped though there is room")
	}
	u.heap, u.live = u.heap+65<<20, 700<<20
	if play(); e.run.Thin() {
		t.Error("700 MB of 1024 are left, and not all is dropped")
	}
}

// TestLinksLeaveMemoryOut: how much memory there is belongs to a machine.
func TestLinksLeaveMemoryOut(t *testing.T) {
	e, tick := slow(t)
	tick(wire.Action{Kind: wire.Fresh, Text: "members=5 memory=2GiB"})
	if e.budget() != 2<<30 {
		t.Errorf("the budget is %d", e.budget())
	}
	if limit := debug.SetMemoryLimit(-1); limit != 15<<27 {
		t.Errorf("the runtime's limit is %d", limit)
	}
	link := tick(wire.Action{Kind: wire.Share}).Link
	if link == "" || strings.Contains(link, "memory") {
		t.Errorf("the link is %q", link)
	}
	if tick(wire.Action{Kind: wire.Open, Text: link}); e.budget() != 2<<30 || e.run.Config().Members != 5 {
		t.Errorf("opened, the budget is %d", e.budget())
	}
}

// TestLongWayBack goes so far back that it takes many ticks. Meanwhile the old moment is shown, with how far it is;
// another seek overtakes, and so does undo.
func TestLongWayBack(t *testing.T) {
	e, tick := slow(t)
	tick(wire.Action{Kind: wire.Pause})
	for e.run.Thin() {
	}
	shown := e.run.World().Now()
	arrive := func(to int64, acts ...wire.Action) {
		t.Helper()
		r := tick(acts...)
		for i := 0; r.Frame.Playback.Working != ""; i++ {
			if p := r.Frame.Playback; !strings.HasPrefix(p.Working, "going back: ") || p.Now != int64(shown) || i > 1000 {
				t.Fatalf("on the way to %d it shows %d, %q", to, p.Now, p.Working)
			}
			r = tick()
			if i == 0 && to != 3_000_000 { // a seek in between
				r = tick(wire.Action{Kind: wire.Seek, N: 3_000_000}, acts[0])
			}
		}
		if r.Frame.Playback.Now != to {
			t.Fatalf("arrived at %d, want %d", r.Frame.Playback.Now, to)
		}
		shown = e.run.World().Now()
	}
	arrive(14_000_000, wire.Action{Kind: wire.Seek, N: 14_000_000})
	arrive(3_000_000, wire.Action{Kind: wire.Seek, N: 3_000_000})
	e.run.GoLive()
	shown = e.run.World().Now()
	tape, done := e.run.Tape()
	arrive(int64(tape[done-1].At), wire.Action{Kind: wire.Undo})
	if len(e.run.World().Commanded()) != 0 || e.play.work.kind != noWork {
		t.Errorf("undone: %v", e.run.World().Commanded())
	}
}
