package etcd

import "github.com/etcdscope/etcdscope/core/rng"

// Hash is a digest of the member's state: of its log, its store and its watchers by digests that they keep, of what is
// under way by numbers. What it counts for Prometheus is not in it.
func (m *Member) Hash() uint64 {
	h := rng.Mix(m.backend.Store.Hash(), uint64(m.backend.index)<<32|uint64(m.life)<<16^uint64(m.self))
	last, _ := m.wal.Synced()
	h = rng.Mix(h, uint64(last)<<16|uint64(m.wal.Unsynced()))
	h = rng.Mix(h, uint64(m.wal.hard.Term)<<32|uint64(m.wal.hard.Vote)<<24^uint64(m.wal.hard.Commit))
	h = rng.Mix(h, m.disk.Hash())
	if m.node == nil {
		return h
	}
	h = m.foldWaits(h)
	h = rng.Mix(h, m.store.Hash()^uint64(len(m.cluster.removed))<<48)
	h = rng.Mix(h, m.lessor.Hash()^uint64(m.store.CompactRevision())<<16^m.alarms.hash())
	h = rng.Mix(h, m.hub.Hash()^uint64(len(m.flows)))
	h = rng.Mix(h, m.compactor.Hash()^uint64(len(m.errands))<<32^uint64(m.own))
	h = rng.Mix(h, uint64(m.node.Term())<<32|uint64(m.node.Role())<<16|uint64(m.node.Vote())<<8|uint64(m.node.Lead()))
	h = rng.Mix(h, uint64(m.node.Commit())<<32^uint64(m.applied))
	h = rng.Mix(h, uint64(m.node.LastIndex())<<32^uint64(m.node.LastTerm()))
	return rng.Mix(h, uint64(m.node.ElectionElapsed())<<32|uint64(len(m.waits))<<16|uint64(len(m.inbox)))
}

// foldWaits goes on with what the process has begun, what waits, and when it is to be woken.
func (m *Member) foldWaits(h uint64) uint64 {
	flags := uint64(0)
	for i, set := range [...]bool{m.paused, m.saving, m.leading, m.tickLate, m.expiry, m.compacting, m.awaitsApply} {
		if set {
			flags |= 1 << i
		}
	}
	for _, v := range [...]uint64{
		flags, uint64(m.syncEnd), uint64(m.writeTime), uint64(m.appliedTerm), uint64(m.applying), uint64(m.leaseScan),
		uint64(m.startedAt),
		uint64(m.hubWake), uint64(m.sampleAt), uint64(m.lead), uint64(m.electedAt), uint64(m.trimmed), uint64(m.sending),
		uint64(m.trimFrom),
		uint64(m.taken), uint64(m.savedCommit), uint64(m.tickedAt), uint64(m.lookAt),
		uint64(len(m.queue)), uint64(len(m.parked)), uint64(len(m.handlers)), uint64(len(m.advanced)),
		uint64(len(m.incoming)),
	} {
		h = rng.Mix(h, v)
	}
	for i := range m.waits {
		h = rng.Mix(h, m.waits[i].req.ID<<24^uint64(m.waits[i].deadline))
	}
	return h
}
