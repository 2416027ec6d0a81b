package client

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// A program may ask for the list of members again and again, and go on with those on it: AutoSyncInterval of the Go
// client's Config (client.go, autoSync and Sync). Without it a program keeps the endpoints that it was started with, as
// a Kubernetes API server does. The next question comes an interval after the last answer, or after that did not come.
//
// The connections to endpoints that stay on the list are kept. One to an endpoint that has left it takes no more calls,
// and is closed when those that are under way on it have ended (grpc internal/transport/http2_client.go,
// GracefulClose).

// EndSync ends the programs that ask for the list of members. Their calls still get their answers.
func (c *Client) EndSync(now sim.Time, out *Output) {
	for i := range c.channels {
		if h := &c.channels[i]; h.every != 0 {
			h.over, h.syncs = true, 0
		}
	}
	c.settle(now, out)
}

// wakeSyncs asks for the list of members where it is time.
func (b *balancer) wakeSyncs(now sim.Time, out *Output) {
	for i := range b.channels {
		h := &b.channels[i]
		if h.syncs == 0 || h.syncs > now {
			continue
		}
		h.syncs = 0
		a := Ask{Purpose: Purpose{Part: learn}, Program: h.program, Call: api.MemberList{}, AutoSync: h.every}
		if !h.own {
			a.Endpoints = h.given
		}
		out.Asks = append(out.Asks, a)
	}
}

// onMembers takes the answer.
func (b *balancer) onMembers(now sim.Time, op *Operation, out *Output) {
	h := b.byID(op.channel)
	if h == nil || h.over {
		return
	}
	h.syncs = now + h.every
	if op.Outcome != Acknowledged {
		return
	}
	var list []Endpoint
	text := ""
	for _, m := range op.Response.Body.(api.MembersReply).Members {
		if m.Name == "" || m.Learner || m.ClientURL == "" {
			continue
		}
		if len(list) > 0 {
			text += ", "
		}
		list = append(list, Endpoint{Host: sim.Member(m.Member.Machine())})
		text += list[len(list)-1].Host.String()
	}
	if len(list) > 0 && b.goOn(now, h, list, out) {
		out.Events = append(out.Events, Event{Kind: Learned, Rule: rule.None, Text: text})
		b.reshuffle(h)
	}
}

// goOn dials the endpoints of a list that are new and drops those that are not on it. It reports whether there were
// any.
func (b *balancer) goOn(now sim.Time, h *channel, list []Endpoint, out *Output) bool {
	changed := false
	for k := range h.conns {
		n := &h.conns[k]
		if !n.leaving && !slices.ContainsFunc(list, n.leadsTo) {
			n.leaving, changed = true, true
			if n.state != Ready {
				b.abandon(n)
			}
		}
	}
	for _, e := range list {
		if !slices.ContainsFunc(h.conns, func(n conn) bool { return !n.leaving && n.leadsTo(e) }) {
			h.conns = append(h.conns, conn{to: e})
			b.dial(now, &h.conns[len(h.conns)-1], out)
			changed = true
		}
	}
	return changed
}

func (k *conn) leadsTo(e Endpoint) bool { return k.to.Host == e.Host }

// abandon ends a connection for good: what still comes on it finds nobody.
func (b *balancer) abandon(k *conn) {
	b.attempts++
	k.id, k.life, k.state, k.until = b.attempts, 0, TransientFailure, 0
}

// sweep drops the connections of endpoints that have left a list, and the channels of programs that have ended, when
// nothing is under way on them any more.
func (c *Client) sweep() {
	for i := 0; i < len(c.channels); i++ {
		h := &c.channels[i]
		if h.every == 0 {
			continue
		}
		h.conns = slices.DeleteFunc(h.conns, func(k conn) bool { return k.leaving && c.streams(k.id) == 0 })
		if h.over && !c.busy(h.id) {
			c.channels = slices.Delete(c.channels, i, i+1)
			i--
		}
	}
}

// busy reports whether something has to go over a channel, or waits for an answer.
func (c *Client) busy(channel uint64) bool {
	for i := range c.open {
		if c.open[i].channel == channel {
			return true
		}
	}
	for _, list := range [...][]Watch{c.watches, c.hidden} {
		for i := range list {
			if list[i].channel == channel && !list[i].Ended {
				return true
			}
		}
	}
	return false
}
