package check_test

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/rule"
)

// wrote and gone are the changes of the histories below; wrote creates its key unless more is said.
func wrote(rev int64, key, value string) check.Change {
	return check.Change{Key: key, Value: value, Revision: rev, Create: rev, Version: 1}
}

func again(c check.Change, rev int64, value string) check.Change {
	c.Revision, c.Value = rev, value
	c.Version++
	return c
}

func gone(rev int64, key string) check.Change {
	return check.Change{Key: key, Revision: rev, Deleted: true}
}

// The history: a is put, b and c are put together, a is changed, deleted and put anew.
var (
	a2  = wrote(2, "a", "1")
	b3  = wrote(3, "b", "1")
	c3  = wrote(3, "c", "1")
	a4  = again(a2, 4, "2")
	a5  = gone(5, "a")
	a6  = wrote(6, "a", "3")
	all = []check.Change{a2, b3, c3, a4, a5, a6}
)

// told returns a judge that a member has told some changes.
func told(t *testing.T, changes ...check.Change) *check.Store {
	s := check.NewStore()
	apply(t, s, 1, changes...)
	return s
}

func apply(t *testing.T, s *check.Store, member uint64, changes ...check.Change) {
	t.Helper()
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].Revision == changes[0].Revision {
			n++
		}
		if bad := s.Applied(member, changes[:n]); bad != nil {
			t.Fatal(bad)
		}
		changes = changes[n:]
	}
}

func events(changes ...check.Change) check.Response {
	r := check.Response{}
	for _, c := range changes {
		r.Events = append(r.Events, check.WatchEvent{Change: c})
		r.Revision = c.Revision
	}
	return r
}

// with adds what the key was before to the last event.
func with(r check.Response, prev check.Change) check.Response {
	e := &r.Events[len(r.Events)-1]
	e.HasPrev, e.Prev = true, prev
	return r
}

func progress(rev int64) check.Response { return check.Response{Revision: rev} }

// resumed stands for a stream that broke.
var resumed = check.Response{Revision: -1}

// TestWatchGuarantees tells watches what keeps each guarantee, and then what breaks it once.
func TestWatchGuarantees(t *testing.T) {
	every := check.Watch{Key: "\x00", End: "\x00", Start: 2}
	from := func(start int64) check.Watch { w := every; w.Start = start; return w }
	prev := every
	prev.PrevKV = true
	onlyA := check.Watch{Key: "a", Start: 2}
	noPut, noDelete := onlyA, onlyA
	noPut.NoPut, noDelete.NoDelete = true, true
	old := a5
	old.Create = 2
	asNew, asOld := a4, a6
	asNew.Create, asOld.Create = 4, 2
	other := b3
	other.Value = "2"
	for _, c := range []struct {
		name    string
		watch   check.Watch
		created int64 // 0: it was not told
		told    []check.Response
		broken  rule.ID // by the last of told; None: nothing is
	}{
		{"everything", every, 0, []check.Response{events(a2), events(b3, c3), events(a4, a5), progress(5), events(a6)},
			rule.None},
		{"one key", onlyA, 0, []check.Response{events(a2, a4, a5), progress(5), progress(6)}, rule.WatchBookmarkable},
		{"one key, all of it", onlyA, 0, []check.Response{events(a2, a4, a5), progress(5), events(a6)}, rule.None},
		{"without puts", noPut, 0, []check.Response{progress(4), events(a5), progress(6)}, rule.None},
		{"without deletions", noDelete, 0, []check.Response{events(a2, a4, a6)}, rule.None},
		{"from the middle", from(4), 0, []check.Response{events(a4)}, rule.None},
		{"from the future", from(7), 0, []check.Response{progress(6)}, rule.None},
		{"from now on", from(0), 3, []check.Response{events(a4)}, rule.None},
		{"from now on, of which it is not known when that was", from(0), 0, []check.Response{events(a4), events(a5)},
			rule.None},
		{"from now on, and a new stream before anything has come", from(0), 3,
			[]check.Response{resumed, events(b3, c3), events(a4)}, rule.None},
		{"a new stream", every, 0, []check.Response{events(a2), resumed, events(b3, c3, a4)}, rule.None},
		{"fragments", every, 0, []check.Response{events(a2), {Fragment: true, Events: events(b3).Events}, events(c3),
			events(a4)}, rule.None},
		{"with what was before", prev, 0,
			[]check.Response{events(a2, b3, c3), with(events(a4), a2), with(events(a5), a4), events(a6)}, rule.None},

		{"another key", onlyA, 0, []check.Response{events(a2), events(b3)}, rule.WatchFilter},
		{"a put", noPut, 0, []check.Response{events(a2)}, rule.WatchFilter},
		{"a deletion", noDelete, 0, []check.Response{events(a2, a4), events(a5)}, rule.WatchFilter},
		{"backwards", every, 0, []check.Response{events(a2), events(b3, c3), events(a2)}, rule.WatchOrdered},
		{"backwards in a list", every, 0, []check.Response{events(a2, b3, c3, a2)}, rule.WatchOrdered},
		{"twice", onlyA, 0, []check.Response{events(a2), events(a2)}, rule.WatchUnique},
		{"twice on a new stream", every, 0, []check.Response{events(a2), events(b3, c3), resumed, events(c3)},
			rule.WatchUnique},
		{"a list that ends within a revision", every, 0, []check.Response{events(a2), events(b3)}, rule.WatchAtomic},
		{"a list that begins within a revision", every, 0, []check.Response{events(a2), events(wrote(2, "x", ""))},
			rule.WatchAtomic},
		{"an event that was called known", from(0), 0, []check.Response{progress(4), events(a4)}, rule.WatchBookmarkable},
		{"progress before the last event", every, 0, []check.Response{events(a2), events(b3, c3), progress(2)},
			rule.WatchBookmarkable},
		{"progress ahead of events", every, 0, []check.Response{events(a2), progress(3)}, rule.WatchBookmarkable},
		{"progress goes back", from(7), 0, []check.Response{progress(6), progress(5)}, rule.WatchBookmarkable},
		{"the start left out", every, 0, []check.Response{events(b3, c3)}, rule.WatchResumable},
		{"before the start", from(4), 0, []check.Response{events(b3, c3)}, rule.WatchResumable},
		{"the first behind creation left out", from(0), 3, []check.Response{events(a5)}, rule.WatchResumable},
		{"a gap at a new stream", every, 0, []check.Response{events(a2), resumed, events(a4)}, rule.WatchResumable},
		{"a gap", every, 0, []check.Response{events(a2), events(a4)}, rule.WatchReliable},
		{"a gap in a list", every, 0, []check.Response{events(a2, a4)}, rule.WatchReliable},
		{"another value", every, 0, []check.Response{events(a2), events(other)}, rule.WatchReliable},
		{"what nobody did", from(6), 0, []check.Response{events(a6), events(wrote(7, "a", ""))}, rule.WatchReliable},
		{"what was at another revision", prev, 0,
			[]check.Response{events(a2, b3, c3), with(events(a4), a2), with(events(a5), a2)}, rule.WatchPrevKV},
		{"nothing before, though there was", prev, 0, []check.Response{events(a2, b3, c3), events(a4)}, rule.WatchPrevKV},
		{"something before, though there was nothing", prev, 0, []check.Response{with(events(a2), a2)}, rule.WatchPrevKV},
		{"before a life that had ended", prev, 0, []check.Response{events(a2, b3, c3), with(events(a4), a2),
			with(events(a5), a4), with(events(a6), a4)}, rule.WatchPrevKV},
		{"something before, unasked", every, 0, []check.Response{events(a2, b3, c3), with(events(a4), a2)}, rule.WatchPrevKV},
		{"a change as a creation", every, 0, []check.Response{events(a2, b3, c3), events(asNew)}, rule.WatchIsCreate},
		{"a creation as a change", from(6), 0, []check.Response{events(asOld)}, rule.WatchIsCreate},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := told(t, all...)
			c.watch.Client, c.watch.ID = 1, 1
			s.Watched(c.watch)
			if c.created != 0 {
				s.Created(1, 1, c.created)
			}
			s = s.Clone()
			for i, r := range c.told {
				if r.Revision == resumed.Revision {
					s.Resumed(1, 1)
					continue
				}
				bad := s.Delivered(1, 1, r)
				expect(t, bad, c.broken, i == len(c.told)-1)
			}
		})
	}
}

// expect wants the violation at the last step, and none before.
func expect(t *testing.T, bad *check.Violation, want rule.ID, last bool) {
	t.Helper()
	switch {
	case !last || want == rule.None:
		if bad != nil {
			t.Fatal(bad)
		}
	case bad == nil:
		t.Fatalf("want a violation of %v", want)
	case bad.Rule != want:
		t.Fatalf("want a violation of %v, got %v", want, bad)
	}
}

// TestPrevKVAfterCompaction: what was before may be missing once it has been compacted, but it may not be wrong.
func TestPrevKVAfterCompaction(t *testing.T) {
	for _, c := range []struct {
		compact int64
		told    check.Response
		want    rule.ID
	}{
		{3, events(a4), rule.WatchPrevKV}, {4, events(a4), rule.None}, {4, with(events(a4), a2), rule.None},
		{4, with(events(a4), b3), rule.WatchPrevKV},
	} {
		s := told(t, all...)
		s.Watched(check.Watch{Client: 1, ID: 1, Key: "a", Start: 4, PrevKV: true})
		s.Compacted(c.compact)
		expect(t, s.Delivered(1, 1, c.told), c.want, true)
	}
}

// TestWatchesEnd: of a watch that has ended, or is not known, nothing is judged; watches do not meet.
func TestWatchesEnd(t *testing.T) {
	s := told(t, all...)
	for id := int64(1); id <= 3; id++ {
		s.Watched(check.Watch{Client: 1, ID: id, Key: "a", Start: 2})
	}
	s.Unwatched(1, 2)
	expect(t, s.Delivered(1, 2, events(b3)), rule.None, true)
	expect(t, s.Delivered(2, 1, events(b3)), rule.None, true)
	expect(t, s.Delivered(1, 3, events(a2)), rule.None, true)
	expect(t, s.Delivered(1, 1, events(b3)), rule.WatchFilter, true)
}

// TestOwed: a watch is owed the next change that it wants.
func TestOwed(t *testing.T) {
	for _, c := range []struct {
		start, created int64
		told           []check.Response
		owed           bool
	}{
		{2, 0, nil, true}, {7, 0, nil, false}, {0, 0, nil, false}, {0, 5, nil, true}, {0, 6, nil, false}, {7, 3, nil, false},
		{2, 0, []check.Response{events(a2, a4, a5)}, true}, {2, 0, []check.Response{events(a2, a4, a5), events(a6)}, false},
	} {
		s := told(t, all...)
		s.Watched(check.Watch{Client: 1, ID: 1, Key: "a", Start: c.start})
		if c.created != 0 {
			s.Created(1, 1, c.created)
		}
		for _, r := range c.told {
			expect(t, s.Delivered(1, 1, r), rule.None, true)
		}
		if owed := s.Owed(1, 1); (owed != nil) != c.owed {
			t.Errorf("from %d, created at %d, told %d lists: owed %v", c.start, c.created, len(c.told), owed)
		}
	}
}

func TestOneHistory(t *testing.T) {
	other, extra := b3, wrote(4, "z", "")
	other.Value = "2"
	for _, c := range []struct {
		name    string
		changes []check.Change
		want    string // in the sentence; empty: nothing is broken
	}{
		{"the same", []check.Change{b3, c3}, ""},
		{"long ago", []check.Change{a2}, ""},
		{"another value", []check.Change{other, c3}, "another member before it"},
		{"fewer changes", []check.Change{b3}, `left out at revision 3 that key "c" was put`},
		{"more changes", []check.Change{a4, extra}, "nothing more"},
		{"another order", []check.Change{c3, b3}, `found that key "c"`},
		{"the next revision", []check.Change{wrote(7, "a", "")}, ""},
		{"a revision left out", []check.Change{wrote(8, "a", "")}, "no member has got behind 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := told(t, all...).Applied(2, c.changes)
			if c.want == "" {
				expect(t, bad, rule.None, true)
				return
			}
			expect(t, bad, rule.OneHistory, true)
			if !strings.Contains(bad.Text, c.want) || bad.Node != 2 {
				t.Errorf("want %q at member 2, got at member %d: %s", c.want, bad.Node, bad.Text)
			}
		})
	}
	s := check.NewStoreFrom()
	expect(t, s.Applied(1, []check.Change{wrote(50, "a", "")}), rule.None, true)
	expect(t, s.Applied(2, []check.Change{wrote(52, "a", "")}), rule.OneHistory, true)
}
