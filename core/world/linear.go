package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
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
		switch op, end, ok := judged(o); {
		case !ok:
		case end != "":
			wide = append(wide, o)
		default:
			ops = append(ops, op)
		}
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

// judged puts an operation into the checker's words, and returns the end of its range. It is false for what is not judged.
func judged(o *client.Operation) (c check.Operation, end string, ok bool) {
	c = check.Operation{Client: uint64(o.Request.Client.Number()), Call: int64(o.Call), Return: int64(o.Return)}
	if o.Purpose.Part != 0 {
		return c, "", false // a recipe's keys are put by transactions
	}
	switch call := o.Request.Call.(type) {
	case api.Put:
		c.Kind, c.Key, c.Value = check.Put, call.Key, call.Value
	case api.DeleteRange:
		c.Kind, c.Key, end = check.Delete, call.Key, call.End
	case api.Range:
		c.Kind, c.Key, end = check.Get, call.Key, call.End
		c.Serializable = call.Serializable || call.Revision != 0
	default:
		return c, "", false
	}
	switch o.Outcome {
	case client.Acknowledged:
		c.Outcome, c.Revision = check.Acknowledged, o.Response.Header.Revision
	case client.Failed:
		c.Outcome = check.Failed
		return c, end, true
	default:
		c.Outcome = check.InDoubt
		return c, end, true
	}
	switch body := o.Response.Body.(type) {
	case api.DeleteReply:
		c.Found = body.Deleted > 0
	case api.RangeReply:
		if len(body.KVs) > 0 {
			c.Found, c.Value, c.ModRevision = true, body.KVs[0].Value, body.KVs[0].ModRevision
		}
	}
	return c, end, true
}

// deletions turns deletions of ranges into deletions of each key that the history knows in them. Which of them existed the answer does not say, so
// each may have happened or not: that judges less, but never wrongly. Reads of ranges are not judged.
func deletions(wide []*client.Operation, ops []check.Operation) []check.Operation {
	var list []check.Operation
	for _, o := range wide {
		call, ok := o.Request.Call.(api.DeleteRange)
		if !ok || o.Outcome == client.Failed {
			continue
		}
		seen := map[string]bool{}
		for i := range ops {
			key := ops[i].Key
			if seen[key] || key < call.Key || (call.End != "\x00" && key >= call.End) {
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
