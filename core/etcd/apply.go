package etcd

import (
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// propose hands a write to Raft, or keeps it while there is no leader: etcd's Propose blocks then (raft/node.go, run).
func (m *Member) propose(req *Request, out *Output) {
	if m.node.Lead() == raft.None {
		m.parked = append(m.parked, req)
		out.event(Event{Kind: Parked, Rule: rule.NoLeaderNoProposal, Request: req.ID})
		return
	}
	if err := m.hand(req); err != nil {
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
func (m *Member) hand(req *Request) error {
	switch req.Op {
	case OpPut:
		return m.node.Propose(Proposal{ID: req.ID, Op: req.Op, Key: req.Key, Value: req.Value}.encode())
	case OpDelete:
		return m.node.Propose(Proposal{ID: req.ID, Op: req.Op, Key: req.Key, Value: req.End}.encode())
	}
	return m.node.ProposeConfChange(m.confChange(req))
}

// proposeParked hands on the writes that waited for a leader, once there is one.
func (m *Member) proposeParked(out *Output) {
	if len(m.parked) == 0 || m.node.Lead() == raft.None {
		return
	}
	parked := m.parked
	m.parked = nil
	for _, req := range parked {
		m.propose(req, out)
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
	m.startRead(now, out) // a lone member's reads wait for the first entry of its term
	m.startApply(now, out)
}

// applyEntry changes the store as one entry says. After a restart Raft hands out entries that the backend already holds: of
// those only configuration counts (etcd's consistent index).
func (m *Member) applyEntry(now sim.Time, e *raft.Entry, out *Output) {
	known := e.Index <= m.applied
	m.applied = max(m.applied, e.Index)
	switch {
	case e.Type == raft.EntryConfChange:
		m.applyConf(now, e, out)
	case known:
	case len(e.Data) == 0:
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
	default:
		m.applyProposal(e, out)
	}
}

func (m *Member) applyProposal(e *raft.Entry, out *Output) {
	p, err := DecodeProposal(e.Data)
	if err != nil {
		panic(err.Error())
	}
	if p.Op == OpPublish {
		m.cluster.started |= 1 << p.ID
		out.event(Event{Kind: Applied, Rule: rule.ApplyInOrder, Index: e.Index, Revision: m.store.Revision()})
		return
	}
	resp := Response{ID: p.ID, Executed: true}
	tx := m.store.Write()
	if p.Op == OpPut {
		tx.Put(p.Key, p.Value, 0)
	} else {
		resp.Deleted = tx.DeleteRange(p.Key, p.Value)
	}
	resp.Revision = tx.End()
	m.backend.changes++
	out.event(Event{Kind: Applied, Rule: rule.RevisionPerWrite, Index: e.Index, Request: p.ID, Revision: resp.Revision})
	m.answer(resp, out)
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
		resp := Response{ID: w.req.ID, Revision: m.store.Revision(), Err: ErrTimeout, Executed: true}
		if w.req.Op != OpRange && !w.proposed {
			resp.Err, resp.Executed = ErrNoLeader, false
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
