package pace

import "github.com/etcdscope/etcdscope/core/sim"

// Kind is what a hop does for its story.
type Kind uint8

// The kinds, in the order in which a write, an election and a read make them.
const (
	Request     Kind = iota // a client asks
	PassedOn                // a member passes on what it was asked to the leader
	Append                  // the leader sends entries
	LeaderWrite             // the leader's disk
	MemberWrite             // another member's disk
	Has                     // a member has entries on its disk
	Commit                  // the leader says up to where the log is committed
	Answer                  // a client is answered
	Stream                  // on a watch stream
	PreVote
	PreVoteAnswer
	Vote
	VoteAnswer
	TermWrite // a disk notes a term or a vote
	Snapshot
	ReadCheck // a heartbeat that asks, for a read, whether this is still the leader
	ReadAnswer
	kinds
)

// beforeMajority reports whether hops of a kind no longer matter once a majority has done its part.
func (k Kind) beforeMajority() bool {
	return k == Append || k == LeaderWrite || k == MemberWrite || k == Has || k == ReadCheck || k == ReadAnswer
}

// thinned reports whether, from five members on, of the hops of a kind only two are followed: the first, and the one
// that makes the majority. The others look the same and would make a write take three times as long to look at.
func (k Kind) thinned() bool {
	switch k {
	case Append, MemberWrite, Has, Commit, PreVote, PreVoteAnswer, Vote, VoteAnswer, TermWrite, ReadCheck, ReadAnswer:
		return true
	}
	return false
}

// Hop is a message on its way or a disk write under way that belongs to a story.
type Hop struct {
	Kind       Kind
	Packet     uint64   // 0: a disk write
	Disk       sim.Host // whose, then
	Begin, End sim.Time
	Along      bool // it is not followed: its outcome no longer matters, or others like it are

	story *story
	shown int64 // µs of wall time at which it began
}

// Followed reports whether the pace waits for the hop.
func (h *Hop) Followed() bool { return !h.Along }
