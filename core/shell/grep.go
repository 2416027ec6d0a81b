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
	patterns []*pattern
}

// grepPlain are the letters of grep's flags without a value.
const grepPlain = "EFGovicnwxqhsa"

// grep prints the lines that match a pattern.
func grep(args []string, in string) result {
	s := search{flags: parseFlags(args, grepPlain, "e")}
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
	count := 0
	for i, line := range split(in) {
		if _, _, ok := s.find(line, 0); ok == s.has('v') {
			continue
		}
		if count++; !s.has('c') && !s.has('q') {
			s.matched(&b, i, line)
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
		s.print(b, i, line)
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
		s.print(b, i, line[lo:hi])
	}
}

func (s *search) print(b *strings.Builder, i int, text string) {
	if s.has('n') {
		b.WriteString(strconv.Itoa(i+1) + ":")
	}
	b.WriteString(text + "\n")
}
