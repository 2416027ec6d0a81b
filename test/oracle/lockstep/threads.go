package lockstep

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/raft"
	theirs "go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// thread is one of the two background threads of a host with asynchronous storage. What it is asked for is done in
// order and never lost, and so is what it answers to its own member; both may take as long as the inputs like. A crash
// loses them.
type thread struct{ asked, answers []packet }

const (
	appends = iota
	applies
)

func (t *thread) busy() bool { return len(t.asked) > 0 || len(t.answers) > 0 }

// snapshot reports whether a snapshot is on its way to the disk, or the answer that it has arrived there on its way
// back.
func (t *thread) snapshot() bool {
	has := func(p packet) bool { return p.ours.Snapshot != nil }
	return slices.ContainsFunc(t.asked, has) || slices.ContainsFunc(t.answers, has)
}

// thread lets a thread do up to so many pieces of its work. The responses to others go into the network, which may lose
// them; those to the member itself wait to be heard.
func (g *group) thread(m *member, which int, pieces uint64) error {
	t := &m.threads[which]
	for ; pieces > 0 && len(t.asked) > 0; pieces-- {
		p := t.asked[0]
		t.asked = t.asked[1:]
		// They were equal when they were handed out. If they are not any more, one side has written over what it gave away.
		if err := sameMessage(&p.ours, &p.theirs); err != nil {
			return err
		}
		do := m.append
		if which == applies {
			do = m.applyAll
		}
		if err := do(p); err != nil {
			return err
		}
		for i, r := range p.ours.Responses {
			if answer := (packet{r, p.theirs.Responses[i]}); r.To == m.id {
				t.answers = append(t.answers, answer)
			} else {
				g.post(answer)
			}
		}
	}
	return nil
}

// append writes what a StorageAppend carries. Without responses it need not survive a crash.
func (m *member) append(p packet) error {
	o, t := &p.ours, &p.theirs
	rd := raft.Ready{Entries: o.Entries, Snapshot: o.Snapshot,
		HardState: raft.HardState{Term: o.Term, Vote: o.Vote, Commit: o.Commit}}
	their := theirs.Ready{Entries: t.Entries, HardState: pb.HardState{Term: t.Term, Vote: t.Vote, Commit: t.Commit}}
	if t.Snapshot != nil {
		their.Snapshot = *t.Snapshot
		m.restore(o.Snapshot)
	}
	return m.write(&rd, &their, len(o.Responses) > 0)
}

// applyAll applies the entries of a StorageApply. If the member has received a snapshot since, it stands for them.
func (m *member) applyAll(p packet) error {
	for i := range p.ours.Entries {
		e := &p.ours.Entries[i]
		if e.Index < m.ours.FirstIndex() {
			continue
		}
		if err := m.apply(e); err != nil {
			return err
		}
	}
	return nil
}

// answer lets the member hear up to so many answers of a thread.
func (g *group) answer(m *member, which int, count uint64) error {
	t := &m.threads[which]
	for ; count > 0 && len(t.answers) > 0; count-- {
		p := t.answers[0]
		t.answers = slices.Clone(t.answers[1:])
		g.reached.record(m.ours, &p.ours)
		err := sameErr(m.ours.Step(p.ours), m.theirs.Step(p.theirs))
		if err == nil {
			err = m.sameState()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.ours.String(), err)
		}
	}
	return nil
}

// record counts an answer that a member is about to hear.
func (r *Reached) record(n *raft.Node, m *raft.Message) {
	switch m.Type {
	case raft.MsgStorageAppendResp:
		r.Written++
		if m.Term < n.Term() {
			if t, ok := n.TermAt(m.Index); ok && t == m.LogTerm && m.Index > n.StableIndex() {
				r.Overtaken++
			}
			if m.Snapshot != nil {
				r.LateSnapshots++
			}
		}
	case raft.MsgStorageApplyResp:
		r.Applied++
	}
}
