package raft

import (
	"github.com/etcdscope/etcdscope/core/raft/quorum"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
	"github.com/etcdscope/etcdscope/core/rule"
)

// This file is the linearizable read without a log entry (Raft §8, thesis §6.4):
//
//  1. The leader notes its commit index. Whatever was committed when the read began lies at or before it, provided that
//     the leader has committed something in its own term; else the read is pending until it has.
//  2. It sends heartbeats with the read's context. Once a quorum has answered, nobody else can have led when the index
//     was noted.
//  3. The reader waits until it has applied that index, and answers from its own state.
//
// With leases step 2 is left out: the leader trusts that nobody could be elected yet (thesis §6.4.1). That rests on
// clocks.

// readQueue holds the reads for which a leader awaits a proof of its leadership, oldest first (etcd raft/read_only.go).
// Reads with the same context are one read.
type readQueue struct{ waiting []waitingRead }

type waitingRead struct {
	ctx     []byte
	index   Index // the commit index when the read came
	asker   ID    // None: the member itself
	entries []Entry
	acks    []ID // who has answered a heartbeat with this ctx
}

func (q *readQueue) reset() { q.waiting = nil }

func (q *readQueue) clone() readQueue {
	c := readQueue{append([]waitingRead(nil), q.waiting...)}
	for i := range c.waiting {
		c.waiting[i].acks = append([]ID(nil), q.waiting[i].acks...)
	}
	return c
}

// newest returns the ctx of the youngest read, which proves the leadership for all before it.
func (q *readQueue) newest() []byte {
	if len(q.waiting) == 0 {
		return nil
	}
	if ctx := q.waiting[len(q.waiting)-1].ctx; len(ctx) > 0 {
		return ctx
	}
	return nil
}

// find returns the place of the read with that ctx, or -1.
func (q *readQueue) find(ctx []byte) int {
	for i := range q.waiting {
		if string(q.waiting[i].ctx) == string(ctx) {
			return i
		}
	}
	return -1
}

// ack notes that a member has answered, and returns whether the answers prove the leadership. Learners' answers are
// noted, but only voters count.
func (q *readQueue) ack(from ID, ctx []byte, t *tracker.Tracker) quorum.Result {
	i := q.find(ctx)
	if i < 0 {
		return quorum.Pending
	}
	r := &q.waiting[i]
	answered := func(id ID) bool {
		for _, a := range r.acks {
			if a == id {
				return true
			}
		}
		return false
	}
	if !answered(from) {
		r.acks = append(r.acks, from)
	}
	return t.Voters.Vote(func(id ID) (bool, bool) { return true, answered(id) })
}

// handleRead takes a request at the leader: it notes the commit index and proves that it still leads (thesis §6.4).
func (n *Node) handleRead(m *Message) {
	if len(m.Entries) == 0 {
		return
	}
	switch term, _ := n.log.Term(n.log.Committed()); {
	case n.trk.Singleton():
		n.confirmRead(m.From, n.log.Committed(), m.Entries, WhyAlone, 1)
	case term != n.term:
		// Until something of its own term is committed, a leader does not know what is (Raft §8).
		n.emit(Event{Kind: ReadPostponed, Rule: rule.LeaderAppendsNoop, Peer: n.asker(m.From)})
		n.pendingReads = append(n.pendingReads, *m)
	default:
		n.serveRead(m)
	}
}

// serveRead answers a read at once by the lease, or sets out to prove the leadership.
func (n *Node) serveRead(m *Message) {
	if n.set.leaseReads || n.set.off.Has(rule.ReadIndexQuorum) {
		n.confirmRead(m.From, n.log.Committed(), m.Entries, WhyLease, 1)
		return
	}
	ctx := m.Entries[0].Data
	if n.reads.find(ctx) < 0 {
		n.reads.waiting = append(n.reads.waiting, waitingRead{
			ctx: ctx, index: n.log.Committed(), asker: m.From, entries: m.Entries,
		})
	}
	n.emit(Event{Kind: ReadRequested, Rule: rule.ReadIndexQuorum, Peer: n.asker(m.From), Index: n.log.Committed()})
	n.reads.ack(n.id, ctx, &n.trk)
	n.broadcastHeartbeat(ctx)
}

// releasePendingReads serves the reads that came before the leader's first commit of its term.
func (n *Node) releasePendingReads() {
	if len(n.pendingReads) == 0 {
		return
	}
	if term, _ := n.log.Term(n.log.Committed()); term != n.term {
		return
	}
	pending := n.pendingReads
	n.pendingReads = nil
	for i := range pending {
		n.serveRead(&pending[i])
	}
}

// confirmReads answers the read with that ctx and all older ones: the proof holds for them too.
func (n *Node) confirmReads(ctx []byte) {
	upTo := n.reads.find(ctx) + 1
	have := uint8(len(n.reads.waiting[upTo-1].acks))
	for i := range upTo {
		r := &n.reads.waiting[i]
		n.confirmRead(r.asker, r.index, r.entries, WhyProven, have)
	}
	n.reads.waiting = n.reads.waiting[upTo:]
}

// confirmRead says why a read may be served, and answers it.
func (n *Node) confirmRead(asker ID, at Index, entries []Entry, why Why, have uint8) {
	n.emit(Event{
		Kind: ReadConfirmed, Why: why, Rule: rule.ReadIndexQuorum, Peer: n.asker(asker), Index: at,
		Have: have, Need: uint8(n.trk.Voters[0].Need()),
	})
	n.answerRead(asker, at, entries)
}

// answerRead hands the answer to the host, or sends it to the member that asked.
func (n *Node) answerRead(asker ID, at Index, entries []Entry) {
	if n.asker(asker) == n.id {
		n.readStates = append(n.readStates, ReadState{Index: at, Context: entries[0].Data})
		return
	}
	m := n.post(MsgReadIndexResp, asker)
	m.Index, m.Entries = at, entries
}

// asker returns who asked: requests of the own host come without a sender.
func (n *Node) asker(from ID) ID {
	if from == None {
		return n.id
	}
	return from
}
