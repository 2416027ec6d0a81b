package monitor

import (
	"reflect"
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
)

// TestPackKeepsWhatIsUnderWay: a packed copy holds no more than the operations that have no outcome, and is whole again
// when it is unpacked.
func TestPackKeepsWhatIsUnderWay(t *testing.T) {
	m := New()
	for id := uint64(1); id <= 5; id++ {
		m.Latency().Reached(sim.Time(id)*sim.Millisecond, id, sim.Member(1), sim.Millisecond)
	}
	m.Latency().Taken(9*sim.Millisecond, 3)
	c := m.Clone()
	c.Pack()
	if c.latency.open != nil || len(c.packed.open) != 5 || c.packed.traces != len(m.latency.open) {
		t.Fatalf("of %d traces the copy holds %d", m.Latency().under, len(c.packed.open))
	}
	c.Unpack()
	if !reflect.DeepEqual(c.latency.open, m.latency.open) || !reflect.DeepEqual(c.latency.log, m.latency.log) {
		t.Errorf("unpacked it has %v and %v, want %v and %v", c.latency.open, c.latency.log, m.latency.open, m.latency.log)
	}
}
