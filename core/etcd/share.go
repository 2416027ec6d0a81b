package etcd

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/raft/log"
)

// Share lets the members of a run hold once what all their stores hold. What each holds is the same with and without.
func (m *Member) Share(t *mvcc.Twins) {
	m.twins = t
	if m.store != nil {
		m.store.Share(t)
	}
}

// Unify goes through what a member's stores and log have in common with another's, and lets both share that.
func Unify(a, b *Member) {
	if a.backend.Store != nil && b.backend.Store != nil {
		mvcc.Unify(a.backend.Store, b.backend.Store)
	}
	if a.store != nil && b.store != nil {
		mvcc.Unify(a.store, b.store)
	}
	if a.node != nil && b.node != nil {
		raft.Unify(a.node, b.node)
	}
}

// Borrow lets b hold none of the entries that a holds, too. Both are only cloned from now on.
func Borrow(a, b *Member) {
	if a.node == nil || b.node == nil {
		return
	}
	raft.Borrow(a.node, b.node, &b.wal.entries, &b.wal.next)
	chunk.Borrow(&a.wal.older, &b.wal.older, log.Same)
}
