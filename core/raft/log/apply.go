package log

import "github.com/etcdscope/etcdscope/core/raft/entry"

// HasUntaken reports whether there are entries to hand out for writing.
func (l *Log) HasUntaken() bool { return l.taken < l.Last() }

// Unstable reports whether there are entries that are not known to be on disk.
func (l *Log) Unstable() bool { return l.stable < l.Last() }

// Untaken returns the entries to hand out for writing.
func (l *Log) Untaken() []entry.Entry {
	if !l.HasUntaken() {
		return nil
	}
	return l.Slice(l.taken+1, l.Last()+1, NoLimit)
}

// Pending returns the received snapshot, if it has yet to be handed out for writing.
func (l *Log) Pending() *entry.Snapshot {
	if l.pendingTaken {
		return nil
	}
	return l.pending
}

// HasPending reports whether a received snapshot is not yet on disk. Until then nothing else is applied.
func (l *Log) HasPending() bool { return l.pending != nil }

// Take marks entries and snapshot as handed out for writing.
func (l *Log) Take() { l.taken, l.pendingTaken = l.Last(), l.pending != nil }

// StableTo marks entries as written, up to the one with that index and term. If that entry has been replaced since, the
// mark stays: what was written is not what the log now holds.
func (l *Log) StableTo(i entry.Index, t entry.Term) {
	if i > l.stable && l.Matches(i, t) {
		l.stable, l.taken = i, max(l.taken, i)
	}
}

// SnapshotStable marks the received snapshot as written, if it is still the one that was received last.
func (l *Log) SnapshotStable(i entry.Index) {
	if l.pending != nil && l.pending.Index == i {
		l.saved, l.pending, l.pendingTaken = *l.pending, nil, false
	}
}

// appliable returns the index up to which entries may be handed out to be applied.
func (l *Log) appliable() entry.Index {
	if l.onlyStable {
		return min(l.committed, l.stable)
	}
	return l.committed
}

// HasCommitted reports whether there are entries to hand out to be applied.
func (l *Log) HasCommitted() bool {
	return !l.applyPause && l.pending == nil && l.handed < l.appliable()
}

// Committed entries to hand out to be applied: as many as fit into the limit together with those that are not applied
// yet, at least one. Unless ApplyOnlyStable was called they need not be on disk here; a quorum has them.
func (l *Log) NextCommitted() []entry.Entry {
	if !l.HasCommitted() {
		return nil
	}
	return l.Slice(l.handed+1, l.appliable()+1, l.maxApply-l.applying)
}

// Hand marks entries of that size as handed out to be applied. If the limit cut them short, or is reached, no more are
// handed out before some are applied.
func (l *Log) Hand(to entry.Index, size uint64) {
	l.handed = to
	l.applying += size
	l.applyPause = l.applying >= l.maxApply || to < l.appliable()
}

// AppliedTo marks entries as applied, so many bytes of those that were handed out.
func (l *Log) AppliedTo(i entry.Index, size uint64) {
	l.applied, l.handed = i, max(l.handed, i)
	l.applying -= min(l.applying, size)
	l.applyPause = l.applying > 0 && l.applying >= l.maxApply
}
