package entry

import (
	"reflect"
	"testing"
)

// FuzzConfChange holds that a change which is read from an entry is written as it was read.
func FuzzConfChange(f *testing.F) {
	for _, c := range []ConfChange{
		{V1: true, Changes: []Change{{AddLearner, 1 << 60}}, Context: []byte("url"), Tag: 1 << 63},
		{Transition: JointExplicit, Changes: []Change{{AddNode, 4}, {RemoveNode, 300}, {UpdateNode, 1}},
			Context: []byte("x")},
	} {
		e := c.Encode()
		f.Add(c.V1, e.Data)
	}
	f.Fuzz(func(t *testing.T, v1 bool, data []byte) {
		e := Entry{Type: ConfV2, Data: data}
		if v1 {
			e.Type = Conf
		}
		c, err := DecodeConfChange(&e)
		if err != nil {
			return
		}
		again := c.Encode()
		if got, err := DecodeConfChange(&again); err != nil || again.Type != e.Type || !reflect.DeepEqual(got, c) {
			t.Errorf("%+v came back as %+v, %v", c, got, err)
		}
	})
}
