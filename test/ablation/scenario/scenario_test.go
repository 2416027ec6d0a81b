package scenario

import (
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/rule"
)

// harms is what each rule prevents: how the finding begins when the rule is off.
var harms = map[rule.ID]string{
	rule.PreVote:             "liveness: n1 led",
	rule.CheckQuorum:         "liveness: three seconds",
	rule.ElectionRestriction: rule.LeaderCompleteness.String(),
	rule.CurrentTermCommit:   rule.LeaderCompleteness.String(),
	rule.LogMatchingCheck:    rule.LogMatching.String(),
	rule.PersistBeforeReply:  rule.ElectionSafety.String(),
	rule.TermStepDown:        rule.ElectionSafety.String(),
	rule.ReadIndexQuorum:     rule.Linearizable.String(),
	rule.JointConsensus:      rule.ElectionSafety.String(),
}

// TestScenarios plays each story both ways: without its rule it does the harm that is told, with it none.
func TestScenarios(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Rule.String(), func(t *testing.T) {
			if off := s.Play(rule.Set(0).With(s.Rule)); off.Err != nil || !strings.HasPrefix(off.Harm, harms[s.Rule]) {
				t.Errorf("with the rule off: %s\nwant %q", off, harms[s.Rule])
			}
			if on := s.Play(0); on != (Outcome{}) {
				t.Errorf("with the rule on: %s", on)
			}
		})
	}
}

// TestEverySwitchHasAScenario: whoever adds a switch tells what it is for. The switches are the rules up to
// JointConsensus.
func TestEverySwitchHasAScenario(t *testing.T) {
	var told []rule.ID
	for _, s := range All() {
		told = append(told, s.Rule)
	}
	for id := rule.PreVote; id <= rule.JointConsensus; id++ {
		if !slices.Contains(told, id) {
			t.Errorf("%s has no scenario", id)
		}
	}
}

// TestBadStories: a story that does not go as it is told proves nothing, and says so.
func TestBadStories(t *testing.T) {
	for want, tell := range map[string]func(*stage){
		"want":                func(s *stage) { s.do("fly n1") },
		"there is no n9":      func(s *stage) { s.do("crash n9") },
		"it never came to be": func(s *stage) { s.until("n1.commit > 1000") },
		"n1 campaigned":       func(s *stage) { s.do("crash n1"); s.elect(1) },
	} {
		s := set(3, 0)
		tell(s)
		if o := s.outcome(); o.Err == nil || !strings.Contains(o.String(), want) {
			t.Errorf("got %q, want something about %q", o, want)
		}
	}
	g := newGroup(3, 0)
	g.elect(1, 2)
	g.wantLog(1, 7)
	if o := g.outcome(); o.Err == nil {
		t.Error("a log that is not as told went unnoticed")
	}
}
