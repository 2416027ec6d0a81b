package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"go.etcd.io/etcd/api/v3/mvccpb"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// memberIDs are etcd's numbers of the members that were met, by the simulator's.
type memberIDs map[api.Member]uint64

// learn notes a member's number by its name or address: "n2", "http://n2:2380".
func (ids memberIDs) learn(name string, id uint64) {
	if m := memberOf(name); m != 0 {
		ids[m] = id
	}
}

// memberOf finds the simulator's number in a name or an address, 0 if there is none.
func memberOf(name string) api.Member {
	name = strings.TrimPrefix(name, "http://")
	name, _, _ = strings.Cut(name, ":")
	n, err := strconv.ParseUint(strings.TrimPrefix(name, "n"), 10, 8)
	if err != nil {
		return 0
	}
	return api.Member(n)
}

// id returns etcd's number; a member that was never met has one that nobody has.
func (ids memberIDs) id(m api.Member) uint64 {
	if id, ok := ids[m]; ok || m == 0 {
		return id
	}
	return 0xbad<<16 | uint64(m)
}

// member returns the simulator's number, 0 if there is none.
func (ids memberIDs) member(id uint64) api.Member {
	for m, i := range ids {
		if i == id {
			return m
		}
	}
	return 0
}

// peerURLs returns the address that a call gives, or the one at which a member's machine listens.
func peerURLs(m api.Member, url string) []string {
	if url == "" {
		url = fmt.Sprintf("http://n%d:2380", m)
	}
	return []string{url}
}

// request lays a call out as etcd's request; nil if it has none.
func (ids memberIDs) request(call api.Call) any {
	switch c := call.(type) {
	case api.Range:
		return rangeRequest(c)
	case api.Put:
		return &pb.PutRequest{Key: blob(c.Key), Value: blob(c.Value), Lease: c.Lease, PrevKv: c.PrevKV,
			IgnoreValue: c.IgnoreValue, IgnoreLease: c.IgnoreLease}
	case api.DeleteRange:
		return &pb.DeleteRangeRequest{Key: blob(c.Key), RangeEnd: blob(c.End), PrevKv: c.PrevKV}
	case api.Txn:
		return txnRequest(c)
	case api.Compaction:
		return &pb.CompactionRequest{Revision: c.Revision, Physical: c.Physical}
	case api.LeaseGrant:
		return &pb.LeaseGrantRequest{ID: c.ID, TTL: c.TTL}
	case api.LeaseRevoke:
		return &pb.LeaseRevokeRequest{ID: c.ID}
	case api.LeaseKeepAlive:
		return &pb.LeaseKeepAliveRequest{ID: c.ID}
	case api.LeaseTimeToLive:
		return &pb.LeaseTimeToLiveRequest{ID: c.ID, Keys: c.Keys}
	case api.LeaseLeases:
		return &pb.LeaseLeasesRequest{}
	}
	return ids.memberRequest(call)
}

// memberRequest lays out the calls about the group and about the member itself.
func (ids memberIDs) memberRequest(call api.Call) any {
	switch c := call.(type) {
	case api.MemberList:
		return &pb.MemberListRequest{Linearizable: !c.Serializable}
	case api.MemberAdd:
		return &pb.MemberAddRequest{PeerURLs: peerURLs(c.Member, c.PeerURL), IsLearner: c.Learner}
	case api.MemberRemove:
		return &pb.MemberRemoveRequest{ID: ids.id(c.Member)}
	case api.MemberPromote:
		return &pb.MemberPromoteRequest{ID: ids.id(c.Member)}
	case api.MemberUpdate:
		return &pb.MemberUpdateRequest{ID: ids.id(c.Member), PeerURLs: peerURLs(c.Member, c.PeerURL)}
	case api.Alarm:
		return &pb.AlarmRequest{Action: pb.AlarmRequest_AlarmAction(c.Action), MemberID: ids.id(c.Member),
			Alarm: pb.AlarmType(c.Alarm)}
	case api.Status:
		return &pb.StatusRequest{}
	case api.HashKV:
		return &pb.HashKVRequest{Revision: c.Revision}
	case api.MoveLeader:
		return &pb.MoveLeaderRequest{TargetID: ids.id(c.Target)}
	}
	return nil
}

// blob returns nothing for an empty text, as a request has it that came over a connection; to a server that is called
// directly, an end that is empty but there means "all from the key on".
func blob(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func rangeRequest(c api.Range) *pb.RangeRequest {
	return &pb.RangeRequest{
		Key: blob(c.Key), RangeEnd: blob(c.End), Limit: c.Limit, Revision: c.Revision, Serializable: c.Serializable,
		SortOrder: pb.RangeRequest_SortOrder(c.SortOrder), SortTarget: pb.RangeRequest_SortTarget(c.SortTarget),
		KeysOnly: c.KeysOnly, CountOnly: c.CountOnly, MinModRevision: c.MinModRevision, MaxModRevision: c.MaxModRevision,
		MinCreateRevision: c.MinCreateRevision, MaxCreateRevision: c.MaxCreateRevision,
	}
}

func txnRequest(c api.Txn) *pb.TxnRequest {
	r := &pb.TxnRequest{Success: requestOps(c.Success), Failure: requestOps(c.Failure)}
	for _, p := range c.Compare {
		r.Compare = append(r.Compare, compareRequest(p))
	}
	return r
}

func compareRequest(p api.Compare) *pb.Compare {
	r := &pb.Compare{Result: pb.Compare_CompareResult(p.Result), Target: pb.Compare_CompareTarget(p.Target),
		Key: blob(p.Key), RangeEnd: blob(p.End)}
	switch p.Target {
	case api.CompareVersion:
		r.TargetUnion = &pb.Compare_Version{Version: p.Number}
	case api.CompareCreate:
		r.TargetUnion = &pb.Compare_CreateRevision{CreateRevision: p.Number}
	case api.CompareMod:
		r.TargetUnion = &pb.Compare_ModRevision{ModRevision: p.Number}
	case api.CompareValue:
		r.TargetUnion = &pb.Compare_Value{Value: []byte(p.Value)} // an empty value is still a value
	case api.CompareLease:
		r.TargetUnion = &pb.Compare_Lease{Lease: p.Number}
	}
	return r
}

func requestOps(calls []api.Call) []*pb.RequestOp {
	var ops []*pb.RequestOp
	for _, call := range calls {
		op := &pb.RequestOp{}
		switch r := (memberIDs{}).request(call).(type) {
		case *pb.RangeRequest:
			op.Request = &pb.RequestOp_RequestRange{RequestRange: r}
		case *pb.PutRequest:
			op.Request = &pb.RequestOp_RequestPut{RequestPut: r}
		case *pb.DeleteRangeRequest:
			op.Request = &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: r}
		case *pb.TxnRequest:
			op.Request = &pb.RequestOp_RequestTxn{RequestTxn: r}
		}
		ops = append(ops, op)
	}
	return ops
}

// reply reads etcd's response.
func (ids memberIDs) reply(resp any) (api.Reply, error) {
	switch r := resp.(type) {
	case *pb.RangeResponse:
		return api.Reply{Header: header(r.Header), Body: rangeReply(r)}, nil
	case *pb.PutResponse:
		return api.Reply{Header: header(r.Header), Body: api.PutReply{Prev: prev(r.PrevKv)}}, nil
	case *pb.DeleteRangeResponse:
		return api.Reply{Header: header(r.Header), Body: api.DeleteReply{Deleted: r.Deleted, Prev: keyValues(r.PrevKvs)}}, nil
	case *pb.TxnResponse:
		return ids.txnReply(r)
	case *pb.CompactionResponse:
		return api.Reply{Header: header(r.Header)}, nil
	case *pb.LeaseGrantResponse:
		return api.Reply{Header: header(r.Header), Body: api.LeaseGrantReply{ID: r.ID, TTL: r.TTL}}, nil
	case *pb.LeaseRevokeResponse:
		return api.Reply{Header: header(r.Header)}, nil
	case *pb.LeaseKeepAliveResponse:
		return api.Reply{Header: header(r.Header), Body: api.LeaseKeepAliveReply{ID: r.ID, TTL: r.TTL}}, nil
	case *pb.LeaseTimeToLiveResponse:
		b := api.LeaseTimeToLiveReply{ID: r.ID, TTL: r.TTL, Granted: r.GrantedTTL}
		for _, k := range r.Keys {
			b.Keys = append(b.Keys, string(k))
		}
		return api.Reply{Header: header(r.Header), Body: b}, nil
	case *pb.LeaseLeasesResponse:
		var b api.LeaseLeasesReply
		for _, l := range r.Leases {
			b.IDs = append(b.IDs, l.ID)
		}
		return api.Reply{Header: header(r.Header), Body: b}, nil
	}
	return ids.memberReply(resp)
}

// memberReply reads the responses about the group and about the member itself.
func (ids memberIDs) memberReply(resp any) (api.Reply, error) {
	switch r := resp.(type) {
	case *pb.MemberListResponse:
		return api.Reply{Header: header(r.Header), Body: api.MembersReply{Members: ids.infos(r.Members)}}, nil
	case *pb.MemberAddResponse:
		return api.Reply{Header: header(r.Header),
			Body: api.MembersReply{Changed: ids.info(r.Member), Members: ids.infos(r.Members)}}, nil
	case *pb.MemberRemoveResponse:
		return api.Reply{Header: header(r.Header), Body: api.MembersReply{Members: ids.infos(r.Members)}}, nil
	case *pb.MemberPromoteResponse:
		return api.Reply{Header: header(r.Header), Body: api.MembersReply{Members: ids.infos(r.Members)}}, nil
	case *pb.MemberUpdateResponse:
		return api.Reply{Header: header(r.Header), Body: api.MembersReply{Members: ids.infos(r.Members)}}, nil
	case *pb.AlarmResponse:
		var b api.AlarmReply
		for _, a := range r.Alarms {
			b.Alarms = append(b.Alarms,
				api.AlarmInfo{Member: ids.member(a.MemberID), MemberID: a.MemberID, Alarm: api.AlarmType(a.Alarm)})
		}
		return api.Reply{Header: header(r.Header), Body: b}, nil
	case *pb.StatusResponse:
		return api.Reply{Header: header(r.Header), Body: api.StatusReply{
			Version: r.Version, StorageVersion: r.StorageVersion, DBSize: r.DbSize, DBSizeInUse: r.DbSizeInUse,
			DBSizeQuota: r.DbSizeQuota,
			Leader:      r.Leader, RaftIndex: r.RaftIndex, RaftAppliedIndex: r.RaftAppliedIndex, RaftTerm: r.RaftTerm,
			Learner: r.IsLearner, Errors: r.Errors,
		}}, nil
	case *pb.HashKVResponse:
		return api.Reply{Header: header(r.Header),
			Body: api.HashKVReply{Hash: r.Hash, CompactRevision: r.CompactRevision, HashRevision: r.HashRevision}}, nil
	case *pb.MoveLeaderResponse:
		return api.Reply{Header: header(r.Header)}, nil
	}
	return api.Reply{}, fmt.Errorf("a response of type %T", resp)
}

func header(h *pb.ResponseHeader) api.Header {
	if h == nil {
		return api.Header{}
	}
	return api.Header{ClusterID: h.ClusterId, MemberID: h.MemberId, Revision: h.Revision, RaftTerm: h.RaftTerm}
}

func rangeReply(r *pb.RangeResponse) api.RangeReply {
	return api.RangeReply{RangeResult: mvcc.RangeResult{KVs: keyValues(r.Kvs), Count: r.Count, More: r.More}}
}

func (ids memberIDs) txnReply(r *pb.TxnResponse) (api.Reply, error) {
	b := api.TxnReply{Succeeded: r.Succeeded}
	for _, op := range r.Responses {
		var inner any
		switch o := op.Response.(type) {
		case *pb.ResponseOp_ResponseRange:
			inner = o.ResponseRange
		case *pb.ResponseOp_ResponsePut:
			inner = o.ResponsePut
		case *pb.ResponseOp_ResponseDeleteRange:
			inner = o.ResponseDeleteRange
		case *pb.ResponseOp_ResponseTxn:
			inner = o.ResponseTxn
		}
		reply, err := ids.reply(inner)
		if err != nil {
			return api.Reply{}, err
		}
		b.Replies = append(b.Replies, reply)
	}
	return api.Reply{Header: header(r.Header), Body: b}, nil
}

func keyValue(kv *mvccpb.KeyValue) mvcc.KeyValue {
	return mvcc.KeyValue{Key: string(kv.Key), Value: string(kv.Value), CreateRevision: kv.CreateRevision,
		ModRevision: kv.ModRevision,
		Version:     kv.Version, Lease: kv.Lease}
}

func keyValues(kvs []*mvccpb.KeyValue) []mvcc.KeyValue {
	var out []mvcc.KeyValue
	for _, kv := range kvs {
		out = append(out, keyValue(kv))
	}
	return out
}

func prev(kv *mvccpb.KeyValue) *mvcc.KeyValue {
	if kv == nil {
		return nil
	}
	out := keyValue(kv)
	return &out
}

func (ids memberIDs) info(m *pb.Member) api.MemberInfo {
	i := api.MemberInfo{ID: m.ID, Name: m.Name, PeerURL: strings.Join(m.PeerURLs, ","),
		ClientURL: strings.Join(m.ClientURLs, ","), Learner: m.IsLearner}
	if i.Member = ids.member(m.ID); i.Member == 0 {
		i.Member = memberOf(i.PeerURL)
		ids.learn(i.PeerURL, m.ID)
	}
	return i
}

func (ids memberIDs) infos(ms []*pb.Member) []api.MemberInfo {
	var out []api.MemberInfo
	for _, m := range ms {
		out = append(out, ids.info(m))
	}
	return out
}
