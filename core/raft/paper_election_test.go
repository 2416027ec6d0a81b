package raft_test

import (
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// Raft §5.1: whoever hears of a later term takes it over; a candidate or leader gives up its role.
func TestTermStepDown_laterTermEndsAnyRole(t *testing.T) {
	for role, prepare := range map[raft.Role]func(*raft.Node){
		raft.Follower:  func(*raft.Node) {},
		raft.Candidate: func(n *raft.Node) { _ = n.Campaign() },
		raft.Leader:    func(n *raft.Node) { lead(t, n) },
	} {
		n := launch(t, raft.Stored{})
		prepare(n)
		if n.Role() != role {
			t.Fatalf("is %s, not %s", n.Role(), role)
		}
		step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 5})
		if n.Role() != raft.Follower || n.Term() != 5 || n.Lead() != 2 {
			t.Errorf("a %s became a %s of %s in term %d", role, n.Role(), n.Lead(), n.Term())
		}
	}
}

// Raft §5.1: what comes from an earlier term is refused; terms never fall.
func TestTermStepDown_staleRequestsHaveNoEffect(t *testing.T) {
	n := launch(t, in(5, logOf(1)))
	for _, m := range []raft.Message{
		{Type: raft.MsgApp, From: 2, Term: 4, Index: 1, LogTerm: 1, Entries: []raft.Entry{{Term: 4, Index: 2}}, Commit: 1},
		{Type: raft.MsgHeartbeat, From: 2, Term: 4, Commit: 1},
		{Type: raft.MsgVote, From: 2, Term: 4, Index: 9, LogTerm: 4},
		{Type: raft.MsgSnap, From: 2, Term: 4, Snapshot: &raft.Snapshot{Index: 9, Term: 4, Conf: voters(3).Conf}},
	} {
		step(t, n, m)
		if granted := only(collect(n), raft.MsgVoteResp); len(granted) > 0 {
			t.Errorf("%s was answered with %s", m, granted[0])
		}
		if n.Term() != 5 || n.LastIndex() != 1 || n.Commit() != 0 || n.Lead() != raft.None || n.Vote() != raft.None {
			t.Errorf("after %s: term %d, last %d, commit %d, leader %s, vote %s",
				m, n.Term(), n.LastIndex(), n.Commit(), n.Lead(), n.Vote())
		}
	}
}

// Raft §5.1: votes of an earlier term do not count in this one.
func TestTermStepDown_staleVotesDoNotElect(t *testing.T) {
	n := launch(t, in(4, raft.Stored{}))
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 2, Term: 4})
	if n.Role() != raft.Candidate {
		t.Errorf("a vote for term 4 made it %s of term %d", n.Role(), n.Term())
	}
}

// Raft §5.1: followers send clients' requests on to the leader.
func TestFollowerForwards_toItsLeader(t *testing.T) {
	n := launch(t, raft.Stored{})
	step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 3, Term: 1})
	collect(n)
	if sent := propose(t, n, "x"); len(sent) != 1 || sent[0].To != 3 || string(sent[0].Entries[0].Data) != "x" {
		t.Errorf("sent %v", sent)
	}
}

// Raft §5.2: all members begin as followers, and remain so while a leader lets them hear from it.
func TestHeartbeats_keepAFollower(t *testing.T) {
	n := launch(t, raft.Stored{})
	for range 100 {
		if n.Role() != raft.Follower {
			t.Fatalf("is %s", n.Role())
		}
		for range 9 {
			n.Tick()
		}
		step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 1})
		collect(n)
	}
}

// Raft §5.2: a leader sends heartbeats to all, at its interval.
func TestHeartbeats_goToAll(t *testing.T) {
	n := launch(t, voters(5), func(c *raft.Config) { c.HeartbeatTick = 2 })
	lead5(t, n)
	n.Tick()
	if sent := collect(n); len(sent) != 0 {
		t.Errorf("sent %v before the interval was over", sent)
	}
	n.Tick()
	if to := receivers(only(collect(n), raft.MsgHeartbeat)); !slices.Equal(to, []raft.ID{2, 3, 4, 5}) {
		t.Errorf("heartbeats went to %v", to)
	}
}

// lead5 makes n1 leader of five in the next term.
func lead5(t *testing.T, n *raft.Node) {
	t.Helper()
	_ = n.Campaign()
	collect(n)
	for _, from := range []raft.ID{2, 3} {
		step(t, n, raft.Message{Type: raft.MsgVoteResp, From: from, Term: n.Term()})
	}
	if collect(n); n.Role() != raft.Leader {
		t.Fatalf("is %s", n.Role())
	}
}

// Raft §5.2: a follower that hears nothing for its election timeout raises its term, votes for itself and asks all
// others.
func TestElectionTimeout_silenceMakesACandidate(t *testing.T) {
	n := launch(t, in(3, raft.Stored{}))
	for range n.RandomizedTimeout() - 1 {
		n.Tick()
	}
	if n.Role() != raft.Follower {
		t.Fatalf("is %s before its timeout", n.Role())
	}
	n.Tick()
	if n.Role() != raft.Candidate || n.Term() != 4 || n.Vote() != 1 {
		t.Fatalf("is %s in term %d with a vote for %s", n.Role(), n.Term(), n.Vote())
	}
	if to := receivers(only(collect(n), raft.MsgVote)); !slices.Equal(to, []raft.ID{2, 3}) {
		t.Errorf("asked %v", to)
	}
}

// Raft §5.2: votes of a majority of the whole group elect; fewer do not, nor does a repeated vote.
func TestElectionSafety_majorityElects(t *testing.T) {
	for _, c := range []struct {
		size int
		from []raft.ID // granting, beside itself
		want raft.Role
	}{
		{1, nil, raft.Leader},
		{3, nil, raft.Candidate}, {3, []raft.ID{2}, raft.Leader},
		{4, []raft.ID{2}, raft.Candidate}, {4, []raft.ID{2, 3}, raft.Leader},
		{5, []raft.ID{2}, raft.Candidate}, {5, []raft.ID{2, 2, 2}, raft.Candidate}, {5, []raft.ID{2, 5}, raft.Leader},
	} {
		n := launch(t, voters(c.size))
		_ = n.Campaign()
		collect(n)
		for _, from := range c.from {
			step(t, n, raft.Message{Type: raft.MsgVoteResp, From: from, Term: 1})
		}
		if n.Role() != c.want {
			t.Errorf("of %d members, itself and %v made it %s", c.size, c.from, n.Role())
		}
	}
}

// Raft §5.2: votes are counted anew in each election.
func TestElectionSafety_votesCountForOneElection(t *testing.T) {
	n := launch(t, voters(5))
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 2, Term: 1})
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 3, Term: 2})
	if n.Role() == raft.Leader {
		t.Error("the vote of term 1 helped to win term 2")
	}
}

// Raft §5.2: a member votes once in a term, for whom it is asked first.
func TestOneVotePerTerm_firstComeFirstServed(t *testing.T) {
	n := launch(t, raft.Stored{})
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 1})
	if m := answer(n, raft.MsgVoteResp); m.Reject || m.To != 2 {
		t.Errorf("the first was answered %s", m)
	}
	step(t, n, raft.Message{Type: raft.MsgVote, From: 3, Term: 1})
	if m := answer(n, raft.MsgVoteResp); !m.Reject || m.To != 3 {
		t.Errorf("the second was answered %s", m)
	}
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 1})
	if m := answer(n, raft.MsgVoteResp); m.Reject {
		t.Errorf("the first, asking again, was answered %s", m)
	}
	step(t, n, raft.Message{Type: raft.MsgVote, From: 3, Term: 2})
	if m := answer(n, raft.MsgVoteResp); m.Reject {
		t.Errorf("the second, in the next term, was answered %s", m)
	}
}

// Raft §5.2: a candidate has given its own vote away.
func TestOneVotePerTerm_candidateRefusesOthers(t *testing.T) {
	n := launch(t, raft.Stored{})
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 1, Index: 9, LogTerm: 1})
	if m := answer(n, raft.MsgVoteResp); !m.Reject {
		t.Errorf("answered %s", m)
	}
}

// Raft §5.2: a candidate that hears from a leader of its own term follows it; one of an earlier term it does not mind.
func TestElectionSafety_candidateYieldsToALegitimateLeader(t *testing.T) {
	n := launch(t, raft.Stored{})
	_ = n.Campaign()
	_ = n.Campaign()
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 1})
	if n.Role() != raft.Candidate {
		t.Errorf("the leader of term 1 made the candidate of term 2 a %s", n.Role())
	}
	step(t, n, raft.Message{Type: raft.MsgApp, From: 3, Term: 2})
	if n.Role() != raft.Follower || n.Lead() != 3 || n.Term() != 2 {
		t.Errorf("is %s of %s in term %d", n.Role(), n.Lead(), n.Term())
	}
}

// Raft §5.2: when nobody wins, each candidate times out and begins a new term.
func TestElectionTimeout_splitVoteBeginsANewTerm(t *testing.T) {
	n := launch(t, raft.Stored{})
	_ = n.Campaign()
	collect(n)
	for range n.RandomizedTimeout() {
		n.Tick()
	}
	if n.Role() != raft.Candidate || n.Term() != 2 || len(only(collect(n), raft.MsgVote)) != 2 {
		t.Errorf("is %s in term %d", n.Role(), n.Term())
	}
}

// Raft §5.2: election timeouts are drawn from a fixed interval (etcd: one to two times the timeout), anew for each
// election.
func TestRandomizedTimeout_isDrawnFromTheInterval(t *testing.T) {
	n := launch(t, raft.Stored{})
	seen := map[int]bool{}
	for range 500 {
		_ = n.Campaign()
		collect(n)
		seen[n.RandomizedTimeout()] = true
	}
	for ticks := 10; ticks < 20; ticks++ {
		if !seen[ticks] {
			t.Errorf("%d ticks were never drawn", ticks)
		}
		delete(seen, ticks)
	}
	if len(seen) > 0 {
		t.Errorf("outside of the interval: %v", seen)
	}
}

// Raft §5.2: the timeouts differ between members, so that mostly one alone campaigns first.
func TestRandomizedTimeout_conflictsAreRare(t *testing.T) {
	conflicts := 0
	for seed := range uint64(300) {
		first, alone := 100, false
		for id := raft.ID(1); id <= 3; id++ {
			n := launch(t, raft.Stored{}, func(c *raft.Config) { c.ID, c.Jitter = id, rng.New(seed, id.String()) })
			switch ticks := n.RandomizedTimeout(); {
			case ticks < first:
				first, alone = ticks, true
			case ticks == first:
				alone = false
			}
		}
		if !alone {
			conflicts++
		}
	}
	if conflicts > 90 { // 300 × (1 - Σ 3·(9-k)²/1000) is about 43
		t.Errorf("%d of 300 groups had two first candidates", conflicts)
	}
}
