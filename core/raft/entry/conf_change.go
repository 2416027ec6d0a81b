package entry

import (
	"errors"
	"strings"

	"github.com/etcdscope/etcdscope/core/pb"
)

// ErrMalformed means that the data of a configuration entry is not the encoding of a change.
var ErrMalformed = errors.New("raft: malformed configuration change")

// ChangeType is what happens to one member.
type ChangeType uint8

// The change types, numbered as in raftpb. UpdateNode changes nothing for Raft; etcd uses it for a new peer URL.
const (
	AddNode ChangeType = iota
	RemoveNode
	UpdateNode
	AddLearner
)

// Transition tells how a change of several members is carried out (raftpb.ConfChangeTransition).
type Transition uint8

// The transitions. Auto takes the simple way for one change and JointImplicit for more.
const (
	Auto Transition = iota
	JointImplicit
	JointExplicit
)

// Change is what happens to one member. A change of None changes nothing: etcd puts None into a change that it has
// refused after Raft had committed it.
type Change struct {
	Type ChangeType
	ID   ID
}

// ConfChange is a proposal to change the group. With no Changes it asks to leave a joint configuration.
type ConfChange struct {
	V1         bool // encoded as EntryConfChange: exactly one change, no transition. What etcd uses
	Transition Transition
	Changes    []Change
	Context    []byte // for the application, opaque here
	Tag        uint64 // V1 only: raftpb.ConfChange.ID, by which etcd finds the request that waits for it
}

// EnterJoint reports whether the change goes through a joint configuration, and whether that is left automatically.
func (c *ConfChange) EnterJoint() (autoLeave, ok bool) {
	if c.Transition == Auto && len(c.Changes) <= 1 {
		return false, false
	}
	return c.Transition != JointExplicit, true
}

// LeaveJoint reports whether the change asks to leave a joint configuration.
func (c *ConfChange) LeaveJoint() bool { return c.Transition == Auto && len(c.Changes) == 0 }

// String writes the change as etcd's transcripts do: v1 adds a voter, l1 a learner, r1 removes, u1 updates.
func (c ConfChange) String() string {
	if len(c.Changes) == 0 {
		return "leave joint"
	}
	var b strings.Builder
	for i, ch := range c.Changes {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte("vrul"[ch.Type&3])
		b.WriteString(strings.TrimPrefix(ch.ID.String(), "n"))
	}
	return b.String()
}

// Encode returns the entry that carries the change, byte for byte as raftpb encodes it: the length of the data counts
// against limits.
func (c *ConfChange) Encode() Entry {
	if c.V1 {
		ch := Change{}
		if len(c.Changes) > 0 {
			ch = c.Changes[0]
		}
		b := field(nil, 1, c.Tag)
		b = field(b, 2, uint64(ch.Type))
		b = field(b, 3, uint64(ch.ID))
		return Entry{Type: Conf, Data: bytesField(b, 4, c.Context)}
	}
	b := field(nil, 1, uint64(c.Transition))
	for _, ch := range c.Changes {
		b = bytesField(b, 2, field(field(nil, 1, uint64(ch.Type)), 2, uint64(ch.ID)))
	}
	return Entry{Type: ConfV2, Data: bytesField(b, 3, c.Context)}
}

// DecodeConfChange reads the change that an entry carries.
func DecodeConfChange(e *Entry) (ConfChange, error) {
	switch e.Type {
	case Conf:
		return decodeV1(e.Data)
	case ConfV2:
		return decodeV2(e.Data)
	}
	return ConfChange{}, ErrMalformed
}

func decodeV1(data []byte) (ConfChange, error) {
	c, ch := ConfChange{V1: true}, Change{}
	err := eachField(data, "nnnb", func(num, v uint64, sub []byte) error {
		switch num {
		case 1:
			c.Tag = v
		case 2:
			ch.Type = ChangeType(v)
			return checkType(v)
		case 3:
			ch.ID = ID(v)
		case 4:
			c.Context = sub
		}
		return nil
	})
	c.Changes = []Change{ch}
	return c, err
}

func decodeV2(data []byte) (ConfChange, error) {
	var c ConfChange
	err := eachField(data, "nbb", func(num, v uint64, sub []byte) error {
		switch num {
		case 1:
			c.Transition = Transition(v)
			if v > uint64(JointExplicit) {
				return ErrMalformed
			}
		case 2:
			var ch Change
			err := eachField(sub, "nn", func(num, v uint64, _ []byte) error {
				switch num {
				case 1:
					ch.Type = ChangeType(v)
					return checkType(v)
				case 2:
					ch.ID = ID(v)
				}
				return nil
			})
			c.Changes = append(c.Changes, ch)
			return err
		case 3:
			c.Context = sub
		}
		return nil
	})
	return c, err
}

func checkType(v uint64) error {
	if v > uint64(AddLearner) {
		return ErrMalformed
	}
	return nil
}

// field appends a field that is a number, zero or not.
func field(b []byte, num, v uint64) []byte { return pb.AppendNumber(b, int(num), v) }

// bytesField appends a length-delimited field, unless it is nil.
func bytesField(b []byte, num uint64, v []byte) []byte {
	if v == nil {
		return b
	}
	return pb.AppendBytes(b, int(num), v)
}

// eachField calls f for each field: v is set for a varint field, sub for a length-delimited one. The kinds are those
// that the fields must have, from number 1 on: n for a varint, b for bytes. Fields with higher numbers may be either.
func eachField(b []byte, kinds string, f func(num, v uint64, sub []byte) error) error {
	for len(b) > 0 {
		x, rest, ok := pb.Next(b)
		if !ok || (x.Field <= len(kinds) && (kinds[x.Field-1] == 'b') != (x.Kind == pb.Bytes)) {
			return ErrMalformed
		}
		if err := f(uint64(x.Field), x.Number, x.Bytes); err != nil {
			return err
		}
		b = rest
	}
	return nil
}
