// Command swarm is the swarm as make mutants needs it: it stops at the first run in which something is wrong, and says only what.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

func main() {
	runs := flag.Uint64("runs", 400, "how many runs")
	flag.Parse()
	o := swarm.Default()
	o.For = 15 * sim.Second
	for seed := uint64(1); seed <= *runs; seed++ {
		if f := swarm.Judge(swarm.Generate(seed, o)); f != nil {
			fmt.Printf("seed %d: %v\n", seed, f)
			os.Exit(1)
		}
	}
}
