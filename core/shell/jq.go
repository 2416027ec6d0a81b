package shell

import (
	"cmp"
	"encoding/base64"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jq takes JSON apart: paths with |, commas and a few functions.
func jq(args []string, in string) result {
	f := parseFlags(args, "rcjM", "")
	if f.bad != "" || len(f.rest) > 1 {
		return mistaken(exitUsage, "jq: "+cmp.Or(f.bad, "a file")+absence+"want "+findFilter("jq").usage)
	}
	program := "."
	if len(f.rest) == 1 {
		program = f.rest[0]
	}
	p := &jqParser{rest: program}
	run := p.pipe()
	if p.skip(); p.rest != "" && p.msg == "" {
		p.msg = strconv.Quote(p.rest)
	}
	if p.msg != "" {
		return mistaken(3, "jq: "+p.msg+absence+"want "+findFilter("jq").usage)
	}
	return jqRun(run, &f, in)
}

func jqRun(run jqFilter, f *flags, in string) result {
	var r result
	var b strings.Builder
	reader := &jsonReader{text: in}
	for reader.skip(); reader.pos < len(in); reader.skip() {
		v, ok := reader.value(0)
		if !ok {
			r.err, r.exit = r.err+"jq: parse error: this is no JSON: "+clip(in[min(reader.pos, len(in)):])+
				"; want -w json in front of the |\n", exitUsage
			break
		}
		msg := run(v, func(x value) {
			if f.has('r') && x.kind == 's' || f.has('j') && x.kind == 's' {
				b.WriteString(x.text)
			} else {
				x.write(&b, 0, f.has('c'))
			}
			if !f.has('j') {
				b.WriteByte('\n')
			}
		})
		if r.exit = 0; msg != "" { // the last value's counts
			r.err, r.exit = r.err+"jq: error (at <stdin>:"+strconv.Itoa(strings.Count(in[:reader.pos], "\n"))+"): "+msg+"\n", 5
		}
		if b.Len() > outputMost {
			return mistaken(5, "jq: error: this is too much")
		}
	}
	r.out = b.String()
	return r
}

func clip(s string) string { return strconv.Quote(s[:min(len(s), 20)]) }

// jqFilter makes any number of values of one, or says why it cannot.
type jqFilter func(v value, yield func(value)) (msg string)

func jqSelf(v value, yield func(value)) string {
	yield(v)
	return ""
}

// then feeds what a makes into b.
func (a jqFilter) then(b jqFilter) jqFilter {
	return func(v value, yield func(value)) string {
		msg := ""
		if m := a(v, func(x value) {
			if msg == "" {
				msg = b(x, yield)
			}
		}); msg == "" {
			msg = m
		}
		return msg
	}
}

type jqParser struct {
	rest  string
	msg   string
	depth int
}

func (p *jqParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *jqParser) take(s string) bool {
	p.skip()
	if !strings.HasPrefix(p.rest, s) || p.msg != "" {
		return false
	}
	p.rest = p.rest[len(s):]
	return true
}

func (p *jqParser) fail() jqFilter {
	if p.msg == "" {
		p.msg = strconv.Quote(p.rest)
	}
	return jqSelf
}

func (p *jqParser) pipe() jqFilter {
	if p.depth++; p.depth > depthMost {
		return p.fail()
	}
	f := p.comma()
	for p.take("|") {
		f = f.then(p.comma())
	}
	p.depth--
	return f
}

func (p *jqParser) comma() jqFilter {
	f := p.term()
	for p.take(",") {
		a, b := f, p.term()
		f = func(v value, yield func(value)) string {
			if msg := a(v, yield); msg != "" {
				return msg
			}
			return b(v, yield)
		}
	}
	return f
}

// term reads a path or a function, with the steps behind it.
func (p *jqParser) term() jqFilter {
	p.skip()
	var f jqFilter
	switch {
	case p.take("("):
		f = p.pipe()
		if !p.take(")") {
			return p.fail()
		}
	case strings.HasPrefix(p.rest, ".."):
		return p.fail()
	case strings.HasPrefix(p.rest, "."):
		f = jqSelf
		if p.rest = p.rest[1:]; p.rest == "" || p.rest[0] != '[' {
			f = p.name(f)
		}
	default:
		f = p.function()
	}
	return p.steps(f)
}

// name reads the field behind a dot, if one stands there.
func (p *jqParser) name(f jqFilter) jqFilter {
	if strings.HasPrefix(p.rest, `"`) {
		r := &jsonReader{text: p.rest}
		name, ok := r.string()
		if !ok || strings.Contains(name, `\(`) {
			return p.fail()
		}
		p.rest = p.rest[r.pos:]
		return f.then(jqField(name))
	}
	n := 0
	for n < len(p.rest) && isName(p.rest[:n+1]) {
		n++
	}
	name := p.rest[:n]
	if p.rest = p.rest[n:]; n == 0 {
		return f
	}
	return f.then(jqField(name))
}

// steps reads .name, [n], ["name"], [] and ? behind a term.
func (p *jqParser) steps(f jqFilter) jqFilter {
	for p.msg == "" {
		switch {
		case strings.HasPrefix(p.rest, "["):
			p.rest = p.rest[1:]
			f = p.index(f)
		case strings.HasPrefix(p.rest, ".["):
			p.rest = p.rest[2:]
			f = p.index(f)
		case strings.HasPrefix(p.rest, ".") && len(p.rest) > 1:
			before := p.rest
			p.rest = p.rest[1:]
			if f = p.name(f); len(p.rest) == len(before)-1 {
				return p.fail()
			}
		case strings.HasPrefix(p.rest, "?"):
			p.rest = p.rest[1:]
			inner := f
			f = func(v value, yield func(value)) string {
				_ = inner(v, yield)
				return ""
			}
		default:
			return f
		}
	}
	return f
}

// index reads the rest of [ … ] behind a term.
func (p *jqParser) index(f jqFilter) jqFilter {
	switch {
	case p.take("]"):
		return f.then(jqEach)
	case strings.HasPrefix(p.rest, `"`):
		f = p.name(f)
	default:
		text, rest, _ := strings.Cut(p.rest, "]")
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return p.fail()
		}
		p.rest = "]" + rest
		f = f.then(jqAt(n))
	}
	if !p.take("]") {
		return p.fail()
	}
	return f
}

func jqField(name string) jqFilter {
	return func(v value, yield func(value)) string {
		if v.kind != '{' && v.kind != 'n' {
			return "Cannot index " + v.kindName() + " with \"" + name + "\""
		}
		yield(v.field(name))
		return ""
	}
}

func jqAt(n int) jqFilter {
	return func(v value, yield func(value)) string {
		switch i := n; {
		case v.kind == '[':
			if i < 0 {
				i += len(v.list)
			}
			if i >= 0 && i < len(v.list) {
				yield(v.list[i])
				return ""
			}
		case v.kind != 'n':
			return "Cannot index " + v.kindName() + " with number"
		}
		yield(value{kind: 'n'})
		return ""
	}
}

func jqEach(v value, yield func(value)) string {
	if v.kind != '[' && v.kind != '{' {
		var b strings.Builder
		v.write(&b, 0, true)
		return "Cannot iterate over " + v.kindName() + " (" + b.String() + ")"
	}
	for _, x := range v.list {
		yield(x)
	}
	return ""
}

// function reads one of the functions that there are.
func (p *jqParser) function() jqFilter {
	for _, name := range []string{"length", "keys", "@base64d"} {
		if p.take(name) {
			return func(v value, yield func(value)) string { return jqCall(name, v, yield) }
		}
	}
	return p.fail()
}

// jqCall is a function of one value.
func jqCall(name string, v value, yield func(value)) string {
	switch {
	case name == "@base64d" && v.kind == 's':
		plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v.text, "="))
		if err != nil {
			return "string (" + strconv.Quote(v.text) + ") is not valid base64 data"
		}
		yield(value{kind: 's', text: strings.ToValidUTF8(string(plain), "\ufffd")})
	case name == "length" && v.kind == 's':
		yield(decimal(utf8.RuneCountInString(v.text)))
	case name == "length" && v.kind == '0':
		yield(value{kind: '0', text: strings.TrimPrefix(v.text, "-")})
	case name == "length" && (v.kind == '[' || v.kind == '{' || v.kind == 'n'):
		yield(decimal(len(v.list)))
	case name == "keys" && v.kind == '[':
		out := value{kind: '['}
		for i := range v.list {
			out.list = append(out.list, decimal(i))
		}
		yield(out)
	case name == "keys" && v.kind == '{':
		keys := append([]string(nil), v.keys...)
		sort.Strings(keys)
		out := value{kind: '['}
		for _, k := range keys {
			out.list = append(out.list, value{kind: 's', text: k})
		}
		yield(out)
	default:
		return v.kindName() + " has no " + name
	}
	return ""
}

func decimal(n int) value { return value{kind: '0', text: strconv.Itoa(n)} }
