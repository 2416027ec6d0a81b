package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// happen carries out one event of the queue.
func (w *World) happen(e *event) {
	switch e.kind {
	case evTick:
		w.tick(e)
	case evDeliver:
		w.deliver(e.packet)
	case evWake:
		w.memberOut.Reset()
		w.cause = w.origin(e.host).of(e.wake.Kind)
		w.member(e.host).Wake(w.now, e.wake, &w.links[e.host.Number()], &w.memberOut)
		w.carryOut(e.host)
	case evClient:
		w.clientOut.Reset()
		w.client(e.host).Wake(w.now, &w.clientOut)
		w.carryOutClient(e.host)
	case evActor:
		w.actorDue(e)
	case evReport:
		w.reported(e)
	case evResend:
		w.resent(e.packet)
	case evTaken:
		w.taken(e)
	case evConfirmed:
		w.confirmed(e)
	case evServe:
		w.dequeued(e)
	case evSignal:
		w.signalDue(e)
	case evUnacked:
		w.unacked(e)
	case evShell:
		w.shellDue(e)
	case evGone:
		if m := w.member(e.host); m.ID() == raft.ID(e.cause) {
			w.memberOut.Reset()
			m.Dismissed(&w.memberOut)
			w.carryOut(e.host)
		}
	case evStart:
		if n := e.host.Number(); w.starts[n] == w.now {
			w.starts[n] = 0
			w.boot(e.host)
		}
	}
}

// tick counts one interval of a member's ticker and sets the next. The ticker ends with its process.
func (w *World) tick(e *event) {
	m := w.member(e.host)
	if !m.Up() || m.Incarnation() != e.wake.Incarnation {
		return
	}
	w.queue.Push(w.now+w.interval(e.host), *e)
	w.memberOut.Reset()
	m.Tick(w.now, &w.memberOut)
	w.carryOut(e.host)
}

// interval returns how long a tick of a member takes: a fast clock ticks more often.
func (w *World) interval(h sim.Host) sim.Time {
	return w.preset.Tick * 100 / sim.Time(100+w.drifts[h.Number()])
}

// deliver hands a packet to its receiver, unless the network was cut meanwhile or nobody is there.
func (w *World) deliver(p *Packet) {
	w.cause = p.Record
	if r, cut := w.net.CutBy(p.From, p.To); cut {
		w.record(Record{Kind: Lost, Rule: ruleOf(p), Packet: p, Text: r.Name})
		w.reportCut(p)
		return
	}
	switch p.Payload.(type) {
	case *etcd.ServerMessage:
		w.deliverDown(p)
		return
	case *etcd.ClientMessage:
		w.deliverUp(p)
		return
	case *etcd.Response, *etcd.Refusal:
		if p.To.IsMember() {
			w.relay(p)
		} else {
			w.deliverToClient(p)
		}
		return
	}
	if p.From.IsClient() {
		if !w.arrives(p) {
			return
		}
	} else if !w.member(p.To).Up() {
		w.deliverToNobody(p)
		return
	}
	if why := mistaken(p, w.member(p.To)); why != "" {
		w.record(Record{Kind: Lost, Where: p.To, Packet: p, Text: why})
		w.report(p, false)
		return
	}
	if m := p.Peer(); m != nil && m.History != w.member(p.To).History() {
		w.confuse("members of two clusters with the same ID talk to each other")
	}
	w.record(Record{Kind: Received, Where: p.To, Packet: p})
	if p.Request() != nil && p.From.IsClient() {
		w.monitor.Latency().Reached(w.now, p.Request().ID, p.To, p.Sent)
	}
	if !w.enqueue(p) {
		w.handle(p)
	}
}

// mistaken returns why a member does not take a message of Raft, in etcd's words: it may be meant for another one that
// was here before, or come from another cluster (rafthttp/http.go).
func mistaken(p *Packet, m *etcd.Member) string {
	switch msg := p.Peer(); {
	case msg == nil:
	case msg.Cluster != m.ClusterID():
		return "cluster ID mismatch"
	case msg.To != m.ID():
		return "cannot process message to mismatch member"
	}
	return ""
}

// relay hands a member the leader's answer to what it passed on, or the news that nobody is there.
func (w *World) relay(p *Packet) {
	if !w.member(p.To).Up() {
		w.deliverToNobody(p)
		return
	}
	w.record(Record{Kind: Received, Where: p.To, Packet: p})
	resp := p.Response()
	if p.refused() {
		resp = &etcd.Response{ID: p.Request().ID, Err: api.ErrConnection}
	}
	w.memberOut.Reset()
	w.member(p.To).Relayed(w.now, resp, &w.memberOut)
	w.carryOut(p.To)
}

// deliverToNobody is what a machine does whose process is down with what other members send.
func (w *World) deliverToNobody(p *Packet) {
	w.record(Record{Kind: Lost, Where: p.To, Packet: p, Text: p.To.String() + " is down"})
	w.report(p, false)
	if p.Request() != nil && !p.refused() {
		w.send(Packet{From: p.To, To: p.From, Payload: &etcd.Refusal{Request: p.Request()}})
	}
}

func (w *World) deliverToClient(p *Packet) {
	w.record(Record{Kind: Received, Where: p.To, Packet: p})
	w.clientOut.Reset()
	w.client(p.To).OnResponse(w.now, p.Response(), &w.clientOut)
	w.carryOutClient(p.To)
}

// carryOut does what a member's output asks for, and asks the checkers.
func (w *World) carryOut(h sim.Host) {
	out := &w.memberOut
	o := w.origin(h)
	leads := w.member(h).Leads()
	for i := range out.Events {
		e := &out.Events[i]
		w.monitor.Latency().Pass(w.now, h, e, leads)
		seq := w.record(Record{Kind: AtMember, Where: h, Rule: e.Rule, Until: e.Until, Member: *e, Cause: o.before(e)})
		o.note(e, seq)
		w.tell(h, e, seq)
	}
	last := w.cause
	var work sending
	for _, s := range out.Send {
		w.cause = o.behind(&s.Message.Message, last)
		p := Packet{From: h, To: s.To, Payload: s.Message, Incarnation: w.member(h).Incarnation()}
		if s.Message.Snapshot != nil && !w.outside(h) {
			w.judges.Sent(h, &s.Message.Message)
		}
		if s.To != 0 && s.To.Number() <= len(w.members) {
			work.add(&w.preset.Costs, &p)
			w.send(p)
		} else {
			w.sendNowhere(p)
		}
	}
	w.cause = last
	for _, s := range out.Streams {
		p := Packet{From: h, To: s.To, Payload: s.Message}
		work.add(&w.preset.Costs, &p)
		w.send(p)
	}
	for _, s := range out.Signals {
		w.signal(signal{from: h, to: s.Client, Signal: s})
	}
	w.charge(h, &work)
	for _, a := range out.Answers {
		w.cause = o.answering(a.Response.ID, last)
		w.send(Packet{From: h, To: a.To, Payload: a.Response})
	}
	for _, f := range out.Forwards {
		w.send(Packet{From: h, To: f.To, Payload: f.Request})
	}
	for _, k := range out.Wakes {
		w.queue.Push(k.At, event{kind: evWake, host: h, wake: k})
	}
	if gone := sim.Member(out.Removed.Machine()); out.Removed != raft.None && !w.net.Cut(h, gone) {
		w.queue.Push(w.now+w.net.Latency(w.now, h, gone), event{kind: evGone, host: gone, cause: uint64(out.Removed)})
	}
	w.cause = last
	w.observe(h)
}

// carryOutClient does what a client's output asks for.
func (w *World) carryOutClient(h sim.Host) {
	out := &w.clientOut
	for i := range out.Events {
		e := out.Events[i]
		w.record(Record{Kind: AtClient, Where: h, Rule: e.Rule, Client: &e})
		w.observeClient(h, &e)
		if e.Kind == client.Returned {
			w.history.Append(e.Operation)
			cut(&w.history, w.keep.answers)
			w.counts[e.Operation.Outcome]++
			w.tellReturned(&e.Operation)
			w.monitor.Latency().Returned(&e.Operation, w.keep.breakdowns)
			w.toActors(h, &e.Operation)
			w.keepBackup(&e.Operation)
		}
		w.tellTyped(h, &e)
	}
	for i := range out.Reports {
		w.tellReport(h, &out.Reports[i])
	}
	asks, cause := out.Asks, w.cause
	w.carrySignals(h)
	for _, s := range out.Send {
		w.send(Packet{From: h, To: s.To, Payload: s.Request, Conn: s.Conn, Incarnation: s.Incarnation})
	}
	for _, s := range out.Streams {
		w.send(Packet{From: h, To: s.To, Payload: s.Up, Conn: s.Conn, Incarnation: s.Incarnation})
	}
	w.carryTaken(h)
	for _, at := range out.Wakes {
		w.queue.Push(at, event{kind: evClient, host: h})
	}
	for _, a := range asks {
		w.cause = cause
		w.carry(h, a)
	}
}

// send puts a packet on the network.
func (w *World) send(p Packet) {
	w.packets++
	p.ID, p.Sent, p.Record = w.packets, w.now, w.journal.Next()
	leaves := w.now
	if p.database() == nil {
		leaves = w.transmit(&p)
	}
	fate, due := w.net.Route(leaves, p.From, p.To)
	if p.database() != nil {
		due += p.copying()
	}
	cause := w.cause
	w.record(Record{Kind: Sent, Where: p.From, Packet: &p, Until: due})
	switch fate {
	case sim.Pass:
		w.queue.Push(due, event{kind: evDeliver, packet: &p})
	case sim.Drop:
		r, _ := w.net.CutBy(p.From, p.To)
		w.record(Record{Kind: Lost, Rule: ruleOf(&p), Packet: &p, Text: r.Name})
		w.reportCut(&p)
	case sim.Hold:
		w.hold(&p)
	}
	w.cause = cause
}

// sendNowhere is what becomes of a message to an address at which no machine of the run listens: the sender cannot
// connect.
func (w *World) sendNowhere(p Packet) {
	w.packets++
	p.To = sim.Member(p.Raft().To.Machine())
	p.ID, p.Sent, p.Record = w.packets, w.now, w.journal.Next()
	cause := w.cause
	w.record(Record{Kind: Lost, Where: p.From, Packet: &p, Text: "nobody listens at its address"})
	w.queue.Push(w.now, event{kind: evReport, host: p.From, packet: &p})
	w.cause = cause
}

// report tells a member what became of a message that it sent: of a snapshot in any case, of others if nobody was there
// to take them. The news comes back over the connection.
func (w *World) report(p *Packet, arrived bool) {
	if m := p.Peer(); m == nil || (m.Database == nil && arrived) {
		return
	}
	w.queue.Push(w.now+w.net.Latency(w.now, p.To, p.From), event{kind: evReport, host: p.From, packet: p, ok: arrived})
}

// reportCut does the same for what a cut swallows: a snapshot's connection breaks; what goes between clients and
// members is sent again, and so is what a member passes on, for longer than it waits for the answer; other messages
// vanish without a word.
func (w *World) reportCut(p *Packet) {
	switch {
	case p.database() != nil:
		w.report(p, false)
	case p.From.IsClient():
		w.unacknowledged(p.From, p.Conn)
		w.resend(p)
	case p.To.IsClient(), p.betweenMembers() && p.Resent < resendMost:
		w.resend(p)
	}
}

// reported passes the news on, unless the way back is cut: then the connection has failed.
func (w *World) reported(e *event) {
	p, m := e.packet, w.member(e.host)
	w.cause = p.Record
	w.memberOut.Reset()
	if p.database() != nil {
		m.Reported(w.now, p.Incarnation, p.Raft().To, e.ok && !w.net.Cut(p.To, e.host), &w.memberOut)
	} else {
		m.Unreachable(w.now, p.Incarnation, p.Raft().To, &w.memberOut)
	}
	w.carryOut(e.host)
}

// hold keeps a packet until a command delivers or drops it.
func (w *World) hold(p *Packet) {
	w.held = append(w.held, p)
	w.record(Record{Kind: Held, Rule: rule.MessageFault, Packet: p})
}

// carry makes the call, or the watch, that a client asks for.
func (w *World) carry(h sim.Host, a client.Ask) {
	w.clientOut.Reset()
	if a.Watch != nil {
		w.client(h).Watch(w.now, a, &w.clientOut)
	} else {
		w.requests++
		a.After = w.history.Len()
		req := &etcd.Request{ID: w.requests, Client: h, Call: a.Call, Load: a.Load}
		w.client(h).Call(w.now, req, a, &w.clientOut)
	}
	w.carryOutClient(h)
}

// origin remembers, for one member, the records that later records of it come from.
type origin struct {
	heard  uint64 // the leader was last heard
	leads  uint64 // it became leader
	sync   uint64 // the running fsync began
	commit uint64 // it last learned of a commit
	born   [bornRing]birth
	apply  [bornRing]birth // by request
}

// birth is when an entry, or an answer, came to be.
type birth struct{ id, record uint64 }

// bornRing is how many of the newest entries of a member are remembered: more than are ever in flight unless a follower
// lags, and then an append's cause is the turn that sent it.
const bornRing = 32

// of returns what a wake comes from.
func (o *origin) of(k etcd.WakeKind) uint64 {
	switch k {
	case etcd.WakeSynced:
		return o.sync
	case etcd.WakeApplied:
		return o.commit
	}
	return 0
}

// hear notes messages that keep a follower quiet.
func (o *origin) hear(m *raft.Message, seq uint64) {
	if m.Type == raft.MsgApp || m.Type == raft.MsgHeartbeat || m.Type == raft.MsgSnap {
		o.heard = seq
	}
}

// before returns the record that an event comes from if that is not the one before it in its turn.
func (o *origin) before(e *etcd.Event) uint64 {
	switch {
	case e.Kind == etcd.SyncDone:
		return o.sync
	case e.Kind == etcd.Applied:
		return o.commit
	case e.Kind == etcd.RaftEvent && e.Raft.Kind == raft.ElectionTimedOut:
		return o.heard
	}
	return 0
}

// note keeps the records that others will come from.
func (o *origin) note(e *etcd.Event, seq uint64) {
	switch e.Kind {
	case etcd.SyncStarted:
		o.sync = seq
	case etcd.Applied:
		o.apply[e.Request%bornRing] = birth{e.Request, seq}
	case etcd.RaftEvent:
		switch e.Raft.Kind {
		case raft.BecameLeader:
			o.leads = seq
		case raft.EntriesCommitted:
			o.commit = seq
		case raft.Appended, raft.ProposalAppended:
			for i := e.Raft.Index; i <= e.Raft.Last; i++ {
				o.born[i%bornRing] = birth{uint64(i), seq}
			}
		}
	}
}

// behind returns what a message comes from: an append from the birth of its newest entry, a heartbeat from the leader's
// election, all else from what the member did last.
func (o *origin) behind(m *raft.Message, last uint64) uint64 {
	switch {
	case m.Type == raft.MsgHeartbeat:
		return o.leads
	case m.Type == raft.MsgApp && len(m.Entries) > 0:
		index := uint64(m.Entries[len(m.Entries)-1].Index)
		if b := o.born[index%bornRing]; b.id == index {
			return b.record
		}
	}
	return last
}

// answering returns what an answer comes from: the applying of its request.
func (o *origin) answering(request, last uint64) uint64 {
	if b := o.apply[request%bornRing]; b.id == request {
		return b.record
	}
	return last
}
