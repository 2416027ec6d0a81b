package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestPauseKeepsStreamsOpen stops a member again and again while a client takes messages off its stream. The news of
// that must not be lost, or the member would believe for ever that there is no room on the connection.
func TestPauseKeepsStreamsOpen(t *testing.T) {
	w, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	do := func(c script.Command) {
		t.Helper()
		if err := w.Do(c); err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(sim.Second, 1<<40)
	do(script.Watch{Key: "\x00", End: "\x00", Flags: script.Flags{Client: "c2", Endpoint: "n2"}})
	do(script.Load{PerSecond: 500, Client: "c1"})
	for range 40 {
		w.Advance(w.Now()+40*sim.Millisecond, 1<<40)
		do(script.Pause{Member: "n2"})
		w.Advance(w.Now()+10*sim.Millisecond, 1<<40)
		do(script.Resume{Member: "n2"})
	}
	do(script.Load{Client: "c1"})
	w.Advance(w.Now()+5*sim.Second, 1<<40)
	if seen := w.Clients()[1].Seen(); seen < 500 || w.Owed() != nil || w.Broken() != nil {
		t.Errorf("the watch was told %d events, is owed %v; %v", seen, w.Owed(), w.Broken())
	}
}
