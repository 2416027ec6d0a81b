package etcd

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/raft"
)

// WAL is a member's write-ahead log: the entries and the HardState that are on disk, and what has been written but not yet
// synced. A crash keeps the first and loses the second (etcd server/storage/wal, Save).
//
// A log file is only ever appended to: a write that replaces entries leaves the old ones in the file, and a crash before the fsync brings them
// back. So both are kept whole, as lists that share their memory with Raft's own log.
type WAL struct {
	entries chunk.List[raft.Entry] // synced; position = index, position 0 is unused
	hard    raft.HardState

	written     chunk.List[raft.Entry] // what entries will be after the sync, if count > 0
	first       raft.Index             // of those that are not synced
	count       int                    // how many are not
	writtenHard raft.HardState         // not synced; zero if there is none
}

// format makes the log of a member that has never run: it was synced when the member was set up.
func (w *WAL) format(hard raft.HardState, entries []raft.Entry) {
	w.hard = hard
	w.entries.Append(raft.Entry{})
	for _, e := range entries {
		w.entries.Append(e)
	}
}

// write puts a state and entries behind what is there; log is what the log is with them. They are not safe until sync.
func (w *WAL) write(hard raft.HardState, entries []raft.Entry, log chunk.List[raft.Entry]) {
	if hard != (raft.HardState{}) {
		w.writtenHard = hard
	}
	if len(entries) > 0 {
		w.written, w.first, w.count = log, entries[0].Index, len(entries)
	}
}

// sync makes all that was written durable.
func (w *WAL) sync() {
	if w.writtenHard != (raft.HardState{}) {
		w.hard = w.writtenHard
	}
	if w.count > 0 {
		w.entries = w.written
	}
	w.crash()
}

// crash loses what was not synced and returns how many entries that were.
func (w *WAL) crash() int {
	lost := w.count
	w.written, w.first, w.count, w.writtenHard = chunk.List[raft.Entry]{}, 0, 0, raft.HardState{}
	return lost
}

// stored returns what a restarting member finds.
func (w *WAL) stored() (raft.HardState, []raft.Entry) {
	last, _ := w.Synced()
	entries := make([]raft.Entry, 0, last)
	for i := raft.Index(1); i <= last; i++ {
		entries = append(entries, w.entries.At(int(i)))
	}
	return w.hard, entries
}

// Synced returns the last index that is on disk, and the first that is only written (0: none is).
func (w *WAL) Synced() (last, written raft.Index) {
	return raft.Index(w.entries.Len()) - 1, w.first
}

// EntryAt returns an entry that is on disk.
func (w *WAL) EntryAt(i raft.Index) (raft.Entry, bool) {
	if i < 1 || int(i) >= w.entries.Len() {
		return raft.Entry{}, false
	}
	return w.entries.At(int(i)), true
}

// Unsynced returns how many entries are written but not yet synced.
func (w *WAL) Unsynced() int { return w.count }

func (w *WAL) clone() WAL {
	c := *w
	c.entries, c.written = w.entries.Clone(), w.written.Clone()
	return c
}
