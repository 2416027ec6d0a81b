package etcd

import (
	"cmp"
	"encoding/binary"
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Changing the group. A change is checked twice: by the member that gets the request, with what it sees of the others
// (--strict-reconfig-check, etcdserver/server.go), and again by every member when it applies the entry, so that all
// come to the same answer (membership/cluster.go, ValidateConfigurationChange). A change that is refused there is an
// entry without effect.

// Links is what a member sees of its connections: since when each other member has been connected, -1 if it is not.
type Links [sim.MaxMembers + 1]sim.Time

const (
	healthInterval = 5 * sim.Second // a connection counts once it has held for so long (server.go, HealthInterval)
	learnersMost   = 1              // --max-learners
	stopDelay      = sim.Second     // from a member's own removal to its end (server.go, applyConfChange)
)

// serveMember takes a request that changes the group.
func (m *Member) serveMember(now sim.Time, req *Request, links *Links, out *Output) {
	if isPromote(req.Call) {
		m.waitApplied(now, handler{req: req}, out)
		return
	}
	if err := m.checkMember(now, req, links); err != "" {
		m.reject(req, err, out)
		return
	}
	if c, ok := req.Call.(api.MoveLeader); ok {
		m.node.TransferLeader(raft.ID(c.Target))
		m.endTransfer(now, handler{req: req, until: now + m.cfg.RequestTimeout()}, out)
		return
	}
	m.await(now, req, out)
	m.propose(now, req, out)
}

// promote lets a learner vote if it is far enough. Only the leader knows that (etcdserver/server.go, promoteMember,
// isLearnerReady).
func (m *Member) promote(now sim.Time, h handler, out *Output) {
	if !m.Leads() {
		m.again(now, h, api.ErrNotLeader, out)
		return
	}
	if err := m.checkPromote(raft.ID(h.req.Call.(api.MemberPromote).Member)); err != "" {
		m.reject(h.req, err, out)
		return
	}
	m.await(now, h.req, out)
	m.propose(now, h.req, out)
}

// checkMember is the first check. It returns etcd's error text, or nothing.
func (m *Member) checkMember(now sim.Time, req *Request, links *Links) string {
	conf := m.node.Conf()
	voters := len(conf.Voters)
	connected := m.connected(now, conf.Voters, links)
	switch c := req.Call.(type) {
	case api.MemberAdd:
		if c.PeerURL != "" && !validURLs(c.PeerURL) {
			return api.ErrMemberURLs
		}
		started := m.startedOf(conf.Voters, raft.None)
		if !c.Learner && !(voters == 1 && started == 1) && started < (voters+1)/2+1 {
			return api.ErrNotEnoughStarted
		}
		if voters > 1 && connected < (voters+1)/2+1 {
			return api.ErrUnhealthy
		}
	case api.MemberRemove:
		return m.checkRemove(raft.ID(c.Member), conf, connected, links)
	case api.MoveLeader:
		if !m.leads() {
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
	if id != m.id() && links[id.Machine()] < 0 {
		return "" // it is gone already
	}
	if connected-1 < 1+(voters-1)/2 {
		return api.ErrUnhealthy
	}
	return ""
}

func (m *Member) checkPromote(id raft.ID) string {
	voters := m.node.Conf().Voters
	own, _ := m.node.ProgressOf(m.id())
	p, ok := m.node.ProgressOf(id)
	switch {
	case !ok:
		return api.ErrMemberNotFound
	case p.Match*10 < own.Match*9: // readyPercentThreshold; of a voter, too: that it is none apply will tell
		return api.ErrLearnerNotReady
	case m.startedOf(voters, raft.None)+1 < (len(voters)+1)/2+1:
		return api.ErrNotEnoughStarted
	}
	return ""
}

// startedOf counts the members of a list, but for one, that have published their names.
func (m *Member) startedOf(ids []raft.ID, but raft.ID) int {
	n := 0
	for _, id := range ids {
		if id != but && m.cluster.of(id).name != "" {
			n++
		}
	}
	return n
}

// connected counts the voters that this one has been connected to for long enough, itself included.
func (m *Member) connected(now sim.Time, voters []raft.ID, links *Links) int {
	n := 0
	for _, id := range voters {
		if since := links[id.Machine()]; id == m.id() || (since >= 0 && now-since >= healthInterval) {
			n++
		}
	}
	return n
}

// validURLs looks at each of a member's addresses.
func validURLs(urls string) bool {
	for url := range strings.SplitSeq(urls, ",") {
		if !validURL(url) {
			return false
		}
	}
	return true
}

// validURL reports whether an address is one that etcd takes: a scheme, a host and a port, and nothing behind
// (pkg/types/urls.go, NewURLs).
func validURL(url string) bool {
	rest, ok := strings.CutPrefix(url, "http://")
	if !ok {
		rest, ok = strings.CutPrefix(url, "https://")
	}
	host, port, colon := strings.Cut(rest, ":")
	return ok && colon && host != "" && port != "" && strings.Trim(port, "0123456789") == ""
}

// peerURLOf returns the addresses that a member is added or founded with, in etcd's order (pkg/types/urls.go, NewURLs),
// or the one at which its machine listens.
func peerURLOf(id raft.ID, urls string) string {
	if urls == "" {
		return PeerURL(sim.Member(id.Machine()))
	}
	list := strings.Split(urls, ",")
	sort.Strings(list)
	return strings.Join(list, ",")
}

// changeKind is what a change of the group was asked as; Raft's own types do not tell an added voter from a promoted
// learner.
type changeKind byte

const (
	changeAdd changeKind = iota + 1
	changeRemove
	changePromote
	changeUpdate
)

func isPromote(c api.Call) bool {
	_, ok := c.(api.MemberPromote)
	return ok
}

// confChange lays a request out as a change of the group. Its tag says who waits for the answer, its context what was
// asked, for the second check: the kind, and of a member that is added or updated its id and address.
func (m *Member) confChange(now sim.Time, req *Request) raft.ConfChange {
	kind, change, who := changeAdd, raft.Change{Type: raft.AddNode}, identity{}
	switch c := req.Call.(type) {
	case api.MemberAdd:
		change.ID = m.cluster.next(raft.ID(c.Member).Machine())
		who = joiner(now, change.ID, peerURLOf(change.ID, c.PeerURL))
		if c.Learner {
			change.Type = raft.AddLearner
		}
	case api.MemberUpdate:
		kind, change = changeUpdate, raft.Change{Type: raft.UpdateNode, ID: raft.ID(c.Member)}
		who.peerURL = cmp.Or(c.PeerURL, peerURLOf(change.ID, "")) // as they were written (v3rpc/member.go, MemberUpdate)
	case api.MemberRemove:
		kind, change = changeRemove, raft.Change{Type: raft.RemoveNode, ID: raft.ID(c.Member)}
	case api.MemberPromote:
		kind, change.ID = changePromote, raft.ID(c.Member)
	}
	return raft.ConfChange{V1: true, Changes: []raft.Change{change}, Tag: req.ID, Context: confContext(kind, who)}
}

func confContext(kind changeKind, who identity) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{byte(kind)}, who.id), who.peerURL...)
}

// readContext reads what confContext wrote. The first entries, which found the group, carry nothing unless token or
// addresses are not etcd's and the simulator's own.
func readContext(cc *raft.ConfChange) (kind changeKind, who identity) {
	if len(cc.Context) < 9 {
		return 0, founder(cc.Changes[0].ID)
	}
	return changeKind(cc.Context[0]), identity{
		number: cc.Changes[0].ID, id: binary.BigEndian.Uint64(cc.Context[1:]), peerURL: string(cc.Context[9:]),
	}
}

// applyConf puts a change of the group into force, or refuses it, the same way at every member.
func (m *Member) applyConf(now sim.Time, e *raft.Entry, known bool, out *Output) {
	cc, err := raft.DecodeConfChange(e)
	if err != nil || len(cc.Changes) != 1 {
		panic("etcd: an entry that changes the group holds no change")
	}
	change, text := cc.Changes[0], cc.String()
	kind, who := readContext(&cc)
	refusal := m.refuseChange(kind, change, who.peerURL)
	if refusal != "" {
		cc.Changes, text = []raft.Change{{Type: raft.AddNode, ID: raft.None}}, refusal
	} else {
		m.note(kind, change, who)
	}
	m.node.ApplyConfChange(cc)
	event := Event{Kind: Configured, Rule: rule.MembershipOneAtATime, Index: e.Index, Text: text}
	if known {
		event.Kind = Reconfigured
	}
	out.event(event)
	m.raftEvents(out)
	if kind != 0 {
		body := api.MembersReply{Members: m.Roster()}
		if kind == changeAdd {
			body.Changed = m.identityOf(change.ID, change.Type == raft.AddLearner)
		}
		resp := Response{ID: cc.Tag, Reply: m.reply(body), Err: refusal, Executed: refusal == ""}
		resp.Header.Revision = 0 // answers about members have none (api/v3rpc/member.go)
		if m.underWay(e.Index) {
			m.advanced = append(m.advanced, resp)
		} else {
			m.answer(resp, out)
		}
	}
	if refusal == "" && change.Type == raft.RemoveNode && change.ID == m.id() {
		out.Wakes = append(out.Wakes, Wake{now + stopDelay, WakeStop, m.life})
	}
}

// note keeps what the group knows of the member that a change is about.
func (m *Member) note(kind changeKind, c raft.Change, who identity) {
	switch known := m.cluster.newest(c.ID); {
	case kind == changeRemove:
		m.cluster.remove(c.ID)
	case kind == changeUpdate:
		m.cluster.edit(c.ID).peerURL = who.peerURL
	case kind == changePromote:
	case known.number != c.ID:
		if known.number != raft.None {
			*m.tally.peer(c.ID) = peer{} // of another member
		}
		*m.cluster.edit(c.ID) = who
	default: // a founder, when the first entries are applied
		own := m.cluster.edit(c.ID)
		own.id, own.peerURL = who.id, who.peerURL
	}
}

// refuseChange is the second check (membership/cluster.go, ValidateConfigurationChange).
func (m *Member) refuseChange(kind changeKind, c raft.Change, url string) string {
	conf := m.node.Conf()
	voter, learner := contains(conf.Voters, c.ID), contains(conf.Learners, c.ID)
	switch {
	case kind == 0:
		return ""
	case m.cluster.gone(c.ID):
		return api.ErrMemberNotFound
	case kind != changeAdd && !voter && !learner:
		return api.ErrMemberNotFound
	case kind == changePromote && voter:
		return api.ErrNotLearner
	case kind == changeUpdate && m.usesURL(c.ID, url), kind == changeAdd && m.usesURL(raft.None, url):
		return api.ErrPeerURLExists
	case kind == changeAdd && (voter || learner):
		return api.ErrMemberExists
	case kind == changeAdd && c.Type == raft.AddLearner && len(conf.Learners) >= learnersMost:
		return api.ErrTooManyLearners
	}
	return ""
}

// usesURL reports whether another member of the group has one of some addresses.
func (m *Member) usesURL(but raft.ID, urls string) bool {
	conf := m.node.Conf()
	for _, id := range append(append([]raft.ID(nil), conf.Voters...), conf.Learners...) {
		for url := range strings.SplitSeq(m.cluster.of(id).peerURL, ",") {
			if id != but && strings.Contains(","+urls+",", ","+url+",") {
				return true
			}
		}
	}
	return false
}

// endTransfer answers a move-leader request when the leader has changed, or when it has taken too long. It looks once a
// heartbeat interval (etcdserver/server.go, MoveLeader).
func (m *Member) endTransfer(now sim.Time, h handler, out *Output) {
	switch {
	case m.lead == raft.ID(h.req.Call.(api.MoveLeader).Target):
		m.respond(h.req, &Response{ID: h.req.ID, Executed: true}, out)
	case now >= h.until:
		m.respond(h.req, &Response{ID: h.req.ID, Reply: m.reply(nil), Err: api.ErrTransferTimeout, Executed: true}, out)
	default:
		m.wait(h, forTransfer, now+m.cfg.Tick)
	}
}

func (m *Member) id() raft.ID { return m.self }

// ID returns whose log the member's disk holds; raft.None if it is empty.
func (m *Member) ID() raft.ID { return m.self }

// Removed reports whether the member knows that it has been removed for good.
func (m *Member) Removed() bool { return m.cluster.gone(m.self) || m.backend.cluster.gone(m.self) }

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

func contains(ids []raft.ID, id raft.ID) bool { return index(ids, id) >= 0 }

// index returns where an ID stands in a list; -1 if it does not.
func index(ids []raft.ID, id raft.ID) int {
	for i, x := range ids {
		if x == id {
			return i
		}
	}
	return -1
}
