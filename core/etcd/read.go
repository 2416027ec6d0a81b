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
func (s *server) startRead(t *turn) {
	r := &s.reads
	if r.stage != idle || !r.wanted {
		return
	}
	r.rounds++
	r.stage, r.wanted, r.until = asking, false, t.now+t.self.cfg.RequestTimeout()
	r.asked, r.waiting = r.waiting, nil
	r.first = r.last + 1
	t.out.event(Event{Kind: ReadStarted, Rule: rule.ReadIndexQuorum, Count: len(r.asked)})
	s.askRead(t)
}

// askRead sends a question. Each has its own number.
func (s *server) askRead(t *turn) {
	r := &s.reads
	r.last++
	r.sent = t.now
	t.loop.node.ReadIndex(binary.BigEndian.AppendUint64(nil, t.self.questionBase()|r.last))
}

// retryRead asks again when a round has had no answer for half a second: without a leader the question was dropped.
// After a request's time the round gives up (requestCurrentIndex).
func (s *server) retryRead(t *turn) {
	r := &s.reads
	switch {
	case r.stage != asking:
	case t.now >= r.until:
		s.requests.calls.slowReads++
		s.failReads(t, api.ErrTimeout)
	case t.now >= r.sent+readRetry:
		s.askRead(t)
	}
}

// askAgain repeats the question of a round when the first entry of a term is applied: before, a new leader does not
// answer (requestCurrentIndex, firstCommitInTermNotifier).
func (s *server) askAgain(t *turn) {
	if s.reads.stage == asking {
		s.askRead(t)
	}
}

// confirmReads takes the answers of the current Ready. Only the last counts, as in etcd.
func (s *server) confirmReads(t *turn) {
	r := &s.reads
	if len(t.loop.ready.Reads) == 0 {
		return
	}
	state := t.loop.ready.Reads[len(t.loop.ready.Reads)-1]
	number := uint64(0)
	if len(state.Context) == 8 {
		number = binary.BigEndian.Uint64(state.Context) - t.self.questionBase()
	}
	if r.stage != asking || number < r.first || number > r.last {
		s.requests.calls.slowReads++
		return // an answer to a question of an earlier round
	}
	t.out.event(Event{Kind: ReadConfirmed, Rule: rule.ReadWaitsForApply, Index: state.Index, Count: len(r.asked)})
	r.stage, r.index = applying, state.Index
	s.serveReads(t)
}

// loseReads ends the round that is asking when another member has come to lead: nobody knows whether the question
// reached the old one. Clients ask again (requestCurrentIndex, leaderChangedNotifier).
func (s *server) loseReads(t *turn) {
	if s.reads.stage == asking {
		s.requests.calls.failedReads++
		s.failReads(t, api.ErrLeaderChanged)
	}
}

// failReads ends the round under way without a result.
func (s *server) failReads(t *turn, err string) {
	r := &s.reads
	asked := r.asked
	r.asked, r.stage = nil, idle
	for _, a := range asked {
		if err == api.ErrTimeout {
			t.out.event(Event{Kind: Expired, Rule: rule.RequestTimeout, Request: a.req.ID, Text: err})
		}
		s.answerRead(t, a, &Response{ID: a.req.ID, Reply: t.applier.reply(t, nil), Err: err, Executed: err == api.ErrTimeout})
	}
	s.endReads(t, false)
}

// serveReads ends the round whose index has been applied: everyone in it reads.
func (s *server) serveReads(t *turn) {
	r := &s.reads
	if r.stage != applying || r.index > t.applier.applied {
		return
	}
	asked := r.asked
	r.asked, r.stage = nil, idle
	for _, a := range asked {
		s.read(t, a)
	}
	s.endReads(t, true)
}

// endReads tells those who wanted to know whether the member leads, or has all that was committed, and begins the next
// round.
func (s *server) endReads(t *turn, ok bool) {
	s.checker.onRead(s.reads.rounds, ok)
	ready := func(h *handler) bool { return h.waits == forLeadership && h.round <= s.reads.rounds }
	for _, h := range s.handlers.take(ready) {
		s.ensured(t, h, ok && t.loop.node.Lead() == t.self.id)
	}
	s.startRead(t)
}

// serveRead answers from the store: at once if the client is content with any state, else when the member knows that it
// has everything that was committed when it was asked (etcdserver/v3_server.go, Range and Txn).
func (s *server) serveRead(t *turn, req *Request) {
	if err := t.self.cfg.check(req.Call); err != "" {
		s.requests.reject(t, req, err)
		return
	}
	if api.Serializable(req.Call) {
		s.read(t, reader{req, t.now})
		return
	}
	s.reads.waiting = append(s.reads.waiting, reader{req, t.now})
	s.reads.wanted = true
	s.startRead(t)
}

// read reads the store, or the list of members, and sends what it holds. While the database is defragmented, the store
// waits.
func (s *server) read(t *turn, a reader) {
	if _, members := a.req.Call.(api.MemberList); !members && t.applier.defrag.req != nil {
		t.applier.defrag.waiting = append(t.applier.defrag.waiting, input{kind: inRead, req: a.req, since: a.since})
		return
	}
	var body api.Body
	err, count := "", int64(0)
	switch c := a.req.Call.(type) {
	case api.Range:
		t.applier.counters.ranges++
		res, e := t.applier.store.Range(c.Key, c.End, c.RangeOptions)
		if e != nil {
			err = e.Error()
		} else {
			body, count = api.RangeReply{RangeResult: res}, res.Count
		}
	case api.Txn:
		body, err = t.applier.applyTxn(c)
	case api.MemberList:
		body = api.MembersReply{Members: t.applier.cluster.roster(t.loop.node.Conf())}
	}
	resp := Response{ID: a.req.ID, Err: err, Executed: err == ""}
	if err != "" {
		body = nil
	}
	resp.Reply = t.applier.reply(t, body)
	if _, ok := a.req.Call.(api.MemberList); ok {
		resp.Header.Revision = 0
	}
	why := rule.ReadWaitsForApply
	if api.Serializable(a.req.Call) {
		why = rule.None
	}
	t.out.event(Event{Kind: Served, Rule: why, Request: a.req.ID, Revision: resp.Header.Revision, Count: int(count)})
	s.answerRead(t, a, &resp)
}

// answerRead answers a read, and counts it if it took long: etcd's warnings of that include the wait for the leader
// (etcdserver/v3_server.go, Range and Txn; txn/util.go).
func (s *server) answerRead(t *turn, a reader, resp *Response) {
	s.requests.respond(t, a.req, resp)
	if a.req.Reads() && t.now-a.since > slowApply {
		s.requests.calls.slowApplies++
	}
}
