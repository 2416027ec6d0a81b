package judge

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Log reports to the checkers what a running member's log and state are after a turn, whatever the member says that it
// did.
func (j *Judge) Log(h sim.Host, m *etcd.Member, events []etcd.Event) {
	n, id := m.Node(), uint64(h.Number())
	s := &j.cursors[h.Number()-1]
	if n.Role() == raft.Leader && n.LastTerm() != s.term {
		j.report(j.Safety.Elected(id, uint64(n.Term())))
	}
	if s.last != n.LastIndex() || s.term != n.LastTerm() {
		j.appended(h, n)
		s.last, s.term = n.LastIndex(), n.LastTerm()
	}
	if disk := min(n.FirstIndex()-1, m.Directory().WAL().Snapshot()); disk > s.disk {
		j.Safety.Compacted(id, uint64(disk))
		s.disk = disk
	}
	j.report(j.Safety.Observe(id, check.View{
		Leader:    n.Role() == raft.Leader,
		Term:      uint64(n.Term()),
		Commit:    uint64(n.Commit()),
		LastIndex: uint64(n.LastIndex()),
		LastTerm:  uint64(n.LastTerm()),
	}))
	for i := range events {
		switch e := &events[i]; e.Kind {
		case etcd.Applied, etcd.Configured:
			j.applied(h, n, e.Index)
		case etcd.SnapshotInstalled:
			j.Safety.Installed(id, uint64(e.Index))
		}
	}
}

// appended reports to the checkers where a member's log now differs from what was reported.
func (j *Judge) appended(h sim.Host, n *raft.Node) {
	id := uint64(h.Number())
	delivered := j.cursors[id-1].last
	if base := n.FirstIndex() - 1; delivered == 0 && base > 0 { // it starts from a snapshot on its disk
		term, _ := n.TermAt(base)
		j.report(j.Safety.Restored(id, uint64(base), uint64(term)))
		delivered = base
	}
	same := min(delivered, n.LastIndex())
	for ; same > 0; same-- {
		was, ok := j.Safety.TermAt(id, uint64(same))
		if is, _ := n.TermAt(same); ok && raft.Term(was) == is {
			break
		}
	}
	if same < delivered {
		j.Safety.Truncated(id, uint64(same))
	}
	for i := same + 1; i <= n.LastIndex(); i++ {
		e, _ := n.EntryAt(i)
		j.report(j.Safety.Appended(id, uint64(i), uint64(e.Term), digest(&e)))
	}
}

func (j *Judge) applied(h sim.Host, n *raft.Node, i raft.Index) {
	if e, ok := n.EntryAt(i); ok {
		j.report(j.Safety.Applied(uint64(h.Number()), uint64(i), uint64(e.Term), digest(&e)))
	}
}

// Sent reports that a member sends a snapshot.
func (j *Judge) Sent(h sim.Host, m *raft.Message) {
	j.Safety.Sent(uint64(h.Number()), uint64(m.Snapshot.Index))
}

// Restored reports that a member's log begins behind a snapshot now.
func (j *Judge) Restored(h sim.Host, e *raft.Event) {
	j.report(j.Safety.Restored(uint64(h.Number()), uint64(e.Index), uint64(e.LogTerm)))
	s := &j.cursors[h.Number()-1]
	s.last, s.term = e.Index, e.LogTerm
}

// Crashed reports that a member crashed. What its disk holds, which may be another log than its memory held, the
// checkers are told when it starts again.
func (j *Judge) Crashed(h sim.Host) {
	j.cursors[h.Number()-1] = cursor{}
	j.Safety.Crashed(uint64(h.Number()), 0)
}

// Removed reports that a machine has another directory.
func (j *Judge) Removed(h sim.Host) {
	j.cursors[h.Number()-1] = cursor{}
	j.Safety.Removed(uint64(h.Number()))
}

// digest is of what makes entries differ: type and data.
func digest(e *raft.Entry) uint64 {
	h := uint64(e.Type) + 1
	for _, b := range e.Data {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return rng.Mix(h, uint64(len(e.Data)))
}
