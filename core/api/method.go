package api

// Method numbers a method of the API: the place of its row in the table.
type Method uint8

// The methods, in the order of the table. Watch alone has no Call: it is a stream (core/watch).
const (
	methodRange Method = iota
	methodPut
	methodDeleteRange
	methodTxn
	methodCompact
	MethodWatch
	methodLeaseGrant
	methodLeaseRevoke
	methodLeaseKeepAlive
	methodLeaseTimeToLive
	methodLeaseLeases
	methodMemberAdd
	methodMemberRemove
	methodMemberUpdate
	methodMemberPromote
	methodMemberList
	methodAlarm
	methodStatus
	methodDefragment
	methodHashKV
	methodSnapshot
	methodMoveLeader
	methodLeaseCheckpoint
	methodPublish
	methodClusterVersion
	Methods // how many there are
)

// Row is what the simulator knows of a method without carrying it out. What is the same for many methods stands here;
// a switch over the types of calls is for what differs.
type Row struct {
	Name    string // in a word or two: "put", "lease grant"
	Service string // gRPC's service; "": only members propose it
	RPC     string // gRPC's name of the method
	Stream  Stream
	Call    Call // one without any argument; nil of MethodWatch

	Mutates    bool    // it can change keys, if it is no transaction that only reads
	Conf       bool    // it is proposed as a change of the group
	Learner    Learner // whether a learner serves it
	PassedOn   bool    // a member that does not lead passes it on to the leader
	Repeatable bool    // a client may make it again although it may have been carried out (client/v3/retry.go)
	NoDeadline bool    // etcdctl sets none (txn_command.go, lease_command.go, snapshot_command.go)

	// What is proposed as an entry: its name where etcd measures applying (etcdserver/apply/uber_applier.go, dispatch),
	// and whether a member with a corrupt database refuses it (etcdserver/apply/apply.go, applierV3Corrupt).
	Applied          string
	RefusedIfCorrupt bool

	// Where it stands in protobuf: the field of InternalRaftRequest, if it is proposed as an entry, and of RequestOp, if
	// a transaction may hold it (api/etcdserverpb). form lays it out.
	entry, op int
	form      form
}

// Stream is how many messages go to and fro in one request of a method, by gRPC's names.
type Stream string

// The kinds of streams that etcd has.
const (
	Unary        Stream = "unary"
	ServerStream Stream = "server_stream"
	BidiStream   Stream = "bidi_stream"
)

// Learner says whether a learner serves a method (api/v3rpc/util.go, isRPCSupportedForLearner).
type Learner uint8

// A learner serves nothing but the two methods about itself, and ranges that ask for no more than its own store.
const (
	NotByLearner Learner = iota
	SerializableByLearner
	ByLearner
)

// table has the methods. One that is added here has its type in call.go; CONTRIBUTING names what else it needs.
var table = [Methods]Row{
	methodRange: {Name: "get", Service: "KV", RPC: "Range", Stream: Unary, Call: Range{},
		Learner: SerializableByLearner, Repeatable: true, op: 1, form: formOf[Range]()},
	methodPut: {Name: "put", Service: "KV", RPC: "Put", Stream: Unary, Call: Put{},
		Mutates: true, Applied: "Put", RefusedIfCorrupt: true, entry: 4, op: 2, form: formOf[Put]()},
	methodDeleteRange: {Name: "del", Service: "KV", RPC: "DeleteRange", Stream: Unary, Call: DeleteRange{},
		Mutates: true, Applied: "DeleteRange", RefusedIfCorrupt: true, entry: 5, op: 3, form: formOf[DeleteRange]()},
	methodTxn: {Name: "txn", Service: "KV", RPC: "Txn", Stream: Unary, Call: Txn{},
		Mutates: true, NoDeadline: true, Applied: "Txn", RefusedIfCorrupt: true, entry: 6, op: 4, form: formOf[Txn]()},
	methodCompact: {Name: "compaction", Service: "KV", RPC: "Compact", Stream: Unary, Call: Compaction{},
		Applied: "Compaction", RefusedIfCorrupt: true, entry: 7, form: formOf[Compaction]()},

	MethodWatch: {Name: "watch", Service: "Watch", RPC: "Watch", Stream: BidiStream, NoDeadline: true},

	methodLeaseGrant: {Name: "lease grant", Service: "Lease", RPC: "LeaseGrant", Stream: Unary, Call: LeaseGrant{},
		Repeatable: true, Applied: "LeaseGrant", RefusedIfCorrupt: true, entry: 8, form: formOf[LeaseGrant]()},
	methodLeaseRevoke: {Name: "lease revoke", Service: "Lease", RPC: "LeaseRevoke", Stream: Unary, Call: LeaseRevoke{},
		Mutates: true, Repeatable: true, Applied: "LeaseRevoke", RefusedIfCorrupt: true,
		entry: 9, form: formOf[LeaseRevoke]()},
	methodLeaseKeepAlive: {Name: "lease keep-alive", Service: "Lease", RPC: "LeaseKeepAlive", Stream: BidiStream,
		Call: LeaseKeepAlive{}, PassedOn: true, Repeatable: true, NoDeadline: true},
	methodLeaseTimeToLive: {Name: "lease timetolive", Service: "Lease", RPC: "LeaseTimeToLive", Stream: Unary,
		Call: LeaseTimeToLive{}, PassedOn: true, Repeatable: true, NoDeadline: true},
	methodLeaseLeases: {Name: "lease list", Service: "Lease", RPC: "LeaseLeases", Stream: Unary, Call: LeaseLeases{},
		Repeatable: true, NoDeadline: true},

	methodMemberAdd: {Name: "add", Service: "Cluster", RPC: "MemberAdd", Stream: Unary, Call: MemberAdd{}, Conf: true},
	methodMemberRemove: {Name: "remove", Service: "Cluster", RPC: "MemberRemove", Stream: Unary, Call: MemberRemove{},
		Conf: true},
	methodMemberUpdate: {Name: "update", Service: "Cluster", RPC: "MemberUpdate", Stream: Unary, Call: MemberUpdate{},
		Conf: true},
	methodMemberPromote: {Name: "promote", Service: "Cluster", RPC: "MemberPromote", Stream: Unary,
		Call: MemberPromote{}, Conf: true, PassedOn: true},
	methodMemberList: {Name: "member list", Service: "Cluster", RPC: "MemberList", Stream: Unary, Call: MemberList{},
		Repeatable: true},

	methodAlarm: {Name: "alarm", Service: "Maintenance", RPC: "Alarm", Stream: Unary, Call: Alarm{},
		Repeatable: true, Applied: "Alarm", entry: 10, form: formOf[Alarm]()},
	methodStatus: {Name: "status", Service: "Maintenance", RPC: "Status", Stream: Unary, Call: Status{},
		Learner: ByLearner, Repeatable: true},
	methodDefragment: {Name: "defrag", Service: "Maintenance", RPC: "Defragment", Stream: Unary, Call: Defragment{}},
	methodHashKV: {Name: "hashkv", Service: "Maintenance", RPC: "HashKV", Stream: Unary, Call: HashKV{},
		Repeatable: true},
	methodSnapshot: {Name: "snapshot", Service: "Maintenance", RPC: "Snapshot", Stream: ServerStream, Call: Snapshot{},
		Learner: ByLearner, Repeatable: true, NoDeadline: true},
	methodMoveLeader: {Name: "move", Service: "Maintenance", RPC: "MoveLeader", Stream: Unary, Call: MoveLeader{},
		Repeatable: true},

	methodLeaseCheckpoint: {Name: "lease checkpoint", Call: LeaseCheckpoint{},
		Applied: "LeaseCheckpoint", entry: 11, form: formOf[LeaseCheckpoint]()},
	methodPublish: {Name: "publish", Call: Publish{},
		Applied: "ClusterMemberAttrSet", entry: 1301, form: formOf[Publish]()},
	methodClusterVersion: {Name: "cluster version", Call: ClusterVersion{},
		Applied: "ClusterVersionSet", entry: 1300, form: formOf[ClusterVersion]()},
}

func (Range) method() Method           { return methodRange }
func (Put) method() Method             { return methodPut }
func (DeleteRange) method() Method     { return methodDeleteRange }
func (Txn) method() Method             { return methodTxn }
func (Compaction) method() Method      { return methodCompact }
func (LeaseGrant) method() Method      { return methodLeaseGrant }
func (LeaseRevoke) method() Method     { return methodLeaseRevoke }
func (LeaseKeepAlive) method() Method  { return methodLeaseKeepAlive }
func (LeaseTimeToLive) method() Method { return methodLeaseTimeToLive }
func (LeaseLeases) method() Method     { return methodLeaseLeases }
func (LeaseCheckpoint) method() Method { return methodLeaseCheckpoint }
func (MemberAdd) method() Method       { return methodMemberAdd }
func (MemberRemove) method() Method    { return methodMemberRemove }
func (MemberPromote) method() Method   { return methodMemberPromote }
func (MemberUpdate) method() Method    { return methodMemberUpdate }
func (MemberList) method() Method      { return methodMemberList }
func (Alarm) method() Method           { return methodAlarm }
func (Status) method() Method          { return methodStatus }
func (Defragment) method() Method      { return methodDefragment }
func (HashKV) method() Method          { return methodHashKV }
func (Snapshot) method() Method        { return methodSnapshot }
func (MoveLeader) method() Method      { return methodMoveLeader }
func (Publish) method() Method         { return methodPublish }
func (ClusterVersion) method() Method  { return methodClusterVersion }

// MethodOf returns the method that a call makes.
func MethodOf(c Call) Method { return c.method() }

// RowOf returns the row of the method that a call makes.
func RowOf(c Call) *Row { return &table[c.method()] }

// Row returns the method's row, which nobody writes to.
func (m Method) Row() *Row { return &table[m] }

// Counted reports whether gRPC's metrics count the method here. Of one that is passed on they do not: here the leader
// answers the client itself, so that neither of the two members could count as etcd's do.
func (r *Row) Counted() bool { return r.Service != "" && !r.PassedOn }

// InTxn reports whether a transaction may hold the method.
func (r *Row) InTxn() bool { return r.op != 0 }
