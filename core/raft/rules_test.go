package raft_test

import (
	"errors"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// node starts n1 of three with a disk, and with some rules switched off.
func node(t *testing.T, disk raft.Stored, off ...rule.ID) *raft.Node {
	t.Helper()
	cfg := raft.Config{
		ID: 1, ElectionTick: 10, HeartbeatTick: 1, Jitter: rng.New(1, "n1"), MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 8,
		PreVote: true, CheckQuorum: true,
	}
	for _, id := range off {
		cfg.Off = cfg.Off.With(id)
	}
	if disk.Conf.Voters == nil {
		disk.Conf.Voters = []raft.ID{1, 2, 3}
	}
	n, err := raft.New(cfg, disk)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// work takes one Ready and advances; it returns the Ready.
func work(n *raft.Node) raft.Ready {
	rd := n.Ready()
	n.Advance()
	return rd
}

// lead makes n1 leader of the next term, by a transfer (no pre-vote) and n2's vote.
func lead(t *testing.T, n *raft.Node) {
	t.Helper()
	step(t, n, raft.Message{Type: raft.MsgTimeoutNow, From: 2, Term: n.Term()})
	work(n)
	step(t, n, raft.Message{Type: raft.MsgVoteResp, From: 2, Term: n.Term()})
	work(n)
	if n.Role() != raft.Leader {
		t.Fatal("n1 does not lead")
	}
}

func step(t *testing.T, n *raft.Node, m raft.Message) {
	t.Helper()
	m.To = n.ID()
	if err := n.Step(m); err != nil {
		t.Fatal(err)
	}
}

// answer returns the last message of a type that a node sends.
func answer(n *raft.Node, t raft.MessageType) (m raft.Message) {
	rd := work(n)
	for _, out := range append(append([]raft.Message(nil), rd.Messages...), rd.AfterSync...) {
		if out.Type == t {
			m = out
		}
	}
	return m
}

// logOf returns a disk with entries of these terms, from index 1 on.
func logOf(terms ...raft.Term) raft.Stored {
	var s raft.Stored
	for i, t := range terms {
		s.Entries = append(s.Entries, raft.Entry{Term: t, Index: raft.Index(i + 1)})
		s.HardState.Term = t
	}
	return s
}

// TestRulesSwitchedOff looks at each rule's one decision, with the rule and without.
func TestRulesSwitchedOff(t *testing.T) {
	for _, c := range []struct {
		rule rule.ID
		keep func(t *testing.T, off ...rule.ID) bool // whether the rule was kept
	}{
		{rule.PreVote, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, raft.Stored{}, off...)
			_ = n.Campaign()
			return n.Role() == raft.PreCandidate
		}},
		{rule.CheckQuorum, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, raft.Stored{}, off...)
			lead(t, n)
			for range 10 {
				n.Tick()
			}
			return n.Role() == raft.Follower
		}},
		{rule.ElectionRestriction, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, logOf(1, 2), off...)
			step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 9, LogTerm: 1, Index: 5})
			return answer(n, raft.MsgVoteResp).Reject
		}},
		{rule.CurrentTermCommit, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, logOf(1, 2), off...)
			lead(t, n)
			step(t, n, raft.Message{Type: raft.MsgAppResp, From: 2, Term: n.Term(), Index: 2})
			return n.Commit() == 0
		}},
		{rule.LogMatchingCheck, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, logOf(1, 2), off...)
			step(t, n, raft.Message{
				Type: raft.MsgApp, From: 2, Term: 3, LogTerm: 1, Index: 2, Entries: []raft.Entry{{Term: 3, Index: 3}},
			})
			return answer(n, raft.MsgAppResp).Reject
		}},
		{rule.TermStepDown, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, raft.Stored{}, off...)
			lead(t, n)
			step(t, n, raft.Message{Type: raft.MsgAppResp, From: 2, Term: 9})
			return n.Role() == raft.Follower && n.Term() == 9
		}},
		{rule.ReadIndexQuorum, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, raft.Stored{}, off...)
			lead(t, n)
			step(t, n, raft.Message{Type: raft.MsgAppResp, From: 2, Term: n.Term(), Index: 1})
			work(n)
			n.ReadIndex([]byte("r"))
			return len(work(n).Reads) == 0
		}},
		{rule.JointConsensus, func(t *testing.T, off ...rule.ID) bool {
			n := node(t, raft.Stored{}, off...)
			cs := n.ApplyConfChange(raft.ConfChange{Changes: []raft.Change{{Type: raft.RemoveNode, ID: 2}, {ID: 4}}})
			return cs.Joint()
		}},
	} {
		t.Run(c.rule.String(), func(t *testing.T) {
			if !c.keep(t) {
				t.Error("the rule is on and was not kept")
			}
			if c.keep(t, c.rule) {
				t.Error("the rule is off and was kept")
			}
		})
	}
}

// TestVoterWithoutTermStepDown: with the rule off a vote in a higher term leaves the voter where it is, so that the old
// leader and the new one both find followers.
func TestVoterWithoutTermStepDown(t *testing.T) {
	n := node(t, raft.Stored{HardState: raft.HardState{Term: 1, Vote: 3}}, rule.TermStepDown, rule.CheckQuorum)
	step(t, n, raft.Message{Type: raft.MsgVote, From: 2, Term: 2})
	if m := answer(n, raft.MsgVoteResp); m.Reject || m.Term != 2 {
		t.Errorf("answered %s", m)
	}
	if n.Term() != 1 || n.Vote() != 3 {
		t.Errorf("is in term %d with a vote for %s", n.Term(), n.Vote())
	}
	step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 2})
	if n.Term() != 2 || n.Lead() != 2 {
		t.Errorf("did not follow the new leader")
	}
}

// TestBrokenPromises: what can only happen if somebody broke the protocol is refused, not obeyed.
func TestBrokenPromises(t *testing.T) {
	n := node(t, logOf(1, 1))
	if err := n.Step(raft.Message{Type: raft.MsgHeartbeat, From: 2, To: 1, Term: 1, Commit: 5}); !errors.Is(err,
		raft.ErrLogLost) {
		t.Errorf("a commit index beyond the log gave %v", err)
	}
	step(t, n, raft.Message{Type: raft.MsgHeartbeat, From: 2, Term: 1, Commit: 2})
	es := []raft.Entry{{Term: 2, Index: 2}}
	err := n.Step(raft.Message{Type: raft.MsgApp, From: 2, To: 1, Term: 2, LogTerm: 1, Index: 1, Entries: es})
	if err != nil || n.LastTerm() != 1 {
		t.Errorf("an old append behind the commit index gave %v, and the log ends with term %d", err, n.LastTerm())
	}
}

// TestImpossibleChange: a committed change that cannot be made leaves the group as it is.
func TestImpossibleChange(t *testing.T) {
	n := node(t, raft.Stored{})
	for _, cc := range []raft.ConfChange{
		{}, // nothing to leave
		{Changes: []raft.Change{{Type: raft.RemoveNode, ID: 1}, {Type: raft.RemoveNode, ID: 2},
			{Type: raft.RemoveNode, ID: 3}}},
	} {
		n.Events()
		cs := n.ApplyConfChange(cc)
		if len(cs.Voters) != 3 || cs.Joint() {
			t.Errorf("%s made the group %v", cc, cs)
		}
		if es := n.Events(); len(es) != 1 || es[0].Kind != raft.ConfChangeRefused {
			t.Errorf("%s led to %v", cc, es)
		}
	}
	if cs := n.ApplyConfChange(raft.ConfChange{V1: true, Changes: []raft.Change{{ID: raft.None}}}); len(cs.Voters) != 3 {
		t.Errorf("the change of nobody made the group %v", cs)
	}
}

// TestNewRefuses: configurations and disks that contradict themselves are refused.
func TestNewRefuses(t *testing.T) {
	good := raft.Config{ID: 1, ElectionTick: 10, HeartbeatTick: 1, MaxInflightMsgs: 1}
	for name, spoil := range map[string]func(*raft.Config, *raft.Stored){
		"no ID":               func(c *raft.Config, _ *raft.Stored) { c.ID = raft.None },
		"no heartbeat":        func(c *raft.Config, _ *raft.Stored) { c.HeartbeatTick = 0 },
		"election too short":  func(c *raft.Config, _ *raft.Stored) { c.ElectionTick = 1 },
		"no window":           func(c *raft.Config, _ *raft.Stored) { c.MaxInflightMsgs = 0 },
		"window too small":    func(c *raft.Config, _ *raft.Stored) { c.MaxSizePerMsg, c.MaxInflightBytes = 10, 5 },
		"lease without check": func(c *raft.Config, _ *raft.Stored) { c.ReadOnlyLeaseBased = true },
		"gap in the log":      func(_ *raft.Config, s *raft.Stored) { s.Entries = []raft.Entry{{Term: 1, Index: 2}} },
		"commit beyond":       func(_ *raft.Config, s *raft.Stored) { s.HardState.Commit = 1 },
		"applied beyond":      func(_ *raft.Config, s *raft.Stored) { s.Applied = 1 },
		"learner and voter": func(_ *raft.Config, s *raft.Stored) {
			s.Conf = raft.ConfState{Voters: []raft.ID{1}, Learners: []raft.ID{1}}
		},
	} {
		cfg, disk := good, raft.Stored{Conf: raft.ConfState{Voters: []raft.ID{1, 2}}}
		spoil(&cfg, &disk)
		if _, err := raft.New(cfg, disk); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	if _, err := raft.New(good, raft.Stored{}); err != nil {
		t.Errorf("an empty disk was refused: %v", err)
	}
}

// TestStrangers: what cannot come from the network is not let in.
func TestStrangers(t *testing.T) {
	n := node(t, raft.Stored{})
	if err := n.Step(raft.Message{Type: raft.MsgHup, From: 2}); !errors.Is(err, raft.ErrStepLocalMsg) {
		t.Errorf("a local message gave %v", err)
	}
	if err := n.Step(raft.Message{Type: raft.MsgAppResp, From: 9}); !errors.Is(err, raft.ErrPeerNotFound) {
		t.Errorf("a stranger's answer gave %v", err)
	}
}

// TestTexts: each kind and each reason has a text, and an event reads as a sentence's end.
func TestTexts(t *testing.T) {
	seen := map[string]bool{}
	for k := raft.ElectionTimedOut; k <= raft.TimeoutNowSent; k++ {
		if s := k.String(); s == "" || seen[s] {
			t.Errorf("kind %d is called %q", k, s)
		} else {
			seen[s] = true
		}
		if s := (raft.Event{Kind: k, Peer: 2, Term: 3}).String(); s == "" {
			t.Errorf("%s has no sentence", k)
		}
	}
	for w := raft.WhyStarted; w <= raft.WhyItself; w++ {
		if w.String() == "" {
			t.Errorf("reason %d has no text", w)
		}
	}
	e := raft.Event{Kind: raft.VoteGranted, Peer: 2, Term: 4}
	if got, want := e.String(), "voted for n2 in term 4: its log is up to date"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestQuietPathsDoNotAllocate: ticks, heartbeats and their answers cost no memory once the slices have grown.
func TestQuietPathsDoNotAllocate(t *testing.T) {
	n := node(t, raft.Stored{})
	lead(t, n)
	round := func() {
		n.Tick()
		for _, m := range n.Ready().Messages {
			if m.Type == raft.MsgHeartbeat {
				_ = n.Step(raft.Message{Type: raft.MsgHeartbeatResp, From: m.To, To: 1, Term: n.Term()})
			}
		}
		n.Advance()
		n.Events()
	}
	for range 20 {
		round()
	}
	if got := testing.AllocsPerRun(100, round); got != 0 {
		t.Errorf("a round of heartbeats allocates %v times", got)
	}
}
