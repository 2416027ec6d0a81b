package compact

import "github.com/etcdscope/etcdscope/core/sim"

const (
	divisor                  = 10       // steps of an interval (v3compactor/periodic.go retryDivisor)
	longestInterval sim.Time = sim.Hour // between two compactions (getCompactInterval)
)

// interval returns the span between two compactions: the period, but at most an hour.
func (s Setting) interval() sim.Time { return min(s.Period, longestInterval) }

// step returns the span between two samples, and to the next try after a failure: a tenth of the interval.
func (s Setting) step() sim.Time { return s.interval() / divisor }

// startPeriodic takes the first sample.
//
// Samples are taken every step, and as many are kept as cover the period. Nothing happens before a whole period has
// passed; then the oldest sample is compacted to whenever an interval has passed since the last success. The first time
// it is a period old, later a step more:
//
//	10m   a sample a minute, 11 kept       compacts after 10m to what is 10m old, then every 10m to what is 11m old
//	1h    a sample every 6m, 11 kept       compacts after 1h to what is 1h old, then every hour to what is 1h06m old
//	24h   a sample every 6m, 241 kept      compacts after 24h to what is 24h old, then every hour to what is 24h06m old
//
// (The comment above etcd's Run says 144 minutes for the third; its code says 6.)
//
// Reference: etcd etcdserver/api/v3compactor/periodic.go Run.
func (c *Compactor) startPeriodic(now sim.Time, revision int64) {
	c.wait = c.setting.Period
	c.sampleAgain(now, revision)
}

// sampleAgain takes a sample and begins the next step. The step begins when all else is done, so a compaction that
// takes two seconds moves every later step by two seconds.
func (c *Compactor) sampleAgain(now sim.Time, revision int64) {
	c.samples.Append(revision)
	if keep := int(c.setting.Period/c.setting.step()) + 1; c.samples.Len()-c.samples.First() > keep {
		c.samples.DropFront(c.samples.Len() - keep)
	}
	c.next = now + c.setting.step()
}

// tickPeriodic ends a step. The look comes before the sample: what was written in the last step is not yet among the
// samples.
func (c *Compactor) tickPeriodic(now sim.Time, revision int64) int64 {
	target := c.oldest()
	if c.paused || now-c.success < c.wait || target == c.last {
		c.sampleAgain(now, revision)
		return 0
	}
	c.wait = c.setting.interval() // from the first try on, whether it succeeds or not
	return target
}
