package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Becoming known. After each start a member proposes its own name and address, and listens to clients only when it has
// applied that entry (etcdserver/server.go, publishV3; embed/serve.go). So a member that starts where there is no
// quorum answers nothing at all, while one that merely lost the quorum still serves what it has.

// version is what the members say they run, clusterVersion what they agree on.
const (
	version        = "3.6.16"
	clusterVersion = "3.6.0"
)

// publication is a member's proposal of its own name.
type publication struct {
	req     *Request // under way; nil: the member is known and serves
	retryAt sim.Time
	asked   uint32
	backlog []input // clients' requests that wait for it
}

func (p *publication) clone() publication {
	c := *p
	c.backlog = append([]input(nil), p.backlog...)
	return c
}

// proposePublish proposes the member's name; while there is no leader the proposal waits for one.
func (s *server) proposePublish(t *turn) {
	p := &s.publish
	if p.req != nil {
		s.requests.calls.failedProposals++
		s.requests.forget(p.req)
	}
	p.asked++
	p.req = &Request{ID: t.self.ownID(p.asked), Call: api.Publish{
		Member: api.Member(t.self.id), Name: t.self.host.String(), ClientURL: clientURL(t.self.host),
	}}
	p.retryAt = t.now + t.self.cfg.RequestTimeout()
	s.propose(t, p.req)
}

// serving reports whether the process listens to clients.
func (s *server) serving() bool { return s.publish.req == nil }

// OwnID reports whether a request's id is one of a member's own proposals.
func OwnID(id uint64) bool { return id&ownBit != 0 }

const ownBit = 1 << 63

// retryPublish proposes it again when nothing came of it.
func (s *server) retryPublish(t *turn) {
	if p := &s.publish; p.req != nil && t.now >= p.retryAt {
		s.proposePublish(t)
	}
}

// applyPublish notes a member's name, and opens the member's own doors if it is its own.
func (p *process) applyPublish(t *turn, id uint64, c api.Publish) {
	known := *p.applier.cluster.newest(raft.ID(c.Member))
	if known.number != raft.ID(c.Member) {
		return // it was removed
	}
	known.name, known.clientURL = c.Name, c.ClientURL
	*p.applier.cluster.edit(known.number) = known
	held, own := p.server.published(id)
	if !own {
		return
	}
	t.out.event(Event{Kind: Ready, Rule: rule.ServesAfterPublish, Count: len(held)})
	for i := 0; i < len(held) && !p.ended; i++ {
		p.take(t, &held[i])
	}
}

// published ends the publication if a proposal with this number was its own, and returns the requests that waited.
func (s *server) published(id uint64) (held []input, own bool) {
	if s.publish.req == nil || s.publish.req.ID != id {
		return nil, false
	}
	held = s.publish.backlog
	s.publish.req, s.publish.backlog = nil, nil
	return held, true
}
