package compact

import (
	"errors"
	"math"

	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Never is when a compactor wants to be asked that waits for something else.
const Never sim.Time = math.MaxInt64

// Compactor is the compactor of one member since its start. New makes one, Clone copies it.
type Compactor struct {
	setting Setting
	paused  bool

	next   sim.Time // when to be asked
	target int64    // the compaction that is under way; 0: none
	last   int64    // the last one that succeeded

	samples chunk.List[int64] // revisions, oldest first. Periodic: one a step. Fixed: one for each compaction to come

	// Periodic.
	success sim.Time // when the last one succeeded; at first the start
	wait    sim.Time // how long after that the next one is due

	// Fixed.
	sample, turn sim.Time // when the next sample is taken, and when the next compaction is due
}

// New returns the compactor of a member that starts now, at a revision. Nothing that a compactor knows survives a
// restart.
func New(s Setting, now sim.Time, revision int64) Compactor {
	c := Compactor{setting: s, next: Never, success: now}
	switch s.Mode {
	case Periodic:
		c.startPeriodic(now, revision)
	case Revision:
		c.next = now + RevisionInterval
	case Fixed:
		c.startFixed(now, revision)
	}
	return c
}

// Clone returns a copy that goes its own way. It costs the same however many samples there are.
func (c *Compactor) Clone() Compactor {
	d := *c
	d.samples = c.samples.Clone()
	return d
}

// Pause lets the compactor compact no more, because its member does not lead. It goes on sampling.
//
// Reference: etcd etcdserver/server.go run, updateLeadership.
func (c *Compactor) Pause() { c.paused = true }

// Resume ends a pause, because the member leads. The next look is when it would have been anyway.
func (c *Compactor) Resume() { c.paused = false }

// Paused reports whether the compactor is paused.
func (c *Compactor) Paused() bool { return c.paused }

// Setting returns what the compactor was made with.
func (c *Compactor) Setting() Setting { return c.setting }

// Last returns the revision of the last compaction that succeeded, 0 before the first.
func (c *Compactor) Last() int64 { return c.last }

// Next returns when to call Tick, or Never: while a compaction is under way etcd's compactors wait for it.
func (c *Compactor) Next() sim.Time {
	if c.target != 0 && c.setting.Mode != Fixed {
		return Never
	}
	return c.next
}

// Rule returns the rule that compactions of this setting follow from.
func (c *Compactor) Rule() rule.ID {
	switch c.setting.Mode {
	case Periodic:
		return rule.CompactionKeepsPeriod
	case Revision:
		return rule.CompactionKeepsRevisions
	case Fixed:
		return rule.CompactionAtFixedTimes
	}
	return rule.None
}

// Tick asks what is to be done at an instant at which the store has a revision. If a compaction is due the caller
// proposes it and calls Done when it knows how that went. Too early, nothing is due.
func (c *Compactor) Tick(now sim.Time, revision int64) (target int64, due bool) {
	if now < c.Next() {
		return 0, false
	}
	switch c.setting.Mode {
	case Periodic:
		target = c.tickPeriodic(now, revision)
	case Revision:
		target = c.tickRevision(now, revision)
	case Fixed:
		target = c.tickFixed(now, revision)
	}
	if target != 0 {
		c.target = target
	}
	return target, target != 0
}

// Done ends a compaction. That somebody else has compacted that far already is a success.
func (c *Compactor) Done(now sim.Time, revision int64, err error) {
	if c.target == 0 {
		return
	}
	ok := err == nil || errors.Is(err, mvcc.ErrCompacted)
	if ok {
		c.last, c.success = c.target, now
	}
	c.target = 0
	switch c.setting.Mode {
	case Periodic:
		c.sampleAgain(now, revision)
	case Revision:
		c.next = now + RevisionInterval
	}
}

// Hash returns a digest of the state.
func (c *Compactor) Hash() uint64 {
	h := rng.Mix(uint64(c.setting.Mode), uint64(c.setting.Period))
	for _, v := range [...]int64{c.setting.Keep, int64(c.setting.Every), int64(c.next), c.target, c.last, int64(c.success),
		int64(c.wait), int64(c.sample), int64(c.turn)} {
		h = rng.Mix(h, uint64(v))
	}
	if c.paused {
		h = rng.Mix(h, 1)
	}
	for i := c.samples.First(); i < c.samples.Len(); i++ {
		h = rng.Mix(h, uint64(c.samples.At(i)))
	}
	return h
}

// oldest returns the oldest sample.
func (c *Compactor) oldest() int64 { return c.samples.At(c.samples.First()) }
