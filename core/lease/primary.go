package lease

import (
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// refresh lets a lease run for some seconds from now on.
func (l *Lessor) refresh(now sim.Time, id ID, ttl int64) {
	at := now + sim.Time(ttl)*sim.Second
	l.schedule(id, at, at)
}

// schedule writes down when a lease expires and when the scan looks at it.
func (l *Lessor) schedule(id ID, expiry, look sim.Time) {
	if it, found := l.expiries.get(item{id: id}); found {
		l.queue.remove(item{at: sim.Time(it.b), id: id})
	}
	l.expiries.put(item{id: id, a: int64(expiry), b: int64(look)})
	l.queue.put(item{at: look, id: id})
}

// unschedule takes the time away from a lease.
func (l *Lessor) unschedule(id ID) {
	if it, found := l.expiries.get(item{id: id}); found {
		l.queue.remove(item{at: sim.Time(it.b), id: id})
		l.expiries.remove(item{id: id})
	}
}

// Expiry is an expired lease that is to be revoked.
type Expiry struct {
	ID    ID
	Since sim.Time // when it expired
	Again bool     // it was handed out before, and is still there
	Rule  rule.ID
}

// Expired returns leases that are to be revoked, the longest expired first, at most as many as the limit says. Each is
// put off for the retry interval, after which it is returned again if nobody has revoked it. Not the primary: none.
//
// Reference: etcd lease/lessor.go findExpiredLeases, expireExists.
func (l *Lessor) Expired(now sim.Time, limit int) []Expiry {
	var out []Expiry
	for len(out) < limit {
		next, ok := l.queue.first()
		if !ok || next.at > now {
			break
		}
		it, _ := l.expiries.get(item{id: next.id})
		e := Expiry{ID: next.id, Since: sim.Time(it.a), Again: it.a != it.b, Rule: rule.LeaseExpiresAtLeader}
		if e.Again {
			e.Rule = rule.LeaseRevokeRetried
		}
		out = append(out, e)
		l.schedule(e.ID, e.Since, now+l.cfg.Retry)
	}
	return out
}

// Next returns when Expired or DueCheckpoints has something to return; false means that it never will have as things
// are. A caller that scans only then, at the next multiple of ScanInterval, misses nothing.
func (l *Lessor) Next() (at sim.Time, ok bool) {
	first, ok := l.queue.first()
	second, also := l.checkpoints.first()
	if also && (!ok || second.at < first.at) {
		return second.at, true
	}
	return first.at, ok
}

// Outcome is what became of a keep-alive.
type Outcome uint8

// The outcomes.
const (
	Renewed    Outcome = iota // the lease runs for its whole TTL again
	NotFound                  // the client gets a TTL of 0
	NotPrimary                // it goes to the leader

	// MustWait: the lease has expired and is to be revoked, which may fail. The caller lets the keep-alive wait until the
	// lease is revoked, and then it is NotFound, or the lessor demoted, and then it is NotPrimary.
	MustWait

	// MustClear: a checkpoint would shorten the lease at the next change of leader. The caller proposes a checkpoint of 0
	// and calls Refresh when the proposal has come to an end, good or bad.
	MustClear
)

// Renewal is the answer to a keep-alive.
type Renewal struct {
	Outcome Outcome
	TTL     int64 // seconds, if renewed
	Rule    rule.ID
}

// Renew answers a keep-alive.
//
// Reference: etcd lease/lessor.go Renew.
func (l *Lessor) Renew(now sim.Time, id ID) Renewal {
	if !l.primary {
		return Renewal{Outcome: NotPrimary, Rule: rule.LeaseExpiresAtLeader}
	}
	saved, found := l.saved.get(item{id: id})
	if !found {
		return Renewal{Outcome: NotFound}
	}
	if it, _ := l.expiries.get(item{id: id}); sim.Time(it.a) <= now {
		return Renewal{Outcome: MustWait, Rule: rule.RenewalWaitsForRevoke}
	}
	if l.cfg.Checkpoints && saved.b > 0 {
		return Renewal{Outcome: MustClear, Rule: rule.LeaseCheckpoints}
	}
	return l.Refresh(now, id)
}

// Refresh ends a keep-alive that had to clear a checkpoint. If that did not succeed the lease gets only what the
// checkpoint left, though the client gets the whole TTL; so does etcd.
func (l *Lessor) Refresh(now sim.Time, id ID) Renewal {
	if !l.primary {
		return Renewal{Outcome: NotPrimary, Rule: rule.LeaseExpiresAtLeader}
	}
	saved, found := l.saved.get(item{id: id})
	if !found {
		return Renewal{Outcome: NotFound}
	}
	l.refresh(now, id, l.left(saved))
	l.counts.Renewed++
	return Renewal{Outcome: Renewed, TTL: l.ttl(saved)}
}

// Remaining is a checkpoint to be proposed.
type Remaining struct {
	ID  ID
	TTL int64 // seconds, rounded up
}

// planCheckpoint plans the next checkpoint of a lease, if it has longer to go than until then. A lease can have several
// plans; those for the same instant are one (etcd would propose it twice).
func (l *Lessor) planCheckpoint(now sim.Time, id ID, ttl int64) {
	if l.cfg.Checkpoints && ttl > seconds(CheckpointInterval) {
		l.checkpoints.put(item{at: now + CheckpointInterval, id: id})
	}
}

// DueCheckpoints returns what is to be proposed, at most a batch. The caller asks again while batches are full, at most
// CheckpointBatches times a scan. A lease that was renewed within the last second has its whole TTL to go, rounded up;
// it is left out, and then nothing plans its next checkpoint before the leader changes. So does etcd.
//
// Reference: etcd lease/lessor.go findDueScheduledCheckpoints.
func (l *Lessor) DueCheckpoints(now sim.Time) []Remaining {
	var due []Remaining
	for len(due) < CheckpointBatch {
		plan, ok := l.checkpoints.first()
		if !ok || plan.at > now {
			break
		}
		l.checkpoints.remove(plan)
		saved, found := l.saved.get(item{id: plan.id})
		it, _ := l.expiries.get(item{id: plan.id})
		rest := seconds(sim.Time(it.a) - now + sim.Second - 1)
		if found && sim.Time(it.a) > now && rest < l.ttl(saved) {
			due = append(due, Remaining{plan.id, rest})
		}
	}
	return due
}
