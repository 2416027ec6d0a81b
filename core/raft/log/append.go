package log

import (
	"github.com/etcdscope/etcdscope/core/raft/entry"
)

// tailMax is how many entries a tail has room for: 64 of 48 bytes are 3 KiB. A message that is kept, in a keyframe or
// in the journal, keeps a whole tail.
const tailMax = 64

// push adds an entry at the end.
func (l *Log) push(e entry.Entry) {
	l.list.Append(e)
	if len(l.tail) == cap(l.tail) {
		l.tail = make([]entry.Entry, 0, min(max(2*cap(l.tail), 16), tailMax))
		l.tailFirst = e.Index
	}
	l.tail = append(l.tail, e)
}

// Append adds entries at the end. Their indexes continue the log.
func (l *Log) Append(es []entry.Entry) {
	for i := range es {
		l.push(es[i])
	}
}

// AppendOne adds one entry at the end and gives it its place there.
func (l *Log) AppendOne(t entry.Term, typ entry.Type, data []byte) {
	l.push(entry.Entry{Term: t, Index: l.Last() + 1, Type: typ, Data: data})
}

// FirstNew returns how many of the entries the log already has: the place of the first one that is missing or has
// another term here (Raft §5.3: "if an existing entry conflicts with a new one").
func (l *Log) FirstNew(es []entry.Entry) int {
	for i := range es {
		if !l.Matches(es[i].Index, es[i].Term) {
			return i
		}
	}
	return len(es)
}

// Truncate removes the entries from index i on. What was handed out for writing or is on disk from there on counts as
// unwritten again: the host will be handed the replacement.
func (l *Log) Truncate(i entry.Index) {
	l.list.Truncate(int(i))
	if i > l.tailFirst {
		keep := i - l.tailFirst
		l.tail = l.tail[:keep:keep] // full: the next entry starts a new tail, because messages may share this one
	} else {
		l.tail, l.tailFirst = nil, i
	}
	l.stable, l.taken = min(l.stable, i-1), min(l.taken, i-1)
}

// CommitTo raises the commit index; it never falls. It reports false if the log does not reach that far.
func (l *Log) CommitTo(i entry.Index) bool {
	if i > l.Last() {
		return false
	}
	l.committed = max(l.committed, i)
	return true
}

// Restore replaces everything by a snapshot received from a leader. The host is handed the snapshot to write.
func (l *Log) Restore(s *entry.Snapshot) {
	l.list.Reset(int(s.Index) + 1)
	l.tail, l.tailFirst = nil, s.Index+1
	l.base, l.baseTerm = s.Index, s.Term
	l.stable, l.taken, l.committed = s.Index, s.Index, s.Index
	l.pending, l.pendingTaken = s, false
}

// Compact removes the entries up to index i. They must have been handed out to be applied (etcd raft/storage.go
// Compact).
func (l *Log) Compact(i entry.Index) error {
	if i <= l.base {
		return ErrCompacted
	}
	if i > l.handed {
		return ErrUnavailable
	}
	l.baseTerm, _ = l.Term(i)
	l.base = i
	l.list.DropFront(int(i) + 1)
	if i >= l.tailFirst {
		l.tail, l.tailFirst = l.tail[i+1-l.tailFirst:], i+1
	}
	return nil
}

// Save makes a snapshot of the state machine at index i the newest one on disk (etcd raft/storage.go CreateSnapshot).
func (l *Log) Save(s entry.Snapshot) (entry.Snapshot, error) {
	if s.Index <= l.saved.Index || l.pending != nil && s.Index <= l.pending.Index {
		return entry.Snapshot{}, ErrSnapOutOfDate
	}
	if s.Index > l.handed {
		return entry.Snapshot{}, ErrUnavailable
	}
	term, ok := l.Term(s.Index)
	if !ok {
		return entry.Snapshot{}, ErrCompacted
	}
	s.Term = term
	l.saved = s
	return s, nil
}

// Snapshot returns the newest snapshot, to be sent to a member that has fallen behind. Index 0: there is none.
func (l *Log) Snapshot() *entry.Snapshot {
	s := l.pending
	if s == nil {
		own := l.saved
		s = &own
	}
	return s
}
