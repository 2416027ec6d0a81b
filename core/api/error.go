package api

// The answers that are errors, to the letter (api/v3rpc/rpctypes/error.go; etcdserver/errors).
const (
	ErrEmptyKey      = "etcdserver: key is not provided"
	ErrKeyNotFound   = "etcdserver: key not found"
	ErrValueProvided = "etcdserver: value is provided"
	ErrLeaseProvided = "etcdserver: lease is provided"
	ErrTooManyOps    = "etcdserver: too many operations in txn request"
	ErrDuplicateKey  = "etcdserver: duplicate key given in txn request"
	ErrSortOption    = "etcdserver: invalid sort option"
	ErrCompacted     = "etcdserver: mvcc: required revision has been compacted"
	ErrFutureRev     = "etcdserver: mvcc: required revision is a future revision"
	ErrNoSpace       = "etcdserver: mvcc: database space exceeded"

	ErrLeaseNotFound = "etcdserver: requested lease not found"
	ErrLeaseExists   = "etcdserver: lease already exists"
	ErrLeaseTTL      = "etcdserver: too large lease TTL"
	ErrWatchCanceled = "etcdserver: watch canceled"

	ErrNotEnoughStarted = "etcdserver: re-configuration failed due to not enough started members"
	ErrUnhealthy        = "etcdserver: unhealthy cluster"
	ErrMemberNotFound   = "etcdserver: member not found"
	ErrMemberExists     = "etcdserver: member ID already exist"
	ErrPeerURLExists    = "etcdserver: Peer URLs already exists"
	ErrMemberURLs       = "etcdserver: given member URLs are invalid"
	ErrTooManyLearners  = "etcdserver: too many learner members in cluster"
	ErrNotLearner       = "etcdserver: can only promote a learner member"
	ErrLearnerNotReady  = "etcdserver: can only promote a learner member which is in sync with leader"
	ErrForLearner       = "etcdserver: rpc not supported for learner"

	ErrTooLarge        = "etcdserver: request is too large"
	ErrTooManyRequests = "etcdserver: too many requests"

	ErrTimeout              = "etcdserver: request timed out"
	ErrTimeoutLeaderFailure = "etcdserver: request timed out, possibly due to previous leader failure"
	ErrTimeoutConnection    = "etcdserver: request timed out, possibly due to connection lost"
	ErrTimeoutApplied       = "etcdserver: request timed out, waiting for the applied index took too long"
	ErrTransferTimeout      = "etcdserver: request timed out, leader transfer took too long"
	ErrNoLeader             = "etcdserver: no leader"
	ErrNotLeader            = "etcdserver: not leader"
	ErrLeaderChanged        = "etcdserver: leader changed"
	ErrBadTransferee        = "etcdserver: bad leader transferee"
	ErrStopped              = "etcdserver: server stopped"
	ErrNotPrimary           = "not a primary lessor" // it has no code of its own
	ErrCorrupt              = "etcdserver: corrupt cluster"

	// ErrDeadline is what a context says that ends: nothing was heard in time.
	ErrDeadline = "context deadline exceeded"
	// ErrProposalDropped comes from Raft and has no code of its own.
	ErrProposalDropped = "raft proposal dropped"
	// ErrConnection is what gRPC says when a connection breaks under a request.
	ErrConnection = "error reading from server: EOF"
	// ErrTimedOut is what gRPC says when the operating system gives a connection up, because nobody acknowledges what
	// is sent.
	ErrTimedOut = "error reading from server: read: connection timed out"
	// ErrKeepalive is what it says when nobody at the other end has answered a ping.
	ErrKeepalive = "keepalive ping failed to receive ACK within timeout"
	// ErrCanceled is what a context says that was canceled.
	ErrCanceled = "context canceled"
)

// Code is a gRPC status code, by name.
type Code string

// The codes that etcd uses.
const (
	InvalidArgument    Code = "InvalidArgument"
	OutOfRange         Code = "OutOfRange"
	ResourceExhausted  Code = "ResourceExhausted"
	NotFound           Code = "NotFound"
	FailedPrecondition Code = "FailedPrecondition"
	Canceled           Code = "Canceled"
	Unavailable        Code = "Unavailable"
	DataLoss           Code = "DataLoss"
	DeadlineExceeded   Code = "DeadlineExceeded"
	Unknown            Code = "Unknown"
)

// codes has the texts by code; what is not here is Unknown.
var codes = [...]struct {
	code  Code
	texts []string
}{
	{InvalidArgument, []string{ErrEmptyKey, ErrKeyNotFound, ErrValueProvided, ErrLeaseProvided, ErrTooManyOps,
		ErrDuplicateKey,
		ErrSortOption, ErrMemberURLs, ErrTooLarge}},
	{OutOfRange, []string{ErrCompacted, ErrFutureRev, ErrLeaseTTL}},
	{ResourceExhausted, []string{ErrNoSpace, ErrTooManyRequests}},
	{NotFound, []string{ErrLeaseNotFound, ErrMemberNotFound}},
	{FailedPrecondition,
		[]string{ErrLeaseExists, ErrNotEnoughStarted, ErrMemberExists, ErrPeerURLExists, ErrTooManyLearners,
			ErrNotLearner, ErrLearnerNotReady, ErrForLearner, ErrNotLeader, ErrBadTransferee}},
	{Canceled, []string{ErrWatchCanceled, ErrCanceled}},
	{Unavailable, []string{ErrTimeout, ErrTimeoutLeaderFailure, ErrTimeoutConnection, ErrTimeoutApplied, ErrNoLeader,
		ErrLeaderChanged, ErrStopped, ErrUnhealthy, ErrConnection, ErrTimedOut, ErrKeepalive}},
	{DataLoss, []string{ErrCorrupt}},
	{DeadlineExceeded, []string{ErrDeadline}},
}

// CodeOf returns the gRPC code that goes with an error text.
func CodeOf(text string) Code {
	for _, c := range codes {
		for _, t := range c.texts {
			if t == text {
				return c.code
			}
		}
	}
	return Unknown
}
