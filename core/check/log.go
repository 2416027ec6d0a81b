package check

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// entry is what the judge keeps of a log entry. The chain is a digest of the whole log up to and including it, so that
// two logs are the same up to an index exactly if their chains there are, and one comparison judges a prefix of any
// length.
type entry struct {
	term  uint64
	chain uint64
}

// after returns the entry with that content behind e.
func (e entry) after(term, digest uint64) entry {
	return entry{term: term, chain: rng.Mix(rng.Mix(e.chain, term), digest)}
}

// last returns the index of a member's last entry.
func (m *member) last() uint64 { return uint64(m.log.Len()) - 1 }

// has reports whether the cursor knows a member's entry at an index. What a snapshot stands for it does not know,
// except for the last entry of it.
func has(log *chunk.List[entry], index uint64) bool {
	return index >= uint64(log.First()) && index < uint64(log.Len())
}

// Appended tells that a member's log now ends with this entry. What it held at this index and behind is gone.
//
// It judges Log Matching: wherever another log holds an entry with this index and term, both must be the same up to it.
func (s *Safety) Appended(id, index, term, digest uint64) *Violation {
	m := s.member(id)
	if index <= m.last() {
		s.Truncated(id, index-1)
	}
	if index != m.last()+1 {
		panic(phrase("check: member ", id, " appended index ", index, " behind index ", m.last()))
	}
	e := m.log.Ref(m.log.Len()-1).after(term, digest)
	m.log.Append(e)
	for i := range s.members {
		o := &s.members[i]
		if o.id == id || o.blind || m.blind || !has(&o.log, index) {
			continue
		}
		if other := o.log.Ref(int(index)); other.term == term && other.chain != e.chain {
			return m.mismatch(o, index, term)
		}
	}
	return nil
}

// mismatch describes a breach of Log Matching between two members at an index.
func (m *member) mismatch(o *member, index, term uint64) *Violation {
	at := difference(&m.log, &o.log, index)
	how := " with different data"
	a, b := m.log.Ref(int(at)).term, o.log.Ref(int(at)).term
	if a != b {
		how = phrase(": term ", a, " and term ", b)
	}
	where := ", and they differ"
	if at != index {
		where = phrase(", but before it their logs differ at index ", at)
	}
	return m.broken(rule.LogMatching, index, "Members ", m.id, " and ", o.id, " both hold an entry of term ", term,
		" at index ", index, where, how, ".").since(min(a, b))
}

// difference returns the lowest index at which two logs differ, given that they differ at high. Chains that differ once
// differ ever after, so it can be searched for by halves.
func difference(a, b *chunk.List[entry], high uint64) uint64 {
	low := uint64(max(a.First(), b.First()))
	for low < high {
		middle := low + (high-low)/2
		if a.Ref(int(middle)).chain == b.Ref(int(middle)).chain {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return high
}

// Truncated tells that a member dropped the entries behind an index. Whether it may have is judged when it is next
// observed: a leader that is told of a higher term steps down and may cut its log in one event.
func (s *Safety) Truncated(id, lastKept uint64) {
	m := s.member(id)
	if lastKept >= m.last() {
		return
	}
	m.recordCut(lastKept)
	m.log.Truncate(int(lastKept) + 1)
}

func (m *member) recordCut(to uint64) {
	if !m.cut {
		m.cut, m.cutFrom, m.cutTo = true, m.last(), to
	}
	m.cutTo = min(m.cutTo, to)
}

// Restored tells that a member's log was replaced by a snapshot, whose last entry has this index and term. A member
// that starts with a snapshot on its disk is told of in the same way. That its state machine took the snapshot over is
// another matter: see Installed.
//
// It judges State Machine Safety: a snapshot stands for committed entries, and ends with the one that was committed
// there. The first snapshot of a group of which nothing else is known is believed.
func (s *Safety) Restored(id, index, term uint64) *Violation {
	m := s.member(id)
	if index < m.last() {
		m.recordCut(index)
	}
	var bad *Violation
	m.keep()
	m.down = false
	base, known := s.known(m, index)
	m.blind = false
	switch {
	case known:
		if base.term != term {
			bad = m.broken(rule.StateMachineSafety, index, "Member ", id,
				" took over a snapshot that ends with an entry of term ",
				term, " at index ", index, ", where one of term ", base.term, " was committed.").since(base.term)
			base = entry{term: term, chain: rng.Mix(index, term)}
		}
	case s.committed.Len() == 1:
		base = entry{term: term, chain: rng.Mix(index, term)}
		s.committed.Reset(int(index))
		s.committed.Append(base)
	case index > s.lastCommitted():
		base = entry{term: term, chain: rng.Mix(index, term)}
		bad = m.broken(rule.StateMachineSafety, index, "Member ", id, " took over a snapshot up to index ", index,
			", but nothing behind index ", s.lastCommitted(), " was ever committed.").since(term)
	default: // an old directory was given back to it
		base, m.blind = entry{term: term}, true
	}
	m.log.Reset(int(index))
	m.log.Append(base)
	return bad
}

// known returns the entry that was committed at an index, as far as it is remembered: for all, for a member's disk, or
// for a snapshot.
func (s *Safety) known(m *member, index uint64) (entry, bool) {
	if l := s.judged(m, index); l != nil {
		return l.At(int(index)), true
	}
	for i := s.sent.Len() - 1; i >= 0; i-- {
		if x := s.sent.Ref(i); x.index == index {
			return x.last, true
		}
	}
	return entry{}, false
}

// judged returns the list that knows what was committed at an index, to judge a member by; nil if that has been
// forgotten.
func (s *Safety) judged(m *member, index uint64) *chunk.List[entry] {
	switch {
	case has(&s.committed, index):
		return &s.committed
	case has(&m.past, index):
		return &m.past
	}
	return nil
}

// keep remembers what the member's disk may hold of what it takes for committed, when its log is about to begin anew:
// after a crash it may come back with that, when all others have discarded it.
func (m *member) keep() {
	n := min(int(m.view.Commit)+1, m.log.Len())
	if m.blind || m.log.First() > int(m.disk) || n <= max(m.past.Len(), m.log.First()) {
		return
	}
	m.past = m.log.Clone()
	m.past.Truncate(n)
}

// snapshot is the last entry that a snapshot stands for.
type snapshot struct {
	index uint64
	last  entry
}

// Sent tells that a member sends a snapshot, which stands for all entries up to an index. It may be long on its way,
// and whoever takes it over begins with the entry there.
func (s *Safety) Sent(id, index uint64) {
	if e, ok := s.known(s.member(id), index); ok {
		s.sent.Append(snapshot{index, e})
	}
}

// Compacted tells that a member discarded the entries up to an index, in memory and on its disk, because a snapshot has
// them. What no running member holds any more the judge forgets, too.
func (s *Safety) Compacted(id, index uint64) {
	m := s.member(id)
	if index > m.last() {
		panic(phrase("check: member ", id, " compacted its log up to index ", index, ", which it does not hold"))
	}
	m.disk = index
	m.log.DropFront(max(int(index), m.log.First())) // a snapshot that is not on its disk yet may have replaced it
	if int(index)+1 >= m.past.Len() {
		m.past = chunk.List[entry]{}
	} else if int(index) > m.past.First() {
		m.past.DropFront(int(index))
	}
	oldest := s.committed.Len() - 1
	for i := range s.members {
		if o := &s.members[i]; !o.down {
			oldest = min(oldest, o.log.First())
		}
	}
	if oldest > s.committed.First() {
		s.committed.DropFront(oldest)
	}
}

// TermAt returns the term of the entry that the member is known to hold at an index; false if it holds none there. It
// lets the caller find out what it has yet to tell.
func (s *Safety) TermAt(id, index uint64) (uint64, bool) {
	m := s.member(id)
	if !has(&m.log, index) {
		return 0, false
	}
	return m.log.Ref(int(index)).term, true
}
