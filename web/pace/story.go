package pace

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// story is what belongs together. A story without hops waits; one that waits for nothing is over.
type story struct {
	open     bool
	moved    sim.Time // when something of it moved last
	election bool     // until a new leader's first entry is committed
	asks     int      // requests without an outcome
	watches  int      // that no member has confirmed yet
	load     bool     // one request of a load, since nothing else is going on

	// Of the entry that it wrote last: its place, the leader, and whether that leader has committed it.
	entry     raft.Index
	leader    sim.Host
	committed bool

	// Of the read that it asked for last: who checks its leadership, and by which context.
	reader  sim.Host
	context string

	met   [kinds]uint64 // from or to which hosts there has been a hop of a kind
	count [kinds]int    // how many of a kind have begun
}

// again begins counting anew: a story of several writes, or of an election of several rounds, follows each.
func (s *story) again(from, to Kind) {
	for k := from; k <= to; k++ {
		s.met[k], s.count[k] = 0, 0
	}
}

// write takes an entry of the story that a leader has just appended.
func (s *story) write(i raft.Index, leader sim.Host) {
	s.entry, s.leader, s.committed = i, leader, false
	s.again(Append, Commit)
}

// holds reports whether the story's entry is among first … last.
func (s *story) holds(first, last raft.Index) bool {
	return s.entry != 0 && first <= s.entry && s.entry <= last
}

// over reports whether nothing is left to happen, provided that no hop is under way. Led says that a member leads and
// reaches a majority: who stood for election beside it, and lost, waits for nothing.
func (s *story) over(led bool) bool {
	return s.asks == 0 && s.watches == 0 && (!s.election || led && s.leader == 0)
}

// confirmed takes note that a watch has begun, or has ended before.
func (s *story) confirmed() {
	if s != nil && s.watches > 0 {
		s.watches--
	}
}
