package script

import (
	"path"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/cobra"
)

// Refusal is what etcdctl or etcdutl prints when it asks no member anything: because it refuses a line, or because it
// knows the answer (help, version).
type Refusal = cobra.Refusal

// Line is what a shell hands to etcdctl or etcdutl.
type Line struct {
	Argv  []string // from the program's name on
	Env   []string // NAME=VALUE, in the order in which the program sees them
	Stdin string
	Piped bool // there is something to read from standard input, if only Stdin's ""; else a person could be asked for it
}

// Input is what a line wants to read from its standard input and was not given.
type Input uint8

// The inputs.
const (
	NoInput    Input = iota
	ValueInput       // put KEY: the value, all there is
	TxnInput         // txn: the transaction (ParseTxn)
	WatchInput       // watch -i: lines such as "watch a", without end (Line.WatchLine)
)

// Reading is what came of a line.
type Reading struct {
	Command Command  // Refused if Refusal is set
	Refusal *Refusal // what would be printed at once
	Wants   Input    // if this is set, Refusal is what comes of an empty input
	Prompts bool     // the program was told to ask for it in words (-i)
	// what was understood in a way that the line does not say, or ignored: a sentence each, without a full stop
	Notes []string
}

// Args reads a line that has nothing on standard input and nothing of its own in the environment: argv[0] is etcdctl or
// etcdutl. If the line is refused, the command is one that prints the refusal (Refused).
func Args(argv []string) (Command, *Refusal) {
	r := Line{Argv: argv}.Read()
	return r.Command, r.Refusal
}

// Read reads a line as the program does.
func (l Line) Read() Reading {
	parsed, no := cobra.Tool(l.tool()).Parse(l.Argv[1:])
	if no != nil {
		return Reading{Command: Refused{Line: l, Refusal: *no}, Refusal: no}
	}
	v := &invocation{Parsed: parsed, line: l}
	c := v.command()
	r := Reading{Command: c, Refusal: v.refusal, Wants: v.wants, Notes: v.notes}
	if v.wants == TxnInput || v.wants == WatchInput {
		r.Prompts = v.Bool("interactive")
	}
	if v.refusal != nil {
		r.Command = Refused{Line: l, Refusal: *v.refusal}
	}
	return r
}

// tool returns the name of the program, without where it lies.
func (l Line) tool() string { return path.Base(l.Argv[0]) }

// Refused prints what a program prints that asks no member anything, and exits as it does.
type Refused struct {
	Line
	Refusal
}

func (Refused) command() {}

// String returns the line that was refused. What it had on standard input stands behind <<<, as bash has it.
func (c Refused) String() string {
	s := ""
	for _, e := range c.Env {
		name, value, _ := strings.Cut(e, "=")
		s += name + "=" + quote(value) + " "
	}
	s += c.tool()
	for _, a := range c.Argv[1:] {
		s += " " + shellWord(a)
	}
	if c.Piped {
		s += " <<< " + quote(c.Stdin)
	}
	return s
}

// shellWord prints an argument as one word. Unlike quote it leaves a flag bare: for a program it is one in quotes, too.
func shellWord(text string) string {
	if strings.HasPrefix(text, "-") && isBare("x"+text) {
		return text
	}
	return quote(text)
}

// Client returns the client that the line names; "" if it names none.
func (c Refused) Client() Name {
	for i, a := range c.Argv {
		if value, ok := strings.CutPrefix(a, "--client="); ok {
			return clientOf(value)
		}
		if a == "--client" && i+1 < len(c.Argv) {
			return clientOf(c.Argv[i+1])
		}
	}
	return ""
}

func clientOf(text string) Name {
	if _, is := Name(text).Client(); is {
		return Name(text)
	}
	return ""
}

// invocation is a line whose flags are understood. The first thing that is wrong is kept; what is built after that is
// of no use.
type invocation struct {
	*cobra.Parsed
	line    Line
	notes   []string
	wants   Input
	refusal *Refusal
	timeout int64 // --command-timeout in nanoseconds, as the command has read it
	timed   bool  // it is given
}

func (v *invocation) refuse(exit int, text string) {
	if v.refusal == nil {
		v.refusal = &Refusal{Stderr: "Error: " + text + "\n", Exit: exit}
	}
}

func (v *invocation) usage(err *UsageError) {
	if err != nil {
		v.refuse(err.Exit, err.Text)
	}
}

func (v *invocation) addNote(text string) { v.notes = append(v.notes, text) }

// arg returns an argument; "" if there are not so many.
func (v *invocation) arg(i int) string {
	if i < len(v.Args) {
		return v.Args[i]
	}
	return ""
}

// count refuses a line that has not exactly so many arguments.
func (v *invocation) count(n int, text string) {
	if len(v.Args) != n {
		v.refuse(exitBadArgs, text)
	}
}

// signed reads an argument that is a number.
func (v *invocation) signed(i, base, exit int, before, after string) int64 {
	n, err := strconv.ParseInt(v.arg(i), base, 64)
	if err != nil {
		v.refuse(exit, before+err.Error()+after)
	}
	return n
}

// command carries the line on to what it means.
func (v *invocation) command() Command {
	if v.line.tool() == "etcdutl" {
		return v.etcdutl()
	}
	switch v.Name {
	case "put", "get", "del", "txn", "compaction":
		return v.keys()
	case "watch":
		return v.watch()
	case "lease grant", "lease revoke", "lease timetolive", "lease keep-alive", "lease list":
		return v.lease()
	case "lock", "elect":
		return v.recipe()
	case "member list", "member add", "member remove", "member update", "member promote", "move-leader":
		return v.member()
	case "version":
		v.refusal = &Refusal{Stdout: "etcdctl version: " + cobra.Version + "\nAPI version: " + cobra.APIVersion + "\n"}
		return nil
	case "endpoint status", "endpoint health", "endpoint hashkv", "alarm list", "alarm disarm", "defrag", "snapshot save",
		"check perf":
		return v.maintenance()
	}
	return v.absent()
}

// absent refuses what the simulator does not have.
func (v *invocation) absent() Command {
	v.refuse(exitError, v.line.tool()+" "+v.Name+" is not modelled here")
	return nil
}
