package world

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// What goes between clients and members runs over TCP: what a cut swallows is sent again, as long as the client
// believes in the connection.

// TCP sends again after 200 ms, then after twice as long each time (RFC 6298); four seconds are enough here, because
// the client gives up sooner.
const (
	resendFirst = 200 * sim.Millisecond
	resendMost  = 4 * sim.Second
)

// resend puts a packet on the network again after a while.
func (w *World) resend(p *Packet) {
	again := *p
	again.Resent = min(max(2*p.Resent, resendFirst), resendMost)
	w.queue.Push(w.now+again.Resent, event{kind: evResend, packet: &again})
}

// resent sends it, if somebody still wants it.
func (w *World) resent(p *Packet) {
	if p.From.IsClient() && p.Conn != 0 && !w.client(p.From).Holds(p.Conn) {
		return
	}
	if p.Response() != nil && p.To.IsClient() && w.client(p.To).Over(p.Response().ID) == 0 {
		return
	}
	w.cause = p.Record
	w.send(*p)
}

// deliverUp hands a member what a client says on a stream.
func (w *World) deliverUp(p *Packet) {
	if !w.arrives(p) {
		return
	}
	w.record(Record{Kind: Received, Where: p.To, Packet: p})
	w.memberOut.Reset()
	w.member(p.To).Stream(w.now, p.ClientMessage(), &w.memberOut)
	w.carryOut(p.To)
}

// deliverDown hands a client what a member says on a stream.
func (w *World) deliverDown(p *Packet) {
	w.record(Record{Kind: Received, Where: p.To, Packet: p})
	w.clientOut.Reset()
	w.judges.Created(w.client(p.To), p.ServerMessage())
	w.client(p.To).OnMessage(w.now, p.ServerMessage(), &w.clientOut)
	w.carryOutClient(p.To)
}

// carryTaken lets members know that there is room again on their streams. The news comes back with TCP's
// acknowledgements, which are not drawn.
func (w *World) carryTaken(h sim.Host) {
	for _, t := range w.clientOut.Taken {
		w.queue.Push(w.now+w.net.Latency(w.now, h, t.To), event{kind: evTaken, host: t.To, stream: t.Stream})
	}
}

func (w *World) taken(e *event) {
	w.memberOut.Reset()
	w.member(e.host).Taken(w.now, e.stream, &w.memberOut)
	w.carryOut(e.host)
}

// commandWatch lets a client begin a watch.
func (w *World) commandWatch(c script.Watch) error {
	from, to, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	if c.Fragment && c.Watchers > 1 {
		return refuse("many watchers on one stream do not put pieces together: leave out --fragment or --watchers")
	}
	w.given(c)
	r := watch.Request{
		Key: c.Key, End: c.End, Start: c.Rev, PrevKV: c.PrevKV, ProgressNotify: c.ProgressNotify,
		NoPut: c.NoPut, NoDelete: c.NoDelete, Fragment: c.Fragment,
	}
	w.carry(from, client.Ask{Purpose: w.typing(from, c, c.Flags), Watch: &r, Watchers: c.Watchers, Endpoints: to})
	return nil
}

// commandUnwatch ends watches.
func (w *World) commandUnwatch(c script.Unwatch) error {
	from, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	if !w.watches(from, c.ID) {
		return refuse("%v has no such watch", from)
	}
	w.given(c)
	w.clientOut.Reset()
	w.client(from).Unwatch(w.now, c.ID, &w.clientOut)
	w.carryOutClient(from)
	return nil
}

// commandProgress asks how far watches are.
func (w *World) commandProgress(c script.Progress) error {
	from, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	if !w.watches(from, c.ID) {
		return refuse("%v has no such watch", from)
	}
	w.given(c)
	w.clientOut.Reset()
	w.client(from).Progress(w.now, c.ID, &w.clientOut)
	w.carryOutClient(from)
	return nil
}

// watches reports whether a client has a watch that has not ended; 0: any.
func (w *World) watches(h sim.Host, id int64) bool {
	for _, x := range w.client(h).Watches() {
		if !x.Ended && (id == 0 || id == x.ID) {
			return true
		}
	}
	return false
}

// ruleOf is the rule that a packet of a stream is sent again by.
func ruleOf(p *Packet) rule.ID {
	if p.ClientMessage() != nil || p.ServerMessage() != nil {
		return rule.WatchReliable
	}
	return rule.LinkCut
}
