package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// propose hands a write to Raft, or keeps it while there is no leader: etcd's Propose blocks then (raft/node.go, run).
func (s *server) propose(t *turn, req *Request) {
	if t.loop.node.Lead() == raft.None {
		s.pending = append(s.pending, req)
		t.out.event(Event{Kind: AwaitsLeader, Rule: rule.NoLeaderNoProposal, Request: req.ID})
		return
	}
	if err := s.hand(t, req); err != nil {
		t.out.event(Event{Kind: Refused, Request: req.ID, Text: err.Error()})
		s.calls.failProposal(req.Call)
		s.answer(t, Response{ID: req.ID, Reply: t.applier.reply(t, nil), Err: err.Error()})
		s.returned(t, req.ID, err.Error())
		return
	}
	for i := len(s.waits) - 1; i >= 0; i-- {
		if s.waits[i].req == req {
			s.waits[i].proposed = true
			break
		}
	}
	t.out.event(Event{Kind: Proposed, Rule: rule.FollowerForwards, Request: req.ID})
	t.loop.raftEvents(t)
}

// hand gives Raft what a request asks for.
func (s *server) hand(t *turn, req *Request) error {
	if api.RowOf(req.Call).Conf {
		// If Raft drops it, nobody hears of that (raft/node.go, Step).
		_ = t.loop.node.ProposeConfChange(t.applier.cluster.confChange(t.now, req))
		return nil
	}
	return t.loop.node.Propose(api.Encode(req.ID, req.Call))
}

// proposeParked hands on the writes that waited for a leader, once there is one.
func (s *server) proposePending(t *turn) {
	if len(s.pending) == 0 || t.loop.node.Lead() == raft.None {
		return
	}
	pending := s.pending
	s.pending = nil
	for _, req := range pending {
		s.propose(t, req)
	}
}

// startApply begins to apply all that is queued, unless entries are being applied already.
func (a *applier) startApply(t *turn) {
	if a.defrag.req != nil || a.applying > 0 || len(a.queue) == 0 {
		return
	}
	a.applying = len(a.queue)
	cost := t.self.cfg.ApplyCost * sim.Time(a.applying)
	t.wake(t.now+cost, WakeApplied)
}

// take takes the entries that are being applied off the queue.
func (a *applier) take() []raft.Entry {
	batch := a.queue[:a.applying]
	a.queue = a.queue[a.applying:]
	a.applying = 0
	return batch
}

// applyHead applies the entries whose time has come, answers who waits for them, and goes on with the next.
func (p *process) applyHead(t *turn) {
	switch {
	case p.applier.applying == 0:
		return // a snapshot has taken their place
	case p.applier.defrag.req != nil:
		p.applier.defrag.apply = true
		return
	}
	p.snapshotIfDue(t)
	batch := p.applier.take()
	for i := range batch {
		p.applyEntry(t, &batch[i])
	}
	p.server.serveReads(t)
	p.server.appliedMore(t)
	p.applier.startApply(t)
	if p.loop.awaitsApply && !p.loop.changesGroup(t) {
		p.loop.awaitsApply = false
		p.finish(t)
		p.lateTick(t)
	}
}

// applyEntry changes the store as one entry says. After a restart Raft hands out entries that the backend already
// holds: of those only configuration counts (etcd's consistent index).
func (p *process) applyEntry(t *turn, e *raft.Entry) {
	known := e.Index <= p.applier.applied
	if !known {
		p.applier.applied, p.applier.appliedTerm = e.Index, e.Term
	}
	switch {
	case e.Type == raft.EntryConfChange:
		p.applyConf(t, e, known)
	case known:
	case len(e.Data) == 0:
		t.out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: p.applier.store.Revision()})
		p.server.askAgain(t)
		p.server.proposeVersion(t, e.Term)
		p.server.promoteLeases(t)
	default:
		p.applyProposal(t, e)
	}
}

// applyProposal carries out what an entry asks for (etcdserver/server.go, applyEntryNormal). All members do the same;
// the one whose client waits answers.
func (p *process) applyProposal(t *turn, e *raft.Entry) {
	id, call, err := api.Decode(e.Data)
	if err != nil {
		panic(err.Error())
	}
	before := p.applier.store.Revision()
	affords := p.applier.affords(t, call)
	body, text := p.apply(t, id, call)
	p.streams.notify(t, before)
	refusal := text
	if text == "" && !affords {
		text = api.ErrNoSpace // although it was carried out
	}
	p.applier.counters.countApplied(call, text)
	why := rule.ApplyInOrder
	if p.applier.store.Revision() > before {
		why = rule.RevisionPerWrite
		t.storage.backend.changes++
	}
	t.out.event(Event{
		Kind: Applied, Rule: why, Index: e.Index, Request: id, Revision: p.applier.store.Revision(), Text: refusal,
	})
	if c, ok := call.(api.Compaction); ok && c.Physical && text == "" {
		p.server.physicals = append(p.server.physicals, physical{id, c.Revision})
		return
	}
	resp := Response{ID: id, Reply: p.applier.reply(t, body), Err: text, Executed: refusal == ""}
	if text == api.ErrNoSpace && !p.applier.alarms.any(api.AlarmNoSpace) {
		p.server.raise(t, api.AlarmNoSpace, proposal{asker: p.server.waiter(id).req, resp: resp})
		return
	}
	p.server.answer(t, resp)
	p.server.returned(t, id, text)
}

// apply changes what the member holds as one call says. It returns etcd's error text, or nothing.
func (p *process) apply(t *turn, id uint64, call api.Call) (body api.Body, err string) {
	if err := p.applier.refusedByAlarm(call); err != "" {
		return nil, err
	}
	switch c := call.(type) {
	case api.Publish:
		p.applyPublish(t, id, c)
	case api.ClusterVersion:
		p.applier.cluster.version = c.Version
	case api.Put:
		return p.applier.applyPut(c)
	case api.DeleteRange:
		return p.applier.applyDelete(c), ""
	case api.Txn:
		return p.applier.applyTxn(c)
	case api.Compaction:
		return nil, p.applyCompaction(t, c)
	case api.LeaseGrant:
		if body, err = p.applier.applyGrant(t, c); err == "" {
			p.server.armLeases(t)
		}
	case api.LeaseRevoke:
		if err = p.applier.applyRevoke(t, c); err == "" {
			p.server.release(t, lease.ID(c.ID))
		}
	case api.LeaseCheckpoint:
		p.applier.lessor.Checkpoint(t.now, lease.ID(c.ID), c.Remaining)
	case api.Alarm:
		return p.applier.applyAlarm(t, c), ""
	}
	return body, err
}

// waiter takes a request off the list of those that wait; it is the zero wait if no client of this member waits for it.
func (s *server) waiter(id uint64) (w wait) {
	for i := range s.waits {
		if s.waits[i].req.ID == id {
			w = s.waits[i]
			if i == 0 { // as a rule, and there may be thousands behind it
				s.waits = s.waits[1:]
			} else {
				s.waits = append(s.waits[:i], s.waits[i+1:]...)
			}
			break
		}
	}
	return w
}

// answer sends a response if a client of this member waits for it, and returns whom it answered.
func (s *server) answer(t *turn, resp Response) wait {
	w := s.waiter(resp.ID)
	if w.req != nil {
		s.respond(t, w.req, &resp)
	}
	return w
}

// respond sends a response to who asked.
func (s *server) respond(t *turn, req *Request, resp *Response) {
	if !req.Client.IsMember() {
		s.calls.countEnd(api.MethodOf(req.Call), resp.Err)
	}
	t.out.Answers = append(t.out.Answers, Answer{req.Client, resp})
}

// commitBackend writes the store's changes to the database file: every 100 ms, or at 10,000 changes (backend.go).
func (p *process) commitBackend(t *turn) {
	b := &t.storage.backend
	if p.applier.applied != b.index && (t.now >= b.at+backendInterval || b.changes >= backendLimit) {
		p.writeBackend(t)
	}
}

// writeBackend commits the backend's batch.
func (p *process) writeBackend(t *turn) {
	t.storage.commit(t.now, p.applier.database(), p.applier.applied, p.loop.node.Conf())
	p.countCommit(t)
	t.out.event(Event{Kind: BackendCommit, Index: p.applier.applied, Revision: p.applier.store.Revision()})
}

// armExpiry asks for a wake at the oldest request's deadline. Deadlines grow, so one wake at a time is enough.
func (s *server) armExpiry(t *turn) {
	if !s.expiry && len(s.waits) > 0 {
		s.expiry = true
		t.wake(s.waits[0].deadline, WakeExpire)
	}
}

// expire gives up on requests whose time is over.
func (s *server) expire(t *turn, links *Links) {
	s.expiry = false
	for len(s.waits) > 0 && s.waits[0].deadline <= t.now {
		w := s.waits[0]
		resp := Response{ID: w.req.ID, Reply: t.applier.reply(t, nil), Err: api.ErrTimeout, Executed: true}
		if w.proposed {
			resp.Err = s.whyTimedOut(t, &w, links)
		} else {
			resp.Err, resp.Executed = api.ErrDeadline, false
		}
		t.out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: w.req.ID, Text: resp.Err})
		s.forget(w.req)
		s.calls.failProposal(w.req.Call)
		s.answer(t, resp)
	}
	s.armExpiry(t)
}

// whyTimedOut tells what was probably the matter with a proposal that was not applied in time (etcdserver/server.go,
// parseProposeCtxErr).
func (s *server) whyTimedOut(t *turn, w *wait, links *Links) string {
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

func (s *server) forget(req *Request) {
	for i, p := range s.pending {
		if p == req {
			s.pending = append(s.pending[:i:i], s.pending[i+1:]...)
			return
		}
	}
}
