// Package entry holds the nouns that all parts of the Raft machine share: members, terms, indexes, entries, snapshots,
// configurations and the changes between them.
//
// It is a leaf, so that the log, the quorum arithmetic and the progress tracker can be packages of their own. Package
// raft gives every type here its public name by an alias; other rooms import raft, not this.
//
// Reading order: entry.go (what is replicated), conf_change.go (what changes the group and how it is encoded).
package entry

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/pb"
)

// ID identifies a member of the group. 0 is None: nobody.
//
// Raft asks nothing of an ID but that it is never used for another member. The simulator writes two numbers into it:
// the machine that the member was added for, and how many members that machine had before, since a machine can be added
// again but an ID cannot.
type ID uint64

// machines is how many numbers of machines an ID has room for; 0 is none.
const machines = 16

// OnMachine returns the ID of a machine's member number i, which counts from 0. The first member of machine 3 has ID 3.
func OnMachine(machine, i int) ID { return ID(i*machines + machine) }

// Machine returns the number of the machine that the member was added for.
func (id ID) Machine() int { return int(id % machines) }

// Next returns the ID of the machine's next member.
func (id ID) Next() ID { return id + machines }

// None is the ID of nobody: no leader known, no vote cast.
const None ID = 0

// AppendThread and ApplyThread are no members: they stand for a host's own threads, numbered as in etcd's raft.
const (
	AppendThread = ^ID(0)
	ApplyThread  = AppendThread - 1
)

// String writes the member as people call it: n1, n2, … and "nobody". The second member of machine 3 is n3.2: another
// one, with another ID.
func (id ID) String() string {
	switch id {
	case None:
		return "nobody"
	case AppendThread:
		return "append thread"
	case ApplyThread:
		return "apply thread"
	}
	name := "n" + strconv.FormatUint(uint64(id%machines), 10)
	if id >= machines {
		name += "." + strconv.FormatUint(uint64(id/machines)+1, 10)
	}
	return name
}

// Term numbers elections. It only grows at a member.
type Term uint64

// Index numbers log entries from 1. 0 lies before the first.
type Index uint64

// Type tells what an entry's data is.
type Type uint8

// The entry types, numbered as in raftpb.
const (
	Normal Type = iota
	Conf
	ConfV2
)

// Entry is one slot of the log. It is immutable once it has been handed to a Node, its Data included.
type Entry struct {
	Term  Term
	Index Index
	Type  Type
	Data  []byte // nil for the empty entry of a new term
}

// Size returns how many bytes etcd's protobuf encoding of the entry takes (raftpb Entry.Size). All limits in bytes per
// message and per Ready count these, so it must be exact: one byte more would cut a batch at another entry.
func (e *Entry) Size() uint64 {
	n := 3 + varint(uint64(e.Type)) + varint(uint64(e.Term)) + varint(uint64(e.Index))
	if e.Data != nil {
		n += 1 + varint(uint64(len(e.Data))) + uint64(len(e.Data))
	}
	return n
}

// Sizes returns the encoded size of the entries together.
func Sizes(es []Entry) uint64 {
	var n uint64
	for i := range es {
		n += es[i].Size()
	}
	return n
}

// Payloads returns the bytes of data in the entries. Unlike Sizes it counts nothing for an empty entry, which is why
// the empty entry of a new leader never exceeds a limit.
func Payloads(es []Entry) uint64 {
	var n uint64
	for i := range es {
		n += uint64(len(es[i].Data))
	}
	return n
}

// varint returns how many bytes v takes as a protobuf varint.
func varint(v uint64) uint64 { return uint64(pb.Size(v)) }

// ConfState is a configuration of the group (raftpb.ConfState). Each list is sorted and immutable.
type ConfState struct {
	Voters, Learners, VotersOutgoing, LearnersNext []ID
	AutoLeave                                      bool
}

// Joint reports whether the configuration is between two: decisions need both majorities (Raft §6).
func (c *ConfState) Joint() bool { return len(c.VotersOutgoing) > 0 }

// Has reports whether the member is part of the configuration. LearnersNext needs no look: they are in VotersOutgoing.
func (c *ConfState) Has(id ID) bool {
	return Contains(c.Voters, id) || Contains(c.Learners, id) || Contains(c.VotersOutgoing, id)
}

// Contains reports whether the list has the member. Lists are short, so it looks at each.
func Contains(ids []ID, id ID) bool {
	for _, other := range ids {
		if other == id {
			return true
		}
	}
	return false
}

// Snapshot stands for the log up to Index (Raft §7). It is immutable.
type Snapshot struct {
	Index Index
	Term  Term
	Conf  ConfState
	Data  []byte
}
