package etcd

import (
	"encoding/binary"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Changing the group. A change is checked twice: by the member that gets the request, with what it sees of the others
// (--strict-reconfig-check, etcdserver/server.go), and again by every member when it applies the entry, so that all come to
// the same answer (membership/cluster.go, ValidateConfigurationChange). A change that is refused there is an entry without effect.

// Links is what a member sees of its connections: since when each other member has been connected, -1 if it is not.
type Links [sim.MaxMembers + 1]sim.Time

const (
	healthInterval = 5 * sim.Second // a connection counts once it has held for so long (server.go, HealthInterval)
	learnersMost   = 1              // --max-learners
	stopDelay      = sim.Second     // from a member's own removal to its end (server.go, applyConfChange)
)

// cluster is what members know of the group beside Raft's configuration. Member i has bit i.
type cluster struct {
	started uint16 // has published its name
	removed uint16 // was a member once; its id is never used again
}

func (c *cluster) has(set uint16, id raft.ID) bool { return set&(1<<id) != 0 }

// transfer is a move-leader request under way.
type transfer struct {
	req      *Request
	target   raft.ID
	deadline sim.Time
}

// serveMember takes a request that changes the group.
func (m *Member) serveMember(now sim.Time, req *Request, links *Links, out *Output) {
	if isPromote(req.Call) && !m.Leads() && m.node.Lead() != raft.None {
		out.Forwards = append(out.Forwards, Forward{sim.Member(int(m.node.Lead())), req}) // only the leader knows how far a learner is
		return
	}
	if err := m.checkMember(now, req, links); err != "" {
		out.Answers = append(out.Answers, Answer{req.Client, &Response{ID: req.ID, Err: err}})
		return
	}
	m.waits = append(m.waits, wait{req: req, deadline: now + m.cfg.RequestTimeout()})
	m.armExpiry(out)
	if c, ok := req.Call.(api.MoveLeader); ok {
		m.transfer = transfer{req, raft.ID(c.Target), now + m.cfg.RequestTimeout()}
		m.node.TransferLeader(raft.ID(c.Target))
		return
	}
	m.propose(req, out)
}

// checkMember is the first check. It returns etcd's error text, or nothing.
func (m *Member) checkMember(now sim.Time, req *Request, links *Links) string {
	conf := m.node.Conf()
	voters := len(conf.Voters)
	connected := m.connected(now, conf.Voters, links)
	switch c := req.Call.(type) {
	case api.MemberAdd:
		started := m.startedOf(conf.Voters, raft.None)
		if !c.Learner && !(voters == 1 && started == 1) && started < (voters+1)/2+1 {
			return api.ErrNotEnoughStarted
		}
		if voters > 1 && connected < (voters+1)/2+1 {
			return api.ErrUnhealthy
		}
	case api.MemberRemove:
		return m.checkRemove(raft.ID(c.Member), conf, connected, links)
	case api.MemberPromote:
		return m.checkPromote(raft.ID(c.Member), conf)
	case api.MoveLeader:
		if !m.Leads() {
			return api.ErrNotLeader
		}
		if !contains(conf.Voters, raft.ID(c.Target)) {
			return api.ErrBadTransferee
		}
	}
	return ""
}

func (m *Member) checkRemove(id raft.ID, conf raft.ConfState, connected int, links *Links) string {
	if !contains(conf.Voters, id) {
		return "" // a learner, or nobody: apply will tell
	}
	voters := len(conf.Voters)
	if m.startedOf(conf.Voters, id) < (voters-1)/2+1 {
		return api.ErrNotEnoughStarted
	}
	if id != m.id() && links[id] < 0 {
		return "" // it is gone already
	}
	if connected-1 < 1+(voters-1)/2 {
		return api.ErrUnhealthy
	}
	return ""
}

func (m *Member) checkPromote(id raft.ID, conf raft.ConfState) string {
	if !contains(conf.Learners, id) {
		return "" // apply will tell
	}
	own, _ := m.node.ProgressOf(m.id())
	p, ok := m.node.ProgressOf(id)
	if !ok || p.Match*10 < own.Match*9 { // readyPercentThreshold
		return api.ErrLearnerNotReady
	}
	if m.startedOf(conf.Voters, raft.None)+1 < (len(conf.Voters)+1)/2+1 {
		return api.ErrNotEnoughStarted
	}
	return ""
}

// startedOf counts the members of a list, but for one, that have published their names.
func (m *Member) startedOf(ids []raft.ID, but raft.ID) int {
	n := 0
	for _, id := range ids {
		if id != but && m.cluster.has(m.cluster.started, id) {
			n++
		}
	}
	return n
}

// connected counts the voters that this one has been connected to for long enough, itself included.
func (m *Member) connected(now sim.Time, voters []raft.ID, links *Links) int {
	n := 0
	for _, id := range voters {
		if id == m.id() || (links[id] >= 0 && now-links[id] >= healthInterval) {
			n++
		}
	}
	return n
}

// changeKind is what a change of the group was asked as; Raft's own types do not tell an added voter from a promoted learner.
type changeKind byte

const (
	changeAdd changeKind = iota + 1
	changeRemove
	changePromote
)

func isPromote(c api.Call) bool {
	_, ok := c.(api.MemberPromote)
	return ok
}

// confChange lays a request out as a change of the group. Its context says what was asked and by whom, for the second check and the answer.
func confChange(req *Request) raft.ConfChange {
	kind, change := changeAdd, raft.Change{Type: raft.AddNode}
	switch c := req.Call.(type) {
	case api.MemberAdd:
		change.ID = raft.ID(c.Member)
		if c.Learner {
			change.Type = raft.AddLearner
		}
	case api.MemberRemove:
		kind, change = changeRemove, raft.Change{Type: raft.RemoveNode, ID: raft.ID(c.Member)}
	case api.MemberPromote:
		kind, change.ID = changePromote, raft.ID(c.Member)
	}
	return raft.ConfChange{V1: true, Changes: []raft.Change{change}, Context: binary.AppendUvarint([]byte{byte(kind)}, req.ID)}
}

// applyConf puts a change of the group into force, or refuses it, the same way at every member.
func (m *Member) applyConf(now sim.Time, e *raft.Entry, out *Output) {
	cc, err := raft.DecodeConfChange(e)
	if err != nil || len(cc.Changes) != 1 {
		panic("etcd: an entry that changes the group holds no change")
	}
	change, text := cc.Changes[0], cc.String()
	refusal := ""
	if len(cc.Context) > 0 { // the first entries, which found the group, carry none
		refusal = m.refuseChange(changeKind(cc.Context[0]), change)
	}
	if refusal != "" {
		cc.Changes, text = []raft.Change{{Type: raft.AddNode, ID: raft.None}}, refusal
	} else if change.Type == raft.RemoveNode {
		m.cluster.removed |= 1 << change.ID
	}
	m.node.ApplyConfChange(cc)
	out.event(Event{Kind: Configured, Rule: rule.MembershipOneAtATime, Index: e.Index, Text: text})
	m.raftEvents(out)
	if len(cc.Context) > 1 {
		id, _ := binary.Uvarint(cc.Context[1:])
		m.answer(Response{ID: id, Reply: m.reply(nil), Err: refusal, Executed: refusal == ""}, out)
	}
	if refusal == "" && change.Type == raft.RemoveNode && change.ID == m.id() {
		out.Wakes = append(out.Wakes, Wake{now + stopDelay, WakeStop, m.life})
	}
}

// refuseChange is the second check.
func (m *Member) refuseChange(kind changeKind, c raft.Change) string {
	conf := m.node.Conf()
	voter, learner := contains(conf.Voters, c.ID), contains(conf.Learners, c.ID)
	switch {
	case m.cluster.has(m.cluster.removed, c.ID):
		return api.ErrMemberNotFound
	case kind == changeAdd && (voter || learner):
		return api.ErrMemberExists
	case kind == changeAdd && c.Type == raft.AddLearner && len(conf.Learners) >= learnersMost:
		return api.ErrTooManyLearners
	case kind != changeAdd && !voter && !learner:
		return api.ErrMemberNotFound
	case kind == changePromote && voter:
		return api.ErrNotLearner
	}
	return ""
}

// publishIfDue lets a member that joined make its name known once it follows a leader (server.go, publishV3). Members that founded the
// group are known from the start.
func (m *Member) publishIfDue() {
	if m.joined && !m.published && m.node.Lead() != raft.None && m.node.Applied() > 0 {
		m.published = m.node.Propose(api.Encode(0, api.Publish{Member: api.Member(m.id()), Name: m.host.String()})) == nil
	}
}

// endTransfer answers a move-leader request when the leader has changed, or when it has taken too long. etcd looks once a tick.
func (m *Member) endTransfer(now sim.Time, out *Output) {
	t := m.transfer
	switch {
	case t.req == nil:
	case m.node.Lead() == t.target:
		m.transfer = transfer{}
		m.answer(Response{ID: t.req.ID, Reply: m.reply(nil), Executed: true}, out)
	case now >= t.deadline:
		m.transfer = transfer{}
		m.answer(Response{ID: t.req.ID, Err: api.ErrTransferTimeout, Executed: true}, out)
	}
}

func (m *Member) id() raft.ID { return raft.ID(m.host.Number()) }

// Removed reports whether the member knows that it has been removed for good.
func (m *Member) Removed() bool {
	return m.cluster.has(m.cluster.removed, m.id()) || m.backend.removed(m.id())
}

func (b *backend) removed(id raft.ID) bool { return b.cluster.has(b.cluster.removed, id) }

// Knows reports whether the member, running or not, has another one in its configuration.
func (m *Member) Knows(id raft.ID) bool {
	conf := m.Conf()
	return contains(conf.Voters, id) || contains(conf.Learners, id)
}

// Conf returns the configuration in force at the member; of one that is down, as its database has it.
func (m *Member) Conf() raft.ConfState {
	if m.node == nil {
		return m.backend.conf
	}
	return m.node.Conf()
}

func contains(ids []raft.ID, id raft.ID) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}
