package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Handlers. In etcd a goroutine serves each request. Most wait for their entry to be applied (waits) or for a round of
// ReadIndex (reads); those here wait for something else: that what the loop has handed out is applied, that the member
// is known to lead still, that somebody leads to whom the request can be passed on, or for that one's answer
// (etcdserver/v3_server.go, LeaseRenew, LeaseTimeToLive; server.go, PromoteMember, MoveLeader, revokeExpiredLeases).
//
// What they see of Raft is what the Ready loop has taken of it: who leads (lead) and what is committed (taken). While
// the loop waits for the disk, both stay as they are, whatever Raft itself has heard meanwhile.

// handler is one that waits.
type handler struct {
	req    *Request         // nil: one of the member's own
	leases []lease.ID       // of its own: expired ones, to be revoked if it leads
	rest   *lease.Remaining // likewise: a checkpoint, to be proposed if it leads
	header api.Header       // of the answer to a keep-alive: as it was when that came (api/v3rpc/lease.go, leaseKeepAlive)
	waits  waiting
	index  raft.Index // forApply: of what
	round  uint64     // forLeadership: of ReadIndex
	at     sim.Time   // when it looks again, or gives up waiting; 0: it does not
	until  sim.Time   // once it has begun to pass the request on: when it stops
}

// waiting is what a handler waits for.
type waiting uint8

const (
	forApply      waiting = iota // until index is applied
	forLeadership                // until a round of ReadIndex shows that the member leads
	forLeader                    // looks from time to time whether somebody leads
	forAnswer                    // of the one that it passed the request on to
	forPause                     // before it passes it on again
	forRevoke                    // until the lease is revoked, or expires here no more
	forTransfer                  // until another member leads
)

const (
	applyTimeout = sim.Second // waitAppliedIndex, leasehttp
	// between two tries to reach the leader (LeaseRenew; the others do not pause at all)
	forwardPause = 50 * sim.Millisecond
	activeTicks  = 3                   // so many ticks after its last one a loop counts as alive (server.go, isActive)
	never        = sim.Time(1)<<62 - 1 // no wake is under way
)

// leads reports whether the member leads as far as its Ready loop knows (server.go, isLeader).
func (m *Member) leads() bool { return m.lead != raft.None && m.lead == m.id() }

func (m *Member) electionTimeout() sim.Time { return m.cfg.Tick * sim.Time(m.cfg.ElectionTicks) }

func (m *Member) wait(h handler, what waiting, at sim.Time) {
	h.waits, h.at = what, at
	m.handlers = append(m.handlers, h)
}

// waitApplied lets a request go on when everything that the loop has handed out is applied (v3_server.go,
// waitAppliedIndex).
func (m *Member) waitApplied(now sim.Time, h handler, out *Output) {
	if h.index = m.taken; h.index <= m.applied {
		m.proceed(now, h, out)
		return
	}
	m.wait(h, forApply, now+applyTimeout)
}

// ensureLeadership lets a handler go on when it is sure that the member leads. It is as long as its loop counts ticks;
// else a round of ReadIndex tells (server.go, ensureLeadership).
func (m *Member) ensureLeadership(now sim.Time, h handler, out *Output) {
	if now < m.tickedAt+activeTicks*m.cfg.Tick {
		m.ensured(now, h, true, out)
		return
	}
	h.round = m.reads.rounds + 1
	m.wait(h, forLeadership, now+m.cfg.RequestTimeout())
	m.reads.wanted = true
	m.startRead(now, out)
}

// ensured goes on with what depends on the member's leadership.
func (m *Member) ensured(now sim.Time, h handler, leads bool, out *Output) {
	switch {
	case leads && h.rest != nil:
		m.run(now, api.LeaseCheckpoint{ID: int64(h.rest.ID), Remaining: h.rest.TTL}, errand{renew: h.req, header: h.header},
			out)
	case leads && h.req == nil:
		m.revoking.queue = append(m.revoking.queue, h.leases...)
		m.revokeNext(now, out)
	case leads:
		m.waitApplied(now, h, out)
	case h.req != nil && h.rest != nil:
		m.again(now, h, api.ErrNotPrimary, out)
	case h.req != nil:
		m.reject(h.req, api.ErrNotPrimary, out)
	}
}

// proceed does what a request asks for at a member that has applied what there was.
func (m *Member) proceed(now sim.Time, h handler, out *Output) {
	switch c := h.req.Call.(type) {
	case api.LeaseKeepAlive:
		m.renewed(now, h, m.lessor.Renew(now, lease.ID(c.ID)), out)
	case api.LeaseTimeToLive:
		m.timeToLive(now, h, c, out)
	case api.MemberPromote:
		m.promote(now, h, out)
	}
}

// again goes on with a request that this member cannot answer: another leads, or the lessor does not know yet that this
// one does. Who passed the request on is told, and tries again; a client's request is passed on, as often as the time
// allows.
func (m *Member) again(now sim.Time, h handler, why string, out *Output) {
	switch {
	case h.req.Client.IsMember():
		m.reject(h.req, why, out)
	case h.until == 0:
		m.passOn(now, h, out)
	default:
		m.wait(h, forPause, now+forwardPause)
	}
}

// passOn hands a request to the leader, over the connection between members. It may be this member itself, which then
// serves it like another's.
func (m *Member) passOn(now sim.Time, h handler, out *Output) {
	if h.until == 0 {
		h.until = now + m.cfg.RequestTimeout()
	}
	switch to := m.HostOf(m.lead); {
	case now >= h.until && m.lead == raft.None:
		m.reject(h.req, api.ErrNoLeader, out)
	case now >= h.until:
		m.reject(h.req, api.ErrTimeout, out)
	case m.lead == raft.None:
		m.wait(h, forLeader, min(now+m.electionTimeout(), h.until))
	case m.leads():
		m.waitApplied(now, h, out)
	case to == 0: // nobody listens there
		m.wait(h, forPause, now+forwardPause)
	default:
		m.wait(h, forAnswer, h.until)
		onward := *h.req
		onward.Client = m.host
		out.Forwards = append(out.Forwards, Forward{to, &onward})
	}
}

// Relayed takes the leader's answer to a request that the member has passed on, or the news that the connection failed
// (api.ErrConnection). The client gets the answer under this member's own header.
func (m *Member) Relayed(now sim.Time, resp *Response, out *Output) {
	if m.hold(input{kind: inRelayed, resp: resp}) || m.hashed(resp) {
		return
	}
	m.resume(now, func(h *handler) bool { return h.waits == forAnswer && h.req.ID == resp.ID }, func(h handler) {
		if resp.Err != "" && !final(h.req.Call, resp.Err) {
			m.wait(h, forPause, now+forwardPause)
			return
		}
		own := *resp
		own.Header = m.reply(nil).Header
		switch h.req.Call.(type) {
		case api.LeaseKeepAlive:
			own.Header = h.header
		case api.MemberPromote:
			own.Header.Revision = 0
		}
		m.respond(h.req, &own, out)
	})
	m.round(now, out)
}

// final reports whether an error that came back is the answer. All others are a reason to try again (server.go,
// PromoteMember; of a lease that is not there the answer is no error).
func final(c api.Call, err string) bool {
	_, promotes := c.(api.MemberPromote)
	return promotes && (err == api.ErrLearnerNotReady || err == api.ErrMemberNotFound || err == api.ErrNotLearner)
}

// resume takes handlers off the list that have what they wait for, and lets them go on in the order in which they came.
func (m *Member) resume(now sim.Time, ready func(*handler) bool, goOn func(handler)) {
	var list []handler
	for i := range m.handlers {
		if ready(&m.handlers[i]) {
			list = append(list, m.handlers[i])
		}
	}
	if list == nil {
		return
	}
	var rest []handler
	for i := range m.handlers {
		if !ready(&m.handlers[i]) {
			rest = append(rest, m.handlers[i])
		}
	}
	m.handlers = rest
	for _, h := range list {
		goOn(h)
	}
}

// appliedMore lets handlers go on whose index is applied.
func (m *Member) appliedMore(now sim.Time, out *Output) {
	m.resume(now, func(h *handler) bool { return h.waits == forApply && h.index <= m.applied },
		func(h handler) { m.proceed(now, h, out) })
}

// release lets keep-alives go on that waited for a lease to be revoked; lease.None: all of them.
func (m *Member) release(now sim.Time, id lease.ID, out *Output) {
	m.resume(now, func(h *handler) bool {
		return h.waits == forRevoke && (id == lease.None || lease.ID(h.req.Call.(api.LeaseKeepAlive).ID) == id)
	}, func(h handler) { m.proceed(now, h, out) })
}

// look lets those go on whose time has come.
func (m *Member) look(now sim.Time, out *Output) {
	m.resume(now, func(h *handler) bool { return h.at != 0 && h.at <= now }, func(h handler) {
		switch h.waits {
		case forApply:
			m.appliedLate(now, h, out)
		case forLeadership:
			m.ensured(now, h, false, out)
		case forLeader, forPause:
			m.passOn(now, h, out)
		case forAnswer:
			m.reject(h.req, api.ErrTimeout, out)
		case forTransfer:
			m.endTransfer(now, h, out)
		}
	})
}

// appliedLate ends the wait for an index: for the client with an error, for a leader that asked itself with another
// try.
func (m *Member) appliedLate(now sim.Time, h handler, out *Output) {
	if h.until != 0 {
		m.wait(h, forPause, now+forwardPause)
		return
	}
	m.reject(h.req, api.ErrTimeoutApplied, out)
}

// armLook asks for a wake when the next handler, or the round of ReadIndex, has waited long enough.
func (m *Member) armLook(now sim.Time, out *Output) {
	next := m.reads.next()
	for i := range m.handlers {
		if at := m.handlers[i].at; at != 0 {
			next = min(next, at)
		}
	}
	if next = max(next, now+1); next < m.lookAt { // a process that was paused finds times that have passed
		m.lookAt = next
		out.Wakes = append(out.Wakes, Wake{next, WakeLook, m.life})
	}
}

// wakeLook is that wake.
func (m *Member) wakeLook(now sim.Time, out *Output) {
	if now >= m.lookAt {
		m.lookAt = never
	}
	m.retryRead(now, out)
	m.look(now, out)
}
