package etcd

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/raft"
)

// WAL is a member's write-ahead log: the entries and the HardState that are on disk, and what has been written but not yet
// synced. A crash keeps the first and loses the second (etcd server/storage/wal, Save).
//
// Invariant: entries are contiguous from index 1; position i holds index i+1.
type WAL struct {
	entries chunk.List[raft.Entry]
	hard    raft.HardState

	written     []raft.Entry   // not synced; replaces entries from written[0].Index on
	writtenHard raft.HardState // not synced; zero if there is none
}

// format makes the log of a member that has never run: it was synced when the member was set up.
func (w *WAL) format(hard raft.HardState, entries []raft.Entry) {
	w.write(hard, entries)
	w.sync()
}

// write puts entries and state behind what is there. They are not safe until sync.
func (w *WAL) write(hard raft.HardState, entries []raft.Entry) {
	if hard != (raft.HardState{}) {
		w.writtenHard = hard
	}
	if len(entries) > 0 {
		w.written = entries
	}
}

// sync makes all that was written durable.
func (w *WAL) sync() {
	if w.writtenHard != (raft.HardState{}) {
		w.hard = w.writtenHard
	}
	if len(w.written) > 0 {
		w.entries.Truncate(int(w.written[0].Index) - 1)
		for _, e := range w.written {
			w.entries.Append(e)
		}
	}
	w.written, w.writtenHard = nil, raft.HardState{}
}

// crash loses what was not synced and returns how many entries that were.
func (w *WAL) crash() int {
	lost := len(w.written)
	w.written, w.writtenHard = nil, raft.HardState{}
	return lost
}

// stored returns what a restarting member finds.
func (w *WAL) stored() (raft.HardState, []raft.Entry) {
	entries := make([]raft.Entry, 0, w.entries.Len())
	for i := range w.entries.Len() {
		entries = append(entries, w.entries.At(i))
	}
	return w.hard, entries
}

// Synced returns the last index that is on disk, and for an entry that is only written, its first index (0: none).
func (w *WAL) Synced() (last, written raft.Index) {
	if len(w.written) > 0 {
		written = w.written[0].Index
	}
	return raft.Index(w.entries.Len()), written
}

// EntryAt returns an entry that is on disk.
func (w *WAL) EntryAt(i raft.Index) (raft.Entry, bool) {
	if i < 1 || int(i) > w.entries.Len() {
		return raft.Entry{}, false
	}
	return w.entries.At(int(i) - 1), true
}

// Unsynced returns how many entries are written but not yet synced.
func (w *WAL) Unsynced() int { return len(w.written) }

func (w *WAL) clone() WAL {
	c := *w
	c.entries = w.entries.Clone()
	return c
}
