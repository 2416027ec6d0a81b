package world_test

import (
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

const ever = 1 << 40 // turns

// cases are runs with faults of every kind, made by the swarm: what there is to go back in.
func cases(t *testing.T, n int) []swarm.Case {
	t.Helper()
	o := swarm.Default()
	o.For = 8 * sim.Second
	var list []swarm.Case
	for seed := range uint64(n) {
		list = append(list, swarm.Generate(seed+100, o))
	}
	return list
}

// begin returns the world of a case at its first instant.
func begin(t *testing.T, c swarm.Case) *world.World {
	t.Helper()
	w, err := world.New(c.Config, c.Tape())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// straight returns the hashes of a case at an instant, reached without any detour.
func straight(t *testing.T, c swarm.Case, at sim.Time) string {
	t.Helper()
	w := begin(t, c)
	w.Advance(at, ever)
	return hashes(w)
}

func newRun(t *testing.T, c swarm.Case) *world.Run {
	t.Helper()
	r, err := world.NewRun(c.Config, c.Tape())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCloneIsAnotherWorld clones worlds at random turns. The clone and the original must go on alike, and what happens
// to the clone after that, faults included, must leave the original alone.
func TestCloneIsAnotherWorld(t *testing.T) {
	for _, c := range cases(t, 12) {
		whole := begin(t, c)
		whole.Advance(c.End, ever)
		turns := whole.Turn()
		reboot(whole)
		random := rng.New(c.Seed, "clone")
		for range 5 {
			at := uint64(random.Intn(int(turns) + 1))
			w := begin(t, c)
			w.AdvanceTurns(at)
			clone, wild, wilder := w.Clone(), w.Clone(), w.Clone()
			disturb(wild)
			clone.AdvanceTurns(at + uint64(random.Intn(int(turns-at)+1)))
			w.AdvanceTurns(clone.Turn())
			disturb(wilder) // grows what it shares with worlds that have grown it already
			clone.Advance(c.End, ever)
			reboot(clone)
			if got, want := hashes(clone), hashes(whole); got != want {
				t.Errorf("seed %d: the clone of turn %d came to %s, the run to %s", c.Seed, at, got, want)
			}
			w.Advance(c.End, ever)
			reboot(w)
			if got, want := hashes(w), hashes(whole); got != want {
				t.Errorf("seed %d: cloned at turn %d, the original came to %s, the run to %s", c.Seed, at, got, want)
			}
		}
	}
}

// reboot lets every member start again from its disk, so that a difference there shows.
func reboot(w *world.World) {
	for i := range w.Members() {
		_ = w.Do(script.Crash{Member: script.MemberName(i + 1)}) // it may be down
		_ = w.Do(script.Restart{Member: script.MemberName(i + 1)})
	}
	w.Advance(w.Now()+sim.Second, ever)
}

// disturb gives a world a life of its own.
func disturb(w *world.World) {
	for i := range w.Members() {
		name := script.MemberName(i + 1)
		for _, c := range []script.Command{
			script.Call{Call: api.Put{Key: "hot/0", Value: "wild"}, Flags: script.Flags{Endpoint: name}},
			script.Crash{Member: name}, script.Heal{},
			script.Restart{Member: name}, script.Campaign{Member: name},
			script.Call{Call: api.DeleteRange{Key: "hot/", End: mvcc.PrefixEnd("hot/")}},
		} {
			_ = w.Do(c) // some cannot apply, which is as good
			w.Advance(w.Now()+w.Preset().Tick, ever)
		}
	}
	w.Advance(w.Now()+5*sim.Second, ever)
}

// TestSeekHash goes to random instants, forwards and backwards, and must find what a straight run finds there.
func TestSeekHash(t *testing.T) {
	for _, c := range cases(t, 8) {
		r := newRun(t, c)
		r.Advance(c.End, ever)
		random := rng.New(c.Seed, "seek")
		for range 12 {
			to := sim.Time(random.Intn(int(c.End) + 1))
			if !r.Seek(to, ever) {
				t.Fatalf("seed %d: did not get to %v", c.Seed, to)
			}
			if got, want := hashes(r.World()), straight(t, c, to); got != want {
				t.Errorf("seed %d: at %v a seek finds %s, a straight run %s", c.Seed, to, got, want)
			}
		}
		r.GoLive()
		if got, want := hashes(r.World()), straight(t, c, c.End); got != want {
			t.Errorf("seed %d: the head is now %s, it was %s", c.Seed, got, want)
		}
	}
}

// TestCommandsGivenLiveAreReplayed gives a case's commands one by one, as a person does: keyframes then are older than
// the commands, and going back has to find them all the same.
func TestCommandsGivenLiveAreReplayed(t *testing.T) {
	for _, c := range cases(t, 6) {
		r, err := world.NewRun(c.Config, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Steps {
			r.Advance(s.At, ever)
			if err := r.Do(s.Command); err != nil {
				t.Fatalf("seed %d: %v: %v", c.Seed, s.Command, err)
			}
		}
		r.Advance(c.End, ever)
		random := rng.New(c.Seed, "live")
		for range 8 {
			to := sim.Time(random.Intn(int(c.End) + 1))
			r.Seek(to, ever)
			if got, want := hashes(r.World()), straight(t, c, to); got != want {
				t.Errorf("seed %d: at %v a seek finds %s, a straight run of the tape %s", c.Seed, to, got, want)
			}
		}
	}
}

// TestStepBackHash steps to a record, back, and on again: both times it must be the same world.
func TestStepBackHash(t *testing.T) {
	for _, c := range cases(t, 6) {
		r := newRun(t, c)
		r.Advance(c.End, ever)
		random := rng.New(c.Seed, "step")
		for range 10 {
			r.Seek(sim.Time(random.Intn(int(c.End)+1)), ever)
			if r.Live() || !r.Step() || r.Live() {
				continue
			}
			here, seq := hashes(r.World()), r.World().Journal().Next()
			if _, ok := r.StepBack(ever); !ok {
				t.Fatalf("seed %d: no way back from %v", c.Seed, r.World().Now())
			}
			if before := r.World().Journal().Next(); before >= seq {
				t.Errorf("seed %d: a step back from record %d led to record %d", c.Seed, seq, before)
			}
			if !r.Step() || hashes(r.World()) != here {
				t.Errorf("seed %d: a step back and on again led from %s to %s", c.Seed, here, hashes(r.World()))
			}
		}
	}
}

// TestForkLeavesTheOldBranch acts in the past. The old future must stay as it was, and the new branch must be the run
// of the new tape.
func TestForkLeavesTheOldBranch(t *testing.T) {
	for _, c := range cases(t, 8) {
		r := newRun(t, c)
		r.Advance(c.End, ever)
		old := hashes(r.World())
		random := rng.New(c.Seed, "fork")
		at := sim.Time(random.Intn(int(c.End)))
		r.Seek(at, ever)
		if err := r.Do(script.Call{Call: api.Put{Key: "fork", Value: "new"}}); err != nil {
			t.Fatal(err)
		}
		forks, current := r.Forks()
		if len(forks) != 2 || current != 1 || forks[1].Parent != 0 || forks[1].At != at {
			t.Errorf("seed %d: acting at %v made branches %+v, current %d", c.Seed, at, forks, current)
		}
		r.Advance(c.End, ever)
		tape, _ := r.Tape()
		again := swarm.Case{Config: c.Config}
		for _, s := range tape {
			again.Steps = append(again.Steps, swarm.Step{Timed: s})
		}
		if got, want := hashes(r.World()), straight(t, again, c.End); got != want {
			t.Errorf("seed %d: the new branch came to %s, the run of its tape to %s", c.Seed, got, want)
		}
		if !r.Switch(0) {
			t.Fatal("the old branch is gone")
		}
		r.GoLive()
		if got := hashes(r.World()); got != old {
			t.Errorf("seed %d: the old branch was %s, now it is %s", c.Seed, old, got)
		}
	}
}

// TestUndoIsTheRunWithout takes back the last command. The new branch must be the run of the shorter tape.
func TestUndoIsTheRunWithout(t *testing.T) {
	for _, c := range cases(t, 8) {
		r := newRun(t, c)
		r.Advance(c.End, ever)
		tape, done := r.Tape()
		last := tape[done-1]
		undone, there := r.Undo(ever)
		if !there || undone.String() != last.Command.String() {
			t.Fatalf("seed %d: took back %v, want %v", c.Seed, undone, last.Command)
		}
		if now := r.World().Now(); now != last.At {
			t.Errorf("seed %d: undo led to %v, the command was given at %v", c.Seed, now, last.At)
		}
		r.Advance(c.End, ever)
		without := c
		without.Steps = slices.Clone(c.Steps[:done-1])
		if got, want := hashes(r.World()), straight(t, without, c.End); got != want {
			t.Errorf("seed %d: the run without %v came to %s, want %s", c.Seed, undone, got, want)
		}
	}
}

// TestLongRunsKeepSeeking holds that a run that has outgrown its keyframes and its journal still finds every instant
// and every record.
func TestLongRunsKeepSeeking(t *testing.T) {
	c := swarm.Case{Seed: 1, Config: world.Default()}
	c.Steps = []swarm.Step{{Timed: world.Timed{At: sim.Second, Command: script.Load{PerSecond: 500}}}}
	r := newRun(t, c)
	const end = 20 * sim.Second
	r.Advance(end, ever)
	if first := r.World().Journal().First(); first == 1 {
		t.Fatal("the journal still holds everything: the test is too short")
	}
	for _, at := range []sim.Time{0, sim.Second, 7 * sim.Second, end - 1} {
		r.Seek(at, ever)
		if got, want := hashes(r.World()), straight(t, c, at); got != want {
			t.Errorf("at %v: %s, want %s", at, got, want)
		}
	}
	r.GoLive()
	for _, seq := range []uint64{1, 2, 100, 5000, r.World().Journal().Next() - 1} {
		rec := r.Record(seq)
		if rec == nil || rec.Seq != seq {
			t.Errorf("record %d is %+v", seq, rec)
		}
	}
	if rec := r.Record(r.World().Journal().Next()); rec != nil {
		t.Errorf("a record that has not happened: %+v", rec)
	}
}
