// Package tracker is a leader's book about the others: how far each log is known to match, what is in flight, who
// votes.
//
// Its types: Progress (one member as the leader sees it), Inflights (the window of one member), Config (who is in the
// group), Tracker (all of it, with the votes of an election). It sends nothing and knows no log: the leader asks and
// tells.
//
// Reading order: progress.go, inflights.go, tracker.go, change.go (how one configuration becomes another).
package tracker

import "github.com/etcdscope/etcdscope/core/raft/entry"

// State is how the leader treats a member (etcd raft design.md, "Progress").
type State uint8

// Probe: one append at a time until the member's log is found to match. Replicate: appends are streamed ahead of the
// acknowledgements. Snapshot: a snapshot is under way and nothing else is sent.
const (
	Probe State = iota
	Replicate
	Snapshot
)

// String returns the state's name.
func (s State) String() string {
	return [...]string{"probe", "replicate", "snapshot"}[s%3]
}

// Progress is one member's progress in the view of the leader.
//
// Worked example: the leader's log ends at 9, the member's matches up to 5. Probe: Match 0, Next 10; the append at 10
// is refused with a hint, Next becomes 6; the append at 6 is acknowledged. Replicate: Match 9, Next 10; entries 10–12
// are sent, Next is 13 at once; the acknowledgement of 12 makes Match 12.
type Progress struct {
	ID    entry.ID
	Match entry.Index // the log is known to match up to here
	Next  entry.Index // the first entry to send next. Invariant: Match < Next; in Snapshot, Next = PendingSnapshot+1

	// SentCommit is the highest commit index sent, so that an empty append is sent only if it tells something new. It goes
	// back when the stream breaks off.
	SentCommit entry.Index

	PendingSnapshot entry.Index // in Snapshot: the index of the snapshot that was sent

	State        State
	RecentActive bool // heard from since the last check of the quorum; always true for the leader itself
	FlowPaused   bool // no append until it answers: a probe is out, or the window is full
	IsLearner    bool

	Inflights Inflights
}

// enter changes the state and clears what belonged to the old one.
func (p *Progress) enter(s State) {
	p.FlowPaused, p.PendingSnapshot, p.State = false, 0, s
	p.Inflights.reset()
}

// BecomeProbe falls back to one append at a time. After a snapshot that arrived, the probe starts behind it.
func (p *Progress) BecomeProbe() {
	next := p.Match + 1
	if p.State == Snapshot {
		next = max(next, p.PendingSnapshot+1)
	}
	p.enter(Probe)
	p.Next = next
	p.SentCommit = min(p.SentCommit, p.Next-1)
}

// BecomeReplicate starts streaming after the last entry that matches.
func (p *Progress) BecomeReplicate() {
	p.enter(Replicate)
	p.Next = p.Match + 1
}

// BecomeSnapshot notes that a snapshot up to the index was sent.
func (p *Progress) BecomeSnapshot(at entry.Index) {
	p.enter(Snapshot)
	p.PendingSnapshot, p.Next, p.SentCommit = at, at+1, at
}

// SentEntries notes an append with so many entries and bytes.
func (p *Progress) SentEntries(n int, bytes uint64) {
	switch {
	case p.State == Replicate:
		if n > 0 {
			p.Next += entry.Index(n)
			p.Inflights.Add(p.Next-1, bytes)
		}
		// An append that fills the window, or goes out over a full one, is the last until an answer or a heartbeat response.
		p.FlowPaused = p.Inflights.Full()
	case n > 0:
		p.FlowPaused = true
	}
}

// CanBumpCommit reports whether telling the member this commit index could tell it something new: it is above what was
// sent, and what was sent does not yet cover all entries that were sent.
func (p *Progress) CanBumpCommit(commit entry.Index) bool {
	return commit > p.SentCommit && p.SentCommit < p.Next-1
}

// Acked notes that the member's log matches up to the index. It reports false if that is no news.
func (p *Progress) Acked(i entry.Index) bool {
	if i <= p.Match {
		return false
	}
	p.Match = i
	p.Next = max(p.Next, i+1)
	p.FlowPaused = false
	return true
}

// Refused notes that the member refused the append after an index; hint is the leader's best guess where the logs
// match. It reports false if the refusal is out of date.
func (p *Progress) Refused(index, hint entry.Index) bool {
	if p.State == Replicate {
		if index <= p.Match {
			return false // acknowledged since
		}
		p.Next = p.Match + 1
	} else {
		if p.Next-1 != index {
			return false // not the answer to the probe that is out
		}
		p.Next = max(min(index, hint+1), p.Match+1)
		p.FlowPaused = false
	}
	p.SentCommit = min(p.SentCommit, p.Next-1)
	return true
}

// Paused reports whether no append is to be sent now.
func (p *Progress) Paused() bool { return p.State == Snapshot || p.FlowPaused }
