package raft

import "github.com/etcdscope/etcdscope/core/rule"

// EventKind tells what happened. Each kind documents which fields of an Event it fills beside Kind, Rule, Why and Term.
type EventKind uint8

// The kinds, in the order of a member's life.
const (
	// Roles.
	ElectionTimedOut   EventKind = iota // Index: the ticks without a leader
	CampaignRefused                     // Why
	BecameFollower                      // Peer: the leader, if known. From: the role before
	BecamePreCandidate                  // Index, LogTerm: where the log ends
	BecameCandidate                     // Index, LogTerm: where the log ends
	BecameLeader                        // Have of Need votes
	SteppedDown                         // a leader gives up. Why. Peer: who made it, if anybody
	LeaderFound                         // Peer: the leader whose append, heartbeat or snapshot came
	LeaderForgotten                     // Peer: who led
	HigherTermSeen                      // Peer, Message. Term: the new one
	StaleIgnored                        // Peer, Message. Term: the message's

	// Votes. Pre: it is a pre-vote.
	VoteGranted // Peer: the candidate. Term: what it stands for
	// Peer, Why. Index, LogTerm: where the candidate's log ends; Last, Hint: where the own one ends (Hint: its term)
	VoteRefused
	VoteIgnored  // Peer. Index: ticks that the lease still runs
	VoteReceived // Peer, Granted. Have granted, Need to win, Against. WhyItself: the own vote

	// Log and commit.
	Appended        // Index … Last. Peer: the leader who sent them
	Truncated       // Index … Last: removed because they contradict Peer's
	AppendRefused   // Peer. Index: what must precede; Hint: where the logs may agree
	BackedUp        // Peer refused the append after Index; Last: the next one starts there. Hint: what Peer said
	Acknowledged    // Peer's log matches up to Index. WhyItself: the leader's own disk has it
	ProgressChanged // Peer, FromState, ToState. Index: the next entry to send
	// Index … Last. Leader: Have of Need members hold it, Set: which (bit i: member n_i). Follower: Peer told it
	EntriesCommitted
	LogLost // Peer's commit index Index lies beyond the own Last: an invariant is broken

	// Proposals and reads.
	ProposalAppended  // Index … Last
	ProposalForwarded // Peer: the leader
	ProposalDropped   // Why
	ReadRequested     // Index: the commit index now. Peer: who asks
	ReadPostponed     // the leader has not committed anything in its term. Peer: who asks
	ReadConfirmed     // Index. Peer: who asked. Have of Need members confirmed the leadership
	ReadForwarded     // Peer: the leader
	ReadDropped       // Why

	// Snapshots and compaction.
	SnapshotSent     // Peer, Index, LogTerm
	SnapshotRestored // Index, LogTerm. Peer: the leader
	SnapshotIgnored  // Index, LogTerm, Peer, Why
	SnapshotCreated  // Index, LogTerm
	LogCompacted     // Index: removed up to here

	// Membership and leadership transfer.
	ConfChanged       // the configuration is in force. Have: voters, Need: to decide
	ConfChangeRefused // Why
	TransferStarted   // Peer
	TransferAborted   // Peer, Why
	HandedOver        // Peer: the target of the transfer campaigns
	TimeoutNowSent    // Peer

	eventKinds
)

// Why is the reason of an event among those its kind can have.
type Why uint8

// The reasons.
const (
	Unspecified Why = iota
	WhyStarted
	WhyHigherTerm
	WhyLeaderExists
	WhyVotesLost
	WhyQuorumSilent
	WhyRemoved
	WhyTimeout
	WhyAsked
	WhyTransfer
	WhyNotVoter
	WhySnapshotPending
	WhyUnappliedConfChange
	WhyLogBehind
	WhyAlreadyVoted
	WhyKnowsLeader
	WhyStaleTerm
	WhyNoLeader
	WhyForwardingOff
	WhyTransferring
	WhyTooMuchUncommitted
	WhyLogHasIt
	WhyNotMember
	WhyConfChangePending
	WhyMustLeaveJoint
	WhyNotJoint
	WhyInvalid
	WhyOtherTarget
	WhySteppedDown
	WhyQuorum
	WhyLeaderCommitted
	WhyLease
	WhyAlone
	WhyBothQuorums
	WhyProven
	WhyItself
	whys
)

// Event is one thing that happened in a Node, with its reason. It is flat and holds no pointer; which fields mean
// something is said at its kind.
type Event struct {
	Kind EventKind
	Why  Why
	Rule rule.ID // the rule of the protocol that was followed

	Message            MessageType // the message that led to it
	From               Role
	FromState, ToState FlowState
	Pre, Granted       bool
	Have, Need         uint8
	Against            uint8

	Peer          ID
	Term, LogTerm Term
	Index, Last   Index
	Hint          Index
	Set           uint64
}

// emit records what happened. Term is the member's term unless the caller has set it.
func (n *Node) emit(e Event) {
	if n.eventsRead {
		n.events, n.eventsRead = n.events[:0], false
	}
	if e.Term == 0 {
		e.Term = n.term
	}
	n.events = append(n.events, e)
}

// Events returns what happened since the last call, in order. The slice is valid until the next call of any method.
func (n *Node) Events() []Event {
	if n.eventsRead {
		return nil
	}
	n.eventsRead = true
	return n.events
}
