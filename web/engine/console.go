package engine

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// input carries out a line of the console, or the text of a gesture. Both read the same language.
func (e *Engine) input(text string, typed bool) {
	e.paste = nil
	if typed && e.more != "" && strings.TrimSpace(text) != "" {
		e.say(wire.LineTyped, "%s", text)
		e.shell(e.more+"\n"+text, true)
		return
	}
	e.more = ""
	text = strings.TrimSpace(text)
	if typed && e.prompt != nil {
		e.answer(text)
		return
	}
	if text == "" {
		return
	}
	e.say(wire.LineTyped, "%s", text)
	if word, rest, _ := strings.Cut(text, " "); word == "help" || word == "measure" || word == "metrics" {
		e.meta(word, strings.TrimSpace(rest))
		return
	}
	e.shell(text, typed)
}

// shell carries out a line, or several. What is not complete yet waits for the next line, what wants a file for its
// text.
func (e *Engine) shell(text string, typed bool) {
	r, err := shell.Line(text, e.run.World().ShellVars(sim.Client(1)))
	var es *shell.Error
	e.more = ""
	switch {
	case errors.As(err, &es) && es.More && typed:
		e.more = text
		e.say(wire.LineNote, "%s: type the rest, or an empty line to leave it.", es.Mistake.Msg)
	case err != nil && typed && es != nil && es.Paste != nil:
		e.paste = es.Paste
		e.say(wire.LineNote, "There are no files here: paste the text of %s.", es.Paste.File)
	case err != nil:
		e.say(wire.LineErr, "%s", parseError(err, typed))
	default:
		e.read(r, typed)
	}
}

// read carries out what a line means, and says what was made of it. What it wants from standard input is asked for, if
// there is a person to ask.
func (e *Engine) read(r script.Reading, typed bool) {
	for _, note := range r.Notes {
		e.say(wire.LineNote, "%s.", note)
	}
	if typed && r.Wants != script.NoInput {
		e.ask(r)
		return
	}
	if r.Command != nil {
		e.do(r.Command)
	}
}

// parseError writes an error of the language. In a line of its own only the column matters.
func parseError(err error, typed bool) string {
	var es *script.Error
	if !typed || !errors.As(err, &es) || es.Line > 1 {
		return err.Error()
	}
	return es.Sentence() + " Type help for what there is."
}

// do carries out a command at the instant shown.
func (e *Engine) do(c script.Command) {
	branches, _ := e.run.Forks()
	last := e.run.World().Commands()
	if err := e.run.Do(c); err != nil {
		e.say(wire.LineErr, "%v: %s.", c, sentence(err))
		return
	}
	e.link.leave()
	e.play.work = work{}
	if now, _ := e.run.Forks(); len(now) > len(branches) {
		e.say(wire.LineNote, "You acted in the past: this is branch %d now. The old line is kept as a branch.", len(now))
		e.resetTold()
	}
	if e.run.World().Commands() > last {
		e.awaited = append(e.awaited, last+1) // a shell's own commands have numbers behind it
	}
}

// tellOutcomes prints in the console what etcdctl prints for the commands that came from it.
func (e *Engine) tellOutcomes() {
	said := e.run.World().Said()
	if len(e.awaited) == 0 {
		e.told = said.Len()
		return
	}
	for e.told = max(e.told, said.First()); e.told < said.Len(); e.told++ {
		s := said.Ref(e.told)
		i := slices.Index(e.awaited, s.ID)
		if i < 0 {
			continue
		}
		if _, more := e.run.World().ShellRuns(s.ID); s.Done && !more {
			e.awaited = slices.Delete(e.awaited, i, i+1)
		}
		e.tellSaid(s)
	}
}

// tellSaid prints what a command printed. Before it stands whose it is, and what is known beside: etcdctl itself says
// no more than "OK".
func (e *Engine) tellSaid(s *world.Said) {
	stdout, stderr, exit := s.Print()
	for _, n := range s.Notes() {
		e.say(wire.LineNote, "%s.", n)
	}
	if _, ok := s.Command.(script.Shell); ok {
		if e.print(stdout, stderr); s.Done && exit != 0 {
			e.say(wire.LineNote, "%v · exit code %d", s.Client, exit)
		}
		return
	}
	hint := s.Client.String() + " · "
	if op := s.Operation; op != nil {
		hint += op.Asked() + " · " + op.Outcome.String()
		if op.Outcome == client.Acknowledged {
			hint += ": " + op.Told()
		}
	} else {
		hint += s.Command.String()
	}
	if s.Done && exit != 0 {
		hint += " · exit code " + strconv.Itoa(exit)
	}
	e.say(wire.LineNote, "%s", hint)
	e.print(stdout, stderr)
}

// print shows what a command printed, standard error apart.
func (e *Engine) print(stdout, stderr string) {
	if stdout != "" {
		e.say(wire.LineOut, "%s", strings.TrimSuffix(stdout, "\n"))
	}
	if stderr != "" {
		e.say(wire.LineErr, "%s", strings.TrimSuffix(stderr, "\n"))
	}
}

// resetTold forgets what is awaited: the line of history has changed.
func (e *Engine) resetTold() {
	e.awaited = nil
	e.told = e.run.World().Said().Len()
}

// meta answers lines that are about the console itself.
func (e *Engine) meta(word, rest string) {
	switch word {
	case "measure":
		e.measure(rest)
		return
	case "metrics":
		e.metrics(rest)
		return
	}
	if rest == "" {
		for line := range strings.Lines(script.Help()) {
			e.say(wire.LinePage, "%s", strings.TrimRight(line, "\n"))
		}
		return
	}
	found := false
	for _, v := range script.Verbs() {
		if v.Name != rest && !strings.HasPrefix(v.Name, rest+" ") {
			continue
		}
		found = true
		e.say(wire.LinePage, "%s", v.Usage)
		e.say(wire.LinePage, "%s", v.Help)
		for _, x := range v.Examples {
			e.say(wire.LinePage, "  %s", x)
		}
	}
	if !found {
		e.say(wire.LineErr, "There is no command %q. Type help for what there is.", rest)
	}
}

// complete offers ends for a line.
func (e *Engine) complete(line string) []string {
	w := e.run.World()
	var names script.Names
	for i := range w.Members() {
		names.Members = append(names.Members, script.MemberName(i+1))
	}
	for i := range w.Clients() {
		names.Clients = append(names.Clients, script.ClientName(i+1))
	}
	for _, fl := range w.InFlight() {
		names.Messages = append(names.Messages, fl.ID)
	}
	if m := w.Leader(); m != nil {
		for kv := range m.Store().All("\x00", "\x00", 0) {
			names.Keys = append(names.Keys, kv.Key)
			if len(names.Keys) == completeKeys {
				break
			}
		}
	}
	return script.Complete(clip(line), names)
}

// completeKeys is how many keys completion looks at.
const completeKeys = 500
