package judge

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
)

// Operations returns what clients did and received, in the words of check.Linearizable: their history, and what is
// open. What was answered later than the first so many operations counts as indeterminate.
func Operations(history *chunk.List[client.Operation], clients []client.Client, upTo int) []check.Operation {
	t := clientHistory{ops: make([]check.Operation, 0, history.Len())}
	for i := range history.Len() {
		o := history.At(i)
		if i >= upTo && o.Outcome == client.Acknowledged {
			o.Outcome = client.Indeterminate
		}
		t.add(&o, i)
	}
	for i := range clients {
		open := clients[i].Open()
		for j := range open {
			t.add(&open[j], 0)
		}
	}
	return t.all()
}

// clientHistory puts what clients did and received into the checker's types: operations on one key each.
//
// What an operation did to which key is not always known. Where it is not, it becomes operations that may have
// happened or not: that judges less, but never wrongly. So it is with deletions of ranges, with transactions
// indeterminate, and with leases, which may delete the keys that were put with them.
type clientHistory struct {
	ops    []check.Operation
	wide   []wide
	opaque map[string]bool // keys that were put without saying what: they are not judged
}

// wide is a deletion of a range that may have happened.
type wide struct {
	op       check.Operation
	key, end string
}

// add adds an operation that was the nth, from 0, to get its outcome. Answers have even places in the order of all,
// calls the odd ones between.
func (t *clientHistory) add(o *client.Operation, n int) {
	if o.Outcome == client.Failed {
		return
	}
	base := check.Operation{
		Client: uint64(o.Request.Client.Number()), Call: int64(o.Call), Return: int64(o.Return), Outcome: check.Indeterminate,
		Begun: int64(2*o.After + 1), Ended: int64(2*n + 2),
	}
	var body api.Body
	if o.Outcome == client.Acknowledged {
		base.Outcome, base.Revision, body = check.Acknowledged, o.Response.Header.Revision, o.Response.Body
	}
	t.call(base, o.Request.Call, body)
}

// call adds a call; without an answer it is indeterminate.
func (t *clientHistory) call(base check.Operation, call api.Call, body api.Body) {
	switch c := call.(type) {
	case api.Put:
		t.put(base, c)
	case api.DeleteRange:
		t.remove(base, c, body)
	case api.Range:
		t.get(base, c, body)
	case api.Txn:
		t.txn(base, c, body)
	}
}

func (t *clientHistory) put(base check.Operation, c api.Put) {
	if c.IgnoreValue {
		if t.opaque == nil {
			t.opaque = map[string]bool{}
		}
		t.opaque[c.Key] = true
	}
	if c.Lease != 0 || c.IgnoreLease {
		t.ops = append(t.ops, indeterminateDeletion(&base, c.Key))
	}
	base.Kind, base.Key, base.Value = check.Put, c.Key, c.Value
	t.ops = append(t.ops, base)
}

// indeterminateDeletion is a deletion of a key that may have happened at any time after an operation was called.
func indeterminateDeletion(o *check.Operation, key string) check.Operation {
	return check.Operation{Client: o.Client, Call: o.Call, Begun: o.Begun, Outcome: check.Indeterminate,
		Kind: check.Delete,
		Key:  key}
}

func (t *clientHistory) remove(base check.Operation, c api.DeleteRange, body api.Body) {
	reply, known := body.(api.DeleteReply)
	if c.End == "" {
		base.Kind, base.Key, base.Found = check.Delete, c.Key, known && reply.Deleted > 0
		t.ops = append(t.ops, base)
		return
	}
	if known {
		t.other(base, reply.Deleted > 0)
	}
	if !known || reply.Deleted > 0 {
		t.wide = append(t.wide, wide{base, c.Key, c.End})
	}
}

// get adds a read of one key as it is now; other reads only have a revision.
func (t *clientHistory) get(base check.Operation, c api.Range, body api.Body) {
	reply, ok := body.(api.RangeReply)
	o := &c.RangeOptions
	switch {
	case !ok || c.Serializable || c.Revision > 0:
	case c.End != "" || c.CountOnly || c.KeysOnly ||
		o.MinModRevision|o.MaxModRevision|o.MinCreateRevision|o.MaxCreateRevision != 0:
		t.other(base, false)
	default:
		base.Kind, base.Key = check.Get, c.Key
		if len(reply.KVs) > 0 {
			base.Found, base.Value, base.ModRevision = true, reply.KVs[0].Value, reply.KVs[0].ModRevision
		}
		t.ops = append(t.ops, base)
	}
}

// other adds an operation of which only the revision is to be judged.
func (t *clientHistory) other(base check.Operation, changed bool) {
	base.Kind, base.Found = check.Other, changed
	t.ops = append(t.ops, base)
}

// txn adds a transaction's operations; if it is indeterminate, of those of both branches. Reads in one that changes
// something may have been made between its changes, and are left out.
func (t *clientHistory) txn(base check.Operation, c api.Txn, body api.Body) {
	reply, known := body.(api.TxnReply)
	switch {
	case !known:
		for _, ops := range [...][]api.Call{c.Success, c.Failure} {
			for _, op := range ops {
				t.call(base, op, nil)
			}
		}
		return
	case c.ReadOnly() && c.Serializable():
		return
	}
	changed := changes(reply)
	ops := c.Failure
	if reply.Succeeded {
		ops = c.Success
	}
	for i, op := range ops {
		if _, reads := op.(api.Range); !reads || !changed {
			t.call(base, op, reply.Replies[i].Body)
		}
	}
	if !changed {
		t.other(base, false)
	}
}

// changes reports whether a transaction changed anything.
func changes(t api.TxnReply) bool {
	for _, r := range t.Replies {
		switch b := r.Body.(type) {
		case api.PutReply:
			return true
		case api.DeleteReply:
			if b.Deleted > 0 {
				return true
			}
		case api.TxnReply:
			if changes(b) {
				return true
			}
		}
	}
	return false
}

// all returns everything that was added, with deletions of ranges as deletions of each key in them that anybody has
// named, and without the keys that cannot be judged.
func (t *clientHistory) all() []check.Operation {
	ops := t.ops
	for _, d := range t.wide {
		seen := map[string]bool{}
		for i := range t.ops {
			key := t.ops[i].Key
			if t.ops[i].Kind == check.Other || seen[key] || key < d.key || (d.end != "\x00" && key >= d.end) {
				continue
			}
			seen[key] = true
			ops = append(ops, indeterminateDeletion(&d.op, key))
		}
	}
	if t.opaque == nil {
		return ops
	}
	var clear []check.Operation
	for i := range ops {
		if ops[i].Kind == check.Other || !t.opaque[ops[i].Key] {
			clear = append(clear, ops[i])
		}
	}
	return clear
}
