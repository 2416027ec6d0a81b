package etcd

import "github.com/etcdscope/etcdscope/core/mvcc"

// Share lets the members of a run hold once what all their stores hold. What each holds is the same with and without.
func (m *Member) Share(t *mvcc.Twins) {
	m.twins = t
	if m.store != nil {
		m.store.Share(t)
	}
}

// Unify goes through what a member's stores have in common with another's, and lets both share that (mvcc.Unify).
func Unify(a, b *Member) {
	if a.backend.Store != nil && b.backend.Store != nil {
		mvcc.Unify(a.backend.Store, b.backend.Store)
	}
	if a.store != nil && b.store != nil {
		mvcc.Unify(a.store, b.store)
	}
}
