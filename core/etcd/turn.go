package etcd

import "github.com/etcdscope/etcdscope/core/sim"

// turn is one input under way: its instant, what it leads to, and what every part may look at.
type turn struct {
	now     sim.Time
	out     *Output
	self    *self
	storage *storage
	loop    *loop
	applier *applier
	calls   *callCounters
}

// wake asks for a call at an instant.
func (t *turn) wake(at sim.Time, k WakeKind) {
	t.out.Wakes = append(t.out.Wakes, Wake{at, k, t.self.incarnation})
}
