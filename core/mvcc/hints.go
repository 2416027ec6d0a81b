package mvcc

import (
	"math/bits"
	"strings"
)

// hints let a search in a node do without the keys themselves: a key lies somewhere in memory, and a search would wait
// for one after the other. All keys of a node begin with its prefix, and of each key there are the eight bytes that
// follow, as a number that is ordered as they are:
//
//	keys     /pods/a1  /pods/a2  /pods/b
//	prefix   /pods/
//	of       "a1"      "a2"      "b"       filled up with zeros
//
// Where two numbers are the same, the keys decide.
type hints struct {
	prefix string
	of     []uint64 // as many as there are keys, in ascending order; equal ones stand together
}

// hint returns the first eight bytes of a string as a number.
func hint(s string) uint64 {
	if len(s) >= 8 {
		return uint64(s[7]) | uint64(s[6])<<8 | uint64(s[5])<<16 | uint64(s[4])<<24 |
			uint64(s[3])<<32 | uint64(s[2])<<40 | uint64(s[1])<<48 | uint64(s[0])<<56
	}
	var h uint64
	for i := range len(s) {
		h |= uint64(s[i]) << (56 - 8*i)
	}
	return h
}

// find returns the position of a key among some, which the hints belong to, or the position that it would have.
func (h *hints) find(keys []string, key string) (at int, found bool) {
	p := h.prefix
	if !strings.HasPrefix(key, p) {
		if key < p {
			return 0, false
		}
		return len(keys), false // it differs within the prefix, so that it is behind all that begin with it
	}
	rest := key[len(p):]
	want := hint(rest)
	low := 0
	for _, of := range h.of { // no branch depends on what is read, so that the memory is asked for all of it at once
		_, less := bits.Sub64(of, want, 0)
		low += int(less)
	}
	for ; low < len(keys) && h.of[low] == want; low++ {
		if len(rest) <= 8 && len(keys[low]) == len(key) {
			return low, true // the number is all that there is of both
		}
		if keys[low] >= key {
			return low, keys[low] == key
		}
	}
	return low, false
}

// take gives the key at a position, which is new there, its number. A prefix that the key does not have becomes
// shorter, one that leaves the key and a neighbour with the same number becomes as long as it can be. Nodes of a split
// keep their prefix, so that most nodes have the same string, which a search then finds in the cache.
func (h *hints) take(keys []string, at int) {
	if rest, ok := strings.CutPrefix(keys[at], h.prefix); ok {
		h.of[at] = hint(rest)
	} else {
		h.renew(keys, h.prefix[:common(keys[at], h.prefix)])
	}
	if (at > 0 && h.of[at-1] == h.of[at]) || (at+1 < len(keys) && h.of[at+1] == h.of[at]) {
		h.lengthen(keys)
	}
}

// lengthen makes the prefix as long as it can be. Keys are in order: what the first and the last have, all have.
func (h *hints) lengthen(keys []string) {
	if n := common(keys[0], keys[len(keys)-1]); n > len(h.prefix) {
		h.renew(keys, keys[0][:n])
	}
}

// renew makes the hints of all keys, which have that prefix.
func (h *hints) renew(keys []string, prefix string) {
	h.prefix, h.of = prefix, h.of[:0]
	for _, key := range keys {
		h.of = append(h.of, hint(key[len(prefix):]))
	}
}

// common returns the length of the longest prefix of two strings.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
