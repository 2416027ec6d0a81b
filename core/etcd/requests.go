package etcd

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/sim"
)

// requests are those of clients that wait for their entry, and the member's own proposals.
type requests struct {
	pending   []*Request // proposals that wait for a leader
	waits     []wait     // requests that the member has not answered, oldest first
	expiry    bool       // a WakeExpire is under way
	proposals []proposal // the member's own
	own       uint32     // counts them, in this incarnation
	calls     callCounters
}

// wait is a request that a client waits for.
type wait struct {
	req      *Request
	deadline sim.Time
	proposed bool
}

func (r *requests) clone() requests {
	c := *r
	c.pending, c.waits, c.proposals = slices.Clone(r.pending), slices.Clone(r.waits), slices.Clone(r.proposals)
	c.calls.handled = slices.Clone(r.calls.handled)
	return c
}

// waiter takes a request off the list of those that wait; it is the zero wait if no client of this member waits for it.
func (r *requests) waiter(id uint64) (w wait) {
	for i := range r.waits {
		if r.waits[i].req.ID == id {
			w = r.waits[i]
			if i == 0 { // as a rule, and there may be thousands behind it
				r.waits = r.waits[1:]
			} else {
				r.waits = append(r.waits[:i], r.waits[i+1:]...)
			}
			break
		}
	}
	return w
}

// answer sends a response if a client of this member waits for it, and returns whom it answered.
func (r *requests) answer(t *turn, resp Response) wait {
	w := r.waiter(resp.ID)
	if w.req != nil {
		r.respond(t, w.req, &resp)
	}
	return w
}

// respond sends a response to who asked.
func (r *requests) respond(t *turn, req *Request, resp *Response) {
	if !req.Client.IsMember() {
		r.calls.countEnd(api.MethodOf(req.Call), resp.Err)
	}
	t.out.Answers = append(t.out.Answers, Answer{req.Client, resp})
}

// armExpiry asks for a wake at the oldest request's deadline. Deadlines grow, so one wake at a time is enough.
func (r *requests) armExpiry(t *turn) {
	if !r.expiry && len(r.waits) > 0 {
		r.expiry = true
		t.wake(r.waits[0].deadline, WakeExpire)
	}
}

func (r *requests) forget(req *Request) {
	for i, p := range r.pending {
		if p == req {
			r.pending = append(r.pending[:i:i], r.pending[i+1:]...)
			return
		}
	}
}

// reject answers a request with an error; it is not carried out.
func (r *requests) reject(t *turn, req *Request, err string) {
	r.respond(t, req, &Response{ID: req.ID, Reply: t.applier.reply(t, nil), Err: err})
}

// reply answers a request that nobody waits for in waits.
func (r *requests) reply(t *turn, req *Request, body api.Body) {
	r.respond(t, req, &Response{ID: req.ID, Reply: t.applier.reply(t, body), Executed: true})
}

// await lets a request wait for its answer for as long as a member works on one.
func (r *requests) await(t *turn, req *Request) {
	r.waits = append(r.waits, wait{req: req, deadline: t.now + t.self.cfg.RequestTimeout()})
	r.armExpiry(t)
}

func (r *requests) forgetID(id uint64) {
	for _, p := range r.pending {
		if p.ID == id {
			r.forget(p)
			return
		}
	}
}

// underWay counts what was proposed here and has not been applied. A change of the group does not count, nor
// what Raft has not taken yet (etcdserver/v3_server.go, processInternalRaftRequestOnce).
func (r *requests) underWay(publishing bool) int {
	n := len(r.proposals)
	for i := range r.waits {
		if w := &r.waits[i]; w.proposed && api.RowOf(w.req.Call).Applied != "" {
			n++
		}
	}
	if publishing {
		n++
	}
	for _, p := range r.pending {
		if OwnID(p.ID) {
			n--
		}
	}
	return n
}
