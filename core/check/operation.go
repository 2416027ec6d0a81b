package check

import "strconv"

// Kind is what an operation does to its key.
type Kind uint8

// The kinds of operation.
const (
	Get Kind = iota
	Put
	Delete
	Other // on several keys, or one whose value nobody knows: only its revision is judged
)

// Outcome is what a client knows of its operation.
type Outcome uint8

// The outcomes. A failed operation certainly had no effect. One indeterminate may have one at any time after its call,
// or never: its client saw a timeout or lost its connection.
const (
	Acknowledged Outcome = iota
	Failed
	Indeterminate
)

// Operation is one request of a client on one key, and what came of it. Times are in microseconds of the simulated
// world. A transaction on several keys is told as several operations of the same client with the same times.
type Operation struct {
	Client  uint64
	Kind    Kind
	Outcome Outcome

	// Serializable marks a get that asked for an answer from the member's own store, however old. It promises nothing, and
	// is left out.
	Serializable bool

	Call   int64
	Return int64 // of an acknowledged operation only

	// Begun and Ended are its places in the order in which all calls and answers of the history happened, from 1 on: of
	// two operations within one microsecond they tell which ended before the other began. 0 in a whole history: the times
	// decide, and what begins in the microsecond of an answer is concurrent with it.
	Begun, Ended int64

	Key   string
	Value string // put: written; get: read
	Found bool   // get: the key existed; delete: the key existed, so that it was deleted; other: it changed something

	// Revision is the revision in the header of the answer: for a write that changed something its own, for any other
	// operation that of the state that it saw. 0 means unknown, which makes the judgement weaker.
	Revision int64

	ModRevision int64 // get: the revision of the value; 0: unknown
}

// span returns between which places in the order of the history an operation happened.
func (o *Operation) span() (call, ret int64) {
	if o.Begun != 0 {
		return o.Begun, o.Ended
	}
	return o.Call, o.Return
}

// changes reports whether an acknowledged operation changed the store.
func (o *Operation) changes() bool {
	return o.Kind == Put || ((o.Kind == Delete || o.Kind == Other) && o.Found)
}

// String describes the operation in a sentence without its key: `client 2 read "1" of revision 5 (25ms to 30ms)`.
func (o *Operation) String() string {
	var what string
	switch {
	case o.Kind == Put:
		what = "put " + quote(o.Value)
	case o.Kind == Other && o.Found:
		what = "changed several keys"
	case o.Kind == Other:
		what = "read"
	case o.Kind == Delete && o.Outcome != Acknowledged:
		what = "asked for its deletion"
	case o.Kind == Delete && o.Found:
		what = "deleted it"
	case o.Kind == Delete:
		what = "found nothing to delete"
	case !o.Found:
		what = "found nothing"
	case o.ModRevision != 0:
		what = phrase("read ", quote(o.Value), " of revision ", o.ModRevision)
	default:
		what = "read " + quote(o.Value)
	}
	return phrase("client ", o.Client, " ", what, " (", o.when(), ")")
}

// when describes the time of an operation, and the revision of its answer.
func (o *Operation) when() string {
	switch {
	case o.Outcome == Indeterminate:
		return millis(o.Call) + ", outcome unknown"
	case o.Outcome == Failed:
		return millis(o.Call) + ", refused"
	case o.Revision != 0:
		return phrase(millis(o.Call), " to ", millis(o.Return), ", answered at revision ", o.Revision)
	}
	return millis(o.Call) + " to " + millis(o.Return)
}

// quote quotes a value, or the start of a long one.
func quote(s string) string {
	const most = 24
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}

// millis prints microseconds as milliseconds.
func millis(micros int64) string {
	s := strconv.FormatInt(micros/1000, 10)
	if rest := micros % 1000; rest != 0 {
		s += "." + strconv.FormatInt(1000+rest, 10)[1:]
	}
	return s + "ms"
}
