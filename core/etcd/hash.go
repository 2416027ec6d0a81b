package etcd

import "github.com/etcdscope/etcdscope/core/rng"

// Hash is a digest of the member's state: of its log, its store and its watchers by digests that they keep, of what is
// under way by numbers. What it counts for Prometheus is not in it.
func (m *Member) Hash() uint64 {
	d := &m.storage
	h := rng.Mix(d.backend.Store.Hash(), uint64(d.backend.index)<<32|uint64(m.self.incarnation)<<16^uint64(d.self))
	last, _ := d.wal.Synced()
	h = rng.Mix(h, uint64(last)<<16|uint64(d.wal.Unsynced()))
	h = rng.Mix(h, uint64(d.wal.hard.Term)<<32|uint64(d.wal.hard.Vote)<<24^uint64(d.wal.hard.Commit))
	h = rng.Mix(h, d.disk.Hash())
	if m.process == nil {
		return h
	}
	return m.process.fold(h, &m.self)
}

// fold goes on with what runs.
func (p *process) fold(h uint64, who *self) uint64 {
	h = p.foldWaits(h, who)
	a, s, node := &p.applier, &p.server, p.loop.node
	h = rng.Mix(h, a.store.Hash()^uint64(len(a.cluster.removed))<<48)
	h = rng.Mix(h, a.lessor.Hash()^uint64(a.store.CompactRevision())<<16^a.alarms.hash())
	h = rng.Mix(h, p.streams.hub.Hash()^uint64(len(p.streams.flows)))
	h = rng.Mix(h, s.compactor.Hash()^uint64(len(s.requests.proposals))<<32^uint64(s.requests.own))
	h = rng.Mix(h, uint64(node.Term())<<32|uint64(node.Role())<<16|uint64(node.Vote())<<8|uint64(node.Lead()))
	h = rng.Mix(h, uint64(node.Commit())<<32^uint64(a.applied))
	h = rng.Mix(h, uint64(node.LastIndex())<<32^uint64(node.LastTerm()))
	return rng.Mix(h, uint64(node.ElectionElapsed())<<32|uint64(len(s.requests.waits))<<16|uint64(len(p.inbox)))
}

// foldWaits goes on with what the process has begun, what waits, and when it is to be woken.
func (p *process) foldWaits(h uint64, who *self) uint64 {
	l, a, s, w := &p.loop, &p.applier, &p.server, &p.streams
	flags := uint64(0)
	for i, set := range [...]bool{
		p.paused, l.saving, l.leading, l.tickLate, s.requests.expiry, p.compacting, l.awaitsApply,
	} {
		if set {
			flags |= 1 << i
		}
	}
	for _, v := range [...]uint64{
		flags, uint64(l.syncEnd), uint64(l.writeTime), uint64(a.appliedTerm), uint64(a.applying), uint64(s.leases.scanAt),
		uint64(who.startedAt),
		uint64(w.hubWake), uint64(w.sampleAt), uint64(l.lead), uint64(l.electedAt), uint64(l.trimmed), uint64(l.sending),
		uint64(l.trimFrom),
		uint64(l.taken), uint64(l.savedCommit), uint64(l.tickedAt), uint64(s.handlers.at),
		uint64(len(a.queue)), uint64(len(s.requests.pending)), uint64(len(s.handlers.list)), uint64(len(l.advanced)),
		uint64(len(p.incoming)),
	} {
		h = rng.Mix(h, v)
	}
	for i := range s.requests.waits {
		h = rng.Mix(h, s.requests.waits[i].req.ID<<24^uint64(s.requests.waits[i].deadline))
	}
	return h
}
