// Package client is an etcd client as a machine: it connects to its endpoints, sends requests, waits, and remembers
// what it was told.
//
// Three outcomes matter to whoever uses etcd, and two of them look alike: an operation was Acknowledged, it certainly
// Failed, or it is Indeterminate: no answer came, or an error that leaves open whether the write happened. Like
// etcd's Go client, this one never repeats a write that may have been carried out (client/v3/retry.go).
//
// A Client is a machine on which somebody works. Each command of etcdctl that is typed there is a process of its own,
// as in life: it dials all its endpoints, uses those that are ready, and its connections end with it. Loads, and the
// compactor of an API server, are programs that go on: they keep their connections, and their balancer moves calls
// off an endpoint only when its connection breaks. Both are channels (channel.go); Ask.Task and Ask.Program say
// which.
//
// The endpoints of a command are those that it was given (--endpoints), else the client's own: at first all members of
// the run's configuration. Nobody tells a client of others: who types a command about members at it reads the list that
// comes back, and goes on with that (balancer.onMemberList).
//
// Some of etcdctl's commands are more than one call: endpoint health, lock, elect, check perf. Each is a Task, a
// small machine that asks for calls and watches (Ask), hears what came of them, and says what etcdctl would print
// (Report).
//
// The types are Client, Endpoint, Operation (one thing it was asked to do, from call to outcome), Watch, Task and
// Output.
//
// Reading order: client.go, channel.go, keepalive.go, sync.go, watch.go, fragment.go, task.go, survey.go, session.go,
// mutex.go, election.go, perf.go, words.go.
package client

import (
	"slices"
	"sort"

	"github.com/etcdscope/etcdscope/core/api"
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
	Indeterminate

	Outcomes = iota // how many there are
)

// String returns the outcome as it is shown.
func (o Outcome) String() string {
	return [...]string{"waiting", "acknowledged", "failed", "in doubt"}[o]
}

// Operation is one request with what became of it.
type Operation struct {
	Request    *etcd.Request
	Endpoint   sim.Host // the member that it was last sent to; 0: it has not been sent
	Call       sim.Time
	Return     sim.Time // while Waiting: the deadline
	Outcome    Outcome
	Response   *etcd.Response // what it was told; nil: nothing
	Err        string         // what the user sees if there is no good answer
	Attempts   int            // how often it was sent again after an answer
	After      int            // how many operations of all clients had an outcome when it began
	Purpose    Purpose
	once       bool     // it is not repeated, whatever it is
	mayHaveRun bool     // an earlier attempt may have been carried out
	again      sim.Time // when it is tried again; 0: it is not waiting for that
	channel    uint64   // that it goes over
	conn       uint64   // that it is on its way over; 0: none
	stream     uint64   // the connection that it went over last, or is to go over if that is still ready; 0: any
}

// isWaiting reports whether an operation waits for a ready connection.
func (o *Operation) isWaiting() bool { return o.conn == 0 && o.again == 0 }

// Patience returns how long the client waits for an answer; ok is false if it waits for as long as the connection
// holds.
func (o *Operation) Patience() (span sim.Time, ok bool) { return o.Return - o.Call, o.Return != never }

// EventKind says what happened at a client.
type EventKind uint8

// The kinds.
const (
	Called    EventKind = iota // an operation began
	Retried                    // it is sent again
	WillRetry                  // Text: the answer, which may be another in a moment: it asks again
	Returned                   // it has an outcome

	WatchCalled   // a watch began
	WatchReceived // Message
	WatchBroken   // Text: its stream broke; it will open another
	WatchEnded    // Text

	Queued      // Text: it waits until this key is gone
	Held        // Text: the key with which it has the lock, or leads
	Released    // Text: likewise, no more
	SessionLost // Text: the lease that its key hung on
	Printed     // Text: a line that etcdctl prints

	Unreachable // Text: why its connection to Endpoint broke, or could not be made; the next attempt is Until
	Reached     // Endpoint: such a connection is ready again
	Learned     // Text: the endpoints that it goes on with, by the list of members that it asked for
)

// Event is something that happened at a client. Operation is its state afterwards.
type Event struct {
	Kind      EventKind
	Rule      rule.ID
	Operation Operation // of the first four
	Watch     Watch     // of those about watches
	Message   *watch.Message
	Header    api.Header // of Message
	Task      uint64     // of the last seven
	Endpoint  sim.Host   // of the last two
	Until     sim.Time
	Text      string
}

// Output is what an input led to.
type Output struct {
	Events  []Event
	Send    []Sending
	Streams []StreamSend
	Signals []Sending // with a Signal
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

func (o *Output) signal(k *conn, kind etcd.SignalKind, from sim.Host) {
	s := &etcd.Signal{Kind: kind, Client: from, Conn: k.id, Incarnation: k.life}
	o.Signals = append(o.Signals, Sending{To: k.to.Host, Conn: k.id, Incarnation: k.life, Signal: s})
}

// Sending is a request, or a signal, on its way over a connection.
type Sending struct {
	To          sim.Host
	Conn        uint64
	Incarnation uint32 // of the process that the connection leads to
	Request     *etcd.Request
	Signal      *etcd.Signal
}

// Reset empties the output for the next input.
func (o *Output) Reset() {
	clear(o.Events)
	clear(o.Send)
	clear(o.Streams)
	clear(o.Signals)
	o.Events, o.Send, o.Wakes = o.Events[:0], o.Send[:0], o.Wakes[:0]
	o.Streams, o.Signals, o.Taken = o.Streams[:0], o.Signals[:0], o.Taken[:0]
	o.Asks, o.Reports = nil, nil // they are kept
}

// Timeout is etcdctl's --command-timeout: shorter than a member's own, so it is the client that gives up first.
const Timeout = 5 * sim.Second

// never is the deadline of what has none.
const never = sim.Time(1) << 60

// What a member answers with code Unavailable is asked again, if asking twice does no harm: at once, but whenever
// half of the endpoints and one more have been asked, after a while, a tenth more or less
// (client/v3/retry_interceptor.go, client.go roundRobinQuorumBackoff, options.go).
const (
	retryWait   = 25 * sim.Millisecond
	attemptMost = 100
)

// Client is one client. Its operations run side by side.
type Client struct {
	balancer
	calls
	subscriptions
	commands
}

// calls are a client's operations that have no outcome yet.
type calls struct {
	open    []Operation // oldest first, and so by request
	retries int         // of them, those that wait to be tried again
	expiry  sim.Time    // when a wake for the next deadline comes; 0: none is under way
}

func (c *calls) clone() calls { return calls{slices.Clone(c.open), c.retries, c.expiry} }

// New returns a client whose endpoints are so many members.
func New(host sim.Host, members int, seed uint64) Client {
	return Client{balancer: newBalancer(host, members, seed)}
}

// Clone returns an independent copy.
func (c *Client) Clone() Client {
	return Client{c.balancer.clone(), c.calls.clone(), c.subscriptions.clone(), c.commands.clone()}
}

// Hash is a digest of the endpoints, the connections and what watches are to be asked.
func (c *Client) Hash() uint64 { return c.subscriptions.hash(c.balancer.hash()) }

// Open returns the operations that have no outcome yet, oldest first. They are not to be changed.
func (c *calls) Open() []Operation { return c.open }

// Call begins an operation: the call that was asked for, which the request holds.
func (c *Client) Call(now sim.Time, req *etcd.Request, a Ask, out *Output) {
	h := c.channel(now, &a, out)
	op := Operation{Request: req, Call: now, Return: a.deadline(now), After: a.After, Purpose: a.Purpose}
	op.once, op.channel, op.stream = a.Once, h.id, a.stream
	out.Events = append(out.Events, Event{Kind: Called, Operation: op})
	c.open = append(c.open, op)
	if op.Return <= now { // gRPC does not send what has no time
		c.giveUp(len(c.open)-1, now, out)
		c.settle(now, out)
		return
	}
	c.send(now, &c.open[len(c.open)-1], out)
	c.arm(out)
	c.armConns(out)
}

// send sends an operation over a ready connection. If there is none it waits.
func (c *Client) send(now sim.Time, op *Operation, out *Output) {
	h := c.byID(op.channel)
	if h == nil {
		return // its process ends in this very input
	}
	var k *conn
	if _, own := c.conn(op.stream); op.once && own != nil && own.state == Ready {
		k = own
	} else if k = h.pick(); k == nil {
		return
	}
	op.conn, op.stream, op.Endpoint = k.id, k.id, k.to.Host
	out.Send = append(out.Send, Sending{To: k.to.Host, Conn: k.id, Incarnation: k.life, Request: op.Request})
	c.used(now, h, k, out)
}

// find returns where an open operation stands. Requests are numbered in the order in which they are made.
func (c *calls) find(id uint64) (int, bool) {
	i := sort.Search(len(c.open), func(i int) bool { return c.open[i].Request.ID >= id })
	return i, i < len(c.open) && c.open[i].Request.ID == id
}

// OnResponse takes a member's response.
func (c *Client) OnResponse(now sim.Time, resp *etcd.Response, out *Output) {
	i, ok := c.find(resp.ID)
	if !ok {
		return
	}
	c.receivedOn(now, c.open[i].conn)
	c.onAttempt(now, i, resp, out)
	c.settle(now, out)
}

// onAttempt ends an attempt with a member's answer, or that of a connection that broke. It reports whether the
// operation goes on.
func (c *Client) onAttempt(now sim.Time, i int, resp *etcd.Response, out *Output) bool {
	op := &c.open[i]
	op.conn = 0
	if c.repeats(op, resp) {
		op.mayHaveRun = op.mayHaveRun || resp.Executed
		c.repeat(now, op, resp.Err, out)
		return true
	}
	if resp.ID != 0 {
		op.Response = resp
	}
	op.Err = resp.Err
	switch {
	case resp.Err == "":
		op.Outcome = Acknowledged
	case (resp.Executed || op.mayHaveRun) && !op.Request.Reads():
		op.Outcome = Indeterminate
	default:
		op.Outcome = Failed
	}
	c.finish(i, now, rule.None, out)
	return false
}

// repeats reports whether an operation is tried again after such an answer (retry_interceptor.go, isSafeRetry). What
// the member's own deadline ended is, whatever it is, if it is certain that nothing came of it: the member was still
// waiting for a leader to propose it to.
func (c *Client) repeats(op *Operation, resp *etcd.Response) bool {
	if resp.Err == "" || op.once || op.Attempts >= attemptMost-1 {
		return false
	}
	switch api.CodeOf(resp.Err) {
	case api.Unavailable:
		return api.RowOf(op.Request.Call).Repeatable
	case api.DeadlineExceeded:
		return !resp.Executed || api.RowOf(op.Request.Call).Repeatable
	}
	h := c.byID(op.channel)
	return resp.Err == api.ErrForLearner && h != nil && h.size() > 1
}

// repeat tries an operation again, now or in a while.
func (c *Client) repeat(now sim.Time, op *Operation, why string, out *Output) {
	op.Attempts++
	out.Events = append(out.Events, Event{Kind: WillRetry, Rule: rule.ReadsAreRepeated, Operation: *op, Text: why})
	if h := c.byID(op.channel); h == nil || op.Attempts%(h.size()/2+1) != 0 {
		c.retry(now, op, out)
		return
	}
	c.retries++
	op.again = now + retryWait*sim.Time(900+c.chance.Intn(201))/1000
	out.Wakes = append(out.Wakes, op.again)
}

func (c *Client) retry(now sim.Time, op *Operation, out *Output) {
	if op.again != 0 {
		c.retries--
	}
	op.again = 0
	c.send(now, op, out)
	if op.conn != 0 {
		out.Events = append(out.Events, Event{Kind: Retried, Operation: *op})
	}
}

// Wake gives up on operations whose deadline has passed, tries again what has waited for that, and looks after
// connections and watches.
func (c *Client) Wake(now sim.Time, out *Output) {
	c.wakeConns(now, out)
	c.wakeWatches(now, out)
	c.wakeTasks(now, out)
	c.wakeSyncs(now, out)
	if now >= c.expiry {
		c.expiry = 0
	}
	for i := 0; i < len(c.open); {
		if c.open[i].Return > now {
			i++
			continue
		}
		c.giveUp(i, now, out)
	}
	for i := 0; c.retries > 0 && i < len(c.open); i++ {
		if op := &c.open[i]; op.again != 0 && op.again <= now {
			c.retry(now, op, out)
		}
	}
	c.arm(out)
	c.settle(now, out)
}

// giveUp ends an operation that got no answer in time.
func (c *Client) giveUp(i int, now sim.Time, out *Output) {
	op := &c.open[i]
	op.Err = api.ErrDeadline
	op.abandon()
	c.finish(i, now, rule.ClientTimeout, out)
}

// abandon gives an operation the outcome that it has when nobody waits for it any more.
func (o *Operation) abandon() {
	o.Outcome = Failed
	if (o.mayHaveRun || o.conn != 0) && !o.Request.Reads() {
		o.Outcome = Indeterminate
	}
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
	if op.Purpose.Task != 0 && op.Purpose.Part == whole {
		c.exits = append(c.exits, op.Purpose.Task)
		c.onMemberList(&op)
	}
	c.onTaskCall(now, &op, out)
}

// onMemberList takes the list of members that a command has printed: the person goes on with those that listen to
// clients and vote. One that has not told its name yet stays, if it was an endpoint.
func (b *balancer) onMemberList(op *Operation) {
	if op.Outcome != Acknowledged {
		return
	}
	reply, ok := op.Response.Body.(api.MembersReply)
	if !ok {
		return
	}
	var list []Endpoint
	for _, m := range reply.Members {
		e := Endpoint{Host: sim.Member(m.Member.Machine())}
		if slices.Contains(b.endpoints, e) || (m.Name != "" && !m.Learner) {
			list = append(list, e)
		}
	}
	if len(list) > 0 {
		b.endpoints = list
	}
}

// arm asks for a wake at the next deadline, if none is under way that comes sooner.
func (c *calls) arm(out *Output) {
	for i := range c.open {
		if at := c.open[i].Return; at != never && (c.expiry == 0 || at < c.expiry) {
			c.expiry = at
			out.Wakes = append(out.Wakes, at)
		}
	}
}
