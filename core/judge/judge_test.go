package judge

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// answered returns how many violations an answer is that came at a revision of a store with a=1 (2), a=2 (3), b=1 (4).
func answered(t *testing.T, j *Judge, call api.Call, body api.Body, rev int64) int {
	t.Helper()
	j.Answered(sim.Client(1), &client.Operation{Request: &etcd.Request{ID: 1, Client: sim.Client(1), Call: call},
		Response: &etcd.Response{Reply: api.Reply{Header: api.Header{Revision: rev}, Body: body}}}, false)
	n := len(j.Found())
	if len(j.Found()) != 0 {
		t.Fatal("what was taken is found again")
	}
	return n
}

// TestAnswers holds that right answers pass and wrong ones are found, whatever was asked.
func TestAnswers(t *testing.T) {
	a1 := mvcc.KeyValue{Key: "a", Value: "1", CreateRevision: 2, ModRevision: 2, Version: 1}
	a2 := mvcc.KeyValue{Key: "a", Value: "2", CreateRevision: 2, ModRevision: 3, Version: 2}
	b1 := mvcc.KeyValue{Key: "b", Value: "1", CreateRevision: 4, ModRevision: 4, Version: 1}
	read := func(kv mvcc.KeyValue) api.RangeReply {
		return api.RangeReply{RangeResult: mvcc.RangeResult{KVs: []mvcc.KeyValue{kv}, Count: 1}}
	}
	value := func(result api.CompareResult, value string) api.Txn {
		return api.Txn{Compare: []api.Compare{{Key: "a", Target: api.CompareValue, Result: result, Value: value}},
			Success: []api.Call{api.Range{Key: "b"}}, Failure: []api.Call{api.Range{Key: "a"}}}
	}
	txn := func(succeeded bool, kv mvcc.KeyValue) api.TxnReply {
		return api.TxnReply{Succeeded: succeeded, Replies: []api.Reply{{Body: read(kv)}}}
	}
	for _, c := range []struct {
		name string
		call api.Call
		body api.Body
		rev  int64
		want int
	}{
		{"the newest value", api.Range{Key: "a"}, read(a2), 4, 0},
		{"an old value", api.Range{Key: "a"}, read(a1), 4, 1},
		{"an old value at its revision", api.Range{Key: "a", RangeOptions: mvcc.RangeOptions{Revision: 2}}, read(a1), 4, 0},
		{"a new value at an old revision", api.Range{Key: "a", RangeOptions: mvcc.RangeOptions{Revision: 2}}, read(a2), 4, 1},
		{"a put with what was there", api.Put{Key: "a", Value: "2", PrevKV: true}, api.PutReply{Prev: &a1}, 3, 0},
		{"a put with something else", api.Put{Key: "a", Value: "2", PrevKV: true}, api.PutReply{Prev: &b1}, 3, 1},
		{"a put that nobody carried out", api.Put{Key: "b", Value: "7"}, api.PutReply{}, 4, 1},
		{"a condition that holds", value(api.Equal, "2"), txn(true, b1), 4, 0},
		{"one that does not, taken for one that does", value(api.Equal, "1"), txn(true, b1), 4, 1},
		{"not equal", value(api.NotEqual, "1"), txn(true, b1), 4, 0},
		{"greater", value(api.Greater, "1"), txn(true, b1), 4, 0},
		{"less", value(api.Less, "3"), txn(true, b1), 4, 0},
		{"the other branch with an old value", value(api.Equal, "1"), txn(false, a1), 4, 1},
	} {
		j := New()
		for _, kv := range []mvcc.KeyValue{a1, a2, b1} {
			j.report(j.Store.Applied(1, []check.Change{checked(&kv, false)}))
		}
		clone := j.Clone()
		if got := answered(t, &j, c.call, c.body, c.rev); got != c.want {
			t.Errorf("%s: %d violations, want %d", c.name, got, c.want)
		}
		if got := answered(t, &clone, c.call, c.body, c.rev); got != c.want {
			t.Errorf("%s: %d violations in a clone, want %d", c.name, got, c.want)
		}
	}
}
