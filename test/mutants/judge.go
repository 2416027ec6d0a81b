package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// judge is a program that fails if something is wrong, and how to say briefly what it found.
type judge struct {
	name    string
	where   string // in the tree
	program string // the package to build; empty: args are for go itself
	args    []string
	found   *regexp.Regexp // its first group says what was found
}

// judges are asked in this order: the swarm knows least of how things are done, the tests most.
var judges = []judge{
	{"swarm", ".", "./test/mutants/swarm", nil, regexp.MustCompile(`(?m)^seed \d+: ([a-z-]+):`)},
	{"lockstep", "test/oracle", ".", []string{"-steps", "100000"}, regexp.MustCompile(`(?m)(\d+ divergences)$`)},
	{"tests", ".", "", []string{"test", "-timeout", patience.String(), "./core/raft/...", "./core/etcd/...", "./core/mvcc", "./core/watch", "./core/lease", "./core/client"},
		regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)},
}

// patience is how long a judge may take. A fault can make it run for ever: that is noticed, too.
const patience = 90 * time.Second

// ask returns what the judges say who find something: the first one only, unless all are to be asked.
func ask(dir string, all bool) (found []string) {
	for _, j := range judges {
		if what := j.judge(dir); what != "" {
			found = append(found, what)
			if !all {
				break
			}
		}
	}
	return found
}

// judge returns what the judge finds; empty if nothing.
func (j judge) judge(dir string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := j.run(ctx, dir)
	switch {
	case err == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return j.name + " (never ends)"
	}
	if m := j.found.FindSubmatch(out); m != nil {
		return fmt.Sprintf("%s (%s)", j.name, m[1])
	}
	return j.name + " (panics)"
}

// run builds and runs the judge. It is not left to "go run": when go is killed, the program that it has started is not.
func (j judge) run(ctx context.Context, dir string) ([]byte, error) {
	where, program := filepath.Join(dir, j.where), "go"
	if j.program != "" {
		program = filepath.Join(dir, "judge-"+j.name)
		build := exec.Command("go", "build", "-o", program, j.program)
		build.Dir = where
		if out, err := build.CombinedOutput(); err != nil {
			return out, err
		}
	}
	c := exec.CommandContext(ctx, program, j.args...)
	c.Dir = where
	c.WaitDelay = time.Second
	return c.CombinedOutput()
}

// compiles returns an error if the tree does not: such a fault says nothing about the judges.
func compiles(dir string) ([]string, error) {
	c := exec.Command("go", "build", "./core/...")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("does not compile: %s", out)
	}
	return nil, nil
}
