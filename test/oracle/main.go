// Command oracle runs lockstep: our Raft and etcd's with the same inputs, compared after each. Its last line is
// "lockstep: N inputs, D divergences"; each divergence is printed before, as short as it could be made.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/test/oracle/lockstep"
)

func main() {
	steps := flag.Int("steps", 200_000, "inputs to compare")
	seed := flag.Uint64("seed", 1, "seed of the first run; each run takes the next")
	verbose := flag.Bool("v", false, "tell what the inputs have reached")
	flag.Parse()

	rep := lockstep.Run(*seed, *steps, lockstep.Broken{})
	if *verbose {
		for kind, n := range rep.Events {
			if n > 0 {
				fmt.Printf("%8d %s\n", n, raft.EventKind(kind))
			}
		}
		fmt.Printf("%+v\n", rep.Reached)
	}
	for i := range rep.Found {
		rep.Found[i].Print(os.Stdout)
	}
	fmt.Printf("lockstep: %d inputs, %d divergences\n", rep.Inputs, len(rep.Found))
	if len(rep.Found) > 0 {
		os.Exit(1)
	}
}
