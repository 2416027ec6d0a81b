package check

import "github.com/etcdscope/etcdscope/core/rule"

// Answers are held to the history. The history is one line of revisions, every answer names its place on it, and
// Linearizable holds those places to the times of the calls: so what is left to judge is whether each answer fits the
// place that it names.
//
// Reference: etcd tests/robustness validate/operations.go (validateSerializableOperations) and model/deterministic.go.

// Read is what a range was answered, linearizable or not.
type Read struct {
	Client   uint64
	Key, End string
	Revision int64 // of the state that was read: the one asked for, or that of the answer's header
	KVs      []Change
	Count    int64
	Some     bool // by what was asked, KVs need not be all in the range
	NoValues bool
}

// Write is what a request was answered that changes keys by plain operations, all of one revision.
type Write struct {
	Client   uint64
	Revision int64
	Ops      []WriteOp

	Conditions []Condition
	Succeeded  bool // the conditions held; Ops are those of that branch
}

// WriteOp is one operation of a Write: a put of Key, or a deletion of the keys from Key to End.
type WriteOp struct {
	Delete     bool
	Key, End   string
	Value      string
	KeepsValue bool // a put that leaves the value as it was
	Deleted    int64
	Prev       []Change
	WantsPrev  bool
}

// Target is what a condition looks at.
type Target uint8

// The targets.
const (
	Version Target = iota
	CreateRevision
	ModRevision
	Value
	LeaseID
)

// Condition compares a number or a value of one key. Want is the sign that the comparison must have: Less, Equal or
// Greater; Not turns it around.
type Condition struct {
	Key    string
	Target Target
	Number int64
	Value  string
	Want   int // -1, 0 or 1
	Not    bool
}

// JudgeRead judges a read.
func (s *Store) JudgeRead(r *Read) *Violation {
	if bad, ok := s.datable(r.Client, r.Revision); !ok {
		return bad
	}
	for i := range r.KVs {
		if bad := s.judgeKV(r, &r.KVs[i]); bad != nil {
			return bad
		}
	}
	if !s.whole || (r.End != "" && s.history.Len() > wideMost) {
		return nil
	}
	count := int64(0)
	var missing *Change
	s.within(r.Key, r.End, func(key string) {
		if c, _ := s.value(key, r.Revision); c != nil {
			count++
			if missing == nil && !r.has(key) {
				missing = c
			}
		}
	})
	switch {
	case missing != nil && !r.Some:
		return s.wrong(r.Client, r.Revision, "did not find that ", missing.String(), " at revision ", missing.Revision)
	case count != r.Count:
		return s.wrong(r.Client, r.Revision, "was told of ", r.Count, " keys (", rangeName(r.Key, r.End),
			"), but there were ", count)
	}
	return nil
}

// wideMost is how long the history may be for the count of a range of keys to be judged: it takes a look at each key.
const wideMost = 1 << 12

func (r *Read) has(key string) bool {
	for i := range r.KVs {
		if r.KVs[i].Key == key {
			return true
		}
	}
	return false
}

// judgeKV judges one key-value of a read.
func (s *Store) judgeKV(r *Read, got *Change) *Violation {
	if !inRange(got.Key, r.Key, r.End) {
		return s.wrong(r.Client, r.Revision, "asked for ", rangeName(r.Key, r.End), " and was told that ", got.String())
	}
	want, known := s.value(got.Key, r.Revision)
	if !known {
		return nil
	}
	if want == nil {
		return s.wrong(r.Client, r.Revision, "found that ", got.String(), " at revision ", got.Revision,
			", but there was no such key")
	}
	is := *want
	if r.NoValues {
		is.Value = ""
	}
	if is != *got {
		return s.wrong(r.Client, r.Revision, "found that ", got.String(), " at revision ", got.Revision, ", but at revision ",
			want.Revision, " ", want.String())
	}
	return nil
}

// JudgeWrite judges a write that was acknowledged: its changes are in the history at its revision, its conditions held
// or did not on the state before, and what it says was there before was there.
func (s *Store) JudgeWrite(w *Write) *Violation {
	if bad, ok := s.datable(w.Client, w.Revision); !ok {
		return bad
	}
	before := w.Revision
	if w.changes() {
		before--
	}
	if bad := s.judgeConditions(w, before); bad != nil {
		return bad
	}
	for i := range w.Ops {
		op := &w.Ops[i]
		if bad := s.judgeOp(w, op); bad != nil {
			return bad
		}
		if bad := s.judgePrev(w, op, before); bad != nil {
			return bad
		}
	}
	return nil
}

// changes reports whether a write changed anything.
func (w *Write) changes() bool {
	for i := range w.Ops {
		if op := &w.Ops[i]; !op.Delete || op.Deleted > 0 {
			return true
		}
	}
	return false
}

// judgeOp looks for an operation's changes at the revision of its write.
func (s *Store) judgeOp(w *Write, op *WriteOp) *Violation {
	deleted := int64(0)
	for i := s.seek(w.Revision); i < s.history.Len() && s.history.Ref(i).Revision == w.Revision; i++ {
		switch c := s.history.Ref(i); {
		case c.Deleted && op.Delete && inRange(c.Key, op.Key, op.End):
			deleted++
		case !c.Deleted && !op.Delete && c.Key == op.Key && (op.KeepsValue || c.Value == op.Value):
			return nil
		}
	}
	switch {
	case !op.Delete:
		return s.wrong(w.Client, w.Revision, "was told that its put of ", quote(op.Value), " to key ", quote(op.Key),
			" was carried out, but it was not")
	case op.Deleted > 0 && deleted != op.Deleted:
		return s.wrong(w.Client, w.Revision, "was told that it had deleted ", op.Deleted, " of ", rangeName(op.Key, op.End),
			", but there were ", deleted)
	}
	return nil
}

// judgePrev judges what a write says of the keys before it.
func (s *Store) judgePrev(w *Write, op *WriteOp, before int64) *Violation {
	for i := range op.Prev {
		got := &op.Prev[i]
		want, known := s.value(got.Key, before)
		switch {
		case !known || (want != nil && *want == *got):
		case want == nil:
			return s.wrong(w.Client, w.Revision, "was told that before ", got.String(), ", but there was no such key")
		default:
			return s.wrong(w.Client, w.Revision, "was told that before ", got.String(), ", but at revision ", want.Revision, " ",
				want.String())
		}
	}
	if op.Delete || !op.WantsPrev || len(op.Prev) > 0 || before == w.Revision {
		return nil
	}
	if want, _ := s.value(op.Key, before); want != nil {
		return s.wrong(w.Client, w.Revision, "was told that there was nothing before its put of key ", quote(op.Key),
			", but at revision ", want.Revision, " ",
			want.String())
	}
	return nil
}

// judgeConditions decides a transaction again.
func (s *Store) judgeConditions(w *Write, before int64) *Violation {
	holds := true
	for i := range w.Conditions {
		c := &w.Conditions[i]
		kv, known := s.value(c.Key, before)
		if !known {
			return nil
		}
		holds = holds && c.holds(kv)
	}
	if holds == w.Succeeded || len(w.Conditions) == 0 {
		return nil
	}
	return s.wrong(w.Client, w.Revision, "was told that the conditions of its transaction ", held(w.Succeeded),
		", but on the state of revision ", before,
		" they ", held(holds))
}

func held(yes bool) string {
	if yes {
		return "held"
	}
	return "did not hold"
}

// holds decides a condition on a key's version; nil stands for a key that does not exist, whose value compares with
// nothing.
func (c *Condition) holds(kv *Change) bool {
	if kv == nil {
		if c.Target == Value {
			return false
		}
		kv = &Change{}
	}
	sign := 0
	switch c.Target {
	case Version:
		sign = order(kv.Version, c.Number)
	case CreateRevision:
		sign = order(kv.Create, c.Number)
	case ModRevision:
		sign = order(kv.Revision, c.Number)
	case LeaseID:
		sign = order(kv.Lease, c.Number)
	case Value:
		switch {
		case kv.Value < c.Value:
			sign = -1
		case kv.Value > c.Value:
			sign = 1
		}
	}
	return (sign == c.Want) != c.Not
}

func order(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// datable reports whether enough is known of a revision to judge an answer that names it. That nobody has got there is
// a violation.
func (s *Store) datable(client uint64, rev int64) (*Violation, bool) {
	if s.last != 0 && rev > s.last {
		return s.wrong(client, rev, "was answered at a revision that no member has got to: the newest is ", s.last), false
	}
	return nil, s.last != 0 && rev > s.oldest()
}

func (s *Store) wrong(client uint64, rev int64, sentence ...any) *Violation {
	words := append([]any{"At revision ", rev, " client ", client, " "}, sentence...)
	return broken(rule.AnswerAtRevision, 0, append(words, ".")...)
}
