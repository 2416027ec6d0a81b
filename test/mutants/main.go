// Command mutants shows that the judges of this project can fail. Each file in faults is a small fault of the kind that
// a tired person makes: in Raft, in a member, the store, watches, leases, clients, the network, the world, or in what
// the page shows of them. One after the other is put into a copy of the tree, and the judges who can see it look for
// it: the swarm in 200 runs, the lockstep with etcd's Raft, the scripts, the tests of its package. A line says which
// judge found what, the swarm in which run. Its last line is "mutants: N faults, M caught".
//
//	go run ./test/mutants            stops at the first judge that catches a fault
//	go run ./test/mutants -all       asks every judge
//	go run ./test/mutants vote-twice only these faults
//
// A fault that does not fit into the code any more, or does not compile, is an error: move it to where its line has
// gone.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/etcdscope/etcdscope/test/mutants/fault"
)

func main() {
	all := flag.Bool("all", false, "ask every judge about every fault")
	flag.Parse()
	if err := run(*all, flag.Args()); err != nil {
		fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
		os.Exit(1)
	}
}

// run tries the faults, all if none is named.
func run(all bool, names []string) error {
	faults, err := fault.Load("test/mutants/faults", names)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fault.CopyTree(".", dir); err != nil {
		return err
	}
	p := panel{dir: dir}
	if err := p.warmUp(); err != nil {
		return err
	}
	caught := 0
	for _, f := range faults {
		found, err := p.try(&f, all)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		verdict := "NOT CAUGHT"
		if len(found) > 0 {
			caught++
			verdict = strings.Join(found, ", ")
		}
		fmt.Printf("%-28s %-96s %s\n", f.Name, f.What, verdict)
	}
	fmt.Printf("mutants: %d faults, %d caught\n", len(faults), caught)
	if caught < len(faults) {
		return fmt.Errorf("%d faults went unnoticed", len(faults)-caught)
	}
	return nil
}

// try puts a fault into the copy, asks the judges, and takes it out again.
func (p *panel) try(f *fault.Fault, all bool) (found []string, err error) {
	undo, err := f.Apply(p.dir)
	if err != nil {
		return nil, err
	}
	if err = compiles(p.dir); err == nil {
		found = p.ask(f, all)
	}
	if undoErr := undo(); err == nil {
		err = undoErr
	}
	return found, err
}
