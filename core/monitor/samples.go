package monitor

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

const (
	sampleInterval = 250 * sim.Millisecond
	samplesMost    = 512
)

// Sample is how a member stood at an instant. Other than the member's own, its counters go on over restarts (what
// increase() in Prometheus makes of them).
type Sample struct {
	At sim.Time
	Up bool // it answers; else the gauges say nothing
	etcd.Stats
}

// target is one member's samples. Raw is what the member's own counters were at the last.
type target struct {
	samples chunk.List[Sample]
	life    uint32
	raw     [etcd.Counts]uint32
}

// look adds a sample.
func (t *target) look(at sim.Time, m Target) {
	s := Sample{At: at, Up: m.Up() && !m.Paused()}
	if n := t.samples.Len(); n > 0 {
		s.Counts = t.samples.Ref(n - 1).Counts
	}
	if s.Up {
		f := m.Stats()
		if m.Incarnation() != t.life {
			t.life, t.raw = m.Incarnation(), [etcd.Counts]uint32{}
		}
		for i, n := range f.Counts {
			s.Counts[i] += n - t.raw[i]
		}
		s.Gauges, t.raw = f.Gauges, f.Counts
	}
	t.samples.Append(s)
}

// thin drops every second sample; the last ones stay.
func (m *Monitor) thin() {
	m.every *= 2
	for i := range m.targets {
		t := &m.targets[i]
		var half chunk.List[Sample]
		for k := (t.samples.Len() + 1) % 2; k < t.samples.Len(); k += 2 {
			half.Append(t.samples.At(k))
		}
		t.samples = half
	}
	last := &m.targets[0].samples
	m.keep = last.Ref(last.Len()-1).At + m.every
}
