// Package mvcc is etcd's multi-version store as a value: keys, their versions, and reads at any revision of the past.
//
// There are three types to know. Store is the state of one member's key space. WriteTxn is one transaction that changes
// it: whatever it does becomes one revision. KeyValue is one version of a key. A Store is cloned at once however much
// it holds (see tree and chunk.List), which is what makes going back in time and forking a run cheap.
//
// The store knows nothing of Raft, requests, clients, leases' lifetimes or watchers: the member applies each log entry
// as one WriteTxn, and whoever watches reads Changes afterwards. It never fails to write; what a request may not do is
// decided before it gets here.
//
// Read in this order: revision.go, change.go, key_index.go (the worked example), store.go, txn.go, range.go, rows.go,
// compaction.go, hash.go, size.go, tree.go, hints.go, twins.go.
package mvcc

import "iter"

// Store is the key space of one member: all versions of all keys.
//
// Invariant: rows are in strictly ascending order of Revision; each key's newest change is what the index has for it.
// finished <= compact <= rev, and compact is finished or the revision of the last order.
type Store struct {
	index    keyIndex
	rows     rows
	rev      int64 // main revision of the last transaction that changed something
	compact  int64 // reads below this revision are refused; -1: never compacted
	finished int64 // the last compaction whose rows are all gone; -1: none
	live     int   // keys that exist now
	file     file
	digest   uint64
	writing  bool   // a WriteTxn is open
	twins    *Twins // where changes are that others have made; nil: nowhere

	orders  []order // compactions to be done, in order; the first may be under way
	running bool
	job     job
	removed int64
	hashes  []KVHash // of the last compactions, in order of revision; never written in place
}

// New returns an empty store. Its revision is 1, so that the first write is 2, as in etcd (kvstore.go NewStore).
func New() *Store { return &Store{rev: 1, compact: -1, finished: -1, file: newFile()} }

// Clone returns an independent copy. Both share what was written so far. A store is not cloned within a transaction.
func (s *Store) Clone() *Store {
	if s.writing {
		panic("mvcc: clone within a transaction")
	}
	c := *s
	c.index.keys = s.index.keys.clone()
	c.rows, c.file = s.rows.clone(), s.file.clone()
	c.orders = s.orders[:len(s.orders):len(s.orders)]
	c.twins = nil
	return &c
}

// Revision returns the main revision of the last transaction that changed something; 1 if there was none.
func (s *Store) Revision() int64 { return s.rev }

// CompactRevision returns the revision below which reads are refused; -1 if the store was never compacted.
func (s *Store) CompactRevision() int64 { return s.compact }

// Len returns the number of keys that exist now.
func (s *Store) Len() int { return s.live }

// Rows returns how many revisions of keys the store holds, tombstones included.
func (s *Store) Rows() int { return s.rows.len() }

// Hash returns a digest of everything that was ever written, in order. Two members that applied the same writes have
// the same Hash; it costs nothing to read. (It is not etcd's HashKV, which leaves out what was compacted.)
func (s *Store) Hash() uint64 { return s.digest }

// Changes visits the rows from the first change of a main revision on, in order. A watcher reads it to catch up, or
// after each transaction to be told what is new. The changes of one main revision stand together: they are one
// transaction, and a watcher must get them together (etcd API guarantees: Atomic). Nothing is missing from the
// compacted revision on; of what is older there is what compactions have left so far.
func (s *Store) Changes(from int64) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for i := s.rows.seek(from); i < s.rows.len(); i++ {
			if !yield(s.rows.row(i).public()) {
				return
			}
		}
	}
}
