package world

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Metrics over time. Four times a second of simulated time the world looks at its members' figures, as Prometheus does
// at its targets. It does so between two turns and changes nothing, so that a run is the same whether or not anybody
// looks at charts.
//
// The run may be long: when a member has samplesMost samples, every second one goes, and from then on only half as many
// are kept.

const (
	sampleInterval = 250 * sim.Millisecond
	samplesMost    = 512
)

// Sample is how a member stood at an instant. Other than the member's own, its counters go on over restarts (what
// increase() in Prometheus makes of them).
type Sample struct {
	At sim.Time
	Up bool // it answers; else the gauges say nothing
	etcd.Figures
}

// monitor keeps the samples. All members are looked at together, so their lists end with the same instant.
type monitor struct {
	next    sim.Time // when the members are looked at, or measure how far it is to the others
	keep    sim.Time // when the next sample is kept
	every   sim.Time // between two samples
	targets []target
}

// target is one member's samples. Raw is what the member's own counters were at the last.
type target struct {
	samples chunk.List[Sample]
	life    uint32
	raw     [etcd.Counts]uint32
}

func (m *monitor) clone() monitor {
	c := *m
	c.targets = append([]target(nil), m.targets...)
	for i := range c.targets {
		c.targets[i].samples = m.targets[i].samples.Clone()
	}
	return c
}

// scrape looks at the members if it is time to, before anything happens at an instant.
func (w *World) scrape(now sim.Time) {
	m := &w.monitor
	for now >= m.next {
		at := m.next
		w.probe(at)
		if at >= m.keep {
			w.sample(at)
		}
		m.next = m.keep
		for _, x := range w.members {
			if due, ok := x.ProbeAt(); ok {
				m.next = min(m.next, due)
			}
		}
		m.next = nextLook(m.next - 1)
	}
}

// nextLook returns the first instant after another at which members may be looked at.
func nextLook(now sim.Time) sim.Time { return (now/sampleInterval + 1) * sampleInterval }

// sample keeps how all members stand.
func (w *World) sample(at sim.Time) {
	m := &w.monitor
	m.every = max(m.every, sampleInterval)
	m.keep = at + m.every
	for len(m.targets) < len(w.members) {
		m.targets = append(m.targets, target{})
	}
	for i, x := range w.members {
		m.targets[i].look(at, x)
	}
	if m.targets[0].samples.Len() >= samplesMost {
		m.thin()
	}
}

// look adds a sample.
func (t *target) look(at sim.Time, m *etcd.Member) {
	s := Sample{At: at, Up: m.Up() && !m.Paused()}
	if n := t.samples.Len(); n > 0 {
		s.Counts = t.samples.Ref(n - 1).Counts
	}
	if s.Up {
		f := m.Figures()
		if m.Life() != t.life {
			t.life, t.raw = m.Life(), [etcd.Counts]uint32{}
		}
		for i, n := range f.Counts {
			s.Counts[i] += n - t.raw[i]
		}
		s.Gauges, t.raw = f.Gauges, f.Counts
	}
	t.samples.Append(s)
}

// thin drops every second sample; the last ones stay.
func (m *monitor) thin() {
	m.every *= 2
	for i := range m.targets {
		t := &m.targets[i]
		var half chunk.List[Sample]
		for k := (t.samples.Len() + 1) % 2; k < t.samples.Len(); k += 2 {
			half.Append(t.samples.At(k))
		}
		t.samples = half
	}
	last := &m.targets[0].samples
	m.keep = last.Ref(last.Len()-1).At + m.every
}

// probe lets the members measure how far it is to each other (see etcd.Member.Probe).
func (w *World) probe(now sim.Time) {
	for i, m := range w.members {
		if due, ok := m.ProbeAt(); !ok || now < due {
			continue
		}
		from := sim.Member(i + 1)
		var trips etcd.Trips
		for k, other := range w.members {
			to := sim.Member(k + 1)
			trips[k+1] = -1
			if w.links[i+1][k+1] >= 0 && !other.Paused() {
				there := w.net.Latency(now, from, to)
				trips[k+1] = there + w.net.Latency(now+there, to, from)
			}
		}
		m.Probe(now, &trips)
	}
}

// Exposition returns the metrics of a member, by its name, as the text that Prometheus reads: those whose names begin
// with a prefix.
func (w *World) Exposition(member, prefix string) (string, error) {
	h, ok := sim.ParseHost(member)
	switch {
	case !ok || !h.IsMember() || h.Number() > len(w.members):
		return "", refuse("there is no member %q", member)
	case !w.member(h).Up() || w.member(h).Paused():
		return "", refuse("%v does not answer", h)
	}
	return w.member(h).Exposition(prefix), nil
}

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
func (w *World) Samples(h sim.Host) *chunk.List[Sample] {
	if h.Number() > len(w.monitor.targets) {
		return nil
	}
	return &w.monitor.targets[h.Number()-1].samples
}

// Series returns what charts show of a member.
func (w *World) Series(h sim.Host) []Series {
	samples := w.Samples(h)
	if samples == nil {
		return nil
	}
	window := max(sim.Second, 4*w.monitor.every) // of rates: Prometheus wants four intervals
	list := make([]Series, len(seriesOf))
	for i, def := range seriesOf {
		s := Series{Name: def.name, Metric: def.metric, Unit: def.unit, Alert: def.alert}
		if def.gauge == etcd.DBSize {
			s.Alert = max(w.member(h).Quota(), 0) / 100 * quotaAllowed
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
