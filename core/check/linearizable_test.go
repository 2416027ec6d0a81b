package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/rule"
)

// The verbs of a history. Times are in milliseconds; the key is "a" unless on says otherwise.

func put(client uint64, value string, call, ret, rev int64) check.Operation {
	return check.Operation{Client: client, Kind: check.Put, Key: "a", Value: value, Call: call * 1000, Return: ret * 1000,
		Revision: rev}
}

func del(client uint64, found bool, call, ret, rev int64) check.Operation {
	return check.Operation{Client: client, Kind: check.Delete, Key: "a", Found: found, Call: call * 1000,
		Return: ret * 1000, Revision: rev}
}

func read(client uint64, value string, mod, call, ret, rev int64) check.Operation {
	return check.Operation{Client: client, Key: "a", Value: value, Found: true, ModRevision: mod, Call: call * 1000,
		Return: ret * 1000, Revision: rev}
}

func absent(client uint64, call, ret, rev int64) check.Operation {
	return check.Operation{Client: client, Key: "a", Call: call * 1000, Return: ret * 1000, Revision: rev}
}

func indeterminate(o check.Operation) check.Operation {
	o.Outcome, o.Return, o.Revision, o.Found = check.Indeterminate, 0, 0, false
	return o
}

func failed(o check.Operation) check.Operation {
	o.Outcome = check.Failed
	return o
}

func on(key string, o check.Operation) check.Operation {
	o.Key = key
	return o
}

func serializable(o check.Operation) check.Operation {
	o.Serializable = true
	return o
}

// TestLinearizable: hand-made histories, each with the words that the explanation must have if it is in breach.
func TestLinearizable(t *testing.T) {
	for _, c := range []struct {
		name    string
		history []check.Operation
		words   []string
	}{
		{"nothing", nil, nil},
		{"one after the other",
			[]check.Operation{absent(1, 0, 1, 1), put(1, "x", 2, 3, 2), read(2, "x", 2, 4, 5, 2), del(1, true, 6, 7, 3),
				absent(2, 8, 9, 3),
				del(2, false, 10, 11, 3), put(2, "y", 12, 13, 4), read(1, "y", 4, 14, 15, 4)}, nil},
		{"a read during a write may see either",
			[]check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 9, 3), read(2, "x", 2, 3, 4, 2), read(3, "y", 3, 5, 6, 3)},
			nil},
		{"a read that ends as the write begins may see it",
			[]check.Operation{read(2, "x", 2, 0, 5, 2), put(1, "x", 5, 6, 2)}, nil},
		{"two reads during a write, first new, then old",
			[]check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 9, 3), read(2, "y", 3, 3, 4, 3), read(3, "x", 2, 5, 6, 2)},
			[]string{`then on key "a", client 3 read "x" of revision 2`, "After revision 3 had been seen", `client 2 read "y"`}},
		{"a stale read",
			[]check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 3, 3), read(2, "x", 2, 4, 5, 2)},
			[]string{`client 2 read "x" of revision 2 (4ms to 5ms, answered at revision 2)`, "revision 3", `client 1 put "y"`}},
		{"a stale read that hides behind a new header",
			[]check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 3, 3), read(2, "x", 2, 4, 5, 3)},
			[]string{"No order", `client 1 put "y"`, `client 2 read "x" of revision 2`}},
		{"a stale read of another key",
			[]check.Operation{on("b", put(1, "x", 0, 1, 2)), absent(2, 2, 3, 1)},
			[]string{`first on key "b", client 1 put "x"`, `then on key "a", client 2 found nothing`}},
		{"the same, serializable",
			[]check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 3, 3), serializable(read(2, "x", 2, 4, 5, 2))}, nil},
		{"a value that nobody wrote",
			[]check.Operation{put(1, "x", 0, 1, 2), read(2, "z", 2, 2, 3, 2)}, []string{"No order", `client 2 read "z"`}},
		{"a lost write",
			[]check.Operation{put(1, "x", 0, 1, 2), absent(2, 2, 3, 2)},
			[]string{"No order", `client 1 put "x"`, "client 2 found nothing"}},
		{"one revision for two writes",
			[]check.Operation{on("b", put(1, "x", 0, 9, 2)), put(2, "y", 1, 8, 2)},
			[]string{"Revision 2 was given to two writes"}},
		{"one revision for two writes of one transaction",
			[]check.Operation{put(1, "x", 0, 9, 2), on("b", put(1, "y", 0, 9, 2))}, nil},
		{"a write at the revision of an earlier read",
			[]check.Operation{on("b", put(1, "x", 0, 1, 2)), on("b", read(1, "x", 2, 2, 3, 3)), put(2, "y", 4, 5, 3)},
			[]string{`client 2 put "y"`, "revision 3 was given to a later"}},
		{"a deletion of what was there, found missing",
			[]check.Operation{put(1, "x", 0, 1, 2), del(2, false, 2, 3, 2)}, []string{"found nothing to delete"}},
		{"an indeterminate put that happened late",
			[]check.Operation{put(1, "x", 0, 1, 2), indeterminate(put(2, "y", 2, 0, 0)), read(1, "x", 2, 50, 51, 2),
				read(1, "y", 3, 60, 61, 3)}, nil},
		{"an indeterminate put that happened twice",
			[]check.Operation{indeterminate(put(2, "y", 2, 0, 0)), read(1, "y", 2, 10, 11, 2), put(1, "x", 12, 13, 3),
				read(1, "y", 4, 20, 21, 4)},
			[]string{"No order", `client 2 put "y" (2ms, outcome unknown)`, `client 1 read "y" of revision 4`}},
		{"an indeterminate put that never happened",
			[]check.Operation{put(1, "x", 0, 1, 2), indeterminate(put(2, "y", 2, 0, 0)), read(1, "x", 2, 50, 51, 2)}, nil},
		{"an indeterminate put that was read before it was called",
			[]check.Operation{read(1, "y", 2, 0, 1, 2), indeterminate(put(2, "y", 2, 0, 0))},
			[]string{"No order", `client 1 read "y"`}},
		{"a failed put that was read",
			[]check.Operation{failed(put(1, "x", 0, 1, 0)), read(2, "x", 2, 2, 3, 2)}, []string{"No order", `read "x"`}},
		{"an indeterminate deletion that happened",
			[]check.Operation{put(1, "x", 0, 1, 2), indeterminate(del(2, false, 2, 0, 0)), absent(1, 3, 4, 3)}, nil},
		{"an indeterminate deletion, then the value again",
			[]check.Operation{put(1, "x", 0, 1, 2), indeterminate(del(2, false, 2, 0, 0)), absent(1, 3, 4, 3),
				read(1, "x", 2, 5, 6, 3)},
			[]string{"No order", `read "x" of revision 2`}},
		{"an indeterminate deletion that happened twice",
			[]check.Operation{put(1, "x", 0, 1, 2), indeterminate(del(2, false, 2, 0, 0)), absent(1, 3, 4, 3),
				put(1, "y", 5, 6, 4),
				absent(1, 7, 8, 5)},
			[]string{"No order", "client 2 asked for its deletion (2ms, outcome unknown)",
				"client 1 found nothing (7ms to 8ms"}},
		{"a deletion that must not need the put that somebody reads later",
			[]check.Operation{indeterminate(put(1, "x", 0, 0, 0)), indeterminate(put(1, "y", 0, 0, 0)), del(2, true, 2, 3, 3),
				put(2, "z", 4, 5, 4), read(2, "x", 0, 6, 7, 5)}, nil},
		{"a deletion that needs an indeterminate put nobody read",
			[]check.Operation{indeterminate(put(1, "x", 0, 0, 0)), del(2, true, 2, 3, 3)}, nil},
		{"two indeterminate puts of one value, both read",
			[]check.Operation{indeterminate(put(1, "x", 0, 0, 0)), indeterminate(put(2, "x", 0, 0, 0)), read(3, "x", 2, 1, 2, 2),
				read(3, "x", 3, 3, 4, 3)}, nil},
		{"without revisions",
			[]check.Operation{put(1, "x", 0, 1, 0), put(1, "y", 2, 3, 0), read(2, "y", 0, 4, 5, 0)}, nil},
		{"a stale read without revisions",
			[]check.Operation{put(1, "x", 0, 1, 0), put(1, "y", 2, 3, 0), read(2, "x", 0, 4, 5, 0)},
			[]string{"No order", `client 1 put "y"`, `client 2 read "x" (4ms to 5ms)`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check.Linearizable(c.history, check.Budget{})
			if len(c.words) == 0 {
				if r.Verdict != check.Ok {
					t.Fatalf("verdict %d: %v", r.Verdict, r.Violation)
				}
				return
			}
			if r.Verdict != check.Violated || r.Violation.Rule != rule.Linearizable || r.Key != "a" {
				t.Fatalf("want a violation, got %+v", r)
			}
			for _, w := range c.words {
				if !strings.Contains(r.Violation.Text, w) {
					t.Errorf("want %q in: %s", w, r.Violation.Text)
				}
			}
		})
	}
}

// TestLinearizableExplainsBriefly hides one wrong read in a long and busy history: the explanation must not need more
// than the read and what contradicts it.
func TestLinearizableExplainsBriefly(t *testing.T) {
	history := busy(2_000, nil)
	if r := check.Linearizable(history, check.Budget{}); r.Verdict != check.Ok {
		t.Fatalf("verdict %d: %v", r.Verdict, r.Violation)
	}
	for i := 1_500; ; i++ {
		if o := &history[i]; o.Kind == check.Get && o.Found {
			o.ModRevision, o.Value = 7, "forged"
			break
		}
	}
	r := check.Linearizable(history, check.Budget{})
	if r.Verdict != check.Violated || len(r.Operations) > 3 {
		t.Fatalf("%d operations: %v", len(r.Operations), r.Violation)
	}
	if last := history[r.Operations[len(r.Operations)-1]]; last.Value != "forged" {
		t.Errorf("blamed %v", last.String())
	}
}

// TestLinearizableByOrder: of a write that is answered and a read that begins at one instant the order tells whether
// the read must see the write.
func TestLinearizableByOrder(t *testing.T) {
	for begun, want := range map[int64]check.Verdict{3: check.Ok, 5: check.Violated} {
		history := []check.Operation{put(1, "x", 0, 1, 2), put(1, "y", 2, 3, 3), read(2, "x", 2, 3, 3, 2)}
		for i, places := range [][2]int64{{1, 2}, {3, 4}, {begun, 6}} {
			history[i].Begun, history[i].Ended = places[0], places[1]
		}
		if r := check.Linearizable(history, check.Budget{}); r.Verdict != want {
			t.Errorf("a read that begins at place %d: verdict %d, want %d: %v", begun, r.Verdict, want, r.Violation)
		}
	}
}

// TestLinearizableExplainsAtLength: of a contradiction that takes many operations the last ones are named.
func TestLinearizableExplainsAtLength(t *testing.T) {
	var history []check.Operation
	for range 5 {
		history = append(history, indeterminate(put(1, strings.Repeat("long", 10), 0, 0, 0)))
	}
	for i := range int64(6) { // five puts cannot be found six times, each time after another value
		history = append(history, put(2, "y", 10*i, 10*i+1, 0), read(2, strings.Repeat("long", 10), 0, 10*i+2, 10*i+3, 0))
	}
	r := check.Linearizable(history, check.Budget{})
	if r.Verdict != check.Violated || len(r.Operations) != 16 {
		t.Fatalf("got %+v", r)
	}
	for _, w := range []string{": 8 operations; ", `read "longlonglonglonglonglong"… (52ms to 53ms)`} {
		if !strings.Contains(r.Violation.Text, w) {
			t.Errorf("want %q in: %s", w, r.Violation.Text)
		}
	}
}

// TestLinearizableBudget: what cannot be judged within the budget is unknown, however often it is asked; with a larger
// one it is judged. A breach at one key is found although another cannot be judged.
func TestLinearizableBudget(t *testing.T) {
	var history []check.Operation
	for i := range int64(40) {
		value := fmt.Sprint(i)
		history = append(history, indeterminate(put(1, value, i, 0, 0)), read(2, value, 0, 100+i, 200+i, 0))
	}
	history = append(history, read(3, "no such value", 0, 1000, 1001, 0))
	for range 3 {
		r := check.Linearizable(history, check.Budget{Steps: 5_000})
		if r.Verdict != check.Unknown || r.Key != "a" {
			t.Fatalf("got %+v", r)
		}
	}
	if r := check.Linearizable(history, check.Budget{Operations: 10}); r.Verdict != check.Unknown {
		t.Fatalf("got %+v", r)
	}
	history = append(history, on("b", absent(1, 2000, 2001, 5)), on("c", absent(1, 2002, 2003, 4)))
	if r := check.Linearizable(history, check.Budget{Steps: 5_000}); r.Verdict != check.Violated || r.Key != "c" {
		t.Fatalf("got %+v", r)
	}
}

// store is a linearizable store that takes effect at once; a history is made by letting calls and answers lie around
// effects.
type store struct {
	rev, mod int64
	found    bool
	value    string
}

func (s *store) do(o *check.Operation) {
	switch {
	case o.Kind == check.Put:
		s.rev++
		s.found, s.value, s.mod = true, o.Value, s.rev
	case o.Kind == check.Delete:
		o.Found = s.found
		if s.found {
			s.rev++
			s.found, s.value, s.mod = false, "", 0
		}
	case s.found:
		o.Found, o.Value, o.ModRevision = true, s.value, s.mod
	}
	o.Revision = s.rev
}

// busy returns the history of n operations of several clients on one key, in the order of their effects.
func busy(n int, draw func(n int) int) []check.Operation {
	if draw == nil {
		seed := uint64(1)
		draw = func(n int) int {
			seed = seed*6364136223846793005 + 1442695040888963407
			return int(seed >> 33 % uint64(n))
		}
	}
	s := store{rev: 1}
	var history []check.Operation
	for i := range n {
		at := int64(i) * 10
		o := check.Operation{Client: uint64(draw(4)), Key: "a", Call: at - int64(draw(25)), Return: at + int64(draw(25))}
		o.Kind = []check.Kind{check.Get, check.Get, check.Put, check.Put, check.Delete}[draw(5)]
		o.Value = ""
		if o.Kind == check.Put {
			o.Value = fmt.Sprint(draw(n))
		}
		if draw(3) == 0 {
			s.rev++ // another key was written
		}
		fate := draw(8)
		if fate != 0 || draw(2) == 0 {
			s.do(&o)
		}
		if fate == 0 && o.Kind != check.Get {
			o = indeterminate(o)
		} else if fate == 0 {
			continue
		}
		history = append(history, o)
	}
	return history
}

// TestLinearizableAgainstAllOrders compares the verdict on small histories with that of a judge who simply tries every
// order of every choice of indeterminate writes. Half of the histories are right, the others have something changed.
func TestLinearizableAgainstAllOrders(t *testing.T) {
	var verdicts [2]int
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			compare(t, &verdicts)
		}
	})
	if min(verdicts[0], verdicts[1]) == 0 {
		t.Errorf("only one verdict: %v", verdicts)
	}
}

func compare(t *rapid.T, verdicts *[2]int) {
	history := busy(rapid.IntRange(1, 7).Draw(t, "operations"),
		func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "draw") })
	if len(history) > 0 && rapid.Bool().Draw(t, "forge") {
		forge(t, &history[rapid.IntRange(0, len(history)-1).Draw(t, "which")])
	}
	r := check.Linearizable(history, check.Budget{Steps: 1 << 30})
	want := check.Violated
	if someOrder(history, store{}, 0) {
		want = check.Ok
	}
	if r.Verdict != want {
		t.Fatalf("verdict %d, want %d: %v\n%v", r.Verdict, want, r.Violation, history)
	}
	verdicts[r.Verdict]++
	if r.Verdict == check.Violated {
		contradict(t, history, r)
	}
}

// contradict checks that an explanation is one: its operations alone, with every write that is not among them
// indeterminate, cannot be ordered.
func contradict(t *rapid.T, history []check.Operation, r check.Result) {
	less := []check.Operation{}
	for i, o := range history {
		switch {
		case slices.Contains(r.Operations, i):
			less = append(less, o)
		case o.Outcome == check.Indeterminate || o.Kind == check.Put || o.Kind == check.Delete && o.Found:
			o.Outcome = check.Indeterminate // but only at its revision
			less = append(less, o)
		}
	}
	if someOrder(less, store{}, 0) {
		t.Fatalf("%v explains nothing in\n%v", r.Operations, history)
	}
}

func forge(t *rapid.T, o *check.Operation) {
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		o.Value = fmt.Sprint(rapid.IntRange(0, 7).Draw(t, "value"))
	case 1:
		o.Revision = rapid.Int64Range(1, 8).Draw(t, "rev")
	case 2:
		o.ModRevision = rapid.Int64Range(0, 8).Draw(t, "mod")
	case 3:
		o.Found = !o.Found
	case 4:
		o.Call, o.Return = o.Call+30, o.Return+30
	}
	if o.Outcome == check.Indeterminate || o.Kind == check.Put {
		o.Found = false
	}
	if o.Outcome == check.Indeterminate {
		o.Revision = 0
	}
	if o.Kind != check.Get || !o.Found {
		o.ModRevision = 0
	}
}

// someOrder tries every operation that may come next: one that was called before all others that are left have
// returned. In s, rev is the highest revision seen; mod is 0 if an indeterminate put wrote the value, and since what
// its revision exceeds.
func someOrder(left []check.Operation, s store, since int64) bool {
	deadline, sure := int64(1<<62), 0
	for _, o := range left {
		if o.Outcome == check.Acknowledged {
			deadline = min(deadline, o.Return)
			sure++
		}
	}
	if sure == 0 {
		return true
	}
	for i, o := range left {
		if o.Call > deadline {
			continue
		}
		next, nextSince, ok := after(s, since, o)
		if ok && someOrder(slices.Delete(slices.Clone(left), i, i+1), next, nextSince) {
			return true
		}
	}
	return false
}

func after(s store, since int64, o check.Operation) (store, int64, bool) {
	changes := o.Kind == check.Put || (o.Kind == check.Delete && o.Found)
	switch {
	case o.Outcome == check.Indeterminate && o.Revision != 0 && o.Revision <= s.rev:
		return s, since, false
	case o.Outcome == check.Indeterminate && o.Kind == check.Put:
		return store{rev: max(s.rev, o.Revision), found: true, value: o.Value, mod: o.Revision}, s.rev, true
	case o.Outcome == check.Indeterminate:
		return store{rev: max(s.rev, o.Revision)}, 0, true
	case o.Revision < s.rev || (changes && o.Revision == s.rev):
		return s, since, false
	case o.Kind == check.Put:
		return store{rev: o.Revision, found: true, value: o.Value, mod: o.Revision}, 0, true
	case o.Kind == check.Delete:
		return store{rev: o.Revision}, 0, o.Found == s.found
	case !o.Found:
		s.rev = o.Revision
		return s, since, !s.found
	}
	ok := s.found && s.value == o.Value
	if o.ModRevision != 0 {
		ok = ok && o.ModRevision <= o.Revision && (s.mod == o.ModRevision || (s.mod == 0 && o.ModRevision > since))
		s.mod = o.ModRevision
	}
	s.rev = o.Revision
	return s, since, ok
}

// BenchmarkLinearizable judges twenty thousand operations on one key, one in twelve of them indeterminate.
func BenchmarkLinearizable(b *testing.B) {
	history := busy(20_000, nil)
	b.ReportAllocs()
	for b.Loop() {
		if r := check.Linearizable(history, check.Budget{}); r.Verdict != check.Ok {
			b.Fatalf("verdict %d: %v", r.Verdict, r.Violation)
		}
	}
}
