package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Leases. Grants and revocations go through Raft. Keep-alives do not: the leader renews in its memory, and a member
// that gets one passes it on (etcdserver/v3_server.go; lease/leasehttp). When a lease expires the leader proposes to
// revoke it (server.go, revokeExpiredLeases).

func (m *Member) leaseConfig() lease.Config {
	return lease.Config{
		MinTTL: lease.MinTTL(m.cfg.ElectionTicks, m.cfg.Tick), Retry: m.cfg.RequestTimeout(),
		Checkpoints: m.cfg.LeaseCheckpoints,
	}
}

// pickLease names a lease as etcd does: the member's id, the instant of its start, and a count (pkg/idutil/id.go).
func (m *Member) pickLease(now sim.Time) int64 {
	m.own++
	const millis, count = 40, 8
	start := uint64(epoch*1000+int64(m.startedAt/sim.Millisecond))&(1<<millis-1)<<count + uint64(m.own)
	return int64((m.cluster.of(m.id()).id<<48 | start&(1<<48-1)) &^ (1 << 63))
}

// serveLease answers what only the leader knows, or passes the question on to it. What another member has passed on
// comes over HTTP, to a handler that asks the lessor and does not look who leads (lease/leasehttp/http.go, ServeHTTP).
func (m *Member) serveLease(now sim.Time, req *Request, out *Output) {
	h := handler{req: req, header: m.reply(nil).Header}
	_, renews := req.Call.(api.LeaseKeepAlive)
	switch {
	case req.Client.IsMember():
		m.waitApplied(now, h, out)
	case !m.leads():
		m.passOn(now, h, out)
	case renews:
		m.ensureLeadership(now, h, out)
	default:
		m.waitApplied(now, h, out)
	}
}

func (m *Member) timeToLive(now sim.Time, h handler, c api.LeaseTimeToLive, out *Output) {
	t, err := m.lessor.TimeToLive(now, lease.ID(c.ID), c.Keys)
	switch {
	case err == nil:
		m.tell(h.req, api.LeaseTimeToLiveReply{ID: c.ID, TTL: t.TTL, Granted: t.GrantedTTL, Keys: t.Keys}, out)
	case h.until == 0: // it leads, but does not know yet what that means for the leases
		m.reject(h.req, api.ErrLeaderChanged, out)
	default:
		m.again(now, h, api.ErrNotPrimary, out)
	}
}

// renewed does what a lessor said to a keep-alive.
func (m *Member) renewed(now sim.Time, h handler, r lease.Renewal, out *Output) {
	c := h.req.Call.(api.LeaseKeepAlive)
	switch r.Outcome {
	case lease.Renewed, lease.NotFound:
		reply := api.Reply{Header: h.header, Body: api.LeaseKeepAliveReply{ID: c.ID, TTL: r.TTL}}
		m.respond(h.req, &Response{ID: h.req.ID, Reply: reply, Executed: true}, out)
		m.armLeases(now, out)
	case lease.MustWait:
		m.wait(h, forRevoke, 0)
	case lease.MustClear:
		h.rest = &lease.Remaining{ID: lease.ID(c.ID)}
		m.ensureLeadership(now, h, out)
	case lease.NotPrimary:
		m.again(now, h, api.ErrNotPrimary, out)
	}
}

// refreshLease ends a keep-alive that had to clear a checkpoint.
func (m *Member) refreshLease(now sim.Time, h handler, out *Output) {
	m.renewed(now, h, m.lessor.Refresh(now, lease.ID(h.req.Call.(api.LeaseKeepAlive).ID)), out)
}

func (m *Member) applyGrant(now sim.Time, c api.LeaseGrant, out *Output) (api.Body, string) {
	g, err := m.lessor.Grant(now, lease.ID(c.ID), c.TTL)
	if err != nil {
		return nil, err.Error()
	}
	m.tally.ttlSum += g.TTL
	m.armLeases(now, out)
	return api.LeaseGrantReply{ID: c.ID, TTL: g.TTL}, ""
}

// applyRevoke ends a lease and deletes its keys, all as one revision, in their order.
func (m *Member) applyRevoke(now sim.Time, c api.LeaseRevoke, out *Output) string {
	keys, err := m.lessor.Revoke(lease.ID(c.ID))
	if err != nil {
		return err.Error()
	}
	before := m.tally.ops()
	tx := m.store.Write()
	for _, k := range keys {
		m.tally.deletes++
		tx.DeleteRange(k, "")
	}
	m.tally.endTxn(before)
	tx.End()
	m.release(now, lease.ID(c.ID), out)
	return ""
}

// promoteLeases makes the lessor of a new leader the one that knows when leases expire.
func (m *Member) promoteLeases(now sim.Time, out *Output) {
	if !m.leads() {
		return
	}
	p := m.lessor.Promote(now, m.electionTimeout())
	if p.Leases > 0 {
		out.event(Event{Kind: LeasesPromoted, Rule: p.Rule, Count: p.Leases})
	}
	m.armLeases(now, out)
}

// demoteLeases takes that away from a member that does not lead any more.
func (m *Member) demoteLeases(now sim.Time, out *Output) {
	if m.lessor.Primary() && !m.leads() {
		m.lessor.Demote()
		m.release(now, lease.None, out)
	}
}

// revoking are expired leases on their way out.
type revoking struct {
	queue []lease.ID
	under int // proposals under way
}

// armLeases asks for a wake when the lessor has something to do: at the next of its scans, which come every half
// second.
func (m *Member) armLeases(now sim.Time, out *Output) {
	next, ok := m.lessor.Next()
	if !ok {
		return
	}
	next = max(next, now+1)
	at := next + (lease.ScanInterval-(next-m.startedAt)%lease.ScanInterval)%lease.ScanInterval
	if m.leaseScan == 0 || at < m.leaseScan || m.leaseScan <= now {
		m.leaseScan = at
		out.Wakes = append(out.Wakes, Wake{at, WakeLeases, m.life})
	}
}

// scanLeases looks for what has expired, and for checkpoints that are due.
func (m *Member) scanLeases(now sim.Time, out *Output) {
	if now != m.leaseScan {
		return // a later scan was put forward
	}
	m.leaseScan = 0
	for _, r := range m.lessor.DueCheckpoints(now) {
		m.ensureLeadership(now, handler{rest: &r}, out)
	}
	var expired []lease.ID
	for _, e := range m.lessor.Expired(now, lease.RevokeLimit) {
		out.event(Event{Kind: LeaseExpired, Rule: e.Rule, Request: uint64(e.ID)})
		expired = append(expired, e.ID)
	}
	if expired != nil {
		m.ensureLeadership(now, handler{leases: expired}, out)
	}
	m.armLeases(now, out)
}

// revokeNext proposes to revoke leases that have expired, at most so many at a time. Once begun it goes on, whoever
// leads: so does etcd.
func (m *Member) revokeNext(now sim.Time, out *Output) {
	r := &m.revoking
	for r.under < lease.MaxPendingRevokes && len(r.queue) > 0 {
		id := r.queue[0]
		r.queue = r.queue[1:]
		r.under++
		m.run(now, api.LeaseRevoke{ID: int64(id)}, errand{revoke: true}, out)
	}
}

// Lessor returns the member's leases. It is for looking.
func (m *Member) Lessor() *lease.Lessor { return &m.lessor }
