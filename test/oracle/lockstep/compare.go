package lockstep

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/test/oracle/convert"
	theirs "go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// differ is a difference between the two: a name and two values.
func differ(what string, ours, theirs any) error {
	return fmt.Errorf("%s: ours %+v, theirs %+v", what, ours, theirs)
}

// sameErr compares what an input returned. The texts of the errors that both have are the same.
func sameErr(ours, theirs error) error {
	a, b := fmt.Sprint(ours), fmt.Sprint(theirs)
	if a != b {
		return differ("result", a, b)
	}
	return nil
}

func sameEntries(what string, ours []raft.Entry, theirs []pb.Entry) error {
	if len(ours) != len(theirs) {
		return differ(what, ours, theirs)
	}
	for i := range ours {
		a, b := &ours[i], &theirs[i]
		if uint64(a.Term) != b.Term || uint64(a.Index) != b.Index || pb.EntryType(a.Type) != b.Type ||
			!bytes.Equal(a.Data, b.Data) || (a.Data == nil) != (b.Data == nil) || a.Size() != uint64(b.Size()) {
			return differ(what, *a, *b)
		}
	}
	return nil
}

func sameIDs(a []raft.ID, b []uint64) bool {
	return slices.EqualFunc(a, b, func(x raft.ID, y uint64) bool { return uint64(x) == y })
}

func sameConf(a raft.ConfState, b pb.ConfState) bool {
	return sameIDs(a.Voters, b.Voters) && sameIDs(a.Learners, b.Learners) && sameIDs(a.VotersOutgoing, b.VotersOutgoing) &&
		sameIDs(a.LearnersNext, b.LearnersNext) && a.AutoLeave == b.AutoLeave
}

func sameSnapshot(a *raft.Snapshot, b *pb.Snapshot) error {
	if b != nil && theirs.IsEmptySnap(*b) {
		b = nil
	}
	if a == nil && b == nil {
		return nil
	}
	if a == nil || b == nil || uint64(a.Index) != b.Metadata.Index || uint64(a.Term) != b.Metadata.Term ||
		!bytes.Equal(a.Data, b.Data) || !sameConf(a.Conf, b.Metadata.ConfState) {
		return differ("snapshot", a, b)
	}
	return nil
}

func sameMessage(a *raft.Message, b *pb.Message) error {
	if uint64(a.To) != b.To || uint64(a.From) != b.From || pb.MessageType(a.Type) != b.Type || uint64(a.Term) != b.Term ||
		uint64(a.LogTerm) != b.LogTerm || uint64(a.Index) != b.Index || uint64(a.Commit) != b.Commit ||
		uint64(a.Vote) != b.Vote || a.Reject != b.Reject || uint64(a.RejectHint) != b.RejectHint ||
		!bytes.Equal(a.Context, b.Context) || len(a.Responses) != len(b.Responses) {
		return differ("message", a.String(), theirs.DescribeMessage(*b, nil))
	}
	if err := sameEntries("message entries", a.Entries, b.Entries); err != nil {
		return err
	}
	for i := range a.Responses {
		if err := sameMessage(&a.Responses[i], &b.Responses[i]); err != nil {
			return fmt.Errorf("response %d of %s: %w", i, a.String(), err)
		}
	}
	return sameSnapshot(a.Snapshot, b.Snapshot)
}

// sameReady compares all duties.
func sameReady(id raft.ID, a *raft.Ready, b *theirs.Ready) error {
	if convert.Hard(a.HardState) != b.HardState {
		return differ("HardState", a.HardState, b.HardState)
	}
	if a.MustSync != b.MustSync {
		return differ("MustSync", a.MustSync, b.MustSync)
	}
	if len(a.Reads) != len(b.ReadStates) {
		return differ("reads", a.Reads, b.ReadStates)
	}
	for i, r := range a.Reads {
		if uint64(r.Index) != b.ReadStates[i].Index || !bytes.Equal(r.Context, b.ReadStates[i].RequestCtx) {
			return differ("read", r, b.ReadStates[i])
		}
	}
	msgs := outgoing(id, a)
	if len(msgs) != len(b.Messages) {
		return differ("messages", msgs, theirs.DescribeReady(*b, nil))
	}
	var errs []error
	for i := range msgs {
		errs = append(errs, sameMessage(msgs[i], &b.Messages[i]))
	}
	errs = append(errs, sameEntries("Entries", a.Entries, b.Entries),
		sameEntries("Committed", a.Committed, b.CommittedEntries),
		sameSnapshot(a.Snapshot, &b.Snapshot))
	return errors.Join(errs...)
}

// outgoing returns what a Ready sends to others: theirs keeps both lists as one.
func outgoing(id raft.ID, rd *raft.Ready) []*raft.Message {
	var out []*raft.Message
	for i := range rd.Messages {
		out = append(out, &rd.Messages[i])
	}
	for i := range rd.AfterSync {
		if rd.AfterSync[i].To != id {
			out = append(out, &rd.AfterSync[i])
		}
	}
	return out
}

// sameState compares the two members: what their status tells, and what only reflection can see of theirs.
func (m *member) sameState() error {
	n, s := m.ours, m.theirs.Status()
	if got, want := convert.Hard(n.HardState()), s.HardState; got != want {
		return differ("state", got, want)
	}
	if uint64(n.Lead()) != s.Lead || uint64(n.Role()) != uint64(s.RaftState) || uint64(n.Applied()) != s.Applied ||
		uint64(n.Transferee()) != s.LeadTransferee {
		return differ("role, leader, applied, transferee",
			[]any{n.Role(), n.Lead(), n.Applied(), n.Transferee()}, []any{s.RaftState, s.Lead, s.Applied, s.LeadTransferee})
	}
	conf := (&tracker.ProgressTracker{Config: s.Config}).ConfState()
	// Status forgets it
	conf.AutoLeave = m.inside().FieldByName("trk").FieldByName("Config").FieldByName("AutoLeave").Bool()
	if !sameConf(n.Conf(), conf) {
		return differ("configuration", n.Conf(), conf)
	}
	if got, want := n.HasReady(), m.theirs.HasReady(); got != want {
		return differ("HasReady", got, want)
	}
	if n.Role() == raft.Leader {
		for id, want := range s.Progress {
			got, ok := n.ProgressOf(raft.ID(id))
			if !ok || !sameProgress(&got, &want) {
				return differ("progress of n"+fmt.Sprint(id), got, want)
			}
		}
	}
	return m.sameInside()
}

func sameProgress(a *raft.Progress, b *tracker.Progress) bool {
	return uint64(a.Match) == b.Match && uint64(a.Next) == b.Next && uint64(a.State) == uint64(b.State) &&
		uint64(a.PendingSnapshot) == b.PendingSnapshot && a.RecentActive == b.RecentActive &&
		a.FlowPaused == b.MsgAppFlowPaused && a.IsLearner == b.IsLearner && a.Inflights.Count() == b.Inflights.Count() &&
		a.Inflights.Full() == b.Inflights.Full() && a.Paused() == b.IsPaused() &&
		uint64(a.SentCommit) == reflect.ValueOf(b).Elem().FieldByName("sentCommit").Uint()
}

// inside returns their raft, to be looked at by reflection.
func (m *member) inside() reflect.Value {
	return reflect.ValueOf(m.theirs).Elem().FieldByName("raft").Elem()
}

// sameInside compares fields that theirs keeps to itself but that decide what it will do.
func (m *member) sameInside() error {
	n, r := m.ours, m.inside()
	log := r.FieldByName("raftLog").Elem()
	unstable := log.FieldByName("unstable")
	for _, f := range [...]struct {
		name         string
		ours, theirs uint64
	}{
		{"electionElapsed", uint64(n.ElectionElapsed()), uint64(r.FieldByName("electionElapsed").Int())},
		{"heartbeatElapsed", uint64(n.HeartbeatElapsed()), uint64(r.FieldByName("heartbeatElapsed").Int())},
		{"randomizedElectionTimeout", uint64(n.RandomizedTimeout()),
			uint64(r.FieldByName("randomizedElectionTimeout").Int())},
		{"pendingConfIndex", uint64(n.PendingConfIndex()), r.FieldByName("pendingConfIndex").Uint()},
		{"stable index", uint64(n.StableIndex()), unstable.FieldByName("offset").Uint() - 1},
		{"last index", uint64(n.LastIndex()), m.theirLast(unstable)},
	} {
		if f.ours != f.theirs {
			return differ(f.name, f.ours, f.theirs)
		}
	}
	return nil
}

func (m *member) theirLast(unstable reflect.Value) uint64 {
	if k := unstable.FieldByName("entries").Len(); k > 0 {
		return unstable.FieldByName("offset").Uint() + uint64(k) - 1
	}
	if s := unstable.FieldByName("snapshot"); !s.IsNil() {
		return s.Elem().FieldByName("Metadata").FieldByName("Index").Uint()
	}
	last, _ := m.storage.LastIndex() // a MemoryStorage returns no error
	return last
}
