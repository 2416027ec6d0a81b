package raft

import (
	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/quorum"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// The nouns that the sub-packages share live in the leaf package entry; these are their public names.
type (
	ID          = entry.ID        // a member of the group
	Term        = entry.Term      // numbers elections
	Index       = entry.Index     // numbers log entries from 1
	Entry       = entry.Entry     // one slot of the log
	EntryType   = entry.Type      // what an entry's data is
	ConfState   = entry.ConfState // a configuration of the group
	Snapshot    = entry.Snapshot  // stands for the log up to an index
	ConfChange  = entry.ConfChange
	Change      = entry.Change // what happens to one member in a ConfChange
	ChangeType  = entry.ChangeType
	Transition  = entry.Transition
	Progress    = tracker.Progress // a member as the leader sees it
	FlowState   = tracker.State    // how the leader treats it
	VoteOutcome = quorum.Result
)

// None is the ID of nobody: no leader known, no vote cast.
const None = entry.None

// OnMachine returns the ID of a machine's member number i, which counts from 0.
func OnMachine(machine, i int) ID { return entry.OnMachine(machine, i) }

// The entry types, numbered as in raftpb.
const (
	EntryNormal       = entry.Normal
	EntryConfChange   = entry.Conf
	EntryConfChangeV2 = entry.ConfV2
)

// What a ConfChange does to a member, and how a change of several is carried out, numbered as in raftpb.
const (
	AddNode    = entry.AddNode
	RemoveNode = entry.RemoveNode
	UpdateNode = entry.UpdateNode
	AddLearner = entry.AddLearner

	TransitionAuto          = entry.Auto
	TransitionJointImplicit = entry.JointImplicit
	TransitionJointExplicit = entry.JointExplicit
)

// How the leader treats a member.
const (
	Probe          = tracker.Probe
	Replicate      = tracker.Replicate
	SnapshotInFlow = tracker.Snapshot
)

// DecodeConfChange reads the change that a committed entry carries, to be given to Node.ApplyConfChange.
func DecodeConfChange(e *Entry) (ConfChange, error) { return entry.DecodeConfChange(e) }

// Role is what a member currently is to the others (Raft §5.1, Figure 4; PreCandidate: thesis §9.6).
type Role uint8

// The roles, numbered as go.etcd.io/raft numbers its StateType.
const (
	Follower Role = iota
	Candidate
	Leader
	PreCandidate
)

// HardState is what must survive a crash (Raft Figure 2, "persistent state").
type HardState struct {
	Term   Term
	Vote   ID
	Commit Index
}

// MessageType is the kind of a message.
type MessageType uint8

// The message types, numbered as in raftpb. Hup, Beat, Unreachable, SnapStatus, CheckQuorum and those of the storage
// never leave a member.
const (
	MsgHup MessageType = iota
	MsgBeat
	MsgProp
	MsgApp
	MsgAppResp
	MsgVote
	MsgVoteResp
	MsgSnap
	MsgHeartbeat
	MsgHeartbeatResp
	MsgUnreachable
	MsgSnapStatus
	MsgCheckQuorum
	MsgTransferLeader
	MsgTimeoutNow
	MsgReadIndex
	MsgReadIndexResp
	MsgPreVote
	MsgPreVoteResp
	MsgStorageAppend
	MsgStorageAppendResp
	MsgStorageApply
	MsgStorageApplyResp
	MsgForgetLeader
)

// Message is what members say to each other (raftpb.Message). It is immutable once sent: entries and snapshot are
// shared, never copied.
type Message struct {
	Type       MessageType
	To, From   ID
	Term       Term
	LogTerm    Term
	Index      Index
	Entries    []Entry
	Commit     Index
	Vote       ID
	Snapshot   *Snapshot
	Reject     bool
	RejectHint Index
	Context    []byte
	// to be delivered once the write or the application that the message asks for is done; see storage.go
	Responses []Message
}

// ReadState answers a ReadIndex request: the read that carried Context may be served once Index is applied.
type ReadState struct {
	Index   Index
	Context []byte
}

// Config is what a Node needs to know at its start. Times are in ticks.
type Config struct {
	ID            ID
	ElectionTick  int // a follower campaigns after [ElectionTick, 2·ElectionTick) ticks of silence
	HeartbeatTick int // a leader sends heartbeats at this interval

	Jitter rng.Stream // election timeouts are drawn from it: ElectionTick + Jitter.Intn(ElectionTick)

	MaxSizePerMsg             uint64 // bytes of entries per append; 0 means one entry a message
	MaxCommittedSizePerReady  uint64 // 0 means MaxSizePerMsg
	MaxUncommittedEntriesSize uint64 // 0 means no limit
	MaxInflightMsgs           int    // appends in flight per follower
	MaxInflightBytes          uint64 // 0 means no limit

	CheckQuorum                 bool
	PreVote                     bool
	ReadOnlyLeaseBased          bool
	DisableProposalForwarding   bool
	DisableConfChangeValidation bool
	StepDownOnRemoval           bool

	AsyncStorageWrites bool // writing and applying are asked for by messages, and Advance is not called; see storage.go

	Off rule.Set // rules of the protocol that are switched off: "modified Raft"
}

// Stored is what a member finds on its disk when it starts. The zero value is an empty disk.
type Stored struct {
	HardState HardState
	Conf      ConfState // of the snapshot; or the initial members, if there is no snapshot
	Snapshot  Snapshot  // Index 0: none
	Entries   []Entry   // contiguous, from Snapshot.Index+1
	Applied   Index     // entries up to here are already in the state machine
}

// Ready holds the duties that a Node has accumulated since the last Ready was taken. The order matters:
//
//  1. Messages may be sent at once by a leader, in parallel with 2 (thesis §10.2.1); anyone else sends them after 2.
//  2. Snapshot, then Entries, then HardState are written to disk, synced if MustSync. Entries replace what the disk
//     holds from Entries[0].Index on.
//  3. AfterSync are sent only now: they promise what 2 wrote. Those addressed to the member itself are stepped back
//     into it by Node.Advance.
//  4. Committed entries are given to the state machine in order; this may run in parallel with 1–3.
//  5. Node.Advance is called. Only then may the next Ready be taken.
//
// With Config.AsyncStorageWrites only Messages and Reads are duties; the rest tells what the messages to the threads
// ask for.
type Ready struct {
	HardState HardState // zero if it has not changed
	Entries   []Entry
	Snapshot  *Snapshot
	Messages  []Message // in the order they were made
	AfterSync []Message // MsgAppResp, MsgVoteResp, MsgPreVoteResp, in the order they were made
	Committed []Entry
	Reads     []ReadState
	MustSync  bool
}
