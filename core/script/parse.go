package script

import (
	"math"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/cobra"
)

// Parse reads one command. Its error is an *Error.
func Parse(text string) (Command, error) {
	r, err := ParseLine(text)
	return r.Command, err
}

// ParseLine reads one command, with all there is to say about it. Its error is an *Error.
func ParseLine(text string) (Reading, error) { return parse(text, IsOwn(text)) }

// ParseStored reads the canonical text of a command as a link holds it. Earlier versions had Go's escapes in double
// quotes.
func ParseStored(text string) (Command, error) {
	r, err := parse(text, true)
	return r.Command, err
}

func parse(text string, own bool) (Reading, error) {
	list, end, err := cut(1, text, own)
	if err != nil {
		return Reading{}, err
	}
	r := &reader{line: 1, words: list, end: end}
	read := r.reading()
	r.done()
	if r.err != nil {
		return Reading{}, r.err
	}
	return read, nil
}

// command reads a command from its verb to the end of the line.
func (r *reader) command() Command { return r.reading().Command }

// reading also says what there is to say about the command. What etcdctl or etcdutl can be told goes to them.
func (r *reader) reading() (read Reading) {
	col := r.column()
	if l, ok := r.tool(); ok {
		read = l.Read()
	} else if read.Command = r.ours(); r.err != nil {
		return Reading{}
	}
	text := read.Command.String()
	if n, most := len(text), lineMost(text); n > most {
		r.fail(col, "the command has "+strconv.Itoa(n)+" bytes when all escapes are written out", "want at most "+
			strconv.Itoa(most))
		return Reading{}
	}
	return read
}

// ours reads a command that etcdctl does not have.
func (r *reader) ours() Command {
	v, w := r.verb()
	if r.err == nil && v.Category == Scripting {
		r.fail(w.col, strconv.Quote(w.text)+" is a line of a script, not a command", "want a command such as put or crash")
	}
	if r.err != nil {
		return nil
	}
	c := r.build(v.Name, r.options(v.Name, v.flags))
	r.done()
	return c
}

// tool takes the whole line if it is one for etcdctl or etcdutl, whose names need not be written. Variables of their
// environment may stand before them, and behind <<< what they read from standard input.
func (r *reader) tool() (l Line, ok bool) {
	rest := r.words
	for len(rest) > 0 && !rest[0].quoted && strings.HasPrefix(rest[0].text, envPrefix) &&
		strings.Contains(rest[0].text, "=") {
		l.Env = append(l.Env, rest[0].text)
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return l, false
	}
	name := toolOf(rest)
	if name == "" {
		return l, false
	}
	if rest[0].text != name {
		l.Argv = []string{name}
	}
	for i, w := range rest {
		if w.text == "<<<" && !w.quoted && i == len(rest)-2 {
			l.Stdin, l.Piped = rest[i+1].text, true
			break
		}
		l.Argv = append(l.Argv, w.text)
	}
	r.words = nil
	return l, true
}

// toolOf returns the program that a line is for; "" if it is for none. Our own verbs come first, then what etcdctl's
// are called, in whole or by a beginning.
func toolOf(list []word) string {
	first := list[0].text
	switch {
	case first == "etcdctl" || first == "etcdutl":
		return first
	case first == "snapshot" && len(list) > 1 && (list[1].text == "restore" || list[1].text == "status"),
		first == "hashkv", first == "migrate":
		return "etcdutl"
	}
	if v := findVerb(first); list[0].quoted || (v != nil && !v.etcdctl) || len(subcommands(first)) > 0 &&
		!subcommandsOfEtcdctl(first) {
		return ""
	}
	for _, name := range cobra.Tool("etcdctl").Names() {
		if first != "" && first != "help" && strings.HasPrefix(name, first) {
			return "etcdctl"
		}
	}
	return ""
}

// verb reads the first word of a line, or the first two: compactor start.
func (r *reader) verb() (*Verb, word) {
	w, ok := r.next("a command")
	v := findVerb(w.text)
	switch {
	case !ok || v != nil:
	case len(subcommands(w.text)) > 0:
		return r.second(w)
	default:
		r.fail(w.col, "unknown command "+strconv.Quote(w.text), suggestVerb(w.text))
	}
	return v, w
}

// second reads the second word of a verb.
func (r *reader) second(first word) (*Verb, word) {
	all := subcommands(first.text)
	w, ok := r.next(oneOf(all))
	v := findVerb(first.text + " " + w.text)
	if ok && v == nil {
		r.fail(w.col, "there is no "+first.text+" "+strconv.Quote(w.text), suggest(w.text, all))
	}
	return v, first
}

// build reads the arguments of a verb.
func (r *reader) build(verb string, o options) Command {
	if c, ok := r.disaster(verb, o); ok {
		return c
	}
	switch verb {
	case "crash":
		return Crash{Member: r.member(), Torn: o.has("--torn")}
	case "pause":
		return Pause{r.member()}
	case "resume":
		return Resume{r.member()}
	case "timeout":
		return Campaign{r.member()}
	case "disk":
		return r.disk()
	case "drift":
		return Drift{Member: r.member(), Percent: r.percent()}
	case "split":
		return Split{r.groups()}
	case "cut":
		return Cut(r.path())
	case "mend":
		return Mend(r.path())
	case "heal":
		return Heal{}
	case "drop":
		return Drop{r.message()}
	case "delay":
		return Delay{Message: r.message(), By: r.time()}
	case "duplicate":
		return Duplicate{r.message()}
	case "deliver":
		return Deliver{r.message()}
	case "hold":
		return Hold{r.message()}
	case "load":
		return r.load(o)
	case "compactor start":
		return r.compactor(o)
	case "shell":
		return Shell{Text: r.text("the lines to carry out"), Client: Name(o.text("--client"))}
	case "compactor stop":
		return CompactorStop{Name(o.text("--client"))}
	}
	if verb == "interrupt" {
		return Interrupt{Name(o.text("--client"))}
	}
	var id int64
	if len(r.words) > 0 {
		id = r.number("the number of a watch", math.MaxInt64)
	}
	if verb == "progress" {
		return Progress{id, Name(o.text("--client"))}
	}
	return Unwatch{id, Name(o.text("--client"))} // the table has no other
}
