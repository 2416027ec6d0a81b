package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Leases. Grants and revocations go through Raft. Keep-alives do not: the leader renews in its memory, and a member that gets one passes it on
// (etcdserver/v3_server.go; lease/leasehttp). When a lease expires the leader proposes to revoke it (server.go, revokeExpiredLeases).

func (m *Member) leaseConfig() lease.Config {
	return lease.Config{
		MinTTL: lease.MinTTL(m.cfg.ElectionTicks, m.cfg.Tick), Retry: m.cfg.RequestTimeout(), Checkpoints: m.cfg.LeaseCheckpoints,
	}
}

// pickLease names a lease as etcd does: the member's id, the instant of its start, and a count (pkg/idutil/id.go).
func (m *Member) pickLease(now sim.Time) int64 {
	m.own++
	const millis, count = 40, 8
	start := uint64(epoch*1000+int64(m.startedAt/sim.Millisecond))&(1<<millis-1)<<count + uint64(m.own)
	return int64((m.cluster.of(m.id()).id<<48 | start&(1<<48-1)) &^ (1 << 63))
}

// serveLease answers what only the leader knows, or passes the question on to it.
func (m *Member) serveLease(now sim.Time, req *Request, out *Output) {
	lead := m.node.Lead()
	switch {
	case lead == raft.None:
		m.await(now, req, out)
		m.parked = append(m.parked, req)
	case lead != m.id():
		m.forward(now, req, out)
	case m.applied < m.node.Commit():
		m.later = append(m.later, later{m.node.Commit(), now + applyTimeout, req})
	default:
		m.answerLease(now, req, out)
	}
}

// forward passes a request on to the leader, over the connection between members, and waits for the answer to pass it back.
func (m *Member) forward(now sim.Time, req *Request, out *Output) {
	m.await(now, req, out)
	m.waits[len(m.waits)-1].proposed = true
	onward := *req
	onward.Client = m.host
	out.Forwards = append(out.Forwards, Forward{m.HostOf(m.node.Lead()), &onward})
}

// Relayed takes the leader's answer to a request that the member has passed on. The client gets it under this member's own header.
func (m *Member) Relayed(resp *Response, out *Output) {
	if m.node == nil || m.paused || m.hashed(resp) {
		return
	}
	own := *resp
	own.Header = m.reply(nil).Header
	m.answer(own, out)
}

// later is a question that waits until everything committed is applied, and for one second at most (v3_server.go, waitAppliedIndex).
type later struct {
	index    raft.Index
	deadline sim.Time
	req      *Request
}

const applyTimeout = sim.Second

// answerLater answers the questions whose time has come.
func (m *Member) answerLater(now sim.Time, out *Output) {
	waiting := m.later
	m.later = nil
	for _, l := range waiting {
		switch {
		case l.index <= m.applied:
			m.serveLease(now, l.req, out)
		case l.deadline <= now:
			m.reject(l.req, api.ErrTimeoutApplied, out)
		default:
			m.later = append(m.later, l)
		}
	}
}

func (m *Member) answerLease(now sim.Time, req *Request, out *Output) {
	if c, ok := req.Call.(api.LeaseTimeToLive); ok {
		t, err := m.lessor.TimeToLive(now, lease.ID(c.ID), c.Keys)
		if err != nil {
			m.reject(req, api.ErrLeaderChanged, out) // it leads, but does not know yet what that means for the leases
			return
		}
		m.tell(req, api.LeaseTimeToLiveReply{ID: c.ID, TTL: t.TTL, Granted: t.GrantedTTL, Keys: t.Keys}, out)
		return
	}
	id := lease.ID(req.Call.(api.LeaseKeepAlive).ID)
	m.renewed(now, req, m.lessor.Renew(now, id), out)
}

// renewed does what a lessor said to a keep-alive.
func (m *Member) renewed(now sim.Time, req *Request, r lease.Renewal, out *Output) {
	c := req.Call.(api.LeaseKeepAlive)
	switch r.Outcome {
	case lease.Renewed, lease.NotFound:
		m.tell(req, api.LeaseKeepAliveReply{ID: c.ID, TTL: r.TTL}, out)
		m.armLeases(now, out)
	case lease.MustWait:
		m.renewals = append(m.renewals, req)
	case lease.MustClear:
		m.run(now, api.LeaseCheckpoint{ID: c.ID}, errand{renew: req}, out)
	case lease.NotPrimary: // it has been elected, but not yet applied the entry that makes its lessor the primary
		m.later = append(m.later, later{m.applied + 1, now + applyTimeout, req})
	}
}

func (m *Member) refreshLease(now sim.Time, req *Request, out *Output) {
	m.renewed(now, req, m.lessor.Refresh(now, lease.ID(req.Call.(api.LeaseKeepAlive).ID)), out)
}

// release lets keep-alives go on that waited for a lease to be revoked; lease.None: all of them.
func (m *Member) release(now sim.Time, id lease.ID, out *Output) {
	waiting := m.renewals
	m.renewals = nil
	for _, req := range waiting {
		if of := lease.ID(req.Call.(api.LeaseKeepAlive).ID); id == lease.None || of == id {
			m.serveLease(now, req, out)
		} else {
			m.renewals = append(m.renewals, req)
		}
	}
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
	if !m.Leads() {
		return
	}
	p := m.lessor.Promote(now, m.cfg.Tick*sim.Time(m.cfg.ElectionTicks))
	if p.Leases > 0 {
		out.event(Event{Kind: LeasesPromoted, Rule: p.Rule, Count: p.Leases})
	}
	m.armLeases(now, out)
}

// demoteLeases takes that away from a member that does not lead any more.
func (m *Member) demoteLeases(now sim.Time, out *Output) {
	if m.lessor.Primary() && !m.Leads() {
		m.lessor.Demote()
		m.revoking = revoking{}
		m.release(now, lease.None, out)
	}
}

// revoking are expired leases on their way out.
type revoking struct {
	queue []lease.ID
	under int // proposals under way
}

// armLeases asks for a wake when the lessor has something to do: at the next of its scans, which come every half second.
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
		m.run(now, api.LeaseCheckpoint{ID: int64(r.ID), Remaining: r.TTL}, errand{}, out)
	}
	for _, e := range m.lessor.Expired(now, lease.RevokeLimit) {
		out.event(Event{Kind: LeaseExpired, Rule: e.Rule, Request: uint64(e.ID)})
		m.revoking.queue = append(m.revoking.queue, e.ID)
	}
	m.revokeNext(now, out)
	m.armLeases(now, out)
}

// revokeNext proposes to revoke leases that have expired, at most so many at a time.
func (m *Member) revokeNext(now sim.Time, out *Output) {
	r := &m.revoking
	for r.under < lease.MaxPendingRevokes && len(r.queue) > 0 && m.Leads() {
		id := r.queue[0]
		r.queue = r.queue[1:]
		r.under++
		m.run(now, api.LeaseRevoke{ID: int64(id)}, errand{revoke: true}, out)
	}
}

// Lessor returns the member's leases. It is for looking.
func (m *Member) Lessor() *lease.Lessor { return &m.lessor }
