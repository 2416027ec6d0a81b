package robustness

import (
	"time"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
	"go.etcd.io/etcd/tests/v3/robustness/model"
)

// nanos puts an instant into the validators' unit.
func nanos(t sim.Time) int64 { return int64(t) * int64(time.Microsecond) }

// request puts a call into the model's words; false if it has none for it.
func request(c api.Call) (r model.EtcdRequest, ok bool) {
	switch c := c.(type) {
	case api.Range:
		r.Type = model.Range
		r.Range = &model.RangeRequest{RangeOptions: rangeOptions(c), Revision: c.Revision}
	case api.Put, api.DeleteRange:
		return request(api.Txn{Success: []api.Call{c}})
	case api.Txn:
		t := &model.TxnRequest{Conditions: []model.EtcdCondition{}}
		for _, cmp := range c.Compare {
			t.Conditions = append(t.Conditions, condition(cmp))
		}
		var good, bad bool
		t.OperationsOnSuccess, good = operations(c.Success)
		t.OperationsOnFailure, bad = operations(c.Failure)
		r.Type, r.Txn = model.Txn, t
		return r, good && bad
	case api.LeaseGrant:
		r.Type, r.LeaseGrant = model.LeaseGrant, &model.LeaseGrantRequest{LeaseID: c.ID}
	case api.LeaseRevoke:
		r.Type, r.LeaseRevoke = model.LeaseRevoke, &model.LeaseRevokeRequest{LeaseID: c.ID}
	case api.Compaction:
		r.Type, r.Compact = model.Compact, &model.CompactRequest{Revision: c.Revision}
	default:
		return r, false
	}
	return r, true
}

func rangeOptions(c api.Range) model.RangeOptions {
	return model.RangeOptions{Start: c.Key, End: c.End, Limit: c.Limit}
}

func condition(c api.Compare) model.EtcdCondition {
	if c.Target == api.CompareVersion {
		return model.EtcdCondition{Key: c.Key, ExpectedVersion: c.Number}
	}
	return model.EtcdCondition{Key: c.Key, ExpectedRevision: c.Number}
}

func operations(calls []api.Call) (ops []model.EtcdOperation, ok bool) {
	ops = []model.EtcdOperation{}
	for _, c := range calls {
		switch c := c.(type) {
		case api.Range:
			ops = append(ops, model.EtcdOperation{Type: model.RangeOperation, Range: rangeOptions(c)})
		case api.Put:
			put := model.PutOptions{Key: c.Key, Value: model.ToValueOrHash(c.Value), LeaseID: c.Lease}
			ops = append(ops, model.EtcdOperation{Type: model.PutOperation, Put: put})
		case api.DeleteRange:
			if c.End != "" {
				return nil, false
			}
			ops = append(ops, model.EtcdOperation{Type: model.DeleteOperation, Delete: model.DeleteOptions{Key: c.Key}})
		default:
			return nil, false
		}
	}
	return ops, true
}

// response puts a good answer into the model's words.
func response(r *api.Reply) (m model.MaybeEtcdResponse) {
	m.Revision = r.Header.Revision
	switch b := r.Body.(type) {
	case api.RangeReply:
		kvs := keyValues(b)
		m.Range = &kvs
	case api.PutReply, api.DeleteReply:
		m.Txn = &model.TxnResponse{Results: []model.EtcdOperationResult{result(b)}}
	case api.TxnReply:
		m.Txn = &model.TxnResponse{Failure: !b.Succeeded, Results: []model.EtcdOperationResult{}}
		for _, inner := range b.Replies {
			m.Txn.Results = append(m.Txn.Results, result(inner.Body))
		}
	case api.LeaseGrantReply:
		m.LeaseGrant = &model.LeaseGrantReponse{}
	}
	return m
}

func result(b api.Body) (r model.EtcdOperationResult) {
	switch b := b.(type) {
	case api.RangeReply:
		r.RangeResponse = keyValues(b)
	case api.DeleteReply:
		r.Deleted = b.Deleted
	}
	return r
}

func keyValues(b api.RangeReply) model.RangeResponse {
	r := model.RangeResponse{KVs: []model.KeyValue{}, Count: b.Count}
	for i := range b.KVs {
		r.KVs = append(r.KVs, model.KeyValue{Key: b.KVs[i].Key, ValueRevision: version(&b.KVs[i])})
	}
	return r
}

func version(kv *mvcc.KeyValue) model.ValueRevision {
	return model.ValueRevision{Value: model.ToValueOrHash(kv.Value), ModRevision: kv.ModRevision, Version: kv.Version}
}

// watchRequest puts a watch into the model's words, which know one key or a prefix.
func watchRequest(w *client.Watch) model.WatchRequest {
	q := &w.Request
	r := model.WatchRequest{
		Key: q.Key, Revision: q.Start, WithPrefix: q.End != "", WithProgressNotify: q.ProgressNotify, WithPrevKV: q.PrevKV,
	}
	if q.End == mvcc.FromKey { // all keys
		r.Key = ""
	}
	return r
}

func watchResponse(h *client.Received) model.WatchResponse {
	m := h.Message
	r := model.WatchResponse{Time: time.Duration(nanos(h.At)), Revision: m.Revision}
	if m.CompactRevision != 0 {
		r.Error = api.ErrCompacted
		return r
	}
	r.IsProgressNotify = m.IsProgress()
	for i := range m.Events {
		r.Events = append(r.Events, watchEvent(m, i))
	}
	return r
}

func watchEvent(m *watch.Message, i int) (e model.WatchEvent) {
	c := m.Events[i]
	e.Type, e.Key, e.Revision, e.IsCreate = model.PutOperation, c.KV.Key, c.KV.ModRevision, c.Created()
	e.Value = model.ToValueOrHash(c.KV.Value)
	if c.Deleted {
		e.Type = model.DeleteOperation
	}
	if len(m.Prev) > 0 && m.Prev[i].Version != 0 {
		prev := version(&m.Prev[i])
		e.PrevValue = &prev
	}
	return e
}
