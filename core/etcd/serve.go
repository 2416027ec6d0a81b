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
func (p *process) serve(t *turn, req *Request, links *Links) {
	p.server.calls.countStart(api.MethodOf(req.Call))
	if p.loop.isLearner(t.self.id) && !api.ServedByLearner(req.Call) {
		p.server.reject(t, req, api.ErrForLearner)
		return
	}
	p.handle(t, req, links)
}

// servePeer serves what another member has passed on: it comes over the members' own connection, which is open from the
// start and knows no learners (etcdhttp/peer.go).
func (p *process) servePeer(t *turn, req *Request, links *Links) {
	if isPromote(req.Call) {
		p.server.serveMember(t, req, links)
	} else {
		p.server.serveLease(t, req)
	}
	p.round(t)
}

// handle carries a request out, or lets it wait for the end of a defragmentation.
func (p *process) handle(t *turn, req *Request, links *Links) {
	if p.applier.defrag.blocks(req) {
		p.applier.defrag.waiting = append(p.applier.defrag.waiting, input{kind: inRequest, req: req, links: *links})
		return
	}
	switch c := req.Call.(type) {
	case api.Range, api.MemberList:
		p.server.serveRead(t, req)
	case api.Txn:
		if c.ReadOnly() {
			p.server.serveRead(t, req)
		} else {
			p.server.serveWrite(t, req)
		}
	case api.Status, api.HashKV, api.Snapshot, api.LeaseLeases:
		p.server.serveLocal(t, req)
	case api.Defragment:
		p.serveDefrag(t, req)
	case api.LeaseKeepAlive, api.LeaseTimeToLive:
		p.server.serveLease(t, req)
	case api.MemberAdd, api.MemberRemove, api.MemberPromote, api.MemberUpdate, api.MoveLeader:
		p.server.serveMember(t, req, links)
	default:
		p.server.serveWrite(t, req)
	}
	p.round(t)
}

// reject answers a request with an error; it is not carried out.
func (s *server) reject(t *turn, req *Request, err string) {
	s.respond(t, req, &Response{ID: req.ID, Reply: t.applier.reply(t, nil), Err: err})
}

// tell answers a request that nobody waits for in waits.
func (s *server) reply(t *turn, req *Request, body api.Body) {
	s.respond(t, req, &Response{ID: req.ID, Reply: t.applier.reply(t, body), Executed: true})
}

// reply puts a header before what a call is answered with (api/v3rpc/header.go).
func (a *applier) reply(t *turn, body api.Body) api.Reply {
	return api.Reply{Header: api.Header{
		ClusterID: a.cluster.id, MemberID: a.cluster.of(t.self.id).id, Revision: a.store.Revision(),
		RaftTerm: uint64(a.appliedTerm),
	}, Body: body}
}

// await lets a request wait for its answer for as long as a member works on one.
func (s *server) await(t *turn, req *Request) {
	s.waits = append(s.waits, wait{req: req, deadline: t.now + t.self.cfg.RequestTimeout()})
	s.armExpiry(t)
}

// serveWrite hands a request to Raft if nothing speaks against it. The checks come in etcd's order: quota, form,
// backlog, size (api/v3rpc/quota.go, key.go; etcdserver/v3_server.go, processInternalRaftRequestOnce).
func (s *server) serveWrite(t *turn, req *Request) {
	if !t.applier.affords(t, req.Call) {
		s.raise(t, api.AlarmNoSpace, proposal{asker: req, resp: Response{ID: req.ID, Err: api.ErrNoSpace}})
		return
	}
	err := t.self.cfg.check(req.Call)
	switch {
	case err != "":
	case t.loop.taken > t.applier.applied+maxApplyGap:
		err = api.ErrTooManyRequests
	}
	if grant, ok := req.Call.(api.LeaseGrant); ok && grant.ID == 0 {
		named := *req
		named.Call = api.LeaseGrant{ID: s.pickLease(t), TTL: grant.TTL}
		req = &named
	}
	if err == "" && (t.self.cfg.tooLarge(req.Call) || t.self.cfg.overLimit(req)) {
		err = api.ErrTooLarge
	}
	if err != "" {
		s.reject(t, req, err)
		return
	}
	s.await(t, req)
	s.propose(t, req)
}

// overLimit reports whether a proposal is above the limit. Most are so small that they need not be written to know.
func (c *Config) overLimit(req *Request) bool {
	const rest = 64 // what a put has beside its key and value
	if p, ok := req.Call.(api.Put); ok && len(p.Key)+len(p.Value)+rest < c.maxRequest() {
		return false
	}
	return len(api.Encode(req.ID, req.Call)) > c.maxRequest()
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

// proposal is a proposal that a member makes of its own accord, with what to do when it has been applied.
type proposal struct {
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
func (s *server) proposeOwn(t *turn, c api.Call, e proposal) {
	s.own++
	e.id, e.deadline = t.self.ownID(s.own), t.now+t.self.cfg.RequestTimeout()
	s.proposals = append(s.proposals, e)
	s.propose(t, &Request{ID: e.id, Call: c})
}

// returned ends an proposal whose proposal has been applied, or given up.
func (s *server) returned(t *turn, id uint64, err string) {
	for i := range s.proposals {
		e := s.proposals[i]
		if e.id != id {
			continue
		}
		s.proposals = append(s.proposals[:i:i], s.proposals[i+1:]...)
		if e.asker != nil {
			e.resp.Reply = t.applier.reply(t, nil)
			s.respond(t, e.asker, &e.resp)
		}
		if e.renew != nil {
			s.refreshLease(t, handler{req: e.renew, header: e.header})
		}
		if e.revoke {
			s.calls.countExpiredLease(err)
			s.revoking.under--
			s.revokeNext(t)
		}
		if e.compact {
			s.compacted(t, err)
		}
		return
	}
}

// giveUp ends the member's own proposals that have taken too long.
func (s *server) giveUp(t *turn) {
	for i := 0; i < len(s.proposals); {
		e := &s.proposals[i]
		if e.deadline > t.now {
			i++
			continue
		}
		s.calls.failedProposals++
		s.forgetID(e.id)
		s.returned(t, e.id, api.ErrTimeout)
		i = 0
	}
}

func (s *server) forgetID(id uint64) {
	for _, p := range s.pending {
		if p.ID == id {
			s.forget(p)
			return
		}
	}
}
