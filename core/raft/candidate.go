package raft

import (
	"github.com/etcdscope/etcdscope/core/raft/quorum"
	"github.com/etcdscope/etcdscope/core/rule"
)

// This file is the candidate and the pre-candidate: whoever wants to lead asks all voters and counts (Raft Figure 2,
// "Candidates"; thesis §9.6; etcd raft/raft.go hup, campaign, stepCandidate).
//
//	PreVoteResp          counted by a pre-candidate: a quorum makes it a candidate
//	VoteResp             counted by a candidate: a quorum makes it leader
//	App, Heartbeat, Snap somebody else leads this term: follow
//	Prop, ReadIndex      dropped: there is no leader to pass them to
//
// A pre-candidate that is refused by a quorum, or a candidate, becomes a follower and waits for its next timeout.

// campaignIfAllowed starts an election unless the member must not stand for one. With transfer set the leader has asked
// for it.
func (n *Node) campaignIfAllowed(pre, transfer bool) {
	if n.role == Leader {
		return
	}
	e := Event{Kind: CampaignRefused}
	switch p := n.trk.Get(n.id); {
	case p == nil || p.IsLearner:
		e.Why, e.Rule = WhyNotVoter, rule.LearnersDoNotVote
	case n.log.HasPending():
		e.Why, e.Rule = WhySnapshotPending, rule.SnapshotForLaggard
	case n.unappliedConfChange():
		// It does not know the group that it would have to win in.
		e.Why, e.Rule = WhyUnappliedConfChange, rule.MembershipOneAtATime
	default:
		n.campaign(pre, transfer)
		return
	}
	n.emit(e)
}

// unappliedConfChange reports whether a change of the group is committed that is not in force here yet.
func (n *Node) unappliedConfChange() bool {
	return n.log.Applied() < n.log.Committed() && n.log.HasConfChange(n.log.Applied()+1, n.log.Committed())
}

// campaign becomes a candidate, or with pre a pre-candidate, and asks all voters of both halves, itself included: its
// own vote counts once it is on disk, like any other. The end of the log goes along, for the voters to compare with
// theirs (Raft §5.4.1).
func (n *Node) campaign(pre, transfer bool) {
	request, term := MsgVote, n.term+1
	if pre {
		request = MsgPreVote // for the term that would begin; the own one stays as it is
		n.becomePreCandidate()
	} else {
		n.becomeCandidate()
	}
	for _, id := range n.trk.Voters.Voters() {
		if id == n.id {
			n.promise(voteResponse(request), id).Term = term
			continue
		}
		m := n.post(request, id)
		m.Term, m.Index, m.LogTerm = term, n.log.Last(), n.log.LastTerm()
		if transfer {
			m.Context = []byte(contextTransfer)
		}
	}
}

// becomePreCandidate changes neither term nor vote: asking costs nothing, so that a member that is cut off can ask for
// ever without getting ahead of the others (thesis §9.6). The election timeout is not drawn anew either.
func (n *Node) becomePreCandidate() {
	n.trk.ResetVotes()
	n.lead, n.role = None, PreCandidate
	n.emit(Event{Kind: BecamePreCandidate, Rule: rule.PreVote, Index: n.log.Last(), LogTerm: n.log.LastTerm()})
}

// becomeCandidate begins a term and votes for itself (Raft §5.2).
func (n *Node) becomeCandidate() {
	n.reset(n.term + 1)
	n.vote, n.role = n.id, Candidate
	n.emit(Event{Kind: BecameCandidate, Rule: rule.OneVotePerTerm, Index: n.log.Last(), LogTerm: n.log.LastTerm()})
}

// stepCandidate handles what is special to the two roles. A candidate may still get answers to its pre-vote: they are
// ignored, as only the ones to its own question count.
func (n *Node) stepCandidate(m *Message) error {
	mine := MsgVoteResp
	if n.role == PreCandidate {
		mine = MsgPreVoteResp
	}
	switch m.Type {
	case MsgApp, MsgHeartbeat, MsgSnap:
		// Somebody else has won this term.
		n.becomeFollower(max(m.Term, n.term), m.From, WhyLeaderExists)
		return n.followLeader(m)
	case MsgProp:
		return n.dropProposal(WhyNoLeader)
	case MsgReadIndex:
		n.emit(Event{Kind: ReadDropped, Why: WhyNoLeader, Rule: rule.NoLeaderNoProposal})
	case mine:
		n.countVote(m)
	}
	return nil
}

// byItself is the reason of what a member hears from itself.
func (n *Node) byItself(from ID) Why {
	if from == n.id {
		return WhyItself
	}
	return Unspecified
}

// countVote notes an answer and draws the consequence once the election is decided.
func (n *Node) countVote(m *Message) {
	n.trk.RecordVote(m.From, !m.Reject)
	granted, refused, result := n.trk.CountVotes()
	pre := n.role == PreCandidate
	n.emit(Event{
		Kind: VoteReceived, Why: n.byItself(m.From), Rule: rule.ElectionSafety, Peer: m.From, Term: m.Term, Pre: pre,
		Granted: !m.Reject,
		Have:    uint8(granted), Need: uint8(n.trk.Voters[0].Need()), Against: uint8(refused),
	})
	switch {
	case result == quorum.Won && pre:
		n.campaign(false, false)
	case result == quorum.Won:
		n.becomeLeader()
		n.broadcastAppend()
	case result == quorum.Lost:
		n.becomeFollower(n.term, None, WhyVotesLost)
	}
}
