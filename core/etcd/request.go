package etcd

import (
	"encoding/binary"
	"errors"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Op is what a request does.
type Op uint8

// The operations.
const (
	OpPut Op = iota + 1
	OpDelete
	OpRange

	OpMemberAdd     // Member, Learner
	OpMemberRemove  // Member
	OpMemberPromote // Member
	OpMoveLeader    // Member
	OpSnapshot      // Key: the file that the client writes
	OpPublish       // no client's: a member that joined makes its name known
)

// Request is what a client asks of a member. It is immutable once sent.
type Request struct {
	ID           uint64 // unique in the run
	Client       sim.Host
	Op           Op
	Key, End     string // End as in etcd: "" one key, "\x00" from the key on, else up to but not including
	Value        string // OpPut
	Revision     int64  // OpRange: 0 is the current one
	Serializable bool   // OpRange: answer from the member's own store, however old
	Member       raft.ID
	Learner      bool
}

// Changes reports whether the request changes keys.
func (r *Request) Changes() bool { return r.Op == OpPut || r.Op == OpDelete }

// Response is what a member answers. It is immutable once sent.
type Response struct {
	ID       uint64
	Revision int64  // of the member's store when it answered
	Err      string // "" or etcd's error text
	Executed bool   // false beside an Err: the request certainly was not and will not be carried out
	KVs      []mvcc.KeyValue
	Count    int64
	Deleted  int64
	Database *Database // of an OpSnapshot
}

// The answers that are errors, to the letter (api/v3rpc/rpctypes/error.go; etcdserver/errors).
const (
	ErrTimeout     = "etcdserver: request timed out"
	ErrNoLeader    = "context deadline exceeded" // no leader appeared before the deadline: never proposed
	ErrUnavailable = "error reading from server: EOF"

	ErrNotEnoughStarted = "etcdserver: re-configuration failed due to not enough started members"
	ErrUnhealthy        = "etcdserver: unhealthy cluster"
	ErrMemberNotFound   = "etcdserver: member not found"
	ErrMemberExists     = "etcdserver: member ID already exist"
	ErrTooManyLearners  = "etcdserver: too many learner members in cluster"
	ErrNotLearner       = "etcdserver: can only promote a learner member"
	ErrLearnerNotReady  = "etcdserver: can only promote a learner member which is in sync with leader"
	ErrNotLeader        = "etcdserver: not leader"
	ErrBadTransferee    = "etcdserver: bad leader transferee"
	ErrTransferTimeout  = "etcdserver: request timed out, leader transfer took too long"
)

// Proposal is a request as it stands in the log.
type Proposal struct {
	ID         uint64
	Op         Op
	Key, Value string // Value is the range end of an OpDelete
}

// errProposal is returned for an entry that is no proposal of ours; it would be a bug.
var errProposal = errors.New("etcd: entry does not hold a proposal")

// encode lays a proposal out: op, request id, length of the key, key, value.
func (p Proposal) encode() []byte {
	b := make([]byte, 0, 1+2*binary.MaxVarintLen64+len(p.Key)+len(p.Value))
	b = append(b, byte(p.Op))
	b = binary.AppendUvarint(b, p.ID)
	b = binary.AppendUvarint(b, uint64(len(p.Key)))
	b = append(b, p.Key...)
	return append(b, p.Value...)
}

// DecodeProposal reads what a normal entry holds.
func DecodeProposal(data []byte) (Proposal, error) {
	if len(data) < 3 {
		return Proposal{}, errProposal
	}
	p := Proposal{Op: Op(data[0])}
	id, n := binary.Uvarint(data[1:])
	if n <= 0 {
		return Proposal{}, errProposal
	}
	rest := data[1+n:]
	size, m := binary.Uvarint(rest)
	if m <= 0 || size > uint64(len(rest)-m) {
		return Proposal{}, errProposal
	}
	p.ID = id
	p.Key = string(rest[m : m+int(size)])
	p.Value = string(rest[m+int(size):])
	return p, nil
}
