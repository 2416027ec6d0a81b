package check

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/rule"
)

// Safety judges Raft's safety properties while a run goes on: Election Safety, Leader Append-Only, Log Matching, Leader
// Completeness and State Machine Safety (Raft Figure 3).
//
// It is told facts, and keeps a cursor of every member's log. The order of telling within one event is:
//
//  1. what happened to the log, in its order: Truncated, Appended, Restored, Compacted, or Crashed;
//  2. Observe, with the member's state after the event;
//  3. Applied, for each entry that the member gave to its state machine, and Installed, for a snapshot; Sent, for one
//     that it sends.
//
// Each of them returns the first violation that it finds, or nil. A judge can go on after a violation, but may report
// it again. Members need not be announced.
//
// What it keeps is bounded by what members keep: of each log what its disk holds, of what was committed what the
// slowest running member's log holds, 16 bytes an entry; 24 bytes for each snapshot that was sent.
//
// An entry is known by its term and a digest of its type and data, which the caller computes the same way for all
// members.
type Safety struct {
	members []member
	leaders chunk.List[leadership]

	// committed has, by index, every entry that any member has ever taken for committed. Its first element stands for all
	// before it: every running member has discarded that.
	committed chunk.List[entry]
	marks     chunk.List[mark]
	sent      chunk.List[snapshot]

	term uint64 // the highest that any member has been in
}

// View is what a member shows of itself after an event.
type View struct {
	Leader    bool
	Term      uint64
	Commit    uint64
	LastIndex uint64
	LastTerm  uint64
}

// member is what is known of one member.
type member struct {
	id   uint64
	view View              // as last observed
	log  chunk.List[entry] // by index; the first element stands for all before it

	// it began with a snapshot that all had forgotten: what its log stands for is not known until it takes over another
	blind bool
	down  bool              // it has crashed and shown nothing since
	disk  uint64            // what is behind this index it may find on its disk when it starts again
	past  chunk.List[entry] // of that, what it had taken for committed before its log began anew

	cut     bool   // entries were taken away since the member was last observed
	cutFrom uint64 // its last index before that
	cutTo   uint64 // the lowest last index since

	started bool   // it has applied something since it started
	applied uint64 // the index that it applied last
}

// New returns a judge for a group whose logs are empty.
func New() *Safety {
	s := &Safety{}
	s.committed.Append(entry{})
	return s
}

// Anew returns a judge that knows nothing of logs any more, but who has led which term.
func (s *Safety) Anew() *Safety {
	n := New()
	n.leaders, n.term = s.leaders.Clone(), s.term
	return n
}

// Clone returns a judge that knows the same. It costs the same however long the logs are.
func (s *Safety) Clone() *Safety {
	c := &Safety{members: make([]member, len(s.members)), leaders: s.leaders.Clone(),
		committed: s.committed.Clone(), marks: s.marks.Clone(), sent: s.sent.Clone(), term: s.term}
	for i := range s.members {
		c.members[i] = s.members[i]
		c.members[i].log, c.members[i].past = s.members[i].log.Clone(), s.members[i].past.Clone()
	}
	return c
}

// Unify holds once what the logs of members have in common.
func (s *Safety) Unify() { s.each(chunk.Unify) }

// Borrow lets a judge who is only cloned from now on hold once even what is not full yet. Unify came before.
func (s *Safety) Borrow() { s.each(chunk.Borrow) }

// each goes through the lists that have something in common with the longest log.
func (s *Safety) each(do func(a, b *chunk.List[entry], same func(x, y *entry) bool)) {
	if len(s.members) == 0 {
		return
	}
	longest := &s.members[0].log
	for i := range s.members {
		if l := &s.members[i].log; l.Len() > longest.Len() {
			longest = l
		}
	}
	same := func(x, y *entry) bool { return *x == *y }
	do(longest, &s.committed, same)
	for i := range s.members {
		if l := &s.members[i].log; l != longest {
			do(longest, l, same)
		}
	}
}

// Observe judges the state of a member after an event. Most events leave most members as they were; that is the first
// question.
func (s *Safety) Observe(id uint64, v View) *Violation {
	m := s.member(id)
	if v == m.view && !m.cut {
		return nil
	}
	if v.LastIndex != m.last() || v.LastTerm != m.log.Ref(m.log.Len()-1).term {
		panic(phrase("check: the log of member ", id, " ends at index ", v.LastIndex, ", term ", v.LastTerm,
			", but it was told to end at index ", m.last(), ", term ", m.log.Ref(m.log.Len()-1).term))
	}
	before := m.view
	m.view, m.down, s.term = v, false, max(s.term, v.Term)
	first := s.judgeLeader(m, before)
	m.cut = false
	if bad := s.judgeCommit(m, before); first == nil {
		first = bad
	}
	return first
}

// Crashed tells that a member lost what was only in its memory. Its log is as before up to kept; if its disk holds more
// than that, it is Appended again. Everything else about the member is forgotten: it may come back with a lower commit
// index (it need not be on disk) and applies again from wherever its state machine was.
func (s *Safety) Crashed(id, kept uint64) {
	m := s.member(id)
	m.keep()
	switch {
	case kept >= uint64(m.log.First()):
		m.log.Truncate(int(min(kept, m.last())) + 1)
	case kept == 0:
		m.log.Reset(0)
		m.log.Append(entry{})
	case has(&s.committed, kept):
		m.log.Reset(int(kept))
		m.log.Append(s.committed.At(int(kept)))
	default:
		panic(phrase("check: member ", id, " crashed with a log up to index ", kept, ", which every member had discarded"))
	}
	m.view, m.cut, m.started, m.down, m.blind = View{}, false, false, true, false
}

// Term returns the highest term that any member has been in.
func (s *Safety) Term() uint64 { return s.term }

// Entries returns how many entries the judge remembers, of all logs together.
func (s *Safety) Entries() int {
	n := s.committed.Len() - s.committed.First()
	for i := range s.members {
		m := &s.members[i]
		n += m.log.Len() - m.log.First() + m.past.Len() - m.past.First()
	}
	return n
}

// Removed forgets a member that left the group for good.
func (s *Safety) Removed(id uint64) {
	for i := range s.members {
		if s.members[i].id == id {
			s.members = append(s.members[:i:i], s.members[i+1:]...)
			return
		}
	}
}

// member returns what is known of a member, a new one with an empty log if it was never heard of.
func (s *Safety) member(id uint64) *member {
	for i := range s.members {
		if s.members[i].id == id {
			return &s.members[i]
		}
	}
	m := member{id: id}
	m.log.Append(entry{})
	s.members = append(s.members, m)
	return &s.members[len(s.members)-1]
}

// broken makes a Violation at a member, in the term that the member is in.
func (m *member) broken(id rule.ID, index uint64, sentence ...any) *Violation {
	return &Violation{Rule: id, Text: phrase(sentence...), Node: m.id, Term: m.view.Term, Index: index}
}
