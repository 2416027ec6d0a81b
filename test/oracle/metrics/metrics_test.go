package metrics

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/test/oracle/await"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// ours is a world of our members.
type ours struct{ *world.World }

func startOurs(t *testing.T, members int) ours {
	t.Helper()
	cfg := world.Default()
	cfg.Members, cfg.Preset = members, "etcd"
	w, err := world.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := ours{w}
	o.pass(10 * sim.Second)
	return o
}

func (o ours) pass(d sim.Time) { o.Advance(o.Now()+d, 1<<30) }

func (o ours) does(t *testing.T, c script.Command) {
	t.Helper()
	if err := o.Do(c); err != nil {
		t.Fatal(err)
	}
	o.pass(sim.Second)
}

func (o ours) page(t *testing.T) page {
	t.Helper()
	text, err := o.Exposition("n1", "")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, text)
}

// TestFamilies holds that whatever we print is printed by etcd, too, in the same form.
func TestFamilies(t *testing.T) {
	x := startTheirs(t)
	fillVectors(t)
	o := startOurs(t, 3)
	for _, s := range steps {
		if s.theirs != nil {
			if err := s.theirs(t.Context(), x.client); err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
		}
		o.does(t, s.ours)
	}
	theirs, ours := read(t, x.text(t)), o.page(t)
	if !slices.IsSorted(ours.names) {
		t.Errorf("the families are not in order: %v", ours.names)
	}
	for _, name := range ours.names {
		a, b := ours.families[name], theirs.families[name]
		switch {
		case b == nil:
			t.Errorf("etcd does not print %s", name)
		case a.kind != b.kind || !slices.Equal(a.labels, b.labels):
			t.Errorf("%s: we print a %s with %v, etcd a %s with %v", name, a.kind, a.labels, b.kind, b.labels)
		case !slices.Equal(a.bounds, b.bounds):
			t.Errorf("%s: our bounds are %v, etcd's %v", name, a.bounds, b.bounds)
		case !slices.IsSorted(a.order):
			t.Errorf("%s: the labels are not in order: %v", name, a.order)
		}
	}
	if n := len(ours.names); n < 60 {
		t.Errorf("only %d families were compared: %v", n, ours.names)
	}
}

// step is the same request to both.
type step struct {
	name   string
	ours   script.Command
	theirs func(context.Context, *clientv3.Client) error
}

const leaseID = 77

var steps = []step{
	call("put", api.Put{Key: "a", Value: "1"}, &pb.PutRequest{Key: []byte("a"), Value: []byte("1")}),
	call("put with prev-kv", api.Put{Key: "a", Value: "22", PrevKV: true},
		&pb.PutRequest{Key: []byte("a"), Value: []byte("22"), PrevKv: true}),
	call("put with ignore-value", api.Put{Key: "a", IgnoreValue: true},
		&pb.PutRequest{Key: []byte("a"), IgnoreValue: true}),
	call("put that fails", api.Put{Key: "none", IgnoreValue: true},
		&pb.PutRequest{Key: []byte("none"), IgnoreValue: true}),
	call("put without a key", api.Put{}, &pb.PutRequest{}),
	call("put with a lease that is not there", api.Put{Key: "a", Lease: 5}, &pb.PutRequest{Key: []byte("a"), Lease: 5}),
	call("get", api.Range{Key: "a"}, &pb.RangeRequest{Key: []byte("a")}),
	call("get of a range", api.Range{Key: "a", End: "z"}, &pb.RangeRequest{Key: []byte("a"), RangeEnd: []byte("z")}),
	call("get of what is not there", api.Range{Key: "q", Serializable: true},
		&pb.RangeRequest{Key: []byte("q"), Serializable: true}),
	call("get of the future", api.Range{Key: "q", RangeOptions: mvcc.RangeOptions{Revision: 999}},
		&pb.RangeRequest{Key: []byte("q"), Revision: 999}),
	call("put b", api.Put{Key: "b", Value: "b"}, &pb.PutRequest{Key: []byte("b"), Value: []byte("b")}),
	call("put c", api.Put{Key: "c", Value: "c"}, &pb.PutRequest{Key: []byte("c"), Value: []byte("c")}),
	call("delete", api.DeleteRange{Key: "c"}, &pb.DeleteRangeRequest{Key: []byte("c")}),
	call("delete again", api.DeleteRange{Key: "c"}, &pb.DeleteRangeRequest{Key: []byte("c")}),
	call("delete a range with prev-kv", api.DeleteRange{Key: "b", End: "d", PrevKV: true},
		&pb.DeleteRangeRequest{Key: []byte("b"), RangeEnd: []byte("d"), PrevKv: true}),
	call("transaction with two conditions", api.Txn{
		Compare: []api.Compare{{Key: "a", Target: api.CompareVersion, Result: api.Greater},
			{Key: "b", Target: api.CompareVersion}},
		Success: []api.Call{api.Put{Key: "t", Value: "1"}, api.Range{Key: "t"}, api.DeleteRange{Key: "u"}},
	}, &pb.TxnRequest{
		Compare: []*pb.Compare{
			{Key: []byte("a"), Target: pb.Compare_VERSION, Result: pb.Compare_GREATER, TargetUnion: &pb.Compare_Version{}},
			{Key: []byte("b"), Target: pb.Compare_VERSION, TargetUnion: &pb.Compare_Version{}},
		},
		Success: []*pb.RequestOp{opPut("t", "1"), opRange("t"), opDelete("u")},
	}),
	call("transaction of one put", api.Txn{Success: []api.Call{api.Put{Key: "t", Value: "2"}}},
		&pb.TxnRequest{Success: []*pb.RequestOp{opPut("t", "2")}}),
	call("transaction that reads", api.Txn{
		Compare: []api.Compare{{Key: "a", Target: api.CompareVersion, Result: api.Greater}},
		Success: []api.Call{api.Range{Key: "t"}},
	}, &pb.TxnRequest{
		Compare: []*pb.Compare{{Key: []byte("a"), Target: pb.Compare_VERSION, Result: pb.Compare_GREATER,
			TargetUnion: &pb.Compare_Version{}}},
		Success: []*pb.RequestOp{opRange("t")},
	}),
	call("grant", api.LeaseGrant{ID: leaseID, TTL: 86400}, &pb.LeaseGrantRequest{ID: leaseID, TTL: 86400}),
	call("grant again", api.LeaseGrant{ID: leaseID, TTL: 86400}, &pb.LeaseGrantRequest{ID: leaseID, TTL: 86400}),
	call("put with the lease", api.Put{Key: "l1", Lease: leaseID}, &pb.PutRequest{Key: []byte("l1"), Lease: leaseID}),
	call("put with the lease", api.Put{Key: "l2", Lease: leaseID}, &pb.PutRequest{Key: []byte("l2"), Lease: leaseID}),
	{"keep the lease alive", script.Call{Call: api.LeaseKeepAlive{ID: leaseID}},
		func(ctx context.Context, c *clientv3.Client) error {
			_, err := c.KeepAliveOnce(ctx, leaseID)
			return err
		}},
	call("revoke", api.LeaseRevoke{ID: leaseID}, &pb.LeaseRevokeRequest{ID: leaseID}),
	call("revoke again", api.LeaseRevoke{ID: leaseID}, &pb.LeaseRevokeRequest{ID: leaseID}),
	call("grant without an id", api.LeaseGrant{TTL: 90000}, &pb.LeaseGrantRequest{TTL: 90000}),
	call("compact", api.Compaction{Revision: 8, Physical: true}, &pb.CompactionRequest{Revision: 8, Physical: true}),
	call("compact again", api.Compaction{Revision: 8}, &pb.CompactionRequest{Revision: 8}),
	call("raise an alarm", api.Alarm{Action: api.AlarmActivate, Member: 1, Alarm: api.AlarmNoSpace}, nil),
	call("defragment", api.Defragment{}, &pb.DefragmentRequest{}),
	call("members", api.MemberList{}, &pb.MemberListRequest{}),
	call("status", api.Status{}, &pb.StatusRequest{}),
}

func opPut(k, v string) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{Key: []byte(k), Value: []byte(v)}}}
}

func opRange(k string) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: &pb.RangeRequest{Key: []byte(k)}}}
}

func opDelete(k string) *pb.RequestOp {
	del := &pb.DeleteRangeRequest{Key: []byte(k)}
	return &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: del}}
}

// call makes a step of one request. That it may fail is part of it.
func call(name string, c api.Call, req any) step {
	d, _ := c.(api.DeleteRange) // etcdctl waits two seconds before it deletes a range, unless the line says --range
	return step{name, script.Call{Call: c, Range: d.End != "", Flags: script.Flags{Client: "c1", Endpoint: "n1"}},
		func(ctx context.Context, x *clientv3.Client) error {
			send(ctx, x, req)
			return nil
		}}
}

// send asks and does not look at the answer: test/oracle/server does.
func send(ctx context.Context, x *clientv3.Client, req any) {
	conn := x.ActiveConnection()
	switch r := req.(type) {
	case *pb.PutRequest:
		_, _ = pb.NewKVClient(conn).Put(ctx, r)
	case *pb.RangeRequest:
		_, _ = pb.NewKVClient(conn).Range(ctx, r)
	case *pb.DeleteRangeRequest:
		_, _ = pb.NewKVClient(conn).DeleteRange(ctx, r)
	case *pb.TxnRequest:
		_, _ = pb.NewKVClient(conn).Txn(ctx, r)
	case *pb.CompactionRequest:
		_, _ = pb.NewKVClient(conn).Compact(ctx, r)
	case *pb.LeaseGrantRequest:
		_, _ = pb.NewLeaseClient(conn).LeaseGrant(ctx, r)
	case *pb.LeaseRevokeRequest:
		_, _ = pb.NewLeaseClient(conn).LeaseRevoke(ctx, r)
	case *pb.DefragmentRequest:
		_, _ = pb.NewMaintenanceClient(conn).Defragment(ctx, r)
	case *pb.MemberListRequest:
		_, _ = pb.NewClusterClient(conn).MemberList(ctx, r)
	case *pb.StatusRequest:
		_, _ = pb.NewMaintenanceClient(conn).Status(ctx, r)
	}
}

// equal are the families whose values must grow alike; those of histograms by their counts.
var equal = []string{
	"etcd_mvcc_range_total", "etcd_mvcc_put_total", "etcd_mvcc_delete_total", "etcd_mvcc_txn_total",
	"etcd_debugging_mvcc_total_put_size_in_bytes",
	"etcd_debugging_mvcc_keys_total", "etcd_debugging_mvcc_current_revision", "etcd_debugging_mvcc_compact_revision",
	"etcd_debugging_mvcc_db_compaction_keys_total", "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds_count",
	"etcd_debugging_mvcc_db_compaction_total_duration_milliseconds_count",
	"etcd_disk_backend_defrag_duration_seconds_count",
	"etcd_debugging_lease_granted_total", "etcd_debugging_lease_revoked_total", "etcd_debugging_lease_renewed_total",
	"etcd_debugging_lease_ttl_total",
	"etcd_server_apply_duration_seconds_count", "etcd_server_proposals_committed_total",
	"etcd_server_proposals_applied_total",
	"etcd_server_proposals_failed_total", "etcd_server_proposals_pending", "etcd_server_leader_changes_seen_total",
	"etcd_server_read_indexes_failed_total",
	"etcd_debugging_server_lease_expired_total", "etcd_debugging_mvcc_watch_stream_total",
	"etcd_debugging_mvcc_watcher_total",
	"etcd_debugging_mvcc_events_total", "etcd_debugging_mvcc_pending_events_total",
	"etcd_debugging_mvcc_slow_watcher_total",
	"grpc_server_started_total", "grpc_server_handled_total",
}

// TestCounters gives both the same requests, one after the other, and compares by how much each counter has grown.
func TestCounters(t *testing.T) {
	x, o := startTheirs(t), startOurs(t, 1)
	before, beforeOurs := read(t, x.text(t)), o.page(t)
	watching := x.client.Watch(clientv3.WithRequireLeader(t.Context()), "a", clientv3.WithPrefix(),
		clientv3.WithCreatedNotify())
	<-watching
	o.does(t, script.Watch{Key: "a", End: "b"})
	for _, s := range steps {
		if s.name == "raise an alarm" {
			continue // it would need the server's own id
		}
		if err := s.theirs(t.Context(), x.client); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		o.does(t, s.ours)
	}
	after, afterOurs := read(t, x.text(t)), o.page(t)
	var wrong []string
	compared := 0
	if err := await.Until("all counters agree", func() bool {
		after = read(t, x.text(t))
		wrong, compared = nil, 0
		for name := range union(after, afterOurs) {
			if !slices.ContainsFunc(equal, func(f string) bool { return of(name, f) }) || passedOn(name) {
				continue
			}
			compared++
			if a, b := grown(beforeOurs, afterOurs, name), grown(before, after, name); a != b {
				wrong = append(wrong, fmt.Sprintf("%s has grown by %v, etcd's by %v", name, a, b))
			}
		}
		return len(wrong) == 0
	}); err != nil {
		t.Errorf("%v\n%s", err, strings.Join(wrong, "\n"))
	}
	if compared < 60 {
		t.Errorf("only %d values were compared", compared)
	}
	compareLog(t, grown(beforeOurs, afterOurs, walBytes), grown(before, after, walBytes),
		grown(before, after, "etcd_server_proposals_committed_total"))
}

const walBytes = "etcd_disk_wal_write_bytes_total"

// compareLog compares what was written to the logs. The world counts requests from 1, where etcd's ids have 64 bits:
// eight bytes less an entry. Besides, checksums differ in their length.
func compareLog(t *testing.T, ours, theirs, entries float64) {
	t.Helper()
	if ours += 8 * entries; ours < theirs*0.97 || ours > theirs*1.03 {
		t.Errorf("%s would have grown by %v, etcd's by %v: want it within 3 %%", walBytes, ours, theirs)
	}
}

func grown(before, after page, name string) float64 { return after.values[name] - before.values[name] }

// of reports whether a value belongs to a family, be it under a label or, with the family's histogram, in a bucket.
func of(value, family string) bool {
	return value == family || strings.HasPrefix(value, family+"{") || strings.HasPrefix(value, family+"_bucket{")
}

// passedOn reports whether a value is about calls that our members do not count.
func passedOn(value string) bool {
	return strings.Contains(value, `"LeaseKeepAlive"`) || strings.Contains(value, "grpc.health")
}

func union(pages ...page) map[string]bool {
	all := map[string]bool{}
	for _, p := range pages {
		for name := range p.values {
			all[name] = true
		}
	}
	return all
}
