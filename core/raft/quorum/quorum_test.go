package quorum

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft/entry"
)

// draw returns a sorted set of some of the members 1 … n.
func draw(r *rand.Rand, n int) Majority {
	var m Majority
	for id := 1; id <= n; id++ {
		if r.Intn(3) > 0 {
			m = append(m, entry.ID(id))
		}
	}
	return m
}

// TestCommittedAgainstCount: the answer is the largest index for which a count finds a majority.
func TestCommittedAgainstCount(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20_000 {
		j := Joint{draw(r, 11), draw(r, 11)}
		has := map[entry.ID]entry.Index{}
		for id := entry.ID(1); id <= 11; id++ {
			has[id] = entry.Index(r.Intn(8))
		}
		got := j.Committed(func(id entry.ID) entry.Index { return has[id] })
		want := Unbounded
		if len(j[0])+len(j[1]) > 0 {
			for want = 8; !counted(j[0], has, want) || !counted(j[1], has, want); want-- {
			}
		}
		if got != want {
			t.Fatalf("%v with %v: got %d, counted %d", j, has, got, want)
		}
	}
}

// counted counts by hand whether more than half hold the index.
func counted(m Majority, has map[entry.ID]entry.Index, i entry.Index) bool {
	n := 0
	for _, id := range m {
		if has[id] >= i {
			n++
		}
	}
	return len(m) == 0 || 2*n > len(m)
}

// TestVoteAgainstTries: an election is won or lost if however the missing votes turn out, it is.
func TestVoteAgainstTries(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 2_000 {
		j := Joint{draw(r, 6), draw(r, 6)}
		cast := map[entry.ID]bool{}
		var open []entry.ID
		for _, id := range j.Voters() {
			if r.Intn(2) == 0 {
				cast[id] = r.Intn(2) == 0
			} else {
				open = append(open, id)
			}
		}
		got := j.Vote(func(id entry.ID) (bool, bool) { v, ok := cast[id]; return v, ok })
		wins, tries := 0, 1<<len(open)
		for mask := range tries {
			all := map[entry.ID]entry.Index{}
			for id, yes := range cast {
				if yes {
					all[id] = 1
				}
			}
			for i, id := range open {
				if mask>>i&1 == 1 {
					all[id] = 1
				}
			}
			if counted(j[0], all, 1) && counted(j[1], all, 1) {
				wins++
			}
		}
		want := Pending
		if wins == tries {
			want = Won
		} else if wins == 0 {
			want = Lost
		}
		if got != want {
			t.Fatalf("%v with %v: got %d, tried %d", j, cast, got, want)
		}
	}
}

// TestVoters: the union of both halves, sorted, each once.
func TestVoters(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for range 1_000 {
		j := Joint{draw(r, 9), draw(r, 9)}
		want := slices.Compact(slices.Sorted(slices.Values(slices.Concat(j[0], j[1]))))
		if got := j.Voters(); !slices.Equal(got, want) {
			t.Fatalf("%v: got %v, want %v", j, got, want)
		}
	}
}
