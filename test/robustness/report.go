package robustness

import (
	"slices"

	"github.com/anishathalye/porcupine"
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/sim"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/tests/v3/robustness/model"
	"go.etcd.io/etcd/tests/v3/robustness/report"
)

// Persisted returns what the members agreed on, in the model's words.
func (r *Run) Persisted() (list []model.EtcdRequest) {
	for _, c := range r.Commits {
		if req, ok := request(c.Call); ok {
			list = append(list, req)
		}
	}
	return list
}

// Reports returns what each client saw. One more stands for the log, in which leases are revoked.
func (r *Run) Reports() []report.ClientReport {
	c := &converter{run: r, commits: map[uint64]committed{}, grants: map[int64]committed{}}
	c.replay()
	var all []report.ClientReport
	for i := range r.World.Clients() {
		host := sim.Client(i + 1)
		all = append(all, report.ClientReport{
			ClientID: i + 1, KeyValue: c.streams(c.operations(host)), Watch: watches(&r.World.Clients()[i]),
		})
	}
	return append(all, report.ClientReport{ClientID: len(all) + 1, KeyValue: c.streams(c.revoked)})
}

type converter struct {
	run     *Run
	commits map[uint64]committed // by request
	grants  map[int64]committed  // by lease: a client asks again for one when it hears nothing, and may get two
	revoked []porcupine.Operation
	stream  int // the last one used
}

// committed is a request that the log holds: since when, and which revision the model comes to with it.
type committed struct {
	at       int64
	response model.MaybeEtcdResponse
}

// replay lets the model carry out the log.
func (c *converter) replay() {
	state := model.EtcdState{
		Revision: 1, CompactRevision: -1, KeyValues: map[string]model.ValueRevision{}, KeyLeases: map[string]int64{},
		Leases: map[int64]model.EtcdLease{},
	}
	last := int64(0)
	for _, e := range c.run.Commits {
		req, ok := request(e.Call)
		if !ok {
			continue
		}
		var resp model.MaybeEtcdResponse
		state, resp = state.Step(req)
		last = max(nanos(e.At), last+2) // what became known at the same instant keeps its order
		done := committed{last, model.MaybeEtcdResponse{Persisted: true, PersistedRevision: resp.Revision}}
		switch req.Type {
		case model.LeaseGrant:
			c.grants[req.LeaseGrant.LeaseID] = done
		case model.LeaseRevoke:
			c.revoked = append(c.revoked, done.operation(req))
		default:
			c.commits[e.ID] = done
		}
	}
}

// operation returns the revocation of a lease. Members revoke leases that have run out, and a client asks again when it
// hears nothing: so each revocation in the log stands for itself, and what the client was told for a second one, which
// finds nothing to do.
func (d committed) operation(req model.EtcdRequest) porcupine.Operation {
	return porcupine.Operation{Input: req, Output: d.response, Call: d.at - 1, Return: d.at + 1}
}

// narrow lets a write happen when the first member knows that it is committed. Before that nobody sees it, and any read
// that begins after it does. A history that is not linearizable does not become so by it; but one that is, is found to
// be so in milliseconds, while the search among a dozen operations that waited for the same election may take for ever.
// What was answered before it was committed keeps its span.
func (d committed) narrow(op porcupine.Operation) porcupine.Operation {
	if op.Call < d.at && d.at < op.Return {
		op.Call, op.Return = max(op.Call, d.at-1), min(op.Return, d.at+1)
	}
	return op
}

// operations returns what a client asked and was told.
func (c *converter) operations(host sim.Host) (ops []porcupine.Operation) {
	h := c.run.World.History()
	for i := range h.Len() {
		if o := h.Ref(i); o.Request.Client == host {
			if op, ok := c.operation(o); ok {
				ops = append(ops, op)
			}
		}
	}
	return ops
}

func (c *converter) operation(o *client.Operation) (op porcupine.Operation, ok bool) {
	call := o.Request.Call
	if grant, is := call.(api.LeaseGrant); is && o.Outcome == client.Acknowledged {
		grant.ID = o.Response.Body.(api.LeaseGrantReply).ID
		call = grant
	}
	req, ok := request(call)
	if !ok {
		return op, false
	}
	op = porcupine.Operation{Input: req, Call: nanos(o.Call), Return: nanos(o.Return)}
	if o.Outcome != client.Acknowledged {
		return c.indeterminate(op, o)
	}
	resp := response(&o.Response.Reply)
	switch call := call.(type) {
	case api.Range:
		if call.Serializable { // true at some time, however long ago
			op.Call = 1
		}
	case api.LeaseRevoke:
		resp.LeaseRevoke = &model.LeaseRevokeResponse{}
	case api.Compaction: // the revision in its header is not linearizable: the model wants this one
		resp.Compact, resp.Revision = &model.CompactResponse{}, -1
	}
	op.Output = resp
	done, ok := c.commits[o.Request.ID]
	if grant, is := call.(api.LeaseGrant); is {
		done, ok = c.grants[grant.ID]
	}
	if ok {
		op = done.narrow(op)
	}
	return op, true
}

// indeterminate tells of an operation that was not acknowledged what the log knows of it. The validators would do so
// for puts, but less sharply, and for all else try both ways; the ways double with each.
func (c *converter) indeterminate(op porcupine.Operation, o *client.Operation) (porcupine.Operation, bool) {
	req := op.Input.(model.EtcdRequest)
	commit, ok := c.commits[o.Request.ID]
	switch {
	case req.IsRead() || !ok:
		return op, false
	case req.Type == model.Compact && o.Err == api.ErrCompacted:
		op.Output = model.MaybeEtcdResponse{EtcdResponse: model.EtcdResponse{ClientError: mvcc.ErrCompacted.Error()}}
	default:
		op.Output, op.Return = commit.response, max(op.Return, commit.at+1)
	}
	return commit.narrow(op), true
}

// streams gives operations that overlap different identities: the validators know only clients that ask one thing at a
// time.
func (c *converter) streams(ops []porcupine.Operation) []porcupine.Operation {
	slices.SortStableFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var ends []int64
	first := c.stream
	for i := range ops {
		n := slices.IndexFunc(ends, func(end int64) bool { return end < ops[i].Call })
		if n < 0 {
			n, ends = len(ends), append(ends, 0)
		}
		ends[n] = ops[i].Return
		ops[i].ClientId = first + n
	}
	c.stream += len(ends)
	return ops
}

// watches returns a client's watches with all that they were told. As in etcd's client a watch goes on over several
// streams.
func watches(c *client.Client) (list []model.WatchOperation) {
	for i := range c.Watches() {
		list = append(list, model.WatchOperation{Request: watchRequest(&c.Watches()[i]), Responses: []model.WatchResponse{}})
	}
	heard := c.Received()
	for i := heard.First(); i < heard.Len(); i++ {
		h := heard.Ref(i)
		list[h.Watch-1].Responses = append(list[h.Watch-1].Responses, watchResponse(h))
	}
	return list
}
