package etcd

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/compact"
)

// server is what answers requests: those that wait for their entry, for a round of ReadIndex or for somebody else, and
// what the member proposes of its own accord.
type server struct {
	requests  requests
	reads     reads
	handlers  handlers
	leases    leaseWork
	physicals []physical // clients that wait for the end of a compaction
	compactor compact.Compactor
	publish   publication
	checker   checker
}

func (s *server) clone() server {
	c := *s
	c.requests, c.reads = s.requests.clone(), s.reads.clone()
	c.handlers.list, c.leases.revoking.queue = slices.Clone(s.handlers.list), slices.Clone(s.leases.revoking.queue)
	c.physicals, c.compactor = slices.Clone(s.physicals), s.compactor.Clone()
	c.publish, c.checker = s.publish.clone(), s.checker.clone()
	return c
}

// unanswered returns the requests that clients wait for, wherever the member keeps them.
func (s *server) unanswered(t *turn) (list []*Request) {
	for _, w := range s.requests.waits {
		list = append(list, w.req)
	}
	for _, a := range slices.Concat(s.reads.asked, s.reads.waiting) {
		list = append(list, a.req)
	}
	for _, h := range s.handlers.list {
		if h.req != nil {
			list = append(list, h.req)
		}
	}
	for _, e := range s.requests.proposals {
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
