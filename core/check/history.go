package check

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/rule"
)

// Store judges what members do to their stores and what clients are told of it, while a run goes on: that all members
// have one history (rule.OneHistory), that watches keep the guarantees of etcd's API (watch.go), that answers fit into
// the history (answer.go), and that leases live as long as was promised (lease.go).
//
// The first member that applies a revision writes the history; all others, and all clients, are held to it. So within
// one event what members applied is told before what clients were told.
//
// The judge remembers the newest changes only, historyMost of them. Of what is older it says nothing.
type Store struct {
	history chunk.List[Change] // in order of revision; all changes of a revision, or none
	last    int64              // the newest revision; 0: none is known yet
	whole   bool               // history begins with the first change that was ever made
	compact int64              // the highest revision that any member has compacted

	index   *index // made when it is first needed, and not shared with clones
	watches []watching
	leases  []lease
}

// Change is one put or deletion of a key, as a member made it or as somebody was told of it.
type Change struct {
	Key, Value string
	Revision   int64
	Create     int64 // revision of the put that created the key; 0 of a deletion
	Version    int64 // puts since then; 0 of a deletion
	Lease      int64
	Deleted    bool
}

// historyMost is how many changes are remembered; some more, because they are forgotten many at a time.
const (
	historyMost = 1 << 16
	forgetAt    = historyMost + 1<<12
)

// NewStore returns a judge for members whose stores are empty: at revision 1.
func NewStore() *Store { return &Store{last: 1, whole: true} }

// NewStoreFrom returns a judge for members whose stores may hold anything.
func NewStoreFrom() *Store { return &Store{} }

// Clone returns a judge that knows the same. It costs the same however long the history is.
func (s *Store) Clone() *Store {
	c := *s
	c.history, c.index = s.history.Clone(), nil
	c.watches = append([]watching(nil), s.watches...)
	c.leases = append([]lease(nil), s.leases...)
	return &c
}

// Applied tells what a member changed at one revision, in order. It judges whether that is what the first member did
// that got there. A member may apply a revision again, after a crash.
func (s *Store) Applied(member uint64, changes []Change) *Violation {
	rev := changes[0].Revision
	switch {
	case s.last == 0 || rev == s.last+1:
		for i := range changes {
			s.history.Append(changes[i])
		}
		s.last = rev
		s.forget()
		return nil
	case rev > s.last:
		return broken(rule.OneHistory, member, "Member ", member, " went on to revision ", rev,
			" where no member has got behind ", s.last, ".")
	case rev < s.oldest():
		return nil
	}
	at := s.seek(rev)
	for i := range changes {
		if at+i >= s.history.Len() || *s.history.Ref(at + i) != changes[i] {
			return s.differs(member, &changes[i], at+i)
		}
	}
	if end := at + len(changes); end < s.history.Len() && s.history.Ref(end).Revision == rev {
		return broken(rule.OneHistory, member, "Member ", member, " left out at revision ", rev, " that ",
			s.history.Ref(end).String(), ".")
	}
	return nil
}

func (s *Store) differs(member uint64, c *Change, at int) *Violation {
	others := "nothing more"
	if at < s.history.Len() && s.history.Ref(at).Revision == c.Revision {
		others = s.history.Ref(at).String()
	}
	return broken(rule.OneHistory, member, "At revision ", c.Revision, " member ", member, " found that ", c.String(),
		", another member before it: ", others, ".")
}

// Compacted tells that a member has compacted its store to a revision: it need not know any more what was before that.
func (s *Store) Compacted(rev int64) { s.compact = max(s.compact, rev) }

// forget drops the oldest changes, whole revisions at a time, if there are too many.
func (s *Store) forget() {
	h := &s.history
	if h.Len()-h.First() < forgetAt {
		return
	}
	n := h.Len() - historyMost
	for n < h.Len() && h.Ref(n).Revision == h.Ref(n-1).Revision {
		n++
	}
	h.DropFront(n)
	s.whole = false
	if s.index != nil && len(s.index.prev) > 4*historyMost {
		s.index = nil
	}
}

// oldest returns the oldest revision that all is known of.
func (s *Store) oldest() int64 {
	switch h := &s.history; {
	case s.whole:
		return 0
	case h.Len() == h.First():
		return s.last + 1
	default:
		return h.Ref(h.First()).Revision
	}
}

// seek returns the position of the first change whose revision is not below rev. Mostly it is one of the newest, so the
// search begins at the end, in growing steps.
func (s *Store) seek(rev int64) int {
	h := &s.history
	low, high := h.First(), h.Len()
	for n, step := high, 1; step <= n-h.First(); step *= 2 {
		if h.Ref(n-step).Revision < rev {
			low = n - step + 1
			break
		}
		high = n - step
	}
	return low + sort.Search(high-low, func(i int) bool { return h.Ref(low+i).Revision >= rev })
}

// index finds the changes of a key. It is made of the history, and made anew by each clone that needs it: most never
// do.
type index struct {
	first  int            // position of the first change in it
	newest map[string]int // by key: position of the newest change
	prev   []int          // by position: that of the key's change before; -1: none
	keys   []string
	sorted bool
}

// find returns the index of the whole history.
func (s *Store) find() *index {
	x := s.index
	if x == nil {
		x = &index{first: s.history.First(), newest: map[string]int{}}
		s.index = x
	}
	for at := x.first + len(x.prev); at < s.history.Len(); at++ {
		key := s.history.Ref(at).Key
		before, ok := x.newest[key]
		if !ok {
			before, x.sorted = -1, false
			x.keys = append(x.keys, key)
		}
		x.prev = append(x.prev, before)
		x.newest[key] = at
	}
	return x
}

// at returns the newest change of a key up to a revision; nil if there is none. It is not known if that lies too far
// back.
func (s *Store) at(key string, rev int64) (c *Change, known bool) {
	x := s.find()
	i, ok := x.newest[key]
	for ok && i >= s.history.First() {
		if c := s.history.Ref(i); c.Revision <= rev {
			return c, true
		}
		i = x.prev[i-x.first]
		ok = i >= 0
	}
	return nil, s.whole
}

// value returns the version of a key that exists at a revision; nil if there is none.
func (s *Store) value(key string, rev int64) (c *Change, known bool) {
	c, known = s.at(key, rev)
	if c != nil && c.Deleted {
		c = nil
	}
	return c, known
}

// within visits the keys of a range that have ever been changed, in order.
func (s *Store) within(key, end string, visit func(key string)) {
	x := s.find()
	if !x.sorted {
		sort.SliceStable(x.keys, func(i, j int) bool { return x.keys[i] < x.keys[j] })
		x.sorted = true
	}
	from := sort.Search(len(x.keys), func(i int) bool { return x.keys[i] >= key })
	for _, k := range x.keys[from:] {
		if !inRange(k, key, end) {
			return
		}
		visit(k)
	}
}

// inRange reports whether a key is in [first, end): end "" means the first key alone, "\x00" that there is no end.
func inRange(key, first, end string) bool {
	switch end {
	case "":
		return key == first
	case "\x00":
		return key >= first
	}
	return key >= first && key < end
}

// String describes a change without its revision: `key "a" was put to "1"`.
func (c *Change) String() string {
	switch {
	case c.Deleted:
		return phrase("key ", quote(c.Key), " was deleted")
	case c.Lease != 0:
		return phrase("key ", quote(c.Key), " was put to ", quote(c.Value), " with lease ", c.Lease, " (version ", c.Version,
			", created at ", c.Create, ")")
	}
	return phrase("key ", quote(c.Key), " was put to ", quote(c.Value), " (version ", c.Version, ", created at ", c.Create,
		")")
}

// broken makes a Violation of a rule that is about no term. Node 0: it was not seen at one member.
func broken(id rule.ID, node uint64, sentence ...any) *Violation {
	return &Violation{Rule: id, Text: phrase(sentence...), Node: node}
}
