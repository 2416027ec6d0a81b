package raft

import "github.com/etcdscope/etcdscope/core/raft/entry"

// outbox holds the messages that wait to be handed out. Two pairs of slices take turns: what a Ready has handed out is
// valid until the next Ready is taken, and is then written over.
type outbox struct {
	now, later           []Message // later: not before what has been appended and voted so far is on disk
	spareNow, spareLater []Message
}

// clone copies what waits. The slices that were handed out are left to whoever holds them, on both sides.
func (o *outbox) clone() outbox {
	o.spareNow, o.spareLater = nil, nil
	return outbox{now: append([]Message(nil), o.now...), later: append([]Message(nil), o.later...)}
}

// post queues a message that needs nothing on disk. The caller fills the rest in at once.
func (n *Node) post(t MessageType, to ID) *Message {
	n.out.now = append(n.out.now, Message{Type: t, To: to, From: n.id, Term: n.term})
	return &n.out.now[len(n.out.now)-1]
}

// promise queues an answer that binds the member: it goes out once everything decided so far is on disk. A vote or an
// acknowledgement that a crash could take back is worth nothing (Raft §5.6, thesis §3.8). Refusals wait too: they may
// rest on a vote or on entries that are not on disk yet. To itself a member answers in Advance (or, with asynchronous
// storage, the host delivers it like the others).
func (n *Node) promise(t MessageType, to ID) *Message {
	n.out.later = append(n.out.later, Message{Type: t, To: to, From: n.id, Term: n.term})
	return &n.out.later[len(n.out.later)-1]
}

// forward queues a message made by another member, or by a client here.
func (n *Node) forward(m Message) {
	if m.From == None {
		m.From = n.id
	}
	n.out.now = append(n.out.now, m)
}

// duties is what Advance has to note once a Ready has been worked off.
type duties struct {
	open  bool
	later []Message // those to the member itself are stepped
	term  Term      // when the Ready was taken
	last  Index     // the log's end then; 0: all of it is on disk already
	lastT Term
	snap  Index // 0: none
	apply Index // 0: none
	size  uint64
	bytes uint64
}

func (n *Node) hardState() HardState {
	return HardState{Term: n.term, Vote: n.vote, Commit: n.log.Committed()}
}

// HasReady reports whether there is something to do or something has changed. A change of the role or of the known
// leader alone gives an empty Ready.
func (n *Node) HasReady() bool {
	h := n.hardState()
	return n.role != n.before.role || n.lead != n.before.lead ||
		h != n.before.hard && h != HardState{} ||
		len(n.out.now) > 0 || len(n.out.later) > 0 || len(n.readStates) > 0 ||
		n.log.HasUntaken() || n.log.Pending() != nil || n.log.HasCommitted()
}

// Ready returns the duties that have accumulated, and counts on them to be done. The slices Messages and AfterSync are
// valid until the next Ready is taken; entries and snapshots stay as they are for ever. It panics if the last Ready has
// not been advanced, unless storage is written asynchronously.
func (n *Node) Ready() Ready {
	if n.taken.open {
		panic("raft: Ready taken before Advance")
	}
	rd := Ready{
		Entries: n.log.Untaken(), Snapshot: n.log.Pending(), Committed: n.log.NextCommitted(),
		Messages: n.out.now, AfterSync: n.out.later, Reads: n.readStates,
	}
	h := n.hardState()
	rd.MustSync = len(rd.Entries) > 0 || h.Term != n.before.hard.Term || h.Vote != n.before.hard.Vote
	if h != n.before.hard {
		rd.HardState, n.before.hard = h, h
	}
	n.before.role, n.before.lead = n.role, n.lead

	n.taken = duties{open: true, later: rd.AfterSync, term: n.term}
	if n.log.Unstable() {
		n.taken.last, n.taken.lastT = n.log.Last(), n.log.LastTerm()
	}
	if rd.Snapshot != nil {
		n.taken.snap = rd.Snapshot.Index
	}
	n.log.Take()
	if k := len(rd.Committed); k > 0 {
		n.taken.apply, n.taken.bytes, n.taken.size = rd.Committed[k-1].Index, entry.Payloads(rd.Committed),
			entry.Sizes(rd.Committed)
		n.log.Hand(n.taken.apply, n.taken.size)
	}
	if n.set.asyncStorage {
		rd.Messages, rd.AfterSync = n.postStorage(rd), nil
	}
	n.readStates = nil
	o := &n.out
	o.now, o.spareNow = o.spareNow[:0], o.now
	o.later, o.spareLater = o.spareLater[:0], o.later
	return rd
}

// Advance tells the node that the duties of the last Ready are done: written, and applied. With asynchronous storage it
// has no effect.
func (n *Node) Advance() {
	if !n.taken.open {
		return
	}
	t := n.taken
	n.taken = duties{}
	for i := range t.later {
		if t.later[i].To == n.id {
			_ = n.step(&t.later[i]) // its own vote or acknowledgement: cannot fail
		}
	}
	n.written(&t)
	n.handedApplied(&t)
}

// written notes what is on disk. If the term has changed since the Ready was taken, entries may have been replaced and
// be on their way to the disk again: what was written then proves nothing. Not even if the log has an entry of that
// index and term: it may have been replaced and have come back, with the replacement still to be written (etcd
// raft/rawnode.go newStorageAppendRespMsg, "ABA problem").
func (n *Node) written(t *duties) {
	if t.last != 0 && (t.term == n.term || t.term == 0) {
		n.log.StableTo(t.last, t.lastT)
	}
	if t.snap != 0 {
		n.log.SnapshotStable(t.snap)
		n.appliedTo(t.snap, 0)
	}
}

// handedApplied notes that the entries that were handed out are applied.
func (n *Node) handedApplied(t *duties) {
	if t.apply != 0 {
		n.appliedTo(t.apply, t.size)
		n.uncommitted -= min(n.uncommitted, t.bytes)
	}
}
