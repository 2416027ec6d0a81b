package entry

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// TestConfChangeRoundTrip: a change comes back from its encoding as it was. That the bytes are raftpb's is held by
// test/oracle, which compares every proposal.
func TestConfChangeRoundTrip(t *testing.T) {
	for _, c := range []ConfChange{
		{V1: true, Changes: []Change{{}}},
		{V1: true, Changes: []Change{{AddLearner, 1 << 60}}, Context: []byte("url"), Tag: 1 << 63},
		{},
		{Context: []byte{}},
		{Transition: JointExplicit, Changes: []Change{{AddNode, 4}, {RemoveNode, 300}, {UpdateNode, 1}},
			Context: []byte("x")},
	} {
		e := c.Encode()
		got, err := DecodeConfChange(&e)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%+v came back as %+v, %v", c, got, err)
		}
	}
	nothing := Entry{Type: ConfV2}
	if got, err := DecodeConfChange(&nothing); err != nil || !got.LeaveJoint() {
		t.Errorf("no data came back as %+v, %v", got, err)
	}
}

// TestMalformedConfChange: cut or wrong bytes give an error, never a panic.
func TestMalformedConfChange(t *testing.T) {
	c := ConfChange{Transition: JointImplicit, Changes: []Change{{AddNode, 4}}, Context: []byte("xyz")}
	whole := c.Encode()
	for n := range whole.Data {
		e := Entry{Type: ConfV2, Data: whole.Data[:n]}
		if got, err := DecodeConfChange(&e); err == nil && reflect.DeepEqual(got, c) {
			t.Errorf("%d of %d bytes were enough", n, len(whole.Data))
		}
	}
	for _, data := range [][]byte{{0x08}, {0x08, 0x07}, {0x12, 0x7f}, {0x0f, 0}, {0, 0}, {0x0a, 0}, {0x10, 0},
		{0x12, 2, 0x0a, 0}, bytes.Repeat([]byte{0xff}, 20)} {
		e := Entry{Type: ConfV2, Data: data}
		if _, err := DecodeConfChange(&e); !errors.Is(err, ErrMalformed) {
			t.Errorf("% x gave %v", data, err)
		}
	}
	if _, err := DecodeConfChange(&Entry{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a normal entry gave %v", err)
	}
}
