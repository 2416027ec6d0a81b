package view

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/web/wire"
)

// filled is a store of n keys, of which one was then written n more times.
func filled(n int) *mvcc.Store {
	s := mvcc.New()
	put := func(key string) {
		t := s.Write()
		t.Put(key, "v", 0)
		t.End()
	}
	for i := range n {
		put(fmt.Sprintf("/k/%08d", i))
	}
	for range n {
		put("/k/00000003")
	}
	return s
}

// TestAPageOfKeysCostsWhatItShows: the panel makes as much garbage with many keys and many versions as with few.
func TestAPageOfKeysCostsWhatItShows(t *testing.T) {
	cost := func(n int) float64 {
		s := filled(n)
		return testing.AllocsPerRun(5, func() { show(&wire.Keys{}, s, 0, nil) })
	}
	if few, many := cost(500), cost(50_000); many > few*1.2+10 {
		t.Errorf("%v allocations with 500 keys, %v with 50,000", few, many)
	}
	k := &wire.Keys{}
	show(k, filled(500), 0, nil)
	if !k.Recent || len(k.Rows) != 1 || k.Rows[0].Key != "/k/00000003" || k.Next != "/k/00000000" {
		t.Errorf("recent %v: %d rows, next %q", k.Recent, len(k.Rows), k.Next)
	}
	k = &wire.Keys{From: "/k/00000490"}
	show(k, filled(500), 0, nil)
	if k.Count != 500 || len(k.Rows) != 10 || k.Rows[0].Key != "/k/00000490" || k.Next != "" {
		t.Errorf("%d of %d keys from %v, next %q", len(k.Rows), k.Count, k.Rows[0], k.Next)
	}
}

func BenchmarkKeysPanel(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		s := filled(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				show(&wire.Keys{}, s, 0, nil)
			}
		})
	}
}
