package shell

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The exit codes of a shell.
const (
	exitUsage   = 2
	exitUnknown = 127
)

// builtins are the commands that a shell carries out itself, or that might as well be.
var builtins = [...]string{":", "true", "false", "echo", "printf", "export", "readonly", "unset", "set", "sleep",
	"wait", "exit", "test", "["}

func isBuiltin(name string) bool {
	for _, b := range builtins {
		if b == name {
			return true
		}
	}
	return false
}

// run carries out a command with its arguments.
func (c *carrier) run(argv []string, env Vars, s streams, piped bool) bool {
	m := find(argv, piped)
	switch m.kind {
	case tool:
		return c.tool(m, env, s)
	case language:
		if s.in.open {
			return false
		}
		return c.call(&Wanted{Line: line(m.argv), Stdin: s.in.whole()}, s)
	case filtered:
		return c.filter(m.argv, s)
	case builtin:
		return c.builtin(m.argv, s)
	case texted:
		return c.text(m, env, s)
	case nothing:
		c.status = 0
		return true
	}
	c.complain(&s, exitUnknown, "sh: "+argv[0]+": not found")
	return true
}

// line writes arguments as a line of the language.
func line(argv []string) string {
	words := make([]string, len(argv))
	for i, a := range argv {
		if words[i] = script.Word(a); strings.HasPrefix(a, "-") {
			words[i] = a
		}
	}
	return strings.Join(words, " ")
}

func (in *input) whole() *string {
	if !in.given {
		return nil
	}
	return &in.text
}

// tool carries out etcdctl or etcdutl.
func (c *carrier) tool(m meant, env Vars, s streams) bool {
	if s.in.open {
		return false
	}
	all := c.vars
	for _, list := range []Vars{m.env, env} {
		for _, v := range list {
			all = all.With(v)
		}
	}
	return c.call(&Wanted{Argv: m.argv, Env: all.Environment(), Stdin: s.in.whole()}, s)
}

// call wants a command carried out, or takes what it has answered.
func (c *carrier) call(w *Wanted, s streams) bool {
	if c.used == len(c.answers) {
		if c.want == nil && (c.used == 0 || c.answers[c.used-1].Ended) {
			c.want = w
		}
		return false
	}
	a := c.answers[c.used]
	c.used++
	s.out.WriteString(c.bounded(a.Out))
	s.err.WriteString(c.bounded(a.Err))
	c.status = a.Exit
	return a.Ended
}

// text carries out sh -c TEXT.
func (c *carrier) text(m meant, env Vars, s streams) bool {
	if s.in.open {
		return false
	}
	if c.nested++; c.nested > depthMost {
		c.complain(&s, exitUsage, "sh: too many texts stand within each other")
		return true
	}
	p, err := Read(m.argv[2])
	if err != nil {
		c.complain(&s, exitUsage, "sh: "+err.Error())
		return true
	}
	vars := c.vars
	for _, list := range []Vars{m.env, env} {
		for _, v := range list {
			c.vars = c.vars.With(v)
		}
	}
	outer := c.err
	c.err = s.err
	done := c.items(p.items, s.in, s.out)
	c.vars, c.quits, c.err = vars, false, outer
	c.nested--
	return done
}

func (c *carrier) builtin(argv []string, s streams) bool {
	args := argv[1:]
	switch argv[0] {
	case "sleep":
		return c.sleep(args, s)
	case "wait":
		return c.call(&Wanted{Wait: true}, s)
	}
	before := c.status
	c.status = 0
	switch argv[0] {
	case "false":
		c.status = 1
	case "echo":
		c.echo(args, s)
	case "printf":
		c.printf(args, s)
	case "export", "readonly":
		c.export(args)
	case "unset":
		for _, name := range args {
			c.vars = c.vars.Without(name)
		}
	case "set":
		c.set(args, s)
	case "exit":
		c.status = before
		c.exit(args, s)
	case "test", "[":
		c.test(argv, s)
	}
	return true
}

// echo prints its arguments. Like dash it knows -n, and prints backslashes as they are.
func (c *carrier) echo(args []string, s streams) {
	end := "\n"
	if len(args) > 0 && args[0] == "-n" {
		args, end = args[1:], ""
	}
	s.out.WriteString(strings.Join(args, " ") + end)
}

func (c *carrier) export(args []string) {
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			value, _ = c.vars.Get(name)
		}
		if isName(name) {
			c.vars = c.vars.With(Var{name, value, true})
		}
	}
}

// modeOf reads a flag of set: -e or +e.
func modeOf(flag string) Mode {
	if flag[0] == '+' {
		return GoesOn
	}
	return Stops
}

// set knows -e and +e, and that pipefail, -u and -x change nothing here.
func (c *carrier) set(args []string, s streams) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case (a == "-o" || a == "+o") && i+1 < len(args):
			if i++; args[i] == "errexit" {
				c.mode = modeOf(a)
			}
		case len(a) > 1 && (a[0] == '-' || a[0] == '+') && strings.Trim(a[1:], "euxo") == "":
			if strings.Contains(a, "e") {
				c.mode = modeOf(a)
			}
			if strings.HasSuffix(a, "o") && i+1 < len(args) {
				i++
			}
		default:
			c.complain(&s, exitUsage, "sh: set: "+a+" is not carried out here")
		}
	}
}

func (c *carrier) exit(args []string, s streams) {
	c.quits = true
	if len(args) == 0 {
		return
	}
	n, err := strconv.ParseUint(args[0], 10, 8)
	if c.status = int(n); err != nil {
		c.complain(&s, exitUsage, "sh: exit: "+args[0]+" is no exit code")
	}
}

// sleep waits in simulated time.
func (c *carrier) sleep(args []string, s streams) bool {
	text := strings.Join(args, "")
	if strings.Trim(text, "0123456789.") == "" {
		text += "s"
	}
	t, err := sim.ParseTime(text)
	if len(args) != 1 || err != nil || t > script.TimeMax {
		c.complain(&s, 1, "sleep: invalid time interval "+script.Word(strings.Join(args, " ")))
		return true
	}
	return c.call(&Wanted{Sleep: t}, s)
}

// printf knows %s, %d and %%, with widths, and the backslashes of C.
func (c *carrier) printf(args []string, s streams) {
	if len(args) == 0 {
		c.complain(&s, exitUsage, "printf: usage: printf FORMAT [ARGUMENT …]")
		return
	}
	format, rest := args[0], args[1:]
	for first := true; first ||
		(len(rest) > 0 && strings.Contains(strings.ReplaceAll(format, "%%", ""), "%")); first = false {
		for i := 0; i < len(format); i++ {
			switch {
			case format[i] == '\\':
				text, n := script.Unescape(format[i+1:])
				if n == 0 {
					text = `\`
				}
				s.out.WriteString(text)
				i += n
			case format[i] != '%' || i+1 == len(format):
				s.out.WriteByte(format[i])
			default:
				d := readDirective(format[i+1:])
				rest = c.directive(d, rest, s)
				i += d.size
			}
		}
	}
}

// directive is one of printf's: %s, %-20s, %.0s, %05d.
type directive struct {
	verb       byte
	size       int // how many bytes it has behind the %
	left, zero bool
	width, cut int // cut: how much of a text is printed; -1: all
	ok         bool
}

func readDirective(text string) directive {
	d := directive{cut: -1}
	number := func() (n int) {
		for ; d.size < len(text) && text[d.size] >= '0' && text[d.size] <= '9'; d.size++ {
			n = min(10*n+int(text[d.size]-'0'), widthMost)
		}
		return n
	}
	for ; d.size < len(text) && (text[d.size] == '-' || text[d.size] == '0'); d.size++ {
		d.left, d.zero = d.left || text[d.size] == '-', d.zero || text[d.size] == '0'
	}
	if d.width = number(); strings.HasPrefix(text[d.size:], ".") {
		d.size++
		d.cut = number()
	}
	if d.size < len(text) {
		d.verb = text[d.size]
		d.size++
	}
	d.ok = d.verb == 's' || (d.verb == 'd' || d.verb == 'i') && d.cut < 0 || d.verb == '%' && d.size == 1
	return d
}

// widthMost bounds how wide printf makes something.
const widthMost = 1 << 20

// pad makes a text as wide as a directive wants it.
func (d *directive) pad(text string) string {
	fill := max(d.width-len(text), 0)
	switch {
	case d.left:
		return text + strings.Repeat(" ", fill)
	case d.zero && d.verb != 's' && strings.HasPrefix(text, "-"):
		return "-" + strings.Repeat("0", fill) + text[1:]
	case d.zero && d.verb != 's':
		return strings.Repeat("0", fill) + text
	}
	return strings.Repeat(" ", fill) + text
}

// badDirective returns the first directive of a format that there is none of here.
func badDirective(format string) (text string, bad bool) {
	for i := 0; i+1 < len(format); i++ {
		if format[i] == '%' {
			d := readDirective(format[i+1:])
			if !d.ok {
				return format[i : i+1+d.size], true
			}
			i += d.size
		}
	}
	return "", false
}

func (c *carrier) directive(d directive, rest []string, s streams) []string {
	if d.verb == '%' && d.ok {
		s.out.WriteByte('%')
		return rest
	}
	arg := ""
	if len(rest) > 0 {
		arg, rest = rest[0], rest[1:]
	}
	switch {
	case d.verb == 's':
		if d.cut >= 0 {
			arg = arg[:min(d.cut, len(arg))]
		}
		s.out.WriteString(c.bounded(d.pad(arg)))
	case d.ok:
		if arg == "" {
			arg = "0"
		}
		if _, err := strconv.ParseInt(arg, 0, 64); err != nil {
			c.complain(&s, 1, "printf: "+script.Word(arg)+": expected numeric value")
			arg = "0"
		}
		s.out.WriteString(c.bounded(d.pad(arg)))
	default:
		c.complain(&s, 1, "printf: %"+string(rune(d.verb))+absence+"want %s or %d")
	}
	return rest
}

// test is [ … ] with one comparison.
func (c *carrier) test(argv []string, s streams) {
	args := argv[1:]
	if argv[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			c.complain(&s, exitUsage, "[: missing ]")
			return
		}
		args = args[:len(args)-1]
	}
	not := len(args) > 1 && args[0] == "!"
	if not {
		args = args[1:]
	}
	holds, msg := compare(args)
	switch {
	case msg != "":
		c.complain(&s, exitUsage, argv[0]+": "+msg)
	case holds == not:
		c.status = 1
	}
}

// compare says whether what test is asked holds, or what is wrong with the question.
func compare(args []string) (holds bool, msg string) {
	switch {
	case len(args) == 0:
		return false, ""
	case len(args) == 1:
		return args[0] != "", ""
	case len(args) == 2 && args[0] == "-n":
		return args[1] != "", ""
	case len(args) == 2 && args[0] == "-z":
		return args[1] == "", ""
	case len(args) != 3:
		return false, strings.Join(args, " ") +
			" is not carried out here; want -n TEXT, -z TEXT, A = B, A != B, or numbers with -eq -ne -lt -le -gt -ge"
	}
	switch args[1] {
	case "=", "==":
		return args[0] == args[2], ""
	case "!=":
		return args[0] != args[2], ""
	}
	a, err := strconv.ParseInt(strings.TrimSpace(args[0]), 10, 64)
	b, err2 := strconv.ParseInt(strings.TrimSpace(args[2]), 10, 64)
	if err != nil || err2 != nil {
		return false, "a number is expected: " + strings.Join(args, " ")
	}
	for _, op := range []struct {
		name  string
		holds bool
	}{{"-eq", a == b}, {"-ne", a != b}, {"-lt", a < b}, {"-le", a <= b}, {"-gt", a > b}, {"-ge", a >= b}} {
		if op.name == args[1] {
			return op.holds, ""
		}
	}
	return false, args[1] + " is not carried out here"
}
