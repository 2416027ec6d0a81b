package etcd

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestRequestsAreAnsweredOnce: who waits is answered by the number of the request, whoever waited before, and once.
func TestRequestsAreAnsweredOnce(t *testing.T) {
	now := turn{out: &Output{}, self: &self{cfg: &Config{Tick: sim.Millisecond, ElectionTicks: 10}}}
	var r requests
	for id := range uint64(3) {
		r.await(&now, &Request{ID: id + 1, Client: sim.Client(1), Call: api.Put{Key: "k"}})
	}
	for _, id := range []uint64{2, 2, 1, 3} {
		r.answer(&now, Response{ID: id})
	}
	if n := len(now.out.Answers); n != 3 || now.out.Answers[0].Response.ID != 2 || len(r.waits) != 0 {
		t.Errorf("%d answers, %d requests wait", n, len(r.waits))
	}
	if len(now.out.Wakes) != 1 || now.out.Wakes[0].At != now.self.cfg.RequestTimeout() {
		t.Errorf("wakes %v, want one, for the oldest request", now.out.Wakes)
	}
}

// TestHandlersAreTakenInOrder: those that are ready leave the list in the order in which they came; the wake is for the
// earliest of the rest.
func TestHandlersAreTakenInOrder(t *testing.T) {
	l := handlers{at: never}
	for i, what := range []waiting{forApply, forLeader, forApply, forAnswer} {
		l.wait(handler{until: sim.Time(i)}, what, sim.Time(7+i))
	}
	taken := l.take(func(h *handler) bool { return h.waits == forApply })
	if len(taken) != 2 || taken[0].until != 0 || taken[1].until != 2 || len(l.list) != 2 {
		t.Fatalf("taken %v, left %v", taken, l.list)
	}
	now := turn{out: &Output{}, self: &self{}}
	l.arm(&now, never)
	l.arm(&now, never)
	if len(now.out.Wakes) != 1 || now.out.Wakes[0].At != 8 {
		t.Errorf("wakes %v, want one at 8", now.out.Wakes)
	}
}

// TestLoopWaits: the loop is busy while it writes, and while a change of the group is to be applied.
func TestLoopWaits(t *testing.T) {
	for _, c := range []struct {
		l    loop
		busy bool
	}{{loop{}, false}, {loop{saving: true}, true}, {loop{awaitsApply: true}, true}} {
		if c.l.busy() != c.busy {
			t.Errorf("%+v is busy: %v", c.l, !c.busy)
		}
	}
}

// TestPartsShareNothing: what is done to a clone of a part leaves the part as it was.
func TestPartsShareNothing(t *testing.T) {
	r := requests{pending: []*Request{{ID: 1}}, waits: []wait{{deadline: 1}}, proposals: []proposal{{id: 1}}}
	c := r.clone()
	c.pending[0], c.waits[0].deadline, c.proposals[0].id = nil, 2, 2
	if r.pending[0] == nil || r.waits[0].deadline != 1 || r.proposals[0].id != 1 {
		t.Error("a clone of the requests shares their lists")
	}
	s := server{handlers: handlers{list: []handler{{at: 1}}}, physicals: []physical{{id: 1}}}
	d := s.clone()
	d.handlers.list[0].at, d.physicals[0].id = 2, 2
	if s.handlers.list[0].at != 1 || s.physicals[0].id != 1 {
		t.Error("a clone of the server shares its lists")
	}
}
