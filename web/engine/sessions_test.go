package engine

import (
	"testing"

	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestSessionsAreApart does in one session what the other must not have: time, commands, a panel.
func TestSessionsAreApart(t *testing.T) {
	s := NewSessions(panels.Views())
	first, second := s.Of(7), s.Of(3)
	if first == second {
		t.Fatal("two sessions have one engine")
	}
	if s.Of(7) != first || s.Of(3) != second {
		t.Fatal("a session has another engine when it is asked for again")
	}
	tick := func(e *Engine, acts ...wire.Action) *wire.Frame {
		r, _ := e.Tick(wire.Tick{Version: wire.Version, Full: true, Elapsed: 50_000, Actions: acts})
		if r.Fatal != "" || r.Frame == nil {
			t.Fatalf("no frame: %s", r.Fatal)
		}
		return r.Frame
	}
	before := tick(second, wire.Action{Kind: wire.Pause})
	tick(first, wire.Action{Kind: wire.Play}, wire.Action{Kind: wire.Do, Text: "crash n1"},
		wire.Action{Kind: wire.Panel, Text: "tape"})
	tick(first)
	after := tick(second)
	if after.Playback.Now != before.Playback.Now || !after.Members[0].Up || after.Panel != before.Panel {
		t.Errorf("the other session: at %d, n1 up %v, panel %s; want %d, true, %s", after.Playback.Now,
			after.Members[0].Up, after.Panel, before.Playback.Now, before.Panel)
	}
	if f := tick(first); f.Members[0].Up || f.Panel != "tape" {
		t.Errorf("the session itself: n1 up %v, panel %s", f.Members[0].Up, f.Panel)
	}
	s.Close(7)
	s.Rest() // there is none that was asked for last
	if s.Of(7) == first || s.Of(3) != second {
		t.Error("a session that was closed has the engine that it had, or another lost its own")
	}
}
