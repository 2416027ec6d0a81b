package monitor

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Alert is one of the alerts that etcd's makers recommend (contrib/mixin/alerts/alerts.libsonnet).
type Alert struct {
	Name     string
	Expr     string   // the condition, in words
	For      sim.Time // it has to hold for so long before the alert fires
	Severity string   // "warning", "critical"

	member func(*scope, int) bool // reports whether it held at a sample of a member; nil: it is about the whole cluster
	whole  func(*scope, int) bool // likewise of the cluster; both nil: the simulator does not measure it
}

// Measured reports whether the simulator has the figures that the alert is made of.
func (a *Alert) Measured() bool { return a.member != nil || a.whole != nil }

// Above these values alerts have their conditions; charts draw them as lines.
const (
	slowSync       = 500 * sim.Millisecond // of WAL fsyncs, a warning
	slowCommit     = 250 * sim.Millisecond // of backend commits
	failedAllowed  = 5                     // proposals a second
	quotaAllowed   = 95                    // per cent of the quota that the database may take
	perSecondScale = 1000                  // rates are in thousandths a second
)

// Alerts are the mixin's. Where a rule speaks of each method or each peer, all of a member's are taken together here.
var Alerts = [...]Alert{
	{Name: "etcdMembersDown",
		Expr: "a member does not answer, or messages to one fail more than once in 100 s (over 2 min)",
		For:  20 * sim.Minute, Severity: "warning", whole: membersDown},
	{Name: "etcdInsufficientMembers", Expr: "fewer members answer than a quorum needs", For: 3 * sim.Minute,
		Severity: "critical", whole: noQuorum},
	{Name: "etcdNoLeader", Expr: "the member knows no leader", For: sim.Minute, Severity: "critical", member: noLeader},
	{Name: "etcdHighNumberOfLeaderChanges", Expr: "4 changes of leader or more within 15 min", For: 5 * sim.Minute,
		Severity: "warning",
		whole:    manyLeaders},
	{Name: "etcdHighNumberOfFailedGRPCRequests", Expr: "more than 1 % of the requests fail (over 5 min)",
		For: 10 * sim.Minute, Severity: "warning",
		member: func(s *scope, k int) bool { return s.failing(k, 1) }},
	{Name: "etcdHighNumberOfFailedGRPCRequests", Expr: "more than 5 % of the requests fail (over 5 min)",
		For: 5 * sim.Minute, Severity: "critical",
		member: func(s *scope, k int) bool { return s.failing(k, 5) }},
	{Name: "etcdGRPCRequestsSlow", Expr: "the 99th percentile of requests takes more than 150 ms", For: 10 * sim.Minute,
		Severity: "critical"},
	{Name: "etcdMemberCommunicationSlow",
		Expr: "the 99th percentile of round trips to members takes more than 150 ms (over 5 min)",
		For:  10 * sim.Minute, Severity: "warning",
		member: func(s *scope, k int) bool { return s.slow(k, etcd.RoundTrips, 150*sim.Millisecond) }},
	{Name: "etcdHighNumberOfFailedProposals", Expr: "more than 5 proposals a second fail (over 15 min)",
		For: 15 * sim.Minute, Severity: "warning",
		member: failedProposals},
	{Name: "etcdHighFsyncDurations", Expr: "the 99th percentile of WAL fsyncs takes more than 500 ms (over 5 min)",
		For:      10 * sim.Minute,
		Severity: "warning", member: func(s *scope, k int) bool { return s.slow(k, etcd.SyncTimes, slowSync) }},
	{Name: "etcdHighFsyncDurations", Expr: "the 99th percentile of WAL fsyncs takes more than 1 s (over 5 min)",
		For:      10 * sim.Minute,
		Severity: "critical", member: func(s *scope, k int) bool { return s.slow(k, etcd.SyncTimes, sim.Second) }},
	{Name: "etcdHighCommitDurations", Expr: "the 99th percentile of backend commits takes more than 250 ms (over 5 min)",
		For:      10 * sim.Minute,
		Severity: "warning", member: func(s *scope, k int) bool { return s.slow(k, etcd.CommitTimes, slowCommit) }},
	{Name: "etcdDatabaseQuotaLowSpace", Expr: "the database takes more than 95 % of its quota", For: 10 * sim.Minute,
		Severity: "critical",
		member:   lowSpace},
	{Name: "etcdExcessiveDatabaseGrowth", Expr: "at the pace of the last 4 h the database exceeds its quota in 4 h",
		For:      10 * sim.Minute,
		Severity: "warning", member: growth},
	{Name: "etcdDatabaseHighFragmentationRatio", Expr: "less than half of the database is in use, and more than 100 MiB",
		For:      10 * sim.Minute,
		Severity: "warning", member: fragmented},
}

// AlertState is an alert whose condition holds now.
type AlertState struct {
	*Alert
	Member sim.Host // 0: it is about the whole cluster
	Since  sim.Time // since when the condition holds
	Firing bool     // it has held for long enough; else Prometheus calls the alert pending
}

// Standing is what the alerts have to know of a member that it does not count.
type Standing struct {
	Quota int64 // of its database; none if it is not positive
	Known bool  // it belongs to the cluster, or nobody runs who could say
}

// Active returns the alerts whose conditions hold at the last sample; members are all that were looked at.
func (m *Monitor) Active(now sim.Time, members []Standing) (list []AlertState) {
	n := len(m.targets)
	if n == 0 {
		return nil
	}
	for i := range Alerts {
		a := &Alerts[i]
		if a.whole != nil {
			if s, ok := m.state(now, a, &scope{monitor: m, members: members}); ok {
				list = append(list, s)
			}
		}
		for k := 1; k <= n && a.member != nil; k++ {
			if s, ok := m.state(now, a, &scope{m, members, sim.Member(k), m.Samples(sim.Member(k))}); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// state looks back for how long a condition holds.
func (m *Monitor) state(now sim.Time, a *Alert, about *scope) (s AlertState, ok bool) {
	holds, h := a.member, about.host
	if h == 0 {
		holds = a.whole
	}
	first := m.Samples(sim.Member(1))
	for k := 0; k < first.Len(); k++ {
		if h != 0 && (k >= about.samples.Len() || !about.ago(k).Up) || !holds(about, k) {
			break
		}
		s = AlertState{Alert: a, Member: h, Since: first.Ref(first.Len() - 1 - k).At}
		ok = true
	}
	s.Firing = ok && now-s.Since >= a.For
	return s, ok
}

// scope is what a condition may look at. Samples are counted back from the last, which is 0: so they are the same
// instants for all members.
type scope struct {
	monitor *Monitor
	members []Standing
	host    sim.Host
	samples *chunk.List[Sample]
}

func (s *scope) ago(k int) *Sample { return s.samples.Ref(s.samples.Len() - 1 - k) }

// before returns the oldest sample that is within a window before the k-th.
func (s *scope) before(k int, window sim.Time) *Sample {
	since := s.ago(k).At - window
	lo, hi := 0, s.samples.Len()-1-k
	for lo < hi {
		if mid := (lo + hi) / 2; s.samples.Ref(mid).At >= since {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return s.samples.Ref(lo)
}

const scrapeWindow = 5 * sim.Minute // of most of the mixin's rates

// slow reports whether the 99th percentile of a histogram is above a limit.
func (s *scope) slow(k int, first etcd.Count, limit sim.Time) bool {
	p, ok := s.ago(k).p99(s.before(k, scrapeWindow), first)
	return ok && p > int64(limit)
}

// failing reports whether more than so many percent of the requests fail.
func (s *scope) failing(k int, percent int64) bool {
	now, then := s.ago(k), s.before(k, scrapeWindow)
	return 100*now.grown(then, etcd.HandledBad) > percent*now.grown(then, etcd.Handled)
}

func noLeader(s *scope, k int) bool { return s.ago(k).Gauges[etcd.HasLeader] == 0 }

func failedProposals(s *scope, k int) bool {
	rate, ok := s.ago(k).rate(s.before(k, 15*sim.Minute), etcd.FailedProposals)
	return ok && rate > failedAllowed*perSecondScale
}

func (s *scope) quota() int64 { return s.members[s.host.Number()-1].Quota }

func lowSpace(s *scope, k int) bool {
	q := s.quota()
	return q > 0 && 100*s.ago(k).Gauges[etcd.DBSize] > quotaAllowed*q
}

func fragmented(s *scope, k int) bool {
	g := &s.ago(k).Gauges
	return g[etcd.DBInUse] > 100<<20 && 2*g[etcd.DBInUse] < g[etcd.DBSize]
}

// growth lays a straight line through the sizes of the last four hours, with the least squares as Prometheus does
// (predict_linear), and looks where it will be. Sizes are counted in KiB and times in seconds, so that the sums fit.
func growth(s *scope, k int) bool {
	const ahead = 4 * sim.Hour
	q, end := s.quota(), s.ago(k).At
	if q <= 0 {
		return false
	}
	var n, st, sy, stt, sty int64
	for i := k; i < s.samples.Len(); i++ {
		x := s.ago(i)
		if end-x.At > ahead {
			break
		}
		if x.Up {
			t, y := -int64((end-x.At)/sim.Second), x.Gauges[etcd.DBSize]>>10
			n, st, sy, stt, sty = n+1, st+t, sy+y, stt+t*t, sty+t*y
		}
	}
	spread := n*stt - st*st
	if spread == 0 {
		return false
	}
	rise := n*sty - st*sy                 // over spread: KiB a second
	far := int64(ahead/sim.Second) - st/n // from the middle of the samples
	return sy/n+rise/spread*far+rise%spread*far/spread > q>>10
}

// each visits the members of the cluster at the k-th sample. Who was taken out is not missed.
func (s *scope) each(k int, visit func(*scope)) {
	for i := range s.monitor.targets {
		one := scope{s.monitor, s.members, sim.Member(i + 1), &s.monitor.targets[i].samples}
		if k < one.samples.Len() && s.members[i].Known {
			visit(&one)
		}
	}
}

func membersDown(s *scope, k int) bool {
	down := false
	s.each(k, func(one *scope) {
		rate, ok := one.ago(k).rate(one.before(k, 2*sim.Minute), etcd.SendFailures)
		down = down || !one.ago(k).Up || (ok && rate > 10)
	})
	return down
}

func noQuorum(s *scope, k int) bool {
	up, all := 0, 0
	s.each(k, func(one *scope) {
		all++
		if one.ago(k).Up {
			up++
		}
	})
	return 2*up < all+1
}

// manyLeaders asks the member that has seen most.
func manyLeaders(s *scope, k int) bool {
	most := int64(0)
	s.each(k, func(one *scope) {
		most = max(most, one.ago(k).grown(one.before(k, 15*sim.Minute), etcd.LeaderChanges))
	})
	return most >= 4
}
