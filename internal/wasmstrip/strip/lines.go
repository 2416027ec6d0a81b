package strip

import (
	"fmt"
	"slices"
)

// What only tracebacks read: pc tables by their place in function.pcs, funcdata by their number.
var (
	droppedPCs  = []int{1, 2, pcDataFirst + pcUnsafePoint, pcDataFirst + pcArgLive, pcDataFirst + pcInline}
	droppedData = []int{dataArgs, dataArgLive, dataInline}
)

// dropLines takes away what only tracebacks read: files, lines, where inlined calls came from, how to print arguments.
// Offset 0 for a pc table and noData for funcdata are what assembly functions have: the runtime prints "?:0" for them.
//
// recovers tells which functions call runtime.gorecover. It counts the callers between a recover and its panic, inlined
// ones too, all but wrappers. So the inline trees of those functions and of wrappers stay. In all other functions, what
// was inlined makes no difference: alone they count as one caller already, and a second one ends the count.
func (t *tables) dropLines(recovers []bool) {
	var dropped []int
	for i, f := range t.funcs {
		for _, field := range []int{funcUnit, funcLineFirst} {
			t.mem.put32(f.at+field, 0)
		}
		keep := recovers[i] || f.id == idWrapper
		for k, at := range f.pcs {
			if slices.Contains(droppedPCs, k) && !(keep && k == pcDataFirst+pcInline) {
				t.mem.put32(at, 0)
			}
		}
		for k, at := range f.data {
			if off := t.mem.u32(at); slices.Contains(droppedData, k) && !(keep && k == dataInline) && off != noData {
				dropped = append(dropped, off)
				t.mem.put32(at, noData)
			}
		}
	}
	used := t.dataStarts()
	for _, off := range dropped {
		if _, ok := slices.BinarySearch(used, off); !ok {
			clear(t.mem.slice(block{t.data.at + off, t.dataEnd(off) - off}))
		}
	}
	clear(t.mem.slice(t.units))
	clear(t.mem.slice(t.files))
}

// packPCs moves the pc tables that are still in use together, each once, in the order of their first use.
func (t *tables) packPCs() error {
	packed := []byte{0} // offset 0 means that there is none
	place := map[string]int{}
	for _, f := range t.funcs {
		for _, at := range f.pcs {
			b, err := t.pcTable(t.mem.u32(at))
			if err != nil {
				return err
			}
			if len(b) == 0 {
				continue
			}
			off, ok := place[string(b)]
			if !ok {
				off = len(packed)
				place[string(b)] = off
				packed = append(packed, b...)
			}
			t.mem.put32(at, off)
		}
	}
	return t.refill(t.pcs, packed)
}

// refill replaces what stands in a block by less.
func (t *tables) refill(b block, content []byte) error {
	if len(content) > b.size {
		return fmt.Errorf("%w: %d bytes do not fit where %d were", ErrTables, len(content), b.size)
	}
	clear(t.mem.slice(b)[copy(t.mem.slice(b), content):])
	return nil
}

// packNames writes the functions' names one behind the other, in the order of the functions, then those of the inlined
// calls that stayed. The names of inlined calls that went are dropped.
func (t *tables) packNames() error {
	var packed []byte
	place := map[string]int{}
	add := func(name string) int {
		off := len(packed)
		place[name] = off
		packed = append(append(packed, name...), 0)
		return off
	}
	for _, f := range t.funcs {
		t.mem.put32(f.at+funcName, add(t.nameAt(f.name)))
	}
	seen := map[int]bool{}
	for _, f := range t.funcs {
		calls, err := t.inlined(f)
		if err != nil {
			return err
		}
		for _, at := range calls {
			if seen[at] {
				return fmt.Errorf("%w: two functions share the inline tree at %#x", ErrTables, at)
			}
			seen[at] = true
			name := t.nameAt(t.mem.u32(at + inlineName))
			off, ok := place[name]
			if !ok {
				off = add(name)
			}
			t.mem.put32(at+inlineName, off)
		}
	}
	return t.refill(t.names, packed)
}

// inlined lists the addresses of the records of a function's inline tree: as many as its pc table numbers.
func (t *tables) inlined(f function) ([]int, error) {
	if len(f.data) <= dataInline || t.mem.u32(f.data[dataInline]) == noData || len(f.pcs) <= pcDataFirst+pcInline {
		return nil, nil
	}
	table, err := t.pcTable(t.mem.u32(f.pcs[pcDataFirst+pcInline]))
	if err != nil {
		return nil, err
	}
	var list []int
	for i := range pcMax(table) + 1 {
		at := t.data.at + t.mem.u32(f.data[dataInline]) + inlineSize*i
		if at+inlineSize > t.find.at || t.mem.u32(at+inlineName) >= t.names.size {
			return nil, fmt.Errorf("%w: %s has a bad inline tree", ErrTables, t.nameAt(f.name))
		}
		list = append(list, at)
	}
	return list, nil
}

// pcMax returns the largest value in a pc table. The values start from -1, and a change is stored twice as large, or
// its complement so when negative.
func pcMax(table []byte) int {
	value, largest := -1, -1
	for r := (&reader{b: table}); len(r.b) > 1; r.uint() {
		change := r.uint()
		value += change>>1 ^ -(change & 1)
		largest = max(largest, value)
	}
	return largest
}
