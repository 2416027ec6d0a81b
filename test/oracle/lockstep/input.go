package lockstep

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Op is what an input does.
type Op uint8

// The operations. A, B, C are the Input's operands.
const (
	Tick      Op = iota
	TickAll      // one tick for each member
	Work         // the next step of the host's loop: take the Ready, or write and send it, or apply and advance
	WorkAll      // the rest of the loop
	Deliver      // message A of the network; B=1: it stays there, to be delivered again
	Drop         // message A of the network
	Partition    // messages cross between members only if their bits in A are equal; B=1: all that is in flight is lost
	Propose      // A bytes
	// a proposal of A entries of B bytes each, as from the network; odd B: the last is a change of the group
	ProposeMany
	Change   // a change of the group, drawn from A
	Read     // with context A
	Transfer // to A
	Campaign
	Forget
	Unreachable // A
	SnapReport  // about A; B=1: it arrived
	Snapshot    // at the applied index, with A bytes of data
	Compact     // up to A entries before the applied index, modulo the log's length
	Crash       // A=1: what was written without a sync is lost
	Restart     // A=1: with the applied index of before
	Stranger    // a message of type A, as if from the network, from somebody outside the group
	Clone       // our node goes on as its clone; the original is used up
	Append      // asynchronous storage: the append thread does up to A of what it has been asked for
	Apply       // the apply thread does
	Answer      // the member hears up to A answers of its append thread
	AnswerApply // of its apply thread
	ops
)

var opNames = [ops]string{
	"tick", "tick-all", "work", "work-all", "deliver", "drop", "partition", "propose", "propose-many", "change", "read",
	"transfer", "campaign",
	"forget", "unreachable", "snap-report", "snapshot", "compact", "crash", "restart", "stranger", "clone", "append",
	"apply", "answer", "answer-apply",
}

// Input is one thing that happens to the member At, or to the network.
type Input struct {
	Op   Op
	At   raft.ID
	A, B uint64
}

// String writes the input on a short line.
func (in Input) String() string {
	return fmt.Sprintf("%s n%d %d %d", opNames[in.Op], in.At, in.A, in.B)
}

// change draws the change of the group that an input asks for. Members outside the group are added, others promoted,
// demoted or removed; many of the changes are impossible.
func (in Input) change(members int) raft.ConfChange {
	d := &draw{}
	d.Stream = rngOf(in.A)
	one := func() raft.Change {
		return raft.Change{Type: raft.ChangeType(d.of(0, 0, 1, 1, 2, 3, 3)), ID: raft.ID(1 + d.n(members))}
	}
	switch d.n(10) {
	case 0, 1, 2, 3:
		return raft.ConfChange{V1: true, Changes: []raft.Change{one()}, Tag: d.Uint64() >> 1, Context: []byte("c")}
	case 4:
		return raft.ConfChange{}
	}
	cc := raft.ConfChange{Transition: raft.Transition(d.n(3))}
	for range d.n(4) {
		cc.Changes = append(cc.Changes, one())
	}
	if d.yes(30) {
		cc.Context = []byte("why")
	}
	return cc
}
