package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What a member's processor does for requests. In etcd a request passes one goroutine after the other, and all requests pass the few that stand
// between gRPC and Raft; here that is one server with a queue before it. While nothing waits, a request is taken at once: what it costs is seen by
// those behind it, as it is in etcd, where a lone request meets idle processors. Messages of Raft itself do not queue: they are few, since
// entries travel in batches.

// Costs are how long a member's processor is taken up by one request.
type Costs struct {
	Write   sim.Time // a change that a client asks for: decoding, checks, encoding, proposing, answering
	Read    sim.Time
	Forward sim.Time // a proposal that another member passes on to the leader
}

// cost returns what taking a packet costs; 0: it does not queue.
func (c *Costs) cost(p *Packet) sim.Time {
	switch {
	case p.Raft != nil && p.Raft.Type == raft.MsgProp:
		return c.Forward
	case p.Request == nil:
		return 0
	case p.Request.Changes():
		return c.Write
	}
	return c.Read
}

// enqueue puts a packet behind those that a member works on. It reports false if there are none: then the packet is taken now.
func (w *World) enqueue(p *Packet) bool {
	cost := w.preset.Costs.cost(p)
	if cost == 0 {
		return false
	}
	busy := &w.busy[p.To.Number()]
	start := max(w.now, *busy)
	*busy = start + cost
	if start == w.now {
		return false
	}
	w.queue.Push(start, event{kind: evServe, host: p.To, packet: p, wake: etcd.Wake{Life: w.member(p.To).Life()}, cause: w.cause})
	return true
}

// dequeued hands a member what waited, unless its process has ended meanwhile.
func (w *World) dequeued(e *event) {
	w.cause = e.cause
	p := e.packet
	if m := w.member(e.host); m.Up() && m.Life() == e.wake.Life {
		w.handle(p)
	} else if p.Request != nil && p.From.IsMember() {
		w.send(Packet{From: p.To, To: p.From, Response: &etcd.Response{ID: p.Request.ID, Err: api.ErrConnection, Executed: true}})
	}
}

// handle lets a member take a packet.
func (w *World) handle(p *Packet) {
	m := w.member(p.To)
	w.memberOut.Reset()
	if p.Raft != nil {
		w.origin(p.To).hear(p.Raft, w.cause)
		m.Receive(w.now, p.Raft, p.Database, &w.memberOut)
		w.report(p, true)
	} else {
		w.latency.taken(w.now, p)
		m.Serve(w.now, p.Request, &w.links[p.To.Number()], &w.memberOut)
	}
	w.carryOut(p.To)
}

// Queued returns how long a request that reached a member now would wait before it is taken.
func (w *World) Queued(h sim.Host) sim.Time { return max(w.busy[h.Number()]-w.now, 0) }
