package mvcc

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/chunk"
)

// TestFileHoldsTheRows writes, compacts, clones and defragments at random: the leaves of the model must have the
// store's rows, neither more nor less, and the running totals must be what a count gives.
func TestFileHoldsTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stores, value := []*Store{New()}, strings.Repeat("v", rapid.SampledFrom([]int{0, 100, 1500, 9000}).Draw(t, "size"))
		pick := func(t *rapid.T) *Store { return stores[rapid.IntRange(0, len(stores)-1).Draw(t, "store")] }
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				s, keys := pick(t), rapid.IntRange(1, 50).Draw(t, "keys")
				for i := range rapid.IntRange(1, 60).Draw(t, "puts") {
					tx := s.Write()
					tx.Put(fmt.Sprint(10+i*7919%keys), value, 0)
					tx.End()
				}
			},
			"delete": func(t *rapid.T) { tx := pick(t).Write(); tx.DeleteRange(FromKey, FromKey); tx.End() },
			// may be refused
			"compact":    func(t *rapid.T) { s := pick(t); _ = s.Compact(s.rev - rapid.Int64Range(0, 50).Draw(t, "ago")) },
			"batch":      func(t *rapid.T) { pick(t).CompactBatch(rapid.IntRange(1, 100).Draw(t, "limit")) },
			"commit":     func(t *rapid.T) { pick(t).Commit() },
			"restart":    func(t *rapid.T) { pick(t).Restart() },
			"defragment": func(t *rapid.T) { pick(t).Defragment() },
			"clone": func(t *rapid.T) {
				if len(stores) < 3 {
					stores = append(stores, pick(t).Clone())
				}
			},
			"": func(t *rapid.T) {
				for _, s := range stores {
					audit(t, s)
				}
			},
		})
	})
}

func audit(t *rapid.T, s *Store) {
	var want, got leaf
	for i := range s.rows.len() {
		want.rows++
		want.bytes += int32(s.rows.row(i).rowBytes())
	}
	f := &s.file
	pages, count := int32(0), 0
	add := func(l leaf, n int) {
		got.rows += l.rows
		got.bytes += l.bytes
		pages += int32(n)
		count++
	}
	all := append(append([]leaf(nil), f.made...), f.scan.out...)
	for _, list := range []*chunk.List[leaf]{&f.scan.done, &f.leaves} {
		for i := list.First(); i < list.Len(); i++ {
			all = append(all, list.At(i))
		}
	}
	for _, l := range all {
		add(l, l.pages())
	}
	add(f.tail, f.was)
	if f.tail.at == 0 {
		pages -= int32(f.was)
	}
	if f.scan.pages > 0 {
		add(leaf{rows: f.scan.stay.rows + f.scan.ahead.rows, bytes: f.scan.stay.bytes + f.scan.ahead.bytes}, f.scan.pages)
	}
	off := got.bytes - want.bytes
	if got.rows != want.rows || max(off, -off) > 100+want.bytes/50 || f.count != count ||
		f.tail.rows != int32(len(f.rows)) {
		t.Fatalf("%+v in %d leaves, want %+v in %d", got, f.count, want, count)
	}
	for _, x := range f.pending {
		pages += x.n
	}
	const heads, buckets = 2, 1
	if pages += heads + buckets + int32(len(f.branch)); !f.dirty && len(f.gone) == 0 && pages != f.live() {
		t.Fatalf("%d pages in use, want %d", f.live(), pages)
	}
	if s.FreePages() < 0 || s.SizeInUse() > s.Size() {
		t.Fatalf("%d bytes of %d in use", s.SizeInUse(), s.Size())
	}
}
