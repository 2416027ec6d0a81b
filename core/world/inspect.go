package world

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What there is to see of a world. Nothing that is returned here may be changed.

// Now returns the instant, Turn how many turns have been taken.
func (w *World) Now() sim.Time { return w.now }
func (w *World) Turn() uint64  { return w.turn }

// Config returns the configuration, Preset its times.
func (w *World) Config() Config  { return w.cfg }
func (w *World) Preset() *Preset { return w.preset }

// Journal returns what happened.
func (w *World) Journal() *Journal { return &w.journal }

// Members and Clients return the machines.
func (w *World) Members() []*etcd.Member  { return w.members }
func (w *World) Clients() []client.Client { return w.clients }

// Network returns the network with its rules.
func (w *World) Network() *sim.Network { return &w.net }

// History returns the operations that have an outcome.
func (w *World) History() *chunk.List[client.Operation] { return &w.history }

// Outcomes counts the operations that have an outcome, by outcome.
func (w *World) Outcomes() [client.Outcomes]int { return w.counts }

// Requests returns how many requests the clients have made: the id of the newest.
func (w *World) Requests() uint64 { return w.requests }

// Starting returns when a member that is starting will be up; false if it is not starting.
func (w *World) Starting(h sim.Host) (sim.Time, bool) {
	at := w.starts[h.Number()]
	return at, at != 0
}

// Drift returns by how many percent a member's clock is fast.
func (w *World) Drift(h sim.Host) int { return w.drifts[h.Number()] }

// Broken returns the rule that was broken, nil while all hold.
func (w *World) Broken() *check.Violation { return w.broken }

// Commanded returns the commands that have been carried out.
func (w *World) Commanded() []Timed { return w.tape[:w.pos] }

// Marks, Spans and Writes tell the story of the run so far; the last span goes on.
func (w *World) Marks() *chunk.List[Mark]      { return &w.story.marks }
func (w *World) Writes() *chunk.List[sim.Time] { return &w.story.writes }

// Spans returns who led when, the span that goes on included.
func (w *World) Spans() []Span {
	spans := make([]Span, 0, w.story.spans.Len()+1)
	for i := range w.story.spans.Len() {
		spans = append(spans, w.story.spans.At(i))
	}
	last := w.story.open
	last.To = w.now
	return append(spans, last)
}

// Load returns how many requests a second a client's load makes by the clock, Workload all of it.

// Flight is a message on its way. Due is -1 if it is held.
type Flight struct {
	*Packet
	Due sim.Time
}

// InFlight returns the messages on their way, ordered by id.
func (w *World) InFlight() []Flight {
	var all []Flight
	for _, p := range w.held {
		all = append(all, Flight{p, -1})
	}
	w.queue.Each(func(at sim.Time, e *event) bool {
		if e.kind == evDeliver {
			all = append(all, Flight{e.packet, at})
		}
		return true
	})
	sort.SliceStable(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

// Leader returns the member that leads the highest term; nil if nobody leads.
func (w *World) Leader() *etcd.Member {
	var best *etcd.Member
	for i, m := range w.members {
		if m.Leads() && !w.outside(sim.Member(i+1)) && (best == nil || m.Node().Term() > best.Node().Term()) {
			best = m
		}
	}
	return best
}

// MaxTerm returns the highest term that any running member knows.
func (w *World) MaxTerm() raft.Term {
	var top raft.Term
	for _, m := range w.members {
		if m.Up() {
			top = max(top, m.Node().Term())
		}
	}
	return top
}

// NextTick returns when a member's ticker fires next; -1: never.
func (w *World) NextTick(h sim.Host) sim.Time {
	next := sim.Time(-1)
	m := w.member(h)
	w.queue.Each(func(at sim.Time, e *event) bool {
		if e.kind == evTick && e.host == h && e.wake.Incarnation == m.Incarnation() {
			next = at
		}
		return next < 0
	})
	return next
}

// Groups returns the sides of the split in force, empty if there is none.
func (w *World) Groups() [][]sim.Host {
	var groups [][]sim.Host
	for _, r := range w.net.Rules() {
		if !r.Split {
			continue
		}
		var side []sim.Host
		for h := sim.Host(1); h <= sim.Client(w.cfg.Clients); h++ {
			if r.From&h.Bit() != 0 {
				side = append(side, h)
			}
		}
		groups = append(groups, side)
	}
	return groups
}
