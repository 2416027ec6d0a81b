package runner

import (
	"fmt"
	"io"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// Options say what to print while a script runs.
type Options struct {
	Out     io.Writer // the transcript; nil: none
	Verbose bool      // print heartbeats and other routine, too
	Only    []string  // the hosts to print, such as n1 and c1; empty: all
}

// Check is one thing that a script demanded, and what was seen. Besides the lines that demand something, a command that
// could not be carried out is one, and so are a rule that was broken and clients' answers that no order explains.
type Check struct {
	Pos   script.Pos // of the line; Line 0: of no line
	Text  string
	Holds bool
	Seen  string
}

// Result is what came of a script.
type Result struct {
	World  *world.World // at the end
	Checks []Check      // in the order in which they were made
}

// Failed returns the checks that do not hold.
func (r *Result) Failed() []Check {
	return slices.DeleteFunc(slices.Clone(r.Checks), func(c Check) bool { return c.Holds })
}

// Runner is a script that is being carried out.
type Runner struct {
	list       []script.Statement
	world      *world.World
	later      []script.At // commands whose time has not come, by time
	transcript *transcript
	done       Result
}

// Begin makes a world as the script's config line says. Its error is of type script.Errors: what in the script can
// never work.
func Begin(list []script.Statement, o Options) (*Runner, error) {
	cfg, errs := Config(list)
	if errs == nil {
		errs = absent(list, cfg)
	}
	if errs != nil {
		return nil, errs
	}
	w, err := world.New(cfg, nil)
	if err != nil {
		return nil, err
	}
	return &Runner{list: list, world: w, transcript: newTranscript(o, w)}, nil
}

// Config returns the configuration that the script's first line asks for.
func Config(list []script.Statement) (world.Config, script.Errors) {
	if len(list) == 0 {
		return world.Default(), nil
	}
	line, ok := list[0].(script.Config)
	if !ok {
		return world.Default(), nil
	}
	var all []world.Pair
	var errs script.Errors
	for _, p := range line.Pairs {
		pair := world.Pair{Key: p.Key, Value: p.Value}
		if _, err := world.ParseConfig([]world.Pair{pair}); err != nil {
			errs = append(errs, &script.Error{Line: p.Pos.Line, Col: p.Pos.Col, Msg: err.Error()})
		}
		all = append(all, pair)
	}
	if errs != nil {
		return world.Config{}, errs
	}
	cfg, err := world.ParseConfig(all)
	if err != nil {
		return world.Config{}, script.Errors{{Line: line.Line, Col: line.Col, Msg: err.Error()}}
	}
	return cfg, nil
}

// absent finds facts about members and clients that the run does not have: such a fact would have no value for ever.
func absent(list []script.Statement, cfg world.Config) (errs script.Errors) {
	for _, s := range list {
		var e script.Expr
		switch s := s.(type) {
		case script.Do:
			if c, ok := s.Command.(script.Call); ok {
				if add, ok := c.Call.(api.MemberAdd); ok {
					cfg.Members = max(cfg.Members, int(add.Member))
				}
			}
		case script.Expect:
			e = s.Expr
		case script.RunUntil:
			e = s.Expr
		}
		for _, c := range e {
			m, _ := c.Fact.Of.Member()
			k, _ := c.Fact.Of.Client()
			if m > cfg.Members || k > cfg.Clients {
				at := s.Where()
				errs = append(errs, &script.Error{Line: at.Line, Col: at.Col, Msg: fmt.Sprintf("there is no %s", c.Fact.Of),
					Want: fmt.Sprintf("this run has n1 to n%d and c1 to c%d", cfg.Members, cfg.Clients)})
			}
		}
	}
	return errs
}

// Run carries out the whole script. It goes on after a line that fails, so that all failures are told, but not after a
// broken rule.
func (r *Runner) Run() *Result {
	r.Continue(r.list)
	r.pass(r.world.Now()) // a run ends with its instant, wherever in it the last line stopped: so its replay does
	r.finish()
	r.transcript.end()
	return &r.done
}

// Print changes what is printed from here on. What has happened without being printed stays so.
func (r *Runner) Print(o Options) {
	r.transcript = newTranscript(o, r.world)
	r.transcript.next, r.transcript.said = r.world.Journal().Next(), r.world.Said().Len()
}

// Continue carries out more lines on the same world. The result grows with them.
func (r *Runner) Continue(list []script.Statement) *Result {
	for _, s := range list {
		if r.world.Broken() != nil {
			break
		}
		r.transcript.line(s)
		r.do(s)
		r.transcript.catchUp()
	}
	r.transcript.flush()
	r.done.World = r.world
	return &r.done
}

// finish checks what holds for a run as a whole.
func (r *Runner) finish() {
	if b := r.world.Broken(); b != nil {
		r.check(Check{Text: "no rule is broken", Seen: b.Error()})
	} else {
		for _, s := range r.later {
			r.check(Check{Pos: s.Pos, Text: s.String(),
				Seen: fmt.Sprintf("the script ends at %v, before its time", r.world.Now())})
		}
	}
	if l := r.world.Linearizable(check.Budget{}); l.Verdict == check.Violated {
		r.check(Check{Text: "the answers are linearizable", Seen: l.Violation.Error()})
	}
}

func (r *Runner) do(s script.Statement) {
	switch s := s.(type) {
	case script.Config: // it made the world
	case script.Do:
		r.command(s, s.Command)
	case script.At:
		r.schedule(s)
	case script.Run:
		r.pass(r.world.Now() + s.For)
	case script.RunUntil:
		r.until(s)
	case script.Expect:
		holds, seen := s.Expr.Eval(r.world.Fact)
		r.check(Check{s.Pos, s.String(), holds, seen})
	}
}

func (r *Runner) check(c Check) {
	r.done.Checks = append(r.done.Checks, c)
	r.transcript.check(c)
}

// command carries out a command now.
func (r *Runner) command(s script.Statement, c script.Command) {
	id := r.world.Commands() + 1
	if err := r.world.Do(c); err != nil {
		r.check(Check{Pos: s.Where(), Text: c.String(), Seen: err.Error()})
		return
	}
	if sh, ok := c.(script.Shell); ok {
		if _, now := s.(script.Do); now {
			r.shell(s, sh, id)
		}
	}
}

// shellMost is how long the lines for a shell may take: longer than check perf, and than anything that ends by itself.
const shellMost = 10 * sim.Minute

// shell lets time pass until lines for a shell have been carried out. One that fails is a demand that does not hold.
func (r *Runner) shell(s script.Statement, c script.Shell, id uint64) {
	end := r.world.Now() + shellMost
	runs, _ := r.world.ShellRuns(id)
	for late := false; runs && !late && r.world.Broken() == nil; runs, _ = r.world.ShellRuns(id) {
		late = r.advance(end, 1)
		if r.world.Turn()%portion == 0 {
			r.transcript.catchUp()
		}
	}
	r.transcript.catchUp()
	switch exit, at := r.world.ShellExit(id); {
	case runs:
		r.check(Check{Pos: s.Where(), Text: c.String(),
			Seen: fmt.Sprintf("it has not ended within %v; put & behind what goes on and on", shellMost)})
	case exit != 0:
		where := s.Where()
		where.Line += at - 1
		r.check(Check{Pos: where, Text: c.String(), Seen: fmt.Sprintf("exit code %d", exit)})
	}
}

// schedule keeps a command until its time. Commands of one instant are carried out in the order of their lines.
func (r *Runner) schedule(s script.At) {
	if s.At < r.world.Now() {
		r.check(Check{Pos: s.Pos, Text: s.String(), Seen: fmt.Sprintf("the run is at %v already", r.world.Now())})
		return
	}
	i, _ := slices.BinarySearchFunc(r.later, s.At+1, func(a script.At, t sim.Time) int { return int(a.At - t) })
	r.later = slices.Insert(r.later, i, s)
}

// pass lets time pass up to an instant, carrying out commands when their time comes.
func (r *Runner) pass(to sim.Time) {
	for r.world.Broken() == nil && !r.advance(to, portion) {
		r.transcript.catchUp()
	}
	r.transcript.catchUp()
}

// portion is how many turns are taken between two looks at the journal: few enough that it still holds all of them.
const portion = 1024

// advance takes at most a number of turns, or carries out one command. It reports whether the instant has been reached.
func (r *Runner) advance(to sim.Time, turns int) bool {
	if len(r.later) == 0 || r.later[0].At > to {
		return r.world.Advance(to, turns)
	}
	next := r.later[0]
	if r.world.Advance(next.At, turns) {
		r.later = r.later[1:]
		r.command(next, next.Command)
	}
	return false
}
