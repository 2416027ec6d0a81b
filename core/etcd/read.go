package etcd

import (
	"encoding/binary"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// reads are the linearizable reads of a member. One ReadIndex round is under way at a time; reads that arrive meanwhile share the
// next one (etcdserver/v3_server.go, linearizableReadLoop).
type reads struct {
	waiting   []*Request // for the next round
	asked     []*Request // in the round under way
	context   uint64     // of the round under way; 0: none
	rounds    uint64
	sent      sim.Time
	confirmed []confirmed // rounds that wait for apply
}

// confirmed is a round whose index is known.
type confirmed struct {
	index raft.Index
	reqs  []*Request
}

func (r *reads) clone() reads {
	c := *r
	c.waiting = append([]*Request(nil), r.waiting...)
	c.asked = append([]*Request(nil), r.asked...)
	c.confirmed = append([]confirmed(nil), r.confirmed...)
	return c
}

// startRead begins a round for all reads that wait, unless one is under way.
func (m *Member) startRead(now sim.Time, out *Output) {
	r := &m.reads
	if r.context != 0 || len(r.waiting) == 0 {
		return
	}
	r.rounds++
	r.context = uint64(m.host)<<56 | uint64(m.life)<<32 | r.rounds
	r.asked, r.waiting = r.waiting, nil
	out.event(Event{Kind: ReadStarted, Rule: rule.ReadIndexQuorum, Count: len(r.asked)})
	m.askRead(now)
}

func (m *Member) askRead(now sim.Time) {
	m.reads.sent = now
	m.node.ReadIndex(binary.BigEndian.AppendUint64(nil, m.reads.context))
}

// retryRead asks again when a round has had no answer for half a second: without a leader the question was dropped.
func (m *Member) retryRead(now sim.Time) {
	if m.reads.context != 0 && now >= m.reads.sent+readRetry {
		m.askRead(now)
	}
}

// confirmReads takes the answers of the current Ready. Only the last counts, as in etcd.
func (m *Member) confirmReads(now sim.Time, out *Output) {
	r := &m.reads
	if len(m.ready.Reads) == 0 {
		return
	}
	state := m.ready.Reads[len(m.ready.Reads)-1]
	if r.context == 0 || len(state.Context) != 8 || binary.BigEndian.Uint64(state.Context) != r.context {
		m.tally.slowReads++
		return // an answer to a question that was asked twice
	}
	out.event(Event{Kind: ReadConfirmed, Rule: rule.ReadWaitsForApply, Index: state.Index, Count: len(r.asked)})
	r.confirmed = append(r.confirmed, confirmed{state.Index, r.asked})
	r.asked, r.context = nil, 0
	m.serveReads(now, out)
	m.startRead(now, out)
}

// failReads ends the round under way when another member has come to lead: nobody knows whether the question reached the old one. Clients ask
// again (etcdserver/v3_server.go, requestCurrentIndex).
func (m *Member) failReads(now sim.Time, out *Output) {
	r := &m.reads
	if r.context != 0 {
		m.tally.failedReads++
	}
	asked := r.asked
	r.asked, r.context = nil, 0
	for _, req := range asked {
		m.answerRead(now, Response{ID: req.ID, Reply: m.reply(nil), Err: api.ErrLeaderChanged}, out)
	}
}

// serveReads answers the rounds whose index has been applied.
func (m *Member) serveReads(now sim.Time, out *Output) {
	r := &m.reads
	for len(r.confirmed) > 0 && r.confirmed[0].index <= m.applied {
		for _, req := range r.confirmed[0].reqs {
			m.read(now, req, out)
		}
		r.confirmed = r.confirmed[1:]
	}
}

// read reads the store, or the list of members, and sends what it holds.
func (m *Member) read(now sim.Time, req *Request, out *Output) {
	var body api.Body
	err, count := "", int64(0)
	switch c := req.Call.(type) {
	case api.Range:
		m.tally.ranges++
		res, e := m.store.Range(c.Key, c.End, c.RangeOptions)
		if e != nil {
			err = e.Error()
		} else {
			body, count = api.RangeReply{RangeResult: res}, res.Count
		}
	case api.Txn:
		body, err = m.applyTxn(c)
	case api.MemberList:
		body = api.MembersReply{Members: m.Roster()}
	}
	resp := Response{ID: req.ID, Err: err, Executed: err == ""}
	if err != "" {
		body = nil
	}
	resp.Reply = m.reply(body)
	if _, ok := req.Call.(api.MemberList); ok {
		resp.Header.Revision = 0
	}
	local, why := serializable(req.Call), rule.ReadWaitsForApply
	if local {
		why = rule.None
	}
	out.event(Event{Kind: Served, Rule: why, Request: req.ID, Revision: resp.Header.Revision, Count: int(count)})
	if local {
		m.respond(req, &resp, out)
		return
	}
	m.answerRead(now, resp, out)
}

// answerRead answers a read, and counts it if it took long: etcd's warnings of that include the wait for the leader
// (etcdserver/v3_server.go, Range and Txn; txn/util.go).
func (m *Member) answerRead(now sim.Time, resp Response, out *Output) {
	w := m.answer(resp, out)
	if w.req != nil && w.req.Reads() && now-(w.deadline-m.cfg.RequestTimeout()) > slowApply {
		m.tally.slowApplies++
	}
}

// forget takes a read that has run out of time out of its round.
func (r *reads) forget(req *Request) {
	r.waiting = without(r.waiting, req)
	r.asked = without(r.asked, req)
	for i := range r.confirmed {
		r.confirmed[i].reqs = without(r.confirmed[i].reqs, req)
	}
}

// without returns the list with req taken out, in a new array: the old one may belong to a clone.
func without(reqs []*Request, req *Request) []*Request {
	for i, x := range reqs {
		if x == req {
			return append(append([]*Request(nil), reqs[:i]...), reqs[i+1:]...)
		}
	}
	return reqs
}
