// Package monitor is what an operator keeps of a cluster beside it: how the members' figures were over time, which of
// the recommended alerts hold, and how long the clients' operations take, and where.
//
// Metrics over time. Four times a second of simulated time somebody lets the monitor look at the members' figures, as
// Prometheus does at its targets (Look). It does so between two turns and changes nothing, so that a run is the same
// whether or not anybody looks at charts. The run may be long: when a member has samplesMost samples, every second one
// goes, and from then on only half as many are kept.
//
// Latency. Whoever carries messages tells when an operation passes from one to the next (Latency's Reached, Taken,
// Pass, Returned); the time between is a stage.
//
// The monitor knows no world: what it looks at is a Target, and what alerts have to know besides is a Standing.
//
// Reading order: monitor.go, samples.go, series.go, alerts.go, latency.go, histogram.go.
package monitor

import (
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Monitor keeps the samples and the latencies of a run. All members are looked at together, so their lists end with the
// same instant.
type Monitor struct {
	next    sim.Time // when the members are looked at, or measure how far it is to the others
	keep    sim.Time // when the next sample is kept
	every   sim.Time // between two samples
	targets []target
	latency Latency
	packed  *packed // of a keyframe: what its latency holds no more
}

// Target is a member as the monitor meets it.
type Target interface {
	Up() bool
	Paused() bool
	Incarnation() uint32 // counts the starts of its process
	Stats() etcd.Stats
	RTTDue() (sim.Time, bool) // when it measures next how far it is to the others; false: it does not
}

// New returns a monitor that has seen nothing.
func New() Monitor { return Monitor{latency: newLatency()} }

// Clone returns an independent copy.
func (m *Monitor) Clone() Monitor {
	c := *m
	c.targets = append([]target(nil), m.targets...)
	for i := range c.targets {
		c.targets[i].samples = m.targets[i].samples.Clone()
	}
	c.latency = m.latency.clone()
	return c
}

// Latency returns what is known of how long operations take.
func (m *Monitor) Latency() *Latency { return &m.latency }

// Pack leaves out of a copy what can be made anew: Unpack does so, in a clone that is to go on.
func (m *Monitor) Pack() { m.packed = m.latency.pack() }

// Unpack makes a copy that was packed whole again.
func (m *Monitor) Unpack() {
	if m.packed != nil {
		m.latency.unpack(m.packed)
		m.packed = nil
	}
}

// Due returns when it is time to look at the members. Those that measure how far it is to the others do so first.
func (m *Monitor) Due() sim.Time { return m.next }

// Started lets the monitor look again soon: a member has started, and may have something to measure.
func (m *Monitor) Started(now sim.Time) { m.next = min(m.next, nextLook(now)) }

// Look looks at the members at the instant that is due, and says when the next is.
func Look[T Target](m *Monitor, members []T) {
	at := m.next
	if at >= m.keep {
		sample(m, at, members)
	}
	m.next = m.keep
	for _, x := range members {
		if due, ok := x.RTTDue(); ok {
			m.next = min(m.next, due)
		}
	}
	m.next = nextLook(m.next - 1)
}

// nextLook returns the first instant after another at which members may be looked at.
func nextLook(now sim.Time) sim.Time { return (now/sampleInterval + 1) * sampleInterval }

// sample keeps how all members stand.
func sample[T Target](m *Monitor, at sim.Time, members []T) {
	m.every = max(m.every, sampleInterval)
	m.keep = at + m.every
	for len(m.targets) < len(members) {
		m.targets = append(m.targets, target{})
	}
	for i, x := range members {
		m.targets[i].look(at, x)
	}
	if m.targets[0].samples.Len() >= samplesMost {
		m.thin()
	}
}
