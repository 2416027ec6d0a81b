// Package cli is the command line of etcdscope: it reads arguments, calls internal/runner and internal/swarm, and
// prints. It decides nothing else.
//
// Main picks a subcommand; each has a file. All of them take their streams as an argument, so that a test can be their
// terminal.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/version"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// Streams are what the program reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// The exit codes.
const (
	ok    = 0
	bad   = 1 // an expectation failed or a rule is broken
	usage = 2 // the arguments or the script make no sense
)

var subcommands = []struct {
	name, text string
	run        func(args []string, s Streams) int
}{
	{"run", "run FILE [-json] [-v]: carry out a script; - reads it from standard input", run},
	{"hash", "hash FILE: the hashes of journal and state that a script's run comes to", hash},
	{"swarm", "swarm [-runs N] [-seed S] [-members N] [-for TIME] …: random runs with faults, all rules checked",
		swarmRuns},
	{"article", "article: what the article claims, measured: write latency, throughput, elections, faults, " +
		"watches, limits", articleClaims},
	{"bench", "bench: events per second, simulated seconds per second, and how long a seek takes", bench},
}

// Main carries out a command line and returns the exit code.
func Main(args []string, s Streams) int {
	if len(args) == 0 {
		fmt.Fprint(s.Err, overview())
		return usage
	}
	for _, c := range subcommands {
		if c.name == args[0] {
			return c.run(args[1:], s)
		}
	}
	switch args[0] {
	case "version", "-version", "--version":
		fmt.Fprintln(s.Out, version.Current)
		return ok
	case "help", "-h", "-help", "--help":
		return help(args[1:], s)
	}
	fmt.Fprintf(s.Err, "etcdscope: there is no command %q\n\n%s", args[0], overview())
	return usage
}

func overview() string {
	var b strings.Builder
	b.WriteString("etcdscope simulates etcd clusters.\n\n")
	for _, c := range subcommands {
		b.WriteString("  etcdscope " + c.text + "\n")
	}
	b.WriteString("  etcdscope version: which version this is\n")
	b.WriteString("  etcdscope help [VERB]: the language that scripts are written in\n")
	return b.String()
}

// help prints the whole language, or what there is to say about one verb.
func help(args []string, s Streams) int {
	if len(args) == 0 {
		fmt.Fprint(s.Out, overview()+"\nThe language of scripts\n\n"+script.Help())
		return ok
	}
	found := false
	for _, v := range script.Verbs() {
		if name := strings.Join(args, " "); v.Name != name && !strings.HasPrefix(v.Name, name+" ") {
			continue
		}
		found = true
		fmt.Fprintf(s.Out, "%s\n  %s\n", v.Usage, v.Help)
		for _, x := range v.Examples {
			fmt.Fprintf(s.Out, "  > %s\n", x)
		}
	}
	if found {
		return ok
	}
	fmt.Fprintf(s.Err, "etcdscope: there is no verb %q; etcdscope help lists them\n", strings.Join(args, " "))
	return usage
}

// flags makes a set of flags that tells its mistakes to the user and leaves the exit code to us.
func flags(name string, s Streams) *flag.FlagSet {
	f := flag.NewFlagSet("etcdscope "+name, flag.ContinueOnError)
	f.SetOutput(s.Err)
	return f
}

// parse reads flags wherever they stand among the arguments, and wants the given number of other arguments.
func parse(f *flag.FlagSet, args []string, want int) (rest []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			break
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
	if len(rest) != want {
		fmt.Fprintf(f.Output(), "%s: want %d arguments besides flags, got %d\n", f.Name(), want, len(rest))
		f.Usage()
		return nil, errors.New("wrong number of arguments")
	}
	return rest, nil
}

// begin reads a script and makes its world. It tells what is wrong with it, each mistake with its place.
func begin(file string, o runner.Options, s Streams) (*runner.Runner, bool) {
	text, err := read(file, s.In)
	if err != nil {
		fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
		return nil, false
	}
	list, err := shell.Script(text)
	if err == nil {
		var r *runner.Runner
		if r, err = runner.Begin(list, o); err == nil {
			return r, true
		}
	}
	var errs script.Errors
	if !errors.As(err, &errs) {
		fmt.Fprintf(s.Err, "etcdscope: %s: %v\n", file, err)
		return nil, false
	}
	for _, e := range errs {
		fmt.Fprintf(s.Err, "%s:%d:%d: %s\n", file, e.Line, e.Col, e.Sentence())
	}
	return nil, false
}

func read(file string, in io.Reader) (string, error) {
	if file != "-" {
		text, err := os.ReadFile(file)
		return string(text), err
	}
	text, err := io.ReadAll(io.LimitReader(in, script.ScriptBytesMax+1))
	return string(text), err
}
