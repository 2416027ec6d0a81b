package raft

import "github.com/etcdscope/etcdscope/core/raft/entry"

// This file is the other way to hand out duties, Config.AsyncStorageWrites, which etcd does not use: the host writes
// and applies in two threads of its own, and takes the next Ready without waiting for them (etcd raft/doc.go "Usage
// with Asynchronous Storage Writes"; raft/rawnode.go newStorageAppendMsg and around).
//
//	StorageAppend      to LocalAppendThread: write Snapshot, then Entries, then Term, Vote and Commit (none of the
//	                   three: no change). If it has Responses it must be synced before they are delivered
//	StorageApply       to LocalApplyThread: give Entries to the state machine
//	StorageAppendResp,
//	StorageApplyResp   the answers among the Responses that are for the member itself
//
// The host delivers the Responses of a message, to other members or to this one, by Step, once it has done what the
// message asks for. Messages to the same thread are done in order and are never lost, unless the member crashes.
// Between the threads there is no order: that is why nothing is applied here before it is on disk.

// The threads of a host as senders and receivers of messages.
const (
	LocalAppendThread = entry.AppendThread
	LocalApplyThread  = entry.ApplyThread
)

// postStorage adds the messages to the two threads to a Ready that is being taken. They take the place of AfterSync and
// of Advance.
func (n *Node) postStorage(rd Ready) []Message {
	t, h := n.taken, rd.HardState
	n.taken = duties{}
	if len(rd.Entries) > 0 || rd.Snapshot != nil || h != (HardState{}) || len(t.later) > 0 {
		m := Message{
			Type: MsgStorageAppend, To: LocalAppendThread, From: n.id, Term: h.Term, Vote: h.Vote, Commit: h.Commit,
			Entries: rd.Entries, Snapshot: rd.Snapshot, Responses: append([]Message(nil), t.later...),
		}
		// An answer comes also when nothing new is written but the disk has yet to confirm what is older: that confirmation
		// may have been ignored because the term has changed.
		if t.last != 0 || t.snap != 0 {
			m.Responses = append(m.Responses, Message{
				Type: MsgStorageAppendResp, To: n.id, From: LocalAppendThread, Term: t.term, Index: t.last, LogTerm: t.lastT,
				Snapshot: rd.Snapshot,
			})
		}
		n.out.now = append(n.out.now, m)
	}
	if len(rd.Committed) > 0 {
		n.out.now = append(n.out.now, Message{
			Type: MsgStorageApply, To: LocalApplyThread, From: n.id, Entries: rd.Committed,
			Responses: []Message{{Type: MsgStorageApplyResp, To: n.id, From: LocalApplyThread, Entries: rd.Committed}},
		})
	}
	return n.out.now
}

// stepStorage takes the answer of one of the threads.
func (n *Node) stepStorage(m *Message) error {
	switch m.Type {
	case MsgStorageAppendResp:
		t := duties{term: m.Term, last: m.Index, lastT: m.LogTerm}
		if m.Snapshot != nil {
			t.snap = m.Snapshot.Index
		}
		n.written(&t)
	case MsgStorageApplyResp:
		if k := len(m.Entries); k > 0 {
			n.handedApplied(&duties{apply: m.Entries[k-1].Index, size: entry.Sizes(m.Entries), bytes: entry.Payloads(m.Entries)})
		}
	default:
		return ErrStepLocalMsg
	}
	return nil
}
