package etcd

import "github.com/etcdscope/etcdscope/core/api"

// Requests as gRPC's own metrics count them, which etcd shows beside its own: by method, and when they are answered, by
// code (api/v3rpc/grpc.go, go-grpc-middleware). Left out are calls that a member may pass on to the leader
// (LeaseTimeToLive, LeaseKeepAlive, MemberPromote): here the leader answers the client itself, so that neither of the
// two could count as etcd's do.

// rpc is a method.
type rpc uint8

const (
	rpcRange rpc = iota
	rpcPut
	rpcDeleteRange
	rpcTxn
	rpcCompact
	rpcWatch
	rpcLeaseGrant
	rpcLeaseRevoke
	rpcLeaseLeases
	rpcMemberAdd
	rpcMemberRemove
	rpcMemberUpdate
	rpcMemberList
	rpcAlarm
	rpcStatus
	rpcDefragment
	rpcHashKV
	rpcSnapshot
	rpcMoveLeader
	rpcs
)

// rpcNames has each method with its service and its type.
var rpcNames = [rpcs]struct{ method, service, kind string }{
	{"Range", "KV", unary}, {"Put", "KV", unary}, {"DeleteRange", "KV", unary}, {"Txn", "KV", unary},
	{"Compact", "KV", unary},
	{"Watch", "Watch", "bidi_stream"},
	{"LeaseGrant", "Lease", unary}, {"LeaseRevoke", "Lease", unary}, {"LeaseLeases", "Lease", unary},
	{"MemberAdd", "Cluster", unary}, {"MemberRemove", "Cluster", unary}, {"MemberUpdate", "Cluster", unary},
	{"MemberList", "Cluster", unary},
	{"Alarm", "Maintenance", unary}, {"Status", "Maintenance", unary}, {"Defragment", "Maintenance", unary},
	{"HashKV", "Maintenance", unary}, {"Snapshot", "Maintenance", "server_stream"}, {"MoveLeader", "Maintenance", unary},
}

const unary = "unary"

// rpcOf returns the method of a call; rpcs: it is not counted.
//
//tidy:long one switch, a case a method
func rpcOf(c api.Call) rpc {
	switch c.(type) {
	case api.Range:
		return rpcRange
	case api.Put:
		return rpcPut
	case api.DeleteRange:
		return rpcDeleteRange
	case api.Txn:
		return rpcTxn
	case api.Compaction:
		return rpcCompact
	case api.LeaseGrant:
		return rpcLeaseGrant
	case api.LeaseRevoke:
		return rpcLeaseRevoke
	case api.LeaseLeases:
		return rpcLeaseLeases
	case api.MemberAdd:
		return rpcMemberAdd
	case api.MemberRemove:
		return rpcMemberRemove
	case api.MemberUpdate:
		return rpcMemberUpdate
	case api.MemberList:
		return rpcMemberList
	case api.Alarm:
		return rpcAlarm
	case api.Status:
		return rpcStatus
	case api.Defragment:
		return rpcDefragment
	case api.HashKV:
		return rpcHashKV
	case api.Snapshot:
		return rpcSnapshot
	case api.MoveLeader:
		return rpcMoveLeader
	}
	return rpcs
}

// codeNames are the codes that etcd answers with: first the one that says that all is well.
var codeNames = [...]api.Code{
	"OK", api.Canceled, api.DataLoss, api.DeadlineExceeded, api.FailedPrecondition, api.InvalidArgument, api.NotFound,
	api.OutOfRange,
	api.ResourceExhausted, api.Unavailable, api.Unknown,
}

const codes = len(codeNames)

// badCodes says which of them etcd's alerts take for a failure (contrib/mixin, etcdHighNumberOfFailedGRPCRequests).
var badCodes = [codes]bool{2: true, 3: true, 4: true, 8: true, 9: true, 10: true}

func codePlace(text string) int {
	if text == "" {
		return 0
	}
	code := api.CodeOf(text)
	for i, c := range codeNames {
		if c == code {
			return i
		}
	}
	return codes - 1
}

// countStart counts a request that came in.
func (t *tally) countStart(m rpc) {
	if m < rpcs {
		t.started[m]++
	}
}

// countEnd counts one that was answered, with etcd's error text or nothing.
func (t *tally) countEnd(m rpc, text string) {
	if m >= rpcs {
		return
	}
	place := codePlace(text)
	t.count(m, place)
	t.answers++
	if badCodes[place] {
		t.bad++
	}
}

// handled is how many requests of a method were answered with a code. Few of all pairs ever are.
type handled struct {
	rpc   rpc
	place uint8
	count uint32
}

func (t *tally) count(m rpc, place int) {
	for i := range t.handled {
		if h := &t.handled[i]; h.rpc == m && int(h.place) == place {
			h.count++
			return
		}
	}
	t.handled = append(t.handled, handled{m, uint8(place), 1})
}

func (t *tally) countOf(m rpc, place int) uint32 {
	for _, h := range t.handled {
		if h.rpc == m && int(h.place) == place {
			return h.count
		}
	}
	return 0
}
