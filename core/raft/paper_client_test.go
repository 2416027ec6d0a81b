package raft_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Raft §8: a new leader appends an empty entry of its term at once, because only that tells it what is committed.
func TestLeaderAppendsNoop_atItsElection(t *testing.T) {
	n := launch(t, logOf(1, 1))
	lead(t, n)
	if e, _ := n.EntryAt(3); n.LastIndex() != 3 || e.Term != 2 || len(e.Data) != 0 {
		t.Errorf("the log goes up to %d, entry 3 is %v", n.LastIndex(), e)
	}
	if ack(t, n, 2, 3); n.Commit() != 3 {
		t.Errorf("the commit index is %d", n.Commit())
	}
}

// Raft §8: without a leader nothing can be asked for; who knows none says so at once.
func TestNoLeaderNoProposal_isRefused(t *testing.T) {
	n := launch(t, raft.Stored{})
	if err := n.Propose([]byte("x")); !errors.Is(err, raft.ErrProposalDropped) {
		t.Errorf("a follower without a leader says %v", err)
	}
	_ = n.Campaign()
	if err := n.Propose([]byte("x")); !errors.Is(err, raft.ErrProposalDropped) || n.LastIndex() != 0 {
		t.Errorf("a candidate says %v", err)
	}
}

// readingLeader makes n1 leader with its first entry committed, and lets it take a read.
func readingLeader(t *testing.T, tune ...func(*raft.Config)) *raft.Node {
	t.Helper()
	n := launch(t, voters(5), tune...)
	lead5(t, n)
	ack(t, n, 2, 1)
	ack(t, n, 3, 1)
	collect(n)
	n.ReadIndex([]byte("read"))
	return n
}

// beatBack answers the heartbeat of a read.
func beatBack(t *testing.T, n *raft.Node, from raft.ID) {
	t.Helper()
	step(t, n, raft.Message{Type: raft.MsgHeartbeatResp, From: from, Term: n.Term(), Context: []byte("read")})
}

// Raft §8, thesis §6.4: before a read the leader exchanges heartbeats with a majority, lest somebody else lead by now.
func TestReadIndexQuorum_aMajorityConfirms(t *testing.T) {
	n := readingLeader(t)
	rd := work(n)
	asks := only(rd.Messages, raft.MsgHeartbeat)
	if len(rd.Reads) != 0 || len(asks) != 4 || string(asks[0].Context) != "read" {
		t.Fatalf("answers %v, asks %v", rd.Reads, asks)
	}
	step(t, n, raft.Message{Type: raft.MsgHeartbeatResp, From: 2, Term: 1})
	beatBack(t, n, 3)
	beatBack(t, n, 3)
	if n.HasReady() && len(work(n).Reads) != 0 {
		t.Fatal("one other member confirmed, of five, and the read was answered")
	}
	beatBack(t, n, 4)
	if rd := work(n); len(rd.Reads) != 1 || rd.Reads[0].Index != 1 || string(rd.Reads[0].Context) != "read" {
		t.Errorf("answers %v", rd.Reads)
	}
}

// Thesis §6.4: a read sees at least what was committed when it began: its index is the commit index of then, not of
// later.
func TestReadIndexQuorum_indexOfTheBeginning(t *testing.T) {
	n := readingLeader(t)
	collect(n)
	propose(t, n, "x")
	ack(t, n, 2, 2)
	ack(t, n, 3, 2)
	beatBack(t, n, 2)
	beatBack(t, n, 3)
	if rd := work(n); n.Commit() != 2 || len(rd.Reads) != 1 || rd.Reads[0].Index != 1 {
		t.Errorf("the commit index is %d, answers %v", n.Commit(), rd.Reads)
	}
}

// Raft §8: a leader that has not committed anything in its term does not know what is committed, so reads wait.
func TestReadIndexQuorum_waitsForTheFirstCommit(t *testing.T) {
	disk := logOf(1, 1)
	disk.HardState.Commit = 2
	n := launch(t, disk)
	lead(t, n)
	n.ReadIndex([]byte("read"))
	if rd := work(n); len(only(rd.Messages, raft.MsgHeartbeat)) != 0 || len(rd.Reads) != 0 {
		t.Fatalf("asks %v, answers %v", rd.Messages, rd.Reads)
	}
	ack(t, n, 2, 3)
	collect(n)
	beatBack(t, n, 2)
	if rd := work(n); len(rd.Reads) != 1 || rd.Reads[0].Index != 3 {
		t.Errorf("answers %v", rd.Reads)
	}
}

// Thesis §6.4: a leader that lost its office answers no read that it had taken.
func TestReadIndexQuorum_deposedLeadersDoNotAnswer(t *testing.T) {
	n := readingLeader(t)
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 2})
	for _, from := range []raft.ID{2, 3, 4, 5} {
		beatBack(t, n, from)
	}
	for n.HasReady() {
		if rd := work(n); len(rd.Reads) != 0 {
			t.Errorf("answers %v", rd.Reads)
		}
	}
}

// Thesis §6.4: followers serve reads too, with an index that they ask the leader for.
func TestReadIndexQuorum_followersAskTheLeader(t *testing.T) {
	g := crew(t, voters(3), voters(3), voters(3))
	g.elect(1)
	g.quiet = false
	g.at(3).ReadIndex([]byte("read"))
	g.settle()
	if want := "n3 may serve read once index 1 is applied"; !slices.Contains(lines(g), want) {
		t.Errorf("%q was not said:\n%s", want, g.out.String())
	}
}

// Thesis §6.4.1: with a lease, kept by the check of the quorum, a leader answers reads without asking.
func TestLeaderLease_answersReads(t *testing.T) {
	n := readingLeader(t, checkQuorum, func(c *raft.Config) { c.ReadOnlyLeaseBased = true })
	if rd := work(n); len(rd.Reads) != 1 || len(rd.Messages) != 0 {
		t.Errorf("answers %v, sends %v", rd.Reads, rd.Messages)
	}
}

// handingOver makes n1 leader with one entry, of which n2 has all and n3 nothing, and starts to hand over.
func handingOver(t *testing.T, to raft.ID) *raft.Node {
	t.Helper()
	n := launch(t, raft.Stored{})
	lead(t, n)
	ack(t, n, 2, 1)
	collect(n)
	n.TransferLeader(to)
	return n
}

// Thesis §3.10: a target that has the whole log is told at once to campaign.
func TestLeadershipTransfer_tellsTheTargetToCampaign(t *testing.T) {
	n := handingOver(t, 2)
	if sent := only(collect(n), raft.MsgTimeoutNow); len(sent) != 1 || sent[0].To != 2 {
		t.Errorf("sent %v", sent)
	}
}

// Thesis §3.10: a target whose log is shorter is brought up to date first.
func TestLeadershipTransfer_catchesUpFirst(t *testing.T) {
	n := handingOver(t, 3)
	if sent := only(collect(n), raft.MsgTimeoutNow); len(sent) != 0 {
		t.Fatalf("sent %v to a member that lacks entry 1", sent)
	}
	ack(t, n, 3, 1)
	if sent := only(collect(n), raft.MsgTimeoutNow); len(sent) != 1 || sent[0].To != 3 {
		t.Errorf("sent %v", sent)
	}
}

// Thesis §3.10: meanwhile the leader takes no proposals.
func TestLeadershipTransfer_noProposalsMeanwhile(t *testing.T) {
	n := handingOver(t, 3)
	if err := n.Propose([]byte("x")); !errors.Is(err, raft.ErrProposalDropped) || n.LastIndex() != 1 {
		t.Errorf("says %v, and its log goes up to %d", err, n.LastIndex())
	}
}

// Thesis §3.10: if it has not worked within an election timeout, the leader goes on leading.
func TestLeadershipTransfer_endsAfterAnElectionTimeout(t *testing.T) {
	n := handingOver(t, 3)
	for range 9 {
		n.Tick()
	}
	if n.Transferee() != 3 {
		t.Fatal("gave up too early")
	}
	n.Tick()
	if err := n.Propose([]byte("x")); n.Transferee() != raft.None || err != nil || n.Role() != raft.Leader {
		t.Errorf("is %s, hands over to %s, says %v", n.Role(), n.Transferee(), err)
	}
}

// Thesis §3.10: the target campaigns at once, without asking first whether it could win, and the others help it in
// spite of the lease (§4.2.3).
func TestLeadershipTransfer_overridesPreVoteAndLease(t *testing.T) {
	g := crew(t)
	g.cfg.PreVote, g.cfg.CheckQuorum = true, true
	for id := range raft.ID(3) {
		g.members = append(g.members, g.boot(id+1, voters(3)))
	}
	g.elect(1)
	g.beat(1)
	g.at(1).TransferLeader(3)
	g.settle()
	if g.at(3).Role() != raft.Leader || g.at(3).Term() != 2 || g.at(1).Role() != raft.Follower || g.at(2).Lead() != 3 {
		t.Errorf("n3 is %s in term %d, n1 is %s", g.at(3).Role(), g.at(3).Term(), g.at(1).Role())
	}
}
