package check

import "github.com/etcdscope/etcdscope/core/rule"

// leadership is a term and the member that led it.
type leadership struct{ term, id uint64 }

// judgeLeader judges what concerns leaders: a member that has just become one, or one that goes on leading.
func (s *Safety) judgeLeader(m *member, before View) *Violation {
	if !m.view.Leader {
		return nil
	}
	if before.Leader && before.Term == m.view.Term {
		return m.judgeAppendOnly()
	}
	if bad := s.judgeElection(m, m.view.Term); bad != nil {
		return bad
	}
	return s.judgeComplete(m)
}

// judgeAppendOnly judges Leader Append-Only: a member that led a term before and after an event has not taken entries
// away.
func (m *member) judgeAppendOnly() *Violation {
	if !m.cut {
		return nil
	}
	return m.broken(rule.LeaderAppendOnly, m.cutTo+1, "Member ", m.id, " leads term ", m.view.Term,
		" and cut its own log back from index ", m.cutFrom, " to index ", m.cutTo, ".")
}

// Elected judges Election Safety for a member that leads a term, before its log is looked at: a second leader's first
// entries contradict the first one's, but that is what came of it.
func (s *Safety) Elected(id, term uint64) *Violation { return s.judgeElection(s.member(id), term) }

// judgeElection judges Election Safety: nobody else has ever led the term of a new leader. Terms need not be seen in
// their order, because the votes for an older one may arrive late; elections are rare enough to look at all of them.
func (s *Safety) judgeElection(m *member, term uint64) *Violation {
	for i := s.leaders.Len() - 1; i >= 0; i-- {
		l := s.leaders.Ref(i)
		if l.term != term {
			continue
		}
		if l.id == m.id {
			return nil
		}
		return m.broken(rule.ElectionSafety, 0, "Members ", l.id, " and ", m.id, " were both elected leader of term ", l.term,
			".").since(l.term)
	}
	s.leaders.Append(leadership{term, m.id})
	return nil
}

// judgeComplete judges Leader Completeness: a leader's log has all that was committed in earlier terms.
func (s *Safety) judgeComplete(m *member) *Violation {
	upTo := s.lastCommitted()
	for i := s.marks.Len() - 1; i >= 0; i-- {
		c := s.marks.Ref(i)
		if c.term < m.view.Term {
			return s.judgeHolds(m, upTo)
		}
		upTo = c.from - 1
	}
	return nil
}

// judgeHolds judges whether a leader's log has the committed entries up to an index.
func (s *Safety) judgeHolds(m *member, upTo uint64) *Violation {
	at, how := s.lacks(m, upTo)
	if at == 0 {
		return nil
	}
	what := "the entry"
	if has(&s.committed, at) {
		what = phrase("the entry of term ", s.committed.Ref(int(at)).term)
	}
	return m.broken(rule.LeaderCompleteness, at, "Member ", m.id, " leads term ", m.view.Term, " without ", what,
		" at index ", at, ", which was committed", s.knownAt(at), ": ", how, ".").since(s.committedIn(at))
}

// lacks returns the lowest index up to a limit at which a member's log does not have what was committed, and what it
// has instead; 0 if there is none. What the member's snapshot stands for was judged when the member got it.
func (s *Safety) lacks(m *member, upTo uint64) (at uint64, how string) {
	top := min(m.last(), upTo)
	if !m.blind && has(&m.log, top) && has(&s.committed, top) &&
		m.log.Ref(int(top)).chain != s.committed.Ref(int(top)).chain {
		at = difference(&m.log, &s.committed, top)
		return at, phrase("its log has an entry of term ", m.log.Ref(int(at)).term, " there")
	}
	if top < upTo {
		return top + 1, phrase("its log ends at index ", top)
	}
	return 0, ""
}
