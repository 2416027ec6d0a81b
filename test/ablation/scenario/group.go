package scenario

import (
	"errors"
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// group is some Raft nodes n1, n2, …, and a network on which nothing moves by itself. Nobody's clock runs. After every
// input the safety judge is told what has changed. Once a rule is broken the remaining steps do nothing.
type group struct {
	cfg    raft.Config
	nodes  []*raft.Node
	disks  []raft.Stored
	net    []raft.Message
	safety *check.Safety
	broken *check.Violation
	err    error
}

// newGroup starts so many nodes, of which the voters form the group at first; none named: all do. Each message carries
// one entry at most, so that a story can stop between two.
func newGroup(size int, off rule.Set, voters ...raft.ID) *group {
	g := &group{safety: check.New()}
	g.cfg = raft.Config{ElectionTick: 10, HeartbeatTick: 1, MaxInflightMsgs: 64, Off: off}
	if len(voters) == 0 {
		for i := range size {
			voters = append(voters, raft.ID(i+1))
		}
	}
	g.disks = make([]raft.Stored, size)
	for i := range g.disks {
		g.disks[i].Conf.Voters = voters
		g.nodes = append(g.nodes, g.start(raft.ID(i+1)))
	}
	return g
}

// start runs a node with what is on its disk.
func (g *group) start(id raft.ID) *raft.Node {
	cfg := g.cfg
	cfg.ID, cfg.Jitter = id, rng.New(1, id.String())
	n, err := raft.New(cfg, g.disks[id-1])
	g.note(err)
	return n
}

// note keeps the first error.
func (g *group) note(err error) {
	if g.err == nil {
		g.err = err
	}
}

func (g *group) over() bool { return g.err != nil || g.broken != nil }

// crash takes a member's memory and starts it again from its disk. What it has sent is lost, too.
func (g *group) crash(id raft.ID) {
	if g.over() {
		return
	}
	g.net = nil
	g.safety.Crashed(uint64(id), uint64(len(g.disks[id-1].Entries)))
	g.nodes[id-1] = g.start(id)
}

// elect lets a member campaign, in a term that none of the voters has seen yet, and carries the votes between it and
// them. What else they say is not carried yet: the appends of a new leader stay on the network.
func (g *group) elect(id raft.ID, voters ...raft.ID) {
	if g.over() {
		return
	}
	g.net = nil
	n := g.nodes[id-1]
	for top := g.highest(voters); n.Term() <= top; g.workAll() {
		before := n.Term()
		if g.note(n.Campaign()); n.Term() == before {
			g.note(fmt.Errorf("%s, a %s, does not campaign", id, n.Role()))
			return
		}
	}
	g.net = slices.DeleteFunc(g.net, func(m raft.Message) bool { return m.Term < n.Term() })
	votes := func(m *raft.Message) bool {
		other := m.To
		if other == id {
			other = m.From
		}
		return (m.Type == raft.MsgVote || m.Type == raft.MsgVoteResp) && slices.Contains(voters, other)
	}
	g.carry(2, votes)
}

// beat lets a leader send heartbeats, upon which it sends anew what was lost.
func (g *group) beat(id raft.ID) {
	g.nodes[id-1].Tick()
	g.workAll()
}

func (g *group) highest(ids []raft.ID) (t raft.Term) {
	for _, id := range ids {
		t = max(t, g.nodes[id-1].Term())
	}
	return t
}

// exchange carries what some members say to each other, so many hops far, and loses all else that is on the network.
func (g *group) exchange(hops int, among ...raft.ID) {
	g.carry(hops, func(m *raft.Message) bool { return slices.Contains(among, m.From) && slices.Contains(among, m.To) })
	g.net = nil
}

// exchangeAll carries everything until nothing more is said.
func (g *group) exchangeAll() {
	g.carry(1000, func(*raft.Message) bool { return true })
}

// carry moves the messages that are wanted one hop, and what they lead to the next.
func (g *group) carry(hops int, wanted func(*raft.Message) bool) {
	g.workAll()
	for range hops {
		var now, rest []raft.Message
		for _, m := range g.net {
			if wanted(&m) {
				now = append(now, m)
			} else {
				rest = append(rest, m)
			}
		}
		g.net = rest
		for _, m := range now {
			if g.over() {
				return
			}
			if err := g.nodes[m.To-1].Step(m); !errors.Is(err, raft.ErrPeerNotFound) { // whom a change has removed
				g.note(err)
			}
			g.tell(m.To)
			g.workAll()
		}
	}
}

// workAll lets all members do their duties: write, send, apply.
func (g *group) workAll() {
	for i, n := range g.nodes {
		for !g.over() && n.HasReady() {
			g.work(raft.ID(i+1), n)
		}
	}
}

func (g *group) work(id raft.ID, n *raft.Node) {
	rd := n.Ready()
	disk := &g.disks[id-1]
	if len(rd.Entries) > 0 {
		disk.Entries = append(slices.Clone(disk.Entries[:rd.Entries[0].Index-1]), rd.Entries...)
	}
	if rd.HardState != (raft.HardState{}) {
		disk.HardState = rd.HardState
	}
	for _, m := range slices.Concat(rd.Messages, rd.AfterSync) {
		if m.To != id {
			g.net = append(g.net, m)
		}
	}
	g.tell(id)
	for i := range rd.Committed {
		g.apply(id, n, &rd.Committed[i])
	}
	n.Advance()
	g.tell(id)
}

func (g *group) apply(id raft.ID, n *raft.Node, e *raft.Entry) {
	g.judge(g.safety.Applied(uint64(id), uint64(e.Index), uint64(e.Term), digest(e)))
	if e.Type == raft.EntryNormal {
		return
	}
	cc, err := raft.DecodeConfChange(e)
	g.note(err)
	n.ApplyConfChange(cc)
}

// tell tells the judge what a member's log and state are now.
func (g *group) tell(id raft.ID) {
	n, told := g.nodes[id-1], uint64(id)
	same := n.LastIndex()
	for ; same > 0; same-- {
		was, ok := g.safety.TermAt(told, uint64(same))
		if is, _ := n.TermAt(same); ok && raft.Term(was) == is {
			break
		}
	}
	g.safety.Truncated(told, uint64(same))
	for i := same + 1; i <= n.LastIndex(); i++ {
		e, _ := n.EntryAt(i)
		g.judge(g.safety.Appended(told, uint64(i), uint64(e.Term), digest(&e)))
	}
	g.judge(g.safety.Observe(told, check.View{
		Leader: n.Role() == raft.Leader, Term: uint64(n.Term()), Commit: uint64(n.Commit()),
		LastIndex: uint64(n.LastIndex()), LastTerm: uint64(n.LastTerm()),
	}))
}

func (g *group) judge(v *check.Violation) {
	if g.broken == nil {
		g.broken = v
	}
}

// digest tells entries apart. The stories write nothing twice, so that type and data will do.
func digest(e *raft.Entry) uint64 { return rng.Mix(uint64(e.Type), rng.Name(string(e.Data))) }

// wantLog holds that a member's log is what the story says.
func (g *group) wantLog(id raft.ID, want ...raft.Term) {
	if g.over() {
		return
	}
	n := g.nodes[id-1]
	var got []raft.Term
	for i := n.FirstIndex(); i <= n.LastIndex(); i++ {
		t, _ := n.TermAt(i)
		got = append(got, t)
	}
	if !slices.Equal(got, want) {
		g.err = fmt.Errorf("%s has entries of terms %v, not %v", id, got, want)
	}
}

func (g *group) outcome() Outcome {
	switch {
	case g.err != nil:
		return Outcome{Err: g.err}
	case g.broken != nil:
		return Outcome{Harm: g.broken.Error()}
	}
	return Outcome{}
}
