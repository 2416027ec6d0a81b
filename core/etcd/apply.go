package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// propose hands a write to Raft, or keeps it while there is no leader: etcd's Propose blocks then (raft/node.go, run).
func (m *Member) propose(now sim.Time, req *Request, out *Output) {
	if m.node.Lead() == raft.None {
		m.parked = append(m.parked, req)
		out.event(Event{Kind: Parked, Rule: rule.NoLeaderNoProposal, Request: req.ID})
		return
	}
	if err := m.hand(now, req); err != nil {
		out.event(Event{Kind: Refused, Request: req.ID, Text: err.Error()})
		m.tally.failProposal(req.Call)
		m.answer(Response{ID: req.ID, Reply: m.reply(nil), Err: err.Error()}, out)
		m.returned(now, req.ID, err.Error(), out)
		return
	}
	for i := len(m.waits) - 1; i >= 0; i-- {
		if m.waits[i].req == req {
			m.waits[i].proposed = true
			break
		}
	}
	out.event(Event{Kind: Proposed, Rule: rule.FollowerForwards, Request: req.ID})
	m.raftEvents(out)
}

// hand gives Raft what a request asks for.
func (m *Member) hand(now sim.Time, req *Request) error {
	if api.RowOf(req.Call).Conf {
		_ = m.node.ProposeConfChange(m.confChange(now, req)) // if Raft drops it, nobody hears of that (raft/node.go, Step)
		return nil
	}
	return m.node.Propose(api.Encode(req.ID, req.Call))
}

// proposeParked hands on the writes that waited for a leader, once there is one.
func (m *Member) proposeParked(now sim.Time, out *Output) {
	if len(m.parked) == 0 || m.node.Lead() == raft.None {
		return
	}
	parked := m.parked
	m.parked = nil
	for _, req := range parked {
		m.propose(now, req, out)
	}
}

// startApply begins to apply all that is queued, unless entries are being applied already.
func (m *Member) startApply(now sim.Time, out *Output) {
	if m.defrag.req != nil || m.applying > 0 || len(m.queue) == 0 {
		return
	}
	m.applying = len(m.queue)
	cost := m.cfg.ApplyCost * sim.Time(m.applying)
	out.Wakes = append(out.Wakes, Wake{now + cost, WakeApplied, m.life})
}

// applyHead applies the entries whose time has come, answers who waits for them, and goes on with the next.
func (m *Member) applyHead(now sim.Time, out *Output) {
	switch {
	case m.applying == 0:
		return // a snapshot has taken their place
	case m.defrag.req != nil:
		m.defrag.apply = true
		return
	}
	m.snapshotIfDue(now, out)
	batch := m.queue[:m.applying]
	m.queue = m.queue[m.applying:]
	m.applying = 0
	for i := range batch {
		m.applyEntry(now, &batch[i], out)
	}
	m.serveReads(now, out)
	m.appliedMore(now, out)
	m.startApply(now, out)
	if m.awaitsApply && !m.changesGroup() {
		m.awaitsApply = false
		m.finish(now, out)
		m.lateTick(now, out)
	}
}

// applyEntry changes the store as one entry says. After a restart Raft hands out entries that the backend already
// holds: of those only configuration counts (etcd's consistent index).
func (m *Member) applyEntry(now sim.Time, e *raft.Entry, out *Output) {
	known := e.Index <= m.applied
	if !known {
		m.applied, m.appliedTerm = e.Index, e.Term
	}
	switch {
	case e.Type == raft.EntryConfChange:
		m.applyConf(now, e, known, out)
	case known:
	case len(e.Data) == 0:
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
		m.askAgain(now)
		m.proposeVersion(e.Term)
		m.promoteLeases(now, out)
	default:
		m.applyProposal(now, e, out)
	}
}

// applyProposal carries out what an entry asks for (etcdserver/server.go, applyEntryNormal). All members do the same;
// the one whose client waits answers.
func (m *Member) applyProposal(now sim.Time, e *raft.Entry, out *Output) {
	id, call, err := api.Decode(e.Data)
	if err != nil {
		panic(err.Error())
	}
	before := m.store.Revision()
	affords := m.affords(call)
	body, text := m.apply(now, id, call, out)
	m.notify(now, before, out)
	refusal := text
	if text == "" && !affords {
		text = api.ErrNoSpace // although it was carried out
	}
	m.tally.countApplied(call, text)
	why := rule.ApplyInOrder
	if m.store.Revision() > before {
		why = rule.RevisionPerWrite
		m.backend.changes++
	}
	out.event(Event{Kind: Applied, Rule: why, Index: e.Index, Request: id, Revision: m.store.Revision(), Text: refusal})
	if p, ok := call.(api.Compaction); ok && p.Physical && text == "" {
		m.physicals = append(m.physicals, physical{id, p.Revision})
		return
	}
	resp := Response{ID: id, Reply: m.reply(body), Err: text, Executed: refusal == ""}
	if text == api.ErrNoSpace && !m.alarms.any(api.AlarmNoSpace) {
		m.raise(now, api.AlarmNoSpace, errand{asker: m.waiter(id).req, resp: resp}, out)
		return
	}
	m.answer(resp, out)
	m.returned(now, id, text, out)
}

// apply changes what the member holds as one call says. It returns etcd's error text, or nothing.
func (m *Member) apply(now sim.Time, id uint64, call api.Call, out *Output) (body api.Body, err string) {
	if err := m.refusedByAlarm(call); err != "" {
		return nil, err
	}
	switch c := call.(type) {
	case api.Publish:
		m.applyPublish(now, id, c, out)
	case api.ClusterVersion:
		m.cluster.version = c.Version
	case api.Put:
		return m.applyPut(c)
	case api.DeleteRange:
		return m.applyDelete(c), ""
	case api.Txn:
		return m.applyTxn(c)
	case api.Compaction:
		return nil, m.applyCompaction(now, c, out)
	case api.LeaseGrant:
		return m.applyGrant(now, c, out)
	case api.LeaseRevoke:
		return nil, m.applyRevoke(now, c, out)
	case api.LeaseCheckpoint:
		m.lessor.Checkpoint(now, lease.ID(c.ID), c.Remaining)
	case api.Alarm:
		return m.applyAlarm(c, out), ""
	}
	return nil, ""
}

// waiter takes a request off the list of those that wait; it is the zero wait if no client of this member waits for it.
func (m *Member) waiter(id uint64) (w wait) {
	for i := range m.waits {
		if m.waits[i].req.ID == id {
			w = m.waits[i]
			if i == 0 { // as a rule, and there may be thousands behind it
				m.waits = m.waits[1:]
			} else {
				m.waits = append(m.waits[:i], m.waits[i+1:]...)
			}
			break
		}
	}
	return w
}

// answer sends a response if a client of this member waits for it, and returns whom it answered.
func (m *Member) answer(resp Response, out *Output) wait {
	w := m.waiter(resp.ID)
	if w.req != nil {
		m.respond(w.req, &resp, out)
	}
	return w
}

// respond sends a response to who asked.
func (m *Member) respond(req *Request, resp *Response, out *Output) {
	if !req.Client.IsMember() {
		m.tally.countEnd(api.MethodOf(req.Call), resp.Err)
	}
	out.Answers = append(out.Answers, Answer{req.Client, resp})
}

// commitBackend writes the store's changes to the database file: every 100 ms, or at 10,000 changes (backend.go).
func (m *Member) commitBackend(now sim.Time, out *Output) {
	b := &m.backend
	if m.applied != b.index && (now >= b.at+backendInterval || b.changes >= backendLimit) {
		m.writeBackend(now, out)
	}
}

// writeBackend commits the backend's batch.
func (m *Member) writeBackend(now sim.Time, out *Output) {
	m.backend = backend{Database: m.database(), index: m.applied, conf: m.node.Conf(), at: now}
	m.countCommit(now)
	out.event(Event{Kind: BackendCommit, Index: m.applied, Revision: m.store.Revision()})
}

// armExpiry asks for a wake at the oldest request's deadline. Deadlines grow, so one wake at a time is enough.
func (m *Member) armExpiry(out *Output) {
	if !m.expiry && len(m.waits) > 0 {
		m.expiry = true
		out.Wakes = append(out.Wakes, Wake{m.waits[0].deadline, WakeExpire, m.life})
	}
}

// expire gives up on requests whose time is over.
func (m *Member) expire(now sim.Time, links *Links, out *Output) {
	m.expiry = false
	for len(m.waits) > 0 && m.waits[0].deadline <= now {
		w := m.waits[0]
		resp := Response{ID: w.req.ID, Reply: m.reply(nil), Err: api.ErrTimeout, Executed: true}
		if w.proposed {
			resp.Err = m.whyTimedOut(&w, links)
		} else {
			resp.Err, resp.Executed = api.ErrDeadline, false
		}
		out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: w.req.ID, Text: resp.Err})
		m.unpark(w.req)
		m.tally.failProposal(w.req.Call)
		m.answer(resp, out)
	}
	m.armExpiry(out)
}

// whyTimedOut tells what was probably the matter with a proposal that was not applied in time (etcdserver/server.go,
// parseProposeCtxErr).
func (m *Member) whyTimedOut(w *wait, links *Links) string {
	start := w.deadline - m.cfg.RequestTimeout()
	lost := m.electedAt - 2*m.electionTimeout()
	if m.electedAt != 0 && start > lost && start < m.electedAt {
		return api.ErrTimeoutLeaderFailure
	}
	since := func(id raft.ID) bool {
		return id == m.id() || (links[id.Machine()] >= 0 && links[id.Machine()] <= start)
	}
	connected := 0
	voters := m.Conf().Voters
	for _, id := range voters {
		if since(id) {
			connected++
		}
	}
	switch lead := m.lead; {
	case lead == raft.None:
	case lead == m.id() && connected < len(voters)/2+1, lead != m.id() && !since(lead):
		return api.ErrTimeoutConnection
	}
	return api.ErrTimeout
}

func (m *Member) unpark(req *Request) {
	for i, p := range m.parked {
		if p == req {
			m.parked = append(m.parked[:i:i], m.parked[i+1:]...)
			return
		}
	}
}

// Store returns the member's applied state, nil while it is down. It is not to be changed.
func (m *Member) Store() *mvcc.Store { return m.store }
