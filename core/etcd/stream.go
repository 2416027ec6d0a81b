package etcd

import (
	"cmp"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Watch streams. A stream is one connection of one client. The hub (core/watch) decides what is to be said on it; the
// member says it as fast as the connection takes it.

// ClientMessage is what a client sends on a watch stream. It is immutable.
type ClientMessage struct {
	Stream  watch.StreamID
	Client  sim.Host
	Open    bool // the first on a stream, with what it requires
	Options watch.StreamOptions
	Request *watch.Request // nil: none
	Starts  []int64        // not nil: the request comes once for each, with that first revision
	End     bool           // the client closes the stream
}

// ServerMessage is what a member sends on one. It is immutable.
type ServerMessage struct {
	Stream  watch.StreamID
	Seq     uint64 // counts a stream's messages from 1: the receiver puts them in order, as TCP does
	Header  api.Header
	Message *watch.Message  // nil: none
	More    []watch.Message // those that went into the same frame behind it
	Closed  bool            // the stream has ended
	Err     string
}

// window is how many messages may be on their way to a client before one has been taken. What is beyond waits in the
// hub: so a slow client makes its watchers slow (HTTP/2 flow control).
const window = 16

// together is how many messages go out at once on a stream that many watchers share: each is some tens of bytes, and
// gRPC writes up to 16 KiB at a time (grpc-go http2 defaultWriteBufSize and frames).
const together = 256

// streams are the watch streams of a process.
type streams struct {
	hub      *watch.Hub
	told     watch.Output // scratch, empty between inputs
	flows    []flow
	hubWake  sim.Time // when the hub's next wake comes; 0: none is under way
	sampleAt sim.Time // when it is looked next whether there is a leader
}

func newStreams(t *turn) streams {
	c := watch.Default()
	c.Began, c.MaxBytes = t.now, t.self.cfg.maxRequest()+512<<10
	c.ProgressInterval = cmp.Or(t.self.cfg.ProgressNotify, c.ProgressInterval)
	c.Jitter = rng.New(t.self.cfg.Seed, "watch progress/"+t.self.host.String())
	return streams{hub: watch.New(c)}
}

func (w *streams) clone() streams {
	c := *w
	c.hub, c.told, c.flows = w.hub.Clone(), watch.Output{}, slices.Clone(w.flows)
	return c
}

// flow is a stream's connection.
type flow struct {
	stream watch.StreamID
	client sim.Host
	seq    uint64
	shared bool // by many watchers: what they have to be told at a time goes out together
	under  int  // messages that the client has not taken yet
}

func (w *streams) onClient(t *turn, msg *ClientMessage) {
	if msg.Open && !w.open(t, msg) {
		return
	}
	f := w.flow(msg.Stream)
	if f == nil {
		return // it has ended
	}
	if msg.Request != nil && msg.Starts == nil {
		w.hub.Handle(t.now, t.applier.store, msg.Stream, *msg.Request, &w.told)
	}
	for _, start := range msg.Starts {
		r := *msg.Request
		r.Start = start
		w.hub.Handle(t.now, t.applier.store, msg.Stream, r, &w.told)
	}
	if msg.End {
		t.calls.countEnd(api.MethodWatch, api.ErrWatchCanceled)
		w.hub.Close(msg.Stream, &w.told)
		w.unflow(msg.Stream)
	}
	w.send(t)
}

// open makes a stream, or says why not.
func (w *streams) open(t *turn, msg *ClientMessage) bool {
	why := ""
	t.calls.countStart(api.MethodWatch)
	switch {
	case t.loop.isLearner(t.self.id):
		why = api.ErrForLearner
	case !w.hub.Open(t.now, msg.Stream, msg.Options, t.loop.lead != raft.None, &w.told):
		why = api.ErrNoLeader
	}
	if why != "" {
		t.calls.countEnd(api.MethodWatch, why)
		w.down(t, msg.Client, ServerMessage{Stream: msg.Stream, Closed: true, Err: why})
		w.send(t)
		return false
	}
	w.flows = append(w.flows, flow{stream: msg.Stream, client: msg.Client, shared: len(msg.Starts) > 1})
	return true
}

func (w *streams) flow(id watch.StreamID) *flow {
	for i := range w.flows {
		if w.flows[i].stream == id {
			return &w.flows[i]
		}
	}
	return nil
}

func (w *streams) unflow(id watch.StreamID) {
	for i := range w.flows {
		if w.flows[i].stream == id {
			w.flows = append(w.flows[:i:i], w.flows[i+1:]...)
			return
		}
	}
}

// taken makes room for another message on a stream.
func (w *streams) taken(t *turn, id watch.StreamID) {
	if f := w.flow(id); f != nil {
		f.under--
		w.fill(t, f)
		w.send(t)
	}
}

// notify tells the watchers what the entry just applied has changed, before anybody can read it.
func (w *streams) notify(t *turn, before int64) {
	if rev := t.applier.store.Revision(); rev > before {
		w.hub.Notify(t.now, t.applier.store, before+1, rev, &w.told)
		w.send(t)
	}
}

// send carries out what the hub asks for: it sends what streams have to say, ends streams, and asks for the
// hub's next wake.
func (w *streams) send(t *turn) {
	for len(w.told.Ready) > 0 || len(w.told.Closed) > 0 {
		ready, closed := w.told.Ready, w.told.Closed
		w.told.Ready, w.told.Closed = nil, nil
		for _, id := range ready {
			if f := w.flow(id); f != nil {
				w.fill(t, f)
			}
		}
		for _, c := range closed {
			if f := w.flow(c.Stream); f != nil {
				f.seq++
				t.calls.countEnd(api.MethodWatch, c.Text)
				w.down(t, f.client, ServerMessage{Stream: c.Stream, Seq: f.seq, Closed: true, Err: c.Text})
				w.unflow(c.Stream)
			}
		}
	}
	for i := range w.told.Events {
		e := w.told.Events[i]
		t.out.event(Event{Kind: WatchEvent, Rule: e.Rule, Watch: &e, Revision: e.Revision})
	}
	w.told.Reset()
	at, ok := w.hub.Next()
	at = max(at, t.now) // a process that was paused has missed some of its clock's ticks
	if ok && (w.hubWake == 0 || at < w.hubWake || w.hubWake <= t.now) {
		w.hubWake = at
		t.wake(at, WakeWatch)
	}
}

// fill sends what a stream has to say while its connection takes it.
func (w *streams) fill(t *turn, f *flow) {
	header := t.applier.reply(t, nil).Header
	w.hub.SetHeader(watch.Header{ClusterID: header.ClusterID, MemberID: header.MemberID, Term: header.RaftTerm})
	for f.under < window {
		msg, ok := w.hub.Take(t.now, t.applier.store, f.stream, &w.told)
		if !ok {
			return
		}
		f.under++
		f.seq++
		d := ServerMessage{Stream: f.stream, Seq: f.seq, Message: &msg, Header: header}
		for f.shared && len(d.More) < together && ok {
			var next watch.Message
			if next, ok = w.hub.Take(t.now, t.applier.store, f.stream, &w.told); ok {
				d.More = append(d.More, next)
			}
		}
		d.Header.Revision = msg.Revision
		w.down(t, f.client, d)
	}
}

func (w *streams) down(t *turn, to sim.Host, d ServerMessage) {
	t.out.Streams = append(t.out.Streams, StreamSend{to, &d})
}

// wake lets the hub do what it wanted to do at this instant.
func (w *streams) wake(t *turn) {
	if t.now != w.hubWake {
		return // an earlier wake took its place
	}
	w.hubWake = 0
	w.hub.Wake(t.now, t.applier.store, &w.told)
	w.send(t)
}

// sampleLeader looks once per election timeout whether there is a leader, for the streams that require one.
func (w *streams) sampleLeader(t *turn) {
	if t.now < w.sampleAt {
		return
	}
	w.sampleAt = t.now + t.self.electionTimeout()
	w.hub.SampleLeader(t.loop.lead != raft.None, &w.told)
	w.send(t)
}
