// Package client is an etcd client as a machine: it sends requests to an endpoint, waits, and remembers what it was told.
//
// Three outcomes matter to whoever uses etcd, and two of them look alike: an operation was Acknowledged, it certainly Failed, or it is
// InDoubt: the client heard nothing, or an error that leaves open whether the write happened. Like etcd's Go client, this one never repeats a
// write that may have been carried out; it does go to the next endpoint when a connection is refused, because then nothing was
// sent (client/v3/retry.go). With one endpoint (etcdctl --endpoints) it tries that one again until its time is over.
//
// Some of etcdctl's commands are more than one call: endpoint health, lock, elect, lease keep-alive. Each is a Task, a small machine that asks for calls
// and watches (Ask), hears what came of them, and says what etcdctl would print (Report).
//
// The types are Client, Operation (one thing it was asked to do, from call to outcome), Watch, Task and Output.
//
// Reading order: client.go, watch.go, task.go, survey.go, session.go, mutex.go, election.go.
package client

import (
	"math/bits"
	"sort"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Outcome is what a client knows of an operation.
type Outcome uint8

// The outcomes.
const (
	Waiting Outcome = iota
	Acknowledged
	Failed
	InDoubt

	Outcomes = iota // how many there are
)

// String returns the outcome as it is shown.
func (o Outcome) String() string {
	return [...]string{"waiting", "acknowledged", "failed", "in doubt"}[o]
}

// Operation is one request with what became of it.
type Operation struct {
	Request  *etcd.Request
	Endpoint sim.Host // the member that it was last sent to
	Call     sim.Time
	Return   sim.Time // while Waiting: the deadline
	Outcome  Outcome
	Response *etcd.Response // what it was told; nil: nothing
	Err      string         // what the user sees if there is no good answer
	Attempts int            // how often it was sent again after an answer
	After    int            // how many operations of all clients had an outcome when it began
	Purpose  Purpose
	endless  bool     // it has no deadline: only a broken connection ends an attempt
	once     bool     // it is not repeated, whatever it is
	refusals int      // endpoints that refused the connection since the last pause
	again    sim.Time // when it is tried again; 0: it is on its way
	unsent   bool     // while it waits: every endpoint refused it
}

// EventKind says what happened at a client.
type EventKind uint8

// The kinds.
const (
	Called    EventKind = iota // an operation began
	Retried                    // its endpoint refused the connection: it went to the next
	Waits                      // Text: the answer, which may be another in a moment: it asks again
	BackedOff                  // every endpoint that it has refused: it tries again in a while
	Returned                   // it has an outcome

	WatchCalled // a watch began
	WatchTold   // Message
	WatchBroken // Text: its stream broke; it will open another
	WatchEnded  // Text

	Queued      // Text: it waits until this key is gone
	Held        // Text: the key with which it has the lock, or leads
	GaveBack    // Text: likewise, no more
	SessionLost // Text: the lease that its key hung on
	Printed     // Text: a line that etcdctl prints
)

// Event is something that happened at a client. Operation is its state afterwards.
type Event struct {
	Kind      EventKind
	Rule      rule.ID
	Operation Operation // of the first five
	Watch     Watch     // of those about watches
	Message   *watch.Message
	Header    api.Header // of Message
	Task      uint64     // of the last four
	Text      string
}

// Output is what an input led to.
type Output struct {
	Events  []Event
	Send    []Sending
	Streams []StreamSend
	Taken   []Taken
	Asks    []Ask
	Reports []Report
	Wakes   []sim.Time // instants at which the client wants a call of Wake
}

// Taken tells a member that the client has taken a message off a stream.
type Taken struct {
	To     sim.Host
	Stream watch.StreamID
}

func (o *Output) watch(k EventKind, why rule.ID, w *Watch, text string) {
	o.Events = append(o.Events, Event{Kind: k, Rule: why, Watch: *w, Text: text})
}

// Sending is a request on its way.
type Sending struct {
	To      sim.Host
	Request *etcd.Request
}

// Reset empties the output for the next input.
func (o *Output) Reset() {
	clear(o.Events)
	clear(o.Send)
	clear(o.Streams)
	o.Events, o.Send, o.Wakes = o.Events[:0], o.Send[:0], o.Wakes[:0]
	o.Streams, o.Taken = o.Streams[:0], o.Taken[:0]
	o.Asks, o.Reports = nil, nil // they are kept
}

// Timeout is etcdctl's --command-timeout: shorter than a member's own, so it is the client that gives up first.
const Timeout = 5 * sim.Second

// backoff is how long a client waits when no endpoint accepted its connection (gRPC's first backoff is 1 s); soon, when one of them
// is about to: its connection is open, and is used once the member reads from it.
const (
	backoff = sim.Second
	soon    = 50 * sim.Millisecond
)

// What a member answers with code Unavailable is asked again after a while, if asking twice does no harm (client/v3/retry.go,
// options.go). Writes are never repeated.
const (
	retryWait     = 25 * sim.Millisecond
	retryAttempts = 100
)

// repeatable reports whether a call may be made again although it may have been carried out.
func repeatable(c api.Call) bool {
	switch c.(type) {
	case api.Put, api.DeleteRange, api.Txn, api.Compaction, api.Defragment,
		api.MemberAdd, api.MemberRemove, api.MemberPromote, api.MemberUpdate:
		return false
	}
	return true
}

// Client is one client. Its operations run side by side.
type Client struct {
	Host     sim.Host
	members  uint16 // whom it knows
	endpoint sim.Host
	open     []Operation // oldest first, and so by request
	retries  int         // of them, those that wait to be tried again
	watches  []Watch
	watched  int64  // counts them
	streams  uint64 // counts streams
	heard    chunk.List[Heard]
	events   int64
	expiry   sim.Time // when a wake for the next deadline comes; 0: none is under way
	tasks    []Task
	aside    []Watch // the tasks' watches
	hidden   int64   // counts them
}

// New returns a client that knows all members and talks to the one with its own number, or the last.
func New(host sim.Host, members int) Client {
	c := Client{Host: host, endpoint: sim.Member(min(host.Number(), members))}
	for n := 1; n <= members; n++ {
		c.members |= sim.Member(n).Bit()
	}
	return c
}

// Learn tells the client which members there are now: those that vote and have published their names (client/v3/client.go, Sync).
func (c *Client) Learn(members []sim.Host) {
	c.members = 0
	for _, h := range members {
		c.members |= h.Bit()
	}
}

// next returns the endpoint to try after one.
func (c *Client) next(h sim.Host) sim.Host {
	for n := 1; n <= sim.MaxMembers; n++ {
		if m := sim.Member((h.Number()+n-1)%sim.MaxMembers + 1); c.members&m.Bit() != 0 {
			return m
		}
	}
	return h
}

// Clone returns an independent copy.
func (c *Client) Clone() Client {
	d := *c
	d.open = append([]Operation(nil), c.open...)
	d.watches, d.aside = cloneWatches(c.watches), cloneWatches(c.aside)
	d.heard = c.heard.Clone()
	d.tasks = append([]Task(nil), c.tasks...)
	return d
}

func cloneWatches(list []Watch) []Watch {
	list = append([]Watch(nil), list...)
	for i := range list {
		list[i].early = append([]*etcd.Down(nil), list[i].early...)
		list[i].nexts = append([]int64(nil), list[i].nexts...)
	}
	return list
}

// Endpoint returns the member that the client talks to.
func (c *Client) Endpoint() sim.Host { return c.endpoint }

// Open returns the operations that have no outcome yet, oldest first. They are not to be changed.
func (c *Client) Open() []Operation { return c.open }

// Call begins an operation: the call that was asked for, which the request holds.
func (c *Client) Call(now sim.Time, req *etcd.Request, a Ask, out *Output) {
	to := a.To
	if to == 0 {
		to = c.endpoint
	}
	op := Operation{Request: req, Endpoint: to, Call: now, Return: a.deadline(now), After: a.After, Purpose: a.Purpose, endless: a.Endless, once: a.Once}
	c.open = append(c.open, op)
	out.Events = append(out.Events, Event{Kind: Called, Operation: op})
	out.Send = append(out.Send, Sending{to, req})
	c.arm(out)
}

// find returns where an open operation stands. Requests are numbered in the order in which they are made.
func (c *Client) find(id uint64) (int, bool) {
	i := sort.Search(len(c.open), func(i int) bool { return c.open[i].Request.ID >= id })
	return i, i < len(c.open) && c.open[i].Request.ID == id
}

// Answered takes a member's response.
func (c *Client) Answered(now sim.Time, resp *etcd.Response, out *Output) {
	i, ok := c.find(resp.ID)
	if !ok {
		return
	}
	op := &c.open[i]
	if api.CodeOf(resp.Err) == api.Unavailable && repeatable(op.Request.Call) && !op.once && op.Attempts < retryAttempts {
		op.Attempts++
		c.later(op, now+retryWait, out)
		if op.endless {
			op.Return = op.again + silence
		}
		out.Events = append(out.Events, Event{Kind: Waits, Rule: rule.ReadsAreRepeated, Operation: *op, Text: resp.Err})
		return
	}
	op.Response, op.Err = resp, resp.Err
	switch {
	case resp.Err == "":
		op.Outcome = Acknowledged
	case resp.Executed && !op.Request.Reads():
		op.Outcome = InDoubt
	default:
		op.Outcome = Failed
	}
	c.finish(i, now, rule.None, out)
}

// later has an operation tried again at an instant.
func (c *Client) later(op *Operation, at sim.Time, out *Output) {
	if op.again == 0 {
		c.retries++
	}
	op.again = at
	out.Wakes = append(out.Wakes, at)
}

// Refused takes the news that nobody listens at an endpoint, or that its member is about to: the request was not sent, so the next endpoint is
// tried.
func (c *Client) Refused(now sim.Time, id uint64, starting bool, out *Output) {
	i, ok := c.find(id)
	if !ok {
		return
	}
	op := &c.open[i]
	if op.refusals++; op.refusals == bits.OnesCount16(c.members) || op.Request.Pinned {
		op.refusals, op.unsent = 0, true
		out.Events = append(out.Events, Event{Kind: BackedOff, Operation: *op})
		at := now + backoff
		if starting {
			at = now + soon
		}
		c.later(op, at, out)
		return
	}
	next := c.next(op.Endpoint)
	if !starting { // from one that is about to serve the client comes back
		c.endpoint = next
	}
	c.resend(op, next, out)
}

func (c *Client) resend(op *Operation, to sim.Host, out *Output) {
	if op.again != 0 {
		c.retries--
	}
	op.Endpoint, op.unsent, op.again = to, false, 0
	out.Events = append(out.Events, Event{Kind: Retried, Operation: *op})
	out.Send = append(out.Send, Sending{to, op.Request})
}

// Wake gives up on operations whose deadline has passed, tries again what has waited for that, and looks after the watches.
func (c *Client) Wake(now sim.Time, out *Output) {
	c.wakeWatches(now, out)
	c.wakeTasks(now, out)
	if now >= c.expiry {
		c.expiry = 0
	}
	for i := 0; i < len(c.open); {
		if op := &c.open[i]; op.Return > now || c.persists(now, op, out) {
			i++
			continue
		}
		c.giveUp(i, now, out)
	}
	for i := 0; c.retries > 0 && i < len(c.open); i++ {
		switch op := &c.open[i]; {
		case op.again == 0 || op.again > now:
		case op.Request.Pinned:
			c.resend(op, op.Endpoint, out)
		default:
			c.resend(op, c.next(op.Endpoint), out)
		}
	}
	c.arm(out)
}

// giveUp ends an operation that has heard nothing in time.
func (c *Client) giveUp(i int, now sim.Time, out *Output) {
	op := &c.open[i]
	op.Outcome, op.Err = InDoubt, api.ErrDeadline
	if op.endless {
		op.Err = api.ErrKeepalive
	}
	if op.Request.Reads() || op.unsent {
		op.Outcome = Failed
	}
	c.finish(i, now, rule.ClientTimeout, out)
}

// persists reports whether an operation that has no deadline goes on although nothing was heard: the connection is taken for broken, and what
// does no harm twice is sent over another.
func (c *Client) persists(now sim.Time, op *Operation, out *Output) bool {
	again := repeatable(op.Request.Call) && !op.once && op.Attempts < retryAttempts
	if !op.endless || !(op.unsent || again) {
		return false
	}
	op.Return = now + silence
	if op.again == 0 {
		op.Attempts++
		c.later(op, now+retryWait, out)
		out.Events = append(out.Events, Event{Kind: Waits, Rule: rule.ReadsAreRepeated, Operation: *op, Text: api.ErrKeepalive})
	}
	return true
}

func (c *Client) finish(i int, now sim.Time, why rule.ID, out *Output) {
	op := c.open[i]
	op.Return = now
	if op.again != 0 {
		c.retries--
	}
	if i == 0 { // the most frequent case, and there may be thousands behind it
		c.open = c.open[1:]
	} else {
		c.open = append(c.open[:i], c.open[i+1:]...)
	}
	out.Events = append(out.Events, Event{Kind: Returned, Rule: why, Operation: op})
	c.returned(now, &op, out)
}

// arm asks for a wake at the next deadline, if none is under way that comes sooner.
func (c *Client) arm(out *Output) {
	for i := range c.open {
		if at := c.open[i].Return; c.expiry == 0 || at < c.expiry {
			c.expiry = at
			out.Wakes = append(out.Wakes, at)
		}
	}
}
