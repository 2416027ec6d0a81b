package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// proposal is one that a member makes of its own accord, with what to do when it has been applied.
type proposal struct {
	id       uint64
	deadline sim.Time
	asker    *Request // who is answered with resp then; nil: nobody
	resp     Response
	renew    *Request // a keep-alive that goes on then
	header   api.Header
	revoke   bool // it is one of the revocations under way
	compact  bool // it is the compactor's
}

// propose hands a write to Raft, or keeps it while there is no leader: etcd's Propose blocks then (raft/node.go, run).
func (s *server) propose(t *turn, req *Request) {
	if t.loop.node.Lead() == raft.None {
		s.requests.pending = append(s.requests.pending, req)
		t.out.event(Event{Kind: AwaitsLeader, Rule: rule.NoLeaderNoProposal, Request: req.ID})
		return
	}
	if err := hand(t, req); err != nil {
		t.out.event(Event{Kind: Refused, Request: req.ID, Text: err.Error()})
		s.requests.calls.failProposal(req.Call)
		s.requests.answer(t, Response{ID: req.ID, Reply: t.applier.reply(t, nil), Err: err.Error()})
		s.returned(t, req.ID, err.Error())
		return
	}
	for i := len(s.requests.waits) - 1; i >= 0; i-- {
		if s.requests.waits[i].req == req {
			s.requests.waits[i].proposed = true
			break
		}
	}
	t.out.event(Event{Kind: Proposed, Rule: rule.FollowerForwards, Request: req.ID})
	t.loop.raftEvents(t)
}

// hand gives Raft what a request asks for.
func hand(t *turn, req *Request) error {
	if api.RowOf(req.Call).Conf {
		// If Raft drops it, nobody hears of that (raft/node.go, Step).
		_ = t.loop.node.ProposeConfChange(t.applier.cluster.confChange(t.now, req))
		return nil
	}
	return t.loop.node.Propose(api.Encode(req.ID, req.Call))
}

// proposePending hands on the writes that waited for a leader, once there is one.
func (s *server) proposePending(t *turn) {
	if len(s.requests.pending) == 0 || t.loop.node.Lead() == raft.None {
		return
	}
	pending := s.requests.pending
	s.requests.pending = nil
	for _, req := range pending {
		s.propose(t, req)
	}
}

// proposeOwn proposes a call of the member's own.
func (s *server) proposeOwn(t *turn, c api.Call, e proposal) {
	s.requests.own++
	e.id, e.deadline = t.self.ownID(s.requests.own), t.now+t.self.cfg.RequestTimeout()
	s.requests.proposals = append(s.requests.proposals, e)
	s.propose(t, &Request{ID: e.id, Call: c})
}

// returned ends an proposal whose proposal has been applied, or given up.
func (s *server) returned(t *turn, id uint64, err string) {
	for i := range s.requests.proposals {
		e := s.requests.proposals[i]
		if e.id != id {
			continue
		}
		s.requests.proposals = append(s.requests.proposals[:i:i], s.requests.proposals[i+1:]...)
		if e.asker != nil {
			e.resp.Reply = t.applier.reply(t, nil)
			s.requests.respond(t, e.asker, &e.resp)
		}
		if e.renew != nil {
			s.refreshLease(t, handler{req: e.renew, header: e.header})
		}
		if e.revoke {
			s.requests.calls.countExpiredLease(err)
			s.leases.revoking.under--
			s.revokeNext(t)
		}
		if e.compact {
			s.compacted(t, err)
		}
		return
	}
}

// giveUp ends the member's own proposals that have taken too long.
func (s *server) giveUp(t *turn) {
	for i := 0; i < len(s.requests.proposals); {
		e := &s.requests.proposals[i]
		if e.deadline > t.now {
			i++
			continue
		}
		s.requests.calls.failedProposals++
		s.requests.forgetID(e.id)
		s.returned(t, e.id, api.ErrTimeout)
		i = 0
	}
}

// raise proposes an alarm for this member; the proposal goes on when it is in force.
func (s *server) raise(t *turn, kind api.AlarmType, e proposal) {
	s.proposeOwn(t, api.Alarm{Action: api.AlarmActivate, Member: api.Member(t.self.id), Alarm: kind}, e)
}

// expire gives up on requests whose time is over.
func (s *server) expire(t *turn, links *Links) {
	s.requests.expiry = false
	for len(s.requests.waits) > 0 && s.requests.waits[0].deadline <= t.now {
		w := s.requests.waits[0]
		resp := Response{ID: w.req.ID, Reply: t.applier.reply(t, nil), Err: api.ErrTimeout, Executed: true}
		if w.proposed {
			resp.Err = whyTimedOut(t, &w, links)
		} else {
			resp.Err, resp.Executed = api.ErrDeadline, false
		}
		t.out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: w.req.ID, Text: resp.Err})
		s.requests.forget(w.req)
		s.requests.calls.failProposal(w.req.Call)
		s.requests.answer(t, resp)
	}
	s.requests.armExpiry(t)
}

// whyTimedOut tells what was probably the matter with a proposal that was not applied in time (etcdserver/server.go,
// parseProposeCtxErr).
func whyTimedOut(t *turn, w *wait, links *Links) string {
	start := w.deadline - t.self.cfg.RequestTimeout()
	lost := t.loop.electedAt - 2*t.self.electionTimeout()
	if t.loop.electedAt != 0 && start > lost && start < t.loop.electedAt {
		return api.ErrTimeoutLeaderFailure
	}
	since := func(id raft.ID) bool {
		return id == t.self.id || (links[id.Machine()] >= 0 && links[id.Machine()] <= start)
	}
	connected := 0
	voters := t.loop.node.Conf().Voters
	for _, id := range voters {
		if since(id) {
			connected++
		}
	}
	switch lead := t.loop.lead; {
	case lead == raft.None:
	case lead == t.self.id && connected < len(voters)/2+1, lead != t.self.id && !since(lead):
		return api.ErrTimeoutConnection
	}
	return api.ErrTimeout
}

// proposeVersion lets a new leader set the cluster's version, once in the group's life (etcdserver/version/monitor.go).
func proposeVersion(t *turn, term raft.Term) {
	if t.applier.cluster.version == "" && t.loop.leads(t.self.id) && t.loop.node.Term() == term {
		// If Raft does not take it, the next leader will propose it.
		_ = t.loop.node.Propose(api.Encode(t.self.ownID(0), api.ClusterVersion{Version: clusterVersion}))
	}
}
