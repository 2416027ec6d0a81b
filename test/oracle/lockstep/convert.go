package lockstep

import (
	"github.com/etcdscope/etcdscope/core/raft"
	pb "go.etcd.io/raft/v3/raftpb"
)

func idsToPB(ids []raft.ID) []uint64 {
	var out []uint64
	for _, id := range ids {
		out = append(out, uint64(id))
	}
	return out
}

func confToPB(c raft.ConfState) pb.ConfState {
	return pb.ConfState{
		Voters: idsToPB(c.Voters), Learners: idsToPB(c.Learners), VotersOutgoing: idsToPB(c.VotersOutgoing),
		LearnersNext: idsToPB(c.LearnersNext), AutoLeave: c.AutoLeave,
	}
}

func hardToPB(h raft.HardState) pb.HardState {
	return pb.HardState{Term: uint64(h.Term), Vote: uint64(h.Vote), Commit: uint64(h.Commit)}
}

func snapToPB(s *raft.Snapshot) pb.Snapshot {
	return pb.Snapshot{Data: s.Data, Metadata: pb.SnapshotMetadata{
		Index: uint64(s.Index), Term: uint64(s.Term), ConfState: confToPB(s.Conf),
	}}
}

func entriesToPB(es []raft.Entry) []pb.Entry {
	var out []pb.Entry
	for _, e := range es {
		out = append(out, pb.Entry{Term: uint64(e.Term), Index: uint64(e.Index), Type: pb.EntryType(e.Type), Data: e.Data})
	}
	return out
}

// changeToPB returns the change in their form: ConfChange for V1, ConfChangeV2 otherwise.
func changeToPB(cc raft.ConfChange) pb.ConfChangeI {
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

func messageToPB(m *raft.Message) pb.Message {
	out := pb.Message{
		Type: pb.MessageType(m.Type), To: uint64(m.To), From: uint64(m.From), Term: uint64(m.Term), LogTerm: uint64(m.LogTerm),
		Index: uint64(m.Index), Entries: entriesToPB(m.Entries), Commit: uint64(m.Commit), Vote: uint64(m.Vote),
		Reject: m.Reject, RejectHint: uint64(m.RejectHint), Context: m.Context,
	}
	if m.Snapshot != nil {
		s := snapToPB(m.Snapshot)
		out.Snapshot = &s
	}
	return out
}
