package lease

import (
	"iter"
	"sort"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Lease is one lease as its member sees it.
type Lease struct {
	ID         ID
	TTL        int64    // seconds, as granted
	Checkpoint int64    // seconds that were left at the last checkpoint, 0 if there was none
	Forever    bool     // not the primary: it does not expire here
	Expiry     sim.Time // unless forever
}

// Primary reports whether leases expire here.
func (l *Lessor) Primary() bool { return l.primary }

// Len returns the number of leases.
func (l *Lessor) Len() int { return l.saved.n }

// Counts returns what was counted since New or Recover.
func (l *Lessor) Counts() Counts { return l.counts }

// Lookup returns a lease.
func (l *Lessor) Lookup(id ID) (Lease, bool) {
	saved, found := l.saved.get(item{id: id})
	if !found {
		return Lease{}, false
	}
	return l.lease(saved), true
}

func (l *Lessor) lease(saved item) Lease {
	it, runs := l.expiries.get(item{id: saved.id})
	return Lease{ID: saved.id, TTL: l.ttl(saved), Checkpoint: saved.b, Forever: !runs, Expiry: sim.Time(it.a)}
}

// All visits the leases in the order of their ids, from one on, one by one.
func (l *Lessor) All(from ID) iter.Seq[Lease] {
	return func(yield func(Lease) bool) {
		for saved := range l.saved.from(item{id: from}) {
			if !yield(l.lease(saved)) {
				return
			}
		}
	}
}

// Leases returns all leases, the first to expire first; those of the same expiry, and so all of them on other members
// than the primary, in the order of their ids (etcd leaves that order open).
func (l *Lessor) Leases() []Lease {
	list := make([]Lease, 0, l.saved.n)
	for one := range l.All(lowest) {
		list = append(list, one)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Expiry < list[j].Expiry })
	return list
}

// Keys returns the keys of a lease, in order.
func (l *Lessor) Keys(id ID) []string {
	var keys []string
	for it := range l.attached.from(item{id: id}) {
		if it.id != id {
			break
		}
		keys = append(keys, it.key)
	}
	return keys
}

// Owner returns the lease of a key, or None.
func (l *Lessor) Owner(key string) ID {
	it, _ := l.owners.get(item{key: key})
	return ID(it.a)
}

// TimeToLive is the answer to the question how long a lease has to go, in etcd's words.
type TimeToLive struct {
	TTL        int64 // whole seconds that are left, cut off; -1: no such lease
	GrantedTTL int64
	Keys       []string // in order, if asked for; etcd leaves the order open
}

// TimeToLive tells how long a lease has to go. An expired lease that has not been revoked yet has 0 s to go, then -1
// like one that is gone, -2 and so on, as in etcd. Only the primary can answer: on another member the error is
// ErrNotPrimary, and that member asks the leader; a leader that has just lost its office says that the leader has
// changed.
//
// Reference: etcd etcdserver/v3_server.go leaseTimeToLive, api/v3rpc/lease.go LeaseTimeToLive.
func (l *Lessor) TimeToLive(now sim.Time, id ID, keys bool) (TimeToLive, error) {
	one, found := l.Lookup(id)
	if !found {
		return TimeToLive{TTL: -1}, nil
	}
	if one.Forever {
		return TimeToLive{}, ErrNotPrimary
	}
	t := TimeToLive{TTL: seconds(one.Expiry - now), GrantedTTL: one.TTL}
	if keys {
		t.Keys = l.Keys(id)
	}
	return t, nil
}

// Hash returns a digest of the whole state. It costs the same however many leases there are.
func (l *Lessor) Hash() uint64 {
	h := rng.Mix(uint64(l.cfg.MinTTL), uint64(l.cfg.Retry))
	if l.primary {
		h = rng.Mix(h, 1)
	}
	if l.cfg.Checkpoints {
		h = rng.Mix(h, 2)
	}
	for _, t := range [...]*node{l.saved.root, l.attached.root, l.expiries.root, l.checkpoints.root} {
		h = rng.Mix(h, t.sum()) // owners and queue say the same in another order
	}
	for _, n := range [...]int64{l.counts.Granted, l.counts.Revoked, l.counts.Renewed} {
		h = rng.Mix(h, uint64(n))
	}
	return h
}
