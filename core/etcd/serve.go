package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The limits that a member is started with, and their defaults (embed/config.go, storage/quota.go,
// etcdserver/v3_server.go).
const (
	DefaultMaxRequestBytes = 3 << 19 // 1.5 MiB: --max-request-bytes
	DefaultMaxTxnOps       = 128     // --max-txn-ops
	DefaultQuota           = 2 << 30 // --quota-backend-bytes
	maxApplyGap            = 5_000   // entries handed out to be applied and not applied yet, beyond which nothing is taken
)

// serve carries out a client's request, or refuses it.
func (m *Member) serve(now sim.Time, req *Request, links *Links, out *Output) {
	m.tally.countStart(api.MethodOf(req.Call))
	if m.isLearner() && !api.ServedByLearner(req.Call) {
		m.reject(req, api.ErrForLearner, out)
		return
	}
	m.handle(now, req, links, out)
}

// servePeer serves what another member has passed on: it comes over the members' own connection, which is open from the
// start and knows no learners (etcdhttp/peer.go).
func (m *Member) servePeer(now sim.Time, req *Request, links *Links, out *Output) {
	if isPromote(req.Call) {
		m.serveMember(now, req, links, out)
	} else {
		m.serveLease(now, req, out)
	}
	m.round(now, out)
}

// handle carries a request out, or lets it wait for the end of a defragmentation.
func (m *Member) handle(now sim.Time, req *Request, links *Links, out *Output) {
	if m.defrag.blocks(req) {
		m.defrag.waiting = append(m.defrag.waiting, input{kind: inRequest, req: req, links: *links})
		return
	}
	switch c := req.Call.(type) {
	case api.Range, api.MemberList:
		m.serveRead(now, req, out)
	case api.Txn:
		if c.ReadOnly() {
			m.serveRead(now, req, out)
		} else {
			m.serveWrite(now, req, out)
		}
	case api.Status, api.HashKV, api.Snapshot, api.LeaseLeases:
		m.serveLocal(req, out)
	case api.Defragment:
		m.serveDefrag(now, req, out)
	case api.LeaseKeepAlive, api.LeaseTimeToLive:
		m.serveLease(now, req, out)
	case api.MemberAdd, api.MemberRemove, api.MemberPromote, api.MemberUpdate, api.MoveLeader:
		m.serveMember(now, req, links, out)
	default:
		m.serveWrite(now, req, out)
	}
	m.round(now, out)
}

// reject answers a request with an error; it is not carried out.
func (m *Member) reject(req *Request, err string, out *Output) {
	m.respond(req, &Response{ID: req.ID, Reply: m.reply(nil), Err: err}, out)
}

// tell answers a request that nobody waits for in waits.
func (m *Member) tell(req *Request, body api.Body, out *Output) {
	m.respond(req, &Response{ID: req.ID, Reply: m.reply(body), Executed: true}, out)
}

// reply puts a header before what a call is answered with (api/v3rpc/header.go).
func (m *Member) reply(body api.Body) api.Reply {
	return api.Reply{Header: api.Header{
		ClusterID: m.cluster.id, MemberID: m.cluster.of(m.id()).id, Revision: m.store.Revision(),
		RaftTerm: uint64(m.appliedTerm),
	}, Body: body}
}

// await lets a request wait for its answer for as long as a member works on one.
func (m *Member) await(now sim.Time, req *Request, out *Output) {
	m.waits = append(m.waits, wait{req: req, deadline: now + m.cfg.RequestTimeout()})
	m.armExpiry(out)
}

// serveWrite hands a request to Raft if nothing speaks against it. The checks come in etcd's order: quota, form,
// backlog, size (api/v3rpc/quota.go, key.go; etcdserver/v3_server.go, processInternalRaftRequestOnce).
func (m *Member) serveWrite(now sim.Time, req *Request, out *Output) {
	if !m.affords(req.Call) {
		m.raise(now, api.AlarmNoSpace, errand{asker: req, resp: Response{ID: req.ID, Err: api.ErrNoSpace}}, out)
		return
	}
	err := m.check(req.Call)
	switch {
	case err != "":
	case m.taken > m.applied+maxApplyGap:
		err = api.ErrTooManyRequests
	}
	if grant, ok := req.Call.(api.LeaseGrant); ok && grant.ID == 0 {
		named := *req
		named.Call = api.LeaseGrant{ID: m.pickLease(now), TTL: grant.TTL}
		req = &named
	}
	if err == "" && (m.cfg.tooLarge(req.Call) || m.overLimit(req)) {
		err = api.ErrTooLarge
	}
	if err != "" {
		m.reject(req, err, out)
		return
	}
	m.await(now, req, out)
	m.propose(now, req, out)
}

// overLimit reports whether a proposal is above the limit. Most are so small that they need not be written to know.
func (m *Member) overLimit(req *Request) bool {
	const rest = 64 // what a put has beside its key and value
	if p, ok := req.Call.(api.Put); ok && len(p.Key)+len(p.Value)+rest < m.cfg.maxRequest() {
		return false
	}
	return len(api.Encode(req.ID, req.Call)) > m.cfg.maxRequest()
}

func (c *Config) maxRequest() int {
	if c.MaxRequestBytes == 0 {
		return DefaultMaxRequestBytes
	}
	return c.MaxRequestBytes
}

// tooLarge reports whether a key or a value is larger than this cluster's limits. etcd has none but that on the
// request.
func (c *Config) tooLarge(call api.Call) bool {
	switch call := call.(type) {
	case api.Put:
		return (c.MaxKeyBytes > 0 && len(call.Key) > c.MaxKeyBytes) ||
			(c.MaxValueBytes > 0 && len(call.Value) > c.MaxValueBytes)
	case api.Txn:
		for _, ops := range [...][]api.Call{call.Success, call.Failure} {
			for _, op := range ops {
				if c.tooLarge(op) {
					return true
				}
			}
		}
	}
	return false
}

func (c *Config) maxTxnOps() int {
	if c.MaxTxnOps == 0 {
		return DefaultMaxTxnOps
	}
	return c.MaxTxnOps
}

// errand is a proposal that a member makes of its own accord, with what to do when it has been applied.
type errand struct {
	id       uint64
	deadline sim.Time
	asker    *Request // who is answered with resp then; nil: nobody
	resp     Response
	renew    *Request // a keep-alive that goes on then
	header   api.Header
	revoke   bool // it is one of the revocations under way
	compact  bool // it is the compactor's
}

// run proposes a call of the member's own.
func (m *Member) run(now sim.Time, c api.Call, e errand, out *Output) {
	m.own++
	e.id, e.deadline = m.ownID(m.own), now+m.cfg.RequestTimeout()
	m.errands = append(m.errands, e)
	m.propose(now, &Request{ID: e.id, Call: c}, out)
}

// returned ends an errand whose proposal has been applied, or given up.
func (m *Member) returned(now sim.Time, id uint64, err string, out *Output) {
	for i := range m.errands {
		e := m.errands[i]
		if e.id != id {
			continue
		}
		m.errands = append(m.errands[:i:i], m.errands[i+1:]...)
		if e.asker != nil {
			e.resp.Reply = m.reply(nil)
			m.respond(e.asker, &e.resp, out)
		}
		if e.renew != nil {
			m.refreshLease(now, handler{req: e.renew, header: e.header}, out)
		}
		if e.revoke {
			m.tally.countExpiredLease(err)
			m.revoking.under--
			m.revokeNext(now, out)
		}
		if e.compact {
			m.compacted(now, err)
		}
		return
	}
}

// giveUp ends errands that have taken too long.
func (m *Member) giveUp(now sim.Time, out *Output) {
	for i := 0; i < len(m.errands); {
		e := &m.errands[i]
		if e.deadline > now {
			i++
			continue
		}
		m.tally.failedProposals++
		m.unparkID(e.id)
		m.returned(now, e.id, api.ErrTimeout, out)
		i = 0
	}
}

func (m *Member) unparkID(id uint64) {
	for _, p := range m.parked {
		if p.ID == id {
			m.unpark(p)
			return
		}
	}
}

func (m *Member) isLearner() bool { return contains(m.Conf().Learners, m.id()) }
