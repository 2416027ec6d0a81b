package shell

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/script"
)

// The limits of a program: it may come from a stranger.
const (
	depthMost    = 16  // groups and substitutions in each other
	commandsMost = 200 // of one item: it is carried out anew for each answer
)

// Error is a mistake in a text, or something in it that is not carried out.
type Error struct {
	Mistake script.Error
	More    bool // the text may go on: an open quote, a | or a \ at its end, a here-document
	Paste   *Paste
}

// Paste is what a text wants that reads a file: the file's text instead. Text puts it in.
type Paste struct {
	File          string
	before, after string
}

// Text returns the program with the text in place of the file.
func (p *Paste) Text(text string) string {
	end := "EOF"
	for strings.Contains(text, end) {
		end += "F"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	line, rest, _ := strings.Cut(p.after, "\n")
	return p.before + "<<'" + end + "'" + line + "\n" + text + end + "\n" + rest
}

// Error returns the mistake with its place.
func (e *Error) Error() string { return e.Mistake.Error() }

// Unwrap lets errors.As find the mistake as the language's own.
func (e *Error) Unwrap() error { return &e.Mistake }

// Read reads a text of one or more lines.
func Read(text string) (*Program, error) {
	if len(text) > script.ShellBytesMax {
		return nil, &Error{Mistake: script.Error{Line: 1, Col: 1, Msg: "the text has " + strconv.Itoa(len(text)) + " bytes",
			Want: "want at most " + strconv.Itoa(script.ShellBytesMax)}}
	}
	clean, notes := notation(text)
	r := &reader{text: clean, notes: notes}
	r.strange()
	items := r.list("")
	if len(r.docs) > 0 {
		r.unfinished(r.docs[0].at, "the text of << does not end", "want a line with only "+r.docs[0].end)
	}
	if r.err == nil && r.pos < len(r.text) {
		r.fail(r.pos, "unexpected "+strconv.Quote(r.text[r.pos:r.pos+1]), "quote it if it is text")
	}
	if r.err == nil {
		checker{r}.items(items)
	}
	if r.err != nil {
		return nil, r.err
	}
	return &Program{Notes: r.notes, items: items, text: clean}, nil
}

// reader reads a text from left to right. The first mistake is kept and ends the text.
type reader struct {
	text     string
	pos      int
	depth    int
	commands int        // of the item that is being read
	docs     []document // whose texts are still to come
	notes    []string
	err      *Error
}

func (r *reader) fail(at int, msg, want string) {
	if r.err == nil {
		line, col := place(r.text, at)
		r.err = &Error{Mistake: script.Error{Line: line, Col: col, Msg: msg, Want: want}}
	}
	r.pos = len(r.text)
}

// unfinished is a mistake that more text can mend.
func (r *reader) unfinished(at int, msg, want string) {
	first := r.err == nil
	r.fail(at, msg, want)
	if first {
		r.err.More = true
	}
}

func place(text string, at int) (line, col int) {
	before := text[:at]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

func (r *reader) addNote(text string) { r.notes = append(r.notes, text) }

// rest returns what is not read yet, behind lines that a backslash joins.
func (r *reader) rest() string {
	for strings.HasPrefix(r.text[r.pos:], "\\\n") {
		r.pos += 2
		if r.pos == len(r.text) {
			r.unfinished(r.pos-2, "the line goes on behind its \\, but nothing stands there", "want the rest of the command")
		}
	}
	return r.text[r.pos:]
}

func (r *reader) at(s string) bool { return strings.HasPrefix(r.rest(), s) }

func (r *reader) take(s string) bool {
	if !r.at(s) {
		return false
	}
	for i := range len(s) {
		r.rest()
		_ = s[i]
		r.pos++
	}
	return true
}

// blanks goes over spaces and a comment.
func (r *reader) blanks() {
	for r.at(" ") || r.at("\t") {
		r.pos++
	}
	if r.at("#") {
		for r.pos < len(r.text) && r.text[r.pos] != '\n' {
			r.pos++
		}
	}
}

// lines goes over blanks and ends of lines. Here-documents stand behind the end of the line that names them.
func (r *reader) lines() {
	for r.blanks(); r.at("\n"); r.blanks() {
		r.pos++
		r.documents()
	}
}

// list reads items up to the end, or a closing mark: ")" or "}".
func (r *reader) list(closing string) []item {
	if r.depth++; r.depth > depthMost {
		r.fail(r.pos, "too many commands stand within each other", "want at most "+strconv.Itoa(depthMost))
	}
	var list []item
	for r.lines(); r.pos < len(r.text) && !r.closed(closing); r.lines() {
		list = append(list, r.item())
		if r.take(";") && r.at(";") {
			r.fail(r.pos, "unexpected ;;", "want one ;")
		}
	}
	r.depth--
	return list
}

// closed reports whether a list ends here. A } is a word: it ends one only if it stands alone.
func (r *reader) closed(closing string) bool {
	rest := r.rest()
	if closing != "}" {
		return closing != "" && strings.HasPrefix(rest, closing)
	}
	return rest == "}" || (len(rest) > 1 && rest[0] == '}' && strings.IndexByte(ends, rest[1]) >= 0)
}

// item reads an and-or list and the mark behind it.
func (r *reader) item() item {
	if r.depth == 1 {
		r.commands = 0
	}
	start := r.pos
	it := item{}
	it.line, _ = place(r.text, start)
	for {
		it.pipes = append(it.pipes, r.pipeline())
		r.blanks()
		or := r.at("||")
		if !or && !r.at("&&") {
			break
		}
		mark := r.pos
		r.pos += 2
		it.or = append(it.or, or)
		r.goesOn(mark, "a command behind it")
	}
	it.text = strings.TrimSpace(r.text[start:r.pos])
	if r.at("&") {
		r.pos++
		it.background = true
	}
	return it
}

// goesOn refuses the end of the text behind a mark.
func (r *reader) goesOn(mark int, want string) {
	r.lines()
	if r.pos == len(r.text) {
		r.unfinished(mark, "the line ends with "+strings.TrimSpace(r.text[mark:min(mark+2, len(r.text))]), "want "+want)
	}
}

func (r *reader) pipeline() pipeline {
	var p pipeline
	if r.at("! ") {
		r.pos += 2
		p.not = true
		r.blanks()
	}
	for {
		if len(p.commands) == 0 {
			if c, ok := r.raw(); ok {
				p.commands = append(p.commands, c)
				return p
			}
		}
		p.commands = append(p.commands, r.command())
		r.blanks()
		if !r.at("|") || r.at("||") {
			return p
		}
		mark := r.pos
		if r.pos++; r.at("&") {
			r.fail(mark, "|& is not carried out here", "want 2>&1 | in its place")
		}
		r.goesOn(mark, "a command that reads the output")
	}
}

// raw reads a command of the language whose own marks mean something else to a shell: split n1 | n2, cut n1 > n2.
func (r *reader) raw() (c command, ok bool) {
	rest := r.rest()
	list := strings.Fields(rest)
	if len(list) < 2 || (list[0] != "split" && list[0] != "cut" && list[0] != "mend") || list[1][0] == '-' {
		return c, false
	}
	n := strings.IndexAny(rest, "\n;&#)")
	if n < 0 {
		n = len(rest)
	}
	c = command{at: r.pos, raw: strings.TrimSpace(rest[:n])}
	if _, err := script.Parse(c.raw); err != nil {
		var e *script.Error
		if errors.As(err, &e) {
			r.fail(min(r.pos+e.Col-1, len(r.text)), e.Msg, e.Want)
		}
	}
	r.pos = min(r.pos+n, len(r.text))
	return c, true
}

// command reads a simple command or a group.
func (r *reader) command() command {
	r.blanks()
	c := command{at: r.pos}
	if r.commands++; r.commands > commandsMost {
		r.fail(r.pos, "too many commands are joined", "want at most "+strconv.Itoa(commandsMost)+
			" in one line; put them on lines of their own")
	}
	if r.reserved(&c) {
		return c
	}
	for {
		r.blanks()
		switch {
		case r.redirect(&c), r.assignment(&c):
		case r.pos == len(r.text) || strings.IndexByte("\n;&|)", r.text[r.pos]) >= 0:
			if len(c.words)+len(c.assigns)+len(c.redirects) == 0 {
				r.fail(r.pos, "a command is missing here", "want one such as etcdctl get foo")
			}
			return c
		case r.at("("):
			r.parenthesis(&c)
			return c
		default:
			c.words = append(c.words, r.word())
		}
	}
}

// parenthesis refuses one that stands behind a word.
func (r *reader) parenthesis(c *command) {
	switch {
	case len(c.words) == 1 && len(c.assigns) == 0 && strings.HasPrefix(strings.TrimLeft(r.text[r.pos+1:], " "), ")"):
		r.fail(c.at, "functions are not carried out here", "want the lines of the function themselves")
	case len(c.words) == 0:
		r.fail(r.pos, "lists in parentheses are not carried out here", "want a text with spaces, in quotes")
	default:
		r.fail(r.pos, "unexpected (: a handbook writes (A|B) for a choice", "want one of them; quote it if it is text")
	}
}

// assignment reads NAME=VALUE in front of a command.
func (r *reader) assignment(c *command) bool {
	n := 0
	rest := r.rest()
	for n < len(rest) && isName(rest[:n+1]) {
		n++
	}
	if len(c.words) > 0 || n == 0 || !strings.HasPrefix(rest[n:], "=") {
		return false
	}
	r.pos += n + 1
	a := assign{name: rest[:n]}
	if r.at("(") {
		r.fail(r.pos, "arrays are not carried out here", "want one variable for each value")
	}
	if r.pos < len(r.text) && strings.IndexByte(" \t\n;&|)", r.text[r.pos]) < 0 {
		a.value = r.word()
	}
	c.assigns = append(c.assigns, a)
	return true
}

func isName(s string) bool {
	for i, b := range []byte(s) {
		if b != '_' && (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (i == 0 || b < '0' || b > '9') {
			return false
		}
	}
	return s != ""
}

// redirect reads a redirection.
func (r *reader) redirect(c *command) bool {
	rest := r.rest()
	d := redirect{fd: -1}
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' && len(rest) > 1 && (rest[1] == '<' || rest[1] == '>') {
		d.fd = int(rest[0] - '0')
		rest = rest[1:]
	}
	both := strings.HasPrefix(rest, "&>") // as bash has it
	for _, op := range []string{"&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<(", ">(", "<", ">"} {
		if strings.HasPrefix(rest, op) {
			d.op = op
			break
		}
	}
	if d.op == "" {
		return false
	}
	mark := r.pos
	d.at = mark
	r.pos = len(r.text) - len(rest) + len(d.op)
	if d.fd < 0 && d.op[0] != '<' {
		d.fd = 1
	}
	r.redirected(c, d, mark, both)
	return true
}

// redirected reads what stands behind the mark of a redirection.
func (r *reader) redirected(c *command, d redirect, mark int, both bool) {
	switch d.op {
	case "<&", "<>", ">|":
		r.fail(mark, d.op+" is not carried out here", "want >, >>, < or <<")
		return
	case "<(", ">(":
		r.fail(mark, d.op+"…) is not carried out here", "want a pipe, or a variable with the output: x=$(…)")
		return
	}
	dash := d.op == "<<-"
	if r.blanks(); r.pos == len(r.text) || strings.IndexByte("\n;&|()<>", r.text[r.pos]) >= 0 {
		r.fail(mark, "nothing stands behind "+d.op, "want the name of a file")
		return
	}
	start := r.pos
	d.target = r.word()
	d.end = r.pos
	switch d.op {
	case "<<", "<<-":
		d.op = "<<"
		d.body = r.document(d.target, r.text[start:r.pos], start, dash)
	case "<<<":
		body := append(d.target[:len(d.target):len(d.target)], part{text: "\n", quoted: true})
		d.op, d.target, d.body = "<<", nil, &body
	case "&>", "&>>":
		d.op = ">"
	case ">&":
		if to, ok := d.target.fixed(); ok && to != "1" && to != "2" {
			d.op, both = ">", true
		}
	}
	c.redirects = append(c.redirects, d)
	if both {
		c.redirects = append(c.redirects, redirect{fd: 2, op: ">&", target: word{{text: "1"}}})
	}
}
