package compact_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// moment is the revision of the store from an instant on.
type moment struct {
	at       sim.Time
	revision int64
}

// history is all moments, the oldest first.
type history []moment

// at returns the revision that was current at an instant.
func (h history) at(t sim.Time) int64 {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].at <= t {
			return h[i].revision
		}
	}
	return 0
}

func (h history) now() int64 { return h[len(h)-1].revision }

// keeper says what etcd's compactor would do, from the whole history: it keeps no samples and has no state but the
// times of its steps and of the last success.
type keeper struct {
	set       compact.Setting
	steps     []sim.Time
	began     bool
	succeeded sim.Time
	last      int64
}

func (k *keeper) want(h history, now sim.Time, paused bool) int64 {
	if k.set.Mode == compact.Revision {
		if target := h.now() - k.set.Keep; !paused && target > 0 && target != k.last {
			return target
		}
		return 0
	}
	interval := min(k.set.Period, sim.Hour)
	keep := int(k.set.Period/(interval/10)) + 1
	target := h.at(k.steps[max(0, len(k.steps)-keep)])
	wait := interval
	if !k.began {
		wait = k.set.Period
	}
	if paused || now-k.succeeded < wait || target == k.last {
		return 0
	}
	k.began = true
	return target
}

func (k *keeper) step() sim.Time {
	if k.set.Mode == compact.Revision {
		return compact.RevisionInterval
	}
	return min(k.set.Period, sim.Hour) / 10
}

var settings = rapid.SampledFrom([]compact.Setting{
	{Mode: compact.Periodic, Period: 10 * sim.Minute},
	{Mode: compact.Periodic, Period: sim.Hour},
	{Mode: compact.Periodic, Period: 95 * sim.Minute},
	{Mode: compact.Periodic, Period: 3 * sim.Hour},
	{Mode: compact.Revision, Keep: 5},
	{Mode: compact.Revision, Keep: 40},
})

var errFailed = errors.New("etcdserver: request timed out")

// TestRules: each mode says which rule it follows.
func TestRules(t *testing.T) {
	for mode, want := range map[compact.Mode]rule.ID{compact.Off: rule.None, compact.Periodic: rule.CompactionKeepsPeriod,
		compact.Revision: rule.CompactionKeepsRevisions, compact.Fixed: rule.CompactionAtFixedTimes} {
		c := compact.New(compact.Setting{Mode: mode, Period: sim.Hour, Keep: 1, Every: sim.Hour}, 0, 1)
		if c.Rule() != want {
			t.Errorf("%s follows %s, want %s", mode, c.Rule(), want)
		}
		if mode == compact.Off && c.Next() != compact.Never {
			t.Error("a compactor that is off wants to be asked")
		}
	}
	a := compact.NewAPIServer(0, 0)
	if a.Rule() != rule.CompactionByAPIServer || a.Next() != compact.Never {
		t.Error("the API server's compactor that is off wants to be asked, or follows no rule")
	}
}

// TestModel: whatever is written and whatever fails, a compactor compacts when and to where the history says.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := &keeper{set: settings.Draw(t, "setting"), steps: []sim.Time{0}}
		h := history{{0, 1}}
		c := compact.New(k.set, 0, 1)
		paused := false
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			if rapid.IntRange(0, 19).Draw(t, "office") == 0 {
				if paused = !paused; paused {
					c.Pause()
				} else {
					c.Resume()
				}
			}
			if rapid.IntRange(0, 9).Draw(t, "clone") == 0 {
				old := c
				c = old.Clone()
				old.Tick(old.Next(), 999) // must not show in the clone
			}
			now := k.steps[len(k.steps)-1] + k.step()
			h = append(h, moment{now - 1, h.now() + rapid.Int64Range(0, 9).Draw(t, "writes")})
			if c.Next() != now {
				t.Fatalf("wants to be asked at %s, should at %s", c.Next(), now)
			}
			if _, due := c.Tick(now-1, h.now()); due {
				t.Fatal("due too early")
			}
			want := k.want(h, now, paused)
			got, due := c.Tick(now, h.now())
			if got != want || due != (want != 0) {
				t.Fatalf("at %s: compact to %d %v, want %d", now, got, due, want)
			}
			if due {
				now = finish(t, &c, k, &h, now, got)
			}
			k.steps = append(k.steps, now)
		}
	})
}

// finish carries a compaction out.
func finish(t *rapid.T, c *compact.Compactor, k *keeper, h *history, now sim.Time, target int64) sim.Time {
	if c.Next() != compact.Never {
		t.Fatal("does not wait for the compaction")
	}
	now += sim.Time(rapid.OneOf(rapid.IntRange(0, 7), rapid.IntRange(0, 700)).Draw(t, "took")) * sim.Second
	*h = append(*h, moment{now, h.now() + rapid.Int64Range(0, 2).Draw(t, "writes meanwhile")})
	err := rapid.SampledFrom([]error{nil, nil, nil, errFailed, mvcc.ErrCompacted,
		fmt.Errorf("member 2: %w", mvcc.ErrCompacted)}).Draw(t, "answer")
	c.Done(now, h.now(), err)
	if err != errFailed {
		k.last, k.succeeded = target, now
	}
	if c.Last() != k.last {
		t.Fatalf("last is %d, want %d", c.Last(), k.last)
	}
	return now
}

// TestCompactionKeepsPeriod: whatever happens, the history of the last period can be read, and if nothing fails no more
// than an interval and two steps beside.
func TestCompactionKeepsPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := compact.Setting{Mode: compact.Periodic,
			Period: sim.Time(rapid.IntRange(1, 300).Draw(t, "minutes")) * sim.Minute}
		step := min(set.Period, sim.Hour) / 10
		c := compact.New(set, 0, 1)
		if c.Rule() != rule.CompactionKeepsPeriod {
			t.Fatal(c.Rule())
		}
		h := history{{0, 1}}
		for c.Next() < 6*set.Period+3*sim.Hour {
			now := c.Next()
			h = append(h, moment{now - step/2, h.now() + 1})
			target, due := c.Tick(now, h.now())
			if due && target > h.at(now-set.Period) {
				t.Fatalf("at %s compacts to %d, which is younger than %s", now, target, set.Period)
			}
			if due {
				c.Done(now, h.now(), nil)
			}
			if oldest := now - set.Period - 10*step - 2*step; oldest > 0 && c.Last() < h.at(oldest) {
				t.Fatalf("at %s the history since %d is kept, which is older than %s", now, c.Last(), now-oldest)
			}
		}
	})
}

// TestCompactionAtFixedTimes: at every turn, to the revision of one span before. Here the revision is the seconds since
// the beginning, and looks come up to five seconds late.
func TestCompactionAtFixedTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := compact.Setting{Mode: compact.Fixed, Every: sim.Time(rapid.IntRange(1, 9).Draw(t, "every")) * sim.Minute,
			Period: sim.Time(rapid.IntRange(0, 30).Draw(t, "keep")) * sim.Minute}
		revision := func(at sim.Time) int64 { return int64(at / sim.Second) }
		start := sim.Time(rapid.IntRange(1, 5).Draw(t, "start")) * sim.Minute
		c := compact.New(set, start, revision(start))
		turn := start + set.Every
		for turn < start+set.Period {
			turn += set.Every
		}
		for c.Next() < start+2*sim.Hour {
			now := c.Next() + sim.Time(rapid.IntRange(0, 5).Draw(t, "late"))*sim.Second
			target, due := c.Tick(now, revision(now))
			if due != (now >= turn) {
				t.Fatalf("at %s: due %v, the turn is at %s", now, due, turn)
			}
			if !due {
				continue
			}
			if want := revision(turn - set.Period); target < want || target > want+5 {
				t.Fatalf("at %s: compact to %d, want %d", now, target, want)
			}
			c.Done(now, revision(now), nil)
			turn += set.Every
		}
		if turn < start+2*sim.Hour {
			t.Fatalf("stopped before the turn at %s", turn)
		}
	})
}

// TestFixedLate: of turns that were slept through only the last is made up for, and none comes while a compaction is
// under way.
func TestFixedLate(t *testing.T) {
	c := compact.New(compact.Setting{Mode: compact.Fixed, Every: sim.Minute, Period: 20 * sim.Second}, 0, 1)
	for _, look := range []struct {
		at           sim.Time
		done         bool
		revision     int64
		target, next sim.Time
	}{
		{at: 40 * sim.Second, revision: 40, next: sim.Minute},
		// the turn at 60, and the sample for that at 120
		{at: 100 * sim.Second, revision: 100, target: 40, next: 2 * sim.Minute},
		{at: 130 * sim.Second, revision: 130, next: 160 * sim.Second},                        // 40 is still under way
		{at: 350 * sim.Second, revision: 350, done: true, target: 350, next: 6 * sim.Minute}, // the turns at 180, 240 and 300
	} {
		if look.done {
			c.Done(look.at, look.revision, nil)
		}
		if got, due := c.Tick(look.at, look.revision); got != int64(look.target) || due != (got != 0) ||
			c.Next() != look.next {
			t.Errorf("at %s: %d %v, next at %s, want %d and %s", look.at, got, due, c.Next(), look.target, look.next)
		}
	}
	c = compact.New(compact.Setting{Mode: compact.Fixed, Every: sim.Minute, Period: 150 * sim.Second}, 0, 1)
	// samples for the turns at 180, 240 and 300, then late for two turns
	for _, at := range []sim.Time{30, 90, 150, 170, 250} {
		got, _ := c.Tick(at*sim.Second, int64(at))
		if want := map[sim.Time]int64{250: 90}[at]; got != want {
			t.Errorf("at %d: compacts to %d, want %d", at, got, want)
		}
	}
	c = compact.New(compact.Setting{Mode: compact.Fixed, Every: sim.Minute}, 0, 1)
	if got, _ := c.Tick(3*sim.Minute, 9); got != 9 || c.Next() != 4*sim.Minute {
		t.Errorf("compacts to %d, next at %s", got, c.Next())
	}
}

// TestCompactionByAPIServer: of several API servers exactly one compacts in each interval, and between one and two
// intervals of history are kept, whichever of them goes on.
func TestCompactionByAPIServer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		servers := make([]compact.APIServer, rapid.IntRange(1, 4).Draw(t, "servers"))
		for i := range servers {
			servers[i] = compact.NewAPIServer(sim.Time(rapid.IntRange(0, 299).Draw(t, "start"))*sim.Second,
				compact.APIServerInterval)
		}
		var version, compacted int64
		for last := sim.Time(0); last < 2*sim.Hour; {
			first := &servers[0]
			for i := range servers {
				if servers[i].Next() < first.Next() {
					first = &servers[i]
				}
			}
			now := first.Next()
			ask, _ := first.Tick(now)
			reply := compact.Reply{Revision: int64(now / sim.Second), Put: ask.Version == version, Version: version}
			target, due := first.Answered(now, reply)
			if due != (reply.Put && version > 0) {
				t.Fatalf("at %s: due %v, put %v, version %d", now, due, reply.Put, version)
			}
			if reply.Put {
				version++
			}
			if due && (target <= compacted || last != 0 && now-last != compact.APIServerInterval ||
				now-sim.Time(target)*sim.Second != compact.APIServerInterval) {
				t.Fatalf("at %s, the last one at %s: compact to %d after %d", now, last, target, compacted)
			}
			if due {
				compacted, last = target, now
				first.Compacted(now, nil)
			}
		}
	})
}

// TestHash: each of the inputs changes the hash.
func TestHash(t *testing.T) {
	c := compact.New(compact.Setting{Mode: compact.Periodic, Period: 10 * sim.Minute}, 0, 1)
	seen := map[uint64]bool{c.Hash(): true}
	for i, change := range []func(){c.Pause, func() { c.Tick(c.Next(), 2) }, c.Resume, func() { c.Tick(c.Next(), 2) }} {
		if change(); seen[c.Hash()] {
			t.Error("no other hash after change", i)
		}
		seen[c.Hash()] = true
	}
	if d := c.Clone(); d.Hash() != c.Hash() || d.Paused() || d.Setting() != c.Setting() {
		t.Error("the clone differs")
	}
	a := compact.NewAPIServer(0, compact.APIServerInterval)
	b := a
	b.Tick(b.Next())
	if a.Hash() == b.Hash() {
		t.Error("the API server's round does not show in its hash")
	}
}
