package etcd

import (
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// EventKind says what happened at a member.
type EventKind uint8

// The kinds, with the fields of Event that they use.
const (
	RaftEvent    EventKind = iota // Raft
	Started                       // Count: entries found on disk, Index: the last
	Crashed                       // Count: entries lost that were not synced
	Paused                        //
	Resumed                       // Count: inputs that had waited
	AwaitsLeader                  // Request: a proposal that waits for a leader
	Proposed                      // Request: handed to Raft
	Refused                       // Request, Text: Raft did not take it
	SyncStarted                   // Index…Last entries are written, the fsync runs until Until; Index 0: state only
	SyncDone                      // Index…Last are on disk
	// Index, Request (0: none), Revision after it; Text: why what it asks for was refused
	Applied
	Configured // Index, Text: a configuration entry was applied
	// Index, Text: one that the database held already was applied again, to Raft only, after a restart
	Reconfigured
	ReadStarted       // Count reads wait for one ReadIndex round
	ReadConfirmed     // Index: they may be served once it is applied
	Served            // Request: a range was answered at Revision
	Expired           // Request: the member gave up on it
	BackendCommit     // Index, Revision: what the backend holds from now on
	SnapshotSaved     // Index, Revision: the log up to Index is not needed to restart any more
	DiskChanged       // Text: how the disk does now; Until: when the fsync that had stood still is done
	Ready             // Count: requests that had waited. The member listens to clients now
	LeaseExpired      // Request: the lease's id; the leader proposes to revoke it
	LeasesPromoted    // Count: leases whose time begins anew under a new leader
	Compacted         // Revision: nothing below it can be read any more
	CompactionDone    // Revision: what it made useless is gone from the database
	AutoCompaction    // Revision: the compactor proposes it
	DefragStarted     // Count: bytes of the file, Until
	DefragDone        // Count: bytes of the file
	AlarmRaised       // Text: an alarm is in force
	AlarmCleared      // Text
	WatchEvent        // Watch
	SnapshotInstalled // Index, Revision: the store that came with a snapshot is in use
	NotStarted        // Text: why the process ended before it had begun
	HashesCompared    // Count others have the same hash at Revision
	HashesDiffer      // Text: which of etcd's checks failed, and who differs
	DirectoryChanged  // Text: what the member will be started from, or what was emptied
)

// Event is something that happened at a member, with its reason.
type Event struct {
	Kind     EventKind
	Rule     rule.ID
	Raft     raft.Event
	Request  uint64
	Index    raft.Index
	Last     raft.Index
	Count    int
	Revision int64
	Watch    *watch.Event
	Until    sim.Time
	Text     string
}

// Output is what an input led to. The world carries it out in this order: events are recorded, messages sent, answers
// sent, wakes scheduled. It is reused from one input to the next.
type Output struct {
	Events   []Event
	Send     []Sending
	Answers  []Answer
	Wakes    []Wake
	Forwards []Forward
	Streams  []StreamSend
	Signals  []Signal
	Removed  raft.ID // a member that was removed and does not know it: it is told so over its connection
}

// Sending is a message on its way to another member.
type Sending struct {
	To      sim.Host // 0: nobody listens at the receiver's address
	Message *PeerMessage
}

// Database is what a member's log has made of it: as its file holds it, and as it goes with a snapshot. It is
// immutable.
type Database struct {
	Store   *mvcc.Store
	leases  lease.Saved
	alarms  alarms
	cluster cluster
}

// StorageVersion returns the version that the file was written for; "" before the cluster has agreed on one.
func (d *Database) StorageVersion() string { return d.cluster.version }

// Forward is a request that only another member can answer: the leader. Its client is the member that passes it on.
type Forward struct {
	To      sim.Host
	Request *Request
}

// StreamSend is a message on its way to a client that watches.
type StreamSend struct {
	To      sim.Host
	Message *ServerMessage
}

// Answer is a response on its way to a client.
type Answer struct {
	To       sim.Host
	Response *Response
}

// WakeKind says what a member asked to be told.
type WakeKind uint8

// The wakes.
const (
	WakeSynced  WakeKind = iota // the fsync is done
	WakeApplied                 // the entries at the head of the apply queue are applied
	WakeExpire                  // the oldest request may have run out of time
	WakeLeases                  // it is time to look for expired leases
	WakeCompact                 // the next batch of a compaction
	WakeWatch                   // what the watchers asked for
	WakeDefrag                  // the defragmentation is done
	WakeLook                    // handlers, or a round of ReadIndex, may have waited long enough
	WakeStop                    // the member was removed: its process ends
)

// Wake asks for a call of Member.Wake at an instant.
type Wake struct {
	At          sim.Time
	Kind        WakeKind
	Incarnation uint32 // that asked: a wake for an earlier one is ignored
}

// Reset empties the output for the next input.
func (o *Output) Reset() {
	clear(o.Send)
	clear(o.Answers)
	clear(o.Streams)
	o.Streams, o.Signals = o.Streams[:0], o.Signals[:0]
	o.Forwards, o.Removed = nil, raft.None
	o.Events, o.Send, o.Answers, o.Wakes = o.Events[:0], o.Send[:0], o.Answers[:0], o.Wakes[:0]
}

func (o *Output) event(e Event) { o.Events = append(o.Events, e) }
