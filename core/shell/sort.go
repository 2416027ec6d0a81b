package shell

import (
	"sort"
	"strings"
)

// sortLines sorts lines by their bytes, or by the numbers that they begin with.
func sortLines(args []string, in string) result {
	f := parseFlags(args, "nruf", "")
	if r, bad := f.refused("sort", 0); bad {
		return r
	}
	reverse, unique := f.has('r'), f.has('u')
	list := split(in)
	sort.SliceStable(list, func(i, k int) bool {
		n := f.compare(list[i], list[k])
		if n == 0 && !unique {
			n = strings.Compare(list[i], list[k]) // sort's last resort
		}
		return n < 0 != reverse && n != 0
	})
	var b strings.Builder
	for i, line := range list {
		if i == 0 || !unique || f.compare(list[i-1], line) != 0 {
			b.WriteString(line + "\n")
		}
	}
	return result{out: b.String()}
}

func (f *flags) compare(a, b string) int {
	switch {
	case f.has('n'):
		return compareNumbers(a, b)
	case f.has('f'):
		a, b = strings.ToUpper(a), strings.ToUpper(b)
	}
	return strings.Compare(a, b)
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
