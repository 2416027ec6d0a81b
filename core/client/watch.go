package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Watches, as the Go client keeps them (client/v3/watch.go). Each is a stream of its own, as for each etcdctl watch. When the stream breaks the client opens another
// at any member that it knows and goes on behind what it has seen; only a compaction, or a member that has no leader, ends a watch.

// Watch is one watch of a client.
type Watch struct {
	ID       int64 // counts the client's watches from 1, those of its tasks from -1 down
	Purpose  Purpose
	Request  watch.Request // as it was asked for
	Watchers int           // that share its stream, all with this request; 0 and 1: just one
	Pinned   bool          // the client was given one endpoint
	Endpoint sim.Host
	Stream   watch.StreamID // of now; 0: none
	Next     int64          // the revision to go on from; 0: none has been seen yet
	Created  bool           // the member has confirmed it on this stream
	Ended    bool
	Err      string // why it ended; empty: it was asked to
	Resumes  int    // streams after the first
	Since    sim.Time

	pieces  pieces
	nexts   []int64 // of many watchers, by their id on the stream: what Next is for one
	seq     uint64  // of the last message taken
	early   []*etcd.Down
	heard   sim.Time // when something last came
	pinged  sim.Time // when it asked whether anybody is there; 0: it has heard since
	openAt  sim.Time // when it opens the next stream; 0: it has one
	armed   sim.Time // the first wake that is under way for it; 0: none is
	backoff sim.Time
}

// Heard is one response that a watch has been given.
type Heard struct {
	Client  sim.Host
	Watch   int64
	Stream  watch.StreamID
	At      sim.Time
	Message *watch.Message
}

// gRPC's keepalive as etcdctl sets it (--keepalive-time, --keepalive-timeout), and the wait before a stream is opened again
// (client/v3/watch.go, openWatchClient: from 1 ms by a quarter each time up to 100 ms).
const (
	keepaliveTime    = 2 * sim.Second
	keepaliveTimeout = 6 * sim.Second
	reopenFirst      = sim.Millisecond
	reopenMost       = 100 * sim.Millisecond
)

// heardMost is how many responses are kept: more than are ever shown.
const heardMost = 1 << 12

// StreamSend is a message on a watch stream on its way to a member.
type StreamSend struct {
	To sim.Host
	Up *etcd.Up
}

// Watch begins a watch that is asked for.
func (c *Client) Watch(now sim.Time, a Ask, out *Output) {
	w := Watch{Purpose: a.Purpose, Request: *a.Watch, Watchers: a.Watchers, Pinned: a.Pinned, Endpoint: a.To, Since: now}
	if a.Watchers > 1 {
		w.nexts = make([]int64, a.Watchers)
	}
	if a.To == 0 {
		w.Endpoint = c.endpoint
	}
	list := &c.watches
	if w.Hidden() {
		c.forget()
		list = &c.aside
		c.hidden--
		w.ID = c.hidden
	} else {
		c.watched++
		w.ID = c.watched
	}
	*list = append(*list, w)
	last := &(*list)[len(*list)-1]
	out.watch(WatchCalled, rule.None, last, "")
	c.openStream(now, last, out)
}

// Hidden reports whether the watch is a task's: the person who gave the command knows nothing of it.
func (w *Watch) Hidden() bool { return w.Purpose.Part != 0 }

// forget drops the tasks' watches that have ended.
func (c *Client) forget() {
	kept := c.aside[:0]
	for i := range c.aside {
		if !c.aside[i].Ended {
			kept = append(kept, c.aside[i])
		}
	}
	clear(c.aside[len(kept):])
	c.aside = kept
}

// openStream opens a stream for a watch, and asks for it in the same breath.
func (c *Client) openStream(now sim.Time, w *Watch, out *Output) {
	c.streams++
	stream := watch.StreamID(uint64(c.Host)<<32 | c.streams)
	req := w.Request
	if w.Next != 0 {
		req.Start = w.Next
	}
	w.Stream, w.Created, w.openAt, w.seq, w.early, w.heard, w.pinged = stream, false, 0, 0, nil, now, 0
	up := &etcd.Up{Stream: stream, Client: c.Host, Open: true, Request: &req, Pinned: w.Pinned,
		Options: watch.StreamOptions{RequireLeader: !w.Hidden()}} // the concurrency recipes do not ask for a leader
	if w.nexts != nil {
		up.Starts = w.starts()
	}
	out.Streams = append(out.Streams, StreamSend{w.Endpoint, up})
	w.arm(out)
}

// due returns when a watch next has something to do if it hears nothing; 0: never.
func (w *Watch) due() sim.Time {
	switch {
	case w.openAt != 0:
		return w.openAt
	case w.Stream == 0:
		return 0
	case w.pinged != 0:
		return w.pinged + keepaliveTimeout
	}
	return w.heard + keepaliveTime
}

// arm asks for a wake then, unless one is under way that comes no later: that one asks again. If each wake asked for each watch, wakes would multiply.
func (w *Watch) arm(out *Output) {
	if at := w.due(); at != 0 && (w.armed == 0 || at < w.armed) {
		w.armed = at
		out.Wakes = append(out.Wakes, at)
	}
}

// Unwatch ends one watch, or all if id is 0. It reports whether there was one.
func (c *Client) Unwatch(id int64, out *Output) bool {
	any := false
	for i := range c.watches {
		w := &c.watches[i]
		if w.Ended || (id != 0 && w.ID != id) {
			continue
		}
		any = true
		c.hangUp(w, out)
	}
	return any
}

// hangUp ends a watch that is not wanted any more.
func (c *Client) hangUp(w *Watch, out *Output) {
	if w.Stream != 0 {
		out.Streams = append(out.Streams, StreamSend{w.Endpoint, &etcd.Up{Stream: w.Stream, Client: c.Host, End: true}})
	}
	c.end(w, rule.None, "", out)
}

func (c *Client) end(w *Watch, why rule.ID, err string, out *Output) {
	w.Ended, w.Err, w.Stream, w.openAt = true, err, 0, 0
	out.watch(WatchEnded, why, w, err)
}

// Told takes a message that came on a stream. Messages that overtook an earlier one wait for it.
func (c *Client) Told(now sim.Time, d *etcd.Down, out *Output) {
	w := c.onStream(d.Stream)
	if w == nil {
		return
	}
	w.heard, w.pinged = now, 0
	w.arm(out)
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
}

// overdue returns the message that comes next, if it has come before.
func (w *Watch) overdue() *etcd.Down {
	for i, d := range w.early {
		if d.Seq == w.seq+1 {
			w.early = append(w.early[:i:i], w.early[i+1:]...)
			return d
		}
	}
	return nil
}

func (c *Client) onStream(id watch.StreamID) *Watch {
	for _, list := range [...][]Watch{c.watches, c.aside} {
		for i := range list {
			if list[i].Stream == id {
				return &list[i]
			}
		}
	}
	return nil
}

// take does what one message says.
func (c *Client) take(now sim.Time, w *Watch, d *etcd.Down, out *Output) {
	m := d.Message
	switch {
	case m != nil && w.nexts != nil:
		c.takeMany(now, w, d, out)
	case d.Closed && resumes(d.Err):
		c.broken(now, w, d.Err, out)
	case d.Closed:
		c.end(w, rule.WatchRequiresLeader, d.Err, out)
	case m == nil:
	case m.CompactRevision != 0:
		c.record(now, w, m)
		c.end(w, rule.WatchCompaction, api.ErrCompacted, out)
	case m.Canceled:
		c.end(w, rule.None, m.Reason, out)
	case m.Created:
		w.Created, w.backoff = true, 0
		if w.Next == 0 && w.Request.Start == 0 {
			w.Next = m.Revision // as the Go client: a resumed watch may see the change at that revision
		}
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
		c.heardOf(now, w, d, out)
	}
	if m != nil {
		out.Taken = append(out.Taken, Taken{w.Endpoint, d.Stream})
	}
}

// resumes reports whether a stream that ended so is opened again (client/v3/watch.go, isHaltErr; a stream refused for want of a leader is not).
func resumes(err string) bool { return api.CodeOf(err) == api.Unavailable && err != api.ErrNoLeader }

// advance moves a watch on behind what it was told.
func (c *Client) advance(w *Watch, m *watch.Message, h api.Header, out *Output) {
	if n := len(m.Events); n > 0 {
		w.Next = m.Events[n-1].Revision.Main + 1
		if !w.Hidden() {
			c.events += int64(n)
		}
	} else {
		w.Next = m.Revision + 1
	}
	out.watch(WatchTold, rule.WatchOrdered, w, "")
	last := &out.Events[len(out.Events)-1]
	last.Message, last.Header = m, h
}

func (c *Client) record(now sim.Time, w *Watch, m *watch.Message) {
	if w.Hidden() {
		return // nobody asks what a task was told
	}
	c.heard.Append(Heard{c.Host, w.ID, w.Stream, now, m})
	if c.heard.Len()-c.heard.First() > heardMost {
		c.heard.DropFront(c.heard.Len() - heardMost)
	}
}

// broken makes a watch open another stream after a moment.
func (c *Client) broken(now sim.Time, w *Watch, why string, out *Output) {
	w.Stream, w.pinged = 0, 0
	w.backoff = max(reopenFirst, min(w.backoff+w.backoff/4, reopenMost))
	w.openAt = now + w.backoff
	if !w.Pinned {
		w.Endpoint = c.next(w.Endpoint)
	}
	w.Resumes++
	out.watch(WatchBroken, rule.WatchResumable, w, why)
	w.arm(out)
}

// RefusedStream takes the news that nobody listens where a stream was to be opened.
func (c *Client) RefusedStream(now sim.Time, id watch.StreamID, out *Output) {
	if w := c.onStream(id); w != nil {
		c.broken(now, w, "the connection was refused", out)
		w.openAt = now + reopenMost
	}
}

// wakeWatches opens streams whose time has come, and asks on those that have been silent whether anybody is there.
func (c *Client) wakeWatches(now sim.Time, out *Output) {
	for _, list := range [...][]Watch{c.watches, c.aside} {
		for i := range list {
			c.wakeWatch(now, &list[i], out)
		}
	}
}

func (c *Client) wakeWatch(now sim.Time, w *Watch, out *Output) {
	if w.armed <= now {
		w.armed = 0
	}
	switch {
	case w.openAt != 0 && w.openAt <= now:
		c.openStream(now, w, out)
	case w.Stream == 0:
	case w.pinged != 0 && now >= w.pinged+keepaliveTimeout:
		out.Streams = append(out.Streams, StreamSend{w.Endpoint, &etcd.Up{Stream: w.Stream, Client: c.Host, End: true}})
		c.broken(now, w, "keepalive ping failed to receive ACK within timeout", out)
	case w.pinged == 0 && now >= w.heard+keepaliveTime:
		w.pinged = now
		out.Streams = append(out.Streams, StreamSend{w.Endpoint, &etcd.Up{Stream: w.Stream, Client: c.Host, Ping: true}})
	}
	w.arm(out)
}

// starts returns from which revision on each of many watchers goes on.
func (w *Watch) starts() []int64 {
	list := append([]int64(nil), w.nexts...)
	for i := range list {
		list[i] = max(list[i], w.Request.Start)
	}
	return list
}

// takeMany does what a frame says to many watchers. Their ids count from 0 on every stream. What the first of them hears stands for all, as an event
// and among what was heard. When one of them ends, all do: they asked for the same.
func (c *Client) takeMany(now sim.Time, w *Watch, d *etcd.Down, out *Output) {
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
			w.Created, w.backoff = true, 0
			if *next == 0 && w.Request.Start == 0 {
				*next = m.Revision
			}
			w.Next = w.nexts[0]
		case len(m.Events) > 0:
			*next = m.Events[len(m.Events)-1].Revision.Main + 1
			c.events += int64(len(m.Events))
			c.firstTold(now, w, m, out)
		default:
			*next = m.Revision + 1
			c.firstTold(now, w, m, out)
		}
	}
}

// firstTold notes what the first of many watchers is told.
func (c *Client) firstTold(now sim.Time, w *Watch, m *watch.Message, out *Output) {
	if m.WatchID != 0 {
		return
	}
	w.Next = w.nexts[0]
	c.record(now, w, m)
	out.watch(WatchTold, rule.WatchOrdered, w, "")
	out.Events[len(out.Events)-1].Message = m
}

// Watches returns the client's own watches, those that have ended included. They are not to be changed.
func (c *Client) Watches() []Watch { return c.watches }

// Heard returns what its watches were told, oldest first.
func (c *Client) Heard() *chunk.List[Heard] { return &c.heard }

// Seen returns how many events its own watches were told.
func (c *Client) Seen() int64 { return c.events }
