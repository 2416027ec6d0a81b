package etcd

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
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
