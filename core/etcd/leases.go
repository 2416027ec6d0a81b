package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Leases. Grants and revocations go through Raft. Keep-alives do not: the leader renews in its memory, and a member
// that gets one passes it on (etcdserver/v3_server.go; lease/leasehttp). When a lease expires the leader proposes to
// revoke it (server.go, revokeExpiredLeases).

// pickLease names a lease as etcd does: the member's id, the instant of its start, and a count (pkg/idutil/id.go).
func (s *server) pickLease(t *turn) int64 {
	s.requests.own++
	const millis, count = 40, 8
	start := uint64(epoch*1000+int64(t.self.startedAt/sim.Millisecond))&(1<<millis-1)<<count + uint64(s.requests.own)
	return int64((t.applier.cluster.of(t.self.id).id<<48 | start&(1<<48-1)) &^ (1 << 63))
}

// serveLease answers what only the leader knows, or passes the question on to it. What another member has passed on
// comes over HTTP, to a handler that asks the lessor and does not look who leads (lease/leasehttp/http.go, ServeHTTP).
func (s *server) serveLease(t *turn, req *Request) {
	h := handler{req: req, header: t.applier.reply(t, nil).Header}
	_, renews := req.Call.(api.LeaseKeepAlive)
	switch {
	case req.Client.IsMember():
		s.waitApplied(t, h)
	case !t.loop.leads(t.self.id):
		s.passOn(t, h)
	case renews:
		s.ensureLeadership(t, h)
	default:
		s.waitApplied(t, h)
	}
}

func (s *server) timeToLive(t *turn, h handler, c api.LeaseTimeToLive) {
	left, err := t.applier.lessor.TimeToLive(t.now, lease.ID(c.ID), c.Keys)
	switch {
	case err == nil:
		s.requests.reply(t, h.req,
			api.LeaseTimeToLiveReply{ID: c.ID, TTL: left.TTL, Granted: left.GrantedTTL, Keys: left.Keys})
	case h.until == 0: // it leads, but does not know yet what that means for the leases
		s.requests.reject(t, h.req, api.ErrLeaderChanged)
	default:
		s.again(t, h, api.ErrNotPrimary)
	}
}

// renewed does what a lessor said to a keep-alive.
func (s *server) renewed(t *turn, h handler, r lease.Renewal) {
	c := h.req.Call.(api.LeaseKeepAlive)
	switch r.Outcome {
	case lease.Renewed, lease.NotFound:
		reply := api.Reply{Header: h.header, Body: api.LeaseKeepAliveReply{ID: c.ID, TTL: r.TTL}}
		s.requests.respond(t, h.req, &Response{ID: h.req.ID, Reply: reply, Executed: true})
		s.leases.arm(t)
	case lease.MustWait:
		s.handlers.wait(h, forRevoke, 0)
	case lease.MustClear:
		h.rest = &lease.Remaining{ID: lease.ID(c.ID)}
		s.ensureLeadership(t, h)
	case lease.NotPrimary:
		s.again(t, h, api.ErrNotPrimary)
	}
}

// refreshLease ends a keep-alive that had to clear a checkpoint.
func (s *server) refreshLease(t *turn, h handler) {
	s.renewed(t, h, t.applier.lessor.Refresh(t.now, lease.ID(h.req.Call.(api.LeaseKeepAlive).ID)))
}

func (a *applier) applyGrant(t *turn, c api.LeaseGrant) (api.Body, string) {
	g, err := a.lessor.Grant(t.now, lease.ID(c.ID), c.TTL)
	if err != nil {
		return nil, err.Error()
	}
	a.counters.ttlSum += g.TTL
	return api.LeaseGrantReply{ID: c.ID, TTL: g.TTL}, ""
}

// applyRevoke ends a lease and deletes its keys, all as one revision, in their order.
func (a *applier) applyRevoke(t *turn, c api.LeaseRevoke) string {
	keys, err := a.lessor.Revoke(lease.ID(c.ID))
	if err != nil {
		return err.Error()
	}
	before := a.counters.ops()
	tx := a.store.Write()
	for _, k := range keys {
		a.counters.deletes++
		tx.DeleteRange(k, "")
	}
	a.counters.endTxn(before)
	tx.End()
	return ""
}

// promote makes the lessor of a new leader the one that knows when leases expire.
func (w *leaseWork) promote(t *turn) {
	if !t.loop.leads(t.self.id) {
		return
	}
	p := t.applier.lessor.Promote(t.now, t.self.electionTimeout())
	if p.Leases > 0 {
		t.out.event(Event{Kind: LeasesPromoted, Rule: p.Rule, Count: p.Leases})
	}
	w.arm(t)
}

// demoteLeases takes that away from a member that does not lead any more.
func (s *server) demoteLeases(t *turn) {
	if t.applier.lessor.Primary() && !t.loop.leads(t.self.id) {
		t.applier.lessor.Demote()
		s.release(t, lease.None)
	}
}

// leaseWork is what a member does about leases of its own accord.
type leaseWork struct {
	revoking revoking
	// when the wake for the next scan comes; 0: none is under way
	scanAt sim.Time
}

// revoking are expired leases on their way out.
type revoking struct {
	queue []lease.ID
	under int // proposals under way
}

// arm asks for a wake when the lessor has something to do: at the next of its scans, which come every half
// second.
func (w *leaseWork) arm(t *turn) {
	next, ok := t.applier.lessor.Next()
	if !ok {
		return
	}
	next = max(next, t.now+1)
	at := next + (lease.ScanInterval-(next-t.self.startedAt)%lease.ScanInterval)%lease.ScanInterval
	if w.scanAt == 0 || at < w.scanAt || w.scanAt <= t.now {
		w.scanAt = at
		t.wake(at, WakeLeases)
	}
}

// scanLeases looks for what has expired, and for checkpoints that are due.
func (s *server) scanLeases(t *turn) {
	if t.now != s.leases.scanAt {
		return // a later scan was put forward
	}
	s.leases.scanAt = 0
	for _, r := range t.applier.lessor.DueCheckpoints(t.now) {
		s.ensureLeadership(t, handler{rest: &r})
	}
	var expired []lease.ID
	for _, e := range t.applier.lessor.Expired(t.now, lease.RevokeLimit) {
		t.out.event(Event{Kind: LeaseExpired, Rule: e.Rule, Request: uint64(e.ID)})
		expired = append(expired, e.ID)
	}
	if expired != nil {
		s.ensureLeadership(t, handler{leases: expired})
	}
	s.leases.arm(t)
}

// revokeNext proposes to revoke leases that have expired, at most so many at a time. Once begun it goes on, whoever
// leads: so does etcd.
func (s *server) revokeNext(t *turn) {
	r := &s.leases.revoking
	for r.under < lease.MaxPendingRevokes && len(r.queue) > 0 {
		id := r.queue[0]
		r.queue = r.queue[1:]
		r.under++
		s.proposeOwn(t, api.LeaseRevoke{ID: int64(id)}, proposal{revoke: true})
	}
}
