package etcd

import (
	"cmp"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Watch streams. A stream is one connection of one client. The hub (core/watch) decides what is to be said on it; the
// member says it as fast as the connection takes it.

// Up is what a client sends on a watch stream. It is immutable.
type Up struct {
	Stream  watch.StreamID
	Client  sim.Host
	Open    bool // the first on a stream, with what it requires
	Options watch.StreamOptions
	Request *watch.Request // nil: none
	Starts  []int64        // not nil: the request comes once for each, with that first revision
	End     bool           // the client closes the stream
}

// Down is what a member sends on one. It is immutable.
type Down struct {
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

// flow is a stream's connection.
type flow struct {
	stream watch.StreamID
	client sim.Host
	seq    uint64
	shared bool // by many watchers: what they have to be told at a time goes out together
	under  int  // messages that the client has not taken yet
}

// newHub returns the watchers of a process that starts.
func (m *Member) newHub(now sim.Time) *watch.Hub {
	c := watch.Default()
	c.Began, c.MaxBytes = now, m.cfg.maxRequest()+512<<10
	c.ProgressInterval = cmp.Or(m.cfg.ProgressNotify, c.ProgressInterval)
	c.Jitter = rng.New(m.cfg.Seed, "watch progress/"+m.host.String())
	return watch.New(c)
}

// Stream takes what a client sends on a watch stream.
func (m *Member) Stream(now sim.Time, up *Up, out *Output) {
	in := input{kind: inStream, up: up}
	switch {
	case m.hold(in):
	case !m.Serving():
		m.publish.backlog = append(m.publish.backlog, in)
	default:
		m.stream(now, up, out)
	}
}

func (m *Member) stream(now sim.Time, up *Up, out *Output) {
	if up.Open && !m.open(now, up, out) {
		return
	}
	f := m.flow(up.Stream)
	if f == nil {
		return // it has ended
	}
	if up.Request != nil && up.Starts == nil {
		m.hub.Handle(now, m.store, up.Stream, *up.Request, &m.told)
	}
	for _, start := range up.Starts {
		r := *up.Request
		r.Start = start
		m.hub.Handle(now, m.store, up.Stream, r, &m.told)
	}
	if up.End {
		m.tally.countEnd(api.MethodWatch, api.ErrWatchCanceled)
		m.hub.Close(up.Stream, &m.told)
		m.unflow(up.Stream)
	}
	m.tellWatchers(now, out)
}

// open makes a stream, or says why not.
func (m *Member) open(now sim.Time, up *Up, out *Output) bool {
	why := ""
	m.tally.countStart(api.MethodWatch)
	switch {
	case m.isLearner():
		why = api.ErrForLearner
	case !m.hub.Open(now, up.Stream, up.Options, m.lead != raft.None, &m.told):
		why = api.ErrNoLeader
	}
	if why != "" {
		m.tally.countEnd(api.MethodWatch, why)
		m.down(up.Client, Down{Stream: up.Stream, Closed: true, Err: why}, out)
		m.tellWatchers(now, out)
		return false
	}
	m.flows = append(m.flows, flow{stream: up.Stream, client: up.Client, shared: len(up.Starts) > 1})
	return true
}

// Taken tells that a client has taken a message off a stream: there is room for another.
func (m *Member) Taken(now sim.Time, id watch.StreamID, out *Output) {
	if m.hold(input{kind: inTaken, stream: id}) {
		return
	}
	if f := m.flow(id); f != nil {
		f.under--
		m.say(now, f, out)
		m.tellWatchers(now, out)
	}
}

func (m *Member) flow(id watch.StreamID) *flow {
	for i := range m.flows {
		if m.flows[i].stream == id {
			return &m.flows[i]
		}
	}
	return nil
}

func (m *Member) unflow(id watch.StreamID) {
	for i := range m.flows {
		if m.flows[i].stream == id {
			m.flows = append(m.flows[:i:i], m.flows[i+1:]...)
			return
		}
	}
}

// notify tells the watchers what the entry just applied has changed, before anybody can read it.
func (m *Member) notify(now sim.Time, before int64, out *Output) {
	if rev := m.store.Revision(); rev > before {
		m.hub.Notify(now, m.store, before+1, rev, &m.told)
		m.tellWatchers(now, out)
	}
}

// tellWatchers carries out what the hub asks for: it sends what streams have to say, ends streams, and asks for the
// hub's next wake.
func (m *Member) tellWatchers(now sim.Time, out *Output) {
	for len(m.told.Ready) > 0 || len(m.told.Closed) > 0 {
		ready, closed := m.told.Ready, m.told.Closed
		m.told.Ready, m.told.Closed = nil, nil
		for _, id := range ready {
			if f := m.flow(id); f != nil {
				m.say(now, f, out)
			}
		}
		for _, c := range closed {
			if f := m.flow(c.Stream); f != nil {
				f.seq++
				m.tally.countEnd(api.MethodWatch, c.Text)
				m.down(f.client, Down{Stream: c.Stream, Seq: f.seq, Closed: true, Err: c.Text}, out)
				m.unflow(c.Stream)
			}
		}
	}
	for i := range m.told.Events {
		e := m.told.Events[i]
		out.event(Event{Kind: WatchEvent, Rule: e.Rule, Watch: &e, Revision: e.Revision})
	}
	m.told.Reset()
	at, ok := m.hub.Next()
	at = max(at, now) // a process that was paused has missed some of its clock's ticks
	if ok && (m.hubWake == 0 || at < m.hubWake || m.hubWake <= now) {
		m.hubWake = at
		out.Wakes = append(out.Wakes, Wake{at, WakeWatch, m.life})
	}
}

// say sends what a stream has to say while its connection takes it.
func (m *Member) say(now sim.Time, f *flow, out *Output) {
	m.hub.SetHeader(watch.Header{ClusterID: m.cluster.id, MemberID: m.cluster.of(m.id()).id, Term: uint64(m.appliedTerm)})
	for f.under < window {
		msg, ok := m.hub.Take(now, m.store, f.stream, &m.told)
		if !ok {
			return
		}
		f.under++
		f.seq++
		d := Down{Stream: f.stream, Seq: f.seq, Message: &msg, Header: m.reply(nil).Header}
		for f.shared && len(d.More) < together && ok {
			var next watch.Message
			if next, ok = m.hub.Take(now, m.store, f.stream, &m.told); ok {
				d.More = append(d.More, next)
			}
		}
		d.Header.Revision = msg.Revision
		m.down(f.client, d, out)
	}
}

func (m *Member) down(to sim.Host, d Down, out *Output) {
	out.Streams = append(out.Streams, StreamSend{to, &d})
}

// wakeHub lets the hub do what it wanted to do at this instant.
func (m *Member) wakeHub(now sim.Time, out *Output) {
	if now != m.hubWake {
		return // an earlier wake took its place
	}
	m.hubWake = 0
	m.hub.Wake(now, m.store, &m.told)
	m.tellWatchers(now, out)
}

// sampleLeader looks once per election timeout whether there is a leader, for the streams that require one.
func (m *Member) sampleLeader(now sim.Time, out *Output) {
	if now < m.sampleAt {
		return
	}
	m.sampleAt = now + m.electionTimeout()
	m.hub.SampleLeader(m.lead != raft.None, &m.told)
	m.tellWatchers(now, out)
}

// Hub returns the member's watchers, nil while it is down. It is for looking.
func (m *Member) Hub() *watch.Hub { return m.hub }
