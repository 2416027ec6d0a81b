package world

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Which cluster is judged. Machines may run members of several: an old one, and one that was founded from a backup or out of what is left. Raft and etcd
// promise nothing from one to the other, so the judges follow the newest that was founded on purpose, and the rest is outside.

// judged says what the judges look at.
type judged struct {
	cluster uint64                   // by its ID
	foreign [sim.MaxMembers + 1]bool // machines whose member has that ID, too, but another history
	altered [sim.MaxMembers + 1]bool // machines whose database was made to differ: what they say of keys is not judged
}

// outside reports whether a machine's member is none of the cluster that is judged.
func (w *World) outside(h sim.Host) bool {
	return w.judged.foreign[h.Number()] || w.member(h).ClusterID() != w.judged.cluster
}

// distrusts reports whether a machine's answers about keys are not to be judged.
func (w *World) distrusts(h sim.Host) bool { return w.judged.altered[h.Number()] || w.outside(h) }

// answerer returns the machine whose member has an ID; 0 if none has.
func (w *World) answerer(memberID uint64) sim.Host {
	for i, m := range w.members {
		if m.EtcdID() == memberID {
			return sim.Member(i + 1)
		}
	}
	return 0
}

// doubtful reports whether an answer comes from a member that is not judged.
func (w *World) doubtful(r *etcd.Response) bool {
	if r.Header.ClusterID != 0 && r.Header.ClusterID != w.judged.cluster {
		return true
	}
	h := w.answerer(r.Header.MemberID)
	return h != 0 && w.distrusts(h)
}

// started lets the judges go over to a member's cluster if nobody of theirs runs.
func (w *World) started(h sim.Host) {
	if !w.outside(h) {
		return
	}
	for i, m := range w.members {
		if other := sim.Member(i + 1); other != h && m.Up() && !w.outside(other) {
			return
		}
	}
	w.judgeAnew(w.member(h).ClusterID())
}

// founds tells that a machine's member goes on alone: what the others have is another history from now on.
func (w *World) founds(h sim.Host) {
	w.judgeAnew(w.member(h).ClusterID())
	for i := range w.members {
		w.judged.foreign[i+1] = sim.Member(i+1) != h
	}
}

// replaced tells that a machine has another directory.
func (w *World) replaced(h sim.Host) {
	w.judged.foreign[h.Number()], w.judged.altered[h.Number()] = false, false
	w.shadows[h.Number()-1] = shadow{}
	w.safety.Removed(uint64(h.Number()))
}

// judgeAnew begins with a cluster of which nothing is known: it may hold what a backup held, and clients were told of another one.
func (w *World) judgeAnew(cluster uint64) {
	w.judged.cluster, w.judged.foreign = cluster, [sim.MaxMembers + 1]bool{}
	for i := range w.shadows {
		w.shadows[i] = shadow{}
	}
	w.safety, w.restored = check.New(), true
	w.store, w.ended, w.founded, w.sole = check.NewStoreFrom(), 0, w.now, -1
	w.story.begin(w.now, 0, 0)
}
