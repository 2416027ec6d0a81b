package world

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Data that was lost by hand: a member was started without what it had written. Raft promises nothing of what it had
// voted for and kept, but everything else: what a violation contradicts tells whether the loss explains it.

// loss is what was lost by hand in the cluster that is judged.
type loss struct {
	who   string // was first started without what it had promised; empty: nobody was
	term  uint64 // the highest that anybody was in at the last such start: what is newer nobody has lost
	at    int    // how many operations had got their outcome at the first
	shown bool   // a rule was broken by it: members may disagree about what was written up to then
	mixed bool   // one runs that has applied nothing newer, and so may disagree
}

// lose notes that a member starts without what it had written.
func (w *World) lose(h sim.Host) {
	l := &w.judged.loss
	if l.who == "" {
		l.who, l.at = h.String()+" was started without what it had written", w.history.Len()
	}
	l.term = w.judges.Safety.Term()
}

// excuses reports whether the loss explains a violation. One of Raft's rules contradicts an election or a commit: of
// those after the loss nothing was forgotten. Those of the store and of watches know no terms: they are excused as long
// as somebody runs who has applied nothing newer. So is, once the loss has shown, what is found in logs: two of them
// are right then.
func (w *World) excuses(v *check.Violation) bool {
	l := &w.judged.loss
	if l.who == "" {
		return false
	}
	switch v.Rule {
	case rule.ElectionSafety:
		return v.Since <= l.term
	case rule.LeaderAppendOnly, rule.LogMatching, rule.LeaderCompleteness, rule.StateMachineSafety,
		rule.ApplyInOrder:
		return (v.Since > 0 && v.Since <= l.term) || (l.shown && (l.mixed || w.mixed()))
	}
	return l.mixed || w.mixed()
}

// excuse tells once that a rule is broken because of the loss.
func (w *World) excuse(v *check.Violation) {
	l := &w.judged.loss
	if !l.shown {
		l.shown, l.mixed, w.restored = true, true, true
		w.story.mark(Mark{w.now, mark.Fault, "data was lost by hand: " + l.who + ", and so " + v.Rule.String() +
			" is broken: " + strings.TrimSuffix(v.Text, ".") + "; what is older is judged no more", w.journal.Next()})
	}
}

// old reports whether a member has applied nothing that is newer than the loss.
func (w *World) old(h sim.Host) bool {
	m := w.member(h)
	if !m.Up() || w.outside(h) {
		return false
	}
	term, ok := m.Node().TermAt(m.Applied())
	return !ok || uint64(term) <= w.judged.loss.term
}

// mixed reports whether any member that runs is old.
func (w *World) mixed() bool {
	for i := range w.members {
		if w.old(sim.Member(i + 1)) {
			return true
		}
	}
	return false
}

// reconcile lets the judges begin anew once no old member runs any more, if the loss has shown.
func (w *World) reconcile() {
	l := &w.judged.loss
	if !l.shown {
		return
	}
	was := l.mixed
	if l.mixed = w.mixed(); was && !l.mixed {
		w.judges.LogsAnew()
		w.founded, w.sole = w.now, -1
	}
}

// carried reports whether an answer after the loss came from somebody who had applied nothing newer: what was lost may
// show in it.
func (w *World) carried() bool {
	l := &w.judged.loss
	if l.who == "" {
		return false
	}
	for i := max(l.at, w.history.First()); i < w.history.Len(); i++ {
		if o := w.history.Ref(i); o.Outcome == client.Acknowledged && o.Response.Header.RaftTerm <= l.term {
			return true
		}
	}
	return false
}
