package pace

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// To which story something belongs. Causes alone do not say it: a heartbeat that checks a read's leader is caused by
// the leader's election, what a member sends after a disk write by that write, and one write holds the entries of
// several stories. So requests are known by their number, what replicates by its entry, the rest by its cause.

// atMember returns the story that something at a member belongs to; t is that of its cause.
func (s *Stories) atMember(w *world.World, r *world.Record, t *story) *story {
	switch e := &r.Member; e.Kind {
	case etcd.RaftEvent:
		return s.atNode(w, r, t)
	case etcd.Proposed, etcd.AwaitsLeader, etcd.Served:
		if o := s.asked[e.Request]; o != nil {
			return o
		}
	case etcd.SyncStarted:
		return s.write(r, t)
	case etcd.SyncDone, etcd.Crashed:
		s.gone(func(h *Hop) bool { return h.Packet == 0 && h.Disk == r.Where })
	case etcd.Applied:
		if o := s.asked[e.Request]; o != nil && e.Request != 0 {
			s.revision[e.Revision] = o
			t = o
		}
		delete(s.revision, e.Revision-remembered)
	}
	return t
}

// write takes in a disk write for each story that has something in it.
func (s *Stories) write(r *world.Record, t *story) *story {
	e := &r.Member
	if e.Index == 0 {
		if t != nil {
			s.add(&Hop{Kind: TermWrite, Disk: r.Where, Begin: r.At, End: e.Until, story: t, shown: -1}, r.Where, 0)
		}
		return t
	}
	for _, o := range s.open {
		if !o.holds(e.Index, e.Last) {
			continue
		}
		k := MemberWrite
		if r.Where == o.leader {
			k = LeaderWrite
		}
		s.add(&Hop{Kind: k, Disk: r.Where, Begin: r.At, End: e.Until, story: o, shown: -1}, r.Where, 0)
	}
	return t
}

// atNode returns the story that something in a member's Raft belongs to.
func (s *Stories) atNode(w *world.World, r *world.Record, t *story) *story {
	e := &r.Member.Raft
	switch e.Kind {
	case raft.ElectionTimedOut:
		return s.timedOut(r.Where, e.Term)
	case raft.BecameCandidate:
		if t != nil {
			s.along(t, func(k Kind) bool { return k == PreVote || k == PreVoteAnswer })
		}
	case raft.SteppedDown:
		s.led = inCharge(w)
	case raft.BecameLeader:
		s.led = inCharge(w)
		if t != nil {
			s.along(t, func(k Kind) bool { return k >= PreVote && k <= TermWrite })
		}
	case raft.HigherTermSeen, raft.AppendRefused, raft.SnapshotSent:
		if t == nil && len(s.open) == 0 {
			t = s.begin(new(story))
		}
	case raft.ProposalAppended:
		if t != nil {
			t.write(e.Last, r.Where)
		}
	case raft.EntriesCommitted:
		s.committed(r.Where, e)
	case raft.ReadRequested:
		if t != nil {
			t.reader, t.context = r.Where, ""
			t.again(ReadCheck, ReadAnswer)
		}
	case raft.ReadConfirmed:
		for _, o := range s.open {
			if o.reader == r.Where {
				s.along(o, func(k Kind) bool { return k == ReadCheck || k == ReadAnswer })
			}
		}
	}
	return t
}

// timedOut opens the story of an election, or lets one that is open go on. What a member without a majority repeats for
// a term is no story.
func (s *Stories) timedOut(h sim.Host, term raft.Term) *story {
	if s.campaign[h] > term {
		return nil
	}
	s.campaign[h] = term + 1
	for _, o := range s.open {
		if o.election {
			o.again(PreVote, TermWrite)
			return o
		}
	}
	return s.begin(&story{election: true})
}

// committed notes, at a leader, that a majority has the entries of stories: what brings them to other members still is
// no longer followed.
func (s *Stories) committed(h sim.Host, e *raft.Event) {
	for _, o := range s.open {
		if o.leader != h || o.committed || e.Last < o.entry || o.entry == 0 {
			continue
		}
		o.committed, o.election, s.changed = true, false, true
		s.along(o, Kind.beforeMajority)
	}
}

// sent takes in a message that belongs to a story, and returns the story. A message without an end, since it was held
// or lost at once, is no hop: its story waits.
func (s *Stories) sent(r *world.Record, t *story) *story {
	p := r.Packet
	k, t := s.belongs(p, t)
	if t != nil && r.Until > r.At {
		s.add(&Hop{Kind: k, Packet: p.ID, Begin: r.At, End: r.Until, story: t, shown: -1}, p.From, p.To)
	}
	return t
}

// belongs says to which story a message belongs and what it does for it; t is the story of its cause.
func (s *Stories) belongs(p *world.Packet, t *story) (Kind, *story) {
	switch {
	case p.Request() != nil:
		if o := s.asked[p.Request().ID]; o != nil {
			t = o
		}
		if p.From.IsMember() {
			return PassedOn, t
		}
		return Request, t
	case p.Response() != nil:
		if o := s.asked[p.Response().ID]; o != nil {
			t = o
		}
		return Answer, t
	case p.ClientMessage() != nil:
		return Stream, t
	case p.ServerMessage() != nil:
		if m := p.ServerMessage().Message; m != nil && len(m.Events) > 0 {
			t = s.revision[m.Events[len(m.Events)-1].KV.ModRevision]
		}
		return Stream, t
	}
	return s.ofRaft(p, t)
}

func (s *Stories) ofRaft(p *world.Packet, t *story) (Kind, *story) {
	m := p.Raft()
	switch m.Type {
	case raft.MsgProp:
		return PassedOn, s.proposed(m.Entries, t)
	case raft.MsgReadIndex:
		return PassedOn, t
	case raft.MsgReadIndexResp:
		return Answer, t
	case raft.MsgTimeoutNow:
		return Vote, t
	case raft.MsgSnap:
		return Snapshot, t
	case raft.MsgPreVote:
		return PreVote, t
	case raft.MsgPreVoteResp:
		return PreVoteAnswer, t
	case raft.MsgVote:
		return Vote, t
	case raft.MsgVoteResp:
		return VoteAnswer, t
	case raft.MsgApp:
		return s.appended(p)
	case raft.MsgAppResp:
		for _, o := range s.open {
			if o.leader == p.To && o.entry != 0 && !m.Reject && m.Index >= o.entry && o.met[Has]&(1<<p.From) == 0 {
				return Has, o
			}
		}
	case raft.MsgHeartbeat, raft.MsgHeartbeatResp:
		return s.check(p)
	}
	return 0, nil
}

// proposed finds the story of which a proposal that is passed on has a request. One that waited for a leader has been
// caused by what came from that leader.
func (s *Stories) proposed(entries []raft.Entry, t *story) *story {
	for i := range entries {
		if id, _, err := api.Decode(entries[i].Data); err == nil {
			return s.asked[id]
		}
	}
	return t
}

// appended finds the story of which an append carries the entry, or says that it is committed.
func (s *Stories) appended(p *world.Packet) (Kind, *story) {
	m := p.Raft()
	for _, o := range s.open {
		switch {
		case o.leader != p.From || o.entry == 0:
		case o.holds(m.Index+1, m.Index+raft.Index(len(m.Entries))):
			return Append, o
		case o.committed && m.Commit >= o.entry && o.met[Commit]&(1<<p.To) == 0:
			return Commit, o
		}
	}
	return 0, nil
}

// check finds the story for whose read a heartbeat asks, or answers, whether a leader still leads.
func (s *Stories) check(p *world.Packet) (Kind, *story) {
	if len(p.Raft().Context) == 0 {
		return 0, nil
	}
	k, leader := ReadCheck, p.From
	if p.Raft().Type == raft.MsgHeartbeatResp {
		k, leader = ReadAnswer, p.To
	}
	for _, o := range s.open {
		if o.reader != leader || o.reader == 0 {
			continue
		}
		if o.context == "" {
			o.context = string(p.Raft().Context)
		}
		if o.context == string(p.Raft().Context) {
			return k, o
		}
	}
	return 0, nil
}
