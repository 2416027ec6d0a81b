package etcd

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// applier is what the log has made of the member's state up to an index, and what it is still to make of it. All
// members that have applied the same index hold the same.
type applier struct {
	store   *mvcc.Store
	lessor  lease.Lessor
	alarms  alarms
	cluster cluster
	applied raft.Index
	// of the entry applied last
	appliedTerm raft.Term

	queue    []raft.Entry // committed, not yet applied
	applying int          // entries at the head of queue that are being applied
	defrag   defragment
	counters storeCounters
}

func (a *applier) clone() applier {
	c := *a
	c.store, c.queue, c.defrag = a.store.Clone(), slices.Clone(a.queue), a.defrag.clone()
	return c
}

// reply puts a header before what a call is answered with (api/v3rpc/header.go).
func (a *applier) reply(t *turn, body api.Body) api.Reply {
	return api.Reply{Header: api.Header{
		ClusterID: a.cluster.id, MemberID: a.cluster.of(t.self.id).id, Revision: a.store.Revision(),
		RaftTerm: uint64(a.appliedTerm),
	}, Body: body}
}

// take takes the entries that are being applied off the queue.
func (a *applier) take() []raft.Entry {
	batch := a.queue[:a.applying]
	a.queue = a.queue[a.applying:]
	a.applying = 0
	return batch
}

// startApply begins to apply all that is queued, unless entries are being applied already.
func (a *applier) startApply(t *turn) {
	if a.defrag.req != nil || a.applying > 0 || len(a.queue) == 0 {
		return
	}
	a.applying = len(a.queue)
	cost := t.self.cfg.ApplyCost * sim.Time(a.applying)
	t.wake(t.now+cost, WakeApplied)
}

// database commits what there is and returns what the member's file holds then (storage/backend/backend.go, Snapshot).
func (a *applier) database() Database {
	a.store.Commit()
	return Database{a.store.Clone(), a.lessor.Saved(), a.alarms, a.cluster}
}

// load makes a database the member's own, as a process does that opens it: leases get their keys back, and expire
// nowhere until a leader says when.
func (a *applier) load(t *turn, db *Database) {
	a.store, a.alarms, a.cluster = db.Store.Clone(), db.alarms, db.cluster
	a.store.Restart()
	a.store.Share(t.self.twins)
	a.lessor = lease.Recover(t.self.leaseConfig(), db.leases)
	if a.lessor.Len() == 0 {
		return
	}
	for kv := range a.store.All("\x00", "\x00", 0) {
		if kv.Lease != 0 {
			// A lease that is gone has taken its keys with it.
			_ = a.lessor.Attach(lease.ID(kv.Lease), kv.Key)
		}
	}
}
