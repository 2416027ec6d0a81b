package mvcc

import "github.com/etcdscope/etcdscope/core/rng"

// WriteTxn is a transaction that changes the store. All its changes get the same main revision, the one after the
// store's, and become the store's revision together at End; a transaction that changed nothing leaves the revision as
// it was. There is one at a time. It is a plain value: a put alone costs no allocation but the version itself.
//
//	tx := store.Write()
//	tx.DeleteRange("a", "c") // a and b exist: changes 7.0 and 7.1
//	tx.Put("d", "1", 0)      // change 7.2
//	rev := tx.End()          // 7
//
// Reference: etcd server/storage/mvcc/kvstore_txn.go storeTxnWrite.
type WriteTxn struct {
	s    *Store
	subs int64 // changes made so far
}

// Write opens a transaction. Until End the store is read through it only.
func (s *Store) Write() WriteTxn {
	if s.writing {
		panic("mvcc: a transaction is open already")
	}
	s.writing = true
	return WriteTxn{s: s}
}

// Put writes a version of a key, and returns the one before if the key existed. A value that is the same as before is a
// change like any other. A lease of 0 takes away the lease that the key had (etcd put: a put without a lease detaches);
// which one that was the version before tells.
func (t *WriteTxn) Put(key, value string, lease int64) (before KeyValue, existed bool) {
	slot := t.s.index.keys.slot(key)
	prev := *slot
	main := t.s.rev + 1
	kv := KeyValue{Key: key, Value: value, CreateRevision: main, ModRevision: main, Version: 1, Lease: lease}
	if prev != nil {
		kv.Key = prev.kv.Key // one copy of the key in memory, however many versions it has
		if !prev.tombstone() {
			before, existed = prev.kv, true
			kv.CreateRevision, kv.Version = before.CreateRevision, before.Version+1
		}
	}
	if !existed {
		t.s.live++
	}
	*slot = t.record(kv, prev)
	return before, existed
}

// DeleteRange deletes the keys in [key, end) and returns how many there were; the ends of a range are those of Range.
// Each deleted key is one change, in the order of keys. Deleting nothing changes nothing. Keys that the transaction
// itself has put are deleted, too.
func (t *WriteTxn) DeleteRange(key, end string) int64 {
	doomed := t.doomed(key, end)
	for _, c := range doomed {
		t.delete(c)
	}
	return int64(len(doomed))
}

// TakeRange is DeleteRange for those who need to know what was there: the answer of prev_kv, and the leases that keys
// are detached from.
func (t *WriteTxn) TakeRange(key, end string) []KeyValue {
	doomed := t.doomed(key, end)
	taken := make([]KeyValue, len(doomed))
	for i, c := range doomed {
		taken[i] = c.kv
		t.delete(c)
	}
	return taken
}

// doomed returns the newest versions of the keys in [key, end). They are collected before the first is deleted: writing
// a tombstone may copy nodes of the tree, which a walk over it must not see.
func (t *WriteTxn) doomed(key, end string) []*change {
	var list []*change
	for c := range t.s.scan(key, end, t.s.rev+1) {
		list = append(list, c)
	}
	return list
}

// delete writes a tombstone, which ends the key's generation (rule.TombstoneEndsGeneration). Head is the key's newest
// change, a put.
func (t *WriteTxn) delete(head *change) {
	kv := KeyValue{Key: head.kv.Key, ModRevision: t.s.rev + 1}
	*t.s.index.keys.slot(kv.Key) = t.record(kv, head)
	t.s.live--
}

// record adds a change to the history, linked to the key's previous one, and folds it into the store's digest.
func (t *WriteTxn) record(kv KeyValue, prev *change) *change {
	before := int32(none)
	if prev != nil {
		before = prev.pos
	}
	c := t.s.twins.keep(change{kv: kv, sub: t.subs, pos: int32(t.s.rows.history.Len()), prev: before})
	t.s.rows.history.Append(c)
	t.s.file.put(c.rowBytes())
	t.subs++
	t.s.digest = fold(t.s.digest, c)
	return c
}

// Revision returns the revision that reads in the transaction are made at: the store's, or the next one once something
// was changed (etcd storeTxnWrite.Range).
func (t *WriteTxn) Revision() int64 {
	if t.subs > 0 {
		return t.s.rev + 1
	}
	return t.s.rev
}

// Range reads within the transaction: it sees what the transaction has changed so far.
func (t *WriteTxn) Range(key, end string, o RangeOptions) (RangeResult, error) {
	return t.s.rangeAt(key, end, t.Revision(), o)
}

// Get reads one key within the transaction: what a put with ignore_value or ignore_lease goes by.
func (t *WriteTxn) Get(key string) (KeyValue, bool) {
	if c := t.s.get(key, t.Revision()); c != nil {
		return c.kv, true
	}
	return KeyValue{}, false
}

// End closes the transaction and returns the store's revision, which goes into the header of the answer whether or not
// anything was changed. The transaction must not be used afterwards.
func (t *WriteTxn) End() int64 {
	if !t.s.writing {
		panic("mvcc: the transaction has ended already")
	}
	t.s.rev = t.Revision() // rule.RevisionPerWrite
	t.s.writing = false
	t.subs = 0
	return t.s.rev
}

// fold continues a digest with a change. A tombstone differs from a put of the empty value by its version, 0.
func fold(h uint64, c *change) uint64 {
	h = rng.Mix(h, uint64(c.kv.ModRevision))
	h = rng.Mix(h, uint64(c.sub))
	h = foldString(h, c.kv.Key)
	h = foldString(h, c.kv.Value)
	h = rng.Mix(h, uint64(c.kv.Version))
	return rng.Mix(h, uint64(c.kv.Lease))
}

// foldString continues a digest with a string, eight bytes at a time: values may be large, and every member folds each.
// The length comes first, so that no two sequences of strings look the same.
func foldString(h uint64, s string) uint64 {
	h = rng.Mix(h, uint64(len(s)))
	for ; len(s) >= 8; s = s[8:] {
		h = rng.Mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|
			uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
	}
	var rest uint64
	for i := len(s) - 1; i >= 0; i-- {
		rest = rest<<8 | uint64(s[i])
	}
	return rng.Mix(h, rest)
}
