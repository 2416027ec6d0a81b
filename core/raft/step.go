package raft

import "github.com/etcdscope/etcdscope/core/rule"

// contextTransfer marks the votes of a campaign that the old leader asked for. It overrides the lease: the leader is
// not disturbed, it wants to go (thesis §4.2.3).
const contextTransfer = "CampaignTransfer"

// Step takes a message from the network. Types that never leave a member are refused with ErrStepLocalMsg, answers of
// strangers with ErrPeerNotFound. ErrLogLost means that a rule of the protocol was broken somewhere: etcd's member
// would panic; here the message has no effect and the host decides.
func (n *Node) Step(m Message) error {
	if n.set.asyncStorage && (m.From == LocalAppendThread || m.From == LocalApplyThread) {
		return n.stepStorage(&m)
	}
	if m.Type.local() {
		return ErrStepLocalMsg
	}
	if m.Type.response() && n.trk.Get(m.From) == nil {
		return ErrPeerNotFound
	}
	return n.step(&m)
}

// step settles the message's term, then hands it to the role (etcd raft/raft.go Step). Whatever the role, a
// later term is taken over first, and votes are the same for all. It keeps no pointer to m.
func (n *Node) step(m *Message) error {
	switch {
	case m.Term == 0: // from the member itself, or a proposal or read: they have no term
	case m.Term > n.term:
		if !n.seeHigherTerm(m) {
			return nil
		}
	case m.Term < n.term:
		n.answerStale(m)
		return nil
	}
	switch m.Type {
	case MsgHup:
		n.campaignIfAllowed(n.set.preVote, false)
		return nil
	case MsgVote, MsgPreVote:
		n.answerVote(m)
		return nil
	}
	switch n.role {
	case Leader:
		return n.stepLeader(m)
	case Follower:
		return n.stepFollower(m)
	default:
		return n.stepCandidate(m)
	}
}

// seeHigherTerm takes over the term of a message from the future (Raft §5.1), except where a request or promise is
// about a term that nobody has yet begun. It reports false if the message is to be ignored.
func (n *Node) seeHigherTerm(m *Message) bool {
	vote := m.Type == MsgVote || m.Type == MsgPreVote
	if vote && n.inLease() && string(m.Context) != contextTransfer {
		// Whoever hears from a leader does not help to depose it; a removed or badly connected member cannot disturb.
		n.emit(Event{
			Kind: VoteIgnored, Rule: rule.LeaderLease, Peer: m.From, Term: m.Term, Pre: m.Type == MsgPreVote,
			Index: Index(n.set.electionTick - n.sinceLeader),
		})
		return false
	}
	if m.Type == MsgPreVote || m.Type == MsgPreVoteResp && !m.Reject {
		return true // asks for, or promises, a vote in a term that begins only if the pre-vote is won
	}
	fromLeader := m.Type == MsgApp || m.Type == MsgHeartbeat || m.Type == MsgSnap
	if n.set.off.Has(rule.TermStepDown) && !(fromLeader && n.role == Follower) {
		return true // modified Raft: goes on in the old term; only a follower lets a new leader take it along
	}
	n.emit(Event{Kind: HigherTermSeen, Rule: rule.TermStepDown, Peer: m.From, Term: m.Term, Message: m.Type})
	lead := None
	if fromLeader {
		lead = m.From
	}
	if n.transferee == m.From {
		n.transferee = None
		n.emit(Event{Kind: HandedOver, Rule: rule.LeadershipTransfer, Peer: m.From})
	}
	n.stepDown(WhyHigherTerm, m.From)
	n.becomeFollower(m.Term, lead, WhyHigherTerm)
	return true
}

// inLease reports whether the member has heard from a leader within an election timeout (thesis §4.2.3). It needs the
// check of the quorum: only with it does a leader that lost touch stop to be one.
func (n *Node) inLease() bool {
	return n.set.checkQuorum && n.lead != None && n.sinceLeader < n.set.electionTick
}

// answerStale deals with a message of a term that is over. It is ignored, with two exceptions that keep the group from
// getting stuck (etcd raft/raft.go Step, "m.Term < r.Term").
func (n *Node) answerStale(m *Message) {
	if m.From != n.id { // its own acknowledgement of an earlier term is no news
		n.emit(Event{Kind: StaleIgnored, Rule: rule.TermStepDown, Peer: m.From, Term: m.Term, Message: m.Type})
	}
	switch {
	case (n.set.checkQuorum || n.set.preVote) && (m.Type == MsgHeartbeat || m.Type == MsgApp):
		// A leader of an old term that this member left behind, say by campaigning while it was cut off. Its votes are
		// ignored under the lease and its pre-votes lose, so only this answer, with the higher term, lets the leader step
		// down and an election bring them together again.
		n.promise(MsgAppResp, m.From)
	case m.Type == MsgPreVote:
		// A candidate with an old term but perhaps the better log learns the present term this way.
		r := n.promise(MsgPreVoteResp, m.From)
		r.Reject = true
		n.emitVoteRefused(m, WhyStaleTerm, rule.TermStepDown)
	}
}

// answerVote grants or refuses a vote (Raft §5.2, §5.4.1). Two questions decide: is the vote still free in this term,
// and is the candidate's log at least as up to date as the own one? The second makes sure that the winner has all that
// is committed: a majority holds it, and each of them refuses whoever lacks it.
//
// Learners vote too: one that was promoted may not know it yet, and without its vote there might be no majority (etcd
// raft/raft.go Step, MsgVote).
func (n *Node) answerVote(m *Message) {
	pre := m.Type == MsgPreVote
	free := n.vote == m.From || // asked again
		n.vote == None && n.lead == None ||
		m.Term > n.term // a pre-vote: nothing is given away
	upToDate := n.set.off.Has(rule.ElectionRestriction) || n.log.UpToDate(m.LogTerm, m.Index)
	if !free || !upToDate {
		switch {
		case !upToDate:
			n.emitVoteRefused(m, WhyLogBehind, rule.ElectionRestriction)
		case n.vote != None:
			n.emitVoteRefused(m, WhyAlreadyVoted, rule.OneVotePerTerm)
		default:
			n.emitVoteRefused(m, WhyKnowsLeader, rule.OneVotePerTerm)
		}
		r := n.promise(voteResponse(m.Type), m.From)
		r.Reject = true
		return
	}
	n.emit(Event{
		Kind: VoteGranted, Rule: rule.OneVotePerTerm, Peer: m.From, Term: m.Term, Pre: pre, Index: m.Index,
		LogTerm: m.LogTerm,
	})
	// The answer carries the request's term: a pre-candidate, or a candidate that is ahead, ignores any lower one.
	n.promise(voteResponse(m.Type), m.From).Term = m.Term
	if !pre && m.Term == n.term { // always, unless TermStepDown is off
		n.sinceLeader = 0
		n.vote = m.From
	}
}

// emitVoteRefused records a refusal with both logs' ends, for a person to compare.
func (n *Node) emitVoteRefused(m *Message, why Why, r rule.ID) {
	n.emit(Event{
		Kind: VoteRefused, Why: why, Rule: r, Peer: m.From, Term: m.Term, Pre: m.Type == MsgPreVote,
		Index: m.Index, LogTerm: m.LogTerm, Last: n.log.Last(), Hint: Index(n.log.LastTerm()),
	})
}

// voteResponse returns the type of the answer to a request for a vote.
func voteResponse(t MessageType) MessageType {
	if t == MsgPreVote {
		return MsgPreVoteResp
	}
	return MsgVoteResp
}
