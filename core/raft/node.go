package raft

import (
	"errors"

	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/raft/log"
	"github.com/etcdscope/etcdscope/core/raft/tracker"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// Errors of the machine. The texts of the first three are etcd's.
var (
	ErrProposalDropped = errors.New("raft proposal dropped")
	ErrStepLocalMsg    = errors.New("raft: cannot step raft local message")
	ErrPeerNotFound    = errors.New("raft: cannot step as peer not found")
	ErrLogLost         = errors.New("raft: the leader has counted on entries that this log no longer has")

	ErrCompacted     = log.ErrCompacted
	ErrSnapOutOfDate = log.ErrSnapOutOfDate
	ErrUnavailable   = log.ErrUnavailable
)

// Node is one participant of a Raft group, as a pure machine: each method changes its state and leaves duties for
// Ready. The zero Node is not usable; see New.
type Node struct {
	id     ID
	set    settings
	jitter rng.Stream // election timeouts, one draw per reset

	// Persistent (Raft Figure 2). Invariant: term never falls; vote changes only from None, or with the term.
	term Term
	vote ID
	log  log.Log

	role Role
	lead ID // Invariant: the member itself exactly if role is Leader
	trk  tracker.Tracker

	transferee  ID     // a leader hands over to it; None: it does not
	pendingConf Index  // no change of the group may be proposed before this index is applied
	uncommitted uint64 // bytes of data appended by this leader and not yet applied; an estimate, never too high

	reads        readQueue
	pendingReads []Message // reads that wait for the leader's first commit of its term

	sinceLeader    int // ticks since the leader was heard; for a leader: since the last check of the quorum
	sinceHeartbeat int // ticks since a leader's last heartbeats
	timeout        int // the election timeout drawn last, in ticks

	out        outbox
	readStates []ReadState
	taken      duties // what the Ready that is being worked on will have done

	before     seen // what the last Ready had, to see changes
	events     []Event
	eventsRead bool // the events were handed out; the next one starts the slice anew
}

// settings are the parts of Config that do not change.
type settings struct {
	electionTick, heartbeatTick int
	maxMsgSize, maxUncommitted  uint64
	preVote, checkQuorum        bool
	leaseReads                  bool
	noForwarding, noConfCheck   bool
	stepDownOnRemoval           bool
	asyncStorage                bool
	off                         rule.Set
}

// seen is the state that the last Ready had.
type seen struct {
	hard HardState
	lead ID
	role Role
}

// New returns the node of a member that starts with what it finds on its disk: a follower that knows no leader. It
// returns an error if the configuration or the disk contradicts itself.
func New(cfg Config, stored Stored) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := stored.validate(); err != nil {
		return nil, err
	}
	maxApply := cfg.MaxCommittedSizePerReady
	if maxApply == 0 {
		maxApply = cfg.MaxSizePerMsg
	}
	n := &Node{
		id: cfg.ID, jitter: cfg.Jitter,
		set: settings{
			electionTick: cfg.ElectionTick, heartbeatTick: cfg.HeartbeatTick,
			maxMsgSize: cfg.MaxSizePerMsg, maxUncommitted: cfg.MaxUncommittedEntriesSize,
			preVote:      cfg.PreVote && !cfg.Off.Has(rule.PreVote),
			checkQuorum:  cfg.CheckQuorum && !cfg.Off.Has(rule.CheckQuorum),
			leaseReads:   cfg.ReadOnlyLeaseBased,
			noForwarding: cfg.DisableProposalForwarding, noConfCheck: cfg.DisableConfChangeValidation,
			stepDownOnRemoval: cfg.StepDownOnRemoval, asyncStorage: cfg.AsyncStorageWrites, off: cfg.Off,
		},
		log:  log.New(stored.Snapshot, stored.Entries, maxApply),
		term: stored.HardState.Term, vote: stored.HardState.Vote,
	}
	if n.set.maxUncommitted == 0 {
		n.set.maxUncommitted = log.NoLimit
	}
	conf := stored.Conf
	if len(conf.Voters) == 0 && len(conf.Learners) == 0 {
		conf = stored.Snapshot.Conf
	}
	empty := tracker.New(cfg.MaxInflightMsgs, cfg.MaxInflightBytes)
	trk, err := empty.Restore(&conf, n.log.Last())
	if err != nil {
		return nil, err
	}
	n.trk = trk
	if cfg.AsyncStorageWrites {
		n.log.ApplyOnlyStable()
	}
	n.log.CommitTo(stored.HardState.Commit)
	if stored.Applied > 0 {
		n.log.AppliedTo(stored.Applied, 0)
	}
	n.becomeFollower(n.term, None, WhyStarted)
	n.before = seen{n.hardState(), n.lead, n.role}
	return n, nil
}

// validate returns what is wrong with the configuration; the conditions are those of etcd's Config.validate.
func (c *Config) validate() error {
	switch {
	case c.ID == None:
		return errors.New("raft: ID must not be 0")
	case c.HeartbeatTick <= 0:
		return errors.New("raft: HeartbeatTick must be above 0")
	case c.ElectionTick <= c.HeartbeatTick:
		return errors.New("raft: ElectionTick must be above HeartbeatTick")
	case c.MaxInflightMsgs <= 0:
		return errors.New("raft: MaxInflightMsgs must be above 0")
	case c.MaxInflightBytes != 0 && c.MaxInflightBytes < c.MaxSizePerMsg:
		return errors.New("raft: MaxInflightBytes must not be below MaxSizePerMsg")
	case c.ReadOnlyLeaseBased && !c.CheckQuorum:
		return errors.New("raft: ReadOnlyLeaseBased needs CheckQuorum, which keeps the lease")
	}
	return nil
}

// validate returns what is wrong with what was found on the disk. Terms are not looked at: in modified Raft they may
// fall.
func (s *Stored) validate() error {
	next := s.Snapshot.Index + 1
	for i := range s.Entries {
		if s.Entries[i].Index != next {
			return errors.New("raft: stored entries must follow the snapshot and each other")
		}
		next++
	}
	h := s.HardState
	switch {
	case h != (HardState{}) && (h.Commit < s.Snapshot.Index || h.Commit >= next):
		return errors.New("raft: stored commit index lies outside the stored log")
	case s.Applied != 0 && (s.Applied < s.Snapshot.Index || s.Applied > max(h.Commit, s.Snapshot.Index)):
		return errors.New("raft: applied index lies outside the committed part of the stored log")
	}
	return nil
}

// Tick tells the node that a tick of time has passed.
func (n *Node) Tick() {
	if n.role == Leader {
		n.tickLeader()
	} else {
		n.tickElection()
	}
}

// Campaign starts an election now, if the member may stand for one.
func (n *Node) Campaign() error { return n.step(&Message{Type: MsgHup}) }

// Propose asks for an entry to be appended to the log: here, or at the leader if it is known. ErrProposalDropped says
// that it surely will not be; nil does not say that it will.
func (n *Node) Propose(data []byte) error {
	return n.step(&Message{Type: MsgProp, From: n.id, Entries: []Entry{{Data: data}}})
}

// ProposeConfChange asks for a change of the group. A leader that cannot make it now appends an empty entry instead.
func (n *Node) ProposeConfChange(cc ConfChange) error {
	return n.step(&Message{Type: MsgProp, Entries: []Entry{cc.Encode()}})
}

// ReadIndex asks up to which index a linearizable read has to wait (thesis §6.4). The answer comes as a ReadState with
// the same ctx, or never: without a leader the request is dropped in silence, as etcd does.
func (n *Node) ReadIndex(ctx []byte) {
	_ = n.step(&Message{Type: MsgReadIndex, Entries: []Entry{{Data: ctx}}}) // reads cannot fail, only get lost
}

// TransferLeader asks the leader to hand over to the member (thesis §3.10).
func (n *Node) TransferLeader(to ID) {
	_ = n.step(&Message{Type: MsgTransferLeader, From: to}) // cannot fail
}

// ForgetLeader makes a follower forget its leader, so that it grants votes at once (etcd MsgForgetLeader).
func (n *Node) ForgetLeader() error { return n.step(&Message{Type: MsgForgetLeader}) }

// ReportUnreachable tells a leader that the last message to the member probably got lost.
func (n *Node) ReportUnreachable(id ID) {
	_ = n.step(&Message{Type: MsgUnreachable, From: id}) // cannot fail
}

// ReportSnapshot tells a leader whether the snapshot sent to the member has arrived.
func (n *Node) ReportSnapshot(id ID, ok bool) {
	_ = n.step(&Message{Type: MsgSnapStatus, From: id, Reject: !ok}) // cannot fail
}

// CompactLog forgets the entries up to an index, which must have been handed out to be applied. It returns ErrCompacted
// if they are gone already. A member that needs them will get a snapshot: create one before.
func (n *Node) CompactLog(to Index) error {
	err := n.log.Compact(to)
	if err == nil {
		n.emit(Event{Kind: LogCompacted, Rule: rule.SnapshotForLaggard, Index: to})
	}
	return err
}

// CreateSnapshot makes the state of the application after entry i the newest snapshot. It carries the configuration
// that is in force, so i is to be the entry applied last.
func (n *Node) CreateSnapshot(i Index, data []byte) (Snapshot, error) {
	s, err := n.log.Save(Snapshot{Index: i, Conf: n.trk.ConfState(), Data: data})
	if err == nil {
		n.emit(Event{Kind: SnapshotCreated, Rule: rule.SnapshotForLaggard, Index: i, LogTerm: s.Term})
	}
	return s, err
}

// Unify lets two participants of a group hold once the entries that both have.
func Unify(a, b *Node) { log.Unify(&a.log, &b.log) }

// Borrow lets b, and lists that its host has of it, hold none of the entries that a has, too. Both are only cloned from
// now on.
func Borrow(a, b *Node, lists ...*chunk.List[Entry]) {
	if a != b {
		log.Borrow(&a.log, &b.log)
	}
	for _, l := range lists {
		log.BorrowList(&a.log, l)
	}
}

// Clone returns an independent copy. It costs the same however long the log is. What the last Ready returned stays
// valid for both.
func (n *Node) Clone() *Node {
	c := *n
	c.log = n.log.Clone()
	c.trk = n.trk.Clone()
	c.reads = n.reads.clone()
	c.pendingReads = append([]Message(nil), n.pendingReads...)
	c.out = n.out.clone()
	c.readStates = append([]ReadState(nil), n.readStates...)
	c.events = nil
	if !n.eventsRead {
		c.events = append(c.events, n.events...)
	}
	c.eventsRead = false
	return &c
}
