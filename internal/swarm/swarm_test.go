package swarm

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/internal/runner"
)

func options(t *testing.T, runs int) Options {
	o := Default()
	o.Runs, o.For, o.Dir = runs, 15*sim.Second, t.TempDir()
	return o
}

// TestAllRulesHold is a small swarm with every rule on.
func TestAllRulesHold(t *testing.T) {
	var out, progress bytes.Buffer
	n, err := Run(options(t, 20), &out, &progress)
	if err != nil || n != 0 {
		t.Errorf("%d violations, %v:\n%s", n, err, &out)
	}
	if want := "swarm: 20 runs, 0 violations\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("the last line of %q is not %q", &out, want)
	}
	if !strings.Contains(progress.String(), "20 of 20 runs") {
		t.Errorf("no progress was told: %q", &progress)
	}
}

// TestCutOffLeaderAccusesNobody has runs in which a leader that was cut off looked at members with newer revisions and
// took them for corrupt, before its check read linearizably first.
func TestCutOffLeaderAccusesNobody(t *testing.T) {
	o := options(t, 1)
	o.For = 30 * sim.Second
	for _, seed := range []uint64{298, 524} {
		if f := Judge(Generate(seed, o)); f != nil {
			t.Errorf("run %d: %v", seed, f)
		}
	}
}

// TestJoinersAskTheRightOnes has runs in which the voter that a quorum lacks asks for the list of members a member that
// has just joined and learned nothing, or one of a cluster that is given up.
func TestJoinersAskTheRightOnes(t *testing.T) {
	for _, seed := range []uint64{105, 127} {
		if f := Judge(Generate(seed, options(t, 1))); f != nil {
			t.Errorf("run %d: %v", seed, f)
		}
	}
}

// TestAblation switches off one rule after the other. Faults must show what each of those that keep a cluster safe is
// for.
//
// Of the others, current-term-commit takes the chain of elections of Raft's Figure 8, which no random run within reason
// comes upon, joint-consensus a change of several members, which there is no command for yet; pre-vote and check-quorum
// keep a cluster available, not safe.
func TestAblation(t *testing.T) {
	for _, c := range []struct {
		off   rule.ID
		seeds int // enough to find it several times over; the test ends with the first find
	}{
		{rule.PersistBeforeReply, 300}, {rule.LogMatchingCheck, 150}, {rule.ElectionRestriction, 60}, {rule.TermStepDown, 60},
	} {
		t.Run(c.off.String(), func(t *testing.T) {
			o := options(t, c.seeds)
			o.Off = rule.Set(0).With(c.off)
			for seed := range uint64(c.seeds) {
				f := Judge(Generate(seed+1, o))
				if f == nil {
					continue
				}
				if _, safety := rule.ByName(f.Rule); safety {
					t.Logf("run %d without %v: %v", seed+1, c.off, f)
					return
				}
			}
			t.Errorf("nothing was found in %d runs without %v", c.seeds, c.off)
		})
	}
}

// TestFindingReplays holds a finding to its promise: the script that was written fails in the same way, and is small.
func TestFindingReplays(t *testing.T) {
	o := options(t, 1)
	o.Off = rule.Set(0).With(rule.ElectionRestriction)
	var c Case
	var f *Failure
	for o.Seed = 1; f == nil; o.Seed++ {
		if o.Seed > 20 {
			t.Fatal("20 seeds found nothing")
		}
		c = Generate(o.Seed, o)
		f = Judge(c)
	}
	small, again := Minimise(c, f)
	if again.Rule != f.Rule || len(small.Steps) > len(c.Steps)/2 {
		t.Errorf("%d commands that broke %s became %d that broke %s", len(c.Steps), f.Rule, len(small.Steps), again.Rule)
	}
	text := again.Script(small, o.Command(c.Seed))
	list, err := shell.Script(text) // as etcdscope run reads it
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	failed := r.Run().Failed()
	if len(failed) == 0 || failed[0].Seen != again.Error() {
		t.Errorf("the script fails with %v, want %v:\n%s", failed, again, text)
	}
}

// TestRunsRepeat holds that a seed is a run: the same commands and the same end every time.
func TestRunsRepeat(t *testing.T) {
	o := options(t, 1)
	for seed := range uint64(4) {
		a, b := Generate(seed, o), Generate(seed, o)
		if a.Hash != b.Hash || a.Hash == 0 || len(a.Steps) != len(b.Steps) {
			t.Errorf("seed %d: %d commands to %x, then %d commands to %x", seed, len(a.Steps), a.Hash, len(b.Steps), b.Hash)
		}
	}
}

// TestReplayIsCompared holds that Judge notices a run that does not repeat.
func TestReplayIsCompared(t *testing.T) {
	c := Generate(1, options(t, 1))
	c.Hash++
	if f := Judge(c); f == nil || f.Rule != replay {
		t.Errorf("a run that came to another state was judged %v", f)
	}
}

// TestPanicIsTold holds that what made Generate end is a finding, though the replay of its tape meets nothing.
func TestPanicIsTold(t *testing.T) {
	c := Generate(1, options(t, 1))
	c.Panic = "of the generator's own"
	if f := Judge(c); f == nil || f.Rule != panicked || f.Text != c.Panic {
		t.Errorf("judged %v", f)
	}
}

// TestReport looks at what a person gets to see of a finding.
func TestReport(t *testing.T) {
	o := options(t, 6)
	o.Off, o.Members, o.Preset = rule.Set(0).With(rule.LogMatchingCheck).With(rule.ElectionRestriction), 3, "article"
	var out, progress bytes.Buffer
	n, err := Run(o, &out, &progress)
	if err != nil || n == 0 {
		t.Fatalf("%d violations, %v", n, err)
	}
	again := "again: etcdscope swarm -runs 1 -seed "
	flags := " -for 15s -members 3 -preset article -off election-restriction,log-matching-check\n"
	if text := out.String(); !strings.Contains(text, again) || !strings.Contains(text, flags) {
		t.Errorf("no command that repeats it in\n%s", text)
	}
	files, err := os.ReadDir(o.Dir)
	if err != nil || len(files) != n {
		t.Errorf("%d violations, but %d scripts: %v", n, len(files), err)
	}
}

func TestOptionsAreJudged(t *testing.T) {
	for _, change := range []func(*Options){
		func(o *Options) { o.Runs = 0 }, func(o *Options) { o.For = 0 }, func(o *Options) { o.For = 2 * sim.Hour },
		func(o *Options) { o.Members = 10 }, func(o *Options) { o.Preset = "fast" },
	} {
		o := Default()
		change(&o)
		if o.Validate() == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}
