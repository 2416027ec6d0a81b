package shell

import (
	"strconv"
	"strings"
)

func egrep(args []string, in string) result { return grep(append([]string{"-E"}, args...), in) }
func fgrep(args []string, in string) result { return grep(append([]string{"-F"}, args...), in) }

// search is a grep with its flags.
type search struct {
	flags
	patterns      []*pattern
	most          int // matching lines; -1: all
	before, after int // lines of context
}

// The letters of grep's flags: those without a value, and those with one.
const (
	grepPlain  = "EFGovicnwxqhsa"
	grepValued = "emABC"
)

// grep prints the lines that match a pattern.
func grep(args []string, in string) result {
	s := search{flags: parseFlags(numberFlag(args, "-C"), grepPlain, grepValued), most: -1}
	files := 1
	if s.has('e') {
		files = 0
	}
	if r, bad := s.refused("grep", files); bad {
		return r
	}
	if files == 1 && len(s.rest) == 0 {
		return mistaken(exitUsage, "grep: a pattern is missing; want "+findFilter("grep").usage)
	}
	if bad := s.numbers(); bad != "" {
		return mistaken(exitUsage, "grep: "+bad+" is no number of lines")
	}
	if msg := s.compile(); msg != "" {
		return mistaken(exitUsage, "grep: "+msg)
	}
	r := s.lines(in)
	for _, p := range s.patterns {
		if p.steps >= stepsMost {
			return mistaken(exitUsage, "grep: this pattern takes too long on this text")
		}
	}
	return r
}

// numbers reads the flags whose values are numbers of lines. It returns the one that is none.
func (s *search) numbers() (bad string) {
	for i, letter := range []byte(s.set) {
		if strings.IndexByte("mABC", letter) < 0 {
			continue
		}
		n, err := strconv.Atoi(s.values[i])
		if err != nil || n < 0 {
			return strconv.Quote(s.values[i])
		}
		switch letter {
		case 'm':
			s.most = n
		case 'A':
			s.after = n
		case 'B':
			s.before = n
		default:
			s.after, s.before = n, n
		}
	}
	return ""
}

// numberFlag gives -3 its letter.
func numberFlag(args []string, letter string) []string {
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789") == "" {
			out := append([]string(nil), args...)
			out[i] = letter + a[1:]
			return out
		}
	}
	return args
}

func (s *search) compile() string {
	texts := s.rest
	if s.has('e') {
		texts = nil
		for i, letter := range []byte(s.set) {
			if letter == 'e' {
				texts = append(texts, s.values[i])
			}
		}
	} else {
		texts = texts[:1]
	}
	dialect := basic
	switch i := strings.LastIndexAny(s.set, "EFG"); {
	case i >= 0 && s.set[i] == 'E':
		dialect = extended
	case i >= 0 && s.set[i] == 'F':
		dialect = fixed
	}
	for _, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			p, msg := compile(line, dialect, s.has('i'))
			if msg != "" {
				return msg
			}
			p.word, p.whole = s.has('w'), s.has('x')
			s.patterns = append(s.patterns, p)
		}
	}
	return ""
}

// find returns where the next match at or behind an offset is: the leftmost, of those the longest.
func (s *search) find(line string, from int) (lo, hi int, ok bool) {
	for _, p := range s.patterns {
		if a, b, found := p.find(line, from); found && (!ok || a < lo || (a == lo && b > hi)) {
			lo, hi, ok = a, b, true
		}
	}
	return lo, hi, ok
}

func (s *search) lines(in string) result {
	var b strings.Builder
	count, shown, due := 0, -1, 0 // shown: the last line that was printed; due: lines behind a match that are still to be
	list := split(in)
	for i, line := range list {
		if s.most >= 0 && count == s.most && due == 0 {
			break
		}
		_, _, ok := s.find(line, 0)
		if ok == s.has('v') || (s.most >= 0 && count == s.most) {
			if due > 0 {
				s.print(&b, i, "-", line)
				due--
				shown = i
			}
			continue
		}
		count++
		if s.has('c') || s.has('q') {
			continue
		}
		if s.before+s.after > 0 && shown >= 0 && !s.has('o') && max(shown+1, i-s.before) > shown+1 {
			b.WriteString("--\n")
		}
		for k := max(shown+1, i-s.before); k < i && !s.has('o'); k++ {
			s.print(&b, k, "-", list[k])
		}
		s.matched(&b, i, line)
		shown, due = i, s.after
		if s.has('o') {
			due = 0
		}
	}
	if s.has('c') && !s.has('q') {
		b.WriteString(strconv.Itoa(count) + "\n")
	}
	return result{out: b.String(), exit: 1 - signum(count)}
}

// matched prints a line that matches, or with -o what of it does.
func (s *search) matched(b *strings.Builder, i int, line string) {
	if !s.has('o') {
		s.print(b, i, ":", line)
		return
	}
	for from := 0; !s.has('v') && from <= len(line); {
		lo, hi, ok := s.find(line, from)
		if !ok {
			return
		}
		if from = hi; lo == hi {
			from++
			continue
		}
		s.print(b, i, ":", line[lo:hi])
	}
}

func (s *search) print(b *strings.Builder, i int, mark, text string) {
	if s.has('n') {
		b.WriteString(strconv.Itoa(i+1) + mark)
	}
	b.WriteString(text + "\n")
}
