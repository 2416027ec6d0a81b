package raft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// figure7 are the logs that Raft's Figure 7 shows: n1 is to lead term 8, n2 to n7 are (a) to (f).
var figure7 = [][]raft.Term{
	{1, 1, 1, 4, 4, 5, 5, 6, 6, 6},
	{1, 1, 1, 4, 4, 5, 5, 6, 6},
	{1, 1, 1, 4},
	{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
	{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
	{1, 1, 1, 4, 4, 4, 4},
	{1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
}

// crewOfFigure7 starts the seven members and makes n1 leader of term 8.
func crewOfFigure7(t *testing.T) *group {
	var disks []raft.Stored
	for _, log := range figure7 {
		disks = append(disks, in(7, logOf(log...)))
	}
	g := crew(t, disks...)
	if g.elect(1); g.at(1).Role() != raft.Leader || g.at(1).Term() != 8 {
		t.Fatalf("n1 is %s in term %d", g.at(1).Role(), g.at(1).Term())
	}
	return g
}

// Raft §5.3, Figure 7: a new leader makes every log like its own, whatever was missing or in excess there.
func TestLogMatching_everyLogBecomesTheLeaders(t *testing.T) {
	g := crewOfFigure7(t)
	want := append(slices.Clone(figure7[0]), 8)
	for _, m := range g.members {
		if got := terms(m.Node); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", m.ID(), got, want)
		}
	}
}

// Raft §5.3: a leader never removes or replaces entries of its own log.
func TestLeaderAppendOnly_leaderKeepsItsLog(t *testing.T) {
	n := launch(t, in(7, withVoters(7, logOf(figure7[0]...))))
	before := terms(n)
	lead7(t, n)
	for id := raft.ID(2); id <= 7; id++ {
		log := figure7[id-1]
		step(t, n, raft.Message{
			Type: raft.MsgAppResp, From: id, Term: 8, Index: 10, Reject: true, RejectHint: raft.Index(len(log)),
			LogTerm: log[len(log)-1],
		})
	}
	if after := terms(n); n.Role() != raft.Leader || !slices.Equal(after, append(before, 8)) {
		t.Errorf("the %s has %v, had %v", n.Role(), after, before)
	}
}

func withVoters(n int, s raft.Stored) raft.Stored {
	s.Conf = voters(n).Conf
	return s
}

// lead7 makes n1 leader of seven in the next term.
func lead7(t *testing.T, n *raft.Node) {
	t.Helper()
	_ = n.Campaign()
	collect(n)
	for _, from := range []raft.ID{2, 3, 4} {
		step(t, n, raft.Message{Type: raft.MsgVoteResp, From: from, Term: n.Term()})
	}
	collect(n)
}

// Raft §5.3: what is lost is sent again until every follower has everything.
func TestHeartbeats_bringLostAppendsBack(t *testing.T) {
	g := crew(t, voters(3), voters(3), voters(3))
	g.elect(1)
	g.cut = []raft.ID{3}
	for i := range 20 { // more than the window of n3 holds
		if err := g.at(1).Propose([]byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		g.settle()
	}
	if g.at(1).Commit() != 21 || g.at(3).LastIndex() != 1 {
		t.Fatalf("committed up to %d while n3 has %d", g.at(1).Commit(), g.at(3).LastIndex())
	}
	g.cut = nil
	for range 3 {
		g.beat(1)
	}
	if g.at(3).Commit() != 21 || !slices.Equal(g.at(3).state, g.at(1).state) {
		t.Errorf("n3 has committed up to %d and applied %v", g.at(3).Commit(), g.at(3).state)
	}
}

// Raft §5.3, end: a refusal says where the logs may agree, so that the leader goes back a term at a time, not an entry.
func TestConflictHint_oneRefusalPerTerm(t *testing.T) {
	var behind, ahead []raft.Term
	for i := range 300 {
		behind, ahead = append(behind, raft.Term(1+i/100*3)), append(ahead, raft.Term(2+i/100*3))
	}
	g := crew(t, in(9, logOf(ahead...)), in(9, logOf(behind...)), in(9, logOf(ahead...)))
	g.quiet = false // the events are counted in what the group prints
	g.elect(1)
	refusals := strings.Count(g.out.String(), "n2 refused entries")
	if got, want := g.at(2).LastIndex(), g.at(1).LastIndex(); got != want || refusals == 0 || refusals > 3 {
		t.Errorf("after %d refusals n2 has %d of %d entries", refusals, got, want)
	}
}
