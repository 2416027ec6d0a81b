// Command swarm is the swarm as make mutants needs it: it stops at the first run in which something is wrong, and says
// only what.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

func main() {
	runs := flag.Int("runs", 200, "how many runs")
	flag.Parse()
	for seed, batch := 1, runtime.GOMAXPROCS(0); seed <= *runs; seed += batch {
		for i, f := range judge(seed, min(batch, *runs-seed+1)) {
			if f != nil {
				fmt.Printf("seed %d: %v\n", seed+i, f)
				os.Exit(1)
			}
		}
	}
}

// judge judges some runs side by side.
func judge(seed, n int) []*swarm.Failure {
	o := swarm.Default()
	o.For = 15 * sim.Second
	found := make([]*swarm.Failure, n)
	var all sync.WaitGroup
	for i := range found {
		all.Go(func() { found[i] = swarm.Judge(swarm.Generate(uint64(seed+i), o)) })
	}
	all.Wait()
	return found
}
