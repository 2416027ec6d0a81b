package check_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/rule"
)

// left is a group of which member 3 crashed with six entries on its disk, four of them committed. Up to an index it had
// discarded them before. The others have gone on to index 100 since and have discarded all but the last ten.
func left(disk uint64) *group {
	g := newGroup()
	for id := uint64(1); id <= 3; id++ {
		g.append(id, 1, 1, 1, 1, 1, 1)
		g.see(id, check.View{Leader: id == 1, Term: 1, Commit: 4})
	}
	if disk > 0 {
		g.Compacted(3, disk)
	}
	g.Sent(1, 4)
	g.Crashed(3, 0)
	g.logs[3] = g.logs[3][:disk]
	for i := uint64(7); i <= 100; i++ {
		for id := uint64(1); id <= 2; id++ {
			g.append(id, 1)
			g.see(id, check.View{Leader: id == 1, Term: 1, Commit: i})
			if i > 10 {
				g.Compacted(id, i-10)
			}
		}
	}
	return g
}

// TestForgetsAndStillJudges: what all running members have discarded is forgotten, but who comes back from its disk, or
// takes over a snapshot that was long on its way, is judged by it all the same.
func TestForgetsAndStillJudges(t *testing.T) {
	back := func(g *group, third uint64) {
		for i := uint64(len(g.logs[3])) + 1; i <= 6; i++ {
			if i == 3 {
				g.data(3, 1, third)
			} else {
				g.append(3, 1)
			}
		}
	}
	t.Run("it forgets", func(t *testing.T) {
		if g := left(0); g.Entries() > 40 {
			t.Errorf("%d entries are remembered, of logs that hold 11, 11 and, on its disk, 4", g.Entries())
		}
	})
	t.Run("comes back", func(t *testing.T) {
		g := left(0)
		back(g, 1)
		g.follow(3, 1, 4)
		for i := uint64(1); i <= 4; i++ {
			g.note(g.Applied(3, i, 1, 1))
		}
		g.expect(t, rule.StateMachineSafety)
	})
	t.Run("comes back with another entry", func(t *testing.T) {
		g := left(0)
		back(g, 7)
		g.follow(3, 1, 4)
		g.expect(t, rule.StateMachineSafety, "Member 3 takes for committed at index 3")
	})
	t.Run("comes back twice, and then with another entry", func(t *testing.T) {
		g := left(0)
		back(g, 1)
		g.follow(3, 1, 2)
		g.Crashed(3, 0)
		g.logs[3] = nil
		back(g, 7)
		g.follow(3, 1, 4)
		g.expect(t, rule.StateMachineSafety, "Member 3 takes for committed at index 3")
	})
	t.Run("applies another entry", func(t *testing.T) {
		g := left(0)
		back(g, 1)
		g.follow(3, 1, 4)
		g.note(g.Applied(3, 4, 1, 7))
		g.expect(t, rule.StateMachineSafety, "index 4", "other data")
	})
	t.Run("comes back behind its snapshot", func(t *testing.T) {
		g := left(2)
		g.note(g.Restored(3, 2, 1))
		back(g, 7)
		g.follow(3, 1, 4)
		g.expect(t, rule.StateMachineSafety, "Member 3 takes for committed at index 3")
	})
	t.Run("a snapshot that was long on its way", func(t *testing.T) {
		g := left(0)
		g.note(g.Restored(4, 4, 1))
		g.expect(t, rule.StateMachineSafety)
		g.note(g.Restored(4, 4, 2))
		g.expect(t, rule.StateMachineSafety, "term 2 at index 4", "term 1 was committed")
	})
	t.Run("crashes before a snapshot is on its disk", func(t *testing.T) {
		g := left(0)
		back(g, 1)
		g.follow(3, 1, 4)
		g.note(g.Restored(3, 95, 1))
		g.Crashed(3, 0)
		g.logs[3] = nil
		back(g, 7)
		g.follow(3, 1, 4)
		g.expect(t, rule.StateMachineSafety, "Member 3 takes for committed at index 3")
	})
}

// TestCompactsBehindASnapshot: a member has taken over a snapshot, which is not on its disk yet, when the disk loses
// older entries.
func TestCompactsBehindASnapshot(t *testing.T) {
	g := left(0)
	g.append(3, 1, 1, 1, 1, 1, 1)
	g.follow(3, 1, 4)
	g.note(g.Restored(3, 95, 1))
	g.Compacted(3, 2)
	g.Crashed(3, 0)
	g.note(g.Restored(3, 2, 1))
	g.expect(t, rule.StateMachineSafety)
}

// TestOldDirectory: a machine is given back a directory that begins with what everybody has forgotten. It cannot be
// judged by that, and is no reason to cry wolf; once it has taken over a snapshot it is judged again.
func TestOldDirectory(t *testing.T) {
	g := left(0)
	g.Removed(3)
	g.note(g.Restored(3, 3, 1))
	g.logs[3] = g.logs[3][:0]
	g.note(g.Appended(3, 4, 1, 1))
	g.note(g.Observe(3, check.View{Term: 1, Commit: 4, LastIndex: 4, LastTerm: 1}))
	g.expect(t, rule.StateMachineSafety)
	g.note(g.Restored(3, 100, 1))
	g.note(g.Appended(3, 101, 1, 7))
	g.append(1, 1)
	g.expect(t, rule.LogMatching, "at index 101")
}
