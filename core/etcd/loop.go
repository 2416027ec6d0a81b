package etcd

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// loop is the state of Raft and of the loop that carries out its duties (etcdserver/raft.go, raftNode).
type loop struct {
	node      *raft.Node
	ready     raft.Ready // the round under way, while busy
	saving    bool       // an fsync of ready's entries runs
	leading   bool       // whether the round began as leader
	syncEnd   sim.Time
	writeTime sim.Time // that its entries take beside the fsync itself
	tickLate  bool     // a tick came while the loop was busy: it is counted when that is free
	tickedAt  sim.Time // when the loop last counted a tick

	awaitsApply bool       // the round sends when a change of the group is applied
	advanced    []Response // about changes of the group, sent when the round is over
	taken       raft.Index // the last that was handed out to be applied (etcd's committedIndex)
	savedCommit raft.Index // what is committed, as the log on disk has it

	lead      raft.ID  // who leads, as the loop last took it from Raft (etcd's lead)
	electedAt sim.Time // when it last became the leader itself; 0: never in this incarnation

	trimmed  raft.Index // applied when Raft's log was last trimmed
	sending  int        // snapshots on their way: the log is not trimmed meanwhile
	trimFrom sim.Time   // nor before
}

func (l *loop) clone() loop {
	c := *l
	c.node, c.advanced = l.node.Clone(), slices.Clone(l.advanced)
	if l.busy() {
		c.ready.Messages, c.ready.AfterSync = slices.Clone(l.ready.Messages), slices.Clone(l.ready.AfterSync)
	}
	return c
}

// holdsOffice reports whether Raft has the member for the leader, whatever the loop has taken of that.
func (l *loop) holdsOffice() bool { return l.node.Role() == raft.Leader }

// leads reports whether the member leads as far as its Ready loop knows (server.go, isLeader).
func (l *loop) leads(self raft.ID) bool { return l.lead != raft.None && l.lead == self }

func (l *loop) isLearner(self raft.ID) bool { return contains(l.node.Conf().Learners, self) }

// busy reports whether the loop waits: for the disk, or before it sends for a change of the group to be applied.
func (l *loop) busy() bool { return l.saving || l.awaitsApply }

// changesGroup reports whether the round has brought a change of the group that is not applied yet. The entries that
// found the group change nothing: they are in force from the start.
func (l *loop) changesGroup(t *turn) bool {
	for i := range l.ready.Committed {
		e := &l.ready.Committed[i]
		if e.Type == raft.EntryConfChange && len(t.applier.queue) > 0 && t.applier.queue[0].Index <= e.Index &&
			e.Index > raft.Index(t.self.cfg.Members) {
			return true
		}
	}
	return false
}

// underWay reports whether an entry came with the round that the loop is still busy with. Who asked for a change of the
// group is answered when Raft, too, is done with it: else it might refuse the next change (etcdserver/server.go,
// configure; raft.go, raftAdvancedC).
func (l *loop) underWay(i raft.Index) bool {
	return l.busy() && len(l.ready.Committed) > 0 && l.ready.Committed[0].Index <= i
}

// raftEvents moves Raft's events into the output.
func (l *loop) raftEvents(t *turn) {
	for _, e := range l.node.Events() {
		t.out.Events = append(t.out.Events, Event{Kind: RaftEvent, Rule: e.Rule, Raft: e, Index: e.Index})
	}
}

// noteCommitted notes how far what goes to apply reaches (etcdserver/raft.go, updateCommittedIndex). While the loop
// waits Raft may have committed more: nobody in the member knows of that.
func (l *loop) noteCommitted() {
	if k := len(l.ready.Committed); k > 0 {
		l.taken = max(l.taken, l.ready.Committed[k-1].Index)
	}
	if l.ready.Snapshot != nil {
		l.taken = max(l.taken, l.ready.Snapshot.Index)
	}
}

// tooFar returns why Raft panics at a message, if it does: the leader remembers entries of this member that it does not
// have any more. So ends a member whose disk was wiped and that came back as the same one (raft log.go, commitTo).
func (l *loop) tooFar(msg *raft.Message) string {
	last := l.node.LastIndex()
	if msg.Type != raft.MsgHeartbeat || msg.Term < l.node.Term() || msg.Commit <= max(last, l.node.Commit()) {
		return ""
	}
	return fmt.Sprintf("panic: tocommit(%d) is out of range [lastIndex(%d)]. Was the raft log corrupted, truncated, "+
		"or lost?", msg.Commit, last)
}
