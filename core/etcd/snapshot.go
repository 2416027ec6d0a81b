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
func (p *process) snapshotIfDue(t *turn) {
	applied := p.applier.applied
	switch {
	case applied > p.loop.node.Applied():
		return // after a restart the store is ahead of what Raft has handed out again: it still needs those entries
	case applied > t.storage.wal.snapshot.Index+t.self.cfg.SnapshotCount:
		p.writeBackend(t)
		snap, err := p.loop.node.CreateSnapshot(applied, nil)
		if err != nil {
			return // the newest snapshot came from the leader and is newer still
		}
		t.storage.wal.saveSnapshot(snap)
		t.out.event(Event{
			Kind: SnapshotSaved, Rule: rule.SnapshotForLaggard, Index: applied, Revision: p.applier.store.Revision(),
		})
	case applied > p.loop.trimmed+memorySnapshotCount:
		if _, err := p.loop.node.CreateSnapshot(applied, nil); err != nil {
			return
		}
	default:
		return
	}
	p.loop.trimmed = applied
	to := applied - min(applied, t.self.cfg.CatchUp)
	if to >= p.loop.node.FirstIndex() && p.loop.sending == 0 && t.now >= p.loop.trimFrom {
		// It fails only if there is nothing left to trim.
		_ = p.loop.node.CompactLog(to)
	}
	p.loop.raftEvents(t)
}

// attach puts the member's own state into a snapshot message: not the old one that Raft means but the current one, with
// the whole store (etcdserver/snapshot_merge.go).
func (p *process) attach(t *turn, msg *raft.Message) *Database {
	term, _ := p.loop.node.TermAt(p.applier.applied)
	msg.Snapshot = &raft.Snapshot{Index: p.applier.applied, Term: term, Conf: p.loop.node.Conf()}
	p.loop.sending++
	to := p.peers.peer(msg.To)
	to.sending++
	to.snapFrom = t.now
	db := p.applier.database()
	return &db
}

// reported takes the news whether a snapshot reached its receiver.
func (p *process) reported(t *turn, to raft.ID, ok bool) {
	p.loop.sending--
	p.countSnapshot(t, to, ok)
	if ok {
		p.loop.trimFrom = t.now + releaseDelay
	} else {
		p.loop.node.ReportUnreachable(to)
	}
	p.loop.node.ReportSnapshot(to, ok)
	p.round(t)
}

// incoming is a store that came with a snapshot and waits for Raft to take the snapshot and for the snapshot to be on
// disk. Several can wait: an old leader may send one, too, and only Raft knows which is which.
type incoming struct {
	index    raft.Index
	database *Database
}

// install makes the store that came with a snapshot the member's own, once the snapshot is on disk (server.go,
// applySnapshot; the files that older ones left are removed, ReleaseSnapDBs).
func (p *process) install(t *turn) {
	snap := p.loop.ready.Snapshot
	if snap == nil {
		return
	}
	var taken *Database
	var later []incoming
	for _, in := range p.incoming {
		if in.index == snap.Index {
			taken = in.database
		} else if in.index > snap.Index {
			later = append(later, in)
		}
	}
	p.incoming = later
	p.applier.keepCounts()
	p.applier.load(t, taken)
	p.streams.hub.Restore(t.now, &p.streams.told)
	p.streams.send(t)
	p.applier.applied, p.applier.appliedTerm, p.loop.trimmed = snap.Index, snap.Term, snap.Index
	p.applier.queue, p.applier.applying = nil, 0
	t.storage.commit(t.now, p.applier.database(), snap.Index, snap.Conf)
	p.armCompaction(t, t.now)
	t.out.event(Event{Kind: SnapshotInstalled, Rule: rule.SnapshotForLaggard, Index: snap.Index,
		Revision: p.applier.store.Revision()})
	p.server.serveReads(t)
	p.server.appliedMore(t)
}
