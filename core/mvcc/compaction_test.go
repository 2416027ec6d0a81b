package mvcc

import (
	"fmt"
	"runtime"
	"testing"
	"weak"
)

// TestDroppedRowsAreFreed holds that a compaction gives memory back, and gives none back that a clone needs.
func TestDroppedRowsAreFreed(t *testing.T) {
	s := New()
	for i := range 20_000 {
		tx := s.Write()
		tx.Put(fmt.Sprint(i%100), "value", 0)
		tx.End()
	}
	all := make([]weak.Pointer[change], s.rows.len())
	for i := range all {
		all[i] = weak.Make(s.rows.row(i))
	}
	inMemory := func() (n int) {
		runtime.GC()
		for _, w := range all {
			if w.Value() != nil {
				n++
			}
		}
		return n
	}
	clone := s.Clone()
	if err := s.Compact(19_000); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		s.CompactBatch(1000)
	}
	middle := s.Clone()
	for done := false; !done; {
		_, done = s.CompactBatch(1000)
	}
	// younger than 19,000, and the newest that is not of the other keys; part of a chunk
	const left, chunk = 1000 + 1 + 99, 128
	if n := inMemory(); n != len(all) {
		t.Errorf("%d rows of %d are in memory although a clone has them", n, len(all))
	}
	runtime.KeepAlive(clone)
	if n := inMemory(); n < 15_000 || n > 15_000+100+chunk {
		t.Errorf("%d rows in memory, a clone that had seen 5000 needs 15000 and what it kept of these", n)
	}
	runtime.KeepAlive(middle)
	if n := inMemory(); n < left || n > left+chunk {
		t.Errorf("%d rows in memory, want %d", n, left)
	}
	runtime.KeepAlive(s)
}
