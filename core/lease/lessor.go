package lease

import (
	"math"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// ID is the name of a lease. A client may choose it; otherwise the member picks one.
type ID int64

// lowest is before every lease, to visit all of a tree.
const lowest ID = math.MinInt64

// Lessor is the leases of one member. Copying it clones it. New or Recover makes one.
//
// Reference: etcd server/lease/lessor.go lessor.
type Lessor struct {
	cfg     Config
	primary bool

	saved    tree // id; a: TTL as written, b: what was left at the last checkpoint, 0 if there was none
	attached tree // id, key
	owners   tree // key; a: id

	// Empty unless primary.
	expiries    tree // id; a: when it expires, b: when it is in the queue
	queue       tree // at, id. Invariant: one item for each of expiries
	checkpoints tree // at, id; leases that are gone may be in it

	counts Counts
}

// Counts is what etcd counts since the start of the process (lease/metrics.go). The leases that a member let expire are
// counted by its server.
type Counts struct {
	Granted, Revoked, Renewed int64 // etcd_debugging_lease_granted_total and its like
	// etcd_debugging_lease_ttl_total: granted with at most 1, 2, 4 … 2^23 s, and longer
	TTLs [25]int64
}

// New returns a lessor without leases, which is not primary.
func New(cfg Config) Lessor {
	if cfg.Retry <= 0 {
		cfg.Retry = DefaultRetry
	}
	return Lessor{cfg: cfg}
}

// Granted is a lease as it was granted.
type Granted struct {
	TTL  int64   // seconds
	Rule rule.ID // LeaseMinimumTTL if it is longer than asked for
}

// Grant applies the grant of a lease for some seconds. Every member does it; on the primary the time begins to run. The
// caller has put a number in the place of ID 0, which asks the member to pick one.
func (l *Lessor) Grant(now sim.Time, id ID, ttl int64) (Granted, error) {
	if id == None {
		return Granted{}, ErrNotFound // so etcd, which never gets here: v3_server.go LeaseGrant picks an id
	}
	if ttl > MaxTTL {
		return Granted{}, ErrTTLTooLarge
	}
	if _, found := l.saved.get(item{id: id}); found {
		return Granted{}, ErrExists
	}
	g := Granted{TTL: ttl}
	if ttl < l.cfg.MinTTL {
		g = Granted{l.cfg.MinTTL, rule.LeaseMinimumTTL}
	}
	l.saved.put(item{id: id, a: g.TTL})
	l.counts.granted(g.TTL)
	if l.primary {
		l.refresh(now, id, g.TTL)
		l.planCheckpoint(now, id, g.TTL)
	}
	return g, nil
}

func (c *Counts) granted(ttl int64) {
	c.Granted++
	bucket := 0
	for bucket < len(c.TTLs)-1 && ttl > 1<<bucket {
		bucket++
	}
	c.TTLs[bucket]++
}

// Revoke applies the revocation of a lease. It returns the keys that go with it, which the caller deletes in one
// transaction: in order, so that every member gives each of them the same revision.
func (l *Lessor) Revoke(id ID) ([]string, error) {
	if _, found := l.saved.get(item{id: id}); !found {
		return nil, ErrNotFound
	}
	keys := l.Keys(id)
	for _, key := range keys {
		l.Detach(key)
	}
	l.unschedule(id)
	l.saved.remove(item{id: id})
	l.counts.Revoked++
	return keys, nil
}

// Attach binds a key to a lease, and to no other: the last put of a key decides.
func (l *Lessor) Attach(id ID, key string) error {
	if _, found := l.saved.get(item{id: id}); !found {
		return ErrNotFound
	}
	l.Detach(key)
	l.attached.put(item{id: id, key: key})
	l.owners.put(item{key: key, a: int64(id)})
	return nil
}

// Detach frees a key from its lease, if it has one: it was deleted, or put without a lease.
func (l *Lessor) Detach(key string) {
	if l.owners.n == 0 {
		return // most stores have no leases at all, and are asked about every put
	}
	if id := l.Owner(key); id != None {
		l.attached.remove(item{id: id, key: key})
		l.owners.remove(item{key: key})
	}
}

// Checkpoint applies what was left of a lease, in seconds, when its primary wrote it down; 0 takes it back. It changes
// no expiry: Promote reads it. A lease that is gone is not missed.
func (l *Lessor) Checkpoint(now sim.Time, id ID, remaining int64) {
	it, found := l.saved.get(item{id: id})
	if !found {
		return
	}
	it.a, it.b = l.ttl(it), remaining // in the backend too, as with a cluster of etcd 3.6 (shouldPersistCheckpoints)
	l.saved.put(it)
	if l.primary {
		l.planCheckpoint(now, id, l.left(it))
	}
}

// ttl returns the time to live of a lease. A member that restarts with a longer minimum raises what its backend holds,
// but does not write that back (lease/lessor.go initAndRecover).
func (l *Lessor) ttl(saved item) int64 { return max(saved.a, l.cfg.MinTTL) }

// left returns the seconds that a lease gets when its time begins: the whole TTL, unless a checkpoint says less.
func (l *Lessor) left(saved item) int64 {
	if saved.b > 0 {
		return saved.b
	}
	return l.ttl(saved)
}

// Saved is the part of a lessor that a member's backend holds. It is a value, and cheap to take.
type Saved struct{ leases tree }

// Saved returns what is to be kept.
func (l *Lessor) Saved() Saved { return Saved{l.saved} }

// Len returns the number of leases kept.
func (s Saved) Len() int { return s.leases.n }

// Hash returns a digest of the leases kept.
func (s Saved) Hash() uint64 { return s.leases.root.sum() }

// Recover makes a lessor of what a backend held. It is not primary, and no key is attached yet.
func Recover(cfg Config, s Saved) Lessor {
	l := New(cfg)
	l.saved = s.leases
	return l
}
