package monitor

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"pgregory.net/rapid"
)

// past is a scope with samples that are made up: one a minute, as the function says. The counters begin at 0.
func past(t *testing.T, minutes int, fill func(minute int, s *Sample)) *scope {
	t.Helper()
	m := New()
	m.targets = make([]target, 1)
	s := &scope{&m, []Standing{{Quota: etcd.DefaultQuota, Known: true}}, sim.Member(1), &m.targets[0].samples}
	for i := range minutes {
		x := Sample{At: sim.Time(i) * sim.Minute, Up: true}
		fill(i, &x)
		s.samples.Append(x)
	}
	return s
}

// TestConditions holds each condition against samples on both sides of its limit.
func TestConditions(t *testing.T) {
	const quota = etcd.DefaultQuota
	for _, c := range []struct {
		name  string
		holds func(*scope, int) bool
		fill  func(limit int64, minute int, s *Sample)
		limit int64 // the smallest for which the condition holds
	}{
		{"no leader", noLeader, func(n int64, _ int, s *Sample) { s.Gauges[etcd.HasLeader] = 1 - n }, 1},
		{"low space", lowSpace, func(n int64, _ int, s *Sample) { s.Gauges[etcd.DBSize] = n }, quota*95/100 + 1},
		{"fragmentation", fragmented, func(n int64, _ int, s *Sample) {
			s.Gauges[etcd.DBInUse],
				s.Gauges[etcd.DBSize] = 200<<20, n
		}, 400<<20 + 1},
		{"fragmentation of a small file", fragmented,
			func(n int64, _ int, s *Sample) { s.Gauges[etcd.DBInUse], s.Gauges[etcd.DBSize] = n, 1<<30 }, 100<<20 + 1},
		{"failed proposals", failedProposals,
			func(n int64, i int, s *Sample) { s.Counts[etcd.FailedProposals] = uint32(n * int64(i)) }, 301},
		{"failed requests", func(s *scope, k int) bool { return s.failing(k, 5) }, func(n int64, i int, s *Sample) {
			s.Counts[etcd.Handled], s.Counts[etcd.HandledBad] = uint32(1000*i), uint32(int(n)*i)
		}, 51},
		{"changes of leader", manyLeaders, func(n int64, i int, s *Sample) {
			if i >= 50 {
				s.Counts[etcd.LeaderChanges] = uint32(n)
			}
		}, 4},
		{"growth", growth, func(n int64, i int, s *Sample) { s.Gauges[etcd.DBSize] = n * int64(i) << 10 },
			quota>>10/(59+240) + 1},
	} {
		for _, off := range []int64{-1, 0} {
			s := past(t, 60, func(minute int, s *Sample) { c.fill(c.limit+off, minute, s) })
			if got := c.holds(s, 0); got != (off == 0) {
				t.Errorf("%s at %d: %v", c.name, c.limit+off, got)
			}
		}
	}
}

// TestP99: the percentile lies in the bucket in which the value of that rank is.
func TestP99(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var before, now Sample
		start, count := etcd.Bounds(etcd.SyncTimes)
		var all []int
		for i := range count + 1 {
			n := rapid.IntRange(0, 300).Draw(t, "values")
			before.Counts[etcd.SyncTimes+etcd.Count(i)] = rapid.Uint32().Draw(t, "before") // counters may overflow
			now.Counts[etcd.SyncTimes+etcd.Count(i)] = before.Counts[etcd.SyncTimes+etcd.Count(i)] + uint32(n)
			for range n {
				all = append(all, i)
			}
		}
		got, ok := now.p99(&before, etcd.SyncTimes)
		if ok != (len(all) > 0) {
			t.Fatalf("a percentile of %d values: %v", len(all), ok)
		}
		if !ok {
			return
		}
		bucket := all[(99*len(all)+99)/100-1]
		upper := start << min(bucket, count-1)
		lower := upper / 2
		if bucket == 0 {
			lower = 0
		}
		if bucket == count {
			lower = upper
		}
		if got < lower || got > upper {
			t.Fatalf("the percentile is %d, want it from %d to %d", got, lower, upper)
		}
	})
}
