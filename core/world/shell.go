package world

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Lines for a shell (script.Shell) are carried out at a client, which keeps its variables. Each command of theirs
// begins when the one before has ended: what it comes from is the record of that.

// shells are the clients' shells.
type shells struct {
	jobs []job // those that are not over, by number; replaced, never written in place
	vars [sim.MaxClients + 1]shell.Vars
	mode [sim.MaxClients + 1]shell.Mode
}

// job is a program that is being carried out.
type job struct {
	id      uint64 // of the command, as Said has it
	number  uint64 // of the job: id, or of one in the background its own
	host    sim.Host
	command script.Shell
	session shell.Session

	out, err, notes int      // how much of what its current item prints has been told
	waits           uint64   // the command of etcdctl that it waits for; 0: none
	until           sim.Time // it sleeps; 0: it does not
	joins           bool     // it waits for what runs in its background
	begins          bool     // it is just beginning a command
	exec            bool     // it is the command of a lock or a watch, whose number id is
	failure         string   // of exec: why it cannot be carried out
	line            int      // the last that was carried out
	cause           uint64   // what it does next comes from this record
}

// printed is what a shell prints.
type printed struct {
	out, err string
	notes    []string
	exit     int
	line     int // of the lines, that the exit code is of
}

func (s *shells) find(number uint64) (job, bool) {
	for _, j := range s.jobs {
		if j.number == number {
			return j, true
		}
	}
	return job{}, false
}

// put keeps a job.
func (s *shells) put(j job) {
	list := make([]job, 0, len(s.jobs)+1)
	found := false
	for _, k := range s.jobs {
		if k.number == j.number {
			k, found = j, true
		}
		list = append(list, k)
	}
	if !found {
		list = append(list, j)
	}
	s.jobs = list
}

func (s *shells) remove(number uint64) {
	var list []job
	for _, k := range s.jobs {
		if k.number != number {
			list = append(list, k)
		}
	}
	s.jobs = list
}

// background reports whether something runs in the background of a command.
func (s *shells) background(id uint64) bool {
	for _, k := range s.jobs {
		if k.id == id && k.number != id {
			return true
		}
	}
	return false
}

// waitFor reports whether a shell waits for a command.
func (s *shells) waitFor(id uint64) bool {
	for _, k := range s.jobs {
		if k.waits == id {
			return true
		}
	}
	return false
}

// at reports whether a client's shell carries something out.
func (s *shells) at(h sim.Host) bool {
	for _, k := range s.jobs {
		if k.host == h {
			return true
		}
	}
	return false
}

// hash mixes in what the shells are at.
func (s *shells) hash(h uint64) uint64 {
	for i := range s.jobs {
		j := &s.jobs[i]
		h = rng.Fold(h, j.id, j.number, uint64(j.host), rng.Name(j.command.String()+j.failure), j.waits, uint64(j.until),
			rng.Bit(j.joins), rng.Bit(j.begins)|rng.Bit(j.exec)<<1, uint64(j.line),
			uint64(j.session.Left()), uint64(j.session.Status), uint64(j.session.Mode))
		h = foldVars(h, j.session.Vars)
	}
	for i, vars := range s.vars {
		h = rng.Fold(foldVars(h, vars), uint64(s.mode[i]))
	}
	return h
}

func foldVars(h uint64, vars shell.Vars) uint64 {
	h = rng.Fold(h, uint64(len(vars)))
	for _, v := range vars {
		h = rng.Fold(h, rng.Name(v.Name), rng.Name(v.Value), rng.Bit(v.Exported))
	}
	return h
}

// ShellRuns reports whether the lines of a command, by its number, are being carried out: all of them, or what they
// began in the background.
func (w *World) ShellRuns(id uint64) (lines, background bool) {
	_, lines = w.shells.find(id)
	return lines, w.shells.background(id)
}

// ShellExit returns the exit code with which the lines of a command have ended, by its number, and the line that it is
// of; 0 if it is not known any more.
func (w *World) ShellExit(id uint64) (exit, line int) {
	for i := w.said.Len() - 1; i >= w.said.First(); i-- {
		if s := w.said.Ref(i); s.ID == id && s.Done && s.printed != nil {
			return s.printed.exit, s.printed.line
		}
	}
	return 0, 0
}

// ShellVars returns the variables of a client's shell.
func (w *World) ShellVars(h sim.Host) shell.Vars { return w.shells.vars[h.Number()] }

func (w *World) commandShell(c script.Shell) error {
	from, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	p, err := shell.Read(c.Text)
	if err != nil {
		return refuse("%v", err)
	}
	w.given(c)
	w.commands++
	s := shell.NewSession(p, w.shells.vars[from.Number()])
	s.Mode = w.shells.mode[from.Number()]
	j := job{id: w.commands, number: w.commands, host: from, command: c, session: s, cause: w.cause}
	if len(p.Notes) > 0 {
		w.tellShell(&j, printed{notes: p.Notes}, false)
	}
	w.shells.put(j)
	w.carryShell(j.number)
	return nil
}

// tellShell tells what a shell prints.
func (w *World) tellShell(j *job, p printed, done bool) {
	if j.exec {
		w.say(j.host, j.id, Said{printed: &p})
		return
	}
	w.keepSaid(Said{At: w.now, Seq: w.journal.Next(), Client: j.host, ID: j.id, Command: j.command, Done: done,
		printed: &p})
}

// carryShell goes on with a job as far as it goes.
func (w *World) carryShell(number uint64) {
	for {
		j, ok := w.shells.find(number)
		if !ok {
			return
		}
		if j.session.Over() {
			w.endShell(&j)
			return
		}
		st := j.session.Next()
		w.printStep(&j, &st)
		switch {
		case st.Want != nil:
			j.session.Begun()
			w.shells.put(j)
			w.fulfil(number, st.Want)
			continue
		case !st.Ended:
			w.shells.put(j)
			return
		case st.Beside != nil:
			w.beside(j, st.Beside)
		}
		w.advanceShell(&j)
	}
}

// printStep tells what a step has printed beyond the last.
func (w *World) printStep(j *job, st *shell.Step) {
	p := printed{out: beyond(st.Out, j.out), err: beyond(st.Err, j.err), notes: st.Notes[min(j.notes, len(st.Notes)):]}
	j.out, j.err, j.notes = len(st.Out), len(st.Err), len(st.Notes)
	if p.out+p.err != "" || len(p.notes) > 0 {
		w.tellShell(j, p, false)
	}
}

// beyond returns what of a text has not been told.
func beyond(text string, told int) string { return text[min(told, len(text)):] }

// advanceShell goes on behind an item. What it has set, other lines of the client see, too.
func (w *World) advanceShell(j *job) {
	line, _ := j.session.Line()
	j.line = line
	failed := j.session.Advance()
	if left := j.session.Left(); failed && left > 0 {
		w.tellShell(j, printed{notes: []string{fmt.Sprintf("Line %d failed with exit code %d, and what stands behind it "+
			"was not carried out (%d): put set +e in front to go on",
			line, j.session.Status, left)}}, false)
	}
	j.out, j.err, j.notes = 0, 0, 0
	if j.number == j.id {
		w.shells.vars[j.host.Number()], w.shells.mode[j.host.Number()] = j.session.Vars, j.session.Mode
	}
	w.shells.put(*j)
}

// beside begins what runs in the background. Its number is one of its own, but what it prints belongs to the line.
func (w *World) beside(j job, s *shell.Session) {
	w.commands++
	k := job{id: j.id, number: w.commands, host: j.host, command: j.command, session: *s, cause: w.cause}
	w.shells.put(k)
	w.queue.Push(w.now, event{kind: evShell, host: k.host, cause: k.number})
}

// endShell ends a job.
func (w *World) endShell(j *job) {
	w.shells.remove(j.number)
	if j.exec {
		w.executed(j)
		return
	}
	if j.number == j.id {
		w.tellShell(j, printed{exit: j.session.Status, line: j.line}, true)
		return
	}
	if above, ok := w.shells.find(j.id); ok && above.joins && !w.shells.background(j.id) {
		above.joins, above.cause = false, w.cause
		above.session.Answered(shell.Answer{Ended: true})
		w.shells.put(above)
		w.queue.Push(w.now, event{kind: evShell, host: above.host, cause: above.number})
	}
}

// fulfil begins what a job wants.
func (w *World) fulfil(number uint64, want *shell.Wanted) {
	j, _ := w.shells.find(number)
	switch {
	case want.Sleep > 0:
		j.until = w.now + want.Sleep
		w.shells.put(j)
		w.queue.Push(j.until, event{kind: evShell, host: j.host, cause: number})
		return
	case want.Wait && w.shells.background(j.id) && number == j.id:
		j.joins = true
		w.shells.put(j)
		return
	case want.Sleep == 0 && want.Argv == nil && want.Line == "":
		j.session.Answered(shell.Answer{Ended: true})
		w.shells.put(j)
		return
	}
	j.begins, j.waits = true, w.commands+1
	w.shells.put(j)
	before := w.commands
	err := w.beginFor(&j, want)
	j, _ = w.shells.find(number)
	j.begins = false
	switch {
	case err != nil:
		j.session.Answered(shell.Answer{Err: err.Error() + "\n", Exit: 1, Ended: true})
		j.waits = 0
	case w.commands == before: // not etcdctl's: it is done at once
		j.session.Answered(shell.Answer{Ended: true})
		j.waits = 0
	}
	w.shells.put(j)
}

// beginFor carries out a command that a job wants.
func (w *World) beginFor(j *job, want *shell.Wanted) error {
	r, err := want.Command(j.command.Client)
	if err != nil {
		return err
	}
	if len(r.Notes) > 0 {
		w.tellShell(j, printed{notes: r.Notes}, false)
	}
	if _, ok := r.Command.(script.Shell); ok {
		return refuse("a shell in a shell: want its lines themselves")
	}
	if err := w.command(r.Command); err != nil || len(script.ExecOf(r.Command)) == 0 {
		return err
	}
	if t := w.typedBy(j.waits); t != nil {
		now := *t
		now.environ = want.Env
		w.keepTyped(now)
	}
	return nil
}

// heardShell takes what a command of etcdctl prints that a job has begun. It reports whether there is such a job.
func (w *World) heardShell(s *Said) bool {
	for _, j := range w.shells.jobs {
		if j.waits != s.ID {
			continue
		}
		out, err, exit := s.Print()
		j.session.Answered(shell.Answer{Out: out, Err: err, Exit: exit, Ended: s.Done})
		if s.Done {
			j.waits = 0
		}
		j.cause = w.cause
		w.shells.put(j)
		if !j.begins {
			w.queue.Push(w.now, event{kind: evShell, host: j.host, cause: j.number})
		}
		return true
	}
	return false
}

// shellDue goes on with a job that something has come for.
func (w *World) shellDue(e *event) {
	j, ok := w.shells.find(e.cause)
	if !ok {
		return
	}
	w.cause = j.cause
	if j.until != 0 && w.now >= j.until {
		j.until = 0
		j.session.Answered(shell.Answer{Ended: true})
		w.shells.put(j)
	}
	w.carryShell(j.number)
}

// interruptShells ends what a client's shells carry out, as Ctrl-C does.
func (w *World) interruptShells(h sim.Host) {
	for _, j := range w.shells.jobs {
		if j.host != h {
			continue
		}
		w.shells.remove(j.number)
		w.hush(j.waits)
		w.unwatch(h, j.waits)
		switch {
		case j.exec:
			w.unwatch(h, j.id)
		case j.number == j.id:
			w.tellShell(&j, printed{exit: exitKilled, line: j.line + 1}, true)
		}
	}
}
