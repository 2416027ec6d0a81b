package judge

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Answered reports what an answer says of the store and of leases. A renewal counts if it was asked for when only one
// member could be the leader.
func (j *Judge) Answered(h sim.Host, op *client.Operation, oneLeader bool) {
	id := uint64(h.Number())
	rev := op.Response.Header.Revision
	switch body := op.Response.Body.(type) {
	case api.RangeReply:
		j.read(id, op.Request.Call.(api.Range), &body, rev)
	case api.PutReply:
		j.report(j.Store.JudgeWrite(&check.Write{Client: id, Revision: rev,
			Ops: []check.WriteOp{putOp(op.Request.Call.(api.Put), &body)}}))
	case api.DeleteReply:
		j.report(j.Store.JudgeWrite(&check.Write{Client: id, Revision: rev,
			Ops: []check.WriteOp{deleteOp(op.Request.Call.(api.DeleteRange), &body)}}))
	case api.TxnReply:
		j.txn(id, op.Request.Call.(api.Txn), &body, rev)
	case api.LeaseGrantReply:
		j.Store.Granted(body.ID, int64(op.Call), body.TTL*int64(sim.Second))
	case api.LeaseKeepAliveReply:
		if oneLeader && body.TTL > 0 {
			j.report(j.Store.Renewed(body.ID, int64(op.Call), body.TTL*int64(sim.Second)))
		}
	}
}

func (j *Judge) read(id uint64, c api.Range, body *api.RangeReply, rev int64) {
	o := &c.RangeOptions
	r := check.Read{
		Client: id, Key: c.Key, End: c.End, Revision: rev, KVs: versions(body.KVs), Count: body.Count, NoValues: c.KeysOnly,
		Some: c.CountOnly || c.Limit > 0 || o.MinModRevision|o.MaxModRevision|o.MinCreateRevision|o.MaxCreateRevision != 0,
	}
	if c.Revision > 0 {
		r.Revision = c.Revision
	}
	j.report(j.Store.JudgeRead(&r))
}

func versions(kvs []mvcc.KeyValue) []check.Change {
	list := make([]check.Change, len(kvs))
	for i := range kvs {
		list[i] = checked(&kvs[i], false)
	}
	return list
}

func putOp(c api.Put, body *api.PutReply) check.WriteOp {
	op := check.WriteOp{Key: c.Key, Value: c.Value, KeepsValue: c.IgnoreValue, WantsPrev: c.PrevKV}
	if body.Prev != nil {
		op.Prev = []check.Change{checked(body.Prev, false)}
	}
	return op
}

func deleteOp(c api.DeleteRange, body *api.DeleteReply) check.WriteOp {
	return check.WriteOp{Delete: true, Key: c.Key, End: c.End, Deleted: body.Deleted, Prev: versions(body.Prev),
		WantsPrev: c.PrevKV}
}

// txn reports a transaction of plain operations and of conditions on single keys, of targets and relations that
// etcd knows. Ranges in it are judged if it changes nothing: otherwise they may lie between its changes.
func (j *Judge) txn(id uint64, t api.Txn, body *api.TxnReply, rev int64) {
	c := check.Write{Client: id, Revision: rev, Succeeded: body.Succeeded}
	for i := range t.Compare {
		if p := &t.Compare[i]; p.End != "" || p.Target > api.CompareLease || p.Result > api.NotEqual {
			return
		}
		c.Conditions = append(c.Conditions, condition(&t.Compare[i]))
	}
	ops := t.Success
	if !body.Succeeded {
		ops = t.Failure
	}
	for i, op := range ops {
		switch b := body.Replies[i].Body.(type) {
		case api.PutReply:
			c.Ops = append(c.Ops, putOp(op.(api.Put), &b))
		case api.DeleteReply:
			c.Ops = append(c.Ops, deleteOp(op.(api.DeleteRange), &b))
		case api.RangeReply:
			if t.ReadOnly() {
				j.read(id, op.(api.Range), &b, rev)
			}
		default:
			return // a transaction in it
		}
	}
	j.report(j.Store.JudgeWrite(&c))
}

func condition(c *api.Compare) check.Condition {
	d := check.Condition{Key: c.Key, Number: c.Number, Value: c.Value}
	d.Target = [...]check.Target{check.Version, check.CreateRevision, check.ModRevision, check.Value,
		check.LeaseID}[c.Target]
	switch c.Result {
	case api.Greater:
		d.Want = 1
	case api.Less:
		d.Want = -1
	case api.NotEqual:
		d.Not = true
	}
	return d
}
