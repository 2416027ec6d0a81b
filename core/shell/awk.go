package shell

import (
	"strconv"
	"strings"
)

// awk prints parts of lines: '{print $2}', 'NR>1 {print $1 " " $NF}', '/n1/', '$3 == "n1" {print $1}'. There is one
// condition and one print, as in what is written in a line of a shell.
func awk(args []string, in string) result {
	f := parseFlags(args, "", "F")
	if f.bad != "" || len(f.rest) != 1 {
		return misused("awk", exitUsage)
	}
	r := &awkReader{rest: f.rest[0]}
	prog := r.program()
	separate, msg := awkFields(f.value('F'))
	switch {
	case r.msg != "":
		return mistaken(exitUsage, "awk: "+r.msg)
	case msg != "":
		return mistaken(exitUsage, "awk: "+msg)
	case r.bad:
		return misused("awk", exitUsage)
	}
	var b strings.Builder
	for i, line := range split(in) {
		l := awkLine{number: i + 1, text: line, fields: separate(line)}
		if !prog.holds(&l) {
			continue
		}
		for k, list := range prog.prints {
			if k > 0 {
				b.WriteByte(' ')
			}
			for _, part := range list {
				b.WriteString(l.value(part))
			}
		}
		b.WriteByte('\n')
	}
	return result{out: b.String()}
}

// awkLine is a record.
type awkLine struct {
	number int
	text   string
	fields []string
}

// awkPart is what can be printed: a field, a text, or one of the numbers.
type awkPart struct {
	kind byte // '$', '"', 'N' (NR), 'F' (NF)
	n    int  // of '$'; lastField: $NF
	text string
}

const lastField = -1

func (l *awkLine) value(p awkPart) string {
	switch n := p.n; p.kind {
	case '"':
		return p.text
	case 'N':
		return strconv.Itoa(l.number)
	case 'F':
		return strconv.Itoa(len(l.fields))
	default:
		if n == lastField {
			n = len(l.fields)
		}
		if n == 0 {
			return l.text
		}
		if n > len(l.fields) {
			return ""
		}
		return l.fields[n-1]
	}
}

// awkProgram is a condition, and what is printed of the lines for which it holds.
type awkProgram struct {
	left    awkPart
	op      string // "": all lines; ~ !~ == != < <= > >=
	right   string
	number  int
	pattern *pattern
	prints  [][]awkPart
}

func (p *awkProgram) holds(l *awkLine) bool {
	switch p.op {
	case "":
		return true
	case "~", "!~":
		_, _, found := p.pattern.find(l.value(p.left), 0)
		return found == (p.op == "~")
	}
	order := strings.Compare(l.value(p.left), p.right)
	if p.left.kind != '$' {
		n, _ := strconv.Atoi(l.value(p.left))
		order = n - p.number
	}
	switch p.op {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// awkFields returns what cuts a line into fields: at blanks, at a text, or at what matches a pattern.
func awkFields(delim string) (separate func(string) []string, msg string) {
	delim = strings.ReplaceAll(delim, `\t`, "\t")
	switch {
	case delim == "" || delim == " ":
		return strings.Fields, ""
	case len(delim) > 1 && strings.ContainsAny(delim, `.[]()*+?{}|^$\`):
		p, msg := compile(delim, extended, false)
		return func(line string) (list []string) {
			for from := 0; line != ""; {
				lo, hi, ok := p.find(line, from)
				if !ok || lo == hi {
					return append(list, line)
				}
				list, line = append(list, line[:lo]), line[hi:]
				if line == "" {
					list = append(list, "")
				}
			}
			return list
		}, msg
	}
	return func(line string) []string {
		if line == "" {
			return nil
		}
		return strings.Split(line, delim)
	}, ""
}

// awkReader reads a program.
type awkReader struct {
	rest string
	bad  bool   // there is more of it than there is here
	msg  string // what is wrong with a pattern
}

func (r *awkReader) take(s string) bool {
	r.rest = strings.TrimLeft(r.rest, " \t\n")
	if !strings.HasPrefix(r.rest, s) {
		return false
	}
	r.rest = r.rest[len(s):]
	return true
}

func (r *awkReader) program() (p awkProgram) {
	p.prints = [][]awkPart{{{kind: '$'}}}
	whole := r.rest
	if !r.take("{") {
		r.condition(&p)
		if !r.take("{") {
			r.bad = r.bad || r.rest != "" || strings.TrimSpace(whole) == ""
			return p
		}
	}
	if r.bad = r.bad || !r.take("print"); r.bad {
		return p
	}
	for first := true; ; first = false {
		var list []awkPart
		for part, ok := r.part(); ok; part, ok = r.part() {
			list = append(list, part)
		}
		if len(list) == 0 {
			r.bad = r.bad || !first
			break
		}
		if first {
			p.prints = nil
		}
		if p.prints = append(p.prints, list); !r.take(",") {
			break
		}
	}
	for r.take(";") {
	}
	r.bad = r.bad || !r.take("}") || strings.TrimSpace(r.rest) != ""
	return p
}

// condition reads what stands before { … }.
func (r *awkReader) condition(p *awkProgram) {
	not := r.take("!")
	if r.take("/") {
		p.left, p.op = awkPart{kind: '$'}, "~"
		if not {
			p.op = "!~"
		}
		r.pattern(p)
		return
	}
	var ok bool
	if p.left, ok = r.part(); !ok || not || p.left.kind == '"' {
		r.bad = true
		return
	}
	for _, op := range []string{"==", "!=", "!~", "<=", ">=", "<", ">", "~"} {
		if r.take(op) {
			p.op = op
			break
		}
	}
	switch {
	case p.op == "" && p.left.kind != '$': // NF: the line has fields
		p.op = "!="
	case p.op == "":
		r.bad = true
	case p.op == "~" || p.op == "!~":
		r.bad = r.bad || !r.take("/")
		r.pattern(p)
	case p.left.kind == '$':
		text, is := r.part()
		r.bad = r.bad || !is || text.kind != '"'
		p.right = text.text
	default:
		p.number = r.digits()
	}
}

// pattern reads the rest of /…/.
func (r *awkReader) pattern(p *awkProgram) {
	text, rest, closed := strings.Cut(r.rest, "/")
	if !closed || r.bad || strings.HasSuffix(text, `\`) {
		r.bad = true
		return
	}
	r.rest = rest
	p.pattern, r.msg = compile(text, extended, false)
}

func (r *awkReader) digits() int {
	r.take("")
	n := len(r.rest) - len(strings.TrimLeft(r.rest, "0123456789"))
	number, err := strconv.Atoi(r.rest[:n])
	r.bad = r.bad || err != nil
	r.rest = r.rest[n:]
	return number
}

// part reads something that can be printed, if it stands there.
func (r *awkReader) part() (p awkPart, ok bool) {
	switch {
	case r.bad:
		return p, false
	case r.take("$NF"):
		return awkPart{kind: '$', n: lastField}, true
	case r.take("$"):
		return awkPart{kind: '$', n: r.digits()}, !r.bad
	case r.take("NR"):
		return awkPart{kind: 'N'}, true
	case r.take("NF"):
		return awkPart{kind: 'F'}, true
	case r.take(`"`):
		text, rest, closed := strings.Cut(r.rest, `"`)
		text = strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(text)
		if r.rest = rest; !closed || strings.Contains(text, `\`) {
			r.bad = true
			return p, false
		}
		return awkPart{kind: '"', text: text}, true
	}
	return p, false
}
