package mvcc

import "sort"

// span is some pages in a row.
type span struct{ at, n int32 }

// merge returns two lists of spans as one, in order, with neighbours put together.
func merge(a, b []span) []span {
	list := append(append(make([]span, 0, len(a)+len(b)), a...), b...)
	sort.Slice(list, func(i, j int) bool { return list[i].at < list[j].at })
	n := 0
	for _, s := range list {
		if n > 0 && list[n-1].at+list[n-1].n == s.at {
			list[n-1].n += s.n
			continue
		}
		list[n] = s
		n++
	}
	return list[:n]
}

// space is where a commit puts its pages: the spans that are free, and what lies behind the end of the file.
type space struct {
	free    []span // may hold empty ones
	high    int32
	longest int32 // no span is longer; 0: not known
}

// take returns the first of some pages in a row: of a span that is just as long, or else of the longest
// (freelist/hashmap.go, Allocate).
func (s *space) take(pages int) int32 {
	n := int32(pages)
	if s.longest != 0 && n > s.longest {
		return s.grow(n)
	}
	best, longest := -1, int32(1)
	for i := range s.free {
		have := s.free[i].n
		if have == n {
			best, longest = i, n
			break
		}
		if have > longest {
			best, longest = i, have
		}
	}
	if longest < n || best < 0 {
		s.longest = longest
		return s.grow(n)
	}
	at := s.free[best].at
	s.free[best] = span{at + n, s.free[best].n - n}
	return at
}

func (s *space) grow(n int32) int32 {
	s.high += n
	return s.high - n
}

// left returns the spans that are left.
func (s *space) left() []span {
	n := 0
	for _, x := range s.free {
		if x.n > 0 {
			s.free[n] = x
			n++
		}
	}
	return s.free[:n]
}
