package etcd

import (
	"encoding/binary"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// reads are the linearizable reads of a member. They go through one loop, which asks for the leader's commit index,
// waits until that is applied, lets everyone go who waited when it asked, and only then begins the next round
// (etcdserver/v3_server.go, linearizableReadLoop). A read has no time limit of its own; a round has.
type reads struct {
	waiting []reader // for the next round
	asked   []reader // in the round under way
	wanted  bool     // somebody waits for the next round
	rounds  uint64   // begun
	stage   stage
	index   raft.Index // of a round that waits for apply
	first   uint64     // the numbers of the questions of a round that is asking: an answer to any of them will do
	last    uint64
	sent    sim.Time // when the last of them was
	until   sim.Time // when the round gives up
}

type stage uint8

const (
	idle     stage = iota
	asking         // for the leader's commit index
	applying       // until that is applied
)

// reader is a client's request that waits for a round.
type reader struct {
	req   *Request
	since sim.Time
}

func (r *reads) clone() reads {
	c := *r
	c.waiting = append([]reader(nil), r.waiting...)
	c.asked = append([]reader(nil), r.asked...)
	return c
}

// next returns when a round that is asking has to do something: repeat its question, or give up.
func (r *reads) next() sim.Time {
	if r.stage != asking {
		return never
	}
	return min(r.sent+readRetry, r.until)
}

// startRead begins a round for all who wait, unless one is under way.
func (m *Member) startRead(now sim.Time, out *Output) {
	r := &m.reads
	if r.stage != idle || !r.wanted {
		return
	}
	r.rounds++
	r.stage, r.wanted, r.until = asking, false, now+m.cfg.RequestTimeout()
	r.asked, r.waiting = r.waiting, nil
	r.first = r.last + 1
	out.event(Event{Kind: ReadStarted, Rule: rule.ReadIndexQuorum, Count: len(r.asked)})
	m.askRead(now)
}

// askRead sends a question. Each has its own number.
func (m *Member) askRead(now sim.Time) {
	r := &m.reads
	r.last++
	r.sent = now
	m.node.ReadIndex(binary.BigEndian.AppendUint64(nil, m.questionBase()|r.last))
}

// questionBase sets a life's questions apart from all others.
func (m *Member) questionBase() uint64 { return uint64(m.host)<<56 | uint64(m.life&0xffff)<<40 }

// retryRead asks again when a round has had no answer for half a second: without a leader the question was dropped.
// After a request's time the round gives up (requestCurrentIndex).
func (m *Member) retryRead(now sim.Time, out *Output) {
	r := &m.reads
	switch {
	case r.stage != asking:
	case now >= r.until:
		m.tally.slowReads++
		m.failReads(now, api.ErrTimeout, out)
	case now >= r.sent+readRetry:
		m.askRead(now)
	}
}

// askAgain repeats the question of a round when the first entry of a term is applied: before, a new leader does not
// answer (requestCurrentIndex, firstCommitInTermNotifier).
func (m *Member) askAgain(now sim.Time) {
	if m.reads.stage == asking {
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
	number := uint64(0)
	if len(state.Context) == 8 {
		number = binary.BigEndian.Uint64(state.Context) - m.questionBase()
	}
	if r.stage != asking || number < r.first || number > r.last {
		m.tally.slowReads++
		return // an answer to a question of an earlier round
	}
	out.event(Event{Kind: ReadConfirmed, Rule: rule.ReadWaitsForApply, Index: state.Index, Count: len(r.asked)})
	r.stage, r.index = applying, state.Index
	m.serveReads(now, out)
}

// loseReads ends the round that is asking when another member has come to lead: nobody knows whether the question
// reached the old one. Clients ask again (requestCurrentIndex, leaderChangedNotifier).
func (m *Member) loseReads(now sim.Time, out *Output) {
	if m.reads.stage == asking {
		m.tally.failedReads++
		m.failReads(now, api.ErrLeaderChanged, out)
	}
}

// failReads ends the round under way without a result.
func (m *Member) failReads(now sim.Time, err string, out *Output) {
	r := &m.reads
	asked := r.asked
	r.asked, r.stage = nil, idle
	for _, a := range asked {
		if err == api.ErrTimeout {
			out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: a.req.ID, Text: err})
		}
		m.answerRead(now, a, &Response{ID: a.req.ID, Reply: m.reply(nil), Err: err, Executed: err == api.ErrTimeout}, out)
	}
	m.endReads(now, false, out)
}

// serveReads ends the round whose index has been applied: everyone in it reads.
func (m *Member) serveReads(now sim.Time, out *Output) {
	r := &m.reads
	if r.stage != applying || r.index > m.applied {
		return
	}
	asked := r.asked
	r.asked, r.stage = nil, idle
	for _, a := range asked {
		m.read(now, a, out)
	}
	m.endReads(now, true, out)
}

// endReads tells those who wanted to know whether the member leads, or has all that was committed, and begins the next
// round.
func (m *Member) endReads(now sim.Time, ok bool, out *Output) {
	m.readForCheck(ok)
	m.resume(now, func(h *handler) bool { return h.waits == forLeadership && h.round <= m.reads.rounds },
		func(h handler) { m.ensured(now, h, ok && m.node.Lead() == m.id(), out) })
	m.startRead(now, out)
}

// serveRead answers from the store: at once if the client is content with any state, else when the member knows that it
// has everything that was committed when it was asked (etcdserver/v3_server.go, Range and Txn).
func (m *Member) serveRead(now sim.Time, req *Request, out *Output) {
	if err := m.check(req.Call); err != "" {
		m.reject(req, err, out)
		return
	}
	if api.Serializable(req.Call) {
		m.read(now, reader{req, now}, out)
		return
	}
	m.reads.waiting = append(m.reads.waiting, reader{req, now})
	m.reads.wanted = true
	m.startRead(now, out)
}

// read reads the store, or the list of members, and sends what it holds. While the database is defragmented, the store
// waits.
func (m *Member) read(now sim.Time, a reader, out *Output) {
	if _, members := a.req.Call.(api.MemberList); !members && m.defrag.req != nil {
		m.defrag.waiting = append(m.defrag.waiting, input{kind: inRead, req: a.req, since: a.since})
		return
	}
	var body api.Body
	err, count := "", int64(0)
	switch c := a.req.Call.(type) {
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
	resp := Response{ID: a.req.ID, Err: err, Executed: err == ""}
	if err != "" {
		body = nil
	}
	resp.Reply = m.reply(body)
	if _, ok := a.req.Call.(api.MemberList); ok {
		resp.Header.Revision = 0
	}
	why := rule.ReadWaitsForApply
	if api.Serializable(a.req.Call) {
		why = rule.None
	}
	out.event(Event{Kind: Served, Rule: why, Request: a.req.ID, Revision: resp.Header.Revision, Count: int(count)})
	m.answerRead(now, a, &resp, out)
}

// answerRead answers a read, and counts it if it took long: etcd's warnings of that include the wait for the leader
// (etcdserver/v3_server.go, Range and Txn; txn/util.go).
func (m *Member) answerRead(now sim.Time, a reader, resp *Response, out *Output) {
	m.respond(a.req, resp, out)
	if a.req.Reads() && now-a.since > slowApply {
		m.tally.slowApplies++
	}
}
