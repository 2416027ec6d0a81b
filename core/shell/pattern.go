package shell

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Regular expressions as grep reads them: POSIX's basic and extended ones, with GNU's \b \< \> \w \W \s \S. Of all
// matches the leftmost is taken, and of those the longest. A pattern becomes a machine that is in many states at once,
// so that no pattern takes longer than its length times the text's.

// dialect is how a pattern is written.
type dialect uint8

const (
	basic    dialect = iota
	extended         // -E
	fixed            // -F
)

const (
	patternMost = 4000    // states of one pattern
	stepsMost   = 1 << 24 // that all searches of a filter may take: some tenths of a second
	repeatMost  = 255     // in x{n,m}
)

// opcode says what a state does.
type opcode uint8

const (
	opSet   opcode = iota // takes one character of set
	opSplit               // goes on at both
	opJump
	opEdge // goes on if text's edge is here
	opMatch
)

type state struct {
	op   opcode
	x, y int // where it goes on
	set  *charset
	edge byte // ^ $ b B < >
}

// charset is a set of characters.
type charset struct {
	not    bool
	any    bool
	ranges []rune // pairs: from, to
	fold   bool
}

func (s *charset) has(r rune) bool {
	if s.any {
		return true
	}
	in := s.holds(r)
	if s.fold && !in {
		in = s.holds(unicode.ToLower(r)) || s.holds(unicode.ToUpper(r))
	}
	return in != s.not
}

func (s *charset) holds(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= r && r <= s.ranges[i+1] {
			return true
		}
	}
	return false
}

// pattern is a compiled one.
type pattern struct {
	states []state
	word   bool // -w: no letter, digit or _ touches the match
	whole  bool // -x: it is the line
	steps  int  // that its searches have taken
}

// compile reads a pattern, or says what is wrong with it.
func compile(text string, d dialect, fold bool) (*pattern, string) {
	c := &compiler{rest: text, dialect: d, fold: fold}
	var f fragment
	if d == fixed {
		for _, r := range text {
			f = c.join(f, c.one(&charset{ranges: []rune{r, r}}))
		}
	} else {
		f = c.alternatives(0)
		if c.rest != "" && c.msg == "" {
			c.msg = "Unmatched ) or \\)"
		}
	}
	if c.msg != "" {
		return nil, c.msg
	}
	f = c.join(f, fragment{parts: []state{{op: opMatch}}})
	return &pattern{states: f.parts}, ""
}

// fragment is states whose targets count from its own beginning; behind its end it goes on.
type fragment struct{ parts []state }

type compiler struct {
	rest    string
	dialect dialect
	fold    bool
	msg     string
	begun   bool // something stands before, in this alternative
}

func (c *compiler) fail(msg string) {
	if c.msg == "" {
		c.msg = msg
	}
	c.rest = ""
}

func (c *compiler) one(s *charset) fragment {
	s.fold = c.fold
	return fragment{[]state{{op: opSet, x: 1, set: s}}}
}

// join puts a fragment behind another.
func (c *compiler) join(a, b fragment) fragment {
	if len(a.parts)+len(b.parts) > patternMost {
		c.fail("the pattern is too long")
		return a
	}
	n := len(a.parts)
	out := append([]state(nil), a.parts...)
	for _, s := range b.parts {
		s.x, s.y = s.x+n, s.y+n
		out = append(out, s)
	}
	return fragment{out}
}

// either takes one or the other.
func (c *compiler) either(a, b fragment) fragment {
	out := c.join(fragment{[]state{{op: opSplit, x: 1, y: len(a.parts) + 2}}}, a)
	out = c.join(out, fragment{[]state{{op: opJump, x: 1 + len(b.parts)}}})
	return c.join(out, b)
}

func (c *compiler) star(a fragment) fragment {
	out := c.join(fragment{[]state{{op: opSplit, x: 1, y: len(a.parts) + 2}}}, a)
	return c.join(out, fragment{[]state{{op: opJump, x: -len(a.parts) - 1}}})
}

func (c *compiler) optional(a fragment) fragment {
	return c.join(fragment{[]state{{op: opSplit, x: 1, y: len(a.parts) + 1}}}, a)
}

// operator takes an operator, which the basic dialect writes with a backslash.
func (c *compiler) operator(mark string) bool {
	if c.dialect == basic {
		mark = `\` + mark
	}
	if !strings.HasPrefix(c.rest, mark) {
		return false
	}
	c.rest = c.rest[len(mark):]
	return true
}

func (c *compiler) closes() bool {
	if c.dialect == basic {
		return strings.HasPrefix(c.rest, `\)`)
	}
	return strings.HasPrefix(c.rest, ")")
}

func (c *compiler) alternatives(depth int) fragment {
	if depth > depthMost {
		c.fail("the pattern goes too deep")
	}
	f := c.sequence(depth)
	for c.operator("|") {
		f = c.either(f, c.sequence(depth))
	}
	return f
}

func (c *compiler) sequence(depth int) fragment {
	var f fragment
	c.begun = false
	for c.rest != "" {
		if strings.HasPrefix(c.rest, "|") && c.dialect == extended || strings.HasPrefix(c.rest, `\|`) && c.dialect == basic ||
			(c.closes() && depth > 0) {
			break
		}
		begin := !c.begun && c.dialect == basic && c.rest[0] == '^' // a * behind it is text
		atom := c.atom(depth)
		if c.begun = !begin; c.begun {
			atom = c.repeated(atom)
		}
		f = c.join(f, atom)
	}
	return f
}

// repeated reads the marks behind an atom.
func (c *compiler) repeated(a fragment) fragment {
	for c.rest != "" {
		switch {
		case c.rest[0] == '*':
			c.rest = c.rest[1:]
			a = c.star(a)
		case c.operator("+"):
			a = c.join(a, c.star(a))
		case c.operator("?"):
			a = c.optional(a)
		case c.bounds() && c.operator("{"):
			a = c.counted(a)
		default:
			return a
		}
	}
	return a
}

// bounds reports whether a { begins a number of times. Where it does not, the extended dialect takes it as text.
func (c *compiler) bounds() bool {
	text, _, ok := strings.Cut(strings.TrimPrefix(c.rest, "{"), "}")
	return c.dialect == basic || (ok && text != "" && text != "," && strings.Trim(text, "0123456789,") == "")
}

// counted reads the rest of x{n}, x{n,} or x{n,m}.
func (c *compiler) counted(a fragment) fragment {
	closing := "}"
	if c.dialect == basic {
		closing = `\}`
	}
	text, rest, ok := strings.Cut(c.rest, closing)
	low, high, ranged := strings.Cut(text, ",")
	least, err := strconv.Atoi("0" + low)
	most := least
	if ranged && high != "" {
		var err2 error
		if most, err2 = strconv.Atoi(high); err2 != nil {
			err = err2
		}
	}
	if !ok || err != nil || least > repeatMost || most > repeatMost || most < least || text == "" {
		c.fail("Invalid content of \\{\\}")
		return a
	}
	c.rest = rest
	var out fragment
	for range least {
		out = c.join(out, a)
	}
	if ranged && high == "" {
		return c.join(out, c.star(a))
	}
	var tail fragment
	for range most - least {
		tail = c.optional(c.join(a, tail))
	}
	return c.join(out, tail)
}

// wordClass is \w of GNU's grep.
const wordClass = "azAZ09__"

func (c *compiler) atom(depth int) fragment {
	r, n := utf8.DecodeRuneInString(c.rest)
	if c.operator("(") {
		f := c.alternatives(depth + 1)
		if !c.operator(")") {
			c.fail("Unmatched ( or \\(")
		}
		return f
	}
	switch {
	case r == '.':
		c.rest = c.rest[1:]
		return c.one(&charset{any: true})
	case r == '[':
		return c.bracket()
	case r == '^' && (c.dialect == extended || !c.begun):
		c.rest = c.rest[1:]
		return c.edge('^')
	case r == '$' && (c.dialect == extended || len(c.rest) == 1 || strings.HasPrefix(c.rest[1:], `\)`) ||
		strings.HasPrefix(c.rest[1:], `\|`)):
		c.rest = c.rest[1:]
		return c.edge('$')
	case r == '\\':
		return c.backslash()
	}
	c.rest = c.rest[n:]
	return c.one(&charset{ranges: []rune{r, r}})
}

func (c *compiler) edge(e byte) fragment { return fragment{[]state{{op: opEdge, x: 1, edge: e}}} }

func (c *compiler) backslash() fragment {
	if len(c.rest) == 1 {
		c.fail("Trailing backslash")
		return fragment{}
	}
	r, n := utf8.DecodeRuneInString(c.rest[1:])
	c.rest = c.rest[1+n:]
	switch r {
	case 'b', 'B', '<', '>':
		return c.edge(byte(r))
	case 'w', 'W':
		return c.one(&charset{ranges: []rune(wordClass), not: r == 'W'})
	case 's', 'S':
		return c.one(&charset{ranges: []rune("  \t\r"), not: r == 'S'})
	}
	if r >= '1' && r <= '9' {
		c.fail("back-references such as \\" + string(r) + " are not carried out here")
		return fragment{}
	}
	return c.one(&charset{ranges: []rune{r, r}})
}

// names are POSIX's classes of characters.
var names = [...]struct{ name, ranges string }{
	{"alpha", "azAZ"}, {"digit", "09"}, {"alnum", "azAZ09"}, {"upper", "AZ"}, {"lower", "az"}, {"space", "  \t\r"},
	{"blank", "  \t\t"},
	{"punct", "!/:@[`{~"}, {"xdigit", "09afAF"}, {"print", " ~"}, {"graph", "!~"}, {"cntrl", "\x00\x1f\x7f\x7f"},
}

// bracket reads [ … ].
func (c *compiler) bracket() fragment {
	s := &charset{}
	rest := c.rest[1:]
	rest, s.not = strings.CutPrefix(rest, "^")
	for first := true; ; first = false {
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case rest == "":
			c.fail("Unmatched [, [^, [:, [., or [=")
			return fragment{}
		case r == ']' && !first:
			c.rest = rest[1:]
			return c.one(s)
		case strings.HasPrefix(rest, "[:"):
			name, after, ok := strings.Cut(rest[2:], ":]")
			ranges := className(name)
			if !ok || ranges == "" {
				c.fail("Invalid character class name")
				return fragment{}
			}
			s.ranges = append(s.ranges, []rune(ranges)...)
			rest = after
			continue
		}
		to := r
		rest = rest[n:]
		if len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			var m int
			to, m = utf8.DecodeRuneInString(rest[1:])
			rest = rest[1+m:]
			if to < r {
				c.fail("Invalid range end")
				return fragment{}
			}
		}
		s.ranges = append(s.ranges, r, to)
	}
}

func className(name string) string {
	for _, n := range names {
		if n.name == name {
			return n.ranges
		}
	}
	return ""
}
