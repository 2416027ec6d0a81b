package ctl

import (
	"strings"

	"fmt"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

func header(h *pb.ResponseHeader) api.Header {
	return api.Header{ClusterID: h.GetClusterId(), MemberID: h.GetMemberId(), Revision: h.GetRevision(),
		RaftTerm: h.GetRaftTerm()}
}

func keyValue(kv *mvccpb.KeyValue) mvcc.KeyValue {
	return mvcc.KeyValue{Key: string(kv.Key), Value: string(kv.Value), CreateRevision: kv.CreateRevision,
		ModRevision: kv.ModRevision,
		Version:     kv.Version, Lease: kv.Lease}
}

func keyValues(list []*mvccpb.KeyValue) (out []mvcc.KeyValue) {
	for _, kv := range list {
		out = append(out, keyValue(kv))
	}
	return out
}

func previous(kv *mvccpb.KeyValue) *mvcc.KeyValue {
	if kv == nil {
		return nil
	}
	out := keyValue(kv)
	return &out
}

// reply converts an answer.
func reply(t *testing.T, m any) api.Reply {
	t.Helper()
	switch m := m.(type) {
	case *pb.RangeResponse:
		return api.Reply{Header: header(m.Header),
			Body: api.RangeReply{RangeResult: mvcc.RangeResult{KVs: keyValues(m.Kvs), Count: m.Count, More: m.More}}}
	case *pb.PutResponse:
		return api.Reply{Header: header(m.Header), Body: api.PutReply{Prev: previous(m.PrevKv)}}
	case *pb.DeleteRangeResponse:
		return api.Reply{Header: header(m.Header), Body: api.DeleteReply{Deleted: m.Deleted, Prev: keyValues(m.PrevKvs)}}
	case *pb.TxnResponse:
		b := api.TxnReply{Succeeded: m.Succeeded}
		for _, r := range m.Responses {
			switch r := r.Response.(type) {
			case *pb.ResponseOp_ResponseRange:
				b.Replies = append(b.Replies, reply(t, r.ResponseRange))
			case *pb.ResponseOp_ResponsePut:
				b.Replies = append(b.Replies, reply(t, r.ResponsePut))
			case *pb.ResponseOp_ResponseDeleteRange:
				b.Replies = append(b.Replies, reply(t, r.ResponseDeleteRange))
			}
		}
		return api.Reply{Header: header(m.Header), Body: b}
	case *pb.CompactionResponse:
		return api.Reply{Header: header(m.Header)}
	case *pb.LeaseGrantResponse:
		return api.Reply{Header: header(m.Header), Body: api.LeaseGrantReply{ID: m.ID, TTL: m.TTL}}
	case *pb.LeaseRevokeResponse:
		return api.Reply{Header: header(m.Header)}
	case *pb.LeaseKeepAliveResponse:
		return api.Reply{Header: header(m.Header), Body: api.LeaseKeepAliveReply{ID: m.ID, TTL: m.TTL}}
	case *pb.LeaseTimeToLiveResponse:
		b := api.LeaseTimeToLiveReply{ID: m.ID, TTL: m.TTL, Granted: m.GrantedTTL}
		for _, k := range m.Keys {
			b.Keys = append(b.Keys, string(k))
		}
		return api.Reply{Header: header(m.Header), Body: b}
	case *pb.LeaseLeasesResponse:
		var b api.LeaseLeasesReply
		for _, l := range m.Leases {
			b.IDs = append(b.IDs, l.ID)
		}
		return api.Reply{Header: header(m.Header), Body: b}
	}
	return clusterReply(t, m)
}

func clusterReply(t *testing.T, m any) api.Reply {
	t.Helper()
	switch m := m.(type) {
	case *pb.MemberListResponse:
		return api.Reply{Header: header(m.Header), Body: members(nil, m.Members)}
	case *pb.MemberAddResponse:
		return api.Reply{Header: header(m.Header), Body: members(m.Member, m.Members)}
	case *pb.MemberRemoveResponse:
		return api.Reply{Header: header(m.Header), Body: members(nil, m.Members)}
	case *pb.MemberUpdateResponse:
		return api.Reply{Header: header(m.Header), Body: members(nil, m.Members)}
	case *pb.MemberPromoteResponse:
		return api.Reply{Header: header(m.Header), Body: members(nil, m.Members)}
	case *pb.MoveLeaderResponse:
		return api.Reply{Header: header(m.Header)}
	case *pb.AlarmResponse:
		var b api.AlarmReply
		for _, a := range m.Alarms {
			b.Alarms = append(b.Alarms, api.AlarmInfo{MemberID: a.MemberID, Alarm: api.AlarmType(a.Alarm)})
		}
		return api.Reply{Header: header(m.Header), Body: b}
	case *pb.StatusResponse:
		return api.Reply{Header: header(m.Header), Body: api.StatusReply{
			Version: m.Version, StorageVersion: m.StorageVersion, DBSize: m.DbSize, DBSizeInUse: m.DbSizeInUse,
			DBSizeQuota: m.DbSizeQuota,
			Leader:      m.Leader, RaftIndex: m.RaftIndex, RaftAppliedIndex: m.RaftAppliedIndex, RaftTerm: m.RaftTerm,
			Learner: m.IsLearner, Errors: m.Errors,
		}}
	case *pb.HashKVResponse:
		return api.Reply{Header: header(m.Header),
			Body: api.HashKVReply{Hash: m.Hash, CompactRevision: m.CompactRevision, HashRevision: m.HashRevision}}
	case *pb.DefragmentResponse:
		return api.Reply{Header: header(m.Header)}
	case *pb.SnapshotResponse:
		return api.Reply{Header: header(m.Header), Body: api.SnapshotReply{Version: m.Version}}
	}
	t.Fatalf("no reply of ours is like %T", m)
	return api.Reply{}
}

func members(changed *pb.Member, list []*pb.Member) (b api.MembersReply) {
	for _, m := range list {
		b.Members = append(b.Members, info(m))
	}
	if changed != nil {
		b.Changed = info(changed)
	}
	return b
}

func info(m *pb.Member) api.MemberInfo {
	out := api.MemberInfo{ID: m.ID, Name: m.Name, Learner: m.IsLearner}
	if len(m.PeerURLs) > 0 {
		out.PeerURL = strings.Join(m.PeerURLs, ",")
	}
	if len(m.ClientURLs) > 0 {
		out.ClientURL = m.ClientURLs[0]
	}
	return out
}

func watchAnswer(m *pb.WatchResponse) ctl.WatchAnswer {
	w := ctl.WatchAnswer{Header: header(m.Header), CompactRevision: m.CompactRevision, Canceled: m.Canceled,
		Reason: m.CancelReason}
	for _, e := range m.Events {
		w.Events = append(w.Events, ctl.Event{Deleted: e.Type == mvccpb.DELETE, KV: keyValue(e.Kv), Prev: previous(e.PrevKv)})
	}
	return w
}

// request converts a call as the Go client sends it; nil if there is nothing in it to compare.
func request(call api.Call) any {
	switch c := call.(type) {
	case api.Range:
		r := &pb.RangeRequest{Key: []byte(c.Key), RangeEnd: []byte(c.End), Limit: c.Limit, Revision: c.Revision,
			Serializable: c.Serializable,
			KeysOnly:     c.KeysOnly, CountOnly: c.CountOnly, MinModRevision: c.MinModRevision, MaxModRevision: c.MaxModRevision,
			MinCreateRevision: c.MinCreateRevision, MaxCreateRevision: c.MaxCreateRevision,
			SortOrder: pb.RangeRequest_SortOrder(c.SortOrder), SortTarget: pb.RangeRequest_SortTarget(c.SortTarget)}
		// client/v3 op.go, WithSort: keys come in that order
		if c.SortTarget == mvcc.SortByKey && c.SortOrder == mvcc.SortAscend {
			r.SortOrder = pb.RangeRequest_NONE
		}
		return r
	case api.Put:
		return &pb.PutRequest{Key: []byte(c.Key), Value: []byte(c.Value), Lease: c.Lease, PrevKv: c.PrevKV,
			IgnoreValue: c.IgnoreValue,
			IgnoreLease: c.IgnoreLease}
	case api.DeleteRange:
		return &pb.DeleteRangeRequest{Key: []byte(c.Key), RangeEnd: []byte(c.End), PrevKv: c.PrevKV}
	case api.Txn:
		r := &pb.TxnRequest{Success: operations(c.Success), Failure: operations(c.Failure)}
		for _, x := range c.Compare {
			r.Compare = append(r.Compare, compare(x))
		}
		return r
	case api.Compaction:
		return &pb.CompactionRequest{Revision: c.Revision, Physical: c.Physical}
	case api.LeaseGrant:
		return &pb.LeaseGrantRequest{TTL: c.TTL}
	case api.LeaseRevoke:
		return &pb.LeaseRevokeRequest{ID: c.ID}
	case api.LeaseTimeToLive:
		return &pb.LeaseTimeToLiveRequest{ID: c.ID, Keys: c.Keys}
	case api.MemberList:
		return &pb.MemberListRequest{Linearizable: !c.Serializable}
	case api.HashKV:
		return &pb.HashKVRequest{Revision: c.Revision}
	}
	return nil
}

func operations(list []api.Call) (out []*pb.RequestOp) {
	for _, op := range list {
		switch r := request(op).(type) {
		case *pb.RangeRequest:
			out = append(out, &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: r}})
		case *pb.PutRequest:
			out = append(out, &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: r}})
		case *pb.DeleteRangeRequest:
			out = append(out, &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: r}})
		}
	}
	return out
}

func compare(c api.Compare) *pb.Compare {
	out := &pb.Compare{Result: pb.Compare_CompareResult(c.Result), Target: pb.Compare_CompareTarget(c.Target),
		Key: []byte(c.Key)}
	switch c.Target {
	case api.CompareVersion:
		out.TargetUnion = &pb.Compare_Version{Version: c.Number}
	case api.CompareCreate:
		out.TargetUnion = &pb.Compare_CreateRevision{CreateRevision: c.Number}
	case api.CompareMod:
		out.TargetUnion = &pb.Compare_ModRevision{ModRevision: c.Number}
	case api.CompareValue:
		out.TargetUnion = &pb.Compare_Value{Value: []byte(c.Value)}
	case api.CompareLease:
		out.TargetUnion = &pb.Compare_Lease{Lease: c.Number}
	}
	return out
}

// message prints a message so that two can be compared.
func message(m any) string {
	if m == nil {
		return ""
	}
	return fmt.Sprint(m)
}
