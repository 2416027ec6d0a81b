package shell

import (
	"slices"
	"strconv"
	"strings"
)

// sorter is a sort with its flags.
type sorter struct {
	flags
	from, to      int // fields that count, from 1; from 0: the whole line; to 0: up to the end
	numeric, fold bool
	reverse       bool
}

// sortLines sorts lines by their bytes, or by numbers, by the whole or by a field.
func sortLines(args []string, in string) result {
	s := sorter{flags: parseFlags(args, "nrufb", "kt")}
	if r, bad := s.refused("sort", 0); bad {
		return r
	}
	s.numeric, s.fold, s.reverse = s.has('n'), s.has('f'), s.has('r')
	if strings.Count(s.set, "k") > 1 || !s.key(s.value('k')) || len(s.value('t')) > 1 {
		return mistaken(exitUsage, "sort: this key is not carried out here; want "+findFilter("sort").usage)
	}
	list := split(in)
	slices.SortStableFunc(list, func(a, b string) int {
		n := s.compare(a, b)
		if n == 0 && !s.has('u') {
			n = strings.Compare(a, b) // sort's last resort
		}
		if s.reverse {
			return -n
		}
		return n
	})
	if s.has('u') {
		list = slices.CompactFunc(list, func(a, b string) bool { return s.compare(a, b) == 0 })
	}
	if len(list) == 0 {
		return result{}
	}
	return result{out: strings.Join(list, "\n") + "\n"}
}

// key reads 2, 2n, 2,2 or 2,2nr.
func (s *sorter) key(text string) bool {
	if text == "" {
		return !s.has('k')
	}
	low, high, ranged := strings.Cut(text, ",")
	number := func(part string, to *int) bool {
		digits := strings.TrimRight(part, "nrfb")
		s.numeric = s.numeric || strings.Contains(part, "n")
		s.reverse = s.reverse || strings.Contains(part, "r")
		s.fold = s.fold || strings.Contains(part, "f")
		n, err := strconv.Atoi(digits)
		*to = n
		return err == nil && n > 0
	}
	return number(low, &s.from) && (!ranged || number(high, &s.to))
}

func (s *sorter) compare(a, b string) int {
	a, b = s.part(a), s.part(b)
	if s.numeric {
		return compareNumbers(a, b)
	}
	if s.fold {
		a, b = strings.ToUpper(a), strings.ToUpper(b)
	}
	return strings.Compare(a, b)
}

// part returns what of a line counts. Without -t, fields begin with the blanks in front of them.
func (s *sorter) part(line string) string {
	if s.from == 0 {
		return line
	}
	ends := s.ends(line)
	if s.from > len(ends) {
		return ""
	}
	begin := 0
	if s.from > 1 {
		begin = ends[s.from-2]
		if s.has('t') {
			begin++
		}
	}
	end := len(line)
	if s.to > 0 && s.to <= len(ends) {
		end = ends[s.to-1]
	}
	return line[begin:max(begin, end)]
}

// ends returns where the fields of a line end.
func (s *sorter) ends(line string) (list []int) {
	if t := s.value('t'); t != "" {
		for i := range len(line) {
			if line[i] == t[0] {
				list = append(list, i)
			}
		}
		return append(list, len(line))
	}
	blank := func(i int) bool { return line[i] == ' ' || line[i] == '\t' }
	for i := 1; i < len(line); i++ {
		if blank(i) && !blank(i-1) {
			list = append(list, i)
		}
	}
	return append(list, len(line))
}

// compareNumbers compares the numbers that two texts begin with, however long they are. A text without one counts as 0.
func compareNumbers(a, b string) int {
	minusA, wholeA, restA := number(a)
	minusB, wholeB, restB := number(b)
	zero := func(whole, rest string) bool { return whole == "" && strings.Trim(rest, "0") == "" }
	minusA, minusB = minusA && !zero(wholeA, restA), minusB && !zero(wholeB, restB)
	switch {
	case minusA && !minusB:
		return -1
	case minusB && !minusA:
		return 1
	}
	n := len(wholeA) - len(wholeB)
	if n == 0 {
		n = strings.Compare(wholeA, wholeB)
	}
	if n == 0 {
		n = strings.Compare(strings.TrimRight(restA, "0"), strings.TrimRight(restB, "0"))
	}
	if minusA {
		return -n
	}
	return n
}

// number takes apart the number that a text begins with.
func number(text string) (minus bool, whole, fraction string) {
	text = strings.TrimLeft(text, " \t")
	text, minus = strings.CutPrefix(text, "-")
	whole, text = digits(text)
	if rest, ok := strings.CutPrefix(text, "."); ok {
		fraction, _ = digits(rest)
	}
	return minus, strings.TrimLeft(whole, "0"), fraction
}

func digits(text string) (number, rest string) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return text[:n], text[n:]
}
