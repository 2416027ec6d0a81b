package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
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
	p.server.requests.calls.countStart(api.MethodOf(req.Call))
	if p.loop.isLearner(t.self.id) && !api.ServedByLearner(req.Call) {
		p.server.requests.reject(t, req, api.ErrForLearner)
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
		in := input{kind: inRequest, req: req, links: links}
		p.applier.defrag.waiting = append(p.applier.defrag.waiting, in.kept())
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
		s.requests.reject(t, req, err)
		return
	}
	s.requests.await(t, req)
	s.propose(t, req)
}
