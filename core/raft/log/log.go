// Package log is a member's Raft log: which entries there are, which of them are on disk, committed and applied.
//
// There is one type, Log. It plays the part of three types of etcd's raft (raftLog, unstable, MemoryStorage), because
// here the log in memory and the log that the host has written are the same entries: two marks, taken and stable, say
// how far writing has come. It neither writes to a disk nor decides what is committed.
//
// Reading order: log.go (marks, reading), append.go (what changes the entries), apply.go (what the host is handed).
package log

import (
	"errors"

	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/raft/entry"
)

// What a request for a snapshot or a compaction can be refused with; the texts are etcd's (raft/storage.go).
var (
	ErrCompacted     = errors.New("requested index is unavailable due to compaction")
	ErrSnapOutOfDate = errors.New("requested index is older than the existing snapshot")
	ErrUnavailable   = errors.New("requested entry at index is unavailable")
)

// NoLimit asks for entries without a limit in bytes.
const NoLimit = ^uint64(0)

// Log is the entries from First to Last and the marks in them.
//
//	     base    applied    handed    committed          last
//	1…3 | 4  | 5   6   7   8    9    10      11    12    13
//	      ▲                             ▲           ▲
//	  compacted away, term known     stable       taken
//
// Here 1–4 are gone, 5–7 are in the state machine, 8–9 were handed out to be applied, 10–11 will be; up to 10
// everything is on disk, 11–12 is being written, 13 has yet to be handed out for writing.
//
// Invariant: base <= applied <= handed <= committed <= last, base <= stable <= taken <= last.
type Log struct {
	list chunk.List[entry.Entry] // position = index. Invariant: First() = base+1

	// tail holds the youngest entries once more, contiguous, so that messages can share them instead of copying. It only
	// grows: what lies in a shared part never changes. A cut or a full tail starts a new one.
	// Invariant: tail[i].Index = tailFirst+i, and it ends at the last entry.
	tail      []entry.Entry
	tailFirst entry.Index

	base     entry.Index // the entry before the first; its term is still known, to match appends
	baseTerm entry.Term

	taken     entry.Index // handed out to be written to disk
	stable    entry.Index // written to disk
	committed entry.Index
	handed    entry.Index // handed out to be applied
	applied   entry.Index

	maxApply   uint64 // bytes of entries handed out to be applied at a time
	applying   uint64 // bytes of entries handed out and not yet applied
	applyPause bool   // there were more than maxApply: none is handed out before some of them are applied
	onlyStable bool   // none is handed out to be applied before it is on disk here

	saved        entry.Snapshot  // the newest snapshot on disk; Index 0: none
	pending      *entry.Snapshot // received from a leader, not yet on disk
	pendingTaken bool
}

// New returns the log of a member that has found a snapshot (or none) and entries on its disk. The entries must follow
// the snapshot.
func New(snap entry.Snapshot, es []entry.Entry, maxApply uint64) Log {
	l := Log{
		base: snap.Index, baseTerm: snap.Term, tailFirst: snap.Index + 1,
		committed: snap.Index, handed: snap.Index, applied: snap.Index,
		maxApply: maxApply, saved: snap,
	}
	l.list.Reset(int(snap.Index) + 1)
	for i := range es {
		l.push(es[i])
	}
	l.stable, l.taken = l.Last(), l.Last()
	return l
}

// ApplyOnlyStable makes entries wait for the own disk before they are handed out to be applied.
func (l *Log) ApplyOnlyStable() { l.onlyStable = true }

// First returns the index of the first entry that is still there.
func (l *Log) First() entry.Index { return l.base + 1 }

// Last returns the index of the last entry, or of the entry before the first if there is none.
func (l *Log) Last() entry.Index { return entry.Index(l.list.Len()) - 1 }

// LastTerm returns the term of the last entry.
func (l *Log) LastTerm() entry.Term {
	t, _ := l.Term(l.Last())
	return t
}

// Stable returns the index up to which everything is on disk.
func (l *Log) Stable() entry.Index { return l.stable }

// Committed returns the commit index.
func (l *Log) Committed() entry.Index { return l.committed }

// Handed returns the index up to which entries were handed out to be applied.
func (l *Log) Handed() entry.Index { return l.handed }

// Applied returns the index up to which the state machine has applied entries.
func (l *Log) Applied() entry.Index { return l.applied }

// Term returns the term of an entry from First-1 to Last, and false outside.
func (l *Log) Term(i entry.Index) (entry.Term, bool) {
	switch {
	case i >= l.tailFirst && i-l.tailFirst < entry.Index(len(l.tail)):
		return l.tail[i-l.tailFirst].Term, true
	case i == l.base:
		return l.baseTerm, true
	case i < l.base || i > l.Last():
		return 0, false
	}
	return l.list.Ref(int(i)).Term, true
}

// Matches reports whether the log has an entry with that index and term.
func (l *Log) Matches(i entry.Index, t entry.Term) bool {
	own, ok := l.Term(i)
	return ok && own == t
}

// At returns an entry from First to Last, and false outside.
func (l *Log) At(i entry.Index) (entry.Entry, bool) {
	if i <= l.base || i > l.Last() {
		return entry.Entry{}, false
	}
	return l.list.At(int(i)), true
}

// UpToDate reports whether a log that ends with that term and index is at least as up to date as this one (Raft
// §5.4.1): the later last term wins; with equal terms, the longer log.
func (l *Log) UpToDate(t entry.Term, i entry.Index) bool {
	own := l.LastTerm()
	return t > own || t == own && i >= l.Last()
}

// Slice returns the entries lo … hi-1, as many of them as fit into so many bytes, but at least one. First <= lo < hi <=
// Last+1. The result is shared and never changes.
func (l *Log) Slice(lo, hi entry.Index, maxBytes uint64) []entry.Entry {
	if lo >= l.tailFirst {
		es := l.tail[lo-l.tailFirst : hi-l.tailFirst]
		n := 1
		for size := es[0].Size(); n < len(es); n++ {
			if size += es[n].Size(); size > maxBytes {
				break
			}
		}
		return es[:n:n]
	}
	end := lo + 1
	for size := l.list.Ref(int(lo)).Size(); end < hi; end++ {
		if size += l.list.Ref(int(end)).Size(); size > maxBytes {
			break
		}
	}
	es := make([]entry.Entry, end-lo)
	for i := range es {
		es[i] = l.list.At(int(lo) + i)
	}
	return es
}

// LastAtMost returns the largest index <= i whose term is <= t, with its term: where two logs may still agree when one
// of them is known to have term t at index i. If the search leaves the log, the index is returned with term 0: unknown
// (etcd raft/log.go findConflictByTerm).
//
// Worked example: the leader has terms 1 3 3 3 5 5 and hears that a follower has term 2 at index 6. In the leader's log
// all terms from index 2 on are above 2, so the follower's entries there must differ: the answer is 1.
func (l *Log) LastAtMost(i entry.Index, t entry.Term) (entry.Index, entry.Term) {
	for ; i > 0; i-- {
		own, ok := l.Term(i)
		if !ok {
			return i, 0
		}
		if own <= t {
			return i, own
		}
	}
	return 0, 0
}

// HasConfChange reports whether one of the entries lo … hi changes the group.
func (l *Log) HasConfChange(lo, hi entry.Index) bool {
	for i := lo; i <= hi; i++ {
		if l.list.Ref(int(i)).Type != entry.Normal {
			return true
		}
	}
	return false
}

// Clone returns an independent copy that shares all entries. It costs the same however long the log is.
func (l *Log) Clone() Log {
	c := *l
	c.list = l.list.Clone()
	// it would hold all of the youngest entries twice for as long as the copy is kept
	c.tail, c.tailFirst = nil, l.Last()+1
	return c
}

// Entries returns the log as a list whose position is the index, to be kept by whoever writes it to disk. It costs next
// to nothing and does not change when the log does.
func (l *Log) Entries() chunk.List[entry.Entry] { return l.list.Clone() }

// Unify lets two logs hold once the entries that both have, with the same data.
func Unify(a, b *Log) { chunk.Unify(&a.list, &b.list, Same) }

// Borrow lets a log that is only cloned from now on hold nothing of its own, if another has all of its entries.
func Borrow(a, b *Log) { chunk.Borrow(&a.list, &b.list, Same) }

// BorrowList does the same to a list that the host keeps.
func BorrowList(a *Log, b *chunk.List[entry.Entry]) { chunk.Borrow(&a.list, b, Same) }

// Same reports whether two entries are the same, and their data in the same place.
func Same(x, y *entry.Entry) bool {
	return x.Index == y.Index && x.Term == y.Term && x.Type == y.Type && len(x.Data) == len(y.Data) &&
		(len(x.Data) == 0 || &x.Data[0] == &y.Data[0])
}
