package api

import (
	"reflect"
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// TestWire writes and reads each kind of call.
func TestWire(t *testing.T) {
	inner := Txn{Success: []Call{Put{Key: "x"}}}
	calls := []Call{
		Put{Key: "a", Value: "1", Lease: 7, PrevKV: true}, Put{Key: "a", IgnoreValue: true, IgnoreLease: true},
		DeleteRange{Key: "a", End: "\x00", PrevKV: true},
		Compaction{Revision: 9, Physical: true}, LeaseGrant{ID: 3, TTL: 60}, LeaseRevoke{ID: 3}, LeaseCheckpoint{ID: 3, Remaining: 20},
		Alarm{Action: AlarmActivate, Member: 2, Alarm: AlarmNoSpace}, Publish{Member: 1, Name: "n1", ClientURL: "http://n1:2379"},
		ClusterVersion{Version: "3.6.0"},
		Txn{
			Compare: []Compare{{Target: CompareVersion, Key: "a"}, {Target: CompareValue, Key: "b", Result: NotEqual, Value: "v", End: "c"},
				{Target: CompareLease, Key: "d", Number: 5}},
			Success: []Call{Range{Key: "a", RangeOptions: mvcc.RangeOptions{Limit: 3, SortOrder: mvcc.SortDescend, SortTarget: mvcc.SortByMod,
				KeysOnly: true, MinModRevision: 1, MaxCreateRevision: 8}, Serializable: true}, inner},
			Failure: []Call{DeleteRange{Key: "z"}},
		},
	}
	for i, c := range calls {
		id, got, err := Decode(Encode(uint64(i+1), c))
		if err != nil || id != uint64(i+1) || !reflect.DeepEqual(got, c) {
			t.Errorf("%#v came back as %#v, id %d, %v", c, got, id, err)
		}
	}
}

// TestWireRefuses reads what is no proposal.
func TestWireRefuses(t *testing.T) {
	good := Encode(1, Txn{Success: []Call{Put{Key: "a", Value: "1"}}})
	for _, bad := range [][]byte{nil, {0xff}, good[:len(good)-1], good[:3], {0x22, 0x01}, {0x32, 2, 0x12, 0}} {
		if _, c, err := Decode(bad); err == nil {
			t.Errorf("% x was read as %#v", bad, c)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(1, Put{Key: "a", Value: "1"}))
	f.Add(Encode(2, Txn{Compare: []Compare{{Key: "a"}}, Success: []Call{DeleteRange{Key: "a"}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, c, err := Decode(data)
		if err != nil {
			return
		}
		if id2, c2, err := Decode(Encode(id, c)); err != nil || id2 != id || !reflect.DeepEqual(c, c2) {
			t.Errorf("%#v came back as %#v, %v", c, c2, err)
		}
	})
}
