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

// handlers are those that wait, oldest wait first.
type handlers struct {
	list []handler
	at   sim.Time // when the next wake for them comes; never: none is under way
}

func (l *handlers) wait(h handler, what waiting, at sim.Time) {
	h.waits, h.at = what, at
	l.list = append(l.list, h)
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

// waitApplied lets a request go on when everything that the loop has handed out is applied (v3_server.go,
// waitAppliedIndex).
func (s *server) waitApplied(t *turn, h handler) {
	if h.index = t.loop.taken; h.index <= t.applier.applied {
		s.proceed(t, h)
		return
	}
	s.handlers.wait(h, forApply, t.now+applyTimeout)
}

// ensureLeadership lets a handler go on when it is sure that the member leads. It is as long as its loop counts ticks;
// else a round of ReadIndex tells (server.go, ensureLeadership).
func (s *server) ensureLeadership(t *turn, h handler) {
	if t.now < t.loop.tickedAt+activeTicks*t.self.cfg.Tick {
		s.ensured(t, h, true)
		return
	}
	h.round = s.reads.rounds + 1
	s.handlers.wait(h, forLeadership, t.now+t.self.cfg.RequestTimeout())
	s.reads.wanted = true
	s.startRead(t)
}

// ensured goes on with what depends on the member's leadership.
func (s *server) ensured(t *turn, h handler, leads bool) {
	switch {
	case leads && h.rest != nil:
		s.proposeOwn(t, api.LeaseCheckpoint{ID: int64(h.rest.ID), Remaining: h.rest.TTL},
			proposal{renew: h.req, header: h.header})
	case leads && h.req == nil:
		s.leases.revoking.queue = append(s.leases.revoking.queue, h.leases...)
		s.revokeNext(t)
	case leads:
		s.waitApplied(t, h)
	case h.req != nil && h.rest != nil:
		s.again(t, h, api.ErrNotPrimary)
	case h.req != nil:
		s.requests.reject(t, h.req, api.ErrNotPrimary)
	}
}

// proceed does what a request asks for at a member that has applied what there was.
func (s *server) proceed(t *turn, h handler) {
	switch c := h.req.Call.(type) {
	case api.LeaseKeepAlive:
		s.renewed(t, h, t.applier.lessor.Renew(t.now, lease.ID(c.ID)))
	case api.LeaseTimeToLive:
		s.timeToLive(t, h, c)
	case api.MemberPromote:
		s.promote(t, h)
	}
}

// again goes on with a request that this member cannot answer: another leads, or the lessor does not know yet that this
// one does. Who passed the request on is told, and tries again; a client's request is passed on, as often as the time
// allows.
func (s *server) again(t *turn, h handler, why string) {
	switch {
	case h.req.Client.IsMember():
		s.requests.reject(t, h.req, why)
	case h.until == 0:
		s.passOn(t, h)
	default:
		s.handlers.wait(h, forPause, t.now+forwardPause)
	}
}

// passOn hands a request to the leader, over the connection between members. It may be this member itself, which then
// serves it like another's.
func (s *server) passOn(t *turn, h handler) {
	if h.until == 0 {
		h.until = t.now + t.self.cfg.RequestTimeout()
	}
	switch to := t.applier.cluster.hostOf(t.loop.lead); {
	case t.now >= h.until && t.loop.lead == raft.None:
		s.requests.reject(t, h.req, api.ErrNoLeader)
	case t.now >= h.until:
		s.requests.reject(t, h.req, api.ErrTimeout)
	case t.loop.lead == raft.None:
		s.handlers.wait(h, forLeader, min(t.now+t.self.electionTimeout(), h.until))
	case t.loop.leads(t.self.id):
		s.waitApplied(t, h)
	case to == 0: // nobody listens there
		s.handlers.wait(h, forPause, t.now+forwardPause)
	default:
		s.handlers.wait(h, forAnswer, h.until)
		onward := *h.req
		onward.Client = t.self.host
		t.out.Forwards = append(t.out.Forwards, Forward{to, &onward})
	}
}

// relayed takes the leader's answer to a request that the member has passed on. The client gets it under this member's
// own header.
func (s *server) relayed(t *turn, resp *Response) {
	for _, h := range s.handlers.take(func(h *handler) bool { return h.waits == forAnswer && h.req.ID == resp.ID }) {
		if resp.Err != "" && !final(h.req.Call, resp.Err) {
			s.handlers.wait(h, forPause, t.now+forwardPause)
			continue
		}
		own := *resp
		own.Header = t.applier.reply(t, nil).Header
		switch h.req.Call.(type) {
		case api.LeaseKeepAlive:
			own.Header = h.header
		case api.MemberPromote:
			own.Header.Revision = 0
		}
		s.requests.respond(t, h.req, &own)
	}
}

// final reports whether an error that came back is the answer. All others are a reason to try again (server.go,
// PromoteMember; of a lease that is not there the answer is no error).
func final(c api.Call, err string) bool {
	_, promotes := c.(api.MemberPromote)
	return promotes && (err == api.ErrLearnerNotReady || err == api.ErrMemberNotFound || err == api.ErrNotLearner)
}

// take takes handlers off the list that have what they wait for, in the order in which they came.
func (l *handlers) take(ready func(*handler) bool) (list []handler) {
	for i := range l.list {
		if ready(&l.list[i]) {
			list = append(list, l.list[i])
		}
	}
	if list == nil {
		return nil
	}
	var rest []handler
	for i := range l.list {
		if !ready(&l.list[i]) {
			rest = append(rest, l.list[i])
		}
	}
	l.list = rest
	return list
}

// arm asks for a wake when the next of them, or a round of ReadIndex, has waited long enough.
func (l *handlers) arm(t *turn, next sim.Time) {
	for i := range l.list {
		if at := l.list[i].at; at != 0 {
			next = min(next, at)
		}
	}
	if next = max(next, t.now+1); next < l.at { // a process that was paused finds times that have passed
		l.at = next
		t.wake(next, WakeLook)
	}
}

// appliedMore lets handlers go on whose index is applied.
func (s *server) appliedMore(t *turn) {
	ready := func(h *handler) bool { return h.waits == forApply && h.index <= t.applier.applied }
	for _, h := range s.handlers.take(ready) {
		s.proceed(t, h)
	}
}

// release lets keep-alives go on that waited for a lease to be revoked; lease.None: all of them.
func (s *server) release(t *turn, id lease.ID) {
	for _, h := range s.handlers.take(func(h *handler) bool {
		return h.waits == forRevoke && (id == lease.None || lease.ID(h.req.Call.(api.LeaseKeepAlive).ID) == id)
	}) {
		s.proceed(t, h)
	}
}

// look lets those go on whose time has come.
func (s *server) look(t *turn) {
	for _, h := range s.handlers.take(func(h *handler) bool { return h.at != 0 && h.at <= t.now }) {
		switch h.waits {
		case forApply:
			s.appliedLate(t, h)
		case forLeadership:
			s.ensured(t, h, false)
		case forLeader, forPause:
			s.passOn(t, h)
		case forAnswer:
			s.requests.reject(t, h.req, api.ErrTimeout)
		case forTransfer:
			s.endTransfer(t, h)
		}
	}
}

// appliedLate ends the wait for an index: for the client with an error, for a leader that asked itself with another
// try.
func (s *server) appliedLate(t *turn, h handler) {
	if h.until != 0 {
		s.handlers.wait(h, forPause, t.now+forwardPause)
		return
	}
	s.requests.reject(t, h.req, api.ErrTimeoutApplied)
}

// wakeLook is that wake.
func (s *server) wakeLook(t *turn) {
	if t.now >= s.handlers.at {
		s.handlers.at = never
	}
	s.retryRead(t)
	s.look(t)
}
