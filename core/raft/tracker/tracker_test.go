package tracker

import (
	"errors"
	"testing"

	"github.com/etcdscope/etcdscope/core/raft/entry"
)

func group(t *testing.T, voters ...entry.ID) Tracker {
	t.Helper()
	empty := New(4, 0)
	trk, err := empty.Restore(&entry.ConfState{Voters: voters}, 9)
	if err != nil {
		t.Fatal(err)
	}
	return trk
}

// TestInflightsExample follows the worked example of the type.
func TestInflightsExample(t *testing.T) {
	in := NewInflights(3, 0)
	for _, last := range []entry.Index{4, 7, 9} {
		in.Add(last, 1)
	}
	if !in.Full() {
		t.Error("three messages do not fill a window of three")
	}
	in.FreeLE(7)
	if in.Count() != 1 || in.Bytes() != 1 {
		t.Errorf("after the acknowledgement of 7: %d messages, %d bytes", in.Count(), in.Bytes())
	}
	in.Add(12, 1)
	in.FreeLE(11)
	if in.Count() != 1 {
		t.Errorf("after the acknowledgement of 11: %d messages", in.Count())
	}
}

// TestInflightsBytes: the message that crosses the limit still goes, the next one waits.
func TestInflightsBytes(t *testing.T) {
	in := NewInflights(100, 10)
	in.Add(1, 9)
	if in.Full() {
		t.Error("full below the limit")
	}
	in.Add(2, 9)
	if !in.Full() {
		t.Error("not full above the limit")
	}
}

// TestProgressExample follows the worked example of the type.
func TestProgressExample(t *testing.T) {
	p := Progress{Match: 0, Next: 10, Inflights: NewInflights(8, 0)}
	if !p.Refused(9, 5) || p.Next != 6 {
		t.Errorf("after the refusal Next is %d", p.Next)
	}
	if p.Refused(9, 5) {
		t.Error("the same refusal counted twice")
	}
	p.Acked(9)
	p.BecomeReplicate()
	p.SentEntries(3, 30)
	if p.Match != 9 || p.Next != 13 {
		t.Errorf("after sending: %d, %d", p.Match, p.Next)
	}
	if p.Acked(12); p.Match != 12 || p.Next != 13 {
		t.Errorf("after the acknowledgement: %d, %d", p.Match, p.Next)
	}
}

// TestDemotionWaits: a voter of the outgoing half becomes a learner only when the joint configuration is left.
func TestDemotionWaits(t *testing.T) {
	trk := group(t, 1, 2, 3)
	demote := entry.ConfChange{Transition: entry.JointExplicit, Changes: []entry.Change{{Type: entry.AddLearner, ID: 3}}}
	joint, err := trk.Changed(&demote, 9, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(joint.Learners) != 0 || len(joint.LearnersNext) != 1 || joint.Get(3).IsLearner {
		t.Errorf("in the joint configuration: %+v", joint.ConfState())
	}
	after, err := joint.Changed(&entry.ConfChange{}, 9, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Learners) != 1 || !after.Get(3).IsLearner || after.Joint() {
		t.Errorf("after leaving: %+v", after.ConfState())
	}
	if trk.Joint() || trk.Get(3).IsLearner {
		t.Error("the tracker that was asked has changed")
	}
}

// TestRefusedChanges: each refusal has its reason.
func TestRefusedChanges(t *testing.T) {
	trk := group(t, 1, 2)
	joint, err := trk.Changed(&entry.ConfChange{Transition: entry.JointExplicit}, 9, false)
	if err != nil {
		t.Fatal(err)
	}
	add := entry.ConfChange{Changes: []entry.Change{{ID: 3}}}
	both := entry.ConfChange{Transition: entry.JointExplicit,
		Changes: []entry.Change{{Type: entry.RemoveNode, ID: 1}, {Type: entry.RemoveNode, ID: 2}}}
	alone := group(t, 1)
	remove := entry.ConfChange{Changes: []entry.Change{{Type: entry.RemoveNode, ID: 1}}}
	for _, c := range []struct {
		trk  *Tracker
		cc   entry.ConfChange
		want error
	}{
		{&trk, entry.ConfChange{}, ErrNotJoint},
		{&joint, add, ErrInJoint},
		{&joint, both, ErrAlreadyJoint},
		{&trk, both, ErrNoVoters},
		{&alone, remove, ErrNoVoters},
	} {
		if _, err := c.trk.Changed(&c.cc, 9, false); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.cc, err, c.want)
		}
	}
	if got, err := trk.Changed(&both, 9, true); !errors.Is(err, ErrNoVoters) {
		t.Errorf("without the joint phase: %v, %v", got.ConfState(), err)
	}
}
