package etcd

import (
	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Config is what a member is started with. It is shared by all members of a run and never written.
type Config struct {
	Members       int        // of the cluster at its start, 1 to 9
	Tick          sim.Time   // heartbeat interval and unit of the election timeout (--heartbeat-interval)
	ElectionTicks int        // election timeout in ticks (--election-timeout / --heartbeat-interval)
	ApplyCost     sim.Time   // service time of applying one entry
	WriteCost     sim.Time   // of the log's device for one entry
	DiskRate      int        // bytes per microsecond that it takes; 0: any number
	SnapshotCount raft.Index // entries between two snapshots on disk (--snapshot-count)
	CatchUp       raft.Index // entries kept in memory behind a snapshot, for slow followers (--snapshot-catchup-entries)
	Seed          uint64
	Off           rule.Set

	MaxRequestBytes  int             // of a proposal; 0: DefaultMaxRequestBytes (--max-request-bytes)
	MaxKeyBytes      int             // 0: as many as a request takes, as in etcd
	MaxValueBytes    int             // likewise
	MaxTxnOps        int             // 0: DefaultMaxTxnOps (--max-txn-ops)
	Quota            int64           // bytes of the database file; 0: DefaultQuota, below: none (--quota-backend-bytes)
	LeaseCheckpoints bool            // etcd's feature gate LeaseCheckpoint
	AutoCompaction   compact.Setting // --auto-compaction-mode, --auto-compaction-retention
	ProgressNotify   sim.Time        // 0: every ten minutes (--watch-progress-notify-interval)

	InitialCorruptCheck  bool     // etcd's feature gate InitialCorruptCheck
	CorruptCheckTime     sim.Time // --corrupt-check-time; 0: never
	CompactHashCheckTime sim.Time // --compact-hash-check-time; 0: the feature gate CompactHashCheck is off
}

// The limits of etcd that a member uses (etcdserver/raft.go, v3_server.go, storage/backend/backend.go).
const (
	maxSizePerMsg   = 1 << 20
	maxInflightMsgs = 512
	readRetry       = 500 * sim.Millisecond
	backendInterval = 100 * sim.Millisecond
	backendLimit    = 10_000
	requestBase     = 5 * sim.Second

	DefaultSnapshotCount = 10_000
	DefaultCatchUp       = 5_000
)

// RequestTimeout is how long a member works on a request: 5 s and two election timeouts (config/config.go, ReqTimeout).
func (c *Config) RequestTimeout() sim.Time {
	return requestBase + 2*c.Tick*sim.Time(c.ElectionTicks)
}
