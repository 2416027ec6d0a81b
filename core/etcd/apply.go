package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
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
		m.answer(Response{ID: req.ID, Err: err.Error()}, out)
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
	switch req.Call.(type) {
	case api.MemberAdd, api.MemberRemove, api.MemberPromote, api.MemberUpdate:
		return m.node.ProposeConfChange(confChange(now, req))
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
	if m.applying > 0 || len(m.queue) == 0 {
		return
	}
	m.applying = len(m.queue)
	cost := m.cfg.ApplyCost * sim.Time(m.applying)
	out.Wakes = append(out.Wakes, Wake{now + cost, WakeApplied, m.life})
}

// applyHead applies the entries whose time has come, answers who waits for them, and goes on with the next.
func (m *Member) applyHead(now sim.Time, out *Output) {
	if m.applying == 0 {
		return // a snapshot has taken their place
	}
	m.snapshotIfDue(now, out)
	batch := m.queue[:m.applying]
	m.queue = m.queue[m.applying:]
	m.applying = 0
	for i := range batch {
		m.applyEntry(now, &batch[i], out)
	}
	m.serveReads(out)
	m.startApply(now, out)
}

// applyEntry changes the store as one entry says. After a restart Raft hands out entries that the backend already holds: of
// those only configuration counts (etcd's consistent index).
func (m *Member) applyEntry(now sim.Time, e *raft.Entry, out *Output) {
	known := e.Index <= m.applied
	m.applied = max(m.applied, e.Index)
	switch {
	case e.Type == raft.EntryConfChange:
		m.applyConf(now, e, known, out)
	case known:
	case len(e.Data) == 0:
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
		m.proposeVersion(e.Term)
	default:
		m.applyProposal(now, e, out)
	}
}

func (m *Member) applyProposal(now sim.Time, e *raft.Entry, out *Output) {
	id, call, err := api.Decode(e.Data)
	if err != nil {
		panic(err.Error())
	}
	resp := Response{ID: id, Executed: true}
	var body api.Body
	switch c := call.(type) {
	case api.Publish:
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
		m.applyPublish(now, id, c, out)
		return
	case api.ClusterVersion:
		m.cluster.version = c.Version
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
		return
	case api.Put:
		tx := m.store.Write()
		tx.Put(c.Key, c.Value, c.Lease)
		tx.End()
		body = api.PutReply{}
	case api.DeleteRange:
		tx := m.store.Write()
		body = api.DeleteReply{Deleted: tx.DeleteRange(c.Key, c.End)}
		tx.End()
	}
	resp.Reply = m.reply(body)
	m.backend.changes++
	out.event(Event{Kind: Applied, Rule: rule.RevisionPerWrite, Index: e.Index, Request: id, Revision: resp.Header.Revision})
	m.answer(resp, out)
}

// reply puts a header before what a call is answered with.
func (m *Member) reply(body api.Body) api.Reply {
	return api.Reply{Header: api.Header{Revision: m.store.Revision()}, Body: body}
}

// answer sends a response if a client of this member waits for it.
func (m *Member) answer(resp Response, out *Output) {
	for i := range m.waits {
		if m.waits[i].req.ID == resp.ID {
			out.Answers = append(out.Answers, Answer{m.waits[i].req.Client, &resp})
			m.waits = append(m.waits[:i], m.waits[i+1:]...)
			return
		}
	}
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
	m.backend = backend{store: m.store.Clone(), index: m.applied, conf: m.node.Conf(), cluster: m.cluster, at: now}
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
func (m *Member) expire(now sim.Time, out *Output) {
	m.expiry = false
	for len(m.waits) > 0 && m.waits[0].deadline <= now {
		w := m.waits[0]
		resp := Response{ID: w.req.ID, Reply: m.reply(nil), Err: api.ErrTimeout, Executed: true}
		if !w.req.Reads() && !w.proposed {
			resp.Err, resp.Executed = api.ErrDeadline, false
		}
		out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: w.req.ID, Text: resp.Err})
		m.unpark(w.req)
		m.answer(resp, out)
	}
	m.armExpiry(out)
}

func (m *Member) unpark(req *Request) {
	for i, p := range m.parked {
		if p == req {
			m.parked = append(m.parked[:i:i], m.parked[i+1:]...)
			return
		}
	}
	m.reads.forget(req)
}

// Store returns the member's applied state, nil while it is down. It is not to be changed.
func (m *Member) Store() *mvcc.Store { return m.store }
