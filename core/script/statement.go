package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Statement is a line of a script. String is its canonical text, Where the place it was read from.
type Statement interface {
	String() string
	Where() Pos
	statement()
}

// Pos is a place in a script. Both count from 1; Col counts characters.
type Pos struct{ Line, Col int }

// Where returns the place itself: statements embed a Pos.
func (p Pos) Where() Pos { return p }

// Config says what the run is made of. Keys and values are not judged here: the world knows what it can be made of.
type Config struct {
	Pos
	Pairs []Pair // Invariant: no key twice
}

// Pair is one KEY=VALUE of a config line.
type Pair struct {
	Key, Value string
	Pos        Pos // of the key
}

// Run lets time pass.
type Run struct {
	Pos
	For sim.Time
}

// Goal is what RunUntil waits for.
type Goal uint8

// The goals.
const (
	UntilExpr   Goal = iota // RunUntil.Expr holds
	UntilLeader             // some member leads
	UntilQuiet              // no request waits and no command is left to carry out
)

// RunUntil lets time pass until the goal is reached, and fails if it is not within the span.
type RunUntil struct {
	Pos
	Goal   Goal
	Expr   Expr     // Invariant: empty unless Goal is UntilExpr
	Within sim.Time // 0: the line does not say, WithinDefault holds. Invariant: not 0 if Goal is UntilExpr
}

// Expect fails the script unless the expression holds now.
type Expect struct {
	Pos
	Expr Expr
}

// At carries out a command at an instant of the run.
type At struct {
	Pos
	At      sim.Time
	Command Command
}

// Do carries out a command now.
type Do struct {
	Pos
	Command Command
}

func (Config) statement()   {}
func (Run) statement()      {}
func (RunUntil) statement() {}
func (Expect) statement()   {}
func (At) statement()       {}
func (Do) statement()       {}

func (s Config) String() string {
	text := "config"
	for _, p := range s.Pairs {
		text += " " + p.String()
	}
	return text
}

// String returns the pair as a config line has it.
func (p Pair) String() string { return p.Key + "=" + quote(p.Value) }

func (s Run) String() string { return "run " + s.For.String() }

func (s RunUntil) String() string {
	text := "run until "
	switch s.Goal {
	case UntilLeader:
		text += "leader"
	case UntilQuiet:
		text += "quiet"
	default:
		text += s.Expr.String()
	}
	if s.Within != 0 {
		text += " within " + s.Within.String()
	}
	return text
}

func (s Expect) String() string { return "expect " + s.Expr.String() }
func (s At) String() string     { return "at " + s.At.String() + " " + s.Command.String() }
func (s Do) String() string     { return s.Command.String() }

// ParseScript reads a script: a statement a line, blank lines and comments between them. It reads on after a mistake,
// so that its error, of type Errors, holds all of them; the statements it returns are then those that it understood.
func ParseScript(text string) ([]Statement, error) {
	if len(text) > ScriptBytesMax {
		return nil, Errors{{Line: 1, Col: 1, Msg: "the script has " + strconv.Itoa(len(text)) + " bytes",
			Want: "want at most " + strconv.Itoa(ScriptBytesMax)}}
	}
	var list []Statement
	var errs Errors
	number := 0
	for line := range strings.Lines(text) {
		number++
		if number > LinesMax {
			errs = append(errs, &Error{Line: number, Col: 1, Msg: "the script has too many lines",
				Want: "want at most " + strconv.Itoa(LinesMax)})
			break
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		s, err := parseLine(number, line, len(list) == 0 && len(errs) == 0)
		if err != nil {
			errs = append(errs, err)
		} else if s != nil {
			list = append(list, s)
		}
		if len(errs) >= ErrorsMax {
			break
		}
	}
	if errs != nil {
		return list, errs
	}
	return list, nil
}

// parseLine reads one line; a line without words is no statement.
func parseLine(number int, line string, first bool) (Statement, *Error) {
	list, end, err := words(number, line)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	r := &reader{line: number, words: list, end: end}
	s := r.statement(first)
	r.done()
	if r.err == nil && len(s.String()) > lineMost(s.String()) {
		r.fail(1, "the line has "+strconv.Itoa(len(s.String()))+" bytes when all escapes are written out",
			"want at most "+strconv.Itoa(LineBytesMax))
	}
	return s, r.err
}

func (r *reader) statement(first bool) Statement {
	p := Pos{r.line, r.words[0].col}
	switch {
	case r.take("config"):
		if !first {
			r.fail(p.Col, "config stands below another line", "want it as the first line of the script")
		}
		return Config{p, r.pairs()}
	case r.take("run"):
		if r.take("until") {
			return r.until(p)
		}
		return Run{p, r.time()}
	case r.take("expect"):
		return Expect{p, r.expr()}
	case r.take("at"):
		return At{p, r.time(), r.command()}
	default:
		return Do{p, r.command()}
	}
}

// take takes the next word if it is the given one, bare.
func (r *reader) take(text string) bool {
	if !r.peek(text) {
		return false
	}
	r.words = r.words[1:]
	return true
}

// until reads what stands behind "run until".
func (r *reader) until(p Pos) Statement {
	s := RunUntil{Pos: p}
	switch {
	case r.goal("leader"):
		s.Goal = UntilLeader
	case r.goal("quiet"):
		s.Goal = UntilQuiet
	default:
		s.Expr = r.expr()
	}
	if s.Goal != UntilExpr && r.err == nil && len(r.words) == 0 {
		return s
	}
	r.mark("within", "within and a time")
	col := r.column()
	s.Within = r.time()
	if s.Within == 0 {
		r.fail(col, "the span is empty", "want a time above 0")
	}
	return s
}

// goal takes the word if it stands alone: "leader" may also begin an expression, "leader == n2".
func (r *reader) goal(text string) bool {
	if r.err != nil || (len(r.words) > 1 && r.words[1].text != "within") {
		return false
	}
	return r.take(text)
}

// pairs reads KEY=VALUE … to the end of the line.
func (r *reader) pairs() []Pair {
	var list []Pair
	for {
		const want = "KEY=VALUE such as members=3"
		w, ok := r.next(want)
		if !ok {
			return list
		}
		key, value, is := strings.Cut(w.text, "=")
		if w.quoted || !is || !isKey(key) {
			r.fail(w.col, "unexpected "+strconv.Quote(w.text), "want "+want)
		}
		for _, p := range list {
			if p.Key == key {
				r.fail(w.col, "the key "+key+" stands here for the second time", "want it once")
			}
		}
		list = append(list, Pair{key, value, Pos{r.line, w.col}})
		if len(r.words) == 0 {
			return list
		}
	}
}

// isKey reports whether a key is made of small letters and dashes.
func isKey(key string) bool {
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return key != "" && key[0] != '-'
}
