package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What a member's processor does for requests. In etcd a request passes one goroutine after the other, and all requests
// pass the few that stand between gRPC and Raft; here that is one server with a queue before it. While nothing waits, a
// request is taken at once: what it costs is seen by those behind it, as it is in etcd, where a lone request meets idle
// processors. Messages of Raft itself do not queue: they are few, since entries travel in batches.

// Costs are how long a member's processor is taken up by one request.
type Costs struct {
	Write   sim.Time // a change that a client asks for: decoding, checks, encoding, proposing, answering
	Read    sim.Time
	Forward sim.Time // a proposal that another member passes on to the leader

	// What it takes to send, in nanoseconds: so a leader's work grows with the number of its followers, and with that of
	// its watchers. Fitted to the processor time of real leaders with one to six followers on loopback (test/oracle/cost),
	// a third of it, as Write is: eight processors share the work.
	Flush   int // to hand what there is at a time to one connection: encoding, a system call, and the answer to it
	Message int // for each message of it
	Byte    int // for each 1,000 bytes of it
}

// NetworkRate is what a machine's network takes, in bytes a microsecond: 10 Gbit/s, as etcd's hardware page advises for
// large clusters. All that a machine sends goes through it, one after the other; only a snapshot shares it with the
// rest, at the 100 MB/s at which it is read from disk (hardware.md).
const (
	NetworkRate   = 1250
	snapshotRate  = 100
	snapshotStart = 20 * sim.Millisecond
)

// sending is what handing out a member's messages takes.
type sending struct {
	to    sim.Set // connections
	nanos int
}

func (s *sending) add(c *Costs, p *Packet) {
	if bit := p.To.Bit(); s.to&bit == 0 {
		s.to |= bit
		s.nanos += c.Flush
	}
	s.nanos += c.Message + p.bytes()*c.Byte/1000
}

// charge lets a member's processor work on what it has just sent. Who comes next waits for that.
func (w *World) charge(h sim.Host, s *sending) {
	if s.nanos == 0 {
		return
	}
	n := h.Number()
	nanos := s.nanos + int(w.sentNanos[n])
	w.sentNanos[n] = int16(nanos % 1000)
	w.busy[n] = max(w.busy[n], w.now) + sim.Time(nanos/1000)
}

// bytes returns about how many bytes a packet takes on the network: entries, keys, values, and the rest of a message as
// one figure.
func (p *Packet) bytes() int { return sim.Frame + p.Payload.Bytes() }

// transmit returns when the network of a packet's sender has taken it: behind all that went before.
func (w *World) transmit(p *Packet) sim.Time {
	line := &w.line[p.From]
	*line = max(*line, int64(w.now)*1000) + int64(p.bytes())*1000/NetworkRate
	return sim.Time(*line / 1000)
}

// copying is how long a snapshot takes beside its way: the database file is opened, and read from disk.
func (p *Packet) copying() sim.Time { return snapshotStart + sim.Time(p.bytes()/snapshotRate) }

// cost returns what taking a packet costs; 0: it does not queue.
func (c *Costs) cost(p *Packet) sim.Time {
	switch {
	case p.Raft() != nil && p.Raft().Type == raft.MsgProp:
		return c.Forward
	case p.Request() == nil:
		return 0
	case p.Request().Changes():
		return c.Write
	}
	return c.Read
}

// enqueue puts a packet behind those that a member works on. It reports false if there are none: then the packet is
// taken now.
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
	process := etcd.Wake{Incarnation: w.member(p.To).Incarnation()}
	w.queue.Push(start, event{kind: evServe, host: p.To, packet: p, wake: process,
		cause: w.cause})
	return true
}

// dequeued hands a member what waited, unless its process has ended meanwhile.
func (w *World) dequeued(e *event) {
	w.cause = e.cause
	p := e.packet
	if m := w.member(e.host); m.Up() && m.Incarnation() == e.wake.Incarnation {
		w.handle(p)
	} else if p.Request() != nil && p.From.IsMember() {
		w.send(Packet{From: p.To, To: p.From,
			Payload: &etcd.Response{ID: p.Request().ID, Err: api.ErrConnection, Executed: true}})
	}
}

// handle lets a member take a packet.
func (w *World) handle(p *Packet) {
	m := w.member(p.To)
	w.memberOut.Reset()
	if msg := p.Peer(); msg != nil {
		w.origin(p.To).hear(&msg.Message, w.cause)
		m.Receive(w.now, &msg.Message, msg.Database, &w.memberOut)
		w.report(p, true)
	} else {
		if p.From.IsClient() {
			w.monitor.Latency().Taken(w.now, p.Request().ID)
		}
		m.Serve(w.now, p.Request(), &w.links[p.To.Number()], &w.memberOut)
	}
	w.carryOut(p.To)
}

// Queued returns how long a request that reached a member now would wait before it is taken.
func (w *World) Queued(h sim.Host) sim.Time { return max(w.busy[h.Number()]-w.now, 0) }
