package shell

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// checker looks over a program before anything of it is carried out: what there is not, is refused while nothing has
// happened.
type checker struct {
	r *reader
}

// open stands for what is known only when the program runs.
const open = "\x00"

func (k checker) items(list []item) {
	for i := range list {
		for p := range list[i].pipes {
			for c := range list[i].pipes[p].commands {
				k.command(&list[i].pipes[p].commands[c], c > 0)
			}
		}
	}
}

func (k checker) command(c *command, piped bool) {
	k.items(c.group)
	var argv []string
	for _, w := range c.words {
		k.word(w)
		text, ok := w.fixed()
		if !ok {
			text = open
		}
		argv = append(argv, text)
	}
	for _, a := range c.assigns {
		k.word(a.value)
	}
	for _, d := range c.redirects {
		k.redirect(c, d)
		if d.body != nil {
			k.word(*d.body)
			piped = true
		}
		piped = piped || d.op == "<"
	}
	if len(argv) > 0 {
		k.meaning(c, find(argv, piped), piped)
	}
}

func (k checker) word(w word) {
	for i := range w {
		k.items(w[i].items)
		k.word(w[i].other)
	}
}

// meaning refuses commands that there are none of.
func (k checker) meaning(c *command, m meant, piped bool) {
	for _, n := range m.notes {
		k.r.addNote(n)
	}
	switch {
	case m.kind == texted && m.argv[2] != open:
		p, err := Read(m.argv[2])
		if err != nil {
			e := err.(*Error).Mistake
			k.r.fail(c.at, "in the text of "+m.argv[0]+": "+e.Msg, e.Want)
			return
		}
		k.r.notes = append(k.r.notes, p.Notes...)
	case m.kind == filtered && !piped:
		k.r.fail(c.at, m.argv[0]+" reads what a command prints, and there are no files here",
			"want it behind a |, as in etcdctl get foo | "+m.argv[0]+" …")
	case m.kind == filtered && !slices.Contains(m.argv, open):
		r := findFilter(m.argv[0]).carry(m.argv[1:], "")
		if msg, want, ok := strings.Cut(r.err, absence); ok {
			k.r.fail(c.at, msg+absence[:len(absence)-2], strings.TrimSuffix(want, "\n"))
		}
	case m.kind == builtin && m.argv[0] == "printf" && len(m.argv) > 1:
		if text, bad := badDirective(m.argv[1]); bad && m.argv[1] != open {
			k.r.fail(c.at, "printf: "+text+absence[:len(absence)-2], "want %s or %d")
		}
	case m.kind == unknown && m.argv[0] != open:
		k.unknown(c, m.argv[0])
	}
}

// absence is what a filter says of what there is not of it, between that and what there is.
const absence = " is not carried out here; "

// unknown says what was probably meant by a name, or what to do instead.
func (k checker) unknown(c *command, name string) {
	if instead := absent(base(name)); instead != "" {
		k.r.fail(c.at, "there is no command "+script.Word(name)+" here", instead)
		return
	}
	want := "want a command such as put or crash"
	if near := script.Near(name, commands()); near != "" {
		want = "did you mean " + near + "?"
	}
	k.r.fail(c.at, "unknown command "+strconv.Quote(name), want)
}

// commands returns the names of all that can be carried out.
func commands() []string {
	list := []string{"etcdctl", "etcdutl"}
	for _, f := range filters {
		list = append(list, f.name)
	}
	return append(append(list, script.Commands()...), builtins[:]...)
}

// redirect refuses files.
func (k checker) redirect(c *command, d redirect) {
	name, ok := d.target.fixed()
	k.word(d.target)
	switch {
	case !ok, d.op == "<<", name == null, strings.HasPrefix(name, "/dev/std"):
	case d.op == ">&" && (name == "1" || name == "2"):
	case d.op == "<":
		text := k.r.text // the reader goes to its end when it fails
		k.r.fail(c.at, "there is no file "+script.Word(name)+" here",
			"want the text itself: <<EOF, the lines of the text, and a line with only EOF")
		if d.end <= len(text) && strings.HasPrefix(text[d.at:d.end], "<") && k.r.err.Paste == nil &&
			k.r.err.Mistake.Want != "" {
			k.r.err.Paste = &Paste{name, text[:d.at], text[d.end:]}
		}
	case d.op == ">&":
		k.r.fail(c.at, d.op+name+" is not carried out here", "want 2>&1")
	default:
		k.r.fail(c.at, "nothing can be written to the file "+script.Word(name)+" here",
			"want the command alone: its output is shown; x=$(…) keeps it in a variable, > /dev/null hides it")
	}
}
