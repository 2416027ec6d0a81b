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

// Serving reports whether the process listens to clients.
func (m *Member) Serving() bool { return m.node != nil && m.publish.req == nil }

// proposePublish proposes the member's name; while there is no leader the proposal waits for one.
func (m *Member) proposePublish(now sim.Time, out *Output) {
	p := &m.publish
	if p.req != nil {
		m.tally.failedProposals++
		m.unpark(p.req)
	}
	p.asked++
	p.req = &Request{ID: m.ownID(p.asked), Call: api.Publish{
		Member: api.Member(m.id()), Name: m.host.String(), ClientURL: clientURL(m.host),
	}}
	p.retryAt = now + m.cfg.RequestTimeout()
	m.propose(now, p.req, out)
}

// ownID numbers a member's own proposals, apart from all clients' and from those of its earlier lives.
func (m *Member) ownID(n uint32) uint64 {
	return ownBit | uint64(m.host)<<56 | uint64(m.life&0xffffff)<<32 | uint64(n)
}

// OwnID reports whether a request's id is one of a member's own proposals.
func OwnID(id uint64) bool { return id&ownBit != 0 }

const ownBit = 1 << 63

// retryPublish proposes it again when nothing came of it.
func (m *Member) retryPublish(now sim.Time, out *Output) {
	if p := &m.publish; p.req != nil && now >= p.retryAt {
		m.proposePublish(now, out)
	}
}

// applyPublish notes a member's name, and opens the member's own doors if it is its own.
func (m *Member) applyPublish(now sim.Time, id uint64, c api.Publish, out *Output) {
	known := *m.cluster.newest(raft.ID(c.Member))
	if known.number != raft.ID(c.Member) {
		return // it was removed
	}
	known.name, known.clientURL = c.Name, c.ClientURL
	*m.cluster.edit(known.number) = known
	p := &m.publish
	if p.req == nil || p.req.ID != id {
		return
	}
	held := p.backlog
	p.req, p.backlog = nil, nil
	out.event(Event{Kind: Ready, Rule: rule.ServesAfterPublish, Count: len(held)})
	for _, in := range held {
		switch in.kind {
		case inSignal:
			m.Signal(in.signal, out)
		case inStream:
			m.stream(now, in.up, out)
		default:
			m.serve(now, in.req, &in.links, out)
		}
	}
}

// proposeVersion lets a new leader set the cluster's version, once in the group's life (etcdserver/version/monitor.go).
func (m *Member) proposeVersion(term raft.Term) {
	if m.cluster.version == "" && m.leads() && m.node.Term() == term {
		// If Raft does not take it, the next leader will propose it.
		_ = m.node.Propose(api.Encode(m.ownID(0), api.ClusterVersion{Version: clusterVersion}))
	}
}
