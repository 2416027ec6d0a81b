package check_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/rule"
)

// group tells a judge stories of members. Its verbs keep count of what each log holds, so that a story can say "member
// 2 appends entries of terms 1, 1, 2" and no more. The digest of an entry is its term unless data says otherwise.
type group struct {
	*check.Safety
	logs   map[uint64][]uint64
	views  map[uint64]check.View
	broken []*check.Violation
}

func newGroup() *group {
	return &group{Safety: check.New(), logs: map[uint64][]uint64{}, views: map[uint64]check.View{}}
}

func (g *group) note(v *check.Violation) {
	if v != nil {
		g.broken = append(g.broken, v)
	}
}

// append adds entries of these terms to a member's log.
func (g *group) append(id uint64, terms ...uint64) {
	for _, term := range terms {
		g.data(id, term, term)
	}
}

func (g *group) data(id, term, digest uint64) {
	g.logs[id] = append(g.logs[id], term)
	g.note(g.Appended(id, uint64(len(g.logs[id])), term, digest))
}

func (g *group) cut(id, kept uint64) {
	g.logs[id] = g.logs[id][:kept]
	g.Truncated(id, kept)
}

// see observes a member; the log's end is filled in.
func (g *group) see(id uint64, v check.View) {
	if log := g.logs[id]; len(log) > 0 {
		v.LastIndex, v.LastTerm = uint64(len(log)), log[len(log)-1]
	}
	g.views[id] = v
	g.note(g.Observe(id, v))
}

func (g *group) lead(id, term, commit uint64) {
	g.see(id, check.View{Leader: true, Term: term, Commit: commit})
}

func (g *group) follow(id, term, commit uint64) { g.see(id, check.View{Term: term, Commit: commit}) }

// expect wants exactly one violation, of that rule, with these words in its text; or none, if there are no words.
func (g *group) expect(t *testing.T, id rule.ID, words ...string) {
	t.Helper()
	if len(words) == 0 {
		for _, v := range g.broken {
			t.Errorf("violation of %s", v.Error())
		}
		return
	}
	if len(g.broken) != 1 || g.broken[0].Rule != id {
		t.Fatalf("want one violation of %s, got %v", id, g.broken)
	}
	for _, w := range words {
		if !strings.Contains(g.broken[0].Text, w) {
			t.Errorf("want %q in: %s", w, g.broken[0].Text)
		}
	}
}

func TestElectionSafety(t *testing.T) {
	t.Run("two leaders of one term", func(t *testing.T) {
		g := newGroup()
		g.lead(1, 5, 0)
		g.follow(1, 5, 0)
		g.lead(3, 5, 0)
		g.expect(t, rule.ElectionSafety, "Members 1 and 3", "term 5")
		if v := g.broken[0]; v.Node != 3 || v.Term != 5 {
			t.Errorf("at member %d, term %d", v.Node, v.Term)
		}
	})
	t.Run("an old leader beside a new one", func(t *testing.T) {
		g := newGroup()
		g.lead(1, 5, 0)
		g.lead(3, 7, 0)
		g.lead(2, 6, 0) // its votes were late
		g.lead(1, 5, 0)
		g.lead(1, 8, 0)
		g.expect(t, rule.ElectionSafety)
	})
	t.Run("a leader that loses its office and regains it in the same term", func(t *testing.T) {
		g := newGroup()
		g.lead(1, 5, 0)
		g.follow(1, 5, 0)
		g.lead(1, 5, 0)
		g.expect(t, rule.ElectionSafety)
	})
}

func TestLeaderAppendOnly(t *testing.T) {
	t.Run("a leader cuts its log", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 1)
		g.lead(1, 1, 0)
		g.cut(1, 2)
		g.append(1, 1)
		g.lead(1, 1, 0)
		g.expect(t, rule.LeaderAppendOnly, "Member 1 leads term 1", "from index 3 to index 2")
	})
	t.Run("a leader overwrites an entry", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1)
		g.lead(1, 1, 0)
		g.note(g.Appended(1, 2, 1, 99))
		g.lead(1, 1, 0)
		g.expect(t, rule.LeaderAppendOnly, "from index 2 to index 1")
	})
	t.Run("a leader that steps down and cuts its log in one event", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 1)
		g.lead(1, 1, 0)
		g.cut(1, 1)
		g.append(1, 2)
		g.follow(1, 2, 0)
		g.cut(1, 1)
		g.follow(1, 2, 0)
		g.lead(1, 3, 0)
		g.expect(t, rule.LeaderAppendOnly)
	})
	t.Run("a leader that lost what was not synced", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 1)
		g.lead(1, 1, 0)
		g.Crashed(1, 1)
		g.logs[1] = g.logs[1][:1]
		g.follow(1, 1, 0)
		g.lead(1, 2, 0)
		g.expect(t, rule.LeaderAppendOnly)
	})
}

func TestLogMatching(t *testing.T) {
	t.Run("same index and term, other data", func(t *testing.T) {
		g := newGroup()
		g.data(1, 1, 10)
		g.data(2, 1, 11)
		g.expect(t, rule.LogMatching, "Members 2 and 1", "term 1 at index 1", "different data")
	})
	t.Run("same index and term, another entry before", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 3)
		g.append(2, 1, 2)
		g.expect(t, rule.LogMatching)
		g.append(2, 3)
		g.expect(t, rule.LogMatching, "term 3 at index 3", "before it their logs differ at index 2: term 2 and term 1")
	})
	t.Run("logs that differ where their terms do", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 2, 2)
		g.append(2, 1, 1, 3)
		g.append(3, 1)
		g.cut(2, 2)
		g.append(2, 2, 2, 4)
		g.expect(t, rule.LogMatching)
	})
	t.Run("behind a snapshot", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1, 2, 2)
		g.lead(1, 2, 4)
		g.note(g.Restored(2, 3, 2))
		g.logs[2] = []uint64{0, 0, 2}
		g.append(2, 2)
		g.expect(t, rule.LogMatching)
		g.cut(2, 3)
		g.data(2, 2, 77)
		g.expect(t, rule.LogMatching, "different data")
	})
}

func TestLeaderCompleteness(t *testing.T) {
	committed := func() *group {
		g := newGroup()
		g.append(1, 1, 2, 2)
		g.append(2, 1, 2, 2)
		g.append(3, 1)
		g.lead(1, 2, 0)
		g.lead(1, 2, 3)
		return g
	}
	t.Run("a leader with a short log", func(t *testing.T) {
		g := committed()
		g.lead(3, 3, 0)
		g.expect(t, rule.LeaderCompleteness, "Member 3 leads term 3", "entry of term 2 at index 2",
			"committed in term 2", "member 1", "ends at index 1")
	})
	t.Run("a leader with other entries", func(t *testing.T) {
		g := committed()
		g.append(3, 3, 3, 3)
		g.lead(3, 4, 0)
		g.expect(t, rule.LeaderCompleteness, "at index 2", "has an entry of term 3 there")
	})
	t.Run("committed after the election of the next leader", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 1)
		g.append(2, 1, 1)
		g.lead(1, 1, 1)
		g.lead(2, 2, 1)
		g.append(3, 1)
		g.lead(3, 3, 1)
		g.expect(t, rule.LeaderCompleteness)
		g.lead(1, 1, 2) // a late answer; the leader of term 2 has the entry, that of term 3 has not
		g.expect(t, rule.LeaderCompleteness, "Member 3 leads term 3", "at index 2")
	})
	t.Run("a leader that has everything, and more", func(t *testing.T) {
		g := committed()
		g.append(2, 2, 2)
		g.lead(2, 3, 0)
		g.expect(t, rule.LeaderCompleteness)
	})
	t.Run("a leader of an earlier term, seen late", func(t *testing.T) {
		g := committed()
		g.append(1, 3)
		g.append(2, 3)
		g.lead(2, 5, 4)
		g.append(4, 1, 2, 2)
		g.lead(4, 4, 3)
		g.expect(t, rule.LeaderCompleteness)
	})
	t.Run("an uncommitted entry may be missing", func(t *testing.T) {
		g := committed()
		g.append(1, 2, 2)
		g.lead(2, 3, 3)
		g.expect(t, rule.LeaderCompleteness)
	})
	t.Run("Raft Figure 8: an entry of an old term is committed by counting its replicas", func(t *testing.T) {
		g := newGroup()
		for id := uint64(1); id <= 5; id++ {
			g.append(id, 1)
		}
		g.lead(1, 1, 1)
		g.append(1, 2)
		g.lead(1, 2, 1)
		g.append(2, 2)
		g.append(5, 3)
		g.lead(5, 3, 1)
		g.lead(1, 4, 1)
		g.append(3, 2)
		g.lead(1, 4, 2) // on three of five, but of term 2
		g.lead(5, 5, 1) // elected by 2, 3 and 4, whose last terms are 2 and 1
		g.expect(t, rule.LeaderCompleteness, "Member 5 leads term 5", "entry of term 2 at index 2", "committed in term 4",
			"has an entry of term 3 there")
	})
	t.Run("a leader that starts from a snapshot", func(t *testing.T) {
		g := committed()
		g.note(g.Restored(3, 3, 2))
		g.logs[3] = []uint64{0, 0, 2}
		g.follow(3, 2, 3)
		g.append(3, 3)
		g.lead(3, 3, 3)
		g.expect(t, rule.LeaderCompleteness)
	})
}

func TestStateMachineSafety(t *testing.T) {
	three := func() *group {
		g := newGroup()
		g.append(1, 1, 1, 2)
		g.append(2, 1, 1)
		g.lead(1, 2, 3)
		return g
	}
	t.Run("another entry committed", func(t *testing.T) {
		g := three()
		g.append(2, 3)
		g.follow(2, 3, 2)
		g.expect(t, rule.StateMachineSafety)
		g.follow(2, 3, 3)
		g.expect(t, rule.StateMachineSafety, "Member 2", "at index 3", "of term 3", "of term 2", "member 1")
	})
	t.Run("other data committed", func(t *testing.T) {
		g := newGroup()
		g.append(1, 1, 2)
		g.lead(1, 2, 2)
		g.data(2, 1, 99)
		g.broken = nil // two logs that differ: judged elsewhere
		g.follow(2, 2, 1)
		g.expect(t, rule.StateMachineSafety, "at index 1", "another of the same term")
	})
	t.Run("commit beyond the log", func(t *testing.T) {
		g := three()
		g.follow(2, 2, 3)
		g.expect(t, rule.StateMachineSafety, "up to index 3", "ends at index 2")
	})
	t.Run("commit moves back", func(t *testing.T) {
		g := three()
		g.follow(2, 2, 2)
		g.follow(2, 2, 1)
		g.expect(t, rule.StateMachineSafety, "back from 2 to 1")
	})
	t.Run("commit is lower after a crash", func(t *testing.T) {
		g := three()
		g.follow(2, 2, 2)
		g.Crashed(2, 2)
		g.follow(2, 2, 0)
		g.follow(2, 2, 1)
		g.expect(t, rule.StateMachineSafety)
	})
	t.Run("a crash takes a committed entry that was not synced", func(t *testing.T) {
		g := three()
		g.follow(2, 2, 2)
		g.Crashed(2, 1)
		g.logs[2] = g.logs[2][:1]
		g.follow(2, 2, 1)
		g.expect(t, rule.StateMachineSafety)
		g.lead(2, 3, 1)
		g.expect(t, rule.LeaderCompleteness, "Member 2 leads term 3", "ends at index 1")
	})
	t.Run("a disk that was wiped, and one that lost what others have discarded", func(t *testing.T) {
		g := newGroup()
		g.append(3, 1, 1)
		for id := uint64(1); id <= 2; id++ {
			g.append(id, 1, 1, 1, 1, 1)
			g.see(id, check.View{Leader: id == 1, Term: 1, Commit: 5})
			g.Compacted(id, 3)
		}
		g.Crashed(1, 2)
		g.logs[1] = g.logs[1][:2]
		g.append(1, 1, 1, 1)
		g.follow(1, 1, 5)
		g.Crashed(2, 0)
		g.logs[2] = nil
		g.append(2, 1, 1)
		g.follow(2, 1, 2)
		g.expect(t, rule.StateMachineSafety)
	})
	t.Run("applied in order, everywhere the same", func(t *testing.T) {
		g := three()
		for _, id := range []uint64{1, 2} {
			g.note(g.Applied(id, 1, 1, 1))
			g.note(g.Applied(id, 2, 1, 1))
		}
		g.note(g.Applied(1, 3, 2, 2))
		g.Crashed(1, 3)
		g.note(g.Applied(1, 2, 1, 1)) // its state machine had saved only the first
		g.note(g.Applied(1, 3, 2, 2))
		g.expect(t, rule.StateMachineSafety)
	})
	t.Run("applied an entry of another term", func(t *testing.T) {
		g := three()
		g.note(g.Applied(2, 1, 1, 1))
		g.note(g.Applied(2, 2, 2, 1))
		g.expect(t, rule.StateMachineSafety, "Member 2 applied an entry of term 2 at index 2", "one of term 1 was committed")
	})
	t.Run("applied other data", func(t *testing.T) {
		g := three()
		g.note(g.Applied(2, 1, 1, 5))
		g.expect(t, rule.StateMachineSafety, "other data")
	})
	t.Run("applied what is not committed", func(t *testing.T) {
		g := three()
		g.append(1, 2)
		g.Installed(1, 3)
		g.note(g.Applied(1, 4, 2, 2))
		g.expect(t, rule.StateMachineSafety, "applied index 4", "nothing behind index 3")
	})
	t.Run("a snapshot of something else", func(t *testing.T) {
		g := three()
		g.note(g.Restored(3, 3, 1))
		g.expect(t, rule.StateMachineSafety, "snapshot", "term 1 at index 3", "term 2 was committed")
	})
	t.Run("a snapshot of what was not committed", func(t *testing.T) {
		g := three()
		g.note(g.Restored(3, 4, 2))
		g.expect(t, rule.StateMachineSafety, "snapshot up to index 4", "nothing behind index 3")
	})
	t.Run("a group that starts from snapshots", func(t *testing.T) {
		g := newGroup()
		for id := uint64(1); id <= 3; id++ {
			g.note(g.Restored(id, 100, 7))
			g.Installed(id, 100)
			g.note(g.Appended(id, 101, 8, 8))
			g.note(g.Observe(id, check.View{Leader: id == 1, Term: 8, Commit: 101, LastIndex: 101, LastTerm: 8}))
			g.note(g.Applied(id, 101, 8, 8))
		}
		g.expect(t, rule.StateMachineSafety)
	})
}

func TestApplyInOrder(t *testing.T) {
	g := newGroup()
	g.append(1, 1, 1, 1)
	g.lead(1, 1, 3)
	g.note(g.Applied(1, 1, 1, 1))
	g.note(g.Applied(1, 3, 1, 1))
	g.expect(t, rule.ApplyInOrder, "applied index 3 after index 1")
}

// TestForgets lets a group run long and compact its logs: the judge must go on judging, and forget as they do.
func TestForgets(t *testing.T) {
	g := newGroup()
	for i := uint64(1); i <= 5000; i++ {
		for id := uint64(1); id <= 3; id++ {
			g.append(id, 1)
			g.see(id, check.View{Leader: id == 1, Term: 1, Commit: i})
			g.note(g.Applied(id, i, 1, 1))
			if i > 100 && i%50 == 0 {
				g.Compacted(id, i-100)
			}
		}
	}
	g.lead(2, 2, 5000)
	g.expect(t, rule.LeaderCompleteness)
	g.lead(4, 3, 0) // a newcomer with an empty log
	g.expect(t, rule.LeaderCompleteness, "without the entry at index 1", "ends at index 0")
	g.Removed(4)
	g.broken = nil
	g.data(2, 1, 99)
	g.data(3, 1, 98)
	g.expect(t, rule.LogMatching, "at index 5001")
}

func TestTermAt(t *testing.T) {
	g := newGroup()
	g.append(1, 1, 3)
	g.note(g.Restored(2, 2, 3))
	for _, c := range []struct {
		id, index, term uint64
		ok              bool
	}{{1, 2, 3, true}, {1, 3, 0, false}, {2, 2, 3, true}, {2, 1, 0, false}, {3, 1, 0, false}} {
		if term, ok := g.TermAt(c.id, c.index); term != c.term || ok != c.ok {
			t.Errorf("member %d, index %d: %d, %v", c.id, c.index, term, ok)
		}
	}
}

// TestWrongStory: a caller that contradicts itself is stopped, since nothing that the judge says would be worth
// anything.
func TestWrongStory(t *testing.T) {
	for name, tell := range map[string]func(*check.Safety){
		"a gap": func(s *check.Safety) { s.Appended(1, 2, 1, 1) },
		"another last term": func(s *check.Safety) {
			s.Appended(1, 1, 1, 1)
			s.Observe(1,
				check.View{LastIndex: 1, LastTerm: 2})
		},
		"another end":      func(s *check.Safety) { s.Observe(1, check.View{LastIndex: 1, LastTerm: 2}) },
		"compacts nothing": func(s *check.Safety) { s.Compacted(1, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			tell(check.New())
		})
	}
}

// TestClone tells a random story, with breaches, to a judge and its clones; from the moment of cloning all must judge
// alike, and a story told to one must not be heard by the other.
func TestClone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story := rapid.SliceOfN(rapid.Uint64(), 20, 600).Draw(t, "story")
		at := rapid.IntRange(0, len(story)-1).Draw(t, "clone at")
		whole, first := newGroup(), newGroup()
		for i, step := range story {
			whole.random(step)
			if i < at {
				first.random(step)
			}
		}
		second := first.fork()
		third := first.fork()
		for _, step := range story[at:] {
			third.random(step * 31)
			second.random(step)
		}
		for _, step := range story[at:] {
			first.random(step)
		}
		same(t, whole, first)
		same(t, whole, second)
	})
}

func (g *group) fork() *group {
	c := newGroup()
	c.Safety = g.Clone()
	for id := range uint64(3) {
		c.logs[id] = append([]uint64(nil), g.logs[id]...)
		c.views[id] = g.views[id]
	}
	c.broken = append(c.broken, g.broken...)
	return c
}

// random takes one step of a story: any member appends, cuts, leads, follows or crashes.
func (g *group) random(step uint64) {
	id, x := step%3, step/64%7
	n := uint64(len(g.logs[id]))
	v := g.views[id]
	switch step / 8 % 8 {
	case 0, 1, 2:
		g.data(id, v.Term, x/6)
	case 3:
		g.cut(id, n-min(n, x))
	case 4:
		v.Leader, v.Term = true, v.Term+x/3
	case 5:
		v.Leader, v.Term = false, v.Term+1
	case 6:
		v.Commit = min(v.Commit+x, n)
	case 7:
		g.Crashed(id, n-min(n, x))
		g.logs[id], v.Leader, v.Commit = g.logs[id][:n-min(n, x)], false, 0
	}
	v.LastIndex, v.LastTerm = 0, 0
	g.see(id, v)
}

func same(t *rapid.T, a, b *group) {
	if len(a.broken) != len(b.broken) {
		t.Fatalf("%d violations and %d", len(a.broken), len(b.broken))
	}
	for i := range a.broken {
		if *a.broken[i] != *b.broken[i] {
			t.Fatalf("violation %d: %v and %v", i, a.broken[i], b.broken[i])
		}
	}
}

func BenchmarkObserveUnchanged(b *testing.B) {
	s := check.New()
	for id := uint64(1); id <= 5; id++ {
		s.Appended(id, 1, 1, 1)
		s.Observe(id, check.View{Leader: id == 1, Term: 1, Commit: 1, LastIndex: 1, LastTerm: 1})
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Observe(5, check.View{Term: 1, Commit: 1, LastIndex: 1, LastTerm: 1})
	}
}

// BenchmarkEntry is one entry on its way through a group of five: appended, committed and applied everywhere.
func BenchmarkEntry(b *testing.B) {
	s := check.New()
	b.ReportAllocs()
	for i := uint64(1); b.Loop(); i++ {
		for id := uint64(1); id <= 5; id++ {
			s.Appended(id, i, 1, i)
			s.Observe(id, check.View{Leader: id == 1, Term: 1, Commit: i - 1, LastIndex: i, LastTerm: 1})
			s.Observe(id, check.View{Leader: id == 1, Term: 1, Commit: i, LastIndex: i, LastTerm: 1})
			s.Applied(id, i, 1, i)
			if i > 1000 {
				s.Compacted(id, i-1000)
			}
		}
	}
}

func BenchmarkClone(b *testing.B) {
	s := check.New()
	for i := uint64(1); i <= 100_000; i++ {
		for id := uint64(1); id <= 5; id++ {
			s.Appended(id, i, 1, i)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Clone()
	}
}
