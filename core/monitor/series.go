package monitor

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Unit is what a series is counted in.
type Unit uint8

// The units. There are no fractions: what would have some is counted in a finer unit.
const (
	Number    Unit = iota
	Bytes          //
	Micros         // µs
	PerSecond      // thousandths, a second
)

// Point is a value at an instant.
type Point struct {
	At    sim.Time
	Value int64
}

// Series is one figure of one member over time. Where the member was down there are no points.
type Series struct {
	Name   string // "wal fsync p99"
	Metric string // of etcd's, that it is made of
	Unit   Unit
	Alert  int64 // above it an alert has its condition; 0: there is none
	Points []Point
}

// reading is how a series is made of samples.
type reading uint8

const (
	readGauge reading = iota
	readRate          // of a counter
	readP99           // of a histogram
)

// seriesOf are the series that charts show.
var seriesOf = [...]struct {
	name, metric string
	unit         Unit
	reading      reading
	gauge        etcd.Gauge
	count        etcd.Count
	alert        int64
}{
	{name: "has leader", metric: "etcd_server_has_leader", gauge: etcd.HasLeader},
	{name: "is leader", metric: "etcd_server_is_leader", gauge: etcd.IsLeader},
	{name: "committed, not applied", metric: "etcd_server_proposals_committed_total - etcd_server_proposals_applied_total",
		gauge: etcd.Applying},
	{name: "proposals pending", metric: "etcd_server_proposals_pending", gauge: etcd.Pending},
	{name: "proposals failed", metric: "etcd_server_proposals_failed_total", unit: PerSecond, reading: readRate,
		count: etcd.FailedProposals, alert: failedAllowed * perSecondScale},
	{name: "WAL fsync p99", metric: "etcd_disk_wal_fsync_duration_seconds", unit: Micros, reading: readP99,
		count: etcd.SyncTimes, alert: int64(slowSync)},
	{name: "backend commit p99", metric: "etcd_disk_backend_commit_duration_seconds", unit: Micros, reading: readP99,
		count: etcd.CommitTimes, alert: int64(slowCommit)},
	{name: "puts", metric: "etcd_mvcc_put_total", unit: PerSecond, reading: readRate, count: etcd.Puts},
	{name: "ranges", metric: "etcd_mvcc_range_total", unit: PerSecond, reading: readRate, count: etcd.Ranges},
	{name: "requests", metric: "grpc_server_handled_total", unit: PerSecond, reading: readRate, count: etcd.Handled},
	{name: "watch events", metric: "etcd_debugging_mvcc_events_total", unit: PerSecond, reading: readRate,
		count: etcd.WatchEvents},
	{name: "slow watchers", metric: "etcd_debugging_mvcc_slow_watcher_total", gauge: etcd.SlowWatchers},
	{name: "keys", metric: "etcd_debugging_mvcc_keys_total", gauge: etcd.Keys},
	{name: "database size", metric: "etcd_mvcc_db_total_size_in_bytes", unit: Bytes, gauge: etcd.DBSize},
	{name: "database in use", metric: "etcd_mvcc_db_total_size_in_use_in_bytes", unit: Bytes, gauge: etcd.DBInUse},
	{name: "bytes to members", metric: "etcd_network_peer_sent_bytes_total", unit: PerSecond, reading: readRate,
		count: etcd.PeerBytes},
}

// Samples returns a member's samples; nil if there are none.
func (m *Monitor) Samples(h sim.Host) *chunk.List[Sample] {
	if h.Number() > len(m.targets) {
		return nil
	}
	return &m.targets[h.Number()-1].samples
}

// Series returns what charts show of a member whose database has a quota.
func (m *Monitor) Series(h sim.Host, quota int64) []Series {
	samples := m.Samples(h)
	if samples == nil {
		return nil
	}
	window := max(sim.Second, 4*m.every) // of rates: Prometheus wants four intervals
	list := make([]Series, len(seriesOf))
	for i, def := range seriesOf {
		s := Series{Name: def.name, Metric: def.metric, Unit: def.unit, Alert: def.alert}
		if def.gauge == etcd.DBSize {
			s.Alert = max(quota, 0) / 100 * quotaAllowed
		}
		from := samples.First()
		for k := from; k < samples.Len(); k++ {
			now := samples.Ref(k)
			for now.At-samples.Ref(from).At > window {
				from++
			}
			value, ok := now.Gauges[def.gauge], true
			switch def.reading {
			case readRate:
				value, ok = now.rate(samples.Ref(from), def.count)
			case readP99:
				value, ok = now.p99(samples.Ref(from), def.count)
			}
			if ok && now.Up {
				s.Points = append(s.Points, Point{now.At, value})
			}
		}
		list[i] = s
	}
	return list
}

// rate is how much a counter has grown a second since an earlier sample, in thousandths; false if there is no earlier
// one.
func (s *Sample) rate(before *Sample, c etcd.Count) (int64, bool) {
	if s.At == before.At {
		return 0, false
	}
	return s.grown(before, c) * 1000 * int64(sim.Second) / int64(s.At-before.At), true
}

func (s *Sample) grown(before *Sample, c etcd.Count) int64 {
	return int64(s.Counts[c] - before.Counts[c])
}

// p99 is what ninety-nine in a hundred of the durations did not exceed that were observed since an earlier sample, in
// microseconds; false if there were none. As in Prometheus (histogram_quantile) the durations of a bucket are taken to
// lie evenly in it, and those behind the last bound at the bound.
func (s *Sample) p99(before *Sample, first etcd.Count) (int64, bool) {
	start, count := etcd.Bounds(first)
	total := int64(0)
	for i := range count + 1 {
		total += s.grown(before, first+etcd.Count(i))
	}
	if total == 0 {
		return 0, false
	}
	below, lower, upper := int64(0), int64(0), start
	for i := range count {
		n := s.grown(before, first+etcd.Count(i))
		if 100*(below+n) >= 99*total {
			return lower + (upper-lower)*(99*total-100*below)/(100*n), true
		}
		below, lower, upper = below+n, upper, 2*upper
	}
	return lower, true
}
