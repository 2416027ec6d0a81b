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
func (s *server) serveMember(t *turn, req *Request, links *Links) {
	if isPromote(req.Call) {
		s.waitApplied(t, handler{req: req})
		return
	}
	if err := checkMember(t, req, links); err != "" {
		s.requests.reject(t, req, err)
		return
	}
	if c, ok := req.Call.(api.MoveLeader); ok {
		t.loop.node.TransferLeader(raft.ID(c.Target))
		s.endTransfer(t, handler{req: req, until: t.now + t.self.cfg.RequestTimeout()})
		return
	}
	s.requests.await(t, req)
	s.propose(t, req)
}

// promote lets a learner vote if it is far enough. Only the leader knows that (etcdserver/server.go, promoteMember,
// isLearnerReady).
func (s *server) promote(t *turn, h handler) {
	if !t.loop.holdsOffice() {
		s.again(t, h, api.ErrNotLeader)
		return
	}
	if err := checkPromote(t, raft.ID(h.req.Call.(api.MemberPromote).Member)); err != "" {
		s.requests.reject(t, h.req, err)
		return
	}
	s.requests.await(t, h.req)
	s.propose(t, h.req)
}

// checkMember is the first check. It returns etcd's error text, or nothing.
func checkMember(t *turn, req *Request, links *Links) string {
	conf := t.loop.node.Conf()
	voters := len(conf.Voters)
	connected := connected(t, conf.Voters, links)
	switch c := req.Call.(type) {
	case api.MemberAdd:
		if c.PeerURL != "" && !validURLs(c.PeerURL) {
			return api.ErrMemberURLs
		}
		started := t.applier.cluster.startedOf(conf.Voters, raft.None)
		if !c.Learner && !(voters == 1 && started == 1) && started < (voters+1)/2+1 {
			return api.ErrNotEnoughStarted
		}
		if voters > 1 && connected < (voters+1)/2+1 {
			return api.ErrUnhealthy
		}
	case api.MemberRemove:
		return checkRemove(t, raft.ID(c.Member), conf, connected, links)
	case api.MoveLeader:
		if !t.loop.leads(t.self.id) {
			return api.ErrNotLeader
		}
		if !contains(conf.Voters, raft.ID(c.Target)) {
			return api.ErrBadTransferee
		}
	}
	return ""
}

func checkRemove(t *turn, id raft.ID, conf raft.ConfState, connected int, links *Links) string {
	if !contains(conf.Voters, id) {
		return "" // a learner, or nobody: apply will tell
	}
	voters := len(conf.Voters)
	if t.applier.cluster.startedOf(conf.Voters, id) < (voters-1)/2+1 {
		return api.ErrNotEnoughStarted
	}
	if id != t.self.id && links[id.Machine()] < 0 {
		return "" // it is gone already
	}
	if connected-1 < 1+(voters-1)/2 {
		return api.ErrUnhealthy
	}
	return ""
}

func checkPromote(t *turn, id raft.ID) string {
	voters := t.loop.node.Conf().Voters
	own, _ := t.loop.node.ProgressOf(t.self.id)
	p, ok := t.loop.node.ProgressOf(id)
	switch {
	case !ok:
		return api.ErrMemberNotFound
	case p.Match*10 < own.Match*9: // readyPercentThreshold; of a voter, too: that it is none apply will tell
		return api.ErrLearnerNotReady
	case t.applier.cluster.startedOf(voters, raft.None)+1 < (len(voters)+1)/2+1:
		return api.ErrNotEnoughStarted
	}
	return ""
}

// connected counts the voters that this one has been connected to for long enough, itself included.
func connected(t *turn, voters []raft.ID, links *Links) int {
	n := 0
	for _, id := range voters {
		if since := links[id.Machine()]; id == t.self.id || (since >= 0 && t.now-since >= healthInterval) {
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

// confChange lays a request out as a change of the group. Its tag says who waits for the answer, its context what was
// asked, for the second check: the kind, and of a member that is added or updated its id and address.
func (c *cluster) confChange(now sim.Time, req *Request) raft.ConfChange {
	kind, change, who := changeAdd, raft.Change{Type: raft.AddNode}, identity{}
	switch call := req.Call.(type) {
	case api.MemberAdd:
		change.ID = c.next(raft.ID(call.Member).Machine())
		who = joiner(now, change.ID, peerURLOf(change.ID, call.PeerURL))
		if call.Learner {
			change.Type = raft.AddLearner
		}
	case api.MemberUpdate:
		kind, change = changeUpdate, raft.Change{Type: raft.UpdateNode, ID: raft.ID(call.Member)}
		who.peerURL = cmp.Or(call.PeerURL, peerURLOf(change.ID, "")) // as they were written (v3rpc/member.go, MemberUpdate)
	case api.MemberRemove:
		kind, change = changeRemove, raft.Change{Type: raft.RemoveNode, ID: raft.ID(call.Member)}
	case api.MemberPromote:
		kind, change.ID = changePromote, raft.ID(call.Member)
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
func (p *process) applyConf(t *turn, e *raft.Entry, known bool) {
	cc, err := raft.DecodeConfChange(e)
	if err != nil || len(cc.Changes) != 1 {
		panic("etcd: an entry that changes the group holds no change")
	}
	change, text := cc.Changes[0], cc.String()
	kind, who := readContext(&cc)
	refusal := p.applier.cluster.refuse(p.loop.node.Conf(), kind, change, who.peerURL)
	if refusal != "" {
		cc.Changes, text = []raft.Change{{Type: raft.AddNode, ID: raft.None}}, refusal
	} else {
		p.note(kind, change, who)
	}
	p.loop.node.ApplyConfChange(cc)
	event := Event{Kind: Configured, Rule: rule.MembershipOneAtATime, Index: e.Index, Text: text}
	if known {
		event.Kind = Reconfigured
	}
	t.out.event(event)
	p.loop.raftEvents(t)
	if kind != 0 {
		body := api.MembersReply{Members: p.applier.cluster.roster(p.loop.node.Conf())}
		if kind == changeAdd {
			body.Changed = p.applier.cluster.info(change.ID, change.Type == raft.AddLearner)
		}
		resp := Response{ID: cc.Tag, Reply: p.applier.reply(t, body), Err: refusal, Executed: refusal == ""}
		resp.Header.Revision = 0 // answers about members have none (api/v3rpc/member.go)
		if p.loop.underWay(e.Index) {
			p.loop.advanced = append(p.loop.advanced, resp)
		} else {
			p.server.requests.answer(t, resp)
		}
	}
	if refusal == "" && change.Type == raft.RemoveNode && change.ID == t.self.id {
		t.wake(t.now+stopDelay, WakeStop)
	}
}

// note keeps what the group knows of the member that a change is about.
func (p *process) note(kind changeKind, c raft.Change, who identity) {
	switch known := p.applier.cluster.newest(c.ID); {
	case kind == changeRemove:
		p.applier.cluster.remove(c.ID)
	case kind == changeUpdate:
		p.applier.cluster.edit(c.ID).peerURL = who.peerURL
	case kind == changePromote:
	case known.number != c.ID:
		if known.number != raft.None {
			*p.peers.peer(c.ID) = peer{} // of another member
		}
		*p.applier.cluster.edit(c.ID) = who
	default: // a founder, when the first entries are applied
		own := p.applier.cluster.edit(c.ID)
		own.id, own.peerURL = who.id, who.peerURL
	}
}

// refuse is the second check (membership/cluster.go, ValidateConfigurationChange).
func (c *cluster) refuse(conf raft.ConfState, kind changeKind, change raft.Change, url string) string {
	voter, learner := contains(conf.Voters, change.ID), contains(conf.Learners, change.ID)
	switch {
	case kind == 0:
		return ""
	case c.gone(change.ID):
		return api.ErrMemberNotFound
	case kind != changeAdd && !voter && !learner:
		return api.ErrMemberNotFound
	case kind == changePromote && voter:
		return api.ErrNotLearner
	case kind == changeUpdate && c.usesURL(conf, change.ID, url), kind == changeAdd && c.usesURL(conf, raft.None, url):
		return api.ErrPeerURLExists
	case kind == changeAdd && (voter || learner):
		return api.ErrMemberExists
	case kind == changeAdd && change.Type == raft.AddLearner && len(conf.Learners) >= learnersMost:
		return api.ErrTooManyLearners
	}
	return ""
}

// usesURL reports whether another member of the group has one of some addresses.
func (c *cluster) usesURL(conf raft.ConfState, but raft.ID, urls string) bool {
	for _, id := range append(append([]raft.ID(nil), conf.Voters...), conf.Learners...) {
		for url := range strings.SplitSeq(c.of(id).peerURL, ",") {
			if id != but && strings.Contains(","+urls+",", ","+url+",") {
				return true
			}
		}
	}
	return false
}

// endTransfer answers a move-leader request when the leader has changed, or when it has taken too long. It looks once a
// heartbeat interval (etcdserver/server.go, MoveLeader).
func (s *server) endTransfer(t *turn, h handler) {
	switch {
	case t.loop.lead == raft.ID(h.req.Call.(api.MoveLeader).Target):
		s.requests.respond(t, h.req, &Response{ID: h.req.ID, Executed: true})
	case t.now >= h.until:
		resp := Response{ID: h.req.ID, Reply: t.applier.reply(t, nil), Err: api.ErrTransferTimeout, Executed: true}
		s.requests.respond(t, h.req, &resp)
	default:
		s.handlers.wait(h, forTransfer, t.now+t.self.cfg.Tick)
	}
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
