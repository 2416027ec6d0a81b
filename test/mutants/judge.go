package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/etcdscope/etcdscope/test/mutants/fault"
)

// judge is a program that fails if something is wrong, and how to say briefly what it found.
type judge struct {
	name    string
	where   string // in the tree
	program string // the package to build; empty: args are for go itself
	args    func(f *fault.Fault) []string
	sees    string         // the directory whose faults it can see
	found   *regexp.Regexp // its groups say what was found, and where it says so, in which run
}

// judges are asked in this order: the swarm knows least of how things are done, the tests most.
var judges = []judge{
	{"swarm", ".", "./test/mutants/swarm", nothing, "core/",
		regexp.MustCompile(`(?m)^seed (?P<run>\d+): (?P<what>[a-z-]+):`)},
	{"lockstep", "test/oracle", ".", words("-steps", "100000"), "core/raft/",
		regexp.MustCompile(`(?m)(?P<what>\d+ divergences)$`)},
	{"scripts", ".", "./test/mutants/scripts", scripts, "core/", regexp.MustCompile(`(?m)^script (?P<what>\S+):`)},
	{"tests", ".", "", tests, "", regexp.MustCompile(`(?m)^\s*--- FAIL: (?P<what>\S+)`)},
}

func nothing(*fault.Fault) []string { return nil }

func words(list ...string) func(*fault.Fault) []string {
	return func(*fault.Fault) []string { return list }
}

// scripts are the examples, each with what it expects. That a run comes to another hash is no finding: what is changed
// on purpose does so, too.
func scripts(*fault.Fault) []string {
	files, _ := filepath.Glob("test/scripts/*.etcd") // an error would be one of the pattern
	return files
}

// tests are those of the package that the fault is in, without the one of the hashes.
func tests(f *fault.Fault) []string {
	list := []string{"test", "-timeout", "0", "-skip", "Golden"}
	if f == nil {
		return append(list, "./core/...", "./web/view")
	}
	return append(list, "./"+path.Dir(f.File)+"/...")
}

// patience is how long a judge may take: a fault can make it run for ever, which is noticed, too. It is learned from
// how long each takes without a fault.
const (
	patienceLeast  = time.Minute
	patienceFactor = 4
)

// panel is the judges with what they were found to take.
type panel struct {
	dir   string
	takes map[string]time.Duration
}

// warmUp asks all judges without any fault: none may find something.
func (p *panel) warmUp() error {
	p.takes = map[string]time.Duration{}
	for i := range judges {
		begun := time.Now()
		what := p.judge(&judges[i], nil, 0)
		p.takes[judges[i].name] = max(patienceFactor*time.Since(begun), patienceLeast)
		if what != "" {
			return fmt.Errorf("without any fault: %s", what)
		}
	}
	return nil
}

// ask returns what the judges say who find a fault: the first one only, unless all are to be asked.
func (p *panel) ask(f *fault.Fault, all bool) (found []string) {
	for i := range judges {
		j := &judges[i]
		if !strings.HasPrefix(f.File, j.sees) {
			continue
		}
		if what := p.judge(j, f, p.takes[j.name]); what != "" {
			found = append(found, what)
			if !all {
				break
			}
		}
	}
	return found
}

// judge returns what a judge finds within a time, 0 for any; empty if nothing.
func (p *panel) judge(j *judge, f *fault.Fault, within time.Duration) string {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if within > 0 {
		ctx, cancel = context.WithTimeout(ctx, within)
	}
	defer cancel()
	out, err := j.run(ctx, p.dir, f)
	switch {
	case err == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return j.name + " (never ends)"
	}
	m := j.found.FindSubmatch(out)
	if m == nil {
		return j.name + " (panics)"
	}
	what := string(m[j.found.SubexpIndex("what")])
	if i := j.found.SubexpIndex("run"); i >= 0 {
		what += ", run " + string(m[i])
	}
	return fmt.Sprintf("%s (%s)", j.name, what)
}

// run builds and runs the judge. It is not left to "go run": when go is killed, the program that it has started is not.
func (j *judge) run(ctx context.Context, dir string, f *fault.Fault) ([]byte, error) {
	where, program := filepath.Join(dir, j.where), "go"
	if j.program != "" {
		program = filepath.Join(dir, "judge-"+j.name)
		build := exec.Command("go", "build", "-o", program, j.program)
		build.Dir = where
		if out, err := build.CombinedOutput(); err != nil {
			return out, err
		}
	}
	c := exec.CommandContext(ctx, program, j.args(f)...)
	c.Dir = where
	c.WaitDelay = time.Second
	return c.CombinedOutput()
}

// compiles returns an error if the tree does not: such a fault says nothing about the judges.
func compiles(dir string) error {
	c := exec.Command("go", "build", "./core/...", "./web/view")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("does not compile: %s", out)
	}
	return nil
}
