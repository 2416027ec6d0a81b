package mvcc

import "slices"

// A compaction makes the past up to a revision unreadable, and then, bit by bit, gives its memory back. It has two
// halves, as in etcd:
//
//	Compact        the logical half: reads below the revision are refused from now on, watchers there are cancelled
//	CompactBatch   the physical half: goes over all rows up to the revision, oldest first, a thousand at a time, drops
//	               those that no read can reach any more. Between two batches the store is written to as usual
//
// Of each key stays what a read at the compacted revision sees: the newest change that is not younger. If that is a
// tombstone, it stays only if it was written at that very revision, because a watcher may start there; an older one
// goes, and with it the key, if nothing younger is left. With the example of keyIndex:
//
//	written     {2, 3, 4t} {5, 6t} {}
//	compact 3   {3, 4t} {5, 6t} {}        3 lives at 3
//	compact 4   {4t} {5, 6t} {}           the tombstone of 4 itself
//	compact 5   {5, 6t} {}                the tombstone of 4 is gone
//	compact 6   {6t} {}
//	compact 7                             the key is not known any more
//
// Who paces the batches is not the store's business: etcd waits 10 ms after each (--compaction-sleep-interval), so that
// writes get their turn.
//
// References: etcd server/storage/mvcc/kvstore.go Compact, kvstore_compaction.go scheduleCompaction, key_index.go
// compact.

// CompactionBatch is how many rows etcd examines at a time (--compaction-batch-limit).
const CompactionBatch = 1000

// order is a compaction that was asked for and has not begun.
type order struct {
	rev   int64
	prev  int64 // the compact revision before
	clean bool  // the one before had finished: only then the hash covers all that it should
}

// job is the compaction under way: the first of the orders.
type job struct {
	keep  keepSet
	total int // rows to be examined
	seen  int
	sum   hasher
}

// Compact makes revisions below rev unreadable and puts the removal in the queue. It answers as etcd does: ErrCompacted
// if rev was compacted already, ErrFutureRev if it does not exist yet. On a fresh store, whose compact revision is -1,
// even the revisions 0 and 1 are accepted, once.
func (s *Store) Compact(rev int64) error {
	switch {
	case s.writing:
		panic("mvcc: compaction within a transaction")
	case rev <= s.compact:
		return ErrCompacted
	case rev > s.rev:
		return ErrFutureRev
	}
	s.orders = append(s.orders, order{rev: rev, prev: s.compact, clean: s.compact == s.finished})
	s.compact = rev
	return nil
}

// CompactBatch does the next piece of the oldest compaction in the queue: it examines up to limit rows. It returns how
// many it dropped, and whether that compaction is finished now. Like etcd, it finds out that there is nothing left by a
// batch that is not full. Without a compaction in the queue nothing happens.
func (s *Store) CompactBatch(limit int) (removed int, finished bool) {
	if len(s.orders) == 0 {
		return 0, false
	}
	o := s.orders[0]
	if !s.running {
		s.begin(o)
	}
	if s.file.dirty {
		s.file.commit()
	}
	n := min(limit, s.job.total-s.job.seen)
	removed = s.examine(n, o.clean)
	s.removed += int64(removed)
	if n == limit {
		s.file.commit()
		return removed, false
	}
	s.finish(o)
	return removed, true
}

// begin settles which rows stay. Writes that come later are younger than the compaction and change nothing about it.
func (s *Store) begin(o order) {
	s.running = true
	s.job = job{total: s.rows.seek(o.rev + 1), sum: newHasher(o.prev, o.rev)}
	s.job.keep = s.keepSet(o.rev, s.job.total, true)
}

// examine takes the oldest n rows that the compaction has not seen out of the lists, and puts those that stay aside.
func (s *Store) examine(n int, hash bool) (removed int) {
	moved := size(&s.rows.moved)
	var buf []byte
	for i := range n {
		c := s.rows.row(moved + i)
		stays := s.job.keep.has(s.job.seen)
		s.job.seen++
		s.file.examine(c.rowBytes(), stays)
		if hash {
			buf = s.job.sum.add(c, stays || !s.job.keep.some, buf)
		}
		if stays {
			s.rows.moved.Append(c)
			moved++
			continue
		}
		removed++
		if c.tombstone() && s.index.keys.get(c.kv.Key) == c {
			s.index.keys.remove(c.kv.Key) // nothing is left of the key
		}
	}
	s.rows.cut(n)
	return removed
}

func (s *Store) finish(o order) {
	s.rows.settle()
	s.file.settle()
	s.finished = o.rev
	if o.clean {
		s.remember(s.job.sum.result())
	}
	s.orders = s.orders[1:]
	s.running, s.job = false, job{}
}

// Restart is what a process does with the store that it finds on its disk: of the compactions that were asked for only
// the newest is known, and if it has not finished, it starts over (etcd kvstore.go restore). What was already dropped
// stays dropped. Counters and remembered hashes lived in the process that is gone.
func (s *Store) Restart() {
	s.rows.settle()
	s.file.settle()
	s.file.reopen()
	s.running, s.job, s.orders = false, job{}, nil
	s.removed, s.hashes = 0, nil
	if s.compact > s.finished {
		s.orders = []order{{rev: s.compact, prev: s.finished}}
	}
}

// Install takes over another member's database, which came with a snapshot, as Restart does the one on disk. The
// process goes on, and with it its counters and the hashes that it remembers (etcd kvstore.go Restore).
func (s *Store) Install(db *Store) {
	removed, hashes := s.removed, s.hashes
	*s = *db.Clone()
	s.Restart()
	s.removed, s.hashes = removed, hashes
}

// Compaction is how far a compaction is.
type Compaction struct {
	Revision int64
	Examined int // of Total rows; both 0 if it has not begun
	Total    int
	Waiting  int // compactions queued behind it
}

// Compaction returns the compaction that is under way or comes next, if there is one.
func (s *Store) Compaction() (Compaction, bool) {
	if len(s.orders) == 0 {
		return Compaction{}, false
	}
	return Compaction{s.orders[0].rev, s.job.seen, s.job.total, len(s.orders) - 1}, true
}

// FinishedCompactRevision returns the revision of the last compaction that went through all rows; -1: none. A store
// where it is below CompactRevision has rows left to drop.
func (s *Store) FinishedCompactRevision() int64 { return s.finished }

// Removed returns how many rows compactions have dropped since the process started (etcd's metric
// db_compaction_keys_total, which counts rows and not keys).
func (s *Store) Removed() int64 { return s.removed }

// Fate is what a compaction does to one row of a key.
type Fate struct {
	Revision Revision
	Deleted  bool // the row is a tombstone
	Stays    bool
}

// Fates returns the rows of a key, oldest first, and which of them a compaction at a revision would leave, for drawing.
// With CompactRevision while a compaction runs: what it has still to drop.
func (s *Store) Fates(key string, rev int64) []Fate {
	var list []Fate
	below := false // a row at or below the revision was seen
	for c := s.index.keys.get(key); c != nil; c = s.rows.at(c.prev) {
		f := Fate{Revision: c.revision(), Deleted: c.tombstone(), Stays: c.kv.ModRevision > rev}
		if !f.Stays && !below {
			f.Stays, below = c.survives(rev), true
		}
		list = append(list, f)
	}
	slices.Reverse(list)
	return list
}

// Stays reports whether a compaction at a revision would leave a change: Fates for one of them, without the walk over
// all.
func (s *Store) Stays(c *Change, rev int64) bool {
	if c.Revision.Main > rev {
		return true
	}
	newest := s.at(s.index.keys.get(c.KV.Key), rev)
	return newest != nil && newest.revision() == c.Revision && newest.survives(rev)
}

// survives reports whether the newest change of a key that is not younger than a compaction stays.
func (c *change) survives(rev int64) bool { return !c.tombstone() || c.kv.ModRevision == rev }

// keepSet tells which of the oldest rows a compaction keeps: bit i is row i. It is never written once it is made, so
// that clones share it.
type keepSet struct {
	bits []uint64
	some bool // any row at all stays, be it one of the oldest or not
}

func (k *keepSet) has(i int) bool { return k.bits[i/64]>>(i%64)&1 != 0 }

// keepSet returns which of the oldest n rows are the newest of their key at a revision, and not gone there. Hashes do
// not count the tombstones of the revision itself (etcd key_index.go keyIndex.keep); compactions do.
func (s *Store) keepSet(rev int64, n int, tombstones bool) keepSet {
	k := keepSet{bits: make([]uint64, (n+63)/64)}
	for _, head := range s.index.keys.ascend("") {
		c := s.at(head, rev)
		if c == nil || !c.survives(rev) || (c.tombstone() && !tombstones) {
			continue
		}
		k.some = true
		if i := s.rows.place(c.pos); i < n {
			k.bits[i/64] |= 1 << (i % 64)
		}
	}
	return k
}
