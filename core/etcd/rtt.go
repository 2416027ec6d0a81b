package etcd

import (
	"github.com/etcdscope/etcdscope/core/sim"
)

// Round-trip times. A member asks each other one every four seconds whether it is there, over HTTP and beside Raft, and
// keeps a smoothed time; what the metric observes is that smoothed time, five seconds after the start and then every
// thirty, twice: for the prober of each of rafthttp's two transports (rafthttp/probing_status.go, xiang90/probing). So
// the first figure is far too small, here as there.

const (
	probeInterval  = 4 * sim.Second
	statusInterval = 30 * sim.Second // between two observations, while the other answers
	statusFirst    = 5 * sim.Second  // before the first, and while it does not
	probers        = 2
)

// probing is what a member knows of the way to another one and back.
type probing struct {
	smooth   sim.Time
	healthy  bool
	statusAt sim.Time   // when smooth is observed next; 0: the other is not known yet
	trips    *histogram // never written in place; nil: empty
}

// RTTs is how long a question takes from a member to each other one and back; -1: it does not come back.
type RTTs [sim.MaxMembers + 1]sim.Time

// RTTDue returns when it is time for MeasureRTT; false if the process does nothing.
func (m *Member) RTTDue() (sim.Time, bool) {
	if m.process == nil || m.process.paused {
		return 0, false
	}
	return m.process.peers.measureAt, true
}

// MeasureRTT tells the member how long its questions took, and lets it observe what is due. It changes nothing but
// metrics.
func (m *Member) MeasureRTT(now sim.Time, trips *RTTs) {
	t := &m.process.peers
	asks := t.askAt != 0 && now >= t.askAt
	if t.askAt == 0 || asks {
		t.askAt = now + probeInterval
	}
	t.measureAt = t.askAt
	for machine := 1; machine <= sim.MaxMembers; machine++ {
		id := m.process.applier.cluster.on(machine).number
		if id == m.self.id || !m.Knows(id) {
			continue
		}
		p := t.peer(id)
		if p.statusAt == 0 {
			p.statusAt = now + statusFirst
		}
		if asks {
			p.ask(trips[machine])
		}
		if now >= p.statusAt {
			p.statusAt = now + statusFirst
			if p.healthy {
				p.statusAt = now + statusInterval
			}
			for range probers {
				p.trips = p.trips.observed(timeTrip, p.smooth)
				t.trips = t.trips.observed(timeTrip, p.smooth)
			}
		}
		t.measureAt = min(t.measureAt, p.statusAt)
	}
}

// ask takes the time of one question; an eighth of it counts (probing/status.go).
func (p *probing) ask(trip sim.Time) {
	if p.healthy = trip >= 0; p.healthy {
		p.smooth = (7*p.smooth + trip) / 8
	}
}
