package raft_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Raft §5.6, Figure 2: a vote is on disk before it is given. It waits for the write, together with term and vote.
func TestPersistBeforeReply_votesWaitForTheDisk(t *testing.T) {
	n := launch(t, raft.Stored{})
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 3})
	rd := n.Ready()
	if !rd.MustSync || rd.HardState.Term != 3 || rd.HardState.Vote != 2 {
		t.Errorf("is to write %+v, sync: %t", rd.HardState, rd.MustSync)
	}
	if len(only(rd.Messages, raft.MsgVoteResp)) != 0 || len(rd.AfterSync) != 1 {
		t.Errorf("sends %v at once and %v after the write", rd.Messages, rd.AfterSync)
	}
}

// Raft §5.6, Figure 2: a vote in a term that was on disk before is written, too.
func TestPersistBeforeReply_votesInAKnownTermAreWritten(t *testing.T) {
	n := launch(t, in(3, raft.Stored{}))
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 3})
	if rd := n.Ready(); !rd.MustSync || rd.HardState.Vote != 2 {
		t.Errorf("is to write %+v, sync: %t", rd.HardState, rd.MustSync)
	}
}

// Raft §5.6, Figure 2: entries are on disk before they are acknowledged.
func TestSyncBeforeAck_acknowledgementsWaitForTheDisk(t *testing.T) {
	n := launch(t, raft.Stored{})
	step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 1, Entries: []raft.Entry{{Term: 1, Index: 1}}})
	rd := n.Ready()
	if !rd.MustSync || len(rd.Entries) != 1 {
		t.Errorf("is to write %v, sync: %t", rd.Entries, rd.MustSync)
	}
	if len(only(rd.Messages, raft.MsgAppResp)) != 0 || len(rd.AfterSync) != 1 || rd.AfterSync[0].Index != 1 {
		t.Errorf("sends %v at once and %v after the write", rd.Messages, rd.AfterSync)
	}
}

// Raft §5.6: a candidate's own vote counts when it is on disk, like anybody's.
func TestPersistBeforeReply_ownVoteWaitsForTheDisk(t *testing.T) {
	n := launch(t, voters(1))
	_ = n.Campaign()
	rd := n.Ready()
	if n.Role() != raft.Candidate || !rd.MustSync {
		t.Fatalf("is %s before its vote is written", n.Role())
	}
	if n.Advance(); n.Role() != raft.Leader {
		t.Errorf("is %s though its vote is written", n.Role())
	}
}

// Thesis §10.2.1: a leader may send entries while it writes them, but counts itself only when they are on its disk.
func TestLeaderSendsWhileItSyncs_butCountsItselfLater(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	for _, from := range []raft.ID{2, 3} {
		ack(t, n, from, 1)
	}
	collect(n)
	if err := n.Propose([]byte("x")); err != nil {
		t.Fatal(err)
	}
	rd := n.Ready()
	if len(only(rd.Messages, raft.MsgApp)) != 2 || len(rd.Entries) != 1 {
		t.Errorf("sends %v while it writes %v", rd.Messages, rd.Entries)
	}
	ack(t, n, 2, 2)
	if n.Commit() != 1 {
		t.Error("one of three has written entry 2, and it is committed")
	}
	if n.Advance(); n.Commit() != 2 {
		t.Errorf("two of three have written entry 2, and the commit index is %d", n.Commit())
	}
}

// Thesis §10.2.1: entries that the followers hold are committed even if the leader is still writing.
func TestLeaderSendsWhileItSyncs_followersSuffice(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	_ = n.Propose([]byte("x"))
	n.Ready()
	ack(t, n, 2, 2)
	ack(t, n, 3, 2)
	if n.Commit() != 2 {
		t.Errorf("both followers hold entry 2, and the commit index is %d", n.Commit())
	}
}

// Raft §5.6, Figure 2: term, vote and log survive a crash. So nobody votes twice in a term.
func TestRestartFromDisk_voteIsRemembered(t *testing.T) {
	g := crew(t, logOf(1), logOf(1), logOf(1))
	m := g.at(1)
	step(t, m.Node, raft.Message{Type: raft.MsgVote, From: 2, Term: 4, LogTerm: 1, Index: 1})
	g.work(m)
	g.crash(m)
	if m.Term() != 4 || m.Vote() != 2 || m.LastIndex() != 1 || m.Role() != raft.Follower || m.Lead() != raft.None {
		t.Errorf("came back as %s of %s in term %d with a vote for %s", m.Role(), m.Lead(), m.Term(), m.Vote())
	}
	step(t, m.Node, raft.Message{Type: raft.MsgVote, From: 3, Term: 4, LogTerm: 1, Index: 1})
	if a := answer(m.Node, raft.MsgVoteResp); !a.Reject {
		t.Errorf("answered %s after it had voted for n2 and crashed", a)
	}
}

// Raft §5.6: a member that restarts applies the committed entries that its state machine lacks, and no others.
func TestRestartFromDisk_appliesFromWhereItWas(t *testing.T) {
	disk := logOf(1, 1, 1, 1, 1)
	disk.HardState.Commit, disk.Applied = 4, 2
	n := launch(t, disk)
	if rd := work(n); len(rd.Committed) != 2 || rd.Committed[0].Index != 3 || n.Applied() != 4 {
		t.Errorf("applies %v", rd.Committed)
	}
}

// Raft §5.6: elections go on while a majority lives, so a group gets over the crash of its leader.
func TestElectionTimeout_aCrashedLeaderIsReplaced(t *testing.T) {
	g := crew(t, voters(3), voters(3), voters(3))
	g.elect(1)
	g.cut = []raft.ID{1}
	for range 40 {
		for _, id := range []raft.ID{2, 3} {
			g.at(id).Tick()
			g.settle()
		}
	}
	if a, b := g.at(2), g.at(3); a.Lead() == raft.None || a.Lead() != b.Lead() || a.Lead() == 1 {
		t.Errorf("n2 follows %s and n3 %s", a.Lead(), b.Lead())
	}
}
