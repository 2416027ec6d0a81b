package shell

import (
	"unicode/utf8"
)

// find returns where the next match begins and ends, at or behind an offset.
func (p *pattern) find(line string, from int) (lo, hi int, ok bool) {
	m := matcher{p: p, line: line}
	for at := from; at <= len(line); {
		if !m.possible(at) {
			return 0, 0, false
		}
		for ; at <= len(line) && p.steps < stepsMost; at++ {
			if at < len(line) && !utf8.RuneStart(line[at]) {
				continue
			}
			if end, found := m.longest(at); found {
				return at, end, true
			}
		}
		if p.steps >= stepsMost {
			return 0, 0, false
		}
	}
	return 0, 0, false
}

// matcher is a search in one line.
type matcher struct {
	p         *pattern
	line      string
	now, then []int  // states
	marked    []bool // those in then
}

// possible reports whether any match begins at or behind an offset: in one pass over the line.
func (m *matcher) possible(from int) bool {
	return m.run(from, true) >= 0
}

// longest returns the end of the longest match that begins at an offset.
func (m *matcher) longest(at int) (end int, ok bool) {
	end = m.run(at, false)
	return end, end >= 0
}

// run lets the machine read from an offset on, and returns the end of the last match that counts; -1 if there is none.
// With anywhere a match may begin behind the offset, too, and the first ends the search.
func (m *matcher) run(from int, anywhere bool) (end int) {
	end = -1
	if m.marked == nil {
		m.marked = make([]bool, len(m.p.states))
	}
	m.now = m.now[:0]
	for at := from; ; {
		if at == from || anywhere {
			m.then = append(m.then[:0], m.now...)
			m.mark(true)
			m.enter(0, at)
			m.mark(false)
			m.now, m.then = m.then, m.now
		}
		for _, s := range m.now {
			if m.p.states[s].op == opMatch && (anywhere || m.counts(from, at)) {
				end = at
			}
		}
		m.p.steps += len(m.marked) / 8 // for the marks that are taken away
		if m.p.steps >= stepsMost || at >= len(m.line) || (anywhere && end >= 0) || (len(m.now) == 0 && !anywhere) {
			return end
		}
		r, n := utf8.DecodeRuneInString(m.line[at:])
		at += n
		m.then = m.then[:0]
		for _, s := range m.now {
			m.p.steps++
			if st := &m.p.states[s]; st.op == opSet && st.set.has(r) {
				m.enter(st.x, at)
			}
		}
		m.mark(false)
		m.now, m.then = m.then, m.now
	}
}

// mark sets, or takes away, the marks of the states in then.
func (m *matcher) mark(set bool) {
	for _, s := range m.then {
		m.marked[s] = set
	}
	if !set {
		clear(m.marked)
	}
}

// enter adds a state, and those that it leads to without reading.
func (m *matcher) enter(s, at int) {
	if m.marked[s] {
		return
	}
	m.marked[s] = true
	m.p.steps++
	switch st := &m.p.states[s]; st.op {
	case opJump:
		m.enter(st.x, at)
	case opSplit:
		m.enter(st.x, at)
		m.enter(st.y, at)
	case opEdge:
		if m.edge(st.edge, at) {
			m.enter(st.x, at)
		}
	default:
		m.then = append(m.then, s)
	}
}

// edge reports whether an edge of the line or of a word is here.
func (m *matcher) edge(e byte, at int) bool {
	before, behind := at > 0 && isWord(m.line[at-1]), at < len(m.line) && isWord(m.line[at])
	switch e {
	case '^':
		return at == 0
	case '$':
		return at == len(m.line)
	case '<':
		return !before && behind
	case '>':
		return before && !behind
	case 'b':
		return before != behind
	}
	return before == behind
}

func isWord(b byte) bool {
	return b == '_' || (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z')
}

// counts reports whether a match may stand where it does: -w and -x.
func (m *matcher) counts(lo, hi int) bool {
	switch {
	case m.p.whole:
		return lo == 0 && hi == len(m.line)
	case m.p.word:
		return (lo == 0 || !isWord(m.line[lo-1])) && (hi == len(m.line) || !isWord(m.line[hi]))
	}
	return true
}
