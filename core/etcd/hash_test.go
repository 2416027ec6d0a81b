package etcd

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/etcdscope/etcdscope/core/sim"
)

// notHashed are the numbers and flags of a member that its digest leaves out.
var notHashed = map[string]string{
	"host": "the world's: it says in which order the members' digests stand",
}

// TestHashSeesEachField changes each number and each flag of a member, and must see the digest change.
func TestHashSeesEachField(t *testing.T) {
	fsync, err := sim.NewQuantiles(sim.Quantile{PPM: 0, At: 1}, sim.Quantile{PPM: 1_000_000, At: 2})
	if err != nil {
		t.Fatal(err)
	}
	m := New(&Config{Members: 1, Tick: 1000, ElectionTicks: 10, SnapshotCount: 100, CatchUp: 10}, sim.Member(1), fsync)
	m.Start(0, &Output{})
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		field := reflect.NewAt(f.Type, unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem()
		before, old := m.Hash(), reflect.New(f.Type).Elem()
		old.Set(field)
		switch {
		case field.CanInt():
			field.SetInt(field.Int() + 1)
		case field.CanUint():
			field.SetUint(field.Uint() + 1)
		case field.Kind() == reflect.Bool:
			field.SetBool(!field.Bool())
		default:
			continue
		}
		if _, left := notHashed[f.Name]; (m.Hash() == before) != left {
			t.Errorf("%s: the digest has changed: %v", f.Name, m.Hash() != before)
		}
		field.Set(old)
	}
}
