package etcd

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/sim"
)

// server is what answers requests: those that wait for their entry, for a round of ReadIndex or for somebody else, and
// what the member proposes of its own accord.
type server struct {
	pending   []*Request // proposals that wait for a leader
	waits     []wait     // requests that the member has not answered, oldest first
	expiry    bool       // a WakeExpire is under way
	reads     reads
	handlers  []handler  // other requests, oldest wait first
	lookAt    sim.Time   // when the next wake for them comes; never: none is under way
	proposals []proposal // the member's own
	own       uint32     // counts them, in this incarnation

	revoking  revoking
	leaseScan sim.Time // when the wake for the next scan comes; 0: none is under way
	physicals []physical
	compactor compact.Compactor
	publish   publication
	checker   checker
	calls     callCounters
}

func (s *server) clone() server {
	c := *s
	c.pending, c.waits, c.handlers = slices.Clone(s.pending), slices.Clone(s.waits), slices.Clone(s.handlers)
	c.proposals, c.physicals = slices.Clone(s.proposals), slices.Clone(s.physicals)
	c.revoking.queue = slices.Clone(s.revoking.queue)
	c.reads, c.publish, c.checker = s.reads.clone(), s.publish.clone(), s.checker.clone()
	c.compactor, c.calls.handled = s.compactor.Clone(), slices.Clone(s.calls.handled)
	return c
}

// wait is a request that a client waits for.
type wait struct {
	req      *Request
	deadline sim.Time
	proposed bool
}

// unanswered returns the requests that clients wait for, wherever the member keeps them.
func (s *server) unanswered(t *turn) (list []*Request) {
	for _, w := range s.waits {
		list = append(list, w.req)
	}
	for _, a := range slices.Concat(s.reads.asked, s.reads.waiting) {
		list = append(list, a.req)
	}
	for _, h := range s.handlers {
		if h.req != nil {
			list = append(list, h.req)
		}
	}
	for _, e := range s.proposals {
		if e.asker != nil {
			list = append(list, e.asker)
		}
		if e.renew != nil {
			list = append(list, e.renew)
		}
	}
	if t.applier.defrag.req != nil {
		list = append(list, t.applier.defrag.req)
	}
	for _, in := range slices.Concat(s.publish.backlog, t.applier.defrag.waiting) {
		if in.req != nil {
			list = append(list, in.req)
		}
	}
	return list
}
