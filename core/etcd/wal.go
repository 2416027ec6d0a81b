package etcd

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/raft"
)

// WAL is a member's write-ahead log: the snapshot record, the entries and the HardState that are on disk, and what has
// been written but not yet synced. A crash keeps the first and loses the second (etcd server/storage/wal, Save).
//
// A log file is only ever appended to: a write that replaces entries leaves the old ones in the file, and a crash
// before the fsync brings them back. So both are kept whole, as lists that share their memory with Raft's own log. Raft
// drops entries from its memory long before the file does; older still has them.
//
// Invariant: every entry behind snapshot.Index up to Synced is in entries or in older.
type WAL struct {
	snapshot raft.Snapshot // synced; Index 0: none
	hard     raft.HardState
	entries  chunk.List[raft.Entry] // synced; position = index
	older    chunk.List[raft.Entry] // likewise, as it was before Raft last dropped some; empty: it has all

	pending  bool // the following is written, but not synced
	next     chunk.List[raft.Entry]
	nextHard raft.HardState // zero: no change
	snap     *raft.Snapshot // from the leader, in place of everything
	first    raft.Index     // of the entries that are not synced
	count    int            // how many are not
}

// WAL returns the log file of a directory. It is for looking.
func (d *Data) WAL() *WAL { return &d.wal }

// format makes the log of a member that has never run: it was synced when the member was set up.
func (w *WAL) format(hard raft.HardState, entries []raft.Entry) {
	w.hard = hard
	w.entries.Reset(1)
	for _, e := range entries {
		w.entries.Append(e)
	}
}

// write puts what a round has to make durable behind what is there; log is Raft's log with it. It is not safe until
// sync.
func (w *WAL) write(rd *raft.Ready, log chunk.List[raft.Entry]) {
	if rd.HardState != (raft.HardState{}) {
		w.nextHard = rd.HardState
	}
	if len(rd.Entries) > 0 || rd.Snapshot != nil {
		w.pending, w.next, w.snap = true, log, rd.Snapshot
		w.first, _ = span(rd.Entries)
		w.count = len(rd.Entries)
	}
}

// sync makes all that was written durable.
func (w *WAL) sync() {
	if w.nextHard != (raft.HardState{}) {
		w.hard = w.nextHard
	}
	if w.snap != nil {
		w.snapshot, w.older = *w.snap, chunk.List[raft.Entry]{}
	} else if w.pending && w.next.First() > w.entries.First() {
		w.entries.Regain(&w.older)
		w.older = w.entries
	}
	if w.pending {
		w.entries = w.next
	}
	w.crash()
}

// crash loses what was not synced and returns how many entries that were.
func (w *WAL) crash() int {
	lost := w.count
	w.pending, w.next, w.nextHard, w.snap = false, chunk.List[raft.Entry]{}, raft.HardState{}, nil
	w.first, w.count = 0, 0
	return lost
}

// tear is a crash in the middle of a write: half of the entries had reached the disk, and the record behind them is cut
// off when the log is opened (wal.go, repair.go). It returns how many entries are lost.
func (w *WAL) tear() int {
	kept := w.count / 2
	if kept > 0 && w.snap == nil {
		torn := w.next.Clone()
		torn.Truncate(int(w.first) + kept)
		w.next, w.nextHard = torn, raft.HardState{}
		lost := w.count - kept
		w.sync()
		return lost
	}
	return w.crash()
}

// saveSnapshot records that the database file holds everything up to the snapshot, and forgets entries that are in it.
// The record is synced, and with it the commit index that was written before (wal.go, SaveSnapshot).
func (w *WAL) saveSnapshot(s raft.Snapshot) {
	w.snapshot = s
	w.hard.Commit = max(w.hard.Commit, s.Index)
	switch first := int(s.Index) + 1; {
	case first >= w.entries.First():
		w.older = chunk.List[raft.Entry]{}
	case first > w.older.First() && first <= w.older.Len():
		w.older.DropFront(first)
	}
}

// stored returns what a restarting member finds.
func (w *WAL) stored() raft.Stored {
	s := raft.Stored{HardState: w.hard, Snapshot: w.snapshot}
	last, _ := w.Synced()
	for i := w.snapshot.Index + 1; i <= last; i++ {
		e, _ := w.EntryAt(i)
		s.Entries = append(s.Entries, e)
	}
	return s
}

// Synced returns the last index that is on disk, and the first that is only written (0: none is).
func (w *WAL) Synced() (last, written raft.Index) {
	return raft.Index(w.entries.Len()) - 1, w.first
}

// Snapshot returns the index of the newest snapshot on disk, 0 if there is none.
func (w *WAL) Snapshot() raft.Index { return w.snapshot.Index }

// EntryAt returns an entry that is on disk and has not been forgotten for a snapshot.
func (w *WAL) EntryAt(i raft.Index) (raft.Entry, bool) {
	for _, list := range [...]*chunk.List[raft.Entry]{&w.entries, &w.older} {
		if int(i) >= max(list.First(), 1) && int(i) < list.Len() {
			return list.At(int(i)), true
		}
	}
	return raft.Entry{}, false
}

// Unsynced returns how many entries are written but not yet synced.
func (w *WAL) Unsynced() int { return w.count }

// clone returns an independent copy.
func (w *WAL) clone() WAL {
	c := *w
	c.entries, c.older, c.next = w.entries.Clone(), w.older.Clone(), w.next.Clone()
	return c
}
