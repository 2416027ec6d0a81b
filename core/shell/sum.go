package shell

import (
	"strconv"
	"strings"
)

const divided = "division by 0"

// evaluate returns what $((text)) comes to: whole numbers and variables with + - * / % and parentheses; or what is
// wrong with it.
func evaluate(text string, lookup func(name string) string) (int64, string) {
	s := &summer{rest: text, lookup: lookup}
	n := s.sum(0)
	if s.skip(); s.rest != "" && s.msg == "" {
		s.msg = strconv.Quote(s.rest) + " is not carried out in $((…))"
	}
	return n, s.msg
}

type summer struct {
	rest, msg string
	lookup    func(string) string
}

func (s *summer) skip() { s.rest = strings.TrimLeft(s.rest, " \t\n") }

func (s *summer) take(marks string) byte {
	s.skip()
	if s.rest == "" || strings.IndexByte(marks, s.rest[0]) < 0 || s.msg != "" {
		return 0
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c
}

func (s *summer) sum(depth int) int64 {
	n := s.product(depth)
	for {
		switch s.take("+-") {
		case '+':
			n += s.product(depth)
		case '-':
			n -= s.product(depth)
		default:
			return n
		}
	}
}

func (s *summer) product(depth int) int64 {
	n := s.factor(depth)
	for {
		op := s.take("*/%")
		if op == 0 {
			return n
		}
		m := s.factor(depth)
		switch {
		case s.msg != "":
			return 0
		case op == '*':
			n *= m
		case m == 0:
			s.msg = divided
		case op == '/':
			n /= m
		default:
			n %= m
		}
	}
}

func (s *summer) factor(depth int) int64 {
	if depth > depthMost {
		s.msg = "$((…)) goes too deep"
	}
	switch s.take("+-($") {
	case '-':
		return -s.factor(depth + 1)
	case '+':
		return s.factor(depth + 1)
	case '(':
		n := s.sum(depth + 1)
		if s.take(")") == 0 && s.msg == "" {
			s.msg = "a ) is missing in $((…))"
		}
		return n
	}
	n := 0
	for n < len(s.rest) && (isName(s.rest[n:n+1]) || (s.rest[n] >= '0' && s.rest[n] <= '9')) {
		n++
	}
	name := s.rest[:n]
	s.rest = s.rest[n:]
	if isName(name) {
		if name = strings.TrimSpace(s.lookup(name)); name == "" {
			return 0
		}
	}
	v, err := strconv.ParseInt(name, 0, 64)
	if err != nil && s.msg == "" {
		s.msg = strconv.Quote(name) + " is no whole number"
	}
	return v
}
