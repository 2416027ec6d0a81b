package check

import (
	"slices"
	"sort"
)

// resolve settles the indeterminate puts on a key that somebody has read. A get that found a value at a revision that
// no acknowledged write has can only have found what an indeterminate put wrote. If only one of them wrote that value,
// it is no longer indeterminate: it happened, at that revision, before the get was answered.
//
// This is what keeps the search small. Each indeterminate write that is left doubles the orders to be tried.
func resolve(ops []keyOperation) {
	byValue := map[string][]*keyOperation{}
	for i := range ops {
		if c := &ops[i]; !c.sure && c.kind == Put {
			byValue[c.value] = append(byValue[c.value], c)
		}
	}
	known := acknowledged(ops)
	if len(byValue) == 0 || known[0] {
		return // nothing to settle; or a write of unknown revision, which may be what was read
	}
	for _, i := range unexplained(ops, known) {
		get := &ops[i]
		if put := writer(byValue[get.value], get); put != nil {
			if get.ret < put.ret {
				put.ret, put.seenBy = get.ret, get.at
			}
			put.sure, put.rev = true, get.mod
		}
	}
}

// writer returns the only one of the puts that a get can have read; nil if there is none or more than one.
func writer(puts []*keyOperation, get *keyOperation) *keyOperation {
	var only *keyOperation
	for _, put := range puts {
		if put.rev == get.mod {
			return put // settled by an earlier get
		}
		if put.call > get.ret || put.rev != 0 {
			continue
		}
		if only != nil {
			return nil
		}
		only = put
	}
	return only
}

// acknowledged returns the revisions of the sure changes of a key.
func acknowledged(ops []keyOperation) map[int64]bool {
	known := map[int64]bool{}
	for i := range ops {
		if c := &ops[i]; c.sure && c.changesKey {
			known[c.rev] = true
		}
	}
	return known
}

// unexplained returns the gets whose value no sure write is known to have written, in the order of their answers.
func unexplained(ops []keyOperation, known map[int64]bool) []int {
	var at []int
	for i := range ops {
		if c := &ops[i]; c.sure && c.kind == Get && c.found && c.mod != 0 && !known[c.mod] {
			at = append(at, i)
		}
	}
	sort.SliceStable(at, func(i, j int) bool { return ops[at[i]].ret < ops[at[j]].ret })
	return at
}

// needed returns those of the indeterminate writes that could explain anything that sure operations say. Leaving out
// the others changes no verdict:
//
//   - An indeterminate put whose value no get can have found from it only matters to a deletion that found the key, and
//     to the first one behind it. All such puts do the same, so those that were called first will do, one for each
//     deletion.
//   - An indeterminate deletion only matters to those who found the key missing, and only where a put made it
//     exist before. All indeterminate deletions do the same, too.
func needed(sure, indeterminate []keyOperation) []keyOperation {
	read, absences, deletions, puts := observers(sure)
	var needed, unread, removals []keyOperation
	for _, c := range indeterminate {
		switch {
		case c.kind == Delete:
			removals = append(removals, c)
		case read[c.value]:
			needed = append(needed, c)
		default:
			unread = append(unread, c)
		}
	}
	unread = firstCalled(unread, deletions)
	puts += len(needed) + len(unread) + 1 // one for a state from before
	return slices.Concat(needed, unread, firstCalled(removals, min(absences, puts)))
}

// observers returns what indeterminate writes may be needed for: the values that were read, though no sure write of
// that revision is known; how often the key was found missing, and found by a deletion. And how many sure puts there
// are.
func observers(sure []keyOperation) (read map[string]bool, absences, deletions, puts int) {
	known := acknowledged(sure)
	read = map[string]bool{}
	for i := range sure {
		switch c := &sure[i]; {
		case c.kind == Put:
			puts++
		case !c.found:
			absences++
		case c.kind == Delete:
			deletions++
		case c.mod == 0 || !known[c.mod]:
			read[c.value] = true
		}
	}
	return read, absences, deletions, puts
}

// firstCalled returns the n operations that were called first.
func firstCalled(ops []keyOperation, n int) []keyOperation {
	sort.SliceStable(ops, func(i, j int) bool { return ops[i].call < ops[j].call })
	return ops[:min(n, len(ops))]
}
