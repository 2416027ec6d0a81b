package raft_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// The Raft paper ("In Search of an Understandable Consensus Algorithm", extended version, 2014) and Ongaro's thesis as
// tests: one for each thing that they claim of a member. A test is called after the rule of core/rule that it is about
// and says in a line what the text says, in our words. Where etcd's Raft does it another way, the test says so.
//
//	paper_election_test.go    §5.1, §5.2
//	paper_log_test.go         §5.3 (normal operation), §5.4.2, §5.4.3, §5.5
//	paper_repair_test.go      §5.3 (logs that differ)
//	paper_vote_test.go        §5.4.1; thesis §4.2.3, §6.2, §9.6
//	paper_disk_test.go        §5.6; thesis §10.2.1
//	paper_membership_test.go  §6, §7; thesis §4.1, §4.2.1
//	paper_client_test.go      §8; thesis §3.10, §6.4

// launch starts n1 as the tests of a single member want it: one of three, without the additions of the thesis.
func launch(t *testing.T, disk raft.Stored, tune ...func(*raft.Config)) *raft.Node {
	t.Helper()
	cfg := raft.Config{
		ID: 1, ElectionTick: 10, HeartbeatTick: 1, Jitter: rng.New(1, "n1"), MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 8,
	}
	for _, f := range tune {
		f(&cfg)
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

func preVote(c *raft.Config)     { c.PreVote = true }
func checkQuorum(c *raft.Config) { c.CheckQuorum = true }

// voters returns a disk without entries, of a group of so many.
func voters(n int) (s raft.Stored) {
	for id := range n {
		s.Conf.Voters = append(s.Conf.Voters, raft.ID(id+1))
	}
	return s
}

// in returns the disk in a later term.
func in(term raft.Term, disk raft.Stored) raft.Stored {
	disk.HardState.Term = term
	return disk
}

// collect does all duties of a member and returns what it sends to others.
func collect(n *raft.Node) (sent []raft.Message) {
	for n.HasReady() {
		rd := work(n)
		for _, m := range append(append([]raft.Message(nil), rd.Messages...), rd.AfterSync...) {
			if m.To != n.ID() {
				sent = append(sent, m)
			}
		}
	}
	return sent
}

// only keeps the messages of a type.
func only(all []raft.Message, t raft.MessageType) []raft.Message {
	return slices.DeleteFunc(all, func(m raft.Message) bool { return m.Type != t })
}

// receivers returns to whom messages go.
func receivers(all []raft.Message) (to []raft.ID) {
	for _, m := range all {
		to = append(to, m.To)
	}
	slices.Sort(to)
	return to
}

// ack lets a member acknowledge all up to an index.
func ack(t *testing.T, n *raft.Node, from raft.ID, i raft.Index) {
	t.Helper()
	step(t, n, raft.Message{Type: raft.MsgAppResp, From: from, Term: n.Term(), Index: i})
}

// propose lets the leader append an entry; the leader has it on disk then.
func propose(t *testing.T, n *raft.Node, data string) (sent []raft.Message) {
	t.Helper()
	if err := n.Propose([]byte(data)); err != nil {
		t.Fatal(err)
	}
	return collect(n)
}

// terms returns the terms of a member's log.
func terms(n *raft.Node) (all []raft.Term) {
	for i := n.FirstIndex(); i <= n.LastIndex(); i++ {
		term, _ := n.TermAt(i)
		all = append(all, term)
	}
	return all
}

// crew starts a group, one member for each disk, without the additions of the thesis.
func crew(t *testing.T, disks ...raft.Stored) *group {
	t.Helper()
	g := &group{t: t, quiet: true}
	g.cfg = raft.Config{ElectionTick: 10, HeartbeatTick: 1, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 8}
	for i, disk := range disks {
		if disk.Conf.Voters == nil {
			disk.Conf = voters(len(disks)).Conf
		}
		g.members = append(g.members, g.boot(raft.ID(i+1), disk))
	}
	return g
}

// elect lets a member campaign and everything be said that there is to say.
func (g *group) elect(id raft.ID) *member {
	g.t.Helper()
	if err := g.at(id).Campaign(); err != nil {
		g.t.Fatal(err)
	}
	g.settle()
	return g.at(id)
}

// beat lets the leader send heartbeats, and all be said that follows.
func (g *group) beat(id raft.ID) {
	g.at(id).Tick()
	g.settle()
}

// lines returns what the group has said.
func lines(g *group) []string { return strings.Split(g.out.String(), "\n") }
