package script

import (
	"strconv"
	"strings"
)

// Expr is a list of conditions joined with "and": what expect checks, and what "run until" waits for.
type Expr []Condition

// Condition compares one fact of the world with a literal.
type Condition struct {
	Fact    Fact
	Op      Op
	Literal string
	None    bool // compared with the bare word none: the fact has no value. Invariant: then Literal is empty
}

// Fact names something that can be looked up: "leader", "value /pods/pod1", "n1.commit", "n2.value /pods/pod1".
type Fact struct {
	Of   Name   // the member or client it is about; empty: the whole
	Name string // one of those that Facts returns
	Key  string // the key, if the fact takes one
}

// Op is a comparison.
type Op string

// The comparisons. Those of order compare whole numbers only; Contains looks for a text within a text.
const (
	Equal        Op = "=="
	NotEqual     Op = "!="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Contains     Op = "contains"
)

var ops = [...]Op{Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Contains}

// String returns the fact as a script writes it.
func (f Fact) String() string {
	s := f.Name
	if f.Of != "" {
		s = string(f.Of) + "." + s
	}
	if d, _ := findFact(f); d.Keyed {
		s += " " + quote(f.Key)
	}
	return s
}

// String returns the condition as a script writes it.
func (c Condition) String() string { return c.Fact.String() + " " + c.want() }

func (c Condition) want() string {
	switch {
	case c.None:
		return string(c.Op) + " none"
	case c.Literal == "none": // the text, not the absence
		return string(c.Op) + ` "none"`
	}
	return string(c.Op) + " " + quote(c.Literal)
}

// String returns the expression as a script writes it.
func (e Expr) String() string {
	list := make([]string, len(e))
	for i, c := range e {
		list[i] = c.String()
	}
	return strings.Join(list, " and ")
}

// Eval compares each condition with what get finds; get returns false for a fact that has no value, such as the leader
// when there is none, or the value of a key that does not exist. It returns whether all conditions hold, and says what
// was seen: all of it if they hold, else only what differs.
func (e Expr) Eval(get func(Fact) (string, bool)) (holds bool, seen string) {
	holds = true
	var good, bad []string
	for _, c := range e {
		text, found := get(c.Fact)
		is := "none"
		if found {
			is = quote(text)
			if text == "none" {
				is = `"none"`
			}
		}
		if c.holds(text, found) {
			good = append(good, c.Fact.String()+" is "+is)
			continue
		}
		holds = false
		bad = append(bad, c.Fact.String()+" is "+is+", want "+c.want())
	}
	if holds {
		return true, strings.Join(good, "; ")
	}
	return false, strings.Join(bad, "; ")
}

// holds compares. Two whole numbers compare as numbers, so that 7 equals 07; all else compares as text, and text has
// no order.
func (c Condition) holds(text string, found bool) bool {
	if c.Op == Contains {
		return found && strings.Contains(text, c.Literal)
	}
	if c.None || !found {
		return (c.None == !found) == (c.Op == Equal)
	}
	want, err1 := strconv.ParseInt(c.Literal, 10, 64)
	got, err2 := strconv.ParseInt(text, 10, 64)
	numbers := err1 == nil && err2 == nil
	same := text == c.Literal || (numbers && want == got)
	switch c.Op {
	case Equal:
		return same
	case NotEqual:
		return !same
	case Less:
		return numbers && got < want
	case LessEqual:
		return numbers && got <= want
	case Greater:
		return numbers && got > want
	default: // GreaterEqual: the parser lets no other in
		return numbers && got >= want
	}
}

// ParseExpr reads an expression. Its error is an *Error.
func ParseExpr(text string) (Expr, error) {
	list, end, err := cut(1, text, true)
	if err != nil {
		return nil, err
	}
	r := &reader{line: 1, words: list, end: end}
	e := r.expr()
	r.done()
	if r.err != nil {
		return nil, r.err
	}
	return e, nil
}

// expr reads conditions as long as "and" follows.
func (r *reader) expr() Expr {
	e := Expr{r.condition()}
	for r.peek("and") {
		r.next("")
		e = append(e, r.condition())
	}
	return e
}

func (r *reader) condition() Condition {
	var c Condition
	w, ok := r.next("a fact such as leader or n1.commit")
	if !ok {
		return c
	}
	of, name, dotted := strings.Cut(w.text, ".")
	if !dotted {
		of, name = "", w.text
	}
	c.Fact = Fact{Of: Name(of), Name: name}
	d, ok := findFact(c.Fact)
	if !ok {
		r.failFact(w, c.Fact)
		return c
	}
	if d.Keyed {
		c.Fact.Key = r.text("a key")
	}
	if d.Kind == FlagFact && (r.peek("and") || r.peek("within") || len(r.words) == 0) {
		c.Op, c.Literal = Equal, "true" // "expect n1.up" says it all
		return c
	}
	c.Op = r.op(d)
	r.literal(&c, d)
	return c
}

func (r *reader) failFact(w word, f Fact) {
	switch {
	case w.quoted || !strings.ContainsAny(w.text, "=<>!"):
		r.fail(w.col, "unknown fact "+strconv.Quote(w.text), suggestFact(f))
	default:
		r.fail(w.col, "unknown fact "+strconv.Quote(w.text), "want spaces around the comparison")
	}
}

func (r *reader) op(d FactDoc) Op {
	w, ok := r.next("a comparison such as ==")
	if !ok {
		return ""
	}
	for _, op := range ops {
		if string(op) != w.text || w.quoted {
			continue
		}
		if op == Contains && d.Kind != TextFact {
			r.fail(w.col, "the fact "+d.Name+" is no text", "want == or !=")
		}
		if op != Equal && op != NotEqual && d.Kind != NumberFact && d.Kind != TextFact {
			r.fail(w.col, "the fact "+d.Name+" has no order", "want == or !=")
		}
		return op
	}
	r.fail(w.col, strconv.Quote(w.text)+" is no comparison", "want ==, !=, <, <=, >, >= or contains")
	return ""
}

// literal reads what the fact is compared with, and refuses what the fact can never be.
func (r *reader) literal(c *Condition, d FactDoc) {
	none := r.peek("none")
	w, ok := r.next(d.want())
	if !ok {
		return
	}
	ordered := c.Op != Equal && c.Op != NotEqual && c.Op != Contains
	if none && !ordered && c.Op != Contains {
		c.None = true
		return
	}
	c.Literal = w.text
	if _, err := strconv.ParseInt(w.text, 10, 64); err != nil && (ordered || d.Kind == NumberFact) {
		r.fail(w.col, strconv.Quote(w.text)+" is no whole number", "want a number such as 4")
	}
	if !d.allows(w.text) {
		r.fail(w.col, c.Fact.String()+" is never "+strconv.Quote(w.text), "want "+d.want())
	}
}
