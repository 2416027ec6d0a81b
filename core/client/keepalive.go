package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Time passes for connections: attempts are given up and begun again, and gRPC's keepalive looks whether somebody is
// there (internal/transport/http2_client.go, keepalive). It asks only while calls or streams are under way; when it
// has slept, the next of them wakes it, and it asks at once.

// armConns asks for a wake when a connection next has something to do, unless one is under way that comes no later.
func (b *balancer) armConns(out *Output) {
	var next sim.Time
	for i := range b.channels {
		if at := b.channels[i].syncs; at != 0 && (next == 0 || at < next) {
			next = at
		}
		for k := range b.channels[i].conns {
			if at := b.channels[i].conns[k].due(); at != 0 && (next == 0 || at < next) {
				next = at
			}
		}
	}
	if next != 0 && (b.connWake == 0 || next < b.connWake) {
		b.connWake = next
		out.Wakes = append(out.Wakes, next)
	}
}

func (k *conn) due() sim.Time {
	if k.state == Ready {
		return k.looks
	}
	return k.until
}

// wakeConns does for each connection what is due.
func (c *Client) wakeConns(now sim.Time, out *Output) {
	if now >= c.connWake {
		c.connWake = 0
	}
	for i := range c.channels {
		for k := range c.channels[i].conns {
			c.wakeConn(now, &c.channels[i], &c.channels[i].conns[k], out)
		}
	}
}

func (c *Client) wakeConn(now sim.Time, h *channel, k *conn, out *Output) {
	switch at := k.due(); {
	case at == 0 || at > now:
	case k.state == Connecting:
		c.onUnreachable(now, h, k, silent, out)
	case k.state == TransientFailure:
		c.dial(now, k, out)
	case k.read > k.seen:
		k.seen, k.pinging = k.read, false
		k.looks = k.read + keepalives[h.program].time
	case k.pinging && k.left <= 0:
		c.breakConn(now, k.id, api.ErrKeepalive, out)
	case c.streams(k.id) == 0:
		k.pinging, k.looks = false, 0
	default:
		c.ping(now, h, k, out)
	}
}

// ping asks whether somebody is there, unless that has been asked, and looks again later.
func (b *balancer) ping(now sim.Time, h *channel, k *conn, out *Output) {
	alive := keepalives[h.program]
	if !k.pinging {
		k.pinging, k.left = true, alive.timeout
		out.signal(k, etcd.Ping, b.Host)
	}
	sleep := min(alive.time, k.left)
	k.left -= sleep
	k.looks = now + sleep
}

// streams returns how many calls and streams are under way on a connection.
func (c *Client) streams(id uint64) (n int) {
	for i := range c.open {
		if c.open[i].conn == id {
			n++
		}
	}
	c.eachStream(id, func(*Watch) { n++ })
	for i := range c.tasks {
		if c.tasks[i].keep.on && c.tasks[i].keep.conn == id {
			n++
		}
	}
	return n
}

// used notes that a call or a stream begins on a connection.
func (b *balancer) used(now sim.Time, h *channel, k *conn, out *Output) {
	b.last = k.to.Host
	if k.looks == 0 {
		b.ping(now, h, k, out)
	}
}

// receivedOn notes that something has come over a connection.
func (b *balancer) receivedOn(now sim.Time, id uint64) {
	if _, k := b.conn(id); k != nil {
		k.read = now
	}
}

// Patience returns how long data on a connection may be unacknowledged until the operating system takes it for
// broken: gRPC sets TCP_USER_TIMEOUT to the keepalive's timeout (http2_client.go, NewHTTP2Client). It is false if
// there is no such connection any more.
func (b *balancer) Patience(id uint64) (sim.Time, bool) {
	h, k := b.conn(id)
	if k == nil || k.state != Ready {
		return 0, false
	}
	return keepalives[h.program].timeout, true
}

// Leads returns the member that a connection leads to; 0: there is no such connection any more.
func (b *balancer) Leads(id uint64) sim.Host {
	if _, k := b.conn(id); k != nil && k.state == Ready {
		return k.to.Host
	}
	return 0
}

// Over returns the connection that a request is on its way over; 0: it has an outcome, or is not on its way.
func (c *calls) Over(request uint64) uint64 {
	if i, ok := c.find(request); ok {
		return c.open[i].conn
	}
	return 0
}

// Holds reports whether an attempt to connect, or the connection that came of it, is still of use.
func (b *balancer) Holds(id uint64) bool {
	_, k := b.conn(id)
	return k != nil && k.state != TransientFailure
}
