package cli

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/internal/runner"
)

// run carries out a script and tells what happened, as a transcript or as JSON lines.
func run(args []string, s Streams) int {
	f := flags("run", s)
	asJSON := f.Bool("json", false, "print the journal as JSON lines instead of the transcript")
	verbose := f.Bool("v", false, "tell of heartbeats and other routine, too")
	only := f.String("only", "", "the hosts to tell of, with commas between: n1,c1")
	metrics := f.String("metrics", "",
		"print the metrics of a member at the end, as Prometheus reads them: n1, or n1/PREFIX")
	rest, err := parse(f, args, 1)
	if err != nil {
		return usage
	}
	o := runner.Options{Out: s.Out, Verbose: *verbose}
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	if *asJSON {
		o.Out = nil
	}
	r, fine := begin(rest[0], o, s)
	if !fine {
		return usage
	}
	result := r.Run()
	if *asJSON {
		if err := runner.WriteJournal(s.Out, result.World); err != nil {
			fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
			return bad
		}
	}
	if *metrics != "" {
		member, prefix, _ := strings.Cut(*metrics, "/")
		text, err := result.World.Exposition(member, prefix)
		if err != nil {
			fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
			return usage
		}
		fmt.Fprint(s.Out, text)
	}
	return verdict(rest[0], result, s)
}

// verdict tells the failures where a person finds them, at the end, and returns the exit code.
func verdict(file string, result *runner.Result, s Streams) int {
	failed := result.Failed()
	for _, c := range failed {
		if c.Pos.Line == 0 {
			fmt.Fprintf(s.Err, "%s: %s\n", file, c.Seen)
			continue
		}
		fmt.Fprintf(s.Err, "%s:%d:%d: %s: %s\n", file, c.Pos.Line, c.Pos.Col, c.Text, c.Seen)
	}
	if len(failed) > 0 {
		return bad
	}
	return ok
}

// hash prints what a run can be recognised by.
func hash(args []string, s Streams) int {
	rest, err := parse(flags("hash", s), args, 1)
	if err != nil {
		return usage
	}
	r, fine := begin(rest[0], runner.Options{}, s)
	if !fine {
		return usage
	}
	result := r.Run()
	fmt.Fprintf(s.Out, "journal %s  state %s  %s\n", runner.Hash(result.World.Journal().Hash()),
		runner.Hash(result.World.Hash()), rest[0])
	return verdict(rest[0], result, s)
}
