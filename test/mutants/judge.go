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

// judge is a command that fails if something is wrong, and how to say briefly what it found.
type judge struct {
	name    string
	where   string // in the tree
	command []string
	found   *regexp.Regexp // its first group says what was found
}

// judges are asked in this order: the swarm knows least of how things are done, the tests most.
var judges = []judge{
	{"swarm", ".", []string{"go", "run", "./test/mutants/swarm"}, regexp.MustCompile(`(?m)^seed \d+: ([a-z-]+):`)},
	{"lockstep", "test/oracle", []string{"go", "run", ".", "-steps", "100000"}, regexp.MustCompile(`(?m)(\d+ divergences)$`)},
	{"tests", ".", []string{"go", "test", "./core/raft/...", "./core/etcd/..."}, regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)},
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

func (j judge) run(ctx context.Context, dir string) ([]byte, error) {
	c := exec.CommandContext(ctx, j.command[0], j.command[1:]...)
	c.Dir = filepath.Join(dir, j.where)
	c.WaitDelay = time.Second // "go run" starts a program of its own, which keeps the pipe open when go is killed
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
