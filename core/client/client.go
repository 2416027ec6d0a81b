// Package client is an etcd client as a machine: it sends requests to an endpoint, waits, and remembers what it was told.
//
// Three outcomes matter to whoever uses etcd, and two of them look alike: an operation was Acknowledged, it certainly Failed, or it is
// InDoubt: the client heard nothing, or an error that leaves open whether the write happened. Like etcd's Go client, this one never repeats a
// write that may have been carried out; it does go to the next endpoint when a connection is refused, because then nothing was
// sent (client/v3/retry.go). With one endpoint (etcdctl --endpoints) it tries that one again until its time is over.
//
// The types are Client, Operation (one thing it was asked to do, from call to outcome) and Output.
package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
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
	refusals int            // endpoints that refused the connection since the last pause
	unsent   bool           // every endpoint refused it: it waits for the next try
}

// EventKind says what happened at a client.
type EventKind uint8

// The kinds.
const (
	Called    EventKind = iota // an operation began
	Retried                    // its endpoint refused the connection: it went to the next
	BackedOff                  // every endpoint that it has refused: it tries again in a while
	Returned                   // it has an outcome
)

// Event is something that happened at a client. Operation is its state afterwards.
type Event struct {
	Kind      EventKind
	Rule      rule.ID
	Operation Operation
}

// Output is what an input led to.
type Output struct {
	Events []Event
	Send   []Sending
	Wakes  []sim.Time // instants at which the client wants a call of Wake
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
	o.Events, o.Send, o.Wakes = o.Events[:0], o.Send[:0], o.Wakes[:0]
}

// Timeout is etcdctl's --command-timeout: shorter than a member's own, so it is the client that gives up first.
const Timeout = 5 * sim.Second

// backoff is how long a client waits when no endpoint accepted its connection (gRPC's first backoff is 1 s); soon, when one of them
// is about to: its connection is open, and is used once the member reads from it.
const (
	backoff = sim.Second
	soon    = 50 * sim.Millisecond
)

// Client is one client. Its operations run side by side.
type Client struct {
	Host     sim.Host
	members  int
	endpoint sim.Host
	open     []Operation // oldest first
	expiry   sim.Time    // when a wake for the oldest deadline comes; 0: none is under way
	retry    sim.Time    // when unsent operations are tried again; 0: none wait
}

// New returns a client that knows all members and talks to the one with its own number, or the last.
func New(host sim.Host, members int) Client {
	return Client{Host: host, members: members, endpoint: sim.Member(min(host.Number(), members))}
}

// Learn tells the client how many members there are now (clientv3's AutoSync).
func (c *Client) Learn(members int) { c.members = members }

// Clone returns an independent copy.
func (c *Client) Clone() Client {
	d := *c
	d.open = append([]Operation(nil), c.open...)
	return d
}

// Endpoint returns the member that the client talks to.
func (c *Client) Endpoint() sim.Host { return c.endpoint }

// Open returns the operations that have no outcome yet, oldest first. They are not to be changed.
func (c *Client) Open() []Operation { return c.open }

// Call begins an operation. To is the member that it goes to, 0 for the client's own endpoint.
func (c *Client) Call(now sim.Time, req *etcd.Request, to sim.Host, out *Output) {
	if to == 0 {
		to = c.endpoint
	}
	op := Operation{Request: req, Endpoint: to, Call: now, Return: now + Timeout}
	c.open = append(c.open, op)
	out.Events = append(out.Events, Event{Kind: Called, Operation: op})
	out.Send = append(out.Send, Sending{to, req})
	c.arm(out)
}

// Answered takes a member's response.
func (c *Client) Answered(now sim.Time, resp *etcd.Response, out *Output) {
	for i := range c.open {
		if op := &c.open[i]; op.Request.ID == resp.ID {
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
			return
		}
	}
}

// Refused takes the news that nobody listens at an endpoint, or that its member is about to: the request was not sent, so the next endpoint is
// tried.
func (c *Client) Refused(now sim.Time, id uint64, starting bool, out *Output) {
	for i := range c.open {
		op := &c.open[i]
		if op.Request.ID != id {
			continue
		}
		if op.refusals++; op.refusals == c.members || op.Request.Pinned {
			op.refusals, op.unsent = 0, true
			out.Events = append(out.Events, Event{Kind: BackedOff, Operation: *op})
			c.retry = now + backoff
			if starting {
				c.retry = now + soon
			}
			out.Wakes = append(out.Wakes, c.retry)
			return
		}
		next := sim.Member(op.Endpoint.Number()%c.members + 1)
		if !starting { // from one that is about to serve the client comes back
			c.endpoint = next
		}
		c.resend(op, next, out)
		return
	}
}

func (c *Client) resend(op *Operation, to sim.Host, out *Output) {
	op.Endpoint, op.unsent = to, false
	out.Events = append(out.Events, Event{Kind: Retried, Operation: *op})
	out.Send = append(out.Send, Sending{to, op.Request})
}

// Wake gives up on operations whose deadline has passed, and tries again those that no endpoint accepted.
func (c *Client) Wake(now sim.Time, out *Output) {
	if now >= c.expiry {
		c.expiry = 0
	}
	for len(c.open) > 0 && c.open[0].Return <= now {
		op := &c.open[0]
		op.Outcome, op.Err = InDoubt, api.ErrDeadline
		if op.Request.Reads() || op.unsent {
			op.Outcome = Failed
		}
		c.finish(0, now, rule.ClientTimeout, out)
	}
	if c.retry != 0 && now >= c.retry {
		c.retry = 0
		for i := range c.open {
			switch op := &c.open[i]; {
			case op.unsent && op.Request.Pinned:
				c.resend(op, op.Endpoint, out)
			case op.unsent:
				c.resend(op, sim.Member(op.Endpoint.Number()%c.members+1), out)
			}
		}
	}
	c.arm(out)
}

func (c *Client) finish(i int, now sim.Time, why rule.ID, out *Output) {
	op := c.open[i]
	op.Return = now
	c.open = append(c.open[:i], c.open[i+1:]...)
	out.Events = append(out.Events, Event{Kind: Returned, Rule: why, Operation: op})
}

// arm asks for a wake at the oldest deadline. Deadlines grow, so one at a time is enough.
func (c *Client) arm(out *Output) {
	if c.expiry == 0 && len(c.open) > 0 {
		c.expiry = c.open[0].Return
		out.Wakes = append(out.Wakes, c.expiry)
	}
}
