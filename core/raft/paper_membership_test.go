package raft_test

import (
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// changes makes a change of the group that goes through a joint configuration if it concerns several.
func changes(list ...raft.Change) raft.ConfChange { return raft.ConfChange{Changes: list} }

var (
	swapOneForFour = changes(raft.Change{Type: raft.RemoveNode, ID: 3}, raft.Change{Type: raft.AddNode, ID: 4})
	replaceAll     = changes(raft.Change{Type: raft.RemoveNode, ID: 2}, raft.Change{Type: raft.RemoveNode, ID: 3},
		raft.Change{Type: raft.AddNode, ID: 4}, raft.Change{Type: raft.AddNode, ID: 5})
)

// Thesis §4.1: members come and go one at a time; a second change waits until the first is applied.
func TestMembershipOneAtATime_theSecondWaits(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	ack(t, n, 2, 1)
	collect(n)
	add := func(id raft.ID) raft.EntryType {
		if err := n.ProposeConfChange(raft.ConfChange{V1: true,
			Changes: []raft.Change{{Type: raft.AddNode, ID: id}}}); err != nil {
			t.Fatal(err)
		}
		collect(n)
		e, _ := n.EntryAt(n.LastIndex())
		return e.Type
	}
	if add(4) != raft.EntryConfChange || add(5) != raft.EntryNormal {
		t.Error("the second change was appended while the first was under way, or the first was not")
	}
	ack(t, n, 2, n.LastIndex())
	collect(n)
	if add(5) != raft.EntryConfChange {
		t.Error("the second change was refused though the first is applied")
	}
}

// Raft §6 lets a change take effect when it is appended; etcd's Raft when it is applied. Until then the old group
// decides.
func TestMembershipOneAtATime_takesEffectWhenApplied(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	ack(t, n, 2, 1)
	collect(n)
	add := changes(raft.Change{Type: raft.AddNode, ID: 4})
	_ = n.ProposeConfChange(add)
	if collect(n); len(n.Conf().Voters) != 3 {
		t.Errorf("appended, the group is %v", n.Conf().Voters)
	}
	ack(t, n, 2, 2)
	for n.HasReady() {
		for _, e := range work(n).Committed {
			if e.Type != raft.EntryNormal {
				n.ApplyConfChange(add)
			}
		}
	}
	if !slices.Equal(n.Conf().Voters, []raft.ID{1, 2, 3, 4}) {
		t.Errorf("applied, the group is %v", n.Conf().Voters)
	}
}

// Raft §6: between two configurations an entry is committed by a majority of each.
func TestJointConsensus_bothMajoritiesCommit(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	ack(t, n, 2, 1)
	collect(n)
	if cs := n.ApplyConfChange(replaceAll); !cs.Joint() {
		t.Fatalf("the group is %+v", cs)
	}
	collect(n)
	propose(t, n, "x")
	last := n.LastIndex()
	ack(t, n, 2, last)
	ack(t, n, 3, last)
	if n.Commit() >= last {
		t.Error("the old majority committed alone")
	}
	if ack(t, n, 4, last); n.Commit() < last {
		t.Error("a majority of each did not commit")
	}
}

// Raft §6: the new majority alone does not commit either.
func TestJointConsensus_theNewMajorityDoesNotSuffice(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	n.ApplyConfChange(replaceAll)
	collect(n)
	propose(t, n, "x")
	ack(t, n, 4, n.LastIndex())
	ack(t, n, 5, n.LastIndex())
	if n.Commit() != 0 {
		t.Errorf("n1, n4 and n5 committed up to %d", n.Commit())
	}
}

// Raft §6: an election is won with a majority of each.
func TestJointConsensus_bothMajoritiesElect(t *testing.T) {
	for _, c := range []struct {
		from []raft.ID
		want raft.Role
	}{
		{[]raft.ID{2, 3}, raft.Candidate}, {[]raft.ID{4, 5}, raft.Candidate}, {[]raft.ID{2, 4}, raft.Leader},
	} {
		disk := raft.Stored{Conf: raft.ConfState{Voters: []raft.ID{1, 4, 5}, VotersOutgoing: []raft.ID{1, 2, 3}}}
		n := launch(t, disk)
		_ = n.Campaign()
		if to := receivers(only(collect(n), raft.MsgVote)); !slices.Equal(to, []raft.ID{2, 3, 4, 5}) {
			t.Errorf("asked %v", to)
		}
		for _, from := range c.from {
			step(t, n, raft.Message{Type: raft.MsgVoteResp, From: from, Term: 1})
		}
		if n.Role() != c.want {
			t.Errorf("the votes of %v made it %s", c.from, n.Role())
		}
	}
}

// Raft §6: once the joint configuration is committed, the leader goes on to the new one by itself.
func TestJointConsensus_isLeftByItself(t *testing.T) {
	g := crew(t, voters(3), voters(3), voters(3))
	g.members = append(g.members, g.boot(4, raft.Stored{}))
	g.elect(1)
	if err := g.at(1).ProposeConfChange(swapOneForFour); err != nil {
		t.Fatal(err)
	}
	g.settle()
	if cs := g.at(1).Conf(); cs.Joint() || !slices.Equal(cs.Voters, []raft.ID{1, 2, 4}) {
		t.Errorf("the group is %+v", cs)
	}
}

// Thesis §4.2.1: a new member that is to catch up first gets the log, but neither counts nor campaigns.
func TestLearnersDoNotVote_norCount(t *testing.T) {
	conf := raft.ConfState{Voters: []raft.ID{1, 2}, Learners: []raft.ID{3}}
	n := launch(t, raft.Stored{Conf: conf})
	_ = n.Campaign()
	if to := receivers(only(collect(n), raft.MsgVote)); !slices.Equal(to, []raft.ID{2}) {
		t.Errorf("asked %v", to)
	}
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 3, Term: 1})
	if n.Role() == raft.Leader {
		t.Error("a learner's vote counted")
	}
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 2, Term: 1})
	if to := receivers(only(collect(n), raft.MsgApp)); !slices.Equal(to, []raft.ID{2, 3}) {
		t.Errorf("appends go to %v", to)
	}
	if ack(t, n, 3, 1); n.Commit() != 0 {
		t.Error("a learner's copy counted")
	}
	learner := launch(t, raft.Stored{Conf: raft.ConfState{Voters: []raft.ID{2, 3}, Learners: []raft.ID{1}}})
	for range 100 {
		learner.Tick()
	}
	if learner.Role() != raft.Follower || learner.Term() != 0 {
		t.Errorf("the learner is %s in term %d", learner.Role(), learner.Term())
	}
}

// Raft §6: a leader that is not in the new configuration gives up its office (etcd: if StepDownOnRemoval is set).
func TestMembershipOneAtATime_aRemovedLeaderStepsDown(t *testing.T) {
	n := launch(t, raft.Stored{}, func(c *raft.Config) { c.StepDownOnRemoval = true })
	lead(t, n)
	n.ApplyConfChange(changes(raft.Change{Type: raft.RemoveNode, ID: 1}))
	if n.Role() != raft.Follower || n.Promotable() {
		t.Errorf("is %s, may campaign: %t", n.Role(), n.Promotable())
	}
}

// leaderWithoutLog makes n1 leader with a log that begins behind entry 5; n3 needs what is gone.
func leaderWithoutLog(t *testing.T) *raft.Node {
	t.Helper()
	disk := in(2, voters(3))
	disk.HardState.Commit = 5
	disk.Snapshot = raft.Snapshot{Index: 5, Term: 2, Conf: disk.Conf, Data: []byte("state")}
	n := launch(t, disk)
	lead(t, n)
	ack(t, n, 2, 6)
	collect(n)
	step(t, n, raft.Message{Type: raft.MsgAppResp, From: 3, Term: 3, Reject: true, Index: 5, RejectHint: 2, LogTerm: 1})
	return n
}

// Raft §7: a follower that needs entries which the leader has thrown away is sent the snapshot.
func TestSnapshotForLaggard_isSentWhenEntriesAreGone(t *testing.T) {
	n := leaderWithoutLog(t)
	sent := only(collect(n), raft.MsgSnap)
	if len(sent) != 1 || sent[0].To != 3 || sent[0].Snapshot.Index != 5 || sent[0].Snapshot.Term != 2 {
		t.Fatalf("sent %v", sent)
	}
	if !slices.Equal(sent[0].Snapshot.Conf.Voters, []raft.ID{1, 2, 3}) || string(sent[0].Snapshot.Data) != "state" {
		t.Errorf("the snapshot is %+v", sent[0].Snapshot)
	}
	if more := only(propose(t, n, "x"), raft.MsgApp); slices.Contains(receivers(more), 3) {
		t.Errorf("while the snapshot is on its way, n3 is sent %v", more)
	}
	ack(t, n, 3, 5)
	if sent := only(collect(n), raft.MsgApp); len(sent) == 0 || sent[0].To != 3 || sent[0].Index != 5 {
		t.Errorf("behind the snapshot, n3 is sent %v", sent)
	}
}

// Raft §7: a follower replaces its whole log by a snapshot that it has nothing in common with.
func TestSnapshotForLaggard_replacesTheLog(t *testing.T) {
	n := launch(t, logOf(1, 1, 1))
	conf := raft.ConfState{Voters: []raft.ID{1, 2, 3, 4}}
	step(t, n, raft.Message{Type: raft.MsgSnap, From: 2, Term: 3, Snapshot: &raft.Snapshot{Index: 9, Term: 2, Conf: conf}})
	rd := n.Ready()
	if rd.Snapshot == nil || rd.Snapshot.Index != 9 || n.FirstIndex() != 10 || n.LastIndex() != 9 || n.Commit() != 9 {
		t.Errorf("has %d to %d, committed up to %d", n.FirstIndex(), n.LastIndex(), n.Commit())
	}
	if term, _ := n.TermAt(9); term != 2 || !slices.Equal(n.Conf().Voters, conf.Voters) {
		t.Errorf("entry 9 has term %d, the group is %v", term, n.Conf().Voters)
	}
	if len(rd.AfterSync) != 1 || rd.AfterSync[0].Index != 9 {
		t.Errorf("answers %v", rd.AfterSync)
	}
}

// Raft §7: a snapshot of what the log has anyway takes nothing away; what follows it stays.
func TestSnapshotForLaggard_keepsWhatFollows(t *testing.T) {
	n := launch(t, logOf(1, 1, 2, 2))
	step(t, n, raft.Message{Type: raft.MsgSnap, From: 2, Term: 3,
		Snapshot: &raft.Snapshot{Index: 3, Term: 2, Conf: voters(3).Conf}})
	if n.LastIndex() != 4 || n.FirstIndex() != 1 || n.Commit() != 3 {
		t.Errorf("has %d to %d, committed up to %d", n.FirstIndex(), n.LastIndex(), n.Commit())
	}
	step(t, n, raft.Message{Type: raft.MsgSnap, From: 2, Term: 3,
		Snapshot: &raft.Snapshot{Index: 2, Term: 1, Conf: voters(3).Conf}})
	if n.LastIndex() != 4 || n.Commit() != 3 {
		t.Errorf("an old snapshot left it with entries up to %d, committed up to %d", n.LastIndex(), n.Commit())
	}
}

// Raft §7: a member takes snapshots by itself, of what it has applied, and throws away the log up to there.
func TestSnapshotForLaggard_onlyWhatIsApplied(t *testing.T) {
	disk := logOf(1, 1, 1)
	disk.HardState.Commit = 2
	n := launch(t, disk)
	if _, err := n.CreateSnapshot(2, nil); err == nil {
		t.Error("took a snapshot of what is not applied")
	}
	collect(n)
	s, err := n.CreateSnapshot(2, []byte("state"))
	if err != nil || s.Index != 2 || s.Term != 1 || len(s.Conf.Voters) != 3 {
		t.Fatalf("the snapshot is %+v, %v", s, err)
	}
	if err := n.CompactLog(3); err == nil {
		t.Error("threw away what is not applied")
	}
	if err := n.CompactLog(2); err != nil || n.FirstIndex() != 3 || n.LastIndex() != 3 {
		t.Errorf("%v; the log goes from %d to %d", err, n.FirstIndex(), n.LastIndex())
	}
}
