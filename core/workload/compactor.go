package workload

import (
	"fmt"
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// compactor is the compactor of an API server that runs beside a client, and what it waits for.
type compactor struct {
	compact.APIServer
	on      bool
	request uint64 // the call that it waits for; 0: none
	target  int64  // what it is about to compact to; 0: nothing
}

// Takes is the start or the end of a compactor.
func (a *compactor) Takes(c script.Command) (script.Flags, bool) {
	switch c := c.(type) {
	case script.CompactorStart:
		return script.Flags{Client: c.Client}, true
	case script.CompactorStop:
		return script.Flags{Client: c.Client}, true
	}
	return script.Flags{}, false
}

// Command starts a compactor, or ends it, as the end of its API server does. What it has asked for then may still be
// done.
func (a *compactor) Command(in In, c script.Command, _ []client.Endpoint) (out Output, err error) {
	start, starts := c.(script.CompactorStart)
	switch {
	case starts && a.on:
		return out, fmt.Errorf("%v runs a compactor already", in.Client)
	case !starts && !a.on:
		return out, fmt.Errorf("%v runs no compactor", in.Client)
	case starts:
		*a = compactor{APIServer: compact.NewAPIServer(in.Now, start.Interval), on: true}
		a.rest(&out)
	default:
		a.on, a.request, a.target = false, 0, 0
	}
	return out, nil
}

// rest waits for the next round.
func (a *compactor) rest(out *Output) { a.later(a.Next(), out) }

func (a *compactor) later(at sim.Time, out *Output) {
	out.Wakes = append(out.Wakes, Wake{At: at, Kind: wakeCompactor, Caused: true})
}

// Wake begins a round, with a transaction on the key by which API servers agree, or goes on with it. For one that has
// been stopped and started again since, it is too early: then nothing is due.
func (a *compactor) Wake(in In, wake Wake) (out Output) {
	if wake.Kind != wakeCompactor || !a.on {
		return out
	}
	if to := a.target; to != 0 {
		a.target = 0
		a.ask(in, api.Compaction{Revision: to}, &out)
	} else if ask, due := a.Tick(in.Now); due {
		a.ask(in, api.Txn{
			Compare: []api.Compare{{Target: api.CompareVersion, Key: compact.RevisionKey, Number: ask.Version}},
			Success: []api.Call{api.Put{Key: compact.RevisionKey, Value: ask.Value}},
			Failure: []api.Call{api.Range{Key: compact.RevisionKey}},
		}, &out)
	}
	return out
}

// ask makes a call, without a deadline of its own as in Kubernetes (apiserver pkg/storage/etcd3/compact.go).
func (a *compactor) ask(in In, c api.Call, out *Output) {
	a.request = in.Request
	out.Ask = client.Ask{Program: client.APIServer, Call: c, NoDeadline: true}
}

// Returned takes the outcome of a call: of the transaction, then of the compaction.
func (a *compactor) Returned(in In, op *client.Operation) (out Output) {
	if !a.on || a.request != op.Request.ID {
		return out
	}
	a.request = 0
	if _, is := op.Request.Call.(api.Compaction); is {
		a.compacted(in, op, &out)
		return out
	}
	if op.Err != "" {
		a.Failed(in.Now)
		a.write("compacts nothing: "+op.Err, &out)
		a.rest(&out)
		return out
	}
	r := agreed(op.Response)
	target, due := a.Answered(in.Now, r)
	switch {
	case due:
		a.write("compacts to revision "+strconv.FormatInt(target, 10)+", the newest of an interval ago", &out)
		a.target = target
		a.later(in.Now, &out) // the client is in the middle of something
		return out
	case r.Put:
		a.write("compacts nothing yet: it has seen no revision before "+strconv.FormatInt(r.Revision, 10), &out)
	case a.CompactRevision() == 0:
		a.write("compacts nothing: another was first, and had seen no revision yet", &out)
	default:
		a.write("compacts nothing: another was first, and compacted to revision "+
			strconv.FormatInt(a.CompactRevision(), 10), &out)
	}
	a.rest(&out)
	return out
}

func (a *compactor) compacted(in In, op *client.Operation, out *Output) {
	var err error
	if op.Err != "" {
		err = mvcc.ErrCompacted // whatever it was: the round has failed
		a.write("could not compact: "+op.Err, out)
	}
	a.APIServer.Compacted(in.Now, err)
	a.rest(out)
}

// write is what an API server would write to its log.
func (a *compactor) write(text string, out *Output) {
	out.Lines = append(out.Lines, Line{a.Rule(), text})
}

// Reported is nothing to a compactor.
func (a *compactor) Reported(In, *client.Report) Output { return Output{} }

// Clone returns an independent copy.
func (a *compactor) Clone() Actor {
	c := *a
	return &c
}

// Fold goes on with a digest.
func (a *compactor) Fold(h uint64) uint64 {
	return rng.Fold(h, rng.Fold(a.APIServer.Hash(), rng.Bit(a.on), a.request, uint64(a.target)))
}

// agreed reads the answer to the transaction. If somebody has deleted the key, it counts from 0 again.
func agreed(resp *etcd.Response) compact.Reply {
	txn := resp.Body.(api.TxnReply)
	r := compact.Reply{Revision: resp.Header.Revision, Put: txn.Succeeded}
	if r.Put {
		return r
	}
	if kvs := txn.Replies[0].Body.(api.RangeReply).KVs; len(kvs) > 0 {
		r.Version, r.Value = kvs[0].Version, kvs[0].Value
	}
	return r
}
