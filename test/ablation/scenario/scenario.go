// Package scenario holds, for each rule that can be switched off, a short story in which the rule matters.
//
// A Scenario is played twice, with the rule and without. Its steps are the same both times; what differs is what comes
// of them, its Outcome. The judges are those of core/check; where a rule is there for availability and not for safety,
// the scenario says what is to be seen instead.
//
// Most stories are told on a whole simulated cluster (stage.go): the same commands can be typed at the page's console.
// Two need what there is no command for, an append of exactly one entry and a change of several members; they are told
// on Raft nodes whose messages are handed over one by one (group.go).
//
// Steps wait for what they need ("until n2 leads"), never for an instant, so that the stories survive changes of the
// simulator's timing.
//
// Reading order: scenario.go, then each rule's story: elections.go, votes.go, logs.go, reads.go, membership.go;
// stage.go and group.go when you want to know how they are told.
package scenario

import (
	"github.com/etcdscope/etcdscope/core/rule"
)

// Scenario is the story of one rule.
type Scenario struct {
	Rule rule.ID
	play func(off rule.Set) Outcome
}

// Outcome is what came of a scenario.
type Outcome struct {
	Harm string // what a checker found; empty: nothing
	Err  error  // the story did not go as it is told, so that it proves nothing
}

// String says the outcome in a sentence.
func (o Outcome) String() string {
	switch {
	case o.Err != nil:
		return "the story went wrong: " + o.Err.Error() + "."
	case o.Harm != "":
		return o.Harm
	}
	return "safe."
}

// Play plays the scenario with some rules switched off.
func (s Scenario) Play(off rule.Set) Outcome { return s.play(off) }

// All returns the scenarios, in the order of the rules.
func All() []Scenario {
	return []Scenario{
		{rule.PreVote, preVote},
		{rule.CheckQuorum, checkQuorum},
		{rule.ElectionRestriction, electionRestriction},
		{rule.CurrentTermCommit, figure8},
		{rule.LogMatchingCheck, logMatching},
		{rule.PersistBeforeReply, forgottenVote},
		{rule.TermStepDown, termStepDown},
		{rule.ReadIndexQuorum, staleRead},
		{rule.JointConsensus, twoMajorities},
	}
}
