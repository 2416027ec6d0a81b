package tracker

import (
	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/quorum"
)

// Config is who is in the group. The lists are sorted and never changed in place, so that a ConfState can share them.
//
// Invariant: no member is both voter (in either half) and learner. A voter that is to become a learner stays a voter of
// the outgoing half and waits in LearnersNext until the joint configuration is left.
type Config struct {
	Voters       quorum.Joint
	Learners     []entry.ID
	LearnersNext []entry.ID
	AutoLeave    bool // the leader leaves the joint configuration by itself
}

// Joint reports whether two majorities decide.
func (c *Config) Joint() bool { return len(c.Voters[1]) > 0 }

// ConfState returns the configuration in the form that snapshots carry. It shares the lists.
func (c *Config) ConfState() entry.ConfState {
	return entry.ConfState{
		Voters: c.Voters[0], VotersOutgoing: c.Voters[1],
		Learners: c.Learners, LearnersNext: c.LearnersNext, AutoLeave: c.AutoLeave,
	}
}

// Tracker is the configuration with the progress of each member and the votes of the election under way.
type Tracker struct {
	Config
	Members []Progress // sorted by ID. Invariant: exactly the members of Config

	votes       []vote
	maxInflight int
	maxBytes    uint64
}

type vote struct {
	from entry.ID
	yes  bool
}

// New returns the tracker of an empty group.
func New(maxInflight int, maxBytes uint64) Tracker {
	return Tracker{maxInflight: maxInflight, maxBytes: maxBytes}
}

// Get returns the member's progress, or nil. The pointer is good until the configuration changes.
func (t *Tracker) Get(id entry.ID) *Progress {
	for i := range t.Members {
		if t.Members[i].ID == id {
			return &t.Members[i]
		}
	}
	return nil
}

// Reset forgets everything about the logs of the others: the leadership, or the term, has changed.
func (t *Tracker) Reset(self entry.ID, last entry.Index) {
	for i := range t.Members {
		p := &t.Members[i]
		ring := p.Inflights.ring
		*p = Progress{ID: p.ID, Next: last + 1, IsLearner: p.IsLearner, Inflights: NewInflights(t.maxInflight, t.maxBytes)}
		p.Inflights.ring = ring
		if p.ID == self {
			p.Match = last
		}
	}
}

// Committed returns the highest index that a quorum holds.
func (t *Tracker) Committed() entry.Index {
	return t.Voters.Committed(func(id entry.ID) entry.Index {
		if p := t.Get(id); p != nil {
			return p.Match
		}
		return 0
	})
}

// QuorumActive reports whether a quorum was heard from lately.
func (t *Tracker) QuorumActive() bool {
	return t.Voters.Vote(func(id entry.ID) (bool, bool) {
		p := t.Get(id)
		if p == nil || p.IsLearner {
			return false, false
		}
		return p.RecentActive, true
	}) == quorum.Won
}

// Singleton reports whether one voter decides alone.
func (t *Tracker) Singleton() bool { return len(t.Voters[0]) == 1 && len(t.Voters[1]) == 0 }

// ResetVotes starts a new count.
func (t *Tracker) ResetVotes() { t.votes = t.votes[:0] }

// RecordVote notes a vote. The first one of a member counts.
func (t *Tracker) RecordVote(from entry.ID, yes bool) {
	if _, voted := t.VoteOf(from); !voted {
		t.votes = append(t.votes, vote{from, yes})
	}
}

// VoteOf returns what the member answered, if it has.
func (t *Tracker) VoteOf(id entry.ID) (yes, voted bool) {
	for _, v := range t.votes {
		if v.from == id {
			return v.yes, true
		}
	}
	return false, false
}

// CountVotes returns where the election stands. The two counts are for people; members that left the group are not in
// them.
func (t *Tracker) CountVotes() (granted, refused int, result quorum.Result) {
	for i := range t.Members {
		p := &t.Members[i]
		if p.IsLearner {
			continue
		}
		switch yes, voted := t.VoteOf(p.ID); {
		case voted && yes:
			granted++
		case voted:
			refused++
		}
	}
	return granted, refused, t.Voters.Vote(t.VoteOf)
}

// Clone returns an independent copy. The configuration's lists are shared: they are never written to.
func (t *Tracker) Clone() Tracker {
	c := *t
	c.Members = append([]Progress(nil), t.Members...)
	for i := range c.Members {
		c.Members[i].Inflights = t.Members[i].Inflights.clone()
	}
	c.votes = append([]vote(nil), t.votes...)
	return c
}
