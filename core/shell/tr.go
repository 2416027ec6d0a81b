package shell

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// tr replaces characters, or deletes or squeezes them. It works on bytes, as GNU's does.
func tr(args []string, in string) result {
	f := parseFlags(args, "dscC", "")
	if f.bad != "" || len(f.rest) == 0 || len(f.rest) > 2 {
		return mistaken(1, "tr: want "+findFilter("tr").usage)
	}
	first, ok := trSet(f.rest[0])
	var second []byte
	if ok && len(f.rest) == 2 {
		second, ok = trSet(f.rest[1])
	}
	both := f.has('d') && f.has('s')
	one := (f.has('d') || f.has('s')) && !both
	if !ok || (len(f.rest) == 1 && !one) || (f.has('d') && !both && len(f.rest) == 2) ||
		(len(f.rest) == 2 && len(second) == 0) {
		return mistaken(1, "tr: want "+findFilter("tr").usage)
	}
	if f.has('c') || f.has('C') {
		first = complement(first)
	}
	t := newTranslation(first, second, f.has('d'), f.has('s'))
	return result{out: t.carry(in)}
}

// translation is what becomes of each byte.
type translation struct {
	to      [256]byte
	gone    [256]bool
	squeeze [256]bool
}

func newTranslation(first, second []byte, drop, squeeze bool) *translation {
	t := &translation{}
	for i := range t.to {
		t.to[i] = byte(i)
	}
	for i, b := range first {
		switch {
		case drop:
			t.gone[b] = true
		case second != nil:
			t.to[b] = second[min(i, len(second)-1)]
		}
	}
	last := second
	if second == nil {
		last = first
	}
	for _, b := range last {
		t.squeeze[b] = squeeze
	}
	return t
}

func (t *translation) carry(in string) string {
	var b strings.Builder
	last := -1
	for i := range len(in) {
		c := in[i]
		if t.gone[c] {
			continue
		}
		if c = t.to[c]; t.squeeze[c] && int(c) == last {
			continue
		}
		b.WriteByte(c)
		last = int(c)
	}
	return b.String()
}

func complement(set []byte) (out []byte) {
	var in [256]bool
	for _, b := range set {
		in[b] = true
	}
	for i, is := range in {
		if !is {
			out = append(out, byte(i))
		}
	}
	return out
}

// trSet reads a set: characters, ranges, classes, backslashes.
func trSet(text string) (set []byte, ok bool) {
	for text != "" {
		if rest, is := strings.CutPrefix(text, "[:"); is {
			if name, after, closed := strings.Cut(rest, ":]"); closed && className(name) != "" {
				set = append(set, classBytes(name)...)
				text = after
				continue
			}
		}
		from, n := trByte(text)
		text = text[n:]
		if len(text) < 2 || text[0] != '-' {
			set = append(set, from)
			continue
		}
		to, n := trByte(text[1:])
		if text = text[1+n:]; to < from {
			return nil, false
		}
		for c := int(from); c <= int(to); c++ {
			set = append(set, byte(c))
		}
	}
	return set, true
}

// classBytes returns the characters of a class, in their order.
func classBytes(name string) (out []byte) {
	s := charset{ranges: []rune(className(name))}
	for c := range rune(0x80) {
		if s.holds(c) {
			out = append(out, byte(c))
		}
	}
	return out
}

func trByte(text string) (b byte, n int) {
	if text[0] == '\\' && len(text) > 1 {
		if is, n := script.Unescape(text[1:]); n > 0 && strings.IndexByte("xuUe", text[1]) < 0 {
			return is[0], 1 + n
		}
		return text[1], 2
	}
	return text[0], 1
}
