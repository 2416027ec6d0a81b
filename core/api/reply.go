package api

import "github.com/etcdscope/etcdscope/core/mvcc"

// Header goes with every answer (api/v3rpc/header.go). Within a transaction's answer only Revision is set.
type Header struct {
	ClusterID, MemberID uint64
	Revision            int64  // of the answering member's store when it answered
	RaftTerm            uint64 // of the last entry that it applied
}

// Reply is what a member answers to a call that went well.
type Reply struct {
	Header Header
	Body   Body
}

// Body is the part of a Reply that depends on the call. A call that tells nothing else has none.
type Body interface{ body() }

// RangeReply answers Range.
type RangeReply struct{ mvcc.RangeResult }

// PutReply answers Put; Prev is nil unless it was asked for and there was one.
type PutReply struct{ Prev *mvcc.KeyValue }

// DeleteReply answers DeleteRange; Prev is what was deleted, if it was asked for.
type DeleteReply struct {
	Deleted int64
	Prev    []mvcc.KeyValue
}

// TxnReply answers Txn: one reply for each operation that was carried out.
type TxnReply struct {
	Succeeded bool
	Replies   []Reply
}

// LeaseGrantReply answers LeaseGrant: TTL is the one granted.
type LeaseGrantReply struct{ ID, TTL int64 }

// LeaseKeepAliveReply answers LeaseKeepAlive: TTL 0 means that the lease is gone.
type LeaseKeepAliveReply struct{ ID, TTL int64 }

// LeaseTimeToLiveReply answers LeaseTimeToLive: TTL -1 means that there is no such lease.
type LeaseTimeToLiveReply struct {
	ID, TTL, Granted int64
	Keys             []string
}

// LeaseLeasesReply answers LeaseLeases.
type LeaseLeasesReply struct{ IDs []int64 }

// MemberInfo is one member as MemberList shows it.
type MemberInfo struct {
	ID        uint64 // etcd's: a digest of its addresses
	Member    Member
	Name      string // "" until it has published it
	PeerURL   string
	ClientURL string
	Learner   bool
}

// MembersReply answers the calls about membership: the members after it. Changed is the one that a MemberAdd added.
type MembersReply struct {
	Changed MemberInfo
	Members []MemberInfo
}

// AlarmInfo is one alarm that is active.
type AlarmInfo struct {
	Member   Member // 0: no member in particular
	MemberID uint64
	Alarm    AlarmType
}

// AlarmReply answers Alarm.
type AlarmReply struct{ Alarms []AlarmInfo }

// StatusReply answers Status (api/v3rpc/maintenance.go). Its header has the revision, too.
type StatusReply struct {
	Version          string
	StorageVersion   string
	DBSize           int64 // bytes of the file
	DBSizeInUse      int64
	DBSizeQuota      int64
	Leader           uint64 // 0: it knows none
	RaftIndex        uint64 // committed
	RaftAppliedIndex uint64
	RaftTerm         uint64 // of the last applied entry
	Learner          bool
	Errors           []string
}

// HashKVReply answers HashKV.
type HashKVReply struct {
	Hash            uint32
	CompactRevision int64
	HashRevision    int64
}

// SnapshotReply answers Snapshot; the database itself goes beside it.
type SnapshotReply struct {
	Version string
	Size    int64
}

func (RangeReply) body()           {}
func (PutReply) body()             {}
func (DeleteReply) body()          {}
func (TxnReply) body()             {}
func (LeaseGrantReply) body()      {}
func (LeaseKeepAliveReply) body()  {}
func (LeaseTimeToLiveReply) body() {}
func (LeaseLeasesReply) body()     {}
func (MembersReply) body()         {}
func (AlarmReply) body()           {}
func (StatusReply) body()          {}
func (HashKVReply) body()          {}
func (SnapshotReply) body()        {}
