package raft

import (
	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
	"github.com/etcdscope/etcdscope/core/rule"
)

// This file is what a leader sends: appends, snapshots, heartbeats, and how far ahead of the acknowledgements (etcd
// raft design.md; raft/raft.go maybeSendAppend and around).
//
//	          ┌────────── refused, unreachable ──────────┐
//	          ▼                                          │
//	  ┌─── Probe ──────────── acknowledged ────────▶ Replicate
//	  │       ▲                                          │
//	  │       └─ arrived or failed ─┐                    │
//	  └─ entries compacted away ─▶ Snapshot ◀────────────┘
//
// Probe sends one append and waits. Replicate streams, within a window. Snapshot sends nothing until the host, or the
// member's acknowledgement, ends it.

// broadcastAppend sends each member what it lacks, or at least the commit index.
func (n *Node) broadcastAppend() {
	for i := range n.trk.Members {
		if p := &n.trk.Members[i]; p.ID != n.id {
			n.sendAppend(p, true)
		}
	}
}

// sendAppend sends a member the entries that it lacks, as many as fit into a message; without any it sends only if
// evenEmpty, to tell the commit index. It reports whether it sent something (etcd raft/raft.go maybeSendAppend).
func (n *Node) sendAppend(p *Progress, evenEmpty bool) bool {
	if p.Paused() {
		return false
	}
	// The entry before the new ones lets the member check that the logs match. If not even its term is known here any
	// more, the member needs what is compacted away.
	prev := p.Next - 1
	prevTerm, ok := n.log.Term(prev)
	if !ok {
		return n.sendSnapshot(p)
	}
	var es []Entry
	// Over a full window only an empty append goes: it brings an answer, which frees the window.
	if last := n.log.Last(); p.Next <= last && (p.State != tracker.Replicate || !p.Inflights.Full()) {
		es = n.log.Slice(p.Next, last+1, n.set.maxMsgSize)
	}
	if len(es) == 0 && !evenEmpty {
		return false
	}
	m := n.post(MsgApp, p.ID)
	m.Index, m.LogTerm, m.Entries, m.Commit = prev, prevTerm, es, n.log.Committed()
	p.SentEntries(len(es), entry.Payloads(es))
	p.SentCommit = m.Commit
	return true
}

// sendSnapshot sends the newest snapshot to a member that needs entries which are compacted away (Raft §7), unless it
// seems to be down: snapshots are big. The heartbeat response that shows it alive will bring the next try.
func (n *Node) sendSnapshot(p *Progress) bool {
	if !p.RecentActive {
		return false
	}
	s := n.log.Snapshot()
	if s.Index == 0 {
		return false // the host has compacted the log and kept no snapshot
	}
	from := p.State
	p.BecomeSnapshot(s.Index)
	n.emit(Event{Kind: SnapshotSent, Rule: rule.SnapshotForLaggard, Peer: p.ID, Index: s.Index, LogTerm: s.Term})
	n.emitProgress(p, from)
	n.post(MsgSnap, p.ID).Snapshot = s
	return true
}

// snapshotDone goes on after a snapshot that the host reports to have arrived or failed. The next append waits for the
// member's answer, or for the next heartbeat.
func (n *Node) snapshotDone(p *Progress, arrived bool) {
	if p.State != tracker.Snapshot {
		return
	}
	if !arrived {
		p.PendingSnapshot = 0 // or the probe would start behind it
	}
	n.enterProbe(p)
	p.FlowPaused = true
}

// backUp moves the next append towards the place where the logs agree. The follower's hint is where its log may agree
// with the leader's; if the leader has only higher terms down from there, it can rule out more by itself (see
// log.LastAtMost).
func (n *Node) backUp(p *Progress, m *Message) {
	hint := m.RejectHint
	if m.LogTerm > 0 {
		hint, _ = n.log.LastAtMost(m.RejectHint, m.LogTerm)
	}
	if !p.Refused(m.Index, hint) {
		return
	}
	n.emit(Event{Kind: BackedUp, Rule: rule.ConflictHint, Peer: p.ID, Index: m.Index, Last: p.Next, Hint: m.RejectHint})
	if p.State == tracker.Replicate {
		n.enterProbe(p)
	}
	n.sendAppend(p, true)
}

// enterProbe falls back to one append at a time.
func (n *Node) enterProbe(p *Progress) {
	from := p.State
	p.BecomeProbe()
	n.emitProgress(p, from)
}

// emitProgress records that a member is treated in another way than before.
func (n *Node) emitProgress(p *Progress, from FlowState) {
	n.emit(Event{
		Kind: ProgressChanged, Rule: rule.FlowControl, Peer: p.ID, FromState: from, ToState: p.State, Index: p.Next,
	})
}

// broadcastHeartbeat tells all members that the leader lives. It carries no more of the commit index than the member is
// known to have: an unmatched tail must not become committed (Raft §5.3). With a context it asks for a proof of
// leadership.
func (n *Node) broadcastHeartbeat(ctx []byte) {
	for i := range n.trk.Members {
		p := &n.trk.Members[i]
		if p.ID == n.id {
			continue
		}
		m := n.post(MsgHeartbeat, p.ID)
		m.Commit, m.Context = min(p.Match, n.log.Committed()), ctx
		p.SentCommit = m.Commit
	}
}
