package api

import "github.com/etcdscope/etcdscope/core/mvcc"

// Call is what a client asks of a member, or what a member proposes.
type Call interface{ method() Method }

// Range reads the keys in [Key, End); see mvcc.Store.Range.
type Range struct {
	Key, End string
	mvcc.RangeOptions
	Serializable bool // answer from the member's own store, however old
}

// Put writes a key.
type Put struct {
	Key, Value  string
	Lease       int64 // 0: none, and the key loses the one that it had
	PrevKV      bool  // answer with the version before
	IgnoreValue bool  // keep the value; Value must be empty
	IgnoreLease bool  // keep the lease; Lease must be 0
}

// DeleteRange deletes the keys in [Key, End).
type DeleteRange struct {
	Key, End string
	PrevKV   bool // answer with the versions that were deleted
}

// Txn carries out Success if all of Compare hold, else Failure, as one revision. Its operations are Range, Put,
// DeleteRange and Txn.
type Txn struct {
	Compare          []Compare
	Success, Failure []Call
}

// CompareResult is the relation that a Compare asks for.
type CompareResult uint8

// The relations, numbered as in etcd.
const (
	Equal CompareResult = iota
	Greater
	Less
	NotEqual
)

// CompareTarget is what a Compare looks at.
type CompareTarget uint8

// The targets, numbered as in etcd.
const (
	CompareVersion CompareTarget = iota
	CompareCreate
	CompareMod
	CompareValue
	CompareLease
)

// Compare is a condition on each key in [Key, End). A key that does not exist has version, revisions and lease 0; its
// value compares with nothing.
type Compare struct {
	Result   CompareResult
	Target   CompareTarget
	Key, End string
	Number   int64  // of all targets but the value
	Value    string // of CompareValue
}

// Compaction drops history before a revision. With Physical the answer waits until the database has done it.
type Compaction struct {
	Revision int64
	Physical bool
}

// LeaseGrant asks for a lease of TTL seconds; ID 0 lets the member choose.
type LeaseGrant struct{ ID, TTL int64 }

// LeaseRevoke ends a lease and deletes its keys.
type LeaseRevoke struct{ ID int64 }

// LeaseKeepAlive renews a lease once. It is one message of a stream.
type LeaseKeepAlive struct{ ID int64 }

// LeaseTimeToLive asks how long a lease still lives, and with Keys for its keys.
type LeaseTimeToLive struct {
	ID   int64
	Keys bool
}

// LeaseLeases asks for all leases.
type LeaseLeases struct{}

// LeaseCheckpoint is proposed by the leader only: how long a lease still lives.
type LeaseCheckpoint struct{ ID, Remaining int64 }

// Member names a member in calls about membership: its ID in Raft (raft.ID), 1 for n1. Of a MemberAdd only the machine
// counts: the member that is asked picks the ID.
type Member uint16

// Machine returns the number of the machine that the member was added for.
func (m Member) Machine() int { return int(m % 16) }

// MemberAdd, MemberRemove, MemberPromote and MemberUpdate ask for a change of the group.
type (
	MemberAdd struct {
		Member  Member
		PeerURL string // "": where the member's machine listens
		Learner bool
	}
	MemberRemove  struct{ Member Member }
	MemberPromote struct{ Member Member }
	MemberUpdate  struct {
		Member  Member
		PeerURL string
	}
)

// MemberList asks for the members; linearizable unless Serializable.
type MemberList struct{ Serializable bool }

// AlarmAction is what an Alarm call does.
type AlarmAction uint8

// The actions, numbered as in etcd.
const (
	AlarmGet AlarmAction = iota
	AlarmActivate
	AlarmDeactivate
)

// AlarmType is what an alarm is about.
type AlarmType uint8

// The alarms, numbered as in etcd; AlarmNone in a call means all.
const (
	AlarmNone AlarmType = iota
	AlarmNoSpace
	AlarmCorrupt
)

// Alarm reads, raises or clears alarms. Member 0 means the alarms of all members.
type Alarm struct {
	Action AlarmAction
	Member Member
	Alarm  AlarmType
}

// Status, Defragment, HashKV and Snapshot ask one member about itself, or do something to it alone.
type (
	Status     struct{}
	Defragment struct{}
	HashKV     struct{ Revision int64 } // 0: the current one
	Snapshot   struct{ File string }    // the file that the client writes
)

// MoveLeader asks the leader to hand over.
type MoveLeader struct{ Target Member }

// Publish is proposed by a member itself: its name and the address for clients. Only then does it serve
// (etcdserver/server.go, publishV3).
type Publish struct {
	Member    Member
	Name      string
	ClientURL string
}

// ClusterVersion is proposed by the leader once all members are known to run a version (etcdserver/version/monitor.go).
type ClusterVersion struct{ Version string }

// Writes reports whether a call can change keys.
func Writes(c Call) bool {
	if t, ok := c.(Txn); ok {
		return !t.ReadOnly()
	}
	return RowOf(c).Mutates
}

// Serializable reports whether a call asks for what the member that answers has, however old.
func Serializable(c Call) bool {
	switch c := c.(type) {
	case Range:
		return c.Serializable
	case Txn:
		return c.Serializable()
	case MemberList:
		return c.Serializable
	}
	return false
}

// ServedByLearner reports whether a learner takes a call.
func ServedByLearner(c Call) bool {
	by := RowOf(c).Learner
	return by == ByLearner || (by == SerializableByLearner && Serializable(c))
}

// Subject returns the member that a call about a member that is there is about; false if it is about none.
func Subject(c Call) (Member, bool) {
	switch c := c.(type) {
	case MemberRemove:
		return c.Member, true
	case MemberPromote:
		return c.Member, true
	case MemberUpdate:
		return c.Member, true
	case MoveLeader:
		return c.Target, true
	}
	return 0, false
}

// About returns a call that has a Subject with another in its place.
func About(c Call, m Member) Call {
	switch c := c.(type) {
	case MemberRemove:
		c.Member = m
		return c
	case MemberPromote:
		c.Member = m
		return c
	case MemberUpdate:
		c.Member = m
		return c
	case MoveLeader:
		c.Target = m
		return c
	}
	return c
}

// ReadOnly reports whether a transaction holds nothing but ranges; a nested transaction counts as a write
// (etcdserver/txn/txn.go, IsTxnReadonly).
func (t Txn) ReadOnly() bool { return onlyRanges(t, func(Range) bool { return true }) }

// Serializable reports whether all its operations are serializable ranges (IsTxnSerializable).
func (t Txn) Serializable() bool { return onlyRanges(t, func(r Range) bool { return r.Serializable }) }

func onlyRanges(t Txn, ok func(Range) bool) bool {
	for _, ops := range [...][]Call{t.Success, t.Failure} {
		for _, op := range ops {
			if r, is := op.(Range); !is || !ok(r) {
				return false
			}
		}
	}
	return true
}
