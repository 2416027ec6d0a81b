package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/etcdscope/etcdscope/core/script"
)

// ends are the characters that end a word which no quote holds together.
const ends = " \t\n|&;<>()"

// word reads one word.
func (r *reader) word() word {
	r.typography()
	return r.until(ends)
}

// until reads a word up to one of the characters that end it.
func (r *reader) until(ends string) word {
	var w word
	for r.rest() != "" && r.err == nil && strings.IndexByte(ends, r.text[r.pos]) < 0 {
		switch c := r.text[r.pos]; c {
		case '\'':
			w = append(w, r.single())
		case '"':
			w = append(w, r.double()...)
		case '\\':
			w = append(w, r.escaped())
		case '$', '`':
			w = append(w, r.dollar(false))
		default:
			w = w.plus(r.text[r.pos : r.pos+1])
			r.pos++
		}
	}
	return w
}

// plus adds a bare character to a word.
func (w word) plus(s string) word {
	if n := len(w) - 1; n >= 0 && w[n].kind == literal && !w[n].quoted {
		w[n].text += s
		return w
	}
	return append(w, part{text: s})
}

func (r *reader) escaped() part {
	if r.pos+1 == len(r.text) {
		r.unfinished(r.pos, "a backslash stands at the end", "want the rest of the command")
		return part{}
	}
	_, n := utf8.DecodeRuneInString(r.text[r.pos+1:])
	p := part{quoted: true, text: r.text[r.pos+1 : r.pos+1+n]}
	r.pos += 1 + n
	return p
}

func (r *reader) single() part {
	n := strings.IndexByte(r.text[r.pos+1:], '\'')
	if n < 0 {
		r.unfinished(r.pos, "the single quote that opens here is not closed", "want a closing '")
		return part{}
	}
	p := part{quoted: true, text: r.text[r.pos+1 : r.pos+1+n]}
	r.pos += n + 2
	return p
}

// double reads "…". An empty one is a part, too: it makes a word.
func (r *reader) double() word {
	open := r.pos
	r.pos++
	w := r.inside('"')
	if r.err == nil && r.pos == len(r.text) {
		r.unfinished(open, "the double quote that opens here is not closed", `want a closing "`)
	}
	r.pos = min(r.pos+1, len(r.text))
	return w
}

// inside reads what double quotes hold, up to the closing one; or all that is left, of a here-document (close is 0).
func (r *reader) inside(closing byte) word {
	w := word{{quoted: true}}
	add := func(s string) {
		if n := len(w) - 1; w[n].kind == literal {
			w[n].text += s
			return
		}
		w = append(w, part{quoted: true, text: s})
	}
	for r.pos < len(r.text) && (closing == 0 || r.text[r.pos] != closing) {
		switch c := r.text[r.pos]; {
		case c == '\\' && r.pos+1 < len(r.text) && r.text[r.pos+1] == '\n':
			r.pos += 2
		case c == '\\' && r.pos+1 < len(r.text) &&
			(strings.IndexByte("$`\\", r.text[r.pos+1]) >= 0 || (closing != 0 && r.text[r.pos+1] == closing)):
			add(r.text[r.pos+1 : r.pos+2])
			r.pos += 2
		case c == '$' || c == '`':
			w = append(w, r.dollar(true))
		default:
			add(r.text[r.pos : r.pos+1])
			r.pos++
		}
	}
	return w
}

// dollar reads what begins with $ or with `.
func (r *reader) dollar(quoted bool) part {
	start, rest := r.pos, r.text[r.pos+1:]
	switch {
	case r.text[r.pos] == '`':
		return r.backquoted(quoted)
	case strings.HasPrefix(rest, "(("):
		return r.sum(quoted)
	case strings.HasPrefix(rest, "("):
		r.pos += 2
		p := part{kind: output, quoted: quoted, items: r.list(")")}
		if r.err == nil && r.pos == len(r.text) {
			r.unfinished(start, "the $( that opens here is not closed", "want a closing )")
		}
		r.pos = min(r.pos+1, len(r.text))
		return p
	case strings.HasPrefix(rest, "{"):
		return r.braced(quoted)
	case strings.HasPrefix(rest, "'") && !quoted:
		return r.ansi()
	case strings.HasPrefix(rest, "["):
		r.fail(start, "$[…] is not carried out here", "want $((…)), or ' around the text")
		return part{}
	}
	r.pos++
	n := 0
	for n < len(rest) && isName(rest[:n+1]) {
		n++
	}
	if n == 0 && rest != "" && rest[0] == '?' {
		n = 1
	}
	if n == 0 && rest != "" && strings.IndexByte("@*#$!-0123456789", rest[0]) >= 0 {
		r.fail(start, "$"+rest[:1]+" is not carried out here", "want a variable with a name, or ' around the text")
	}
	if n == 0 {
		return part{quoted: quoted, text: "$"}
	}
	r.pos += n
	return part{kind: variable, quoted: quoted, text: rest[:n]}
}

// backquoted reads `…`. Inside, a backslash takes away the meaning of $, ` and itself.
func (r *reader) backquoted(quoted bool) part {
	start := r.pos
	var b strings.Builder
	for r.pos++; r.pos < len(r.text) && r.text[r.pos] != '`'; r.pos++ {
		if r.text[r.pos] == '\\' && r.pos+1 < len(r.text) &&
			(strings.IndexByte("$`\\", r.text[r.pos+1]) >= 0 || (quoted && r.text[r.pos+1] == '"')) {
			r.pos++
		}
		b.WriteByte(r.text[r.pos])
	}
	if r.pos == len(r.text) {
		r.unfinished(start, "the ` that opens here is not closed", "want a closing `")
		return part{}
	}
	inner := &reader{text: b.String(), depth: r.depth, commands: r.commands}
	p := part{kind: output, quoted: quoted, items: inner.list("")}
	if inner.err == nil && inner.pos < len(inner.text) {
		inner.fail(inner.pos, "unexpected "+strconv.Quote(inner.text[inner.pos:inner.pos+1]), "quote it if it is text")
	}
	r.commands, r.notes = inner.commands, append(r.notes, inner.notes...)
	if inner.err != nil {
		r.fail(start, inner.err.Mistake.Msg, inner.err.Mistake.Want)
	}
	r.pos = min(r.pos+1, len(r.text))
	return p
}

// braced reads ${name} and ${name:-word} with its relatives.
func (r *reader) braced(quoted bool) part {
	start := r.pos
	r.pos += 2
	n := 0
	for r.pos+n < len(r.text) && isName(r.text[r.pos:r.pos+n+1]) {
		n++
	}
	p := part{kind: variable, quoted: quoted, text: r.text[r.pos : r.pos+n]}
	r.pos += n
	for _, op := range []string{":-", ":+", "-", "+"} {
		if n > 0 && strings.HasPrefix(r.text[r.pos:], op) {
			p.op = op
			r.pos += len(op)
			p.other = r.otherwise(quoted)
			break
		}
	}
	switch {
	case r.err != nil:
	case r.pos == len(r.text):
		r.unfinished(start, "the ${ that opens here is not closed", "want a closing }")
	case n == 0 || r.text[r.pos] != '}':
		r.fail(start, "this form of ${…} is not carried out here",
			"want ${name} or ${name:-otherwise}; cut, tr and grep take a value apart")
	default:
		r.pos++
	}
	return p
}

// otherwise reads the word of ${name:-word}.
func (r *reader) otherwise(quoted bool) word {
	if quoted {
		return r.inside('}')
	}
	return r.until("}")
}

// sum reads $((…)).
func (r *reader) sum(quoted bool) part {
	start := r.pos
	n, depth := 3, 2
	for ; r.pos+n < len(r.text) && depth > 0; n++ {
		switch r.text[r.pos+n] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	n -= 2
	if depth > 0 {
		r.unfinished(start, "the $(( that opens here is not closed", "want closing ))")
		return part{}
	}
	p := part{kind: sum, quoted: quoted, text: r.text[r.pos+3 : r.pos+n]}
	if _, msg := evaluate(p.text, func(string) string { return "1" }); msg != "" && msg != divided {
		r.fail(start, msg, "want whole numbers and variables with + - * / % and parentheses")
	}
	r.pos = min(r.pos+n+2, len(r.text))
	return p
}

// ansi reads $'…', in which a backslash means what it means in C. POSIX has it since 2024.
func (r *reader) ansi() part {
	start := r.pos
	p := part{quoted: true}
	for r.pos += 2; r.pos < len(r.text) && r.text[r.pos] != '\''; {
		if r.text[r.pos] != '\\' {
			p.text += r.text[r.pos : r.pos+1]
			r.pos++
			continue
		}
		s, n := script.Unescape(r.text[r.pos+1:])
		if n == 0 {
			r.fail(r.pos, "a backslash that means nothing in $'…'", `want \n, \t, \\, \', \x7f, \001 or \u00e9`)
		}
		p.text += s
		r.pos = min(r.pos+1+n, len(r.text))
	}
	if r.err == nil && r.pos == len(r.text) {
		r.unfinished(start, "the $' that opens here is not closed", "want a closing '")
	}
	r.pos = min(r.pos+1, len(r.text))
	return p
}

func signum(n int) int { return min(n, 1) }

// document is a here-document whose text is still to come.
type document struct {
	at           int
	end          string
	quoted, tabs bool // its text is taken as it is; tabs in front of its lines go
	body         *word
}

// document notes that the lines behind this one are the text of a redirection, up to the end word, which stands in the
// source as given.
func (r *reader) document(end word, source string, at int, tabs bool) *word {
	text, ok := end.fixed()
	if !ok {
		r.fail(at, "the end of a << can be no variable", "want a word such as EOF")
	}
	body := new(word)
	r.docs = append(r.docs, document{at, text, strings.ContainsAny(source, `'"\`), tabs, body})
	return body
}

// documents reads the texts of the here-documents that the line before has named.
func (r *reader) documents() {
	for len(r.docs) > 0 && r.err == nil {
		d := r.docs[0]
		var b strings.Builder
		for closed := false; !closed; {
			if r.pos == len(r.text) {
				r.unfinished(d.at, "the text of << does not end", "want a line with only "+d.end)
				return
			}
			line, _, _ := strings.Cut(r.text[r.pos:], "\n")
			r.pos = min(r.pos+len(line)+1, len(r.text))
			if d.tabs {
				line = strings.TrimLeft(line, "\t")
			}
			if closed = line == d.end; !closed {
				b.WriteString(line + "\n")
			}
		}
		*d.body = word{{quoted: true, text: b.String()}}
		if !d.quoted {
			inner := &reader{text: b.String(), depth: r.depth, commands: r.commands}
			*d.body = inner.inside(0)
			if r.commands = inner.commands; inner.err != nil {
				r.fail(d.at, inner.err.Mistake.Msg, inner.err.Mistake.Want)
			}
		}
		r.docs = r.docs[1:]
	}
}
