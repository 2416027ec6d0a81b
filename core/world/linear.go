package world

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
)

// Linearizable checks what the clients were told so far; see check.Linearizable. Its cost grows with the history: it is not for every
// turn. Of a history so long that its beginning has been dropped, or after a
// restore, nothing can be said: the verdict is Unknown.
func (w *World) Linearizable(b check.Budget) check.Result {
	if w.history.First() > 0 || w.restored {
		return check.Result{Verdict: check.Unknown}
	}
	ops := make([]check.Operation, 0, w.history.Len())
	var wide []*client.Operation
	add := func(o *client.Operation) {
		if o.Request.Op >= etcd.OpMemberAdd {
			return
		}
		if o.Request.End != "" {
			wide = append(wide, o)
			return
		}
		ops = append(ops, judged(o))
	}
	for i := range w.history.Len() {
		add(w.history.Ref(i))
	}
	for i := range w.clients {
		open := w.clients[i].Open()
		for j := range open {
			add(&open[j])
		}
	}
	return check.Linearizable(append(ops, deletions(wide, ops)...), b)
}

// judged puts an operation on one key into the checker's words.
func judged(o *client.Operation) check.Operation {
	req, resp := o.Request, o.Response
	c := check.Operation{
		Client: uint64(req.Client.Number()), Key: req.Key, Value: req.Value, Call: int64(o.Call), Return: int64(o.Return),
		Serializable: req.Serializable || req.Revision != 0,
	}
	c.Kind = [...]check.Kind{etcd.OpPut: check.Put, etcd.OpDelete: check.Delete, etcd.OpRange: check.Get}[req.Op]
	switch o.Outcome {
	case client.Acknowledged:
		c.Outcome, c.Revision = check.Acknowledged, resp.Revision
	case client.Failed:
		c.Outcome = check.Failed
		return c
	default:
		c.Outcome = check.InDoubt
		return c
	}
	switch {
	case req.Op == etcd.OpDelete:
		c.Found = resp.Deleted > 0
	case req.Op == etcd.OpRange && len(resp.KVs) > 0:
		c.Found, c.Value, c.ModRevision = true, resp.KVs[0].Value, resp.KVs[0].ModRevision
	}
	return c
}

// deletions turns deletions of ranges into deletions of each key that the history knows in them. Which of them existed the answer does not say, so
// each may have happened or not: that judges less, but never wrongly. Reads of ranges are not judged.
func deletions(wide []*client.Operation, ops []check.Operation) []check.Operation {
	var list []check.Operation
	for _, o := range wide {
		if o.Request.Op != etcd.OpDelete || o.Outcome == client.Failed {
			continue
		}
		seen := map[string]bool{}
		for i := range ops {
			key := ops[i].Key
			if seen[key] || key < o.Request.Key || (o.Request.End != "\x00" && key >= o.Request.End) {
				continue
			}
			seen[key] = true
			list = append(list, check.Operation{
				Client: uint64(o.Request.Client.Number()), Kind: check.Delete, Outcome: check.InDoubt, Call: int64(o.Call), Key: key,
			})
		}
	}
	return list
}
