package compact

import "github.com/etcdscope/etcdscope/core/sim"

// startFixed plans the first compaction: at the first turn that has a whole span of history before it. Turns are
// counted from the start of the member and do not drift. With the article's figures the revision is sampled after 5 h
// and compacted to after 6 h, sampled after 11 h and compacted to after 12 h, and so on.
//
// A turn that fails, or that falls into a pause, is left to the next one.
func (c *Compactor) startFixed(now sim.Time, revision int64) {
	s := c.setting
	turns := max(1, (s.Period+s.Every-1)/s.Every)
	c.turn = now + turns*s.Every
	c.sample = c.turn - s.Period
	c.takeSample(now, revision)
}

// takeSample takes the samples that are due, and says when to go on.
func (c *Compactor) takeSample(now sim.Time, revision int64) {
	for ; c.sample <= now; c.sample += c.setting.Every {
		c.samples.Append(revision)
	}
	c.next = min(c.sample, c.turn)
}

// tickFixed takes a sample, or compacts to one. A member that slept over several turns makes up for the last one only.
func (c *Compactor) tickFixed(now sim.Time, revision int64) (target int64) {
	c.takeSample(now, revision)
	for ; c.turn <= now; c.turn += c.setting.Every {
		target = c.oldest()
		c.samples.DropFront(c.samples.First() + 1)
	}
	c.next = min(c.sample, c.turn)
	if c.paused || target == c.last || c.target != 0 {
		return 0
	}
	return target
}
