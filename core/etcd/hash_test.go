package etcd

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/etcdscope/etcdscope/core/sim"
)

// notHashed are the numbers and flags of a member that its digest leaves out.
var notHashed = map[string]string{
	"self.host":     "the world's: it says in which order the members' digests stand",
	"self.id":       "whose directory it is: hashed with that",
	"process.ended": "false between inputs",
}

// TestHashSeesEachField changes each number and each flag of a member and of its parts, and must see the digest change.
func TestHashSeesEachField(t *testing.T) {
	fsync, err := sim.NewQuantiles(sim.Quantile{PPM: 0, At: 1}, sim.Quantile{PPM: 1_000_000, At: 2})
	if err != nil {
		t.Fatal(err)
	}
	m := New(&Config{Members: 1, Tick: 1000, ElectionTicks: 10, SnapshotCount: 100, CatchUp: 10}, sim.Member(1), fsync)
	m.Start(0, &Output{})
	p := m.process
	parts := map[string]any{
		"self.": &m.self, "process.": p, "loop.": &p.loop, "applier.": &p.applier, "server.": &p.server,
		"streams.": &p.streams, "requests.": &p.server.requests, "handlers.": &p.server.handlers,
		"leases.": &p.server.leases,
	}
	seen := 0
	for name, part := range parts {
		seen += seesEach(t, m, name, reflect.ValueOf(part).Elem())
	}
	if seen < 25 {
		t.Errorf("only %d numbers and flags were found", seen)
	}
}

// seesEach does so for one part, and returns how many there are.
func seesEach(t *testing.T, m *Member, part string, v reflect.Value) (n int) {
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
		if _, left := notHashed[part+f.Name]; (m.Hash() == before) != left {
			t.Errorf("%s%s: the digest has changed: %v", part, f.Name, m.Hash() != before)
		}
		field.Set(old)
		n++
	}
	return n
}
