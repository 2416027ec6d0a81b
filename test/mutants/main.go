// Command mutants shows that the judges of this project can fail. Each file in faults is a small fault in core/raft, core/etcd or the
// store and its clients, of the kind that a tired person makes. One after the other is put into a copy of the tree, and the judges look for it: the swarm, the
// lockstep with etcd's Raft, the tests and transcripts. Its last line is "mutants: N faults, M caught".
//
//	go run ./test/mutants            stops at the first judge that catches a fault
//	go run ./test/mutants -all       asks every judge
//	go run ./test/mutants vote-twice only these faults
//
// A fault that does not fit into the code any more, or does not compile, is an error: move it to where its line has gone.
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
	if found := ask(dir, true); len(found) > 0 {
		return fmt.Errorf("without any fault: %s", strings.Join(found, ", "))
	}
	caught := 0
	for _, f := range faults {
		found, err := try(f, dir, all)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		verdict := "NOT CAUGHT"
		if len(found) > 0 {
			caught++
			verdict = strings.Join(found, ", ")
		}
		fmt.Printf("%-26s %-88s %s\n", f.Name, f.What, verdict)
	}
	fmt.Printf("mutants: %d faults, %d caught\n", len(faults), caught)
	if caught < len(faults) {
		return fmt.Errorf("%d faults went unnoticed", len(faults)-caught)
	}
	return nil
}

// try puts a fault into the copy, asks the judges, and takes it out again.
func try(f fault.Fault, dir string, all bool) ([]string, error) {
	undo, err := f.Apply(dir)
	if err != nil {
		return nil, err
	}
	found, err := compiles(dir)
	if err == nil {
		found = ask(dir, all)
	}
	if undoErr := undo(); err == nil {
		err = undoErr
	}
	return found, err
}
