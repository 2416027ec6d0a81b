package shell

import (
	"errors"
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
)

// blockMost is how long a block of lines gets before another begins.
const blockMost = script.ShellBytesMax / 4

// Script reads a file: lines of the language (core/script) and lines for a shell, in any order. Lines for a shell that
// stand together become one script.Shell, so that each is carried out when the one before has ended; a bare command of
// etcdctl's without anything of a shell, such as put a 1, stays a line of the language, which does not wait. Its error
// is a script.Errors.
func Script(text string) ([]script.Statement, error) {
	f := file{lines: strings.Split(strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff"), "\n")}
	if len(text) > script.ScriptBytesMax || len(f.lines) > script.LinesMax+1 {
		return script.ParseScript(text) // it says what is too much
	}
	for i := 0; i < len(f.lines) && len(f.errs) < script.ErrorsMax; {
		i = f.next(i)
	}
	f.flush()
	list, err := script.ParseScript(strings.Join(f.own, "\n"))
	var more script.Errors
	if errors.As(err, &more) {
		f.errs = append(f.errs, more...)
	}
	list = f.merge(list)
	if f.errs != nil {
		slices.SortStableFunc(f.errs, func(a, b *script.Error) int { return a.Line - b.Line })
		return list, f.errs
	}
	return list, nil
}

// file is a script that is being read.
type file struct {
	lines  []string
	own    []string // the lines of the language; what is a shell's is empty here
	block  []string // lines for a shell that stand together
	at     int      // where they begin, from 0
	blocks []script.Do
	errs   script.Errors
}

// next reads what begins at a line, and returns where the next begins.
func (f *file) next(i int) int {
	line := f.lines[i]
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "" || trimmed[0] == '#':
		f.own = append(f.own, "")
		if f.block != nil {
			f.block = append(f.block, line)
		}
		return i + 1
	// what is done at a time is a command of the language, etcdctl's included
	case script.IsOwn(trimmed) || strings.HasPrefix(trimmed, "at "):
		return f.language(i)
	}
	n := 1
	p, err := Read(line)
	for e := mistake(err); e != nil && e.More && i+n < len(f.lines); e = mistake(err) {
		n++
		p, err = Read(strings.Join(f.lines[i:i+n], "\n"))
	}
	if e := mistake(err); e != nil {
		if e.More { // nothing closes it: the mistake is in the first line
			n = 1
		}
		e.Mistake.Line += i
		f.errs = append(f.errs, &e.Mistake)
		for range n {
			f.own = append(f.own, "")
		}
		return i + n
	}
	if n == 1 && bare(p) {
		return f.language(i)
	}
	if f.block == nil {
		f.at = i
	}
	for _, l := range f.lines[i : i+n] {
		f.own = append(f.own, "")
		f.block = append(f.block, l)
	}
	if len(strings.Join(f.block, "\n")) > blockMost {
		f.flush()
	}
	return i + n
}

func mistake(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}

// bare reports whether a line is a command of etcdctl's that does not name it, and needs no shell.
func bare(p *Program) bool {
	c := p.plain()
	if c == nil || len(c.assigns)+len(c.redirects) > 0 {
		return false
	}
	first, _ := c.words[0].fixed()
	return base(first) != "etcdctl" && base(first) != "etcdutl" &&
		(script.ToolOf([]string{first}) != "" || script.IsCommand(first))
}

// language keeps a line of the language.
func (f *file) language(i int) int {
	f.flush()
	f.own = append(f.own, f.lines[i])
	return i + 1
}

// flush ends a block.
func (f *file) flush() {
	for len(f.block) > 0 && strings.TrimSpace(f.block[len(f.block)-1]) == "" {
		f.block = f.block[:len(f.block)-1]
	}
	if len(f.block) > 0 {
		f.blocks = append(f.blocks, script.Do{Pos: script.Pos{Line: f.at + 1, Col: 1},
			Command: script.Shell{Text: strings.Join(f.block, "\n")}})
	}
	f.block = nil
}

// merge puts blocks and statements in the order of their lines.
func (f *file) merge(list []script.Statement) (out []script.Statement) {
	for _, s := range list {
		for len(f.blocks) > 0 && f.blocks[0].Line < s.Where().Line {
			out = append(out, f.blocks[0])
			f.blocks = f.blocks[1:]
		}
		if _, ok := s.(script.Config); ok && len(out) > 0 {
			at := s.Where()
			f.errs = append(f.errs, &script.Error{Line: at.Line, Col: at.Col, Msg: "config stands below another line",
				Want: "want it as the first line of the script"})
		}
		out = append(out, s)
	}
	for _, b := range f.blocks {
		out = append(out, b)
	}
	return out
}
