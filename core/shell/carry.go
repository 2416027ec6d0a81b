package shell

import (
	"strconv"
	"strings"
)

// outputMost bounds what one item can make of text: a substitution in a substitution can double it.
const outputMost = 4 << 20

// carrier carries out one item, from its beginning, with the answers that have come.
type carrier struct {
	vars    Vars
	mode    Mode
	status  int // the exit code of what was carried out last
	quits   bool
	answers []Answer
	used    int // of them
	want    *Wanted
	err     *strings.Builder
	notes   []string
	made    int // bytes of output
	nested  int // texts that sh -c carries out within each other
	taken   int // substitutions whose output was taken: the last gives an assignment its exit code
}

// input is what a command can read.
type input struct {
	text  string
	given bool // there is something to read from, other than a terminal
	open  bool // more will come
}

// item carries out an and-or list. It reports whether it has ended; its exit code is then the status.
func (c *carrier) item(it *item, in input, out *strings.Builder) bool {
	for i := range it.pipes {
		if i > 0 && it.or[i-1] == (c.status == 0) {
			continue
		}
		if !c.pipeline(&it.pipes[i], in, out) {
			return false
		}
		if c.quits {
			break
		}
	}
	return true
}

// items carries out what a group, a substitution or sh -c holds: like a shell it goes on behind what fails.
func (c *carrier) items(list []item, in input, out *strings.Builder) bool {
	for i := range list {
		if !c.item(&list[i], in, out) {
			return false
		}
		if c.quits {
			break
		}
	}
	return true
}

// pipeline carries out commands, each with the output of the one before it. One that still waits lets what it has
// printed so far through.
func (c *carrier) pipeline(p *pipeline, in input, out *strings.Builder) bool {
	ended := true
	for i := range p.commands {
		last := i == len(p.commands)-1
		var o strings.Builder
		sink := &o
		if last {
			sink = out
		}
		vars := c.vars
		done := c.command(&p.commands[i], in, sink, i > 0)
		ended = ended && done
		if len(p.commands) > 1 {
			c.vars, c.quits = vars, false // each is a shell of its own
		}
		in = input{text: o.String(), given: true, open: !ended}
	}
	if ended && p.not {
		c.status = 1 - signum(c.status)
	}
	return ended
}

// command carries out a simple command or a group.
func (c *carrier) command(cmd *command, in input, out *strings.Builder, piped bool) bool {
	s := streams{in: in, out: out, err: c.err}
	if ok, ended := c.redirect(cmd, &s); !ok || !ended {
		return ended
	}
	if cmd.group != nil {
		vars := c.vars
		if s.in.open {
			return false
		}
		outer := c.err
		c.err = s.err
		done := c.items(cmd.group, s.in, s.out)
		c.err = outer
		if cmd.subshell {
			c.vars, c.quits = vars, false
		}
		return done
	}
	if cmd.raw != "" {
		return c.call(&Wanted{Line: cmd.raw}, s)
	}
	before := c.taken
	argv, ended := c.fields(cmd.words)
	if !ended {
		return false
	}
	var env Vars
	for _, a := range cmd.assigns {
		value, ended := c.value(a.value)
		switch {
		case !ended:
			return false
		case len(argv) > 0:
			env = env.With(Var{a.name, value, true})
		default:
			c.vars = c.vars.With(Var{Name: a.name, Value: value})
		}
	}
	if len(argv) == 0 {
		if c.taken == before { // no substitution gives an exit code
			c.status = 0
		}
		return true
	}
	return c.run(argv, env, s, piped)
}

// streams are what a command reads from and prints to.
type streams struct {
	in       input
	out, err *strings.Builder
}

// redirect sets the streams as a command wants them. ok is false if that failed.
func (c *carrier) redirect(cmd *command, s *streams) (ok, ended bool) {
	for i := range cmd.redirects {
		d := &cmd.redirects[i]
		if d.op == "<<" {
			text, ended := c.value(*d.body)
			if !ended {
				return false, false
			}
			s.in = input{text: text, given: true}
			continue
		}
		name, ended := c.value(d.target)
		if !ended {
			return false, false
		}
		to := &strings.Builder{} // nobody reads it
		switch {
		case d.op == "<" && name == null:
			s.in = input{given: true}
			continue
		case d.op == "<":
			return c.complain(s, 1, "sh: cannot open "+name+": No such file"), true
		case d.op == ">&" && name == "1":
			to = s.out
		case d.op == ">&" && name == "2", name == "/dev/stderr":
			to = s.err
		case name == "/dev/stdout":
			to = s.out
		case name != null:
			return c.complain(s, 1, "sh: cannot create "+name+": there are no files here to write to"), true
		}
		if d.fd == 2 {
			s.err = to
		} else {
			s.out = to
		}
	}
	return true, true
}

const null = "/dev/null"

// complain prints a mistake and sets the exit code. It returns false, for those who are asked whether all is well.
func (c *carrier) complain(s *streams, exit int, text string) bool {
	s.err.WriteString(text + "\n")
	c.status = exit
	return false
}

// fields expands words to arguments. What comes out of variables and substitutions without quotes is split at its
// spaces.
func (c *carrier) fields(words []word) (argv []string, ended bool) {
	for _, w := range words {
		list, ended := c.split(w)
		if !ended {
			return nil, false
		}
		if len(list) == 1 && c.dropsUnset(w, list[0]) {
			continue
		}
		argv = append(argv, list...)
	}
	return argv, true
}

// dropsUnset drops an --endpoints= that names nobody, because its variable is not set.
func (c *carrier) dropsUnset(w word, text string) bool {
	if text != "--endpoints=" || len(w) < 2 {
		return false
	}
	c.addNote("--endpoints= names nobody: the client asks those that it knows")
	return true
}

func (c *carrier) addNote(text string) {
	for _, n := range c.notes {
		if n == text {
			return
		}
	}
	c.notes = append(c.notes, text)
}

func (c *carrier) split(w word) (list []string, ended bool) {
	var b strings.Builder
	has := false
	cut := func() {
		if has {
			list = append(list, b.String())
			b.Reset()
		}
		has = false
	}
	w = c.chosen(w)
	for i := range w {
		text, ended := c.part(&w[i])
		if !ended {
			return nil, false
		}
		if w[i].quoted {
			b.WriteString(text)
			has = true
			continue
		}
		for j, part := range strings.FieldsFunc(text, isSpace) {
			if j > 0 || isSpace(rune(text[0])) {
				cut()
			}
			b.WriteString(part)
			has = true
		}
		if text != "" && isSpace(rune(text[len(text)-1])) {
			cut()
		}
	}
	cut()
	return list, true
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }

// value expands a word to one text.
func (c *carrier) value(w word) (text string, ended bool) {
	var b strings.Builder
	w = c.chosen(w)
	for i := range w {
		s, ended := c.part(&w[i])
		if !ended {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// chosen puts the word of ${name:-word} and its relatives in its place, where it is taken.
func (c *carrier) chosen(w word) word {
	var out word
	for _, p := range w {
		if p.op == "" {
			out = append(out, p)
			continue
		}
		value, set := c.vars.Get(p.text)
		if strings.HasPrefix(p.op, ":") {
			set = set && value != ""
		}
		switch other := strings.HasSuffix(p.op, "-") != set; {
		case other:
			out = append(out, c.chosen(p.other)...)
		case p.quoted || set:
			p.op, p.other = "", nil
			if !set {
				p = part{quoted: true}
			}
			out = append(out, p)
		}
	}
	return out
}

// part expands a part of a word.
func (c *carrier) part(p *part) (text string, ended bool) {
	switch p.kind {
	case variable:
		if p.text == "?" {
			return strconv.Itoa(c.status), true
		}
		return c.lookup(p.text), true
	case sum:
		n, msg := evaluate(p.text, func(name string) string { return c.lookup(name) })
		if msg != "" {
			c.err.WriteString("sh: " + msg + "\n")
			return "", true
		}
		return strconv.FormatInt(n, 10), true
	case output:
		var b strings.Builder
		vars := c.vars
		if !c.items(p.items, input{}, &b) {
			return "", false
		}
		c.vars, c.quits = vars, false
		c.taken++
		return c.bounded(strings.TrimRight(b.String(), "\n")), true
	}
	return p.text, true
}

// bounded cuts what has become too long.
func (c *carrier) bounded(text string) string {
	if c.made += len(text); c.made > outputMost {
		return ""
	}
	return text
}

// lookup returns the value of a variable. Handbooks take for granted that some are set: NODE1, HOST_2 and the like are
// members here.
func (c *carrier) lookup(name string) string {
	value, set := c.vars.Get(name)
	if set {
		return c.bounded(value)
	}
	for _, prefix := range []string{"NODE", "NODE_", "HOST_", "HOST", "NAME_"} {
		if n, ok := strings.CutPrefix(name, prefix); ok && len(n) == 1 && n[0] >= '1' && n[0] <= '9' {
			c.addNote("$" + name + " is not set: n" + n + " was taken for it")
			return "n" + n
		}
	}
	c.addNote("$" + name + " is not set: it stands for nothing")
	return ""
}
