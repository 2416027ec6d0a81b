package raft

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/rng"
)

// The accessors show the state to hosts, views and tests. None of them allocates or changes anything.

// ID returns who the member is.
func (n *Node) ID() ID { return n.id }

// Term returns the current term.
func (n *Node) Term() Term { return n.term }

// Vote returns for whom the member has voted in its term.
func (n *Node) Vote() ID { return n.vote }

// Role returns the current role.
func (n *Node) Role() Role { return n.role }

// Lead returns the leader that the member knows, or None.
func (n *Node) Lead() ID { return n.lead }

// HardState returns what must survive a crash, whether or not it has been handed out.
func (n *Node) HardState() HardState { return n.hardState() }

// Commit returns the index up to which entries are known to be committed.
func (n *Node) Commit() Index { return n.log.Committed() }

// Applied returns the index up to which entries have been applied.
func (n *Node) Applied() Index { return n.log.Applied() }

// FirstIndex returns the first entry that is still in the log.
func (n *Node) FirstIndex() Index { return n.log.First() }

// LastIndex returns the last entry of the log.
func (n *Node) LastIndex() Index { return n.log.Last() }

// LastTerm returns the term of the last entry.
func (n *Node) LastTerm() Term { return n.log.LastTerm() }

// StableIndex returns the index up to which entries are known to be on disk.
func (n *Node) StableIndex() Index { return n.log.Stable() }

// TermAt returns the term of an entry from FirstIndex-1 to LastIndex.
func (n *Node) TermAt(i Index) (Term, bool) { return n.log.Term(i) }

// EntryAt returns an entry from FirstIndex to LastIndex.
func (n *Node) EntryAt(i Index) (Entry, bool) { return n.log.At(i) }

// ElectionElapsed returns the ticks since the leader was heard; for a leader, since the last check of the quorum.
func (n *Node) ElectionElapsed() int { return n.sinceLeader }

// HeartbeatElapsed returns the ticks since the leader's last heartbeats.
func (n *Node) HeartbeatElapsed() int { return n.sinceHeartbeat }

// RandomizedTimeout returns after how many ticks of silence the member will campaign.
func (n *Node) RandomizedTimeout() int { return n.timeout }

// Jitter returns the stream of election timeouts as it stands, to go on with after a restart.
func (n *Node) Jitter() rng.Stream { return n.jitter }

// Conf returns the configuration that is in force. Its lists are shared: read only.
func (n *Node) Conf() ConfState { return n.trk.ConfState() }

// Transferee returns to whom the leader is handing over, or None.
func (n *Node) Transferee() ID { return n.transferee }

// PendingConfIndex returns the index that must be applied before the leader proposes a change of the group.
func (n *Node) PendingConfIndex() Index { return n.pendingConf }

// ProgressOf returns the member's progress as this leader sees it; false if it is not in the group. Only for a leader
// does it mean anything.
func (n *Node) ProgressOf(id ID) (Progress, bool) {
	if p := n.trk.Get(id); p != nil {
		return *p, true
	}
	return Progress{}, false
}

// VoteCount returns where the member's election stands.
func (n *Node) VoteCount() (granted, refused int, outcome VoteOutcome) { return n.trk.CountVotes() }

// VoteFrom returns what a member has answered to this candidate, if it has.
func (n *Node) VoteFrom(id ID) (granted, answered bool) { return n.trk.VoteOf(id) }

// SetRandomizedTimeout replaces the election timeout drawn last, until the next one is drawn: for a scenario in which a
// certain member is to campaign first.
func (n *Node) SetRandomizedTimeout(ticks int) { n.timeout = ticks }

// Log returns the log as a list whose position is the index: right after Ready, what the disk holds once that Ready is
// written. It shares memory with the log but does not change with it.
func (n *Node) Log() chunk.List[Entry] { return n.log.Entries() }
