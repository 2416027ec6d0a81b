package etcd

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// memorySnapshotCount is after how many applied entries Raft's log is trimmed (etcdserver/server.go).
const memorySnapshotCount = 100

// releaseDelay is how long after a snapshot was sent the log is not trimmed, so that the receiver can go on from there
// (server.go, releaseDelayAfterSnapshot).
const releaseDelay = 30 * sim.Second

// snapshotIfDue records a snapshot on disk every SnapshotCount entries, and trims Raft's log in memory to the last
// CatchUp entries every memorySnapshotCount (server.go, snapshotIfNeededAndCompactRaftLog).
func (m *Member) snapshotIfDue(now sim.Time, out *Output) {
	switch {
	case m.applied > m.node.Applied():
		return // after a restart the store is ahead of what Raft has handed out again: it still needs those entries
	case m.applied > m.wal.snapshot.Index+m.cfg.SnapshotCount:
		m.writeBackend(now, out)
		snap, err := m.node.CreateSnapshot(m.applied, nil)
		if err != nil {
			return // the newest snapshot came from the leader and is newer still
		}
		m.wal.saveSnapshot(snap)
		out.event(Event{Kind: SnapshotSaved, Rule: rule.SnapshotForLaggard, Index: m.applied, Revision: m.store.Revision()})
	case m.applied > m.trimmed+memorySnapshotCount:
		if _, err := m.node.CreateSnapshot(m.applied, nil); err != nil {
			return
		}
	default:
		return
	}
	m.trimmed = m.applied
	if to := m.applied - min(m.applied, m.cfg.CatchUp); to >= m.node.FirstIndex() && m.sending == 0 && now >= m.trimFrom {
		// It fails only if there is nothing left to trim.
		_ = m.node.CompactLog(to)
	}
	m.raftEvents(out)
}

// attach puts the member's own state into a snapshot message: not the old one that Raft means but the current one, with
// the whole store (etcdserver/snapshot_merge.go).
func (m *Member) attach(now sim.Time, msg *raft.Message) *Database {
	term, _ := m.node.TermAt(m.applied)
	msg.Snapshot = &raft.Snapshot{Index: m.applied, Term: term, Conf: m.node.Conf()}
	m.sending++
	p := m.tally.peer(msg.To)
	p.sending++
	p.snapFrom = now
	db := m.database()
	return &db
}

// Reported tells that a snapshot reached its receiver, or did not. Life is the sender's when it sent it.
func (m *Member) Reported(now sim.Time, life uint32, to raft.ID, ok bool, out *Output) {
	if m.life != life || m.hold(input{kind: inReported, to: to, ok: ok}) {
		return
	}
	m.sending--
	m.countSnapshot(now, to, ok)
	if ok {
		m.trimFrom = now + releaseDelay
	} else {
		m.node.ReportUnreachable(to)
	}
	m.node.ReportSnapshot(to, ok)
	m.round(now, out)
}

// Unreachable tells that a message could not be delivered because nobody listens at the other end (rafthttp/peer.go). A
// leader then probes instead of streaming.
func (m *Member) Unreachable(now sim.Time, life uint32, to raft.ID, out *Output) {
	if m.life != life || m.hold(input{kind: inUnreachable, to: to}) {
		return
	}
	m.tally.peer(to).failures++
	m.node.ReportUnreachable(to)
	m.round(now, out)
}

// incoming is a store that came with a snapshot and waits for Raft to take the snapshot and for the snapshot to be on
// disk. Several can wait: an old leader may send one, too, and only Raft knows which is which.
type incoming struct {
	index    raft.Index
	database *Database
}

// install makes the store that came with a snapshot the member's own, once the snapshot is on disk (server.go,
// applySnapshot; the files that older ones left are removed, ReleaseSnapDBs).
func (m *Member) install(now sim.Time, out *Output) {
	snap := m.ready.Snapshot
	if snap == nil {
		return
	}
	var taken *Database
	var later []incoming
	for _, in := range m.incoming {
		if in.index == snap.Index {
			taken = in.database
		} else if in.index > snap.Index {
			later = append(later, in)
		}
	}
	m.incoming = later
	m.keepCounts()
	m.load(taken)
	m.hub.Restore(now, &m.told)
	m.tellWatchers(now, out)
	m.applied, m.appliedTerm, m.trimmed = snap.Index, snap.Term, snap.Index
	m.queue, m.applying = nil, 0
	m.backend = backend{Database: m.database(), index: snap.Index, conf: snap.Conf, at: now}
	m.armCompaction(now, out)
	out.event(Event{Kind: SnapshotInstalled, Rule: rule.SnapshotForLaggard, Index: snap.Index,
		Revision: m.store.Revision()})
	m.serveReads(now, out)
	m.appliedMore(now, out)
}
