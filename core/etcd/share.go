package etcd

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/raft/log"
)

// Unify goes through what a member's stores and log have in common with another's, and lets both share that.
func Unify(a, b *Member) {
	if a.storage.backend.Store != nil && b.storage.backend.Store != nil {
		mvcc.Unify(a.storage.backend.Store, b.storage.backend.Store)
	}
	if a.process != nil && b.process != nil {
		mvcc.Unify(a.process.applier.store, b.process.applier.store)
		raft.Unify(a.process.loop.node, b.process.loop.node)
	}
}

// Borrow lets b hold none of the entries that a holds, too. Both are only cloned from now on.
func Borrow(a, b *Member) {
	if a.process == nil || b.process == nil {
		return
	}
	raft.Borrow(a.process.loop.node, b.process.loop.node, &b.storage.wal.entries, &b.storage.wal.next)
	chunk.Borrow(&a.storage.wal.older, &b.storage.wal.older, log.Same)
}
