package world

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
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

func (w *World) compactor(h sim.Host) *compactor { return &w.compact[h.Number()-1] }

func (w *World) startCompactor(c script.CompactorStart) error {
	h, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	a := w.compactor(h)
	if a.on {
		return refuse("%v runs a compactor already", h)
	}
	w.given(c)
	*a = compactor{APIServer: compact.NewAPIServer(w.now, c.Interval), on: true}
	w.rest(h)
	return nil
}

// stopCompactor ends a compactor, as the end of its API server does. What it has asked for may still be done.
func (w *World) stopCompactor(c script.CompactorStop) error {
	h, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	a := w.compactor(h)
	if !a.on {
		return refuse("%v runs no compactor", h)
	}
	w.given(c)
	a.on, a.request, a.target = false, 0, 0
	return nil
}

// rest waits for the next round.
func (w *World) rest(h sim.Host) { w.wakeCompactor(h, w.compactor(h).Next()) }

func (w *World) wakeCompactor(h sim.Host, at sim.Time) {
	w.queue.Push(at, event{kind: evCompact, host: h, cause: w.cause})
}

// compactorDue begins a round, with a transaction on the key by which API servers agree, or goes on with it. For one
// that has been stopped and started again since, it is too early: then nothing is due.
func (w *World) compactorDue(e *event) {
	a := w.compactor(e.host)
	if !a.on {
		return
	}
	w.cause = e.cause
	if to := a.target; to != 0 {
		a.target = 0
		w.askCompactor(e.host, api.Compaction{Revision: to})
	} else if ask, due := a.Tick(w.now); due {
		w.askCompactor(e.host, api.Txn{
			Compare: []api.Compare{{Target: api.CompareVersion, Key: compact.RevisionKey, Number: ask.Version}},
			Success: []api.Call{api.Put{Key: compact.RevisionKey, Value: ask.Value}},
			Failure: []api.Call{api.Range{Key: compact.RevisionKey}},
		})
	}
}

// askCompactor makes a call, without a deadline of its own as in Kubernetes (apiserver pkg/storage/etcd3/compact.go).
func (w *World) askCompactor(h sim.Host, c api.Call) {
	w.compactor(h).request = w.requests + 1
	w.carry(h, client.Ask{Program: client.APIServer, Call: c, Endless: true})
}

// compactorReturned takes the outcome of a call: of the transaction, then of the compaction.
func (w *World) compactorReturned(h sim.Host, op *client.Operation) {
	a := w.compactor(h)
	if !a.on || a.request != op.Request.ID {
		return
	}
	a.request = 0
	if _, is := op.Request.Call.(api.Compaction); is {
		w.compacted(h, op)
		return
	}
	if op.Err != "" {
		a.Failed(w.now)
		w.compactorSays(h, "compacts nothing: "+op.Err)
		w.rest(h)
		return
	}
	r := agreed(op.Response)
	target, due := a.Answered(w.now, r)
	switch {
	case due:
		w.compactorSays(h, "compacts to revision "+strconv.FormatInt(target, 10)+", the newest of an interval ago")
		a.target = target
		w.wakeCompactor(h, w.now) // the client is in the middle of something
		return
	case r.Put:
		w.compactorSays(h, "compacts nothing yet: it has seen no revision before "+strconv.FormatInt(r.Revision, 10))
	case a.CompactRevision() == 0:
		w.compactorSays(h, "compacts nothing: another was first, and had seen no revision yet")
	default:
		w.compactorSays(h, "compacts nothing: another was first, and compacted to revision "+
			strconv.FormatInt(a.CompactRevision(), 10))
	}
	w.rest(h)
}

func (w *World) compacted(h sim.Host, op *client.Operation) {
	a := w.compactor(h)
	var err error
	if op.Err != "" {
		err = mvcc.ErrCompacted // whatever it was: the round has failed
		w.compactorSays(h, "could not compact: "+op.Err)
	}
	a.Compacted(w.now, err)
	w.rest(h)
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

// compactorSays records what an API server would write to its log.
func (w *World) compactorSays(h sim.Host, text string) {
	w.record(Record{Kind: AtClient, Where: h, Rule: w.compactor(h).Rule(),
		Client: &client.Event{Kind: client.Printed, Text: text}})
}
