package raft_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Raft §5.3: a leader appends what clients ask for at the end of its log, under its term, and sends it to all.
func TestLeaderAppendOnly_appendsAndSends(t *testing.T) {
	n := launch(t, logOf(1, 1))
	lead(t, n)
	for _, id := range []raft.ID{2, 3} {
		ack(t, n, id, 3)
	}
	collect(n)
	sent := only(propose(t, n, "x"), raft.MsgApp)
	if e, _ := n.EntryAt(4); e.Term != 2 || string(e.Data) != "x" {
		t.Errorf("entry 4 is %v", e)
	}
	if !slices.Equal(receivers(sent), []raft.ID{2, 3}) || len(sent[0].Entries) != 1 || sent[0].Index != 3 ||
		sent[0].LogTerm != 2 {
		t.Errorf("sent %v", sent)
	}
}

// Raft §5.3: an entry is committed as soon as a majority of the group, the leader included, holds it, and not before.
func TestQuorumCommits_onceAMajorityHoldsIt(t *testing.T) {
	for size := 1; size <= 7; size++ {
		n := launch(t, voters(size))
		_ = n.Campaign()
		collect(n)
		for id := 2; id <= size && n.Role() != raft.Leader; id++ {
			step(t, n, raft.Message{Type: raft.MsgVoteResp, From: raft.ID(id), Term: 1})
		}
		collect(n)
		propose(t, n, "x")
		for have := 1; have <= size; have++ {
			if have > 1 {
				ack(t, n, raft.ID(have), 2)
			}
			if committed := n.Commit() == 2; committed != (2*have > size) {
				t.Errorf("with %d of %d, the commit index is %d", have, size, n.Commit())
			}
		}
	}
}

// Raft §5.3: committing an entry commits all before it, those of earlier leaders too.
func TestQuorumCommits_allBeforeIt(t *testing.T) {
	n := launch(t, logOf(1, 2, 2))
	lead(t, n)
	ack(t, n, 2, 4)
	if rd := work(n); n.Commit() != 4 || len(rd.Committed) != 4 {
		t.Errorf("the commit index is %d, %d entries are to be applied", n.Commit(), len(rd.Committed))
	}
}

// Raft §5.3: the leader tells the commit index in what it sends, and the followers take it over.
func TestQuorumCommits_followersAreTold(t *testing.T) {
	g := crew(t, voters(3), voters(3), voters(3))
	g.elect(1)
	if err := g.at(1).Propose([]byte("x")); err != nil {
		t.Fatal(err)
	}
	g.settle()
	for _, m := range g.members {
		if m.Commit() != 2 || !slices.Equal(m.state, []string{"x"}) {
			t.Errorf("%s has committed up to %d and applied %q", m.ID(), m.Commit(), m.state)
		}
	}
}

// Raft §5.3: members apply committed entries, no others, each once and in the log's order.
func TestApplyInOrder_committedEntriesOnce(t *testing.T) {
	n := launch(t, raft.Stored{})
	var es []raft.Entry
	for i := range 9 {
		es = append(es, raft.Entry{Term: 1, Index: raft.Index(i + 1)})
	}
	step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 1, Entries: es, Commit: 4})
	var applied []raft.Index
	apply := func() {
		for n.HasReady() {
			for _, e := range work(n).Committed {
				applied = append(applied, e.Index)
			}
		}
	}
	apply()
	if !slices.Equal(applied, []raft.Index{1, 2, 3, 4}) {
		t.Errorf("with commit index 4, applied %v", applied)
	}
	for _, commit := range []raft.Index{7, 5, 9} {
		step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 1, Commit: commit})
		apply()
	}
	if !slices.Equal(applied, []raft.Index{1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("applied %v", applied)
	}
}

// Raft §5.3: a follower takes over the commit index, but no further than the entries that it was just told match.
func TestApplyInOrder_onlyWhatMatches(t *testing.T) {
	n := launch(t, in(2, logOf(1, 1, 1)))
	step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 2, LogTerm: 1, Index: 1, Commit: 3})
	if n.Commit() != 1 {
		t.Errorf("the commit index is %d, though only entry 1 is known to match", n.Commit())
	}
}

// Raft §5.3: a heartbeat's commit index goes no further than what the follower is known to hold.
func TestApplyInOrder_heartbeatsTellOnlyWhatMatches(t *testing.T) {
	n := launch(t, raft.Stored{})
	lead(t, n)
	propose(t, n, "x")
	ack(t, n, 2, 2)
	collect(n)
	n.Tick()
	for _, m := range only(collect(n), raft.MsgHeartbeat) {
		if want := map[raft.ID]raft.Index{2: 2, 3: 0}[m.To]; m.Commit != want {
			t.Errorf("%s, want commit %d", m, want)
		}
	}
}

// Raft §5.3: a follower refuses entries if its log does not have the one before them, with the same term.
func TestLogMatchingCheck_predecessorMustMatch(t *testing.T) {
	for _, c := range []struct {
		term   raft.Term
		index  raft.Index
		refuse bool
	}{
		{0, 0, false}, {1, 1, false}, {2, 2, false}, {1, 2, true}, {3, 2, true}, {2, 3, true},
	} {
		n := launch(t, logOf(1, 2))
		next := raft.Entry{Term: 4, Index: c.index + 1}
		step(t, n, raft.Message{Type: raft.MsgApp, From: 2, Term: 4, LogTerm: c.term, Index: c.index,
			Entries: []raft.Entry{next}})
		if m := answer(n, raft.MsgAppResp); m.Reject != c.refuse {
			t.Errorf("after %d/%d: answered %s", c.term, c.index, m)
		}
		if got, _ := n.EntryAt(c.index + 1); (got.Term == 4) == c.refuse {
			t.Errorf("after %d/%d: there is %v", c.term, c.index, got)
		}
	}
}

// Raft §5.3: entries that contradict the leader's are removed, with all behind them; those that agree stay.
func TestFollowerTruncates_fromTheFirstConflict(t *testing.T) {
	for _, c := range []struct {
		own, sent, want []raft.Term // sent: from index 2 on
	}{
		{[]raft.Term{1, 2, 2, 2}, []raft.Term{3}, []raft.Term{1, 3}},
		{[]raft.Term{1, 2, 2, 2}, []raft.Term{2, 3}, []raft.Term{1, 2, 3}},
		{[]raft.Term{1, 2, 2, 2}, []raft.Term{2, 2}, []raft.Term{1, 2, 2, 2}}, // an old copy takes nothing away
		{[]raft.Term{1}, []raft.Term{1, 2}, []raft.Term{1, 1, 2}},
	} {
		n := launch(t, logOf(c.own...))
		m := raft.Message{Type: raft.MsgApp, From: 2, Term: 4, LogTerm: 1, Index: 1}
		for i, term := range c.sent {
			m.Entries = append(m.Entries, raft.Entry{Term: term, Index: raft.Index(i + 2)})
		}
		step(t, n, m)
		if got := terms(n); !slices.Equal(got, c.want) {
			t.Errorf("%v was sent %v and has %v, want %v", c.own, c.sent, got, c.want)
		}
	}
}

// Raft §5.4.2, Figure 8: replicas of an earlier term's entry do not commit it; an entry of the leader's own term does.
func TestCurrentTermCommit_olderEntriesWaitForOneOfThisTerm(t *testing.T) {
	n := launch(t, withVoters(5, logOf(1, 2)))
	lead5(t, n)
	for _, from := range []raft.ID{2, 3, 4, 5} {
		ack(t, n, from, 2)
	}
	if n.Commit() != 0 {
		t.Fatalf("all hold entry 2 of term 2, and the leader of term 3 has committed up to %d", n.Commit())
	}
	ack(t, n, 2, 3)
	ack(t, n, 3, 3)
	if n.Commit() != 3 {
		t.Errorf("a majority holds entry 3 of term 3, and the commit index is %d", n.Commit())
	}
}

// Raft §5.4.3: no two members apply different entries at an index, whoever led meanwhile.
func TestStateMachineSafety_leadersComeAndGo(t *testing.T) {
	g := crew(t, voters(5), voters(5), voters(5), voters(5), voters(5))
	for round := range 10 {
		id := raft.ID(round%5 + 1)
		g.cut = nil
		g.elect(id)
		g.cut = []raft.ID{raft.ID((round+2)%5 + 1), raft.ID((round+3)%5 + 1)}
		for _, m := range g.members {
			_ = m.Propose([]byte(fmt.Sprint(round, "at", m.ID())))
		}
		g.settle()
	}
	g.cut = nil
	g.elect(5)
	g.beat(5)
	for _, m := range g.members {
		if !slices.Equal(m.state, g.at(5).state) || len(m.state) < 20 {
			t.Errorf("%s has applied %v, n5 %v", m.ID(), m.state, g.at(5).state)
		}
	}
}

// Raft §5.5: the same message twice does no harm.
func TestLogMatching_requestsMayBeRepeated(t *testing.T) {
	n := launch(t, raft.Stored{})
	first := raft.Message{Type: raft.MsgApp, From: 2, Term: 1, Entries: []raft.Entry{{Term: 1, Index: 1}}, Commit: 0}
	second := raft.Message{Type: raft.MsgApp, From: 2, Term: 1, LogTerm: 1, Index: 1,
		Entries: []raft.Entry{{Term: 1, Index: 2}}, Commit: 2}
	for _, m := range []raft.Message{first, first, second, first, second} {
		step(t, n, m)
		if m := answer(n, raft.MsgAppResp); m.Reject {
			t.Errorf("answered %s", m)
		}
	}
	if n.LastIndex() != 2 || n.Commit() != 2 {
		t.Errorf("has entries up to %d, committed up to %d", n.LastIndex(), n.Commit())
	}
}
