package tracker

import (
	"errors"
	"slices"
	"sort"

	"github.com/etcdscope/etcdscope/core/raft/entry"
	"github.com/etcdscope/etcdscope/core/raft/quorum"
)

// Why a change of the configuration cannot be made (etcd raft confchange/confchange.go has the same checks).
var (
	ErrAlreadyJoint = errors.New("raft: the configuration is already joint")
	ErrNotJoint     = errors.New("raft: the configuration is not joint")
	ErrInJoint      = errors.New("raft: a simple change cannot be made in a joint configuration")
	ErrNoVoters     = errors.New("raft: no voter would be left")
	ErrTooMany      = errors.New("raft: more than one voter would change at once")
	ErrInconsistent = errors.New("raft: the configuration contradicts itself")
)

// Changed returns the tracker after a change; t itself stays as it is, as with the three ways below. last is the end of
// the leader's log: probing of a new member starts there. With direct set, several members change in one step without a
// joint phase, which is unsafe (rule JointConsensus switched off).
func (t *Tracker) Changed(cc *entry.ConfChange, last entry.Index, direct bool) (Tracker, error) {
	autoLeave, joint := cc.EnterJoint()
	switch {
	case cc.LeaveJoint():
		return t.LeaveJoint()
	case !joint:
		return t.Simple(cc.Changes, last)
	case !direct:
		return t.EnterJoint(cc.Changes, autoLeave, last)
	case t.Joint():
		return *t, ErrInJoint
	}
	w := t.copyForChange()
	return w, w.apply(cc.Changes, last)
}

// Simple makes changes that touch at most one voter. Then any majority of the old group and any of the new one have a
// member in common, so that both cannot decide differently (thesis §4.1).
func (t *Tracker) Simple(changes []entry.Change, last entry.Index) (Tracker, error) {
	w := t.copyForChange()
	if w.Joint() {
		return w, ErrInJoint
	}
	if err := w.apply(changes, last); err != nil {
		return w, err
	}
	if difference(t.Voters[0], w.Voters[0]) > 1 {
		return w, ErrTooMany
	}
	return w, nil
}

// EnterJoint makes the present voters the outgoing half and applies the changes to the incoming one (Raft §6, thesis
// §4.3: C_old,new).
func (t *Tracker) EnterJoint(changes []entry.Change, autoLeave bool, last entry.Index) (Tracker, error) {
	w := t.copyForChange()
	if w.Joint() {
		return w, ErrAlreadyJoint
	}
	if len(w.Voters[0]) == 0 {
		return w, ErrNoVoters
	}
	w.Voters[1] = slices.Clone(w.Voters[0])
	w.AutoLeave = autoLeave
	return w, w.apply(changes, last)
}

// LeaveJoint drops the outgoing half (C_new). Learners that had to wait take their place; whoever is in neither leaves.
func (t *Tracker) LeaveJoint() (Tracker, error) {
	w := t.copyForChange()
	if !w.Joint() {
		return w, ErrNotJoint
	}
	for _, id := range w.LearnersNext {
		w.Learners = insert(w.Learners, id)
		w.Get(id).IsLearner = true
	}
	for _, id := range w.Voters[1] {
		if !entry.Contains(w.Voters[0], id) && !entry.Contains(w.Learners, id) {
			w.forget(id)
		}
	}
	w.LearnersNext, w.Voters[1], w.AutoLeave = nil, nil, false
	return w, nil
}

// Restore returns a tracker for a configuration found on disk or in a snapshot. It builds the group the way it came
// about: first the outgoing voters one by one, then one joint change to the rest (etcd raft confchange/restore.go).
func (t *Tracker) Restore(cs *entry.ConfState, last entry.Index) (Tracker, error) {
	w := New(t.maxInflight, t.maxBytes)
	in := make([]entry.Change, 0, len(cs.VotersOutgoing)+len(cs.Voters)+len(cs.Learners)+len(cs.LearnersNext))
	for _, id := range cs.VotersOutgoing {
		if err := w.apply([]entry.Change{{Type: entry.AddNode, ID: id}}, last); err != nil {
			return w, err
		}
		in = append(in, entry.Change{Type: entry.RemoveNode, ID: id})
	}
	for _, id := range cs.Voters {
		in = append(in, entry.Change{Type: entry.AddNode, ID: id})
	}
	for _, ids := range [][]entry.ID{cs.Learners, cs.LearnersNext} {
		for _, id := range ids {
			in = append(in, entry.Change{Type: entry.AddLearner, ID: id})
		}
	}
	var err error
	if cs.Joint() {
		w, err = w.EnterJoint(in, cs.AutoLeave, last)
	} else if len(in) > 0 {
		err = w.apply(in, last)
	}
	if err == nil && !w.matches(cs) {
		err = ErrInconsistent
	}
	return w, err
}

// matches reports whether the configuration is the given one, in whatever order its lists are.
func (t *Tracker) matches(cs *entry.ConfState) bool {
	same := func(a, b []entry.ID) bool {
		b = slices.Clone(b)
		sort.SliceStable(b, func(i, j int) bool { return b[i] < b[j] })
		return slices.Equal(a, b)
	}
	return same(t.Voters[0], cs.Voters) && same(t.Voters[1], cs.VotersOutgoing) && same(t.Learners, cs.Learners) &&
		same(t.LearnersNext, cs.LearnersNext) && t.AutoLeave == cs.AutoLeave
}

// copyForChange returns a tracker whose lists may be changed. The windows are shared: a change does not touch them, and
// the caller keeps only one of the two trackers.
func (t *Tracker) copyForChange() Tracker {
	w := *t
	w.Voters = quorum.Joint{slices.Clone(t.Voters[0]), slices.Clone(t.Voters[1])}
	w.Learners, w.LearnersNext = slices.Clone(t.Learners), slices.Clone(t.LearnersNext)
	w.Members = slices.Clone(t.Members)
	return w
}

// apply makes the changes to the incoming half one after the other.
func (t *Tracker) apply(changes []entry.Change, last entry.Index) error {
	for _, c := range changes {
		if c.ID == entry.None {
			continue // refused by the application after Raft had committed it
		}
		switch c.Type {
		case entry.AddNode:
			t.makeVoter(c.ID, last)
		case entry.AddLearner:
			t.makeLearner(c.ID, last)
		case entry.RemoveNode:
			t.remove(c.ID)
		}
	}
	if len(t.Voters[0]) == 0 {
		return ErrNoVoters
	}
	return nil
}

func (t *Tracker) makeVoter(id entry.ID, last entry.Index) {
	if p := t.Get(id); p != nil {
		p.IsLearner = false
	} else {
		t.meet(id, last, false)
	}
	t.Learners, t.LearnersNext = without(t.Learners, id), without(t.LearnersNext, id)
	t.Voters[0] = insert(t.Voters[0], id)
}

func (t *Tracker) makeLearner(id entry.ID, last entry.Index) {
	p := t.Get(id)
	if p == nil {
		t.meet(id, last, true)
		t.Learners = insert(t.Learners, id)
		return
	}
	if p.IsLearner {
		return
	}
	t.Voters[0] = without(t.Voters[0], id)
	if entry.Contains(t.Voters[1], id) {
		t.LearnersNext = insert(t.LearnersNext, id) // still votes in the outgoing half
	} else {
		p.IsLearner = true
		t.Learners = insert(t.Learners, id)
	}
}

func (t *Tracker) remove(id entry.ID) {
	if t.Get(id) == nil {
		return
	}
	t.Voters[0], t.Learners, t.LearnersNext = without(t.Voters[0], id), without(t.Learners, id),
		without(t.LearnersNext, id)
	if !entry.Contains(t.Voters[1], id) {
		t.forget(id)
	}
}

// meet starts to track a new member. It counts as active at first, or the next check of the quorum could depose the
// leader before the member had a chance to answer.
func (t *Tracker) meet(id entry.ID, last entry.Index, learner bool) {
	p := Progress{
		ID: id, Next: max(last, 1), IsLearner: learner, RecentActive: true,
		Inflights: NewInflights(t.maxInflight, t.maxBytes),
	}
	at, _ := slices.BinarySearchFunc(t.Members, id, func(p Progress, id entry.ID) int {
		if p.ID < id {
			return -1
		}
		return 1
	})
	t.Members = slices.Insert(t.Members, at, p)
}

func (t *Tracker) forget(id entry.ID) {
	t.Members = slices.DeleteFunc(t.Members, func(p Progress) bool { return p.ID == id })
}

// insert adds the member to a sorted list, once.
func insert(ids []entry.ID, id entry.ID) []entry.ID {
	at, found := slices.BinarySearch(ids, id)
	if found {
		return ids
	}
	return slices.Insert(ids, at, id)
}

// without removes the member. An empty list becomes nil, so that configurations can be compared.
func without(ids []entry.ID, id entry.ID) []entry.ID {
	ids = slices.DeleteFunc(ids, func(other entry.ID) bool { return other == id })
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// difference returns how many members are in one list only.
func difference(a, b []entry.ID) int {
	n := 0
	for _, id := range a {
		if !entry.Contains(b, id) {
			n++
		}
	}
	for _, id := range b {
		if !entry.Contains(a, id) {
			n++
		}
	}
	return n
}
