package client

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Who only wants to know who leads reads the first key in line, watches it until it is deleted, and reads again
// (client/v3/concurrency/election.go, observe). To stand for election is to stand in line: see mutex.go.

func (d recipe) lookUp() {
	d.ask(Ask{Purpose: Purpose{Part: look}, Call: d.oldest(), NoDeadline: true})
}

// onLeader tells who leads, or waits until somebody does.
func (d recipe) onLeader(op *Operation) {
	if op.Err != "" {
		d.fail("elect: observer lost", "")
		return
	}
	r := op.Response.Body.(api.RangeReply)
	h := op.Response.Header
	d.count = r.Count
	if len(r.KVs) == 0 {
		d.ask(Ask{Purpose: Purpose{Part: first},
			Watch: &watch.Request{Key: d.prefix(), End: mvcc.PrefixEnd(d.prefix()), Start: h.Revision}})
		return
	}
	d.leads(h, r.KVs[0], 0)
	d.follow(r.KVs[0].Key, h.Revision+1)
}

// leads reports a leader and its proposal.
func (d recipe) leads(h api.Header, kv mvcc.KeyValue, count int64) {
	r := api.RangeReply{RangeResult: mvcc.RangeResult{KVs: []mvcc.KeyValue{kv}, Count: count}}
	d.report(Report{Call: d.oldest(), Reply: api.Reply{Header: h, Body: r}})
}

// follow watches the leader's key.
func (d recipe) follow(key string, from int64) {
	d.ask(Ask{Purpose: Purpose{Part: follow}, Watch: &watch.Request{Key: key, Start: from}})
}
