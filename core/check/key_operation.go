package check

import (
	"sort"
)

// forever is the return of an operation that may take effect at any time.
const forever = 1<<63 - 1

// keyOperation is what the search is told of an operation: that it happened at one instant in [call, ret], with that
// effect.
type keyOperation struct {
	at         int // position in the history
	kind       Kind
	sure       bool // it certainly happened; otherwise it may have
	found      bool
	value      string
	call, ret  int64 // places in the order of the history (Operation.span)
	rev, mod   int64 // as in Operation; 0: unknown
	changesKey bool
	// position of the get that shows when an indeterminate write happened; -1: none does, or it was never indeterminate
	seenBy int
}

// byKey returns the operations of a history grouped by key, in the order of keys. Operations that promise nothing are
// left out.
func byKey(history []Operation) [][]keyOperation {
	var at []int
	for i := range history {
		o := &history[i]
		if o.Kind == Other {
			continue
		}
		if o.Outcome == Acknowledged && !o.Serializable || o.Outcome == Indeterminate && o.Kind != Get {
			at = append(at, i)
		}
	}
	sort.SliceStable(at, func(i, j int) bool { return history[at[i]].Key < history[at[j]].Key })
	var keys [][]keyOperation
	for n, i := range at {
		if n == 0 || history[i].Key != history[at[n-1]].Key {
			keys = append(keys, nil)
		}
		keys[len(keys)-1] = append(keys[len(keys)-1], keyOperationOf(&history[i], i))
	}
	return keys
}

// others returns the operations of operations that are about no key.
func others(history []Operation) []keyOperation {
	var list []keyOperation
	for i := range history {
		if o := &history[i]; o.Kind == Other && o.Outcome == Acknowledged && !o.Serializable {
			list = append(list, keyOperationOf(o, i))
		}
	}
	return list
}

func keyOperationOf(o *Operation, at int) keyOperation {
	call, ret := o.span()
	if o.Outcome == Indeterminate {
		return keyOperation{at: at, kind: o.Kind, value: o.Value, call: call, ret: forever, changesKey: true, seenBy: -1}
	}
	return keyOperation{at: at, kind: o.Kind, sure: true, found: o.Found, value: o.Value, call: call, ret: ret,
		rev: o.Revision, mod: o.ModRevision, changesKey: o.changes(), seenBy: -1}
}
