package api

import (
	"reflect"
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// written are calls of each kind that stands in a log.
func written() []Call {
	inner := Txn{Success: []Call{Put{Key: "x"}}}
	return []Call{
		Put{Key: "a", Value: "1", Lease: 7, PrevKV: true}, Put{Key: "a", IgnoreValue: true, IgnoreLease: true},
		DeleteRange{Key: "a", End: "\x00", PrevKV: true},
		Compaction{Revision: 9, Physical: true}, LeaseGrant{ID: 3, TTL: 60}, LeaseRevoke{ID: 3},
		LeaseCheckpoint{ID: 3, Remaining: 20},
		Alarm{Action: AlarmActivate, Member: 2, Alarm: AlarmNoSpace},
		Publish{Member: 1, Name: "n1", ClientURL: "http://n1:2379"},
		ClusterVersion{Version: "3.6.0"},
		Txn{
			Compare: []Compare{{Target: CompareVersion, Key: "a"},
				{Target: CompareValue, Key: "b", Result: NotEqual, Value: "v", End: "c"},
				{Target: CompareLease, Key: "d", Number: 5}},
			Success: []Call{Range{Key: "a",
				RangeOptions: mvcc.RangeOptions{Limit: 3, SortOrder: mvcc.SortDescend, SortTarget: mvcc.SortByMod,
					KeysOnly: true, MinModRevision: 1, MaxCreateRevision: 8}, Serializable: true}, inner},
			Failure: []Call{DeleteRange{Key: "z"}},
		},
		Txn{
			Compare: []Compare{{Target: 9, Key: "a"}, {Result: 200, Key: "a", Number: 1}},
			Success: []Call{Range{Key: "a", RangeOptions: mvcc.RangeOptions{SortOrder: 9, SortTarget: 255}}},
		},
	}
}

// TestWire writes and reads each kind of call.
func TestWire(t *testing.T) {
	for i, c := range written() {
		id, got, err := Decode(Encode(uint64(i+1), c))
		if err != nil || id != uint64(i+1) || !reflect.DeepEqual(got, c) {
			t.Errorf("%#v came back as %#v, id %d, %v", c, got, id, err)
		}
	}
}

// TestWireRefuses reads what is no proposal.
func TestWireRefuses(t *testing.T) {
	good := Encode(1, Txn{Success: []Call{Put{Key: "a", Value: "1"}}})
	put := Encode(1, Put{Key: "a"})
	for _, bad := range [][]byte{
		nil, {0xff}, good[:len(good)-1], good[:3], {0x22, 0x01}, {0x32, 2, 0x12, 0},
		append(put, good...), append(put, put...), // two calls
		{0x22, 2, 0x08, 1},                // a number for a key
		{0x22, 3, 0x1a, 1, 'x'},           // bytes for a lease
		{0x20, 7},                         // a number for a call
		{0x52, 4, 0x10, 0x80, 0x80, 0x04}, // member 65536
		{0x52, 3, 0x08, 0x81, 0x02},       // action 257
		{0x52, 2, 0x18, 3},                // an alarm that there is none of
		{0x52, 2, 0x08, 3},                // an action that there is none of
		{0x5a, 4, 0x0a, 0, 0x0a, 0},       // two checkpoints
		{0x22, 2, 0x00, 1},                // no field has the number 0
	} {
		if _, c, err := Decode(bad); err == nil {
			t.Errorf("% x was read as %#v", bad, c)
		}
	}
}

// TestWireOperand reads conditions whose operand belongs to another target, or to none that is known: as a server takes
// them, there is none.
func TestWireOperand(t *testing.T) {
	for _, test := range []struct {
		compare []byte // a Compare in protobuf
		want    Compare
	}{
		{[]byte{0x10, 9, 0x28, 3}, Compare{Target: 9}},
		{[]byte{0x10, 9, 0x3a, 1, 'v'}, Compare{Target: 9}},
		{[]byte{0x10, 1, 0x20, 3}, Compare{Target: CompareCreate}},
		{[]byte{0x10, 1, 0x28, 3, 0x3a, 1, 'v'}, Compare{Target: CompareCreate}}, // the last one counts
		{[]byte{0x10, 1, 0x3a, 1, 'v', 0x28, 3}, Compare{Target: CompareCreate, Number: 3}},
		{[]byte{0x28, 3, 0x10, 1}, Compare{Target: CompareCreate, Number: 3}}, // in any order
		{[]byte{0x10, 3, 0x28, 3}, Compare{Target: CompareValue}},
		{[]byte{0x10, 1}, Compare{Target: CompareCreate}},
	} {
		txn := append([]byte{0x0a, byte(len(test.compare))}, test.compare...)
		_, got, err := Decode(append([]byte{0x32, byte(len(txn))}, txn...))
		if want := (Txn{Compare: []Compare{test.want}}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("% x was read as %#v, %v", test.compare, got, err)
		}
	}
}
