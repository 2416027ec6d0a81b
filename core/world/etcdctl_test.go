package world_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// hands are what somebody may do while clients lock and elect.
var hands = []string{
	"lock l", "lock l --ttl 2", "elect e me", "elect e --listen", "lease keep-alive 7b", "interrupt",
	"endpoint health --cluster", "endpoint status --cluster",
	"alarm disarm", "move-leader n2", "defrag", "del l/ --prefix", "get l/ --prefix", "watch l/ --prefix", "unwatch",
	"lease list",
	"crash n1", "crash n2", "restart n1", "restart n2", "pause n3", "resume n3", "timeout n2", "split c1 | n1,n2,n3,c2,c3",
	"split n1,c2 | n2,n3,c1,c3", "heal",
}

// TestRecipesUnderFaults lets clients lock and elect while members crash and the network is cut. A clone taken in the
// middle goes on alike and prints the same; and when all is well again, whoever holds a lock and has not lost its key
// is the first in line.
func TestRecipesUnderFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := world.Default()
		cfg.Clients, cfg.Preset, cfg.Seed = 3, "etcd", rapid.Uint64Range(1, 1000).Draw(t, "seed")
		w, err := world.New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(3*sim.Second, 1<<30)
		var twin *world.World
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			s := rapid.SampledFrom(hands).Draw(t, "command")
			if _, err := script.Parse(s + " --client c3"); err == nil { // some are nobody's
				s += fmt.Sprintf(" --client c%d", rapid.IntRange(1, 3).Draw(t, "client"))
			}
			return s
		}), 5, 25).Draw(t, "steps")
		for i, s := range steps {
			if i == len(steps)/2 {
				twin = w.Clone()
			}
			wait := sim.Time(rapid.IntRange(0, 3_000_000).Draw(t, "wait"))
			for _, x := range []*world.World{w, twin} {
				if x != nil {
					give(t, x, s)
					x.Advance(x.Now()+wait, 1<<30)
				}
			}
		}
		if a, b := output(w), output(twin); a != b || w.Hash() != twin.Hash() {
			t.Fatalf("the clone prints\n%s\nwant\n%s", b, a)
		}
		for _, s := range []string{"heal", "restart n1", "restart n2", "resume n3"} {
			give(t, w, s)
		}
		w.Advance(w.Now()+30*sim.Second, 1<<30)
		if b := w.Broken(); b != nil {
			t.Fatal(b)
		}
		firstInLine(t, w)
	})
}

// give gives a command, if it can apply.
func give(t *rapid.T, w *world.World, line string) {
	c, err := script.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Do(c) // that it cannot apply, such as a crash of what is down, is part of the game
}

// output is all that etcdctl printed.
func output(w *world.World) string {
	var b strings.Builder
	for i := range w.Said().Len() {
		s := w.Said().Ref(i)
		out, err, exit := s.Print()
		fmt.Fprintln(&b, s.At, s.Client, s.Command, s.Done, exit, out, err)
	}
	return b.String()
}

// firstInLine checks that whoever holds something has the oldest key of those that are there, unless its own is gone.
func firstInLine(t *rapid.T, w *world.World) {
	leader := w.Leader()
	if leader == nil {
		t.Fatal("nobody leads, 30 s after all is well")
	}
	for i := range w.Clients() {
		for _, task := range w.Clients()[i].Tasks() {
			if !task.Held || (task.Kind != client.Lock && task.Kind != client.Campaign) {
				continue
			}
			mine, oldest := false, task.Rev
			for kv := range leader.Store().All(task.Name+"/", task.Name+"0", 0) {
				mine = mine || kv.Key == task.Key
				oldest = min(oldest, kv.CreateRevision)
			}
			if mine && oldest != task.Rev {
				t.Fatalf("c%d holds %s, but there is an older key", i+1, task.Key)
			}
		}
	}
}

// TestCommandTimeout asks two members that are silent: how long a command waits that says how long.
func TestCommandTimeout(t *testing.T) {
	for line, want := range map[string]sim.Time{
		"endpoint status": 1400, "endpoint hashkv": 1400, "defrag": 1400, // each member has the time for itself
		// all have it together
		"endpoint health": 700, "alarm list": 700, "alarm disarm": 700, "move-leader n1": 700, "get a": 700,
		"endpoint status --cluster": 700, "endpoint health --cluster": 700, "defrag --cluster": 700,
	} {
		for timeout, want := range map[string]sim.Time{"700ms": want, "-1s": 0, "0s": 0} {
			w, err := world.New(world.Default(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var list []script.Command
			for _, s := range []string{"pause n2", "pause n3", line + " --endpoints n2,n3 --command-timeout=" + timeout} {
				c, err := script.Parse(s)
				if err != nil {
					t.Fatalf("%s: %v", s, err)
				}
				list = append(list, c)
			}
			w.Advance(5*sim.Second, 1<<30)
			for _, c := range list {
				if err := w.Do(c); err != nil {
					t.Fatal(err)
				}
			}
			w.Advance(w.Now()+sim.Minute, 1<<30)
			s := w.Said().Ref(w.Said().Len() - 1)
			if took := s.At - 5*sim.Second; !s.Done || took != want*sim.Millisecond {
				t.Errorf("%v ends: %v, after %v, want %v", list[2], s.Done, took, want*sim.Millisecond)
			}
		}
	}
}
