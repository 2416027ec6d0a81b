package world_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

// long is a run of twenty seconds under load, with a crash: some forty keyframes.
func long(t *testing.T) (swarm.Case, *world.Run, sim.Time) {
	c := swarm.Case{Seed: 1, Config: world.Default()}
	c.Steps = []swarm.Step{
		{Timed: world.Timed{At: sim.Second, Command: script.Load{PerSecond: 500}}},
		{Timed: world.Timed{At: 9 * sim.Second, Command: script.Crash{Member: "n2"}}},
	}
	return c, newRun(t, c), 20 * sim.Second
}

// TestThinningChangesNothing drops history again and again while a run goes on. The run, its links and every moment of
// its past are the same.
func TestThinningChangesNothing(t *testing.T) {
	c, r, end := long(t)
	for at := sim.Second; at <= end; at += sim.Second {
		r.Advance(at, ever)
		r.Thin()
	}
	if got, want := hashes(r.World()), straight(t, c, end); got != want {
		t.Errorf("the head is %s, a straight run comes to %s", got, want)
	}
	for _, at := range []sim.Time{0, sim.Second, 7 * sim.Second, 12 * sim.Second, end - 1} {
		r.Seek(at, ever)
		if got, want := hashes(r.World()), straight(t, c, at); got != want {
			t.Errorf("at %v: %s, want %s", at, got, want)
		}
	}
	r.GoLive()
	for _, seq := range []uint64{1, 500, 5000, 50_000} {
		rec := r.Record(seq)
		for r.Looking() {
			rec = r.Record(seq)
		}
		if rec == nil || rec.Seq != seq {
			t.Errorf("record %d is %+v", seq, rec)
		}
	}
	if r.Thin() {
		t.Error("there is always more to drop")
	}
	j := r.World().Journal()
	if n := j.Next() - j.First(); n > 2048 {
		t.Errorf("%d records are kept", n)
	}
}

// TestSeekInSlices goes back a few turns at a time: what is shown stays until it is there, another seek overtakes, and
// all end where one that takes no breath does.
func TestSeekInSlices(t *testing.T) {
	c, r, end := long(t)
	r.Advance(end, ever)
	for r.Thin() {
	}
	random := rng.New(1, "slices")
	for range 6 {
		shown, to := r.World(), sim.Time(random.Intn(int(end)))
		r.Seek(sim.Time(random.Intn(int(end))), 100) // overtaken
		there := r.Seek(to, 100)
		for last := sim.Time(0); !there; there = r.Continue(100) {
			done, whole, ok := r.Travelled()
			if !ok || done < last || done > whole || r.World() != shown {
				t.Fatalf("at %v of %v, %v; it was at %v", done, whole, ok, last)
			}
			last = done
		}
		if got, want := hashes(r.World()), straight(t, c, to); got != want {
			t.Errorf("at %v: %s, want %s", to, got, want)
		}
		if _, _, ok := r.Travelled(); ok {
			t.Error("it is there and still on its way")
		}
	}
}

// TestSliceIsShort: a seek takes no more turns at a time than it is given, however far it has to go.
func TestSliceIsShort(t *testing.T) {
	_, r, end := long(t)
	r.Advance(end, ever)
	for r.Thin() {
	}
	slices, turns := 0, int(r.World().Turn())
	for there := r.Seek(end/2, 64); !there; there = r.Continue(64) {
		slices++
	}
	if slices < 2 || slices > turns/64 {
		t.Errorf("half of %d turns took %d slices of 64", turns, slices)
	}
}

// TestKeyframesLieCloseToNow: however long a run is, its keyframes are bounded in number, and close to now they are
// dense.
func TestKeyframesLieCloseToNow(t *testing.T) {
	_, r, end := long(t)
	r.Advance(end, ever)
	for r.Thin() {
	}
	r.Advance(end+10*sim.Second, ever)
	frames := r.Keyframes()
	if len(frames) > 64 {
		t.Errorf("%d keyframes", len(frames))
	}
	first, last := frames[1]-frames[0], r.World().Turn()-frames[len(frames)-2]
	if frames[0] != 0 || last > first {
		t.Errorf("%d turns at the beginning, %d at the end", first, last)
	}
}
