package server

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/membershippb"
)

// proposal lays a call out as etcd proposes it. Members have the simulator's numbers, as in core/api; nil if the call
// is never proposed.
func proposal(id uint64, call api.Call) *pb.InternalRaftRequest {
	r := &pb.InternalRaftRequest{Header: &pb.RequestHeader{ID: id}}
	switch c := call.(type) {
	case api.Alarm:
		r.Alarm = &pb.AlarmRequest{Action: pb.AlarmRequest_AlarmAction(c.Action), MemberID: uint64(c.Member),
			Alarm: pb.AlarmType(c.Alarm)}
		return r
	case api.LeaseCheckpoint:
		r.LeaseCheckpoint = &pb.LeaseCheckpointRequest{Checkpoints: []*pb.LeaseCheckpoint{{ID: c.ID,
			Remaining_TTL: c.Remaining}}}
		return r
	case api.ClusterVersion:
		r.ClusterVersionSet = &membershippb.ClusterVersionSetRequest{Ver: c.Version}
		return r
	case api.Publish:
		r.ClusterMemberAttrSet = &membershippb.ClusterMemberAttrSetRequest{
			Member_ID:        uint64(c.Member),
			MemberAttributes: &membershippb.Attributes{Name: c.Name, ClientUrls: []string{c.ClientURL}},
		}
		return r
	}
	switch q := (memberIDs{}).request(call).(type) {
	case *pb.PutRequest:
		r.Put = q
	case *pb.DeleteRangeRequest:
		r.DeleteRange = q
	case *pb.TxnRequest:
		r.Txn = q
	case *pb.CompactionRequest:
		r.Compaction = q
	case *pb.LeaseGrantRequest:
		r.LeaseGrant = q
	case *pb.LeaseRevokeRequest:
		r.LeaseRevoke = q
	default:
		return nil
	}
	return r
}

// TestWire holds what core/api writes into the log against etcd's own protobuf code, byte for byte.
func TestWire(t *testing.T) {
	calls := []api.Call{
		api.Publish{Member: 1, Name: "n1", ClientURL: "http://n1:2379"}, api.ClusterVersion{Version: "3.6.0"},
		api.LeaseCheckpoint{ID: 7, Remaining: 300}, api.LeaseCheckpoint{ID: -7}, api.LeaseCheckpoint{},
		api.Put{}, api.DeleteRange{}, api.Txn{}, api.Compaction{}, api.LeaseGrant{}, api.LeaseRevoke{}, api.Alarm{},
		api.ClusterVersion{},
		api.Txn{Compare: []api.Compare{{}, {Target: api.CompareValue}, {Target: api.CompareLease, Number: -1, End: "\x00"}}},
		api.Txn{Success: []api.Call{api.Txn{Failure: []api.Call{api.Txn{}, api.Range{}, api.Put{}, api.DeleteRange{}}}}},
	}
	for seed := range uint64(10) {
		g := newGenerator(seed, nil)
		for range 500 {
			if call, ok := g.next().(api.Call); ok {
				calls = append(calls, call)
			}
		}
	}
	tested := map[reflect.Type]int{}
	for i, call := range calls {
		id := uint64(i) << 20
		want := proposal(id, call)
		if want == nil {
			continue
		}
		tested[reflect.TypeOf(call)]++
		sameWire(t, id, call, want)
	}
	if len(tested) != 10 {
		t.Errorf("not every kind of proposal was tested: %v", tested)
	}
}

func sameWire(t *testing.T, id uint64, call api.Call, want *pb.InternalRaftRequest) {
	t.Helper()
	ours := api.Encode(id, call)
	theirs, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours, theirs) || len(ours) != want.Size() {
		t.Errorf("%s\nours   % x\ntheirs % x", literal(call), ours, theirs)
	}
	var read pb.InternalRaftRequest
	if err := read.Unmarshal(ours); err != nil {
		t.Errorf("%s: etcd cannot read it: %v", literal(call), err)
	}
	if again, err := read.Marshal(); err != nil || !bytes.Equal(again, ours) {
		t.Errorf("%s: read and written again it is % x, %v", literal(call), again, err)
	}
	if !reflect.DeepEqual(read.String(), want.String()) {
		t.Errorf("etcd reads\n%s\nin place of\n%s", read.String(), want.String())
	}
	gotID, got, err := api.Decode(theirs)
	if err != nil || gotID != id || !reflect.DeepEqual(got, call) {
		t.Errorf("what etcd writes is read as %s, id %d, %v in place of %s", literal(got), gotID, err, literal(call))
	}
}
