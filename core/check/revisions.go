package check

import (
	"slices"
	"sort"

	"github.com/etcdscope/etcdscope/core/rule"
)

// judgeRevisions judges the revisions of the answers over all keys: no two requests that write have the same one, and
// an operation that was called after another had been answered is not answered at a lower revision; a write not at the
// same either.
//
// A store with one history, whose every answer tells the revision that it was given at, cannot break this. It is the
// check that sees a stale read, and it names the two operations that show it.
func judgeRevisions(history []Operation, keys [][]keyOperation) Result {
	var all []keyOperation
	for _, ops := range keys {
		for _, c := range ops {
			if c.sure && c.rev != 0 {
				all = append(all, c)
			}
		}
	}
	if r := judgeUnique(history, all); r.Verdict != Ok {
		return r
	}
	return judgeRealTime(history, all)
}

func judgeUnique(history []Operation, all []keyOperation) Result {
	sort.SliceStable(all, func(i, j int) bool { return inRevisionOrder(&all[i], &all[j]) })
	for i := 1; i < len(all); i++ {
		a, b := &all[i-1], &all[i]
		if a.rev == b.rev && a.changesKey && b.changesKey && !oneRequest(&history[a.at], &history[b.at]) {
			return contradiction(history, a, b, phrase("Revision ", a.rev, " was given to two writes: ", a.describe(history),
				"; and ", b.describe(history), "."))
		}
	}
	return Result{}
}

// oneRequest reports whether two operations are parts of one transaction, whose changes share a revision.
func oneRequest(a, b *Operation) bool {
	return a.Client == b.Client && a.Call == b.Call && a.Return == b.Return && a.Ended == b.Ended &&
		a.Outcome == b.Outcome && (a.Key != b.Key || a.Kind == Other)
}

// judgeRealTime goes through the calls in order of time, and keeps the highest revision among the answers given before.
func judgeRealTime(history []Operation, all []keyOperation) Result {
	answered := slices.Clone(all)
	sort.SliceStable(all, func(i, j int) bool { return all[i].call < all[j].call })
	sort.SliceStable(answered, func(i, j int) bool { return answered[i].ret < answered[j].ret })
	var highest *keyOperation
	next := 0
	for i := range all {
		c := &all[i]
		for ; next < len(answered) && answered[next].ret < c.call; next++ {
			if a := &answered[next]; highest == nil || a.rev > highest.rev {
				highest = a
			}
		}
		if highest == nil || c.rev > highest.rev || (c.rev == highest.rev && !c.changesKey) {
			continue
		}
		return contradiction(history, highest, c, phrase("After revision ", highest.rev, " had been seen, revision ", c.rev,
			" was given to a later operation: first ", highest.describe(history), "; then ", c.describe(history), "."))
	}
	return Result{}
}

// describe describes a operation's operation with its key. The revision of an indeterminate put is known from a get
// only, so that is described, too.
func (c *keyOperation) describe(history []Operation) string {
	o := &history[c.at]
	text := o.String()
	if o.Kind != Other {
		text = phrase("on key ", quote(o.Key), ", ", text)
	}
	if c.seenBy >= 0 {
		text += phrase(", which is known from: ", history[c.seenBy].String())
	}
	return text
}

// contradiction makes a Result of two operations; the second is the one that cannot be.
func contradiction(history []Operation, first, second *keyOperation, text string) Result {
	var at []int
	for _, i := range []int{first.at, first.seenBy, second.seenBy, second.at} {
		if i >= 0 && !slices.Contains(at, i) {
			at = append(at, i)
		}
	}
	return Result{Verdict: Violated, Key: history[second.at].Key, Operations: at,
		Violation: &Violation{Rule: rule.Linearizable, Text: text}}
}
