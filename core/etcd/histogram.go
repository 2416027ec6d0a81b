package etcd

import (
	"math/bits"

	"github.com/etcdscope/etcdscope/core/sim"
)

// histogram counts values by size, each in the first bucket whose bound it does not exceed.
type histogram struct {
	counts [bucketsMost + 1]uint32 // behind the last bound: larger ones
	sum    int64
}

// bucketsMost is how many bounds the finest of the histograms has.
const bucketsMost = 17

// buckets are the bounds of a histogram: count of them, the first start, each twice the one before (ExponentialBuckets
// with factor 2 in all of etcd's). Bounds are printed in a unit that has so many decimals: those of seconds are kept in
// microseconds.
type buckets struct {
	start    int64
	count    int
	decimals int
}

// The histograms of durations that a process has once.
const (
	timeSnapshot   = iota // etcd_disk_backend_snapshot_duration_seconds
	timeDefrag            // etcd_disk_backend_defrag_duration_seconds
	timePause             // etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds
	timeCompaction        // etcd_debugging_mvcc_db_compaction_total_duration_milliseconds
	histograms

	timeTrip   = histograms     // etcd_network_peer_round_trip_time_seconds
	timeApply  = histograms + 1 // etcd_server_apply_duration_seconds
	leaseTTL   = histograms + 2 // etcd_debugging_lease_ttl_total
	timeSync   = histograms + 3 // etcd_disk_wal_fsync_duration_seconds
	timeCommit = histograms + 4 // etcd_disk_backend_commit_duration_seconds
)

// bucketsOf has the bounds (storage/wal/metrics.go, storage/backend/metrics.go, storage/mvcc/metrics.go,
// rafthttp/metrics.go, etcdserver/txn/metrics.go, lease/metrics.go).
var bucketsOf = [...]buckets{
	timeSync: {1_000, 14, 6}, timeCommit: {1_000, 14, 6}, timeSnapshot: {10_000, 17, 6}, timeDefrag: {100_000, 13, 6},
	timePause: {1, 13, 0}, timeCompaction: {100, 14, 0}, timeTrip: {100, 16, 6}, timeApply: {100, 20, 6},
	leaseTTL: {1, 24, 0},
}

// place returns the bucket of a value: the first bound that is not smaller, or count.
func (b *buckets) place(v int64) int {
	if v <= b.start {
		return 0
	}
	times := (v + b.start - 1) / b.start // the bound is at least so many times the first
	return min(bits.Len64(uint64(times-1)), b.count)
}

// observe counts a duration. Durations that etcd measures in whole milliseconds are cut off to them.
func (h *histogram) observe(kind int, took sim.Time) {
	v := int64(took)
	b := &bucketsOf[kind]
	if b.decimals == 0 {
		v /= int64(sim.Millisecond)
	}
	h.counts[b.place(v)]++
	h.sum += v
}

// observed returns the histogram with one more duration. h itself stays as it is, for keyframes share it.
func (h *histogram) observed(kind int, took sim.Time) *histogram {
	one := histogram{}
	if h != nil {
		one = *h
	}
	one.observe(kind, took)
	return &one
}
