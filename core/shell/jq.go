package shell

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// jq takes JSON apart: paths with |, commas and a few functions.
func jq(args []string, in string) result {
	f := parseFlags(args, "rcejM", "")
	if f.bad != "" || len(f.rest) > 1 {
		return mistaken(exitUsage, "jq: want "+findFilter("jq").usage)
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
		return mistaken(3, "jq: "+p.msg+" is not carried out here; want "+findFilter("jq").usage)
	}
	return jqRun(run, &f, in)
}

func jqRun(run jqFilter, f *flags, in string) result {
	var r result
	var b strings.Builder
	last := value{kind: 'n'}
	reader := &jsonReader{text: in}
	for reader.skip(); reader.pos < len(in); reader.skip() {
		v, ok := reader.value(0)
		if !ok {
			r.err, r.exit = r.err+"jq: parse error: this is no JSON: "+clip(in[min(reader.pos, len(in)):])+"; want -w json in front of the |\n", exitUsage
			break
		}
		msg := run(v, func(x value) {
			last = x
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
	if r.exit == 0 && f.has('e') && !last.truth() {
		r.exit = 1
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
	f := p.comparison()
	for p.take(",") {
		a, b := f, p.comparison()
		f = func(v value, yield func(value)) string {
			if msg := a(v, yield); msg != "" {
				return msg
			}
			return b(v, yield)
		}
	}
	return f
}

func (p *jqParser) comparison() jqFilter {
	a := p.term()
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if !p.take(op) {
			continue
		}
		b := p.term()
		return func(v value, yield func(value)) string {
			inner := ""
			outer := b(v, func(y value) {
				if inner == "" {
					inner = a(v, func(x value) { yield(boolean(holds(op, x.order(&y)))) })
				}
			})
			return inner + outer // one of them says what is wrong
		}
	}
	return a
}

func boolean(b bool) value {
	if b {
		return value{kind: 't'}
	}
	return value{kind: 'f'}
}

func holds(op string, order int) bool {
	switch op {
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

// order compares values as jq sorts them: null, false, true, numbers, strings, arrays, objects.
func (v *value) order(w *value) int {
	const kinds = "nft0s[{"
	if n := strings.IndexByte(kinds, v.kind) - strings.IndexByte(kinds, w.kind); n != 0 {
		return n
	}
	switch v.kind {
	case '0':
		return compareNumbers(v.text, w.text)
	case 's':
		return strings.Compare(v.text, w.text)
	}
	if n := slices.Compare(v.keys, w.keys); n != 0 {
		return n
	}
	for i := range min(len(v.list), len(w.list)) {
		if n := v.list[i].order(&w.list[i]); n != 0 {
			return n
		}
	}
	return len(v.list) - len(w.list)
}

// term reads a path, a literal, a list or a function, with the steps behind it.
func (p *jqParser) term() jqFilter {
	p.skip()
	var f jqFilter
	switch {
	case p.take("("):
		f = p.pipe()
		if !p.take(")") {
			return p.fail()
		}
	case p.take("["):
		f = p.collect()
	case strings.HasPrefix(p.rest, ".."):
		return p.fail()
	case strings.HasPrefix(p.rest, "."):
		f = jqSelf
		if p.rest = p.rest[1:]; p.rest == "" || p.rest[0] != '[' {
			f = p.name(f)
		}
	case p.rest != "" && (p.rest[0] == '"' || p.rest[0] == '-' || p.rest[0] >= '0' && p.rest[0] <= '9'):
		f = p.literal()
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

func (p *jqParser) literal() jqFilter {
	r := &jsonReader{text: p.rest}
	v, ok := r.value(0)
	if !ok || (v.kind == 's' && strings.Contains(v.text, "(")) && strings.Contains(p.rest[:r.pos], `\(`) {
		return p.fail()
	}
	p.rest = p.rest[r.pos:]
	return constant(v)
}

func constant(v value) jqFilter {
	return func(_ value, yield func(value)) string {
		yield(v)
		return ""
	}
}

// collect reads the rest of [ … ].
func (p *jqParser) collect() jqFilter {
	if p.take("]") {
		return constant(value{kind: '['})
	}
	f := p.pipe()
	if !p.take("]") {
		return p.fail()
	}
	return func(v value, yield func(value)) string {
		out := value{kind: '['}
		msg := f(v, func(x value) { out.list = append(out.list, x) })
		if msg == "" {
			yield(out)
		}
		return msg
	}
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
	n := 0
	for n < len(p.rest) && (p.rest[n] == '@' && n == 0 || isName(p.rest[:1]+p.rest[:n+1]) || p.rest[0] == '@' && isName("a"+p.rest[1:n+1])) {
		n++
	}
	name := p.rest[:n]
	whole := p.rest
	p.rest = p.rest[n:]
	switch name {
	case "null", "true", "false":
		return constant(value{kind: name[0]})
	case "empty":
		return func(value, func(value)) string { return "" }
	case "length", "keys", "tostring", "tonumber", "not", "first", "last", "@base64", "@base64d", "@text", "type":
		return func(v value, yield func(value)) string { return jqCall(name, v, yield) }
	case "select", "map":
		if !p.take("(") {
			break
		}
		inner := p.pipe()
		if !p.take(")") {
			break
		}
		if name == "map" {
			return jqMap(inner)
		}
		return func(v value, yield func(value)) string {
			return inner(v, func(x value) {
				if x.truth() {
					yield(v)
				}
			})
		}
	}
	p.rest = whole
	return p.fail()
}

func jqMap(inner jqFilter) jqFilter {
	return func(v value, yield func(value)) string {
		out := value{kind: '['}
		msg := jqFilter(jqEach).then(inner)(v, func(x value) { out.list = append(out.list, x) })
		if msg == "" {
			yield(out)
		}
		return msg
	}
}

// jqCall is a function of one value.
func jqCall(name string, v value, yield func(value)) string {
	var b strings.Builder
	v.write(&b, 0, true)
	text := b.String()
	cannot := v.kindName() + " (" + text + ") "
	switch {
	case name == "length" && v.kind == 's':
		yield(decimal(len([]rune(v.text))))
	case name == "length" && v.kind == '0':
		yield(value{kind: '0', text: strings.TrimPrefix(v.text, "-")})
	case name == "length" && (v.kind == '[' || v.kind == '{' || v.kind == 'n'):
		yield(decimal(len(v.list)))
	case name == "keys" && v.kind == '{':
		keys := slices.Sorted(slices.Values(v.keys))
		yield(texts(keys))
	case name == "keys" && v.kind == '[':
		out := value{kind: '['}
		for i := range v.list {
			out.list = append(out.list, decimal(i))
		}
		yield(out)
	case name == "type":
		yield(value{kind: 's', text: v.kindName()})
	case name == "not":
		yield(boolean(!v.truth()))
	case name == "first":
		return jqAt(0)(v, yield)
	case name == "last":
		return jqAt(-1)(v, yield)
	case name == "tonumber":
		r := &jsonReader{text: v.text}
		n, ok := r.value(0)
		if v.kind == '0' || (ok && n.kind == '0' && r.pos == len(v.text)) {
			yield(value{kind: '0', text: v.text})
			return ""
		}
		return cannot + "cannot be parsed as a number"
	case name[0] == '@' || name == "tostring":
		return jqText(name, v, text, yield)
	default:
		return cannot + "has no " + name
	}
	return ""
}

func jqText(name string, v value, text string, yield func(value)) string {
	if v.kind == 's' {
		text = v.text
	}
	switch name {
	case "@base64":
		text = base64.StdEncoding.EncodeToString([]byte(text))
	case "@base64d":
		plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
		if err != nil {
			return "string (" + strconv.Quote(text) + ") is not valid base64 data"
		}
		text = strings.ToValidUTF8(string(plain), "\ufffd")
	}
	yield(value{kind: 's', text: text})
	return ""
}

func decimal(n int) value { return value{kind: '0', text: strconv.Itoa(n)} }

func texts(list []string) value {
	v := value{kind: '['}
	for _, s := range list {
		v.list = append(v.list, value{kind: 's', text: s})
	}
	return v
}
