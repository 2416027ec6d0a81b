package client

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Watches, as the Go client keeps them (client/v3/watch.go). Each is a stream of its own, as for each etcdctl watch.
// When the stream breaks the client opens another over any connection that is ready and goes on behind what it has
// seen; only a compaction, or a member that has no leader, ends a watch.

// Watch is one watch of a client.
type Watch struct {
	ID       int64 // counts the client's watches from 1, those of its tasks from -1 down
	Purpose  Purpose
	Request  watch.Request  // as it was asked for
	Watchers int            // that share its stream, all with this request; 0 and 1: just one
	Endpoint sim.Host       // of its newest stream; 0: it has had none
	Stream   watch.StreamID // of now; 0: none
	Next     int64          // the revision to go on from; 0: none has been seen yet
	Created  bool           // the member has confirmed it on this stream
	Ended    bool
	Err      string // why it ended; empty: it was asked to
	Resumes  int    // streams after the first
	Since    sim.Time

	asks  int     // how often it is to be asked how far it is, once the member has confirmed it
	nexts []int64 // of many watchers, by their id on the stream: what Next is for one
	route
	reception
}

// route is how a watch comes to its streams.
type route struct {
	channel uint64   // that it goes over
	conn    uint64   // that its stream goes over
	waiting bool     // for a ready connection
	openAt  sim.Time // when it opens the next stream; 0: it has one, or waits
	backoff sim.Time // before the last one was opened; 0: none was
}

// reception is what has come on a stream and cannot be taken yet.
type reception struct {
	seq    uint64 // of the last message taken
	early  []*etcd.ServerMessage
	pieces pieces
}

// subscriptions are a client's watches, with what they were told.
type subscriptions struct {
	watches   []Watch // those that were asked for
	hidden    []Watch // those of the tasks
	watchSeq  int64   // counts watches
	hiddenSeq int64   // counts hidden ones, downwards
	streamSeq uint64  // counts streams
	received  chunk.List[Received]
	events    int64
}

func (s *subscriptions) clone() subscriptions {
	d := *s
	d.watches, d.hidden, d.received = cloneWatches(s.watches), cloneWatches(s.hidden), s.received.Clone()
	return d
}

func cloneWatches(list []Watch) []Watch {
	list = slices.Clone(list)
	for i := range list {
		list[i].early, list[i].nexts = slices.Clone(list[i].early), slices.Clone(list[i].nexts)
	}
	return list
}

// hash adds to a digest how often watches are to be asked how far they are.
func (s *subscriptions) hash(h uint64) uint64 {
	for i := range s.watches {
		if n := s.watches[i].asks; n > 0 {
			h = rng.Mix(h, uint64(n))
		}
	}
	return h
}

// Received is one response that a watch has been given.
type Received struct {
	Client  sim.Host
	Watch   int64
	Stream  watch.StreamID
	At      sim.Time
	Message *watch.Message
}

// The wait before a stream is opened again: a quarter longer each time, from 1 ms up to 100 ms (client/v3/watch.go,
// run, backoffIfUnavailable).
const (
	reopenFirst = sim.Millisecond
	reopenMost  = 100 * sim.Millisecond
)

// heardMost is how many responses are kept: more than are ever shown.
const receivedMost = 1 << 12

// StreamSend is a message on a watch stream on its way to a member.
type StreamSend struct {
	To          sim.Host
	Conn        uint64
	Incarnation uint32 // of the process that the connection leads to
	Up          *etcd.ClientMessage
}

// Watch begins a watch that is asked for.
func (c *Client) Watch(now sim.Time, a Ask, out *Output) {
	w := Watch{Purpose: a.Purpose, Request: *a.Watch, Watchers: a.Watchers, Since: now}
	w.channel = c.channel(now, &a, out).id
	if a.Watchers > 1 {
		w.nexts = make([]int64, a.Watchers)
	}
	list := &c.watches
	if w.Hidden() {
		c.forget()
		list = &c.hidden
		c.hiddenSeq--
		w.ID = c.hiddenSeq
	} else {
		c.watchSeq++
		w.ID = c.watchSeq
	}
	*list = append(*list, w)
	last := &(*list)[len(*list)-1]
	out.watch(WatchCalled, rule.None, last, "")
	c.openStream(now, last, out)
	c.armConns(out)
}

// Hidden reports whether the watch is a task's: the person who gave the command knows nothing of it.
func (w *Watch) Hidden() bool { return w.Purpose.Part != 0 }

// forget drops the tasks' watches that have ended.
func (s *subscriptions) forget() {
	kept := s.hidden[:0]
	for i := range s.hidden {
		if !s.hidden[i].Ended {
			kept = append(kept, s.hidden[i])
		}
	}
	clear(s.hidden[len(kept):])
	s.hidden = kept
}

// openStream opens a stream for a watch, and asks for it in the same breath. If no connection is ready it waits.
func (c *Client) openStream(now sim.Time, w *Watch, out *Output) {
	w.openAt, w.waiting = 0, true
	h := c.byID(w.channel)
	if h == nil {
		return // its process ends in this very input
	}
	k := h.pick()
	if k == nil {
		return
	}
	c.streamSeq++
	stream := watch.StreamID(uint64(c.Host)<<32 | c.streamSeq)
	req := w.Request
	if w.Next != 0 {
		req.Start = w.Next
	}
	w.Stream, w.Endpoint, w.conn, w.waiting, w.Created, w.seq, w.early = stream, k.to.Host, k.id, false, false, 0, nil
	up := &etcd.ClientMessage{Stream: stream, Client: c.Host, Open: true, Request: &req,
		Options: watch.StreamOptions{RequireLeader: !w.Hidden()}} // the concurrency recipes do not ask for a leader
	if w.nexts != nil {
		up.Starts = w.starts()
	}
	out.Streams = append(out.Streams, StreamSend{k.to.Host, k.id, k.life, up})
	c.used(now, h, k, out)
}

// Unwatch ends one watch, or all if id is 0. It reports whether there was one.
func (c *Client) Unwatch(now sim.Time, id int64, out *Output) bool {
	any := false
	for i := range c.watches {
		w := &c.watches[i]
		if w.Ended || (id != 0 && w.ID != id) {
			continue
		}
		any = true
		c.hangUp(w, out)
	}
	c.settle(now, out)
	return any
}

// Progress asks the members how far watches are: one, or all if id is 0. The Go client sends the wish behind what it
// has asked for on the stream; here it waits until that is confirmed.
func (c *Client) Progress(now sim.Time, id int64, out *Output) {
	for i := range c.watches {
		if w := &c.watches[i]; !w.Ended && (id == 0 || w.ID == id) {
			w.asks++
			c.askProgress(now, w, out)
		}
	}
	c.settle(now, out)
}

// askProgress sends what waits of such wishes.
func (c *Client) askProgress(now sim.Time, w *Watch, out *Output) {
	h, k := c.conn(w.conn)
	if w.Stream == 0 || !w.Created || k == nil {
		return
	}
	for ; w.asks > 0; w.asks-- {
		up := &etcd.ClientMessage{Stream: w.Stream, Client: c.Host, Request: &watch.Request{Kind: watch.Progress}}
		out.Streams = append(out.Streams, StreamSend{w.Endpoint, k.id, k.life, up})
		c.used(now, h, k, out)
	}
}

// hangUp ends a watch that is not wanted any more.
func (c *Client) hangUp(w *Watch, out *Output) {
	c.closeStream(w, out)
	c.end(w, rule.None, "", out)
}

// closeStream lets the member know that nobody listens to a stream any more.
func (c *Client) closeStream(w *Watch, out *Output) {
	if _, k := c.conn(w.conn); w.Stream != 0 && k != nil {
		end := &etcd.ClientMessage{Stream: w.Stream, Client: c.Host, End: true}
		out.Streams = append(out.Streams, StreamSend{w.Endpoint, 0, k.life, end})
	}
}

func (c *Client) end(w *Watch, why rule.ID, err string, out *Output) {
	w.Ended, w.Err, w.Stream, w.openAt, w.waiting = true, err, 0, 0, false
	out.watch(WatchEnded, why, w, err)
	if !w.Hidden() && w.Purpose.Task != 0 {
		c.exits = append(c.exits, w.Purpose.Task)
	}
}

// OnMessage takes a message that came on a stream. Messages that overtook an earlier one wait for it.
func (c *Client) OnMessage(now sim.Time, d *etcd.ServerMessage, out *Output) {
	w := c.onStream(d.Stream)
	if w == nil {
		return
	}
	c.receivedOn(now, w.conn)
	if d.Seq != 0 && d.Seq <= w.seq {
		return // it has come twice
	}
	if d.Seq > w.seq+1 {
		w.early = append(w.early, d)
		return
	}
	for d != nil && w.Stream == d.Stream {
		w.seq = max(w.seq, d.Seq)
		c.take(now, w, d, out)
		d = w.overdue()
	}
	c.settle(now, out)
}

// overdue returns the message that comes next, if it has come before.
func (w *Watch) overdue() *etcd.ServerMessage {
	for i, d := range w.early {
		if d.Seq == w.seq+1 {
			w.early = append(w.early[:i:i], w.early[i+1:]...)
			return d
		}
	}
	return nil
}

func (s *subscriptions) onStream(id watch.StreamID) *Watch {
	for _, list := range [...][]Watch{s.watches, s.hidden} {
		for i := range list {
			if list[i].Stream == id {
				return &list[i]
			}
		}
	}
	return nil
}

// take does what one message says.
func (c *Client) take(now sim.Time, w *Watch, d *etcd.ServerMessage, out *Output) {
	m := d.Message
	switch {
	case m != nil && w.nexts != nil:
		c.takeMany(now, w, d, out)
	case d.Closed && resumes(d.Err):
		c.resume(now, w, d.Err, out)
	case d.Closed:
		c.end(w, rule.WatchRequiresLeader, d.Err, out)
	case m == nil:
	case m.CompactRevision != 0:
		c.record(now, w, m)
		c.end(w, rule.WatchCompaction, api.ErrCompacted, out)
	case m.Canceled:
		c.end(w, rule.None, m.Reason, out)
	case m.Created:
		w.Created = true
		if w.Next == 0 && w.Request.Start == 0 {
			w.Next = m.Revision // as the Go client: a resumed watch may see the change at that revision
		}
		c.askProgress(now, w, out)
	default:
		if whole := w.whole(m); whole != nil {
			c.record(now, w, whole)
			c.advance(w, whole, d.Header, out)
		}
	}
	if w.Ended {
		last := &out.Events[len(out.Events)-1]
		last.Message, last.Header = m, d.Header
	}
	if w.Hidden() && (w.Ended || (m != nil && len(m.Events) > 0)) {
		c.onTaskWatch(now, w, d, out)
	}
	if m != nil {
		out.Taken = append(out.Taken, Taken{w.Endpoint, d.Stream})
	}
}

// resumes reports whether a stream that ended so is opened again (client/v3/watch.go, isHaltErr; a stream refused for
// want of a leader is not).
func resumes(err string) bool { return api.CodeOf(err) == api.Unavailable && err != api.ErrNoLeader }

// advance moves a watch on behind what it was told.
func (s *subscriptions) advance(w *Watch, m *watch.Message, h api.Header, out *Output) {
	if n := len(m.Events); n > 0 {
		w.Next = m.Events[n-1].Revision.Main + 1
		if !w.Hidden() {
			s.events += int64(n)
		}
	} else {
		w.Next = m.Revision + 1
	}
	out.watch(WatchReceived, rule.WatchOrdered, w, "")
	last := &out.Events[len(out.Events)-1]
	last.Message, last.Header = m, h
}

func (c *Client) record(now sim.Time, w *Watch, m *watch.Message) {
	if w.Hidden() {
		return // nobody asks what a task was told
	}
	c.received.Append(Received{c.Host, w.ID, w.Stream, now, m})
	if c.received.Len()-c.received.First() > receivedMost {
		c.received.DropFront(c.received.Len() - receivedMost)
	}
}

// resume makes a watch open another stream after a moment.
func (c *Client) resume(now sim.Time, w *Watch, why string, out *Output) {
	w.Stream = 0
	w.backoff = min(max(w.backoff, reopenFirst)*5/4, reopenMost)
	w.openAt = now + w.backoff
	w.Resumes++
	out.watch(WatchBroken, rule.WatchResumable, w, why)
	out.Wakes = append(out.Wakes, w.openAt)
}

// wakeWatches opens streams whose time has come.
func (c *Client) wakeWatches(now sim.Time, out *Output) {
	for _, list := range [...][]Watch{c.watches, c.hidden} {
		for i := range list {
			if w := &list[i]; w.openAt != 0 && w.openAt <= now {
				c.openStream(now, w, out)
			}
		}
	}
}

// starts returns from which revision on each of many watchers goes on.
func (w *Watch) starts() []int64 {
	list := append([]int64(nil), w.nexts...)
	for i := range list {
		list[i] = max(list[i], w.Request.Start)
	}
	return list
}

// takeMany does what a frame says to many watchers. Their ids count from 0 on every stream. What the first of them
// receives stands for all, as an event and in the record. When one of them ends, all do: they asked for the same.
func (c *Client) takeMany(now sim.Time, w *Watch, d *etcd.ServerMessage, out *Output) {
	for i := -1; i < len(d.More) && !w.Ended; i++ {
		m := d.Message
		if i >= 0 {
			m = &d.More[i]
		}
		next := &w.nexts[max(m.WatchID, 0)]
		switch {
		case m.CompactRevision != 0:
			c.record(now, w, m)
			c.end(w, rule.WatchCompaction, api.ErrCompacted, out)
		case m.Canceled:
			c.end(w, rule.None, m.Reason, out)
		case m.Created:
			w.Created = true
			if *next == 0 && w.Request.Start == 0 {
				*next = m.Revision
			}
			w.Next = w.nexts[0]
			c.askProgress(now, w, out)
		case m.WatchID == watch.InvalidWatchID: // how far all of them are
			for i := range w.nexts {
				w.nexts[i] = m.Revision + 1
			}
			c.firstReceived(now, w, m, d.Header, out)
		case len(m.Events) > 0:
			*next = m.Events[len(m.Events)-1].Revision.Main + 1
			c.events += int64(len(m.Events))
			c.firstReceived(now, w, m, d.Header, out)
		default:
			*next = m.Revision + 1
			c.firstReceived(now, w, m, d.Header, out)
		}
	}
}

// firstReceived records what the first of many watchers is told.
func (c *Client) firstReceived(now sim.Time, w *Watch, m *watch.Message, h api.Header, out *Output) {
	if m.WatchID > 0 {
		return
	}
	w.Next = w.nexts[0]
	c.record(now, w, m)
	out.watch(WatchReceived, rule.WatchOrdered, w, "")
	last := &out.Events[len(out.Events)-1]
	last.Message, last.Header = m, h
}

// Watches returns the client's own watches, those that have ended included. They are not to be changed.
func (s *subscriptions) Watches() []Watch { return s.watches }

// Received returns what its watches were told, oldest first.
func (s *subscriptions) Received() *chunk.List[Received] { return &s.received }

// Seen returns how many events its own watches were told.
func (s *subscriptions) Seen() int64 { return s.events }
