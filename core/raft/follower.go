package raft

import "github.com/etcdscope/etcdscope/core/rule"

// This file is the follower: it answers leaders and candidates, passes requests on, and campaigns when it hears nothing
// (Raft Figure 2, "Followers"; etcd raft/raft.go stepFollower).
//
//	App, Heartbeat, Snap   from the leader: obeyed, and the election timeout starts anew
//	Prop, ReadIndex,
//	TransferLeader         from clients: forwarded to the leader, if one is known
//	ReadIndexResp          the leader's answer to a forwarded read
//	TimeoutNow             the leader hands over: campaign at once
//	ForgetLeader           from the host: vote as if the leader had gone
//	Vote, PreVote          see step.go: the same in all roles

// becomeFollower enters the role in a term, new or not. It is also how every node starts, and how a leader or candidate
// gives up: what belonged to the other role is cleared by reset.
func (n *Node) becomeFollower(t Term, lead ID, why Why) {
	from := n.role
	n.reset(t)
	n.role, n.lead = Follower, lead
	n.emit(Event{Kind: BecameFollower, Why: why, Rule: followerRule(why), Peer: lead, From: from})
}

// followerRule returns the rule by which somebody becomes a follower for that reason.
func followerRule(why Why) rule.ID {
	switch why {
	case WhyHigherTerm:
		return rule.TermStepDown
	case WhyLeaderExists, WhyVotesLost:
		return rule.ElectionSafety
	case WhyQuorumSilent:
		return rule.CheckQuorum
	case WhyStarted:
		return rule.RestartFromDisk
	}
	return rule.None
}

// reset clears what belongs to a role and to the term, and draws a new election timeout (Raft §5.2: at random, so that
// split votes are rare). A vote survives as long as the term does.
func (n *Node) reset(t Term) {
	if n.term != t {
		n.term, n.vote = t, None
	}
	n.lead = None
	n.sinceLeader, n.sinceHeartbeat = 0, 0
	// One draw per reset, and no other: the timeouts of a run depend on nothing but how often the role changed.
	n.timeout = n.set.electionTick + n.jitter.Intn(n.set.electionTick)
	n.abortTransfer(WhySteppedDown)
	n.trk.ResetVotes()
	n.trk.Reset(n.id, n.log.Last())
	n.pendingConf, n.uncommitted = 0, 0
	// nobody will prove this leadership any more. pending reads stay: they wait for the next one, as etcd's do
	n.reads.reset()
}

// tickElection counts the silence. A follower or candidate that has heard from no leader for its timeout campaigns
// (Raft §5.2). Who cannot become leader keeps counting, and campaigns at once when it may.
func (n *Node) tickElection() {
	n.sinceLeader++
	if n.sinceLeader < n.timeout || !n.Promotable() {
		return
	}
	n.emit(Event{Kind: ElectionTimedOut, Rule: rule.ElectionTimeout, Index: Index(n.sinceLeader)})
	n.sinceLeader = 0
	n.campaignIfAllowed(n.set.preVote, false)
}

// Promotable reports whether the member may become leader: a voter, without a received snapshot that is not yet on
// disk.
func (n *Node) Promotable() bool {
	p := n.trk.Get(n.id)
	return p != nil && !p.IsLearner && !n.log.HasPending()
}

// stepFollower handles what is special to the role. Messages that are not for followers are ignored.
func (n *Node) stepFollower(m *Message) error {
	switch m.Type {
	case MsgApp, MsgHeartbeat, MsgSnap:
		n.onLeader(m.From)
		return n.followLeader(m)
	case MsgProp:
		return n.forwardProposal(m)
	case MsgTransferLeader:
		if n.lead != None {
			fwd := *m
			fwd.To, fwd.Term = n.lead, n.term
			n.forward(fwd)
		}
	case MsgReadIndex:
		if n.lead == None {
			n.emit(Event{Kind: ReadDropped, Why: WhyNoLeader, Rule: rule.NoLeaderNoProposal})
			return nil
		}
		n.emit(Event{Kind: ReadForwarded, Rule: rule.ReadIndexQuorum, Peer: n.lead})
		fwd := *m
		fwd.To = n.lead
		n.forward(fwd)
	case MsgReadIndexResp:
		if len(m.Entries) == 1 {
			n.answerRead(n.id, m.Index, m.Entries)
		}
	case MsgTimeoutNow:
		// No pre-vote: the leader itself has found this member fit.
		n.campaignIfAllowed(false, true)
	case MsgForgetLeader:
		// With reads by lease this would be wrong: the leader counts on not being replaced while its lease runs.
		if n.lead != None && !n.set.leaseReads {
			n.emit(Event{Kind: LeaderForgotten, Peer: n.lead})
			n.lead = None
		}
	}
	return nil
}

// onLeader notes that the leader lives. In its term there is no other, so the message needs no further check.
func (n *Node) onLeader(lead ID) {
	n.sinceLeader = 0
	if n.lead != lead {
		n.lead = lead
		n.emit(Event{Kind: LeaderFound, Rule: rule.HeartbeatsKeepLeadership, Peer: lead})
	}
}

// followLeader handles the three messages that only a leader of this term sends.
func (n *Node) followLeader(m *Message) error {
	switch m.Type {
	case MsgApp:
		n.answerAppend(m)
	case MsgHeartbeat:
		return n.answerHeartbeat(m)
	default:
		n.answerSnapshot(m)
	}
	return nil
}

// forwardProposal passes a client's proposal on. Nobody confirms that it arrived: the client learns of its success only
// by seeing it applied.
func (n *Node) forwardProposal(m *Message) error {
	switch {
	case n.lead == None:
		return n.dropProposal(WhyNoLeader)
	case n.set.noForwarding:
		return n.dropProposal(WhyForwardingOff)
	}
	n.emit(Event{Kind: ProposalForwarded, Rule: rule.FollowerForwards, Peer: n.lead})
	fwd := *m
	fwd.To = n.lead
	n.forward(fwd)
	return nil
}

// answerAppend accepts or refuses the leader's entries (Raft Figure 2, AppendEntries receiver; etcd raft/log.go
// maybeAppend). By induction the check of the one entry before them is enough: if it is the same, all before it are
// (Log Matching, Raft §5.3).
//
// Only what is missing or contradicts is replaced. Cutting the log at the first entry of every append would be wrong: a
// late copy of an old message would remove entries that were acknowledged since.
func (n *Node) answerAppend(m *Message) {
	if m.Index < n.log.Committed() {
		// An old message: what is committed here is in the leader's log too, so this much surely matches.
		n.promise(MsgAppResp, m.From).Index = n.log.Committed()
		return
	}
	matches := n.log.Matches(m.Index, m.LogTerm)
	if n.set.off.Has(rule.LogMatchingCheck) {
		matches = m.Index <= n.log.Last() // modified Raft: any entry will do, whatever its term
	}
	if !matches {
		n.refuseAppend(m)
		return
	}
	last := m.Index + Index(len(m.Entries))
	known := n.log.FirstNew(m.Entries)
	if known < len(m.Entries) {
		first := m.Entries[known].Index
		if first <= n.log.Last() {
			n.emit(Event{Kind: Truncated, Rule: rule.FollowerTruncates, Peer: m.From, Index: first, Last: n.log.Last()})
			n.log.Truncate(first)
		}
		n.log.Append(m.Entries[known:])
		n.emit(Event{Kind: Appended, Rule: rule.LogMatchingCheck, Peer: m.From, Index: first, Last: last})
	}
	// No more is committed here than is known to match: behind last there may still be a tail of another leader.
	n.commitFromLeader(min(m.Commit, last), m.From)
	n.promise(MsgAppResp, m.From).Index = last
}

// refuseAppend tells the leader where the logs may agree: the last entry up to the leader's whose term is not above the
// leader's there. Everything behind it cannot match, so the leader skips a whole term at a time instead of one entry
// (Raft §5.3, end; etcd raft/raft.go handleAppendEntries).
//
//	index    1 2 3 4 5 6 7 8 9
//	leader   1 3 3 3 3 3 3 3 7    asks after 8, where its term is 3
//	here     1 3 3 4 4 5 5 5 6    terms 4, 5, 6 cannot match: the hint is 3
func (n *Node) refuseAppend(m *Message) {
	hint, term := n.log.LastAtMost(min(m.Index, n.log.Last()), m.LogTerm)
	n.emit(Event{
		Kind: AppendRefused, Rule: rule.LogMatchingCheck, Peer: m.From, Index: m.Index, LogTerm: m.LogTerm,
		Hint: hint, Last: n.log.Last(),
	})
	r := n.promise(MsgAppResp, m.From)
	r.Index, r.Reject, r.RejectHint, r.LogTerm = m.Index, true, hint, term
}

// commitFromLeader raises the commit index to what the leader says.
func (n *Node) commitFromLeader(to Index, lead ID) {
	if from := n.log.Committed(); to > from && n.log.CommitTo(to) {
		n.emit(Event{Kind: EntriesCommitted, Why: WhyLeaderCommitted, Rule: rule.QuorumCommits, Peer: lead, Index: from + 1,
			Last: to})
	}
}

// answerHeartbeat takes over the commit index, of which the leader sends no more than this log was known to match, and
// returns the context: it proves to the leader that this member still follows it.
func (n *Node) answerHeartbeat(m *Message) error {
	if m.Commit > n.log.Last() {
		// This member has acknowledged entries and lost them: its disk did not keep what it had promised.
		n.emit(Event{Kind: LogLost, Rule: rule.LeaderCompleteness, Peer: m.From, Index: m.Commit, Last: n.log.Last()})
		return ErrLogLost
	}
	n.commitFromLeader(m.Commit, m.From)
	n.post(MsgHeartbeatResp, m.From).Context = m.Context
	return nil
}

// answerSnapshot takes over a snapshot, unless the log has everything in it (Raft §7).
func (n *Node) answerSnapshot(m *Message) {
	s := m.Snapshot
	if s == nil {
		s = new(Snapshot)
	}
	why := n.restore(s)
	e := Event{Kind: SnapshotRestored, Why: why, Rule: rule.SnapshotForLaggard, Peer: m.From, Index: s.Index,
		LogTerm: s.Term}
	upTo := n.log.Last()
	if why != Unspecified {
		e.Kind, upTo = SnapshotIgnored, n.log.Committed()
	}
	n.emit(e)
	n.promise(MsgAppResp, m.From).Index = upTo
}

// restore replaces log and configuration by the snapshot's. It returns why it did not, or Unspecified.
func (n *Node) restore(s *Snapshot) Why {
	if s.Index <= n.log.Committed() {
		return WhyLogHasIt
	}
	if !s.Conf.Has(n.id) {
		return WhyNotMember // the machine takes itself to be in the group; a leader does not send such a snapshot
	}
	if n.log.Matches(s.Index, s.Term) {
		// Everything in it is here already; it only tells how far it is committed.
		n.commitFromLeader(s.Index, n.lead)
		return WhyLogHasIt
	}
	trk, err := n.trk.Restore(&s.Conf, s.Index)
	if err != nil {
		return WhyInvalid
	}
	// The tail behind the snapshot goes too: nothing says that it matches (Raft Figure 13, step 7).
	n.log.Restore(s)
	n.trk = trk
	return Unspecified
}
