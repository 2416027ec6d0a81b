package mvcc

import (
	"cmp"
	"errors"
	"iter"
	"sort"
	"strings"
)

// FromKey as the end of a range means: all keys from the first one on. With itself as the first key: every key.
const FromKey = "\x00"

// What a read at a revision that cannot be read is answered, to the letter of etcd (api/v3rpc/rpctypes/error.go).
var (
	ErrCompacted = errors.New("etcdserver: mvcc: required revision has been compacted")
	ErrFutureRev = errors.New("etcdserver: mvcc: required revision is a future revision")
)

// SortTarget is what a range is sorted by, numbered as in etcd's RangeRequest.
type SortTarget uint8

// The sort targets.
const (
	SortByKey SortTarget = iota
	SortByVersion
	SortByCreate
	SortByMod
	SortByValue
)

// SortOrder is the direction of a sort, numbered as in etcd's RangeRequest.
type SortOrder uint8

// The sort orders. SortNone is the order of keys, but with another target than the key it means ascending.
const (
	SortNone SortOrder = iota
	SortAscend
	SortDescend
)

// RangeOptions is how to read. The zero value reads everything in the range at the current revision.
type RangeOptions struct {
	Revision  int64 // 0 or below: the current one
	Limit     int64 // 0: no limit
	CountOnly bool  // no key-values, only how many there are
	KeysOnly  bool  // values are left out

	MinModRevision, MaxModRevision       int64 // inclusive; 0: no bound
	MinCreateRevision, MaxCreateRevision int64

	SortTarget SortTarget
	SortOrder  SortOrder
}

// RangeResult is what was read.
type RangeResult struct {
	KVs   []KeyValue
	Count int64 // keys in the range at that revision, whatever the limit and the bounds left out
	More  bool  // the limit cut something off
}

// PrefixEnd returns the end of the range of all keys with a prefix: the prefix with its last byte raised by one. Bytes
// 0xff cannot be raised and are dropped; if nothing is left the range has no end (etcd client/v3 op.go getPrefix).
func PrefixEnd(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return FromKey
}

// Range reads the keys in [key, end): one key if end is empty, all from key on if end is FromKey, none if end is not
// after key. With the keys a, a/1, a/2 and b:
//
//	Range("a", "")                 a
//	Range("a", "b")                a  a/1  a/2
//	Range("a/", PrefixEnd("a/"))      a/1  a/2         PrefixEnd("a/") is "a0", because 0 comes after /
//	Range("a/2", FromKey)                  a/2  b
//	Range(FromKey, FromKey)        a  a/1  a/2  b
//	Range("b", "a")                                    empty, and no error
//
// Reference: etcd server/storage/mvcc/kvstore_txn.go rangeKeys, server/etcdserver/txn/txn.go executeRange.
func (s *Store) Range(key, end string, o RangeOptions) (RangeResult, error) {
	return s.rangeAt(key, end, s.rev, o)
}

// Get reads one key at a main revision; 0 or below means the current one.
func (s *Store) Get(key string, rev int64) (KeyValue, bool, error) {
	rev, err := s.readable(rev, s.rev)
	if err != nil {
		return KeyValue{}, false, err
	}
	if c := s.get(key, rev); c != nil {
		return c.kv, true, nil
	}
	return KeyValue{}, false, nil
}

// All visits the key-values in [key, end) at a main revision in the order of keys, one by one: a panel that shows
// twenty keys of a million pays for twenty. At a revision that cannot be read there is nothing to visit.
func (s *Store) All(key, end string, rev int64) iter.Seq[KeyValue] {
	return func(yield func(KeyValue) bool) {
		at, err := s.readable(rev, s.rev)
		if err != nil {
			return
		}
		for c := range s.scan(key, end, at) {
			if !yield(c.kv) {
				return
			}
		}
	}
}

// readable returns the revision that a read is made at, or says why it cannot be. The revision of the compaction itself
// is still readable.
func (s *Store) readable(rev, current int64) (int64, error) {
	if rev > current {
		return 0, ErrFutureRev
	}
	if rev <= 0 {
		rev = current
	}
	if rev < s.compact {
		return 0, ErrCompacted
	}
	return rev, nil
}

// rangeAt reads at the revision that the options ask for, given which one is the current: within a transaction that has
// changed something it is one above the store's.
//
// Every key in the range is visited even when the limit is reached, because the count must be of all of them. etcd does
// the same (index.go Revisions): a limit spares reading values, not the walk over the index.
func (s *Store) rangeAt(key, end string, current int64, o RangeOptions) (RangeResult, error) {
	rev, err := s.readable(o.Revision, current)
	if err != nil {
		return RangeResult{}, err
	}
	var r RangeResult
	room := o.room()
	for c := range s.scan(key, end, rev) {
		r.Count++
		if o.CountOnly || !o.admits(&c.kv) {
			continue
		}
		if int64(len(r.KVs)) == room {
			continue // and go on counting
		}
		r.KVs = append(r.KVs, c.kv)
	}
	o.sort(r.KVs)
	if o.Limit > 0 && int64(len(r.KVs)) > o.Limit {
		r.KVs, r.More = r.KVs[:o.Limit], true
	}
	if o.KeysOnly {
		for i := range r.KVs {
			r.KVs[i].Value = ""
		}
	}
	return r, nil
}

// room returns how many key-values are worth collecting, -1 for all: one more than the limit tells that there are more.
// With an order other than that of keys, those within the limit are known only at the end. But if a target is given
// without an order or bounds, etcd takes the first keys for the limit and sorts only these (executeRange looks at the
// order alone when it decides to fetch everything).
func (o *RangeOptions) room() int64 {
	if o.Limit <= 0 || (o.sorts() && (o.SortOrder != SortNone || o.bounded())) {
		return -1
	}
	return o.Limit + 1
}

// bounded reports whether there are bounds on revisions.
func (o *RangeOptions) bounded() bool {
	return o.MinModRevision|o.MaxModRevision|o.MinCreateRevision|o.MaxCreateRevision != 0
}

// sorts reports whether the answer has another order than that of keys.
func (o *RangeOptions) sorts() bool { return o.SortTarget != SortByKey || o.SortOrder == SortDescend }

// admits reports whether a key-value lies within the bounds on its revisions.
func (o *RangeOptions) admits(kv *KeyValue) bool {
	return within(kv.ModRevision, o.MinModRevision, o.MaxModRevision) &&
		within(kv.CreateRevision, o.MinCreateRevision, o.MaxCreateRevision)
}

func within(v, low, high int64) bool { return (low == 0 || v >= low) && (high == 0 || v <= high) }

// sort orders the key-values as asked. Where etcd leaves the order of equals open (its sort is not stable), they stay
// in the order of keys.
func (o *RangeOptions) sort(kvs []KeyValue) {
	if !o.sorts() {
		return
	}
	sort.SliceStable(kvs, func(i, j int) bool {
		if o.SortOrder == SortDescend {
			i, j = j, i
		}
		return o.SortTarget.compare(&kvs[i], &kvs[j]) < 0
	})
}

func (t SortTarget) compare(a, b *KeyValue) int {
	switch t {
	case SortByVersion:
		return cmp.Compare(a.Version, b.Version)
	case SortByCreate:
		return cmp.Compare(a.CreateRevision, b.CreateRevision)
	case SortByMod:
		return cmp.Compare(a.ModRevision, b.ModRevision)
	case SortByValue:
		return strings.Compare(a.Value, b.Value)
	default:
		return strings.Compare(a.Key, b.Key)
	}
}
