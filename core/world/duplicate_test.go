package world

import (
	"errors"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestDuplicateOfAnyPacket duplicates one packet of each kind: what is said on a watch stream and to peers may come
// twice, what asks for something may not, nor an answer.
func TestDuplicateOfAnyPacket(t *testing.T) {
	w, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(sim.Second, 1e6)
	seen := map[string]bool{}
	for i := range 2_000 {
		if i%40 == 0 {
			for _, c := range []script.Command{script.Watch{Key: "a"}, script.Call{Call: api.Put{Key: "a", Value: "1"}}} {
				if err := w.Do(c); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.Advance(w.Now()+sim.Millisecond, 1)
		for _, f := range w.InFlight() {
			kind, twice := "", false
			switch {
			case f.Raft() != nil:
				kind, twice = "raft", !once(f.Packet)
			case f.ServerMessage() != nil:
				kind, twice = "down", true
			case f.ClientMessage() != nil:
				kind = "up"
			case f.Request() != nil:
				kind = "request"
			default:
				kind = "response"
			}
			if seen[kind] {
				continue
			}
			seen[kind] = true
			if err := w.Do(script.Duplicate{Message: f.ID}); errors.Is(err, ErrCommand) == twice {
				t.Errorf("duplicating a packet of kind %s: %v", kind, err)
			}
			break
		}
	}
	if len(seen) != 5 || w.Broken() != nil {
		t.Errorf("only %v were on their way; broken: %v", seen, w.Broken())
	}
}
