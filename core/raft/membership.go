package raft

import "github.com/etcdscope/etcdscope/core/rule"

// ApplyConfChange puts a committed change of the group into force and returns the configuration. The host calls it for
// each committed entry of that kind, also for one that it refuses itself: then with a change of None. An impossible
// change (the last voter removed, say) changes nothing; etcd's raft panics there.
func (n *Node) ApplyConfChange(cc ConfChange) ConfState {
	r := rule.MembershipOneAtATime
	if _, joint := cc.EnterJoint(); joint || cc.LeaveJoint() {
		r = rule.JointConsensus
	}
	trk, err := n.trk.Changed(&cc, n.log.Last(), n.set.off.Has(rule.JointConsensus))
	if err != nil {
		n.emit(Event{Kind: ConfChangeRefused, Why: WhyInvalid, Rule: r})
		return n.trk.ConfState()
	}
	n.trk = trk
	n.emit(Event{
		Kind: ConfChanged, Rule: r, Have: uint8(len(trk.Voters[0])), Need: uint8(trk.Voters[0].Need()),
		Against: uint8(len(trk.Voters[1])),
	})
	cs := n.trk.ConfState()
	n.settleConf()
	return cs
}

// settleConf does what follows from a new configuration for a leader (etcd raft/raft.go switchToConfig). In this Raft a
// change takes effect when it is applied, not when it is appended (unlike Raft §6): each member switches at the same
// place in the log, though at different times.
func (n *Node) settleConf() {
	if n.role != Leader {
		return
	}
	if p := n.trk.Get(n.id); p == nil || p.IsLearner {
		// Removed or demoted. Without the switch it leads on until somebody else does, as etcd's raft always did.
		if n.set.stepDownOnRemoval {
			n.stepDown(WhyRemoved, None)
			n.becomeFollower(n.term, None, WhyRemoved)
		}
		return
	}
	if len(n.trk.Voters[0]) == 0 {
		return
	}
	if n.maybeCommit() {
		n.broadcastAppend() // a smaller quorum may hold more
	} else {
		for i := range n.trk.Members {
			if p := &n.trk.Members[i]; p.ID != n.id {
				n.sendAppend(p, false) // a new member need not wait for the next heartbeat
			}
		}
	}
	if n.transferee != None && !n.trk.Voters.Has(n.transferee) {
		n.abortTransfer(WhyRemoved)
	}
}

// leaveJointIfDue, after each applied entry, proposes to leave a joint configuration that is to be left automatically,
// once everything up to the change that entered it is applied. If a transfer of the leadership forbids it now, the next
// applied entry tries again.
func (n *Node) leaveJointIfDue() {
	if !n.trk.AutoLeave || n.role != Leader || n.log.Applied() < n.pendingConf {
		return
	}
	_ = n.step(&Message{Type: MsgProp, Entries: []Entry{{Type: EntryConfChangeV2}}}) // dropped: tried again later
}

// appliedTo notes that the host has applied entries, so many bytes of those that were handed out.
func (n *Node) appliedTo(i Index, size uint64) {
	n.log.AppliedTo(max(i, n.log.Applied()), size)
	n.leaveJointIfDue()
}
