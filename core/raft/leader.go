package raft

import (
	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/quorum"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
	"github.com/etcdscope/etcdscope/core/rule"
)

// This file is the leader: it gives proposals their place, counts acknowledgements, commits (Raft Figure 2, "Leaders";
// etcd raft/raft.go stepLeader). What it sends stands in replication.go, reads in read.go.
//
//	Prop                 appended, and sent to all
//	AppResp              moves a member's progress, and perhaps the commit index; a refusal moves it back
//	HeartbeatResp        the member lives; proves the leadership to waiting reads
//	ReadIndex            see read.go
//	TransferLeader       hand over
//	SnapStatus,
//	Unreachable          the host tells what became of a message
//
// All but the first and the reads need a member to be about: messages of those who have left the group are ignored.

// becomeLeader enters the role and appends the empty entry by which the leader will learn what is committed (Raft §8).
// About the others' logs it knows nothing yet: to each it goes in Probe, asking first after its own last entry.
func (n *Node) becomeLeader() {
	granted, refused, _ := n.trk.CountVotes()
	n.reset(n.term)
	n.role, n.lead = Leader, n.id
	if p := n.trk.Get(n.id); p != nil {
		p.BecomeReplicate()
		p.RecentActive = true
	}
	// A change of the group may be hidden in the entries that it has taken over; until all of them are applied none is
	// proposed. Looking would cost more than waiting.
	n.pendingConf = n.log.Last()
	n.emit(Event{
		Kind: BecameLeader, Rule: rule.ElectionSafety, Have: uint8(granted), Against: uint8(refused),
		Need: uint8(n.trk.Voters[0].Need()), Index: n.log.Last() + 1,
	})
	n.appendAsLeader([]Entry{{}}, rule.LeaderAppendsNoop)
}

// stepDown notes that a leader is about to become a follower, and why. The caller changes the role.
func (n *Node) stepDown(why Why, because ID) {
	if n.role == Leader {
		n.emit(Event{Kind: SteppedDown, Why: why, Rule: followerRule(why), Peer: because})
	}
}

// tickLeader checks the quorum once per election timeout and sends heartbeats (Raft §5.2, thesis §6.2). The timeout is
// the plain one: only followers have reason to be out of step with each other.
func (n *Node) tickLeader() {
	n.sinceHeartbeat++
	n.sinceLeader++
	if n.sinceLeader >= n.set.electionTick {
		n.sinceLeader = 0
		if n.set.checkQuorum {
			n.checkQuorum()
		}
		if n.role == Leader {
			n.abortTransfer(WhyTimeout) // the target did not make it in time: go on leading (thesis §3.10)
		}
	}
	if n.role == Leader && n.sinceHeartbeat >= n.set.heartbeatTick {
		n.sinceHeartbeat = 0
		n.broadcastHeartbeat(n.reads.newest())
	}
}

// checkQuorum makes a leader that has heard from no quorum since the last check step down: clients had better look for
// another one, and the others, who trust their lease, may have elected it already. Any answer counts as heard.
func (n *Node) checkQuorum() {
	if !n.trk.QuorumActive() {
		n.stepDown(WhyQuorumSilent, None)
		n.becomeFollower(n.term, None, WhyQuorumSilent)
	}
	for i := range n.trk.Members {
		if p := &n.trk.Members[i]; p.ID != n.id {
			p.RecentActive = false
		}
	}
}

// stepLeader handles what is special to the role.
func (n *Node) stepLeader(m *Message) error {
	switch m.Type {
	case MsgProp:
		return n.appendProposal(m)
	case MsgReadIndex:
		n.handleRead(m)
		return nil
	}
	p := n.trk.Get(m.From)
	if p == nil {
		return nil // left the group
	}
	switch m.Type {
	case MsgAppResp:
		p.RecentActive = true
		if m.Reject {
			n.backUp(p, m)
		} else {
			n.acknowledge(p, m.Index)
		}
	case MsgHeartbeatResp:
		n.onHeartbeatResp(p, m)
	case MsgSnapStatus:
		n.snapshotDone(p, !m.Reject)
	case MsgUnreachable:
		// What was streamed since is probably lost: probe where the log stands.
		if p.State == tracker.Replicate {
			n.enterProbe(p)
		}
	case MsgTransferLeader:
		n.transfer(p)
	}
	return nil
}

// appendProposal appends the entries of a proposal and sends them out. A change of the group that cannot be made now is
// replaced by an empty entry: its place in the log may be awaited already (etcd raft/raft.go stepLeader, MsgProp).
func (n *Node) appendProposal(m *Message) error {
	why := Unspecified
	switch {
	case len(m.Entries) == 0:
		why = WhyInvalid
	case n.trk.Get(n.id) == nil:
		why = WhyRemoved // this leader has removed itself and leads on until somebody else does
	case n.transferee != None:
		why = WhyTransferring
	}
	if why != Unspecified {
		return n.dropProposal(why)
	}
	es := m.Entries
	for i := range es {
		if es[i].Type == EntryNormal {
			continue
		}
		cc, err := entry.DecodeConfChange(&es[i])
		if err != nil {
			return n.dropProposal(WhyInvalid)
		}
		if why := n.confChangeForbidden(&cc); why != Unspecified {
			n.emit(Event{Kind: ConfChangeRefused, Why: why, Rule: rule.MembershipOneAtATime, Index: n.log.Last() + Index(i) + 1})
			es = append([]Entry(nil), es...) // the message's entries are shared
			es[i] = Entry{}
		} else {
			n.pendingConf = n.log.Last() + Index(i) + 1
		}
	}
	if !n.appendAsLeader(es, rule.LeaderAppendOnly) {
		return n.dropProposal(WhyTooMuchUncommitted)
	}
	n.broadcastAppend()
	return nil
}

// dropProposal says why a proposal is not taken. The proposer may try again; a dropped one surely has no effect.
func (n *Node) dropProposal(why Why) error {
	e := Event{Kind: ProposalDropped, Why: why}
	switch why {
	case WhyNoLeader:
		e.Rule = rule.NoLeaderNoProposal
	case WhyForwardingOff:
		e.Rule = rule.FollowerForwards
	case WhyRemoved:
		e.Rule = rule.MembershipOneAtATime
	case WhyTransferring:
		e.Rule = rule.LeadershipTransfer
	case WhyTooMuchUncommitted:
		e.Rule = rule.FlowControl
	}
	n.emit(e)
	return ErrProposalDropped
}

// confChangeForbidden returns why the change of the group must not be proposed now, or Unspecified: one at a time, and
// through a joint configuration one way.
func (n *Node) confChangeForbidden(cc *ConfChange) Why {
	joint, leave := n.trk.Joint(), len(cc.Changes) == 0
	switch {
	case n.set.noConfCheck:
		return Unspecified
	case n.pendingConf > n.log.Applied():
		return WhyConfChangePending
	case joint && !leave:
		return WhyMustLeaveJoint
	case !joint && leave:
		return WhyNotJoint
	}
	return Unspecified
}

// appendAsLeader gives the entries their place at the end of the log; a leader never touches anything before it (Leader
// Append-Only, Raft §5.3). It reports false if too much is uncommitted. The leader acknowledges them to itself once
// they are on disk: until then they may be committed by the others, but not with its own copy counted (thesis §10.2.1).
func (n *Node) appendAsLeader(es []Entry, r rule.ID) bool {
	size := entry.Payloads(es)
	// One proposal of any size is let through when nothing is waiting, and an empty entry always.
	if n.uncommitted > 0 && size > 0 && n.uncommitted+size > n.set.maxUncommitted {
		return false
	}
	n.uncommitted += size
	first := n.log.Last() + 1
	for i := range es {
		n.log.AppendOne(n.term, es[i].Type, es[i].Data)
	}
	n.emit(Event{Kind: ProposalAppended, Rule: r, Index: first, Last: n.log.Last()})
	n.promise(MsgAppResp, n.id).Index = n.log.Last()
	return true
}

// acknowledge notes that a member's log matches up to i, and does all that has become possible by it: stream instead of
// probe, commit, answer reads that waited for a commit, tell the commit index, send more, hand over (etcd raft/raft.go
// stepLeader, MsgAppResp).
func (n *Node) acknowledge(p *Progress, i Index) {
	// An acknowledgement that is no news still ends a probe: see etcd raft
	// testdata/heartbeat_resp_recovers_from_probing.txt.
	news := p.Acked(i)
	if !news && (p.Match != i || p.State != tracker.Probe) {
		return
	}
	if news {
		n.emit(Event{Kind: Acknowledged, Why: n.byItself(p.ID), Rule: rule.SyncBeforeAck, Peer: p.ID, Index: i})
	}
	switch {
	case p.State == tracker.Probe:
		p.BecomeReplicate()
		n.emitProgress(p, tracker.Probe)
	case p.State == tracker.Snapshot && p.Match+1 >= n.log.First():
		// Whatever snapshot it has applied, from here on the log can serve it. The way leads through Probe, which takes
		// account of the snapshot.
		p.BecomeProbe()
		p.BecomeReplicate()
		n.emitProgress(p, tracker.Snapshot)
	case p.State == tracker.Replicate:
		p.Inflights.FreeLE(i)
	}
	if n.maybeCommit() {
		n.releasePendingReads()
		n.broadcastAppend()
	} else if p.ID != n.id && p.CanBumpCommit(n.log.Committed()) {
		n.sendAppend(p, true) // it may not know the newest commit index
	}
	if p.ID == n.id {
		return
	}
	// The window has opened: send all that fits.
	for n.sendAppend(p, false) {
	}
	if p.ID == n.transferee && p.Match == n.log.Last() {
		n.sendTimeoutNow(p.ID)
	}
}

// maybeCommit raises the commit index to what a quorum holds. A leader counts replicas only for entries of its own
// term: an older entry can be on a majority and still be replaced (Raft §5.4.2, Figure 8). With an entry of its own
// term all before it are committed as well, because no log without them can win an election any more.
func (n *Node) maybeCommit() bool {
	to, from := n.trk.Committed(), n.log.Committed()
	if to <= from {
		return false
	}
	term, ok := n.log.Term(to)
	if !ok || term != n.term && !n.set.off.Has(rule.CurrentTermCommit) {
		return false
	}
	n.log.CommitTo(to)
	e := Event{
		Kind: EntriesCommitted, Why: WhyQuorum, Rule: rule.QuorumCommits, Index: from + 1, Last: to,
		Need: uint8(n.trk.Voters[0].Need()),
	}
	if n.trk.Joint() {
		e.Why, e.Rule = WhyBothQuorums, rule.JointConsensus
	}
	e.Have, e.Set = n.holders(to)
	n.emit(e)
	return true
}

// holders returns how many voters hold the entry, and which of n1 … n63.
func (n *Node) holders(i Index) (count uint8, set uint64) {
	for k := range n.trk.Members {
		if p := &n.trk.Members[k]; p.Match >= i && !p.IsLearner {
			count++
			if p.ID < 64 {
				set |= 1 << p.ID
			}
		}
	}
	return count, set
}

// onHeartbeatResp notes that a member lives, sends it what it lacks, and counts the answer for the reads that wait
// for a proof of leadership.
func (n *Node) onHeartbeatResp(p *Progress, m *Message) {
	p.RecentActive = true
	p.FlowPaused = false
	// Even over a full window an empty append goes: all that filled it may have been lost, and only an answer frees it. A
	// probe that has found nothing to send needs an answer to become a stream again.
	if p.Match < n.log.Last() || p.State == tracker.Probe {
		n.sendAppend(p, true)
	}
	if n.set.leaseReads || len(m.Context) == 0 {
		return
	}
	if n.reads.ack(m.From, m.Context, &n.trk) == quorum.Won {
		n.confirmReads(m.Context)
	}
}

// transfer starts to hand over the leadership to a member (thesis §3.10): bring its log up to date, take no more
// proposals meanwhile, then tell it to campaign at once. To whom it is handed already, or who is no voter, nothing
// happens.
func (n *Node) transfer(p *Progress) {
	if p.IsLearner || n.transferee == p.ID {
		return
	}
	n.abortTransfer(WhyOtherTarget)
	if p.ID == n.id {
		return
	}
	n.sinceLeader = 0 // it has one election timeout
	n.transferee = p.ID
	n.emit(Event{Kind: TransferStarted, Rule: rule.LeadershipTransfer, Peer: p.ID})
	if p.Match == n.log.Last() {
		n.sendTimeoutNow(p.ID)
	} else {
		n.sendAppend(p, true)
	}
}

// sendTimeoutNow tells the target to campaign. It has the whole log, so the others can vote for it.
func (n *Node) sendTimeoutNow(to ID) {
	n.post(MsgTimeoutNow, to)
	n.emit(Event{Kind: TimeoutNowSent, Rule: rule.LeadershipTransfer, Peer: to})
}

// abortTransfer ends a transfer that is under way, if any: the leader takes proposals again.
func (n *Node) abortTransfer(why Why) {
	if n.transferee != None {
		n.emit(Event{Kind: TransferAborted, Why: why, Rule: rule.LeadershipTransfer, Peer: n.transferee})
		n.transferee = None
	}
}
