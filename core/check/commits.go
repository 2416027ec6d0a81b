package check

import "github.com/etcdscope/etcdscope/core/rule"

// mark tells in which term entries were committed: those from an index on, up to the next mark. Leader Completeness
// speaks of "an entry committed in a given term", which is not the term that the entry was written in. An entry is
// committed when any member first says so, which is the leader that counted its replicas, in the term that it leads.
//
// Invariant: from grows from mark to mark. The terms may fall, in a run that breaks the rules.
type mark struct {
	from uint64
	term uint64
	by   uint64
}

// lastCommitted returns the index of the last entry that anybody has taken for committed.
func (s *Safety) lastCommitted() uint64 { return uint64(s.committed.Len()) - 1 }

// judgeCommit judges a member's commit index, and takes note of what is newly committed.
func (s *Safety) judgeCommit(m *member, before View) *Violation {
	commit := m.view.Commit
	if commit > m.last() {
		return m.broken(rule.StateMachineSafety, commit, "Member ", m.id, " takes its log for committed up to index ", commit,
			", but the log ends at index ", m.last(), ".")
	}
	if commit < before.Commit {
		return m.broken(rule.StateMachineSafety, commit, "Member ", m.id, " moved its commit index back from ", before.Commit,
			" to ", commit, ".")
	}
	if bad := s.judgeAgreement(m, min(commit, s.lastCommitted())); bad != nil {
		return bad
	}
	if commit <= s.lastCommitted() || m.blind {
		return nil
	}
	s.recordCommitted(m)
	return s.judgeLeadersHold()
}

// judgeAgreement judges whether a member's log up to an index that it takes for committed is what others took for it.
func (s *Safety) judgeAgreement(m *member, upTo uint64) *Violation {
	judged := s.judged(m, upTo)
	if judged == nil || m.blind || !has(&m.log, upTo) || m.log.Ref(int(upTo)).chain == judged.Ref(int(upTo)).chain {
		return nil
	}
	at := difference(&m.log, judged, upTo)
	mine, theirs := m.log.Ref(int(at)).term, judged.Ref(int(at)).term
	how := phrase("an entry of term ", mine, ", where one of term ", theirs)
	if mine == theirs {
		how = phrase("an entry of term ", mine, ", where another of the same term")
	}
	return m.broken(rule.StateMachineSafety, at, "Member ", m.id, " takes for committed at index ", at, " ", how,
		" was committed", s.knownAt(at), ".").since(s.committedIn(at))
}

// committedIn returns the term in which an index was committed; 0 if that is not known.
func (s *Safety) committedIn(index uint64) uint64 {
	for i := s.marks.Len() - 1; i >= 0; i-- {
		if c := s.marks.Ref(i); c.from <= index {
			return c.term
		}
	}
	return 0
}

// knownAt says in which term an index was committed, and at which member this was first known.
func (s *Safety) knownAt(index uint64) string {
	for i := s.marks.Len() - 1; i >= 0; i-- {
		if c := s.marks.Ref(i); c.from <= index {
			return phrase(" in term ", c.term, " (first known at member ", c.by, ")")
		}
	}
	return ""
}

// recordCommitted takes over the entries that a member is the first to know as committed.
func (s *Safety) recordCommitted(m *member) {
	next := s.committed.Len()
	if first := m.log.First(); first > next {
		s.committed.Reset(first) // a snapshot of what was never committed: a violation that has been reported
		next = first
	}
	if n := s.marks.Len(); n == 0 || s.marks.Ref(n-1).term != m.view.Term || s.marks.Ref(n-1).by != m.id {
		s.marks.Append(mark{from: uint64(next), term: m.view.Term, by: m.id})
	}
	for i := next; i <= int(m.view.Commit); i++ {
		s.committed.Append(m.log.At(i))
	}
}

// judgeLeadersHold judges Leader Completeness for leaders that were elected before the newest entries were committed:
// an old leader may hear of its last replica when the next term's leader is at work already, and that one must have the
// entry, too.
func (s *Safety) judgeLeadersHold() *Violation {
	c := s.marks.Ref(s.marks.Len() - 1)
	for i := range s.members {
		if m := &s.members[i]; m.view.Leader && m.view.Term > c.term {
			if bad := s.judgeHolds(m, s.lastCommitted()); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// Applied tells that a member gave an entry to its state machine. It judges State Machine Safety, by way of what was
// committed: each member applies what was committed at the index, one index after the other. After a crash a member may
// begin anywhere.
func (s *Safety) Applied(id, index, term, digest uint64) *Violation {
	m := s.member(id)
	var bad *Violation
	if m.started && index != m.applied+1 {
		bad = m.broken(rule.ApplyInOrder, index, "Member ", id, " applied index ", index, " after index ", m.applied, ".")
	}
	m.started, m.applied = true, index
	switch {
	case bad != nil:
		return bad
	case index > s.lastCommitted():
		return m.broken(rule.StateMachineSafety, index, "Member ", id, " applied index ", index,
			", but nothing behind index ", s.lastCommitted(), " was ever committed.").since(term)
	}
	judged := s.judged(m, index-1)
	if judged == nil || !has(judged, index) {
		return nil // what was committed there has been forgotten
	}
	want := judged.Ref(int(index))
	switch got := judged.Ref(int(index)-1).after(term, digest); {
	case term != want.term:
		return m.broken(rule.StateMachineSafety, index, "Member ", id, " applied an entry of term ", term, " at index ",
			index,
			", where one of term ", want.term, " was committed", s.knownAt(index), ".").since(s.committedIn(index))
	case got != *want:
		return m.broken(rule.StateMachineSafety, index, "Member ", id, " applied an entry of term ", term, " at index ",
			index,
			", where one with other data was committed", s.knownAt(index), ".").since(s.committedIn(index))
	}
	return nil
}

// Installed tells that a member's state machine took over a snapshot, which stands for all entries up to an index: it
// applies the one behind it next. (Its log took the snapshot over earlier, when entries before it may still have been
// on their way to the state machine.)
func (s *Safety) Installed(id, index uint64) {
	m := s.member(id)
	m.started, m.applied = true, index
}
