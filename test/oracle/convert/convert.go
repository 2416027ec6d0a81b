// Package convert writes our values in the form of go.etcd.io/raft, so that the two can be compared or printed alike.
package convert

import (
	"github.com/etcdscope/etcdscope/core/raft"
	pb "go.etcd.io/raft/v3/raftpb"
)

// IDs returns members in their form.
func IDs(ids []raft.ID) []uint64 {
	var out []uint64
	for _, id := range ids {
		out = append(out, uint64(id))
	}
	return out
}

// Conf returns a configuration in their form.
func Conf(c raft.ConfState) pb.ConfState {
	return pb.ConfState{
		Voters: IDs(c.Voters), Learners: IDs(c.Learners), VotersOutgoing: IDs(c.VotersOutgoing),
		LearnersNext: IDs(c.LearnersNext), AutoLeave: c.AutoLeave,
	}
}

// Hard returns what must survive a crash in their form.
func Hard(h raft.HardState) pb.HardState {
	return pb.HardState{Term: uint64(h.Term), Vote: uint64(h.Vote), Commit: uint64(h.Commit)}
}

// Snapshot returns a snapshot in their form.
func Snapshot(s *raft.Snapshot) pb.Snapshot {
	return pb.Snapshot{Data: s.Data, Metadata: pb.SnapshotMetadata{
		Index: uint64(s.Index), Term: uint64(s.Term), ConfState: Conf(s.Conf),
	}}
}

// Entries returns entries in their form.
func Entries(es []raft.Entry) []pb.Entry {
	var out []pb.Entry
	for _, e := range es {
		out = append(out, pb.Entry{Term: uint64(e.Term), Index: uint64(e.Index), Type: pb.EntryType(e.Type), Data: e.Data})
	}
	return out
}

// Change returns the change in their form: ConfChange for V1, ConfChangeV2 otherwise.
func Change(cc raft.ConfChange) pb.ConfChangeI {
	if cc.V1 {
		c := cc.Changes[0]
		return pb.ConfChange{ID: cc.Tag, Type: pb.ConfChangeType(c.Type), NodeID: uint64(c.ID), Context: cc.Context}
	}
	v2 := pb.ConfChangeV2{Transition: pb.ConfChangeTransition(cc.Transition), Context: cc.Context}
	for _, c := range cc.Changes {
		v2.Changes = append(v2.Changes, pb.ConfChangeSingle{Type: pb.ConfChangeType(c.Type), NodeID: uint64(c.ID)})
	}
	return v2
}

// Message returns a message in their form.
func Message(m *raft.Message) pb.Message {
	out := pb.Message{
		Type: pb.MessageType(m.Type), To: uint64(m.To), From: uint64(m.From), Term: uint64(m.Term),
		LogTerm: uint64(m.LogTerm),
		Index:   uint64(m.Index), Entries: Entries(m.Entries), Commit: uint64(m.Commit), Vote: uint64(m.Vote),
		Reject: m.Reject, RejectHint: uint64(m.RejectHint), Context: m.Context,
	}
	if m.Snapshot != nil {
		s := Snapshot(m.Snapshot)
		out.Snapshot = &s
	}
	for i := range m.Responses {
		out.Responses = append(out.Responses, Message(&m.Responses[i]))
	}
	return out
}
