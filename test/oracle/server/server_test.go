package server

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/test/oracle/await"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
)

// TestSelf compares two real servers, one of them over a connection: what the judge calls a mismatch, a server tells
// always alike.
func TestSelf(t *testing.T) {
	rep, err := Run(Options{Seed: 1, Calls: 3 * runLength, Wire: 100, Self: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rep.Found {
		var b strings.Builder
		rep.Found[i].Print(&b)
		t.Error(b.String())
	}
	for kind := range rep.Kinds {
		if strings.Contains(kind, "dies") {
			t.Error(kind)
		}
	}
}

// TestFaults changes answers in one thing each and expects the judge to notice, and to find the shortest sequence that
// shows it.
func TestFaults(t *testing.T) {
	tests := map[string]struct {
		fault Fault
		calls int // that the sequence may have
	}{
		"revision": {func(c api.Call, r *api.Reply, _ *string) {
			if r.Header.Revision > 2 {
				r.Header.Revision++
			}
		}, 3},
		"member": {func(c api.Call, r *api.Reply, _ *string) { r.Header.MemberID++ }, 1},
		"text": {func(c api.Call, r *api.Reply, err *string) {
			*err = strings.Replace(*err, "key is not provided", "no key", 1)
		}, 1},
		"inner": {func(c api.Call, r *api.Reply, _ *string) {
			if b, ok := r.Body.(api.TxnReply); ok && len(b.Replies) > 0 {
				b.Replies = slices.Clone(b.Replies)
				b.Replies[0].Header.Revision = 0
				r.Body = b
			}
		}, 1},
		"prev": {func(c api.Call, r *api.Reply, _ *string) {
			if b, ok := r.Body.(api.PutReply); ok && b.Prev != nil {
				r.Body = api.PutReply{}
			}
		}, 2},
		"ttl": {func(c api.Call, r *api.Reply, _ *string) {
			if b, ok := r.Body.(api.LeaseTimeToLiveReply); ok && b.TTL >= 0 {
				b.TTL -= 60
				r.Body = b
			}
		}, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// it ends by itself
			rep, err := Run(Options{Seed: 1, Calls: 3 * runLength, Self: true, Fault: test.fault, Shrink: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Found) == 0 {
				t.Fatal("not noticed")
			}
			if m := rep.Found[0]; len(m.Ops) > test.calls {
				t.Errorf("not the shortest sequence: %s", literal(m.Ops))
			}
		})
	}
}

// TestBlur changes what streams have told in one thing each.
func TestBlur(t *testing.T) {
	for name, blur := range map[string]func(*message){
		"revision": func(m *message) { m.Header.Revision++ },
		"previous": func(m *message) {
			for i := range m.Events {
				m.Events[i].Prev = nil
			}
		},
		"order": func(m *message) { slices.Reverse(m.Events) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			only := map[string]bool{"watch": true, "put": true, "delete": true, "txn": true, "compact": true}
			rep, err := Run(Options{Seed: 1, Calls: 10 * runLength, Only: only, Blur: blur, Shrink: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Found) == 0 {
				t.Error("not noticed")
			} else {
				t.Logf("noticed with %d operations", len(rep.Found[0].Ops))
			}
		})
	}
}

// TestShrink takes a list apart that differs if a put of a is followed by a delete of it.
func TestShrink(t *testing.T) {
	again := func(calls []any) (int, error) {
		put := false
		for i, c := range calls {
			switch c := c.(type) {
			case api.Put:
				put = put || c.Key == "a"
			case api.DeleteRange:
				if put && c.Key == "a" {
					return i + 1, errors.New("differ")
				}
			}
		}
		return len(calls), nil
	}
	var calls []any
	for i := range 100 {
		calls = append(calls, api.Range{Key: "b", Serializable: i%2 == 0}, api.Put{Key: "b"})
	}
	calls[31] = api.Put{Key: "a", Value: "1", PrevKV: true}
	calls[77] = api.DeleteRange{Key: "a", End: "b", PrevKV: true}
	got, err := shrink(calls, again, time.Now().Add(time.Hour))
	if want := []any{api.Put{Key: "a"}, api.DeleteRange{Key: "a"}}; err == nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %s, %v", literal(got), err)
	}
	if _, err := shrink(calls[:77], again, time.Now().Add(time.Hour)); err != nil {
		t.Errorf("nothing differs, but %v", err)
	}
}

// TestVariants simplifies a transaction by each of its parts.
func TestVariants(t *testing.T) {
	txn := api.Txn{
		Compare: []api.Compare{{Key: "k", Number: 3}},
		Success: []api.Call{api.Range{Key: "a", RangeOptions: mvcc.RangeOptions{Limit: 2}}, api.Put{Key: "b"}},
	}
	var got []string
	for _, v := range variants(reflect.ValueOf(txn)) {
		got = append(got, literal(v.Interface()))
	}
	for _, want := range []api.Txn{
		{Compare: []api.Compare{}, Success: txn.Success},
		{Compare: []api.Compare{{Key: "k"}}, Success: txn.Success},
		{Compare: txn.Compare, Success: txn.Success[1:]},
		{Compare: txn.Compare, Success: txn.Success[:1]},
		{Compare: txn.Compare, Success: []api.Call{api.Range{Key: "a"}, api.Put{Key: "b"}}},
	} {
		if !slices.Contains(got, literal(want)) {
			t.Errorf("%s is not among %s", literal(want), strings.Join(got, "\n"))
		}
	}
	if len(txn.Compare) != 1 || txn.Compare[0].Number != 3 || len(txn.Success) != 2 {
		t.Errorf("the transaction itself has changed: %s", literal(txn))
	}
}

// TestConvert reads responses of etcd, and lays out calls.
func TestConvert(t *testing.T) {
	h := &pb.ResponseHeader{ClusterId: 1, MemberId: 2, Revision: 3, RaftTerm: 4}
	kv := &mvccpb.KeyValue{Key: []byte("k"), Value: []byte("v"), CreateRevision: 1, ModRevision: 2, Version: 3, Lease: 4}
	ours := mvcc.KeyValue{Key: "k", Value: "v", CreateRevision: 1, ModRevision: 2, Version: 3, Lease: 4}
	ids := memberIDs{}
	for _, test := range []struct {
		resp any
		want api.Body
	}{
		{&pb.RangeResponse{Header: h, Kvs: []*mvccpb.KeyValue{kv}, Count: 5, More: true},
			api.RangeReply{RangeResult: mvcc.RangeResult{KVs: []mvcc.KeyValue{ours}, Count: 5, More: true}}},
		{&pb.PutResponse{Header: h, PrevKv: kv}, api.PutReply{Prev: &ours}},
		{&pb.DeleteRangeResponse{Header: h, Deleted: 1, PrevKvs: []*mvccpb.KeyValue{kv}},
			api.DeleteReply{Deleted: 1, Prev: []mvcc.KeyValue{ours}}},
		{&pb.TxnResponse{Header: h, Succeeded: true, Responses: []*pb.ResponseOp{
			{Response: &pb.ResponseOp_ResponsePut{ResponsePut: &pb.PutResponse{Header: &pb.ResponseHeader{Revision: 9}}}}}},
			api.TxnReply{Succeeded: true, Replies: []api.Reply{{Header: api.Header{Revision: 9}, Body: api.PutReply{}}}}},
		{&pb.LeaseTimeToLiveResponse{Header: h, ID: 1, TTL: 2, GrantedTTL: 3, Keys: [][]byte{[]byte("a")}},
			api.LeaseTimeToLiveReply{ID: 1, TTL: 2, Granted: 3, Keys: []string{"a"}}},
		{&pb.MemberListResponse{Header: h,
			Members: []*pb.Member{{ID: 77, Name: "n2", PeerURLs: []string{"http://n2:2380"}, IsLearner: true}}},
			api.MembersReply{Members: []api.MemberInfo{{ID: 77, Member: 2, Name: "n2", PeerURL: "http://n2:2380",
				Learner: true}}}},
		{&pb.CompactionResponse{Header: h}, nil},
	} {
		got, err := ids.reply(test.resp)
		want := api.Reply{Header: api.Header{ClusterID: 1, MemberID: 2, Revision: 3, RaftTerm: 4}, Body: test.want}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%T is read as %s, %v", test.resp, literal(got), err)
		}
	}
	if r := ids.request(api.MemberRemove{Member: 2}).(*pb.MemberRemoveRequest); r.ID != 77 {
		t.Errorf("n2 is known as %d", r.ID)
	}
}

// TestEquals puts keys that a sort finds equal into one order, and forgets which of them a limit has kept.
func TestEquals(t *testing.T) {
	kv := func(key string, version int64) mvcc.KeyValue { return mvcc.KeyValue{Key: key, Version: version} }
	o := &mvcc.RangeOptions{SortTarget: mvcc.SortByVersion}
	a := inOrder(o, []mvcc.KeyValue{kv("b", 1), kv("a", 1), kv("d", 2), kv("c", 2)}, false)
	b := inOrder(o, []mvcc.KeyValue{kv("a", 1), kv("b", 1), kv("c", 2), kv("d", 2)}, false)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a, b)
	}
	a = inOrder(o, []mvcc.KeyValue{kv("b", 1), kv("a", 1), kv("d", 2)}, true)
	b = inOrder(o, []mvcc.KeyValue{kv("a", 1), kv("b", 1), kv("e", 2)}, true)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a, b)
	}
	if b = inOrder(o, []mvcc.KeyValue{kv("a", 1), kv("c", 1), kv("e", 2)}, true); reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v are the same", a, b)
	}
}

// TestDeath shows what the generator keeps from etcd 3.6, whose servers die of it. Both come from a deletion without an
// end that one transaction makes before a put of the same key: checkIntervals (api/v3rpc/key.go) takes a range up to
// "\x00" for an empty one.
func TestDeath(t *testing.T) {
	endless := api.DeleteRange{Key: "a", End: mvcc.FromKey}
	for name, test := range map[string]struct {
		calls []api.Call
		want  string
	}{
		"a put that keeps the lease of a key that is gone": {
			[]api.Call{api.Put{Key: "b"}, api.Txn{Success: []api.Call{endless, api.Put{Key: "b", IgnoreLease: true}}}},
			"etcd dies: unexpected error during txn with writes: applyTxn: failed Put: " + api.ErrKeyNotFound,
		},
		"a compaction at the revision that deletes a key and puts it": {
			[]api.Call{api.Put{Key: "b"}, api.Txn{Success: []api.Call{endless, api.Put{Key: "b"}}}, api.Compaction{Revision: 3},
				api.Range{Key: "b"}},
			"etcd dies: range failed to find revision pair",
		},
		"a range with an end is refused": {
			[]api.Call{api.Txn{Success: []api.Call{api.DeleteRange{Key: "a", End: "c"}, api.Put{Key: "b"}}}},
			api.ErrDuplicateKey,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := startTheirs(false)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			for i, call := range test.calls {
				a, err := s.do(1, call)
				if last := i == len(test.calls)-1; err != nil || (a.Err != "") != last || (last && a.Err != test.want) {
					t.Errorf("%s: %s, %v", literal(call), a, err)
				}
			}
		})
	}
}

// TestUnknownNumbers gives both sides conditions with targets and relations that no version of etcd knows.
func TestUnknownNumbers(t *testing.T) {
	p, err := (&Options{}).start(false)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if _, err := p.do(api.Put{Key: "a", Value: "v"}); err != nil {
		t.Fatal(err)
	}
	for target := range api.CompareLease + 3 {
		for result := range api.NotEqual + 3 {
			for _, key := range []string{"a", "none"} {
				txn := api.Txn{Compare: []api.Compare{{Target: target, Result: result, Key: key}}}
				if _, err := p.do(txn); err != nil {
					t.Errorf("%s:\n%v", literal(txn), err)
				}
			}
		}
	}
}

// TestTooLong shows what etcd's client says to a message that is longer than it may send. No member hears of it.
func TestTooLong(t *testing.T) {
	s, err := startTheirs(true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	a, err := s.do(1, api.Put{Key: "k", Value: strings.Repeat("v", 2<<20)})
	if want := (answer{Err: "trying to send message larger than max (2097160 vs. 2097152)",
		Code: api.ResourceExhausted}); err != nil || a != want {
		t.Errorf("%s, %v", a, err)
	}
}

// TestSplit shows a transaction after which the members of a real group differ for good: ranges are taken out of it at
// members that answer no client (etcdserver/apply, removeNeedlessRangeReqs), and with them the reason for which the
// others refuse it.
func TestSplit(t *testing.T) {
	txn := api.Txn{Success: []api.Call{api.Range{Key: "a", RangeOptions: mvcc.RangeOptions{Revision: 99}},
		api.Put{Key: "a"}}}
	for calm := false; !calm; { // a change of leader in between has answers of its own
		g, err := startGroup(3)
		if err != nil {
			t.Fatal(err)
		}
		defer g.close()
		term := g.members[0].server.Server.Term()
		first, err := g.do(1, txn)
		var after [3]answer
		for i := range after {
			var failed error
			after[i], failed = g.do(i+1, api.Range{Key: "a", Serializable: true})
			err = errors.Join(err, failed)
		}
		if calm = g.members[0].server.Server.Term() == term; !calm {
			continue
		}
		if err != nil || first.Err != api.ErrFutureRev {
			t.Errorf("%s, %v", first, err)
		}
		for i, want := range []int64{2, 3, 3} {
			if a := after[i]; a.Reply.Header.Revision != want {
				t.Errorf("n%d: %s", i+1, a)
			}
		}
	}
}

// TestExpiry lets a lease run out on both sides, theirs in real time, and compares what is left of it.
func TestExpiry(t *testing.T) {
	var p *pair
	do := func(call api.Call) answer {
		t.Helper()
		a, err := p.do(call)
		if err != nil {
			t.Fatalf("%s:\n%v", literal(call), err)
		}
		return a
	}
	for ttl, late := int64(1), true; late; ttl *= 2 { // until it lives for long enough to get its keys
		var err error
		if p, err = (&Options{}).start(false); err != nil {
			t.Fatal(err)
		}
		defer p.close()
		do(api.LeaseGrant{ID: 7, TTL: ttl})
		do(api.LeaseGrant{ID: 8, TTL: 86400})
		for _, put := range []api.Put{{Key: "b", Lease: 7}, {Key: "a", Lease: 7}, {Key: "c", Lease: 8}} {
			a, err := p.do(put)
			late = time.Since(p.start) > time.Duration(ttl)*time.Second
			if late {
				break
			}
			if err != nil || a.Err != "" {
				t.Fatalf("%s: %s, %v", literal(put), a, err)
			}
		}
	}
	theirs, ours := p.theirs.(*theirs).server.Server, p.ours.(*ours)
	// the keys of a lease go in one revision
	if err := await.Until("the lease runs out", func() bool { return theirs.KV().Rev() == 5 }); err != nil {
		t.Fatal(err)
	}
	ours.runUntil(ours.now + sim.Time(time.Since(p.start).Microseconds()) + 3*sim.Second)
	if a := do(api.Range{Key: "a", End: "z", Serializable: true}); a.Reply.Body.(api.RangeReply).Count != 1 {
		t.Errorf("the lease has not run out: %s", a)
	}
	do(api.LeaseTimeToLive{ID: 7, Keys: true})
	do(api.LeaseTimeToLive{ID: 8, Keys: true})
	do(api.LeaseKeepAlive{ID: 7})
	do(api.LeaseLeases{})
	do(api.HashKV{})
	do(api.Status{})
}
