package world

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// shadow is what the checkers have last been told of a member's log: to tell them more only when it has changed.
type shadow struct {
	last raft.Index
	term raft.Term
	disk raft.Index // what it has discarded
	rev  int64      // of its store
}

func cloneShadows(s []shadow) []shadow { return append([]shadow(nil), s...) }

// observe tells the checkers what a member's log and state are after a turn, whatever the member says that it did.
func (w *World) observe(h sim.Host) {
	n := w.member(h).Node()
	if n == nil || w.judged.off || w.outside(h) {
		return
	}
	s := &w.shadows[h.Number()-1]
	if n.Role() == raft.Leader && n.LastTerm() != s.term {
		w.judge(w.safety.Elected(uint64(h.Number()), uint64(n.Term())))
	}
	if s.last != n.LastIndex() || s.term != n.LastTerm() {
		w.tellLog(h, n)
		s.last, s.term = n.LastIndex(), n.LastTerm()
	}
	if disk := min(n.FirstIndex()-1, w.member(h).WAL().Snapshot()); disk > s.disk {
		w.safety.Compacted(uint64(h.Number()), uint64(disk))
		s.disk = disk
	}
	w.judge(w.safety.Observe(uint64(h.Number()), check.View{
		Leader:    n.Role() == raft.Leader,
		Term:      uint64(n.Term()),
		Commit:    uint64(n.Commit()),
		LastIndex: uint64(n.LastIndex()),
		LastTerm:  uint64(n.LastTerm()),
	}))
	for i := range w.memberOut.Events {
		switch e := &w.memberOut.Events[i]; e.Kind {
		case etcd.Applied, etcd.Configured:
			w.tellApplied(h, n, e.Index)
		case etcd.SnapshotInstalled:
			w.safety.Installed(uint64(h.Number()), uint64(e.Index))
		}
	}
	w.reconcile()
	w.observeStore(h)
}

// tellLog tells the checkers where a member's log now differs from what they were told.
func (w *World) tellLog(h sim.Host, n *raft.Node) {
	id := uint64(h.Number())
	told := w.shadows[id-1].last
	if base := n.FirstIndex() - 1; told == 0 && base > 0 { // it starts from a snapshot on its disk
		term, _ := n.TermAt(base)
		w.judge(w.safety.Restored(id, uint64(base), uint64(term)))
		told = base
	}
	same := min(told, n.LastIndex())
	for ; same > 0; same-- {
		was, ok := w.safety.TermAt(id, uint64(same))
		if is, _ := n.TermAt(same); ok && raft.Term(was) == is {
			break
		}
	}
	if same < told {
		w.safety.Truncated(id, uint64(same))
	}
	for i := same + 1; i <= n.LastIndex(); i++ {
		e, _ := n.EntryAt(i)
		w.judge(w.safety.Appended(id, uint64(i), uint64(e.Term), digest(&e)))
	}
}

func (w *World) tellApplied(h sim.Host, n *raft.Node, i raft.Index) {
	if e, ok := n.EntryAt(i); ok {
		w.judge(w.safety.Applied(uint64(h.Number()), uint64(i), uint64(e.Term), digest(&e)))
	}
}

// cut tells the checkers that a member crashed. What its disk holds, which may be another log than its memory held,
// they are told when it starts again.
func (w *World) cut(h sim.Host) {
	w.shadows[h.Number()-1] = shadow{}
	w.safety.Crashed(uint64(h.Number()), 0)
}

// digest tells entries apart: a type and data.
func digest(e *raft.Entry) uint64 {
	h := uint64(e.Type) + 1
	for _, b := range e.Data {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return rng.Mix(h, uint64(len(e.Data)))
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
	w.story.mark(Mark{w.now, MarkViolation, v.Rule.String() + ": " + v.Text, seq})
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
		w.cut(h)
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
		w.judge(w.safety.Restored(uint64(h.Number()), uint64(e.Raft.Index), uint64(e.Raft.LogTerm)))
		s := &w.shadows[h.Number()-1]
		s.last, s.term = e.Raft.Index, e.Raft.LogTerm
	case e.Raft.Kind == raft.BecameLeader && e.Raft.Term >= s.open.Term:
		s.begin(w.now, e.Raft.Term, h)
		s.mark(Mark{w.now, MarkElection, h.String() + " elected in term " + strconv.FormatUint(uint64(e.Raft.Term), 10), seq})
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
