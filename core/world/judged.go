package world

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Which cluster is judged. Machines may run members of several: an old one, and one that was founded from a backup or
// out of what is left. Raft and etcd promise nothing from one to the other, even if their IDs are the same, so the
// judges follow the newest and the rest is outside.

// judged says what the judges look at.
type judged struct {
	history uint32   // the one that is judged; the run begins with 0
	newest  uint32   // the last number that was given out
	ran     []uint32 // those of which a member has been started; never written in place
	off     bool     // nothing can be said any more: see confuse
	loss    loss
	lives   []life                   // of members, each with its last; never written in place
	altered [sim.MaxMembers + 1]bool // machines whose database was made to differ: what they say of keys is not judged
}

// life is a start of a member: of which history and with which ID, and the instant.
type life struct {
	history uint32
	id      raft.ID
	at      sim.Time
}

// remembers notes that a member starts, and whether it does from the directory with which it ran last. If not it has
// forgotten its vote and what it had promised to keep: its directory was emptied, or an older one was given back to it.
// Raft promises nothing then.
func (w *World) remembers(h sim.Host) {
	m := w.member(h)
	now := life{m.History(), m.ID(), w.now}
	lives := []life{now}
	for _, l := range w.judged.lives {
		switch {
		case l.history != now.history || l.id != now.id:
			lives = append(lives, l)
		case l.at != w.machine(h).ran && now.history == w.judged.history:
			w.lose(h)
		}
	}
	w.judged.lives, w.machine(h).ran = lives, w.now
}

// outside reports whether a machine's member is none of the cluster that is judged.
func (w *World) outside(h sim.Host) bool {
	return !w.judged.off && w.member(h).History() != w.judged.history
}

// distrusts reports whether a machine's answers about keys are not to be judged.
func (w *World) distrusts(h sim.Host) bool {
	return w.judged.off || w.judged.altered[h.Number()] || w.outside(h) || (w.judged.loss.shown && w.old(h))
}

// Judged reports whether the judges look at a machine's member and at what it says of keys.
func (w *World) Judged(h sim.Host) bool { return !w.distrusts(h) }

// Lost says whether promises may be broken because data was lost by hand: somebody was started without what it had
// written, or no rule is checked any more.
func (w *World) Lost() bool { return w.judged.off || w.judged.loss.who != "" }

// doubtful reports whether an answer comes from a member that is not judged.
func (w *World) doubtful(r *etcd.Response) bool {
	for i, m := range w.members {
		if m.EtcdID() == r.Header.MemberID && w.distrusts(sim.Member(i+1)) {
			return true
		}
	}
	return false
}

// started lets the judges go over to a member's cluster if nobody of theirs runs. They can only judge it from its
// beginning on.
func (w *World) started(h sim.Host) {
	history := w.member(h).History()
	first := !slices.Contains(w.judged.ran, history)
	if first {
		w.judged.ran = append(w.judged.ran[:len(w.judged.ran):len(w.judged.ran)], history)
	}
	if !w.outside(h) {
		return
	}
	for i, m := range w.members {
		if other := sim.Member(i + 1); other != h && m.Up() && !w.outside(other) {
			return
		}
	}
	if first {
		w.judgeAnew(history)
	} else {
		w.confuse("an older cluster goes on")
	}
}

// confuse ends the judging: an older cluster goes on whose doings were not watched, or members of two clusters with the
// same ID take each other for their own, which is why a restored one should get a token that no other had. What comes
// of that no rule covers.
func (w *World) confuse(why string) {
	if w.judged.off {
		return
	}
	w.judged.off, w.restored = true, true
	w.story.mark(Mark{w.now, mark.Fault, why + ": from here on no rule is checked", w.journal.Next()})
}

// begins numbers a history that begins now.
func (w *World) begins() uint32 {
	w.judged.newest++
	return w.judged.newest
}

// replaced tells that a machine has another directory, and when that was last in use.
func (w *World) replaced(h sim.Host, altered bool, ran sim.Time) {
	w.judged.altered[h.Number()], w.machine(h).ran = altered, ran
	w.judges.Removed(h)
}

// inherit tells that a machine has its leader's database now, damage and all.
func (w *World) inherit(h sim.Host) {
	for i, m := range w.members {
		if m.ID() == w.member(h).Node().Lead() && m.History() == w.member(h).History() {
			w.judged.altered[h.Number()] = w.judged.altered[i+1]
		}
	}
}

// judgeAnew begins with a cluster of which nothing is known: it may hold what a backup held, and clients were told of
// another one.
func (w *World) judgeAnew(history uint32) {
	w.judged.history, w.judged.off, w.judged.loss = history, false, loss{}
	w.judges.Anew()
	w.restored, w.founded, w.sole = true, w.now, -1
	w.story.begin(w.now, 0, 0)
}
