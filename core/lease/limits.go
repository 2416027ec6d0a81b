package lease

import (
	"errors"

	"github.com/etcdscope/etcdscope/core/sim"
)

// What a request that cannot be served is answered, to the letter of etcd (api/v3rpc/rpctypes/error.go). ErrNotPrimary
// never reaches a client: a member forwards to the leader instead (v3_server.go LeaseRenew).
var (
	ErrNotFound    = errors.New("etcdserver: requested lease not found")
	ErrExists      = errors.New("etcdserver: lease already exists")
	ErrTTLTooLarge = errors.New("etcdserver: too large lease TTL")
	ErrNotPrimary  = errors.New("not a primary lessor")
)

// Limits and times of etcd.
const (
	None   ID    = 0             // no lease (lease/lessor.go NoLease)
	MaxTTL int64 = 9_000_000_000 // seconds (lease/lessor.go MaxLeaseTTL)

	ScanInterval = 500 * sim.Millisecond // between two looks at what has expired (lease/lessor.go runLoop)
	RevokeRate   = 1000                  // leases a second, at most (lease/lessor.go defaultLeaseRevokeRate)
	RevokeLimit  = RevokeRate / 2        // of one scan (lease/lessor.go revokeExpiredLeases)

	// ScanBuffer scans may wait for the server. What a scan finds when the buffer is full is dropped, and looked at again
	// after the retry interval only, because the scan has put it off already (lease/lessor.go expiredC, expireExists).
	ScanBuffer = 16

	MaxPendingRevokes = 16 // proposals of one scan that are under way (etcdserver/server.go maxPendingRevokes)

	// DefaultRetry is when an expired lease is looked at again if nobody says otherwise; etcd's server says its request
	// timeout, 7 s (lease/lessor.go defaultExpiredleaseRetryInterval, etcdserver/server.go NewServer).
	DefaultRetry = 3 * sim.Second

	CheckpointInterval = 5 * sim.Minute // (lease/lessor.go defaultLeaseCheckpointInterval)
	CheckpointBatch    = 1000           // checkpoints in one proposal (lease/lessor.go maxLeaseCheckpointBatchSize)
	CheckpointBatches  = 500            // proposals of one scan (lease/lessor.go checkpointScheduledLeases)
)

// Config is what a lessor is made with. The zero Config raises no TTL, retries after DefaultRetry and makes no
// checkpoints.
type Config struct {
	MinTTL      int64    // seconds; shorter ones are raised to it
	Retry       sim.Time // when an expired lease that is still there is looked at again
	Checkpoints bool     // etcd's feature gate LeaseCheckpoint, off by default
}

// MinTTL returns the shortest time to live in seconds that a member grants: one and a half election timeouts, in whole
// ticks, rounded up to a second. With etcd's ten ticks of 100 ms that is 2 s (etcdserver/server.go NewServer).
func MinTTL(electionTicks int, tick sim.Time) int64 {
	return seconds(sim.Time(3*electionTicks/2)*tick + sim.Second - 1)
}

// seconds cuts a span to whole seconds, towards zero.
func seconds(span sim.Time) int64 { return int64(span / sim.Second) }
