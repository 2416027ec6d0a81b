package swarm

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// Options say what to run.
type Options struct {
	Runs    int
	Seed    uint64   // of the first run; the others count on from it
	For     sim.Time // how long faults go on in a run
	Members int      // 0: each run draws its own
	Preset  string   // empty: likewise
	Off     rule.Set // rules switched off: to see that they are needed
	Dir     string   // where scripts of findings are written

	// Ask draws what a client asks, in the place of the puts, gets, deletions and loads of the mix; nil: those. Faults
	// begin when the first has been answered.
	Ask func(*world.World, *rng.Stream, script.Flags) script.Command
}

// Default is what a swarm is without flags.
func Default() Options { return Options{Runs: 100, Seed: 1, For: 30 * sim.Second, Dir: os.TempDir()} }

// Validate says what is wrong, and what was wanted.
func (o Options) Validate() error {
	if o.Runs < 1 || o.For < 1 || o.For > sim.Hour {
		return fmt.Errorf("swarm: want at least one run, and from 1us to 1h each; got %d of %v", o.Runs, o.For)
	}
	c := world.Default()
	if o.Members != 0 {
		c.Members = o.Members
	}
	if o.Preset != "" {
		c.Preset = o.Preset
	}
	return c.Validate()
}

// Command returns the command line that runs one seed of the swarm again.
func (o Options) Command(seed uint64) string {
	parts := []string{"etcdscope swarm -runs 1", fmt.Sprintf("-seed %d -for %v", seed, o.For)}
	if o.Members != 0 {
		parts = append(parts, fmt.Sprintf("-members %d", o.Members))
	}
	if o.Preset != "" {
		parts = append(parts, "-preset "+o.Preset)
	}
	if off := (world.Config{Off: o.Off}).Switched(); len(off) > 0 {
		parts = append(parts, "-off "+strings.Join(off, ","))
	}
	return strings.Join(parts, " ")
}

// minimised is how many findings are made small. With a rule switched off there may be many, and the first tell the
// story.
const minimised = 5

// outcome is what came of one seed.
type outcome struct {
	made    Case
	failure *Failure
}

// Run judges all seeds, on all cores, and tells about them in their order. It returns how many failed.
func Run(o Options, out, progress io.Writer) (violations int, err error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	results := make([]chan outcome, o.Runs)
	for i := range results {
		results[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for i := range next {
				c := Generate(o.Seed+uint64(i), o)
				results[i] <- outcome{c, Judge(c)}
			}
		}()
	}
	go func() {
		for i := range results {
			next <- i
		}
		close(next)
	}()
	commands, simulated := 0, sim.Time(0)
	for i := range results {
		r := <-results[i]
		commands, simulated = commands+len(r.made.Steps), simulated+r.made.End
		if r.failure != nil {
			violations++
			if err := o.report(r, violations <= minimised, out); err != nil {
				return violations, err
			}
		}
		if (i+1)%10 == 0 || i+1 == o.Runs {
			fmt.Fprintf(progress, "%d of %d runs, %d commands, %v simulated, %d violations\n", i+1, o.Runs, commands,
				simulated/sim.Second*sim.Second, violations)
		}
	}
	_, err = fmt.Fprintf(out, "swarm: %d runs, %d violations\n", o.Runs, violations)
	return violations, err
}

// report tells about a failure: what it is, the command that shows it again, and where a small script of it is.
func (o Options) report(r outcome, small bool, out io.Writer) error {
	again := o.Command(r.made.Seed)
	made, f := r.made, r.failure
	if small {
		made, f = Minimise(made, f)
	}
	file := filepath.Join(o.Dir, fmt.Sprintf("swarm-%d.etcd", made.Seed))
	if err := os.WriteFile(file, []byte(f.Script(made, again)), 0o644); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "seed %d: %v\n  again: %s\n  as a script of %d commands: %s\n", made.Seed, f, again,
		len(made.Steps), file)
	return err
}
