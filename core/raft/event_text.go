package raft

import (
	"strconv"
	"strings"
)

// verbs are the kinds as past-tense verbs: "n1 " + verb reads as a sentence's beginning.
var verbs = [eventKinds]string{
	ElectionTimedOut: "timed out", CampaignRefused: "did not campaign", BecameFollower: "became follower",
	BecamePreCandidate: "became pre-candidate", BecameCandidate: "became candidate", BecameLeader: "became leader",
	SteppedDown: "stepped down", LeaderFound: "found its leader", LeaderForgotten: "forgot its leader",
	HigherTermSeen: "saw a higher term", StaleIgnored: "ignored a stale message",
	VoteGranted: "voted", VoteRefused: "refused to vote", VoteIgnored: "ignored a request for its vote",
	VoteReceived: "received a vote",
	Appended:     "appended", Truncated: "truncated its log", AppendRefused: "refused an append", BackedUp: "backed up",
	Acknowledged: "heard an acknowledgement", ProgressChanged: "changed the flow", EntriesCommitted: "committed",
	LogLost:          "contradicted its leader",
	ProposalAppended: "appended a proposal", ProposalForwarded: "forwarded a proposal",
	ProposalDropped: "dropped a proposal",
	ReadRequested:   "began a read", ReadPostponed: "postponed a read", ReadConfirmed: "confirmed a read",
	ReadForwarded: "forwarded a read", ReadDropped: "dropped a read",
	SnapshotSent: "sent a snapshot", SnapshotRestored: "restored a snapshot", SnapshotIgnored: "ignored a snapshot",
	SnapshotCreated: "took a snapshot", LogCompacted: "compacted its log",
	ConfChanged: "changed the group", ConfChangeRefused: "refused to change the group",
	TransferStarted: "began to hand over", TransferAborted: "gave up handing over",
	TimeoutNowSent: "told a member to campaign",
	HandedOver:     "handed over",
}

// String returns the kind as a past-tense verb.
func (k EventKind) String() string {
	if k < eventKinds {
		return verbs[k]
	}
	return "did " + strconv.Itoa(int(k))
}

var reasons = [whys]string{
	WhyStarted: "it has just started", WhyHigherTerm: "a higher term has begun", WhyLeaderExists: "somebody else has won",
	WhyVotesLost: "too many refused", WhyQuorumSilent: "no quorum was heard from for an election timeout",
	WhyRemoved: "it is no voter any more", WhyTimeout: "it took longer than an election timeout",
	WhyAsked:    "it was asked to",
	WhyTransfer: "the leader hands over", WhyNotVoter: "it is no voter",
	WhySnapshotPending:     "a snapshot is not yet on disk",
	WhyUnappliedConfChange: "a committed change of the group is not yet applied",
	WhyLogBehind:           "the candidate's log is behind", WhyAlreadyVoted: "it has voted for another in this term",
	WhyKnowsLeader: "it knows a leader in this term", WhyStaleTerm: "that term is over", WhyNoLeader: "no leader is known",
	WhyForwardingOff: "forwarding is switched off", WhyTransferring: "the leadership is being handed over",
	WhyTooMuchUncommitted: "too much is uncommitted", WhyLogHasIt: "the log has all of it",
	WhyNotMember: "it is not in that group", WhyConfChangePending: "an earlier change is not yet applied",
	WhyMustLeaveJoint: "the joint configuration must be left first", WhyNotJoint: "the configuration is not joint",
	WhyInvalid: "it is invalid", WhyOtherTarget: "another member shall lead", WhySteppedDown: "it no longer leads",
	WhyQuorum: "a quorum has it", WhyLeaderCommitted: "the leader said so", WhyLease: "the leader's lease runs",
	WhyAlone: "it decides alone", WhyBothQuorums: "the majorities of the old and the new group have it",
	WhyProven: "a quorum follows it", WhyItself: "by itself",
}

// String returns the reason as a clause.
func (w Why) String() string {
	if w < whys {
		return reasons[w]
	}
	return ""
}

// sentence builds a text from words; each method appends one.
type sentence []byte

func (s *sentence) add(words ...string) {
	for _, w := range words {
		*s = append(*s, w...)
	}
}

func (s *sentence) num(label string, v uint64) { *s = strconv.AppendUint(append(*s, label...), v, 10) }

func (s *sentence) because(w Why) {
	if w != Unspecified {
		s.add(": ", w.String())
	}
}

// span appends "entry 4" or "entries 4–6".
func (s *sentence) span(from, to Index) {
	if from >= to {
		s.num(" entry ", uint64(to))
		return
	}
	s.num(" entries ", uint64(from))
	s.num("–", uint64(to))
}

// count appends "(2 of 3 needed)".
func (s *sentence) count(have, need uint8) {
	s.num(" (", uint64(have))
	s.num(" of ", uint64(need))
	s.add(" needed)")
}

// String returns the event as a fragment of a sentence whose subject is the member: "voted for n2 in term 4: its log is
// up to date".
func (e Event) String() string {
	s := make(sentence, 0, 96)
	switch {
	case e.Kind <= StaleIgnored:
		e.roleText(&s)
	case e.Kind <= VoteReceived:
		e.voteText(&s)
	case e.Kind <= LogLost:
		e.logText(&s)
	case e.Kind <= ReadDropped:
		e.requestText(&s)
	default:
		e.groupText(&s)
	}
	return string(s)
}

func (e *Event) roleText(s *sentence) {
	switch e.Kind {
	case ElectionTimedOut:
		s.num("heard from no leader for ", uint64(e.Index))
		s.add(" ticks")
	case LeaderFound:
		s.add("follows ", e.Peer.String())
		s.num(" in term ", uint64(e.Term))
	case LeaderForgotten:
		s.add("forgot its leader ", e.Peer.String())
	case HigherTermSeen:
		s.num("saw the higher term ", uint64(e.Term))
		s.add(" in ", e.Message.String(), " from ", e.Peer.String())
	case StaleIgnored:
		s.add("ignored ", e.Message.String(), " from ", e.Peer.String())
		s.num(" of the old term ", uint64(e.Term))
	default:
		s.add(e.Kind.String())
		s.num(" in term ", uint64(e.Term))
		if e.Kind == BecameLeader {
			s.count(e.Have, e.Need)
		}
		if e.Kind == BecameFollower && e.Peer != None {
			s.add(" under ", e.Peer.String())
		}
		s.because(e.Why)
	}
}

func (e *Event) voteText(s *sentence) {
	vote := "vote"
	if e.Pre {
		vote = "pre-vote"
	}
	switch e.Kind {
	case VoteGranted:
		if e.Pre {
			s.add("would vote for ")
		} else {
			s.add("voted for ")
		}
		s.add(e.Peer.String())
		s.num(" in term ", uint64(e.Term))
		s.add(": its log is up to date")
	case VoteRefused:
		s.add("refused ", e.Peer.String(), " its ", vote)
		s.num(" in term ", uint64(e.Term))
		s.because(e.Why)
		if e.Why == WhyLogBehind {
			s.num(" (ends at term ", uint64(e.LogTerm))
			s.num(" index ", uint64(e.Index))
			s.num(", own at term ", uint64(e.Hint))
			s.num(" index ", uint64(e.Last))
			s.add(")")
		}
	case VoteIgnored:
		s.add("ignored ", e.Peer.String(), ", who wants its ", vote)
		s.num(": it hears from a leader, for ", uint64(e.Index))
		s.add(" more ticks")
	case VoteReceived:
		switch {
		case e.Why == WhyItself:
			s.add("counts its own ", vote)
		case e.Granted:
			s.add("got the ", vote, " of ", e.Peer.String())
		default:
			s.add("was refused the ", vote, " of ", e.Peer.String())
		}
		s.count(e.Have, e.Need)
	}
}

func (e *Event) logText(s *sentence) {
	switch e.Kind {
	case Appended:
		s.add("appended")
		s.span(e.Index, e.Last)
		s.add(" from ", e.Peer.String())
	case Truncated:
		s.add("removed")
		s.span(e.Index, e.Last)
		s.add(", which contradict ", e.Peer.String())
	case AppendRefused:
		s.num("refused entries after index ", uint64(e.Index))
		s.add(" from ", e.Peer.String())
		s.num(": its log agrees at most up to ", uint64(e.Hint))
	case BackedUp:
		s.add("backed up: ", e.Peer.String())
		s.num(" gets entries from ", uint64(e.Last))
	case Acknowledged:
		if e.Why == WhyItself {
			s.num("has all up to ", uint64(e.Index))
			s.add(" on its own disk")
			return
		}
		s.add("knows that ", e.Peer.String())
		s.num(" has all up to ", uint64(e.Index))
	case ProgressChanged:
		s.add("switched ", e.Peer.String(), " from ", e.FromState.String(), " to ", e.ToState.String())
		s.num(", next entry ", uint64(e.Index))
	case EntriesCommitted:
		s.add("committed")
		s.span(e.Index, e.Last)
		s.because(e.Why)
		if e.Why == WhyQuorum {
			s.count(e.Have, e.Need)
		}
	case LogLost:
		s.num("was told by its leader of entry ", uint64(e.Index))
		s.num(", which contradicts its log up to ", uint64(e.Last))
	}
}

func (e *Event) requestText(s *sentence) {
	switch e.Kind {
	case ProposalAppended:
		s.add("appended")
		s.span(e.Index, e.Last)
		s.num(" in term ", uint64(e.Term))
	case ProposalForwarded, ReadForwarded:
		s.add(e.Kind.String(), " to ", e.Peer.String())
	case ReadRequested:
		s.num("began a read at index ", uint64(e.Index))
		s.add(" for ", e.Peer.String())
	case ReadPostponed:
		s.add("postponed a read of ", e.Peer.String(), ": it has committed nothing in its term")
	case ReadConfirmed:
		s.num("confirmed a read at index ", uint64(e.Index))
		s.add(" for ", e.Peer.String())
		s.because(e.Why)
	default:
		s.add(e.Kind.String())
		s.because(e.Why)
	}
}

func (e *Event) groupText(s *sentence) {
	if e.Kind == TimeoutNowSent {
		s.add("told ", e.Peer.String(), " to campaign")
		return
	}
	s.add(e.Kind.String())
	switch e.Kind {
	case SnapshotSent, SnapshotRestored, SnapshotIgnored, SnapshotCreated:
		s.num(" of index ", uint64(e.Index))
		if e.Kind == SnapshotSent {
			s.add(" to ", e.Peer.String())
		} else if e.Peer != None {
			s.add(" from ", e.Peer.String())
		}
	case LogCompacted:
		s.num(" up to index ", uint64(e.Index))
	case ConfChanged:
		s.num(": ", uint64(e.Have))
		s.num(" voters, ", uint64(e.Need))
		s.add(" decide")
		if e.Against > 0 {
			s.num(", and a majority of ", uint64(e.Against))
			s.add(" old ones")
		}
	case TransferStarted, TransferAborted, HandedOver:
		s.add(" to ", e.Peer.String())
	}
	s.because(e.Why)
}

// Words parts the event's sentence into its verb and the rest.
func (e Event) Words() (verb, rest string) {
	all, verb := e.String(), e.Kind.String()
	if after, ok := strings.CutPrefix(all, verb); ok {
		return verb, strings.TrimSpace(after)
	}
	verb, rest, _ = strings.Cut(all, " ")
	return verb, rest
}
