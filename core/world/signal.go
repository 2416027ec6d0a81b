package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Clients' connections on the network. What goes over them below the calls is not drawn and has no numbers, but it
// takes the same ways. A process that is down refuses connections and breaks those that it had. A process that is
// paused, or does not serve yet, lets its operating system take them, and says nothing. A cut lets nothing through:
// TCP tries again for as long as the client wants the connection.
//
// A client stands beside the member with its own number: of the connections that it makes at once, that one is ready
// first, as that to the member on the same machine is in life. So a command of etcdctl at c1 is carried out by n1,
// unless n1 does not answer.

// synFirst is after what time TCP sends its first segment again; then after twice as long each time, up to synMost
// (RFC 6298).
const (
	synFirst = sim.Second
	synMost  = 2 * sim.Minute
)

// signal is one on its way.
type signal struct {
	from, to sim.Host
	etcd.Signal
	waited sim.Time // before TCP sent it again; 0: it is the first time
}

// carrySignals sends what a client has to say below the calls.
func (w *World) carrySignals(h sim.Host) {
	for _, s := range w.clientOut.Signals {
		if s.To == 0 { // nobody has that address
			w.pushSignal(w.now, signal{to: h, Signal: etcd.Signal{Kind: etcd.Rst, Client: h, Conn: s.Conn}})
			continue
		}
		w.signal(signal{from: h, to: s.To, Signal: *s.Signal})
	}
}

func (w *World) signal(s signal) {
	fate, due := w.net.Route(w.now, s.from, s.to)
	if s.Kind <= etcd.Settings && s.from.Number() == s.to.Number() {
		due = min(due, w.now+w.net.Shortest())
	}
	if fate == sim.Pass {
		w.pushSignal(due, s)
	} else {
		w.signalAgain(s)
	}
}

func (w *World) pushSignal(at sim.Time, s signal) {
	w.queue.Push(at, event{kind: evSignal, host: s.to, signal: &s, cause: w.cause})
}

// signalAgain lets TCP send it again, while somebody still wants it.
func (w *World) signalAgain(s signal) {
	if s.Kind != etcd.Closed && !w.client(s.Client).Holds(s.Conn) {
		return
	}
	first := resendFirst
	if s.Kind == etcd.Syn || s.Kind == etcd.SynAck {
		first = synFirst
	}
	if s.Kind == etcd.Ping {
		w.unacknowledged(s.from, s.Conn)
	}
	s.waited = min(max(2*s.waited, first), synMost)
	w.queue.Push(w.now+s.waited, event{kind: evSignal, signal: &s, cause: w.cause, ok: true})
}

// signalDue is a signal that has arrived, or that TCP sends again.
func (w *World) signalDue(e *event) {
	s := *e.signal
	w.cause = e.cause
	switch {
	case e.ok:
		w.signal(s)
	case s.from != 0 && w.net.Cut(s.from, s.to):
		w.signalAgain(s)
	case s.to.IsClient():
		w.signalClient(s)
	default:
		w.signalMember(s)
	}
}

func (w *World) signalClient(s signal) {
	w.clientOut.Reset()
	w.client(s.to).OnSignal(w.now, s.from, &s.Signal, &w.clientOut)
	w.carryOutClient(s.to)
}

func (w *World) signalMember(s signal) {
	m := w.member(s.to)
	back := signal{from: s.to, to: s.from}
	back.Signal = etcd.Signal{Client: s.Client, Conn: s.Conn, Incarnation: m.Incarnation()}
	switch {
	case s.Kind == etcd.Syn && m.Up():
		back.Kind = etcd.SynAck
	case s.Kind == etcd.Syn:
		back.Kind = etcd.Rst
	case !m.Up() || m.Incarnation() != s.Incarnation:
		w.reset(s.to, s.from, s.Incarnation)
		return
	default:
		w.memberOut.Reset()
		m.Signal(w.now, &s.Signal, &w.memberOut)
		w.carryOut(s.to)
		return
	}
	w.signal(back)
}

// reset lets a client know that what it thinks is a connection leads nowhere.
func (w *World) reset(member, to sim.Host, life uint32) {
	w.signal(signal{from: member, to: to, Signal: etcd.Signal{Kind: etcd.Closed, Client: to, Incarnation: life}})
}

// disconnect ends the connections of a process that has ended. Its life is the one that the member still counts.
func (w *World) disconnect(h sim.Host) {
	for i := range w.clients {
		w.reset(h, sim.Client(i+1), w.member(h).Incarnation())
	}
}

// arrives reports whether what a client sent over a connection reaches the process that the connection leads to. If
// that has ended, the client is told so.
func (w *World) arrives(p *Packet) bool {
	m := w.member(p.To)
	if m.Up() && m.Incarnation() == p.Incarnation {
		return true
	}
	text := "the connection leads to a process of " + p.To.String() + " that has ended"
	w.record(Record{Kind: Lost, Where: p.To, Packet: p, Text: text})
	w.reset(p.To, p.From, p.Incarnation)
	return false
}

// unacknowledged gives a connection up some seconds after data on it was lost, if its ways are still cut then
// (TCP_USER_TIMEOUT).
func (w *World) unacknowledged(h sim.Host, conn uint64) {
	if patience, ok := w.client(h).Patience(conn); ok {
		w.queue.Push(w.now+patience, event{kind: evUnacked, host: h, conn: conn, cause: w.cause})
	}
}

func (w *World) unacked(e *event) {
	to := w.client(e.host).Leads(e.conn)
	if to == 0 || !(e.ok || w.net.Cut(e.host, to) || w.net.Cut(to, e.host)) {
		return
	}
	w.cause = e.cause
	w.clientOut.Reset()
	w.client(e.host).OnBroken(w.now, e.conn, api.ErrTimedOut, &w.clientOut)
	w.carryOutClient(e.host)
}

// dropped says what becomes of a message that a person has dropped. A call, or its answer, does not come again, and
// its connection does not outlive that; all else is as if a cut had swallowed it.
func (w *World) dropped(p *Packet) {
	h, conn := p.From, p.Conn
	switch {
	case p.Response() != nil && p.To.IsClient():
		h, conn = p.To, w.client(p.To).Over(p.Response().ID)
	case p.Request() == nil || !p.From.IsClient():
		w.reportCut(p)
		return
	}
	if patience, ok := w.client(h).Patience(conn); ok {
		w.queue.Push(w.now+patience, event{kind: evUnacked, host: h, conn: conn, cause: w.cause, ok: true})
	}
}
