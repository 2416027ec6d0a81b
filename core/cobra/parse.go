package cobra

import (
	"slices"
	"strconv"
	"strings"
)

// exitError is the code that a tool exits with when it does not understand a line (etcd pkg/cobrautl/error.go).
const exitError = 1

// setting is a flag that has a value.
type setting struct {
	flag   *Flag
	text   string
	number int64
	list   []string
	failed bool // a variable gives it, but cannot be read: that leaves the flag at nothing and unchanged
}

// Parsed is a line that was understood.
type Parsed struct {
	Name string   // of the command, with those of its groups: "member list"
	Args []string // what is left without flags
	Raw  []string // all that stood behind the program's name

	at   path
	set  []setting
	bare bool // nobody has given the command a flag for help
}

// Parse reads the arguments of a program, without its own name. Either it understands them, or it refuses.
func (p *Program) Parse(args []string) (*Parsed, *Refusal) {
	at, rest := p.find(args)
	if len(at) == 1 {
		if words := at.words(rest); len(words) > 0 {
			return nil, p.unknown(words[0])
		}
	}
	l := &Parsed{Name: at.below(), Raw: args, at: at}
	if text := l.parse(rest); text != "" {
		return nil, p.mistake(at, text)
	}
	switch {
	case l.Bool("help"), len(at.last().Sub) > 0:
		return nil, &Refusal{Stdout: p.usage(at)}
	case at.last().Name() == "help":
		return nil, p.helpAbout(l.Args)
	}
	if text := at.fits(l); text != "" {
		return nil, p.mistake(at, text)
	}
	return l, nil
}

// mistake refuses a line: the error, and how the command is used. etcdctl prints that on standard output, whatever
// cobra asks for (pkg/cobrautl/help.go, UsageFunc); etcdutl prints the error a second time (etcdutl/main.go).
func (p *Program) mistake(at path, text string) *Refusal {
	r := &Refusal{Stderr: "Error: " + text + "\n", Exit: exitError}
	if p.plain {
		r.Stderr += p.usage(at) + "\n" + r.Stderr
		return r
	}
	r.Stderr += "\n"
	r.Stdout = p.usage(at)
	return r
}

// helpAbout is the command help.
func (p *Program) helpAbout(args []string) *Refusal {
	at, rest := p.find(args)
	if words := at.words(rest); len(at) > 1 || len(words) == 0 {
		return &Refusal{Stdout: p.usage(at)}
	}
	var topics []string
	for _, a := range args {
		topics = append(topics, backquoted(a))
	}
	text := "Unknown help topic [" + strings.Join(topics, " ") + "]\n"
	root := path{&p.root}
	usage := p.usageOf(root, root.declared()) // the program has no help flag before it is carried out
	if p.plain {
		return &Refusal{Stderr: text + usage}
	}
	return &Refusal{Stderr: text, Stdout: usage}
}

// backquoted prints text as Go's %#q does.
func backquoted(s string) string {
	if strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// fits says what is wrong with the number of arguments, if cobra checks that, or which flag is missing; "" if nothing
// is (cobra args.go, ExactArgs and OnlyValidArgs; command.go, ValidateRequiredFlags).
func (c path) fits(l *Parsed) string {
	cmd := c.last()
	if cmd.Exact > 0 && len(l.Args) != cmd.Exact {
		return "accepts " + strconv.Itoa(cmd.Exact) + " arg(s), received " + strconv.Itoa(len(l.Args))
	}
	for _, a := range l.Args {
		if len(cmd.Only) > 0 && !slices.Contains(cmd.Only, a) {
			return "invalid argument " + strconv.Quote(a) + " for " + strconv.Quote(c.String())
		}
	}
	var missing []string
	for _, f := range c.local() {
		if f.Required && !l.Changed(f.Name) {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		return `required flag(s) "` + strings.Join(missing, `", "`) + `" not set`
	}
	return ""
}

// parse takes the flags out of the arguments. It returns what is wrong, or "" (pflag flag.go, parseArgs).
func (l *Parsed) parse(args []string) (wrong string) {
	for len(args) > 0 && wrong == "" {
		s := args[0]
		args = args[1:]
		switch {
		case s == "--":
			l.Args = append(l.Args, args...)
			return ""
		case len(s) < 2 || s[0] != '-':
			l.Args = append(l.Args, s)
		case s[1] == '-':
			args, wrong = l.long(s, args)
		default:
			args, wrong = l.short(s[1:], args)
		}
	}
	return wrong
}

// long reads --flag, --flag=value and --flag value.
func (l *Parsed) long(s string, args []string) (rest []string, wrong string) {
	name, value, glued := strings.Cut(s[2:], "=")
	if name == "" || name[0] == '-' {
		return args, "bad flag syntax: " + s
	}
	f := l.at.flag(name, "")
	switch {
	case l.bare && name == "help":
		return args, helpRequested
	case f == nil:
		return args, "unknown flag: --" + name
	case glued:
	case f.Kind == Bool:
		value = "true"
	case len(args) > 0:
		value, args = args[0], args[1:]
	default:
		return args, "flag needs an argument: --" + name
	}
	return args, l.assign(f, value)
}

// short reads -f, -fvalue, -f=value, -f value and several letters in one.
func (l *Parsed) short(letters string, args []string) (rest []string, wrong string) {
	for letters != "" && wrong == "" {
		f := l.at.flag("", letters[:1])
		after := letters[1:]
		value := "true"
		switch {
		case l.bare && letters[0] == 'h':
			return args, helpRequested
		case f == nil:
			return args, "unknown shorthand flag: " + letter(letters) + " in -" + letters
		case len(letters) > 2 && letters[1] == '=':
			value, after = letters[2:], ""
		case f.Kind == Bool:
		case after != "":
			value, after = after, ""
		case len(args) > 0:
			value, args = args[0], args[1:]
		default:
			return args, "flag needs an argument: " + letter(letters) + " in -" + letters
		}
		wrong = l.assign(f, value)
		letters = after
	}
	return args, wrong
}

// letter prints the first byte of a text as Go's %q prints a rune.
func letter(s string) string { return strconv.QuoteRune(rune(s[0])) }

// assign gives a flag a value. A list grows when it is given again, of all else the last value stands.
func (l *Parsed) assign(f *Flag, value string) (wrong string) {
	s, err := read(f, value)
	if err != "" {
		name := "--" + f.Name
		if f.Short != "" {
			name = "-" + f.Short + ", " + name
		}
		return "invalid argument " + strconv.Quote(value) + " for " + strconv.Quote(name) + " flag: " + err
	}
	for i := range l.set {
		if l.set[i].flag.Name == f.Name {
			s.list = append(l.set[i].list, s.list...)
			l.set[i] = s
			return ""
		}
	}
	l.set = append(l.set, s)
	return ""
}

func (l *Parsed) setting(name string) *setting {
	for i := range l.set {
		if l.set[i].flag.Name == name {
			return &l.set[i]
		}
	}
	s := &setting{}
	if f := l.at.flag(name, ""); f != nil && f.Default != "" {
		*s, _ = read(f, strings.Trim(f.Default, "[]"))
	}
	return s
}

// Changed reports whether a line gives a flag.
func (l *Parsed) Changed(name string) bool {
	return slices.ContainsFunc(l.set, func(s setting) bool { return s.flag.Name == name && !s.failed })
}

// Bool returns whether a flag is on.
func (l *Parsed) Bool(name string) bool { return l.setting(name).number != 0 }

// Number returns the value of a Number or Unsigned, or of a Span in nanoseconds.
func (l *Parsed) Number(name string) int64 { return l.setting(name).number }

// Text returns the value of a String.
func (l *Parsed) Text(name string) string { return l.setting(name).text }

// List returns the value of a List.
func (l *Parsed) List(name string) []string { return l.setting(name).list }

// Given returns the names of the flags that the line gives, in the order of their first places.
func (l *Parsed) Given() []string {
	var names []string
	for _, s := range l.set {
		names = append(names, s.flag.Name)
	}
	return names
}

// FromEnvironment takes the inherited flags that the line does not give from variables such as ETCDCTL_WRITE_OUT, and
// returns the names of those for which there is one. One whose value cannot be read is left at nothing (etcd
// pkg/flags/flag.go, setFlagFromEnv).
func (l *Parsed) FromEnvironment(prefix string, env []string) (used []string) {
	inherited := l.at.inherited()
	for i := range inherited {
		f := &inherited[i]
		name := prefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := ""
		for _, e := range env {
			if v, ok := strings.CutPrefix(e, name+"="); ok {
				value = v
			}
		}
		if value != "" && !l.Changed(f.Name) {
			used = append(used, f.Name)
			if l.assign(f, value) != "" {
				l.set = append(l.set, setting{flag: f, failed: true})
			}
		}
	}
	return used
}

// Inherits reports whether the command has a flag from those above it.
func (l *Parsed) Inherits(name string) bool {
	return slices.ContainsFunc(l.at.inherited(), func(f Flag) bool { return f.Name == name })
}

// WatchFlags returns a line of etcdctl watch of which nothing is read yet: its flags alone, without those that it
// inherits.
func WatchFlags() *Parsed {
	for i := range etcdctlRest {
		if c := &etcdctlRest[i]; c.Name() == "watch" {
			return &Parsed{Name: "watch", at: path{c}, bare: true}
		}
	}
	return nil
}

// helpRequested is what pflag says of a flag for help where there is none.
const helpRequested = "pflag: help requested"

// Flags reads flags and arguments. It returns what is wrong, or "".
func (l *Parsed) Flags(args []string) (wrong string) { return l.parse(args) }
