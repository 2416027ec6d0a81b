package check_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/rule"
)

// TestReads holds reads to the state at the revision that they name: whoever answers, and however old it is.
func TestReads(t *testing.T) {
	read := func(rev int64, key, end string, kvs ...check.Change) check.Read {
		return check.Read{Client: 1, Revision: rev, Key: key, End: end, KVs: kvs, Count: int64(len(kvs))}
	}
	some := read(3, "a", "d", a2)
	some.Some, some.Count = true, 3
	fewer := some
	fewer.Count = 2
	bare := a4
	bare.Value = ""
	keys := read(4, "a", "", bare)
	keys.NoValues = true
	miscounted := a4
	miscounted.Version = 3
	for _, c := range []struct {
		name string
		read check.Read
		good bool
	}{
		{"the present", read(6, "a", "", a6), true},
		{"the past", read(4, "a", "", a4), true},
		{"between", read(3, "a", "", a2), true},
		{"a key that is gone", read(5, "a", ""), true},
		{"a key that never was", read(6, "z", ""), true},
		{"several keys", read(4, "a", "\x00", a4, b3, c3), true},
		{"the first of several", some, true},
		{"keys only", keys, true},

		{"a stale value", read(4, "a", "", a2), false},
		{"a value of the future", read(4, "a", "", a6), false},
		{"a key that is gone but was found", read(5, "a", "", a4), false},
		{"a key that was not found", read(4, "a", ""), false},
		{"another key", read(4, "a", "", b3), false},
		{"one of several left out", read(4, "a", "\x00", a4, c3), false},
		{"miscounted", fewer, false},
		{"another version", read(4, "a", "", miscounted), false},
		{"a revision that does not exist", read(7, "a", "", a6), false},
	} {
		t.Run(c.name, func(t *testing.T) { answered(t, told(t, all...).JudgeRead(&c.read), c.good) })
	}
}

func answered(t *testing.T, bad *check.Violation, good bool) {
	t.Helper()
	want := rule.AnswerAtRevision
	if good {
		want = rule.None
	}
	expect(t, bad, want, true)
}

// TestWrites holds writes that were acknowledged to the history.
func TestWrites(t *testing.T) {
	op := func(key, value string, prev ...check.Change) check.WriteOp {
		return check.WriteOp{Key: key, Value: value, WantsPrev: true, Prev: prev}
	}
	del := func(key, end string, n int64, prev ...check.Change) check.WriteOp {
		return check.WriteOp{Delete: true, Key: key, End: end, Deleted: n, Prev: prev}
	}
	for _, c := range []struct {
		name string
		rev  int64
		ops  []check.WriteOp
		good bool
	}{
		{"a put", 4, []check.WriteOp{op("a", "2", a2)}, true},
		{"a put of a new key", 2, []check.WriteOp{op("a", "1")}, true},
		{"two at once", 3, []check.WriteOp{op("b", "1"), op("c", "1")}, true},
		{"a deletion", 5, []check.WriteOp{del("a", "", 1, a4)}, true},
		{"a deletion of nothing", 5, []check.WriteOp{del("a", "", 0)}, true},
		{"a put that keeps the value", 4, []check.WriteOp{{Key: "a", KeepsValue: true}}, true},

		{"a put at another revision", 3, []check.WriteOp{op("a", "1")}, false},
		{"a put of another value", 4, []check.WriteOp{op("a", "1", a2)}, false},
		{"another version before", 4, []check.WriteOp{op("a", "2", a4)}, false},
		{"nothing before, though there was", 4, []check.WriteOp{op("a", "2")}, false},
		{"something before, though there was nothing", 6, []check.WriteOp{op("a", "3", a4)}, false},
		{"a deletion that did not happen", 4, []check.WriteOp{del("a", "", 1)}, false},
		{"a deletion of more than there was", 5, []check.WriteOp{del("a", "\x00", 2)}, false},
		{"one of two lost", 3, []check.WriteOp{op("b", "1"), op("d", "1")}, false},
		{"a revision that does not exist", 9, []check.WriteOp{op("a", "3")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			answered(t, told(t, all...).JudgeWrite(&check.Write{Client: 1, Revision: c.rev, Ops: c.ops, Succeeded: true}),
				c.good)
		})
	}
}

// TestConditions decides conditions on the state before a transaction, in all relations; the wrong verdict is noticed.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name  string
		c     check.Condition
		holds bool
	}{
		{"version", check.Condition{Key: "a", Target: check.Version, Number: 1}, true},
		{"not version", check.Condition{Key: "a", Target: check.Version, Number: 1, Not: true}, false},
		{"created", check.Condition{Key: "a", Target: check.CreateRevision, Number: 2}, true},
		{"changed later", check.Condition{Key: "a", Target: check.ModRevision, Number: 2, Want: 1}, false},
		{"value less", check.Condition{Key: "a", Target: check.Value, Value: "2", Want: -1}, true},
		{"value greater", check.Condition{Key: "a", Target: check.Value, Value: "2", Want: 1}, false},
		{"no lease", check.Condition{Key: "a", Target: check.LeaseID}, true},
		{"does not exist", check.Condition{Key: "z", Target: check.CreateRevision}, true},
		{"value of nothing", check.Condition{Key: "z", Target: check.Value, Want: 1, Not: true}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, said := range []bool{true, false} {
				w := check.Write{Client: 1, Revision: 4, Conditions: []check.Condition{c.c}, Succeeded: said,
					Ops: []check.WriteOp{{Key: "a", Value: "2"}}}
				answered(t, told(t, all...).JudgeWrite(&w), said == c.holds)
			}
		})
	}
}

// TestStoreForgets lets a history grow long: what is remembered is judged as before, of the rest nothing is said.
func TestStoreForgets(t *testing.T) {
	s := check.NewStore()
	s.Watched(check.Watch{Client: 1, ID: 1, Key: "k", End: "l", Start: 2})
	const n = 200_000
	last := map[string]check.Change{}
	for rev := int64(2); rev <= n; rev++ {
		key := fmt.Sprint("k", rev%7)
		c, ok := last[key]
		if c = again(c, rev, fmt.Sprint(rev)); !ok {
			c = wrote(rev, key, fmt.Sprint(rev))
		}
		last[key] = c
		apply(t, s, 1, c)
	}
	answered(t, s.JudgeRead(&check.Read{Revision: n, Key: "k1", KVs: []check.Change{last["k1"]}, Count: 1}), true)
	answered(t, s.JudgeRead(&check.Read{Revision: n, Key: "k1", KVs: []check.Change{last["k2"]}, Count: 1}), false)
	answered(t, s.JudgeRead(&check.Read{Revision: 5, Key: "k1", Count: 5}), true)
	expect(t, s.Delivered(1, 1, events(wrote(2, "k2", "2"))), rule.None, true)
	expect(t, s.Applied(2, []check.Change{wrote(n, "x", "")}), rule.OneHistory, true)
}

func TestLeases(t *testing.T) {
	const second = 1_000_000
	for _, c := range []struct {
		name string
		tell func(s *check.Store) *check.Violation
		good bool
	}{
		{"at its time", func(s *check.Store) *check.Violation { return s.Ended(1, 5*second) }, true},
		{"too early", func(s *check.Store) *check.Violation { return s.Ended(1, 5*second-1) }, false},
		{"renewed", func(s *check.Store) *check.Violation { s.Renewed(1, 3*second, 5*second); return s.Ended(1, 6*second) },
			false},
		{"renewed, and at its time", func(s *check.Store) *check.Violation {
			s.Renewed(1, 3*second,
				5*second)
			return s.Ended(1, 8*second)
		}, true},
		{"revoked", func(s *check.Store) *check.Violation { s.AskedToEnd(1); return s.Ended(1, second) }, true},
		{"renewed, but told too late", func(s *check.Store) *check.Violation {
			s.Ended(1, 6*second)
			return s.Renewed(1,
				3*second, 5*second)
		}, false},
		{"renewed when it was gone", func(s *check.Store) *check.Violation {
			s.Ended(1, 6*second)
			return s.Renewed(1,
				7*second, 5*second)
		}, true},
		{"its name again", func(s *check.Store) *check.Violation {
			s.Ended(1, 6*second)
			s.Granted(1, 7*second, 5*second)
			return s.Ended(1, 8*second)
		}, true},
		{"another", func(s *check.Store) *check.Violation { return s.Ended(2, 1) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := check.NewStore()
			if s.Granted(1, 0, 5*second); !s.KnowsLeases() {
				t.Error("a lease that was granted is not known")
			}
			want := rule.LeaseKept
			if c.good {
				want = rule.None
			}
			expect(t, c.tell(s.Clone()), want, true)
		})
	}
}

// TestNoLease lets a member carry out the end of lease 0. Keys without a lease do not belong to it: they neither must
// go nor may.
func TestNoLease(t *testing.T) {
	expect(t, told(t, wrote(2, "a", "1")).Took(0, 2, false), rule.None, true)
	expect(t, told(t, wrote(2, "a", "1"), gone(3, "a")).Took(0, 3, true), rule.LeaseTakesKeys, true)
}

// TestLeaseTakesKeys lets lease 7 end, which has put a and b; b was put again without it.
func TestLeaseTakesKeys(t *testing.T) {
	a, b := wrote(2, "a", "1"), wrote(3, "b", "1")
	a.Lease, b.Lease = 7, 7
	before := []check.Change{a, b, again(wrote(3, "b", "1"), 4, "2"), wrote(5, "c", "1")}
	for _, c := range []struct {
		name    string
		changes []check.Change
		good    bool
	}{
		{"its key", []check.Change{gone(6, "a")}, true},
		{"nothing", nil, false},
		{"a key that it had lost", []check.Change{gone(6, "a"), gone(6, "b")}, false},
		{"another key", []check.Change{gone(6, "a"), gone(6, "c")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := told(t, append(before[:len(before):len(before)], c.changes...)...)
			want := rule.LeaseTakesKeys
			if c.good {
				want = rule.None
			}
			rev := int64(5)
			if len(c.changes) > 0 {
				rev = 6
			}
			expect(t, s.Took(7, rev, len(c.changes) > 0), want, true)
		})
	}
}

func BenchmarkApplied(b *testing.B) {
	s := check.NewStore()
	b.ReportAllocs()
	for rev := int64(2); b.Loop(); rev++ {
		c := []check.Change{wrote(rev, "a", "1")}
		for member := range uint64(3) {
			s.Applied(member, c)
		}
	}
}
