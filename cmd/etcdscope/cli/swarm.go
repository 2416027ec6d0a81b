package cli

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

// swarmRuns searches for broken rules with random runs.
func swarmRuns(args []string, s Streams) int {
	o := swarm.Default()
	f := flags("swarm", s)
	f.IntVar(&o.Runs, "runs", o.Runs, "how many runs")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of the first run")
	f.IntVar(&o.Members, "members", 0, "members of every run; 0: each run draws its own")
	f.StringVar(&o.Preset, "preset", "", "times of every run; empty: each run draws its own")
	f.StringVar(&o.Dir, "dir", o.Dir, "where scripts of what is found are written")
	span := f.String("for", o.For.String(), "simulated time during which faults go on")
	off := f.String("off", "", "rules that are switched off, with commas between: to see what they are for")
	if _, err := parse(f, args, 0); err != nil {
		return usage
	}
	var err error
	if o.For, err = sim.ParseTime(*span); err == nil && *off != "" {
		var c world.Config
		c, err = world.ParseConfig([]world.Pair{{Key: "off", Value: *off}})
		o.Off = c.Off
	}
	if err == nil {
		err = o.Validate()
	}
	if err != nil {
		fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
		return usage
	}
	violations, err := swarm.Run(o, s.Out, s.Err)
	if err != nil {
		fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
	}
	if violations > 0 || err != nil {
		return bad
	}
	return ok
}
