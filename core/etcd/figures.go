package etcd

import "github.com/etcdscope/etcdscope/core/raft"

// Gauge and Count name the figures of a process that charts and alerts are made of.
type (
	Gauge uint8
	Count uint8
)

// The gauges.
const (
	HasLeader Gauge = iota
	IsLeader
	Committed
	Applying // committed and not yet applied
	Pending
	DBSize
	DBInUse
	Keys
	SlowWatchers
	Gauges
)

// The counters. Those of a histogram are its buckets, of which each counts alone.
const (
	LeaderChanges Count = iota
	FailedProposals
	Puts
	Ranges
	WatchEvents
	Handled
	HandledBad
	SendFailures
	PeerBytes
	SyncTimes                                          // 15 of them
	CommitTimes = SyncTimes + Count(syncBuckets) + 1   // likewise
	RoundTrips  = CommitTimes + Count(syncBuckets) + 1 // 17 of them, of all other members together
	Counts      = RoundTrips + Count(tripBuckets) + 1
)

const (
	syncBuckets = 14
	tripBuckets = 16
)

// Figures are the numbers of a process at one instant. A counter begins anew with each start of the process.
type Figures struct {
	Gauges [Gauges]int64
	Counts [Counts]uint32 // they may overflow: only what is between two of them counts
}

// Figures reads them off a process that runs.
func (m *Member) Figures() (f Figures) {
	t, s := &m.tally, m.store
	watchers := m.hub.Counts()
	f.Gauges = [Gauges]int64{
		HasLeader: one(m.lead != raft.None), IsLeader: one(m.leads()),
		Committed: int64(m.savedCommit), Applying: max(int64(m.savedCommit)-int64(m.applied), 0),
		Pending: int64(m.pendingProposals()),
		DBSize:  s.Size(), DBInUse: s.SizeInUse(), Keys: int64(s.Len()), SlowWatchers: int64(watchers.Slow),
	}
	c := &f.Counts
	c[LeaderChanges], c[FailedProposals], c[Puts], c[Ranges] = t.leaderChanges, t.failedProposals, t.puts, t.ranges
	c[WatchEvents] = uint32(watchers.Sent)
	c[Handled], c[HandledBad] = t.answers, t.bad
	copy(c[SyncTimes:CommitTimes], t.syncs.counts[:])
	copy(c[CommitTimes:RoundTrips], t.commits.counts[:])
	if t.trips != nil {
		copy(c[RoundTrips:], t.trips.counts[:])
	}
	for i := range t.peers {
		p := &t.peers[i]
		c[SendFailures] += p.failures
		c[PeerBytes] += uint32(p.sent)
	}
	return f
}

// Bounds returns the first bound of the buckets that begin at a counter, in microseconds, and how many there are. Each
// is twice the one before; behind the last comes one more bucket.
func Bounds(first Count) (start int64, count int) {
	kind := timeSync
	switch first {
	case CommitTimes:
		kind = timeCommit
	case RoundTrips:
		kind = timeTrip
	}
	return bucketsOf[kind].start, bucketsOf[kind].count
}
