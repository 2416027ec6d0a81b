package client

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// A channel is what the Go client calls a connection to the cluster (grpc.ClientConn): one real connection to each of
// its endpoints. All are dialled at once; calls and streams go to those that are ready, in turn, and wait while none
// is (gRPC's round_robin; the etcd client sets WaitForReady).

// Endpoint is one of the places that a client is to talk to.
type Endpoint struct {
	Host sim.Host // 0: nobody listens there
	Name string   // as it was given, and as etcdctl prints it; empty: http://nX:2379
}

// String returns the endpoint as etcdctl prints it.
func (e Endpoint) String() string {
	if e.Name == "" {
		return address(e.Host)
	}
	return e.Name
}

// address is where a member listens to clients.
func address(h sim.Host) string { return "http://" + h.String() + ":2379" }

// Program is what kind of process makes calls.
type Program uint8

// The programs.
const (
	Etcdctl   Program = iota // a command of etcdctl, or a load that calls as etcdctl check perf does
	APIServer                // of Kubernetes
)

// keepalives are gRPC's keepalives as the programs set them: after so long without a word from the other end it is
// asked whether it is there, and has so long to answer. etcdctl wants to ask after 2 s (--keepalive-time), but gRPC
// allows no less than 10 (dialoptions.go, WithKeepaliveParams; etcdctl ctlv3/ctl.go; apiserver
// pkg/storage/storagebackend/factory/etcd3.go).
var keepalives = [...]struct{ time, timeout sim.Time }{
	Etcdctl:   {10 * sim.Second, 6 * sim.Second},
	APIServer: {30 * sim.Second, 10 * sim.Second},
}

// How gRPC connects (clientconn.go, resetTransportAndUnlock; backoff/backoff.go): an attempt has 20 s, or as long as
// the wait behind it if that is longer; it waits 1 s after the first that fails, then 1.6 times as long each time up
// to 2 min, a fifth more or less.
const (
	connectTimeout = 20 * sim.Second
	backoffFirst   = sim.Second
	backoffMost    = 120 * sim.Second
)

// State is how a connection is (grpc connectivity.State). An idle one is connected at once.
type State uint8

// The states.
const (
	Connecting State = iota
	Ready
	TransientFailure
)

// String returns the state as gRPC calls it.
func (s State) String() string { return [...]string{"CONNECTING", "READY", "TRANSIENT_FAILURE"}[s] }

// conn is the connection to one endpoint.
type conn struct {
	to       Endpoint
	id       uint64 // of this attempt; the next has another, so that late news of this one is known as such
	life     uint32 // of the process at the other end; 0: none has answered yet
	state    State
	failures int      // attempts that failed since it was last ready
	wait     sim.Time // after this attempt, if it fails
	until    sim.Time // while Connecting: when the attempt is given up; in TransientFailure: when the next begins
	lost     bool     // it could not be made, or it broke, since it was last ready
	leaving  bool     // its endpoint is not on the list any more

	read    sim.Time // when something last came over it
	seen    sim.Time // read, when the keepalive last looked
	looks   sim.Time // when it looks again; 0: it sleeps until the next stream
	left    sim.Time // of the time in which the answer to a ping has to come
	pinging bool
}

// channel is all connections of one process to one list of endpoints.
type channel struct {
	id      uint64
	task    uint64 // the command that the process is; 0: a program that goes on, as a load
	program Program
	own     bool       // the process was given no endpoints but the client's
	given   []Endpoint // that it was given, or the client's; replaced, never written in place
	conns   []conn
	turn    int      // which of the ready ones is next
	every   sim.Time // how often it asks for the list of members; 0: never
	syncs   sim.Time // when it asks next; 0: never, or it waits for the answer
	over    bool     // its program has ended: nothing begins on it any more
}

// balancer is a client's endpoints and its connections to them.
type balancer struct {
	Host      sim.Host   // the client
	endpoints []Endpoint // replaced, never written in place
	last      sim.Host   // the member that was last asked
	channels  []channel
	dialled   uint64   // counts them
	attempts  uint64   // counts attempts to connect
	connWake  sim.Time // when a wake for the connections comes; 0: none is under way
	chance    rng.Stream
}

func newBalancer(host sim.Host, members int, seed uint64) balancer {
	b := balancer{Host: host, chance: rng.New(seed, "balancer/"+host.String())}
	b.last = sim.Member(min(host.Number(), members))
	for n := 1; n <= members; n++ {
		b.endpoints = append(b.endpoints, Endpoint{Host: sim.Member(n)})
	}
	return b
}

func (b *balancer) clone() balancer {
	d := *b
	d.channels = slices.Clone(b.channels)
	for i := range d.channels {
		d.channels[i].conns = slices.Clone(d.channels[i].conns)
	}
	return d
}

// hash is a digest of the endpoints and the connections.
func (b *balancer) hash() uint64 {
	chance := b.chance
	h := rng.Mix(b.dialled<<32^b.attempts, chance.Uint64()^uint64(b.connWake))
	for _, e := range b.endpoints {
		h = rng.Mix(h, uint64(e.Host))
	}
	for i := range b.channels {
		x := &b.channels[i]
		h = rng.Mix(h, x.id<<32^x.task<<8^uint64(x.program)<<4^uint64(x.turn))
		if x.every != 0 {
			h = rng.Mix(h, uint64(x.every)^uint64(x.syncs)<<16)
		}
		for k := range x.conns {
			n := &x.conns[k]
			h = rng.Mix(h, uint64(n.to.Host)<<56^uint64(n.state)<<48^uint64(n.failures)<<32^n.id)
			h = rng.Mix(h, uint64(n.life)<<32^uint64(n.until)^uint64(n.wait)<<16)
			h = rng.Mix(h, uint64(n.read)^uint64(n.looks)<<8^uint64(n.left)<<16^rng.Name(n.to.Name))
		}
	}
	return h
}

// Endpoint returns the member that the client last asked; before it has asked any, one of those that it may.
func (b *balancer) Endpoint() sim.Host { return b.last }

// Endpoints returns the places that the client talks to if a command names no others. They are not to be changed.
func (b *balancer) Endpoints() []Endpoint { return b.endpoints }

// channel returns the channel that a call or a watch goes over; if there is none yet, its endpoints are dialled.
func (b *balancer) channel(now sim.Time, a *Ask, out *Output) *channel {
	list, own := a.Endpoints, a.Endpoints == nil
	if own {
		list = b.endpoints
	}
	for i := range b.channels {
		if h := &b.channels[i]; h.task == a.Task && h.program == a.Program && h.own == own && h.every == a.AutoSync &&
			!h.over && (own || slices.Equal(h.given, list)) {
			return h
		}
	}
	b.dialled++
	h := channel{id: b.dialled, task: a.Task, program: a.Program, own: own, given: list, every: a.AutoSync}
	if h.every != 0 {
		h.syncs = now + h.every
	}
	for _, e := range list {
		h.conns = append(h.conns, conn{to: e})
	}
	b.channels = append(b.channels, h)
	last := &b.channels[len(b.channels)-1]
	for i := range last.conns { // gRPC begins anywhere; here with the one nearby
		b.dial(now, &last.conns[(i+b.Host.Number()-1)%len(last.conns)], out)
	}
	b.armConns(out)
	return last
}

// byID returns a channel; nil: its process has ended.
func (b *balancer) byID(id uint64) *channel {
	for i := range b.channels {
		if b.channels[i].id == id {
			return &b.channels[i]
		}
	}
	return nil
}

// conn returns a connection by the number of its attempt; nil: there is no such attempt any more.
func (b *balancer) conn(id uint64) (*channel, *conn) {
	for i := range b.channels {
		h := &b.channels[i]
		for k := range h.conns {
			if h.conns[k].id == id {
				return h, &h.conns[k]
			}
		}
	}
	return nil, nil
}

// dial begins an attempt to connect.
func (b *balancer) dial(now sim.Time, k *conn, out *Output) {
	b.attempts++
	k.id, k.life, k.state, k.wait = b.attempts, 0, Connecting, b.backoff(k.failures)
	k.until = now + max(connectTimeout, k.wait)
	out.signal(k, etcd.Syn, b.Host)
}

func (b *balancer) backoff(failures int) sim.Time {
	if failures == 0 {
		return backoffFirst
	}
	wait := backoffFirst
	for ; failures > 0 && wait < backoffMost; failures-- {
		wait = wait * 16 / 10
	}
	return min(wait, backoffMost) * sim.Time(800+b.chance.Intn(401)) / 1000
}

// pick returns the next ready connection; nil: there is none.
func (h *channel) pick() *conn {
	ready := h.ready()
	if ready == 0 {
		return nil
	}
	h.turn = (h.turn + 1) % ready
	n := h.turn
	for i := range h.conns {
		if h.conns[i].takes() {
			if n == 0 {
				return &h.conns[i]
			}
			n--
		}
	}
	return nil
}

func (h *channel) ready() (n int) {
	for i := range h.conns {
		if h.conns[i].takes() {
			n++
		}
	}
	return n
}

// takes reports whether calls and streams may begin on a connection.
func (k *conn) takes() bool { return k.state == Ready && !k.leaving }

// size returns how many endpoints the channel has.
func (h *channel) size() (n int) {
	for i := range h.conns {
		if !h.conns[i].leaving {
			n++
		}
	}
	return n
}

// reshuffle lets the turns begin anywhere, as gRPC does whenever one of the connections has another state
// (endpointsharding.go, updateState).
func (b *balancer) reshuffle(h *channel) {
	if n := h.ready(); n > 1 {
		h.turn = b.chance.Intn(n)
	}
}

// OnSignal takes what comes from an endpoint below the calls.
func (c *Client) OnSignal(now sim.Time, from sim.Host, s *etcd.Signal, out *Output) {
	if s.Kind == etcd.Closed {
		c.onClosed(now, from, s.Incarnation, out)
	} else if h, k := c.conn(s.Conn); k != nil {
		switch {
		case s.Kind == etcd.SynAck && k.state == Connecting:
			k.life = s.Incarnation
			out.signal(k, etcd.Preface, c.Host)
		case s.Kind == etcd.Settings && k.state == Connecting:
			c.onConnected(now, h, k, out)
		case s.Kind == etcd.Rst && k.state == Connecting:
			c.onUnreachable(now, h, k, refused, out)
		case s.Kind == etcd.Pong:
			k.read = now
		}
	}
	c.settle(now, out)
}

// Why a connection could not be made.
const (
	refused = "connection refused"
	silent  = "no answer in time"
)

// settle looks after what an input may have left: processes that have ended, and the next wake.
func (c *Client) settle(now sim.Time, out *Output) {
	c.tidy(now, out)
	c.sweep()
	c.armConns(out)
}

// onConnected lets all that waits for a ready connection go.
func (c *Client) onConnected(now sim.Time, h *channel, k *conn, out *Output) {
	if k.lost {
		out.Events = append(out.Events, Event{Kind: Reached, Endpoint: k.to.Host, Task: h.task})
	}
	k.state, k.failures, k.lost, k.read, k.seen, k.pinging = Ready, 0, false, now, now, false
	k.looks = now + keepalives[h.program].time
	c.reshuffle(h)
	id := h.id
	for i := range c.open {
		if op := &c.open[i]; op.channel == id && op.isWaiting() {
			c.send(now, op, out)
		}
	}
	for _, list := range [...][]Watch{c.watches, c.hidden} {
		for i := range list {
			if list[i].channel == id && list[i].waiting {
				c.openStream(now, &list[i], out)
			}
		}
	}
}

// onUnreachable ends an attempt that has failed.
func (b *balancer) onUnreachable(now sim.Time, h *channel, k *conn, why string, out *Output) {
	k.state, k.until, k.lost = TransientFailure, now+k.wait, true
	k.failures++
	out.Events = append(out.Events, Event{Kind: Unreachable, Endpoint: k.to.Host, Task: h.task, Until: k.until, Text: why})
	b.reshuffle(h)
}

// onClosed ends the connections to a process that has ended.
func (c *Client) onClosed(now sim.Time, from sim.Host, life uint32, out *Output) {
	var list []uint64
	for i := range c.channels {
		for _, k := range c.channels[i].conns {
			if k.to.Host == from && k.state != TransientFailure && k.life != 0 && k.life <= life {
				list = append(list, k.id)
			}
		}
	}
	for _, id := range list {
		c.breakConn(now, id, api.ErrConnection, out)
	}
}

// OnBroken takes the news that a connection is of no use any more.
func (c *Client) OnBroken(now sim.Time, id uint64, why string, out *Output) {
	c.breakConn(now, id, why, out)
	c.settle(now, out)
}

// breakConn ends a connection, dials its endpoint again, and ends what went over it with an error.
func (c *Client) breakConn(now sim.Time, id uint64, why string, out *Output) {
	h, k := c.conn(id)
	switch {
	case k == nil:
		return
	case k.state == Connecting:
		c.onUnreachable(now, h, k, why, out)
		return
	default:
		out.Events = append(out.Events, Event{Kind: Unreachable, Endpoint: k.to.Host, Task: h.task, Until: now, Text: why})
		c.eachStream(id, func(w *Watch) { c.closeStream(w, out) })
		if k.lost = true; k.leaving {
			c.abandon(k)
		} else {
			c.dial(now, k, out)
		}
	}
	c.reshuffle(h)
	for i := 0; i < len(c.open); {
		if op := &c.open[i]; op.conn != id || c.onAttempt(now, i, &etcd.Response{Err: why, Executed: true}, out) {
			i++
		}
	}
	c.eachStream(id, func(w *Watch) { c.resume(now, w, why, out) })
}

// eachStream does something with each watch whose stream goes over a connection.
func (s *subscriptions) eachStream(id uint64, do func(*Watch)) {
	for _, list := range [...][]Watch{s.watches, s.hidden} {
		for i := range list {
			if list[i].conn == id && list[i].Stream != 0 {
				do(&list[i])
			}
		}
	}
}
