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

// Stats are the numbers of a process at one instant. A counter begins anew with each start of the process.
type Stats struct {
	Gauges [Gauges]int64
	Counts [Counts]uint32 // they may overflow: only what is between two of them counts
}

// Stats reads them off a process that runs.
func (m *Member) Stats() (f Stats) {
	p := m.process
	s, calls, ops := p.applier.store, &p.server.requests.calls, &p.applier.counters
	watchers := p.streams.hub.Counts()
	f.Gauges = [Gauges]int64{
		HasLeader: one(p.loop.lead != raft.None), IsLeader: one(p.loop.leads(m.self.id)),
		Committed: int64(p.loop.savedCommit), Applying: max(int64(p.loop.savedCommit)-int64(p.applier.applied), 0),
		Pending: int64(p.server.requests.underWay(!p.server.serving())),
		DBSize:  s.Size(), DBInUse: s.SizeInUse(), Keys: int64(s.Len()), SlowWatchers: int64(watchers.Slow),
	}
	c := &f.Counts
	c[LeaderChanges], c[FailedProposals] = p.peers.leaderChanges, calls.failedProposals
	c[Puts], c[Ranges] = ops.puts, ops.ranges
	c[WatchEvents] = uint32(watchers.Sent)
	c[Handled], c[HandledBad] = calls.answers, calls.bad
	copy(c[SyncTimes:CommitTimes], p.disk.syncs.counts[:])
	copy(c[CommitTimes:RoundTrips], p.disk.commits.counts[:])
	if p.peers.trips != nil {
		copy(c[RoundTrips:], p.peers.trips.counts[:])
	}
	for i := range p.peers.peers {
		x := &p.peers.peers[i]
		c[SendFailures] += x.failures
		c[PeerBytes] += uint32(x.sent)
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
