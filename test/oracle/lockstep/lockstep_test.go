package lockstep

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
)

// The number of inputs and the first seed: flags, or the environment for a run of all packages at once.
var (
	steps = flag.Int("steps", fromEnv("STEPS", 100_000), "inputs to compare")
	seed  = flag.Int("seed", fromEnv("SEED", 1), "seed of the first run")
)

func fromEnv(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestLockstep: with the same inputs, the two do the same.
func TestLockstep(t *testing.T) {
	rep := Run(uint64(*seed), *steps, Broken{})
	for i := range rep.Found {
		var b strings.Builder
		rep.Found[i].Print(&b)
		t.Error(b.String())
	}
	t.Logf("lockstep: %d inputs in %d runs, %d divergences", rep.Inputs, rep.Runs, len(rep.Found))
	if *steps < 50_000 {
		return
	}
	// The inputs are worth something only if they reach everything.
	for kind := raft.ElectionTimedOut; kind.String() != "" && !strings.HasPrefix(kind.String(), "did "); kind++ {
		if n := rep.Events[kind]; n == 0 && kind != raft.LogLost {
			t.Errorf("no input led to %q", kind)
		}
	}
	if r := rep.Reached; r.Written == 0 || r.Applied == 0 || r.Overtaken == 0 {
		t.Errorf("asynchronous storage: %+v", r)
	}
}

// TestBroken: a rule that is switched off on our side is noticed, and so is each run that fails shortened.
func TestBroken(t *testing.T) {
	for _, id := range []rule.ID{
		rule.PreVote, rule.CheckQuorum, rule.ElectionRestriction, rule.CurrentTermCommit, rule.LogMatchingCheck,
		rule.TermStepDown, rule.ReadIndexQuorum, rule.JointConsensus,
	} {
		t.Run(id.String(), func(t *testing.T) {
			rep := Run(1, 300_000, Broken{Rules: rule.Set(0).With(id)})
			if len(rep.Found) == 0 {
				t.Fatal("not noticed")
			}
			t.Logf("noticed with %d inputs: %v", len(rep.Found[0].Inputs), rep.Found[0].Err)
		})
	}
}
