package shell

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// Line understands what a person has typed or pasted: a command of the language, a line for etcdctl, or more than that,
// which becomes a script.Shell. vars are the variables that the line can see. The reading has no command if there is
// nothing but a comment. Its error is an *Error or a *script.Error.
func Line(text string, vars Vars) (script.Reading, error) {
	clean, notes := notation(text)
	own := strings.TrimSpace(clean)
	if script.IsOwn(own) && !strings.Contains(own, "\n") {
		r, err := script.ParseLine(own)
		if err == nil {
			r.Notes = append(notes, r.Notes...)
			return r, nil
		}
		if p, e := Read(text); e != nil || p.own() {
			return script.Reading{}, err
		}
	}
	p, err := Read(text)
	switch {
	case err != nil:
		return script.Reading{}, err
	case len(p.items) == 0:
		return script.Reading{Notes: p.Notes}, nil
	}
	if c := p.plain(); c != nil && len(flagsOf(vars.Environment())) == 0 {
		if r, ok, err := c.reading(); ok {
			r.Notes = append(p.Notes, r.Notes...)
			return r, err
		}
	}
	return script.Reading{Command: script.Shell{Text: text}}, nil
}

// own reports whether a program is one command of the language, and no program's: timeout 5 etcdctl get a is not ours,
// as timeout n1 is.
func (p *Program) own() bool {
	c := p.plain()
	if c == nil {
		return false
	}
	var argv []string
	for _, w := range c.words {
		text, _ := w.fixed()
		argv = append(argv, text)
	}
	return find(argv, false).kind == language
}

// plain returns the only command of a program, if it needs no shell: its words are fixed, and nothing is redirected but
// a text to its input.
func (p *Program) plain() *command {
	if len(p.items) != 1 || len(p.items[0].pipes) != 1 || p.items[0].background || p.items[0].pipes[0].not ||
		len(p.items[0].pipes[0].commands) != 1 {
		return nil
	}
	c := &p.items[0].pipes[0].commands[0]
	for _, w := range c.words {
		if _, ok := w.fixed(); !ok {
			return nil
		}
	}
	for _, a := range c.assigns {
		if _, ok := a.value.fixed(); !ok {
			return nil
		}
	}
	for _, d := range c.redirects {
		if d.op != "<<" {
			return nil
		}
		if _, ok := d.body.fixed(); !ok {
			return nil
		}
	}
	if c.group != nil || c.raw != "" || len(c.words) == 0 {
		return nil
	}
	return c
}

// reading reads a plain command. ok is false if a shell has to carry it out after all: because there is no such
// command, or because what etcdctl carries out sees variables that are set for this line.
func (c *command) reading() (r script.Reading, ok bool, err error) {
	var argv []string
	for _, w := range c.words {
		text, _ := w.fixed()
		argv = append(argv, text)
	}
	m := find(argv, false)
	w := Wanted{Argv: m.argv}
	switch m.kind {
	case tool:
	case language:
		w = Wanted{Line: line(m.argv)}
	default:
		return r, false, nil
	}
	env := m.env
	for _, a := range c.assigns {
		text, _ := a.value.fixed()
		env = env.With(Var{a.name, text, true})
	}
	w.Env = env.Environment()
	for _, d := range c.redirects {
		text, _ := d.body.fixed()
		w.Stdin = &text
	}
	r, err = w.Command("")
	return r, len(env) == 0 || len(script.ExecOf(r.Command)) == 0, err
}
