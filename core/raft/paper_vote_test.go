package raft_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Raft §5.4.1: a voter refuses a candidate whose log is older: the later last term wins, with equal terms the longer
// log.
func TestElectionRestriction_voterRefusesOlderLog(t *testing.T) {
	for _, c := range []struct {
		own         []raft.Term
		term        raft.Term
		index       raft.Index
		refuse      bool
		description string
	}{
		{[]raft.Term{1}, 1, 1, false, "the same log"},
		{[]raft.Term{1}, 1, 2, false, "a longer log"},
		{[]raft.Term{1, 1}, 1, 1, true, "a shorter log"},
		{[]raft.Term{1}, 2, 1, false, "a later last term"},
		{[]raft.Term{1, 1, 1}, 2, 1, false, "a later last term in a shorter log"},
		{[]raft.Term{2}, 1, 1, true, "an earlier last term"},
		{[]raft.Term{2}, 1, 9, true, "an earlier last term in a longer log"},
	} {
		n := launch(t, logOf(c.own...))
		step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 5, LogTerm: c.term, Index: c.index})
		if m := answer(n, raft.MsgVoteResp); m.Reject != c.refuse {
			t.Errorf("%s: answered %s", c.description, m)
		}
	}
}

// Raft §5.4.1: a request for a vote tells where the candidate's log ends.
func TestElectionRestriction_requestTellsTheLogsEnd(t *testing.T) {
	n := launch(t, logOf(1, 1, 2))
	_ = n.Campaign()
	sent := only(collect(n), raft.MsgVote)
	if len(sent) == 0 || sent[0].LogTerm != 2 || sent[0].Index != 3 {
		t.Errorf("sent %v", sent)
	}
}

// Raft §5.4.1: only a member that has all committed entries can win.
func TestLeaderCompleteness_onlyTheCompleteWin(t *testing.T) {
	g := crew(t, logOf(1, 1), logOf(1, 1), logOf(1)) // entry 2 is on a majority
	if g.elect(3); g.at(3).Role() == raft.Leader {
		t.Error("n3 leads without entry 2")
	}
	if g.elect(2); g.at(2).Role() != raft.Leader || g.at(3).LastIndex() != 3 {
		t.Errorf("n2 is %s, and n3 has %d entries", g.at(2).Role(), g.at(3).LastIndex())
	}
}

// Thesis §9.6: asking whether it could win changes neither term nor vote, however often a member that is cut off asks.
func TestPreVote_askingChangesNothing(t *testing.T) {
	n := launch(t, in(3, raft.Stored{}), preVote)
	for range 200 {
		n.Tick()
	}
	sent := only(collect(n), raft.MsgPreVote)
	if n.Role() != raft.PreCandidate || n.Term() != 3 || n.Vote() != raft.None {
		t.Errorf("is %s in term %d with a vote for %s", n.Role(), n.Term(), n.Vote())
	}
	if len(sent) == 0 || sent[0].Term != 4 {
		t.Errorf("sent %v", sent)
	}
}

// Thesis §9.6: who would get a majority begins a real election.
func TestPreVote_aMajorityBeginsTheElection(t *testing.T) {
	n := launch(t, in(3, voters(5)), preVote)
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgPreVoteResp, From: 2, Term: 4})
	if n.Role() != raft.PreCandidate {
		t.Fatalf("two of five made it %s", n.Role())
	}
	step(t, n, raft.Message{Type: raft.MsgPreVoteResp, From: 3, Term: 4})
	if n.Role() != raft.Candidate || n.Term() != 4 || len(only(collect(n), raft.MsgVote)) != 4 {
		t.Errorf("is %s in term %d", n.Role(), n.Term())
	}
	step(t, n, raft.Message{Type: raft.MsgPreVoteResp, From: 4, Term: 4})
	step(t, n, raft.Message{Type: raft.MsgPreVoteResp, From: 5, Term: 4})
	if n.Role() != raft.Candidate {
		t.Error("pre-votes counted as votes")
	}
}

// Thesis §9.6: a pre-vote is only said to who could have the vote, and gives nothing away.
func TestPreVote_isNoVote(t *testing.T) {
	n := launch(t, logOf(1, 2), preVote)
	step(t, n, raft.Message{Type: raft.MsgPreVote, From: 3, Term: 3, LogTerm: 1, Index: 9})
	if m := answer(n, raft.MsgPreVoteResp); !m.Reject {
		t.Errorf("an older log was answered %s", m)
	}
	for _, from := range []raft.ID{2, 3} {
		step(t, n, raft.Message{Type: raft.MsgPreVote, From: from, Term: 3, LogTerm: 2, Index: 2})
		if m := answer(n, raft.MsgPreVoteResp); m.Reject || m.Term != 3 {
			t.Errorf("%s was answered %s", from, m)
		}
	}
	if n.Term() != 2 || n.Vote() != raft.None {
		t.Errorf("is in term %d with a vote for %s", n.Term(), n.Vote())
	}
}

// Thesis §4.2.3: who has heard from a leader lately neither votes nor takes over the later term that it is asked in.
func TestLeaderLease_ignoresRequestsForVotes(t *testing.T) {
	n := launch(t, raft.Stored{}, checkQuorum)
	step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 1})
	collect(n)
	ask := raft.Message{Type: raft.MsgVote, From: 3, Term: 9, LogTerm: 8, Index: 8}
	for range 9 {
		n.Tick()
	}
	step(t, n, ask)
	if sent := collect(n); n.Term() != 1 || len(sent) != 0 {
		t.Errorf("is in term %d and answered %v", n.Term(), sent)
	}
	n.Tick() // an election timeout without the leader
	step(t, n, ask)
	if m := answer(n, raft.MsgVoteResp); m.Reject || n.Term() != 9 {
		t.Errorf("is in term %d and answered %s", n.Term(), m)
	}
}

// Thesis §4.2.3: a leader is not deposed by requests for votes while it is in touch with its followers.
func TestLeaderLease_protectsTheLeader(t *testing.T) {
	n := launch(t, raft.Stored{}, checkQuorum)
	lead(t, n)
	step(t, n, raft.Message{Type: raft.MsgVote, From: 3, Term: 9, LogTerm: 8, Index: 8})
	if n.Role() != raft.Leader || n.Term() != 1 {
		t.Errorf("is %s in term %d", n.Role(), n.Term())
	}
}

// Thesis §6.2: a leader that no majority has answered for an election timeout steps down; one that is answered stays.
func TestCheckQuorum_leaderWithoutAMajorityStepsDown(t *testing.T) {
	n := launch(t, voters(5), checkQuorum)
	lead5(t, n)
	for range 5 {
		for _, from := range []raft.ID{2, 3} {
			step(t, n, raft.Message{Type: raft.MsgHeartbeatResp, From: from, Term: 1})
		}
		for range 10 {
			n.Tick()
		}
	}
	if n.Role() != raft.Leader {
		t.Fatal("stepped down although two of four answered")
	}
	for range 10 {
		step(t, n, raft.Message{Type: raft.MsgHeartbeatResp, From: 2, Term: 1})
		n.Tick()
	}
	if n.Role() != raft.Follower || n.Term() != 1 {
		t.Errorf("with the answers of one, is %s in term %d", n.Role(), n.Term())
	}
}
