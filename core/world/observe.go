package world

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// observe lets the judges see what a member's log and store are after a turn.
func (w *World) observe(h sim.Host) {
	m := w.member(h)
	if m.Node() == nil || w.judged.off || w.outside(h) {
		return
	}
	w.judges.Log(h, m, w.memberOut.Events)
	w.judgeFound()
	w.reconcile()
	if m.Store() != nil && !w.distrusts(h) {
		w.judges.Applied(w.now, h, m, w.memberOut.Events)
		w.judgeFound()
	}
}

// observeClient lets them see what a client did and was told in this turn.
func (w *World) observeClient(h sim.Host, e *client.Event) {
	switch e.Kind {
	case client.Returned:
		if op := &e.Operation; op.Outcome == client.Acknowledged && op.Call >= w.founded && !w.doubtful(op.Response) {
			w.judges.Answered(h, op, w.sole >= 0 && w.sole <= op.Call)
		}
	case client.WatchReceived:
		w.judges.WatchDelivered(h, e, !w.distrusts(e.Watch.Endpoint))
	default:
		w.judges.Asked(h, e)
	}
	w.judgeFound()
}

// reign notes since when nobody but one member can have been the leader: it leads, no other does, and nobody was
// elected after it.
func (w *World) reign() {
	w.sole = -1
	var only *etcd.Member
	for i, m := range w.members {
		if m.Leads() && !w.outside(sim.Member(i+1)) {
			if only != nil {
				return
			}
			only = m
		}
	}
	if only != nil && only.Node().Term() >= w.story.open.Term {
		w.sole = w.now
	}
}

// Owed returns what a watch has not been told, although its stream is open at a member that has applied everything: it
// breaks a promise if it lasts.
func (w *World) Owed() *check.Violation {
	for i := range w.clients {
		for _, x := range w.clients[i].Watches() {
			if x.Ended || x.Stream == 0 || !x.Created || w.distrusts(x.Endpoint) {
				continue
			}
			if m := w.member(x.Endpoint); !m.Up() || m.Store().Revision() < w.newest().Store().Revision() {
				continue
			}
			if owed := w.judges.Store.Owed(uint64(i+1), x.ID); owed != nil {
				return owed
			}
		}
	}
	return nil
}

// judgeFound takes what the judges have found.
func (w *World) judgeFound() {
	for _, v := range w.judges.Found() {
		w.judge(v)
	}
}

// judge stops the world at the first violation, unless data that was lost by hand explains it: that is no fault of
// etcd's, which trusts its disks.
func (w *World) judge(v *check.Violation) {
	if v == nil || w.broken != nil || w.judged.off {
		return
	}
	if w.excuses(v) {
		w.excuse(v)
		return
	}
	w.broken = v
	seq := w.record(Record{Kind: Violated, Rule: v.Rule, Text: v.Text})
	w.story.mark(Mark{w.now, mark.Violation, v.Rule.String() + ": " + v.Text, seq})
}

// story is what is worth showing of the whole run, however long it is: it is kept when the journal's records are not.
type story struct {
	spans chunk.List[Span] // those that are over
	open  Span             // the one that goes on: who leads now
	marks chunk.List[Mark]
	// instants at which writes were acknowledged, so far apart that there are at most writesMost
	writes chunk.List[sim.Time]
	apart  sim.Time
}

// writesMost is how many instants of writes are kept: more than are ever drawn.
const writesMost = 1 << 14

// Span is a stretch of time under one leader, or under none (Leader 0).
type Span struct {
	From, To sim.Time
	Term     raft.Term
	Leader   sim.Host
}

func (s *story) clone() story {
	c := *s
	c.spans, c.marks, c.writes = s.spans.Clone(), s.marks.Clone(), s.writes.Clone()
	return c
}

// begin ends the span that goes on and opens the next.
func (s *story) begin(now sim.Time, term raft.Term, leader sim.Host) {
	s.open.To = now
	if s.open.To > s.open.From {
		s.spans.Append(s.open)
	}
	s.open = Span{From: now, Term: term, Leader: leader}
}

// tell lets the story know what happened at a member.
func (w *World) tell(h sim.Host, e *etcd.Event, seq uint64) {
	s := &w.story
	switch e.Kind {
	case etcd.Crashed:
		w.judges.Crashed(h)
		w.disconnect(h)
		w.busy[h.Number()] = 0
		w.relink()
		defer w.reign()
	case etcd.SnapshotInstalled:
		w.inherit(h)
	case etcd.Configured:
		w.relink()
	case etcd.RaftEvent:
		if k := e.Raft.Kind; k == raft.BecameLeader || k == raft.SteppedDown || k == raft.BecameFollower {
			defer w.reign()
		}
	}
	switch {
	case w.outside(h):
	case e.Kind == etcd.Crashed && s.open.Leader == h:
		s.begin(w.now, s.open.Term, 0)
	case e.Kind != etcd.RaftEvent:
	case e.Raft.Kind == raft.SnapshotRestored:
		w.judges.Restored(h, &e.Raft)
		w.judgeFound()
	case e.Raft.Kind == raft.BecameLeader && e.Raft.Term >= s.open.Term:
		s.begin(w.now, e.Raft.Term, h)
		s.mark(Mark{w.now, mark.Election,
			h.String() + " elected in term " + strconv.FormatUint(uint64(e.Raft.Term), 10), seq})
	case (e.Raft.Kind == raft.SteppedDown || e.Raft.Kind == raft.BecameFollower) && s.open.Leader == h:
		s.begin(w.now, s.open.Term, 0)
	}
}

// tellReturned notes the instants of writes, at most one a millisecond: more cannot be drawn. When there are too many,
// all lie twice as far apart.
func (w *World) tellReturned(op *client.Operation) {
	s := &w.story
	if op.Outcome != client.Acknowledged || !op.Request.Changes() {
		return
	}
	s.apart = max(s.apart, sim.Millisecond)
	if s.wrote(w.now); s.writes.Len() < writesMost {
		return
	}
	all := s.writes.Clone()
	s.writes, s.apart = chunk.List[sim.Time]{}, 2*s.apart
	for i := range all.Len() {
		s.wrote(all.At(i))
	}
}

func (s *story) wrote(at sim.Time) {
	if n := s.writes.Len(); n == 0 || at >= s.writes.At(n-1)+s.apart {
		s.writes.Append(at)
	}
}
