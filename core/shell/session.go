package shell

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Var is a variable of a shell.
type Var struct {
	Name, Value string
	Exported    bool // commands see it
}

// Vars are sorted by name. They are never changed: With returns others.
type Vars []Var

func (vs Vars) find(name string) (int, bool) {
	i := 0
	for i < len(vs) && vs[i].Name < name {
		i++
	}
	return i, i < len(vs) && vs[i].Name == name
}

// Get returns the value of a variable.
func (vs Vars) Get(name string) (string, bool) {
	if i, ok := vs.find(name); ok {
		return vs[i].Value, true
	}
	return "", false
}

// With returns the variables with one set. What was exported stays so.
func (vs Vars) With(v Var) Vars {
	i, ok := vs.find(v.Name)
	rest := vs[i:]
	if ok {
		v.Exported = v.Exported || rest[0].Exported
		rest = rest[1:]
	}
	return append(append(vs[:i:i], v), rest...)
}

// Without returns the variables without one.
func (vs Vars) Without(name string) Vars {
	i, ok := vs.find(name)
	if !ok {
		return vs
	}
	return append(vs[:i:i], vs[i+1:]...)
}

// Answer is what a command has printed, and how it ended.
type Answer struct {
	Out, Err string
	Exit     int
	Ended    bool
}

// Wanted is a command that a session wants carried out. One of these is set.
type Wanted struct {
	Argv  []string // of etcdctl or etcdutl: the first is its name
	Env   []string // that it sees: NAME=VALUE
	Line  string   // a command of the language
	Sleep sim.Time
	Wait  bool // until what runs in the background has ended

	Stdin *string // of Argv and Line: what it reads; nil: nobody gives it anything
}

// Step is how far the item that is being carried out is.
type Step struct {
	Out, Err string   // all that it has printed
	Notes    []string // what was understood or ignored, likewise
	Want     *Wanted  // the command to carry out next; nil: it waits for the last one, or it has ended
	Ended    bool
	Exit     int
	Beside   *Session // what it begins in the background
}

// Mode says what a failure means to a session.
type Mode uint8

// The modes. A person who pastes lines wants to be asked before the next is carried out behind one that failed; who
// writes a; b in one line does not.
const (
	StopsAtLine Mode = iota // it ends the session where its line ends
	Stops                   // it ends the session: set -e
	GoesOn                  // nothing: set +e
)

// Session is a program that is being carried out. It is a value: methods return the session as it is then.
type Session struct {
	Vars   Vars
	Mode   Mode // what a failure means to it
	Status int  // the exit code of the last item, $?

	prog    *Program
	at      int
	answers []Answer // to the commands of the current item, oldest first; never written in place
	next    outcome  // of the current item
	over    bool
}

// outcome is what an item leaves behind.
type outcome struct {
	vars  Vars
	mode  Mode
	exit  int
	quits bool // exit
}

// NewSession begins a program.
func NewSession(p *Program, vars Vars) Session { return Session{prog: p, Vars: vars} }

// Over reports whether nothing is left to carry out.
func (s *Session) Over() bool { return s.over || s.at >= len(s.prog.items) }

// Line returns the line of the current item, and its text.
func (s *Session) Line() (int, string) {
	if s.Over() {
		return 0, ""
	}
	return s.prog.items[s.at].line, s.prog.items[s.at].text
}

// Left returns how many items have not been carried out: the current one, and those behind it.
func (s *Session) Left() int { return len(s.prog.items) - s.at }

// Waits reports whether a command has been begun and has not ended.
func (s *Session) Waits() bool { return len(s.answers) > 0 && !s.answers[len(s.answers)-1].Ended }

// Next carries out the current item as far as it goes. Invariant: the session is not over.
func (s *Session) Next() Step {
	it := s.prog.items[s.at]
	if it.background {
		it.background = false
		child := Session{Vars: s.Vars, prog: &Program{items: []item{it}, text: s.prog.text}}
		s.next = outcome{vars: s.Vars, mode: s.Mode}
		return Step{Ended: true, Beside: &child}
	}
	var out, err strings.Builder
	c := &carrier{vars: s.Vars, mode: s.Mode, status: s.Status, answers: s.answers, err: &err}
	ended := c.item(&it, input{}, &out)
	s.next = outcome{vars: c.vars, mode: c.mode, exit: c.status, quits: c.quits}
	return Step{Out: out.String(), Err: err.String(), Notes: c.notes, Want: c.want, Ended: ended, Exit: c.status}
}

// Begun tells the session that the command it wanted has begun: it has printed nothing yet.
func (s *Session) Begun() { s.answers = append(s.answers[:len(s.answers):len(s.answers)], Answer{}) }

// Answered adds to what the newest command has printed.
func (s *Session) Answered(a Answer) {
	n := len(s.answers) - 1
	list := append([]Answer(nil), s.answers...)
	list[n].Out += a.Out
	list[n].Err += a.Err
	list[n].Exit, list[n].Ended = a.Exit, a.Ended
	s.answers = list
}

// Advance goes on behind an item that has ended. It reports whether the session stops there because it failed.
func (s *Session) Advance() (failed bool) {
	s.Vars, s.Mode, s.Status = s.next.vars, s.next.mode, s.next.exit
	s.answers = nil
	items, at := s.prog.items, s.at
	s.at++
	switch {
	case s.Status == 0, s.next.quits, s.Mode == GoesOn:
	case s.Mode == StopsAtLine && s.at < len(items) && items[s.at].line == items[at].line:
	default:
		failed = true
	}
	s.over = failed || s.next.quits
	return failed
}
