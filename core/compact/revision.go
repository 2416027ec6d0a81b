package compact

import "github.com/etcdscope/etcdscope/core/sim"

// RevisionInterval is the span between two looks in revision mode, after a failure too (v3compactor/revision.go
// revInterval).
const RevisionInterval = 5 * sim.Minute

// tickRevision compacts to the revision that lies so many before the current one, unless that is where it compacted
// last.
//
// Reference: etcd etcdserver/api/v3compactor/revision.go Run.
func (c *Compactor) tickRevision(now sim.Time, revision int64) int64 {
	target := revision - c.setting.Keep
	if c.paused || target <= 0 || target == c.last {
		c.next = now + RevisionInterval
		return 0
	}
	return target
}
