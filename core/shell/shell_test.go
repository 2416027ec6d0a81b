package shell

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/script"
)

// TestTranscripts runs testdata. The commands are: read (a program as it was understood, or the mistake in it), and run
// (a program carried out, with a stand-in for etcdctl: it prints its arguments, "fail" as the first exits with 1,
// "later" prints and does not end).
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Dir(path) != "testdata" {
			return // an input of a fuzz test
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			text := strings.ReplaceAll(d.Input, "·", " ")
			if d.HasArg("each") {
				var b strings.Builder
				counts := map[string]int{}
				for line := range strings.SplitSeq(text, "\n") {
					if d.Cmd == "line" {
						text, kind := understood(line)
						b.WriteString(text)
						counts[kind]++
					} else {
						b.WriteString(shown(line))
					}
				}
				if d.Cmd == "line" {
					fmt.Fprintf(&b, "so: %d commands, %d for a shell, %d that etcdctl answers by itself, %d comments, %d refused\n",
						counts["command"], counts["shell"],
						counts["etcdctl"], counts["comment"], counts["refused"])
				}
				return b.String()
			}
			switch d.Cmd {
			case "read":
				return shown(text)
			case "run":
				return played(t, text)
			case "file":
				return filed(text)
			}
			t.Fatalf("%s: no command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// understood prints what becomes of a line: a command, nothing, or why it is refused, in one line. It also says which.
func understood(line string) (text, kind string) {
	r, err := Line(line, nil)
	if err != nil {
		return err.Error() + "\n", "refused"
	}
	said := "\n"
	if len(r.Notes) > 0 {
		said = "   (" + strings.Join(r.Notes, "; ") + ")\n"
	}
	if r.Command == nil {
		return "nothing" + said, "comment"
	}
	if no := r.Refusal; no != nil {
		first, _, _ := strings.Cut(no.Stdout+no.Stderr, "\n")
		if at := strings.Index(no.Stderr, "Error: "); at >= 0 {
			first, _, _ = strings.Cut(no.Stderr[at:], "\n")
		}
		return "etcdctl exits with " + strconv.Itoa(no.Exit) + ": " + first + said, "etcdctl"
	}
	if _, ok := r.Command.(script.Shell); ok {
		return r.Command.String() + said, "shell"
	}
	return r.Command.String() + said, "command"
}

// filed prints the statements of a file.
func filed(text string) string {
	list, err := Script(text)
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%d:%d %v\n", s.Where().Line, s.Where().Col, s)
	}
	if err != nil {
		b.WriteString(err.Error() + "\n")
	}
	return b.String()
}

// shown prints how a text is understood.
func shown(text string) string {
	p, err := Read(text)
	if err != nil {
		more := ""
		if err.(*Error).More {
			more = " (more)"
		}
		return err.Error() + more + "\n"
	}
	var b strings.Builder
	for _, n := range p.Notes {
		b.WriteString("note: " + n + "\n")
	}
	for i := range p.items {
		b.WriteString(p.items[i].show() + "\n")
	}
	return b.String()
}

func (it *item) show() string {
	s := ""
	for i := range it.pipes {
		if i > 0 && it.or[i-1] {
			s += " || "
		} else if i > 0 {
			s += " && "
		}
		if it.pipes[i].not {
			s += "! "
		}
		for k := range it.pipes[i].commands {
			if k > 0 {
				s += " | "
			}
			s += it.pipes[i].commands[k].show()
		}
	}
	if it.background {
		s += " &"
	}
	return s
}

func showList(list []item) string {
	var out []string
	for i := range list {
		out = append(out, list[i].show())
	}
	return strings.Join(out, "; ")
}

func (c *command) show() string {
	var out []string
	for _, a := range c.assigns {
		out = append(out, a.name+"="+a.value.show())
	}
	if c.group != nil {
		out = append(out, "{"+showList(c.group)+"}")
	}
	for _, w := range c.words {
		out = append(out, w.show())
	}
	for _, d := range c.redirects {
		target := d.target.show()
		if d.body != nil {
			target = d.body.show()
		}
		out = append(out, strconv.Itoa(d.fd)+d.op+target)
	}
	return strings.Join(out, " ")
}

func (w word) show() string {
	s := ""
	text := ""
	flush := func() {
		if text != "" {
			s += "[" + text + "]"
		}
		text = ""
	}
	for _, p := range w {
		q := ""
		if p.quoted {
			q = "'"
		}
		if p.kind == literal {
			text += strings.ReplaceAll(p.text, "\n", `\n`)
			continue
		}
		flush()
		switch p.kind {
		case variable:
			s += q + "${" + p.text + p.op
			if p.op != "" {
				s += p.other.show()
			}
			s += "}"
		case output:
			s += q + "$(" + showList(p.items) + ")"
		case sum:
			s += q + "$((" + p.text + "))"
		}
	}
	flush()
	if s == "" {
		return "[]"
	}
	return s
}

// played carries a program out and prints what it prints, step by step.
func played(t *testing.T, text string) string {
	p, err := Read(text)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	queue := []Session{NewSession(p, nil)}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		shown := Step{}
		for steps := 0; !s.Over(); steps++ {
			if steps > 1000 {
				t.Fatalf("%q does not end", text)
			}
			st := s.Next()
			for _, n := range st.Notes[len(shown.Notes):] {
				b.WriteString("note: " + n + "\n")
			}
			lines(&b, "", strings.TrimPrefix(st.Out, shown.Out))
			lines(&b, "err: ", strings.TrimPrefix(st.Err, shown.Err))
			shown = st
			if st.Beside != nil {
				queue = append(queue, *st.Beside)
			}
			if st.Want != nil {
				s.Begun()
				s.Answered(pretend(&b, st.Want))
				continue
			}
			if !st.Ended {
				b.WriteString("waits\n")
				break
			}
			line, _ := s.Line()
			if shown = (Step{}); s.Advance() {
				fmt.Fprintf(&b, "line %d failed with %d, %d left\n", line, s.Status, s.Left())
			} else if s.Status != 0 {
				fmt.Fprintf(&b, "exit %d\n", s.Status)
			}
		}
	}
	return b.String()
}

func lines(b *strings.Builder, prefix, text string) {
	for line := range strings.Lines(text) {
		b.WriteString(prefix + strings.TrimSuffix(line, "\n"))
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("(no end)")
		}
		b.WriteByte('\n')
	}
}

// pretend stands in for etcdctl and for the language.
func pretend(b *strings.Builder, w *Wanted) Answer {
	stdin := ""
	if w.Stdin != nil {
		stdin = " <" + strconv.Quote(*w.Stdin)
	}
	switch {
	case w.Wait:
		b.WriteString("  waits for what is beside\n")
		return Answer{Ended: true}
	case w.Sleep > 0:
		fmt.Fprintf(b, "  sleeps %v\n", w.Sleep)
		return Answer{Ended: true}
	case w.Argv == nil:
		b.WriteString("  > " + w.Line + stdin + "\n")
		return Answer{Ended: true}
	}
	fmt.Fprintf(b, "  %s%q%s\n", strings.Join(append(w.Env, ""), " "), w.Argv, stdin)
	args := w.Argv[1:]
	last := strings.Join(args, " ")
	switch {
	case len(args) == 0:
		return Answer{Ended: true}
	case args[0] == "fail":
		return Answer{Err: "Error: " + last + "\n", Exit: 1, Ended: true}
	case args[0] == "later":
		return Answer{Out: strings.Join(args[1:], "\n") + "\nhalf"}
	case args[0] == "endpoint":
		return Answer{Out: `[{"Endpoint":"http://n1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,` +
			`"revision":7,"raft_term":2},"version":"3.6.16","dbSize":20480}}]` + "\n", Ended: true}
	case args[0] == "lease":
		return Answer{Out: "lease 694d5765fc71500b granted with TTL(5s)\n", Ended: true}
	}
	return Answer{Out: strings.ReplaceAll(last, `\n`, "\n") + "\n", Ended: true}
}

// TestAtTime holds that a command with its time is a line of the language, whosever command it is: so the swarm writes
// what it finds.
func TestAtTime(t *testing.T) {
	const text = "config members=3\n\nat 1s put a $'\\x00' --client c1\nat 2s crash n1\n"
	if got, want := filed(text),
		"1:1 config members=3\n3:1 at 1s put a $'\\x00' --client c1\n4:1 at 2s crash n1\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
