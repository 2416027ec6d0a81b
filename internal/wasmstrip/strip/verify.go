package strip

import (
	"bytes"
	"fmt"
	"slices"
)

// verify reads a stripped module as the runtime will, the start function's work included, and compares it with the
// tables as they were.
func verify(before *tables, file []byte) error {
	m, err := parseModule(file)
	if err != nil {
		return err
	}
	after, err := m.tables()
	if err != nil {
		return err
	}
	after.derive()
	if err := after.readFunctions(); err != nil {
		return err
	}
	if err := sameOutside(before, after); err != nil {
		return err
	}
	for i, f := range before.funcs {
		if err := sameFunction(before, after, f, after.funcs[i]); err != nil {
			return fmt.Errorf("%s: %w", before.nameAt(f.name), err)
		}
	}
	return nil
}

// sameOutside compares all memory but the tables that were stripped. findfunctab is compared, too.
func sameOutside(before, after *tables) error {
	a, b := bytes.Clone(before.mem), bytes.Clone(after.mem)
	for _, m := range []image{a, b} {
		for _, skip := range []block{before.names, before.units, before.files, before.pcs, before.functab, before.data} {
			clear(m.slice(skip))
		}
	}
	// Zeros at the end are not stored.
	if !bytes.Equal(bytes.TrimRight(a, "\x00"), bytes.TrimRight(b, "\x00")) {
		return fmt.Errorf("%w: memory outside of them changed", ErrTables)
	}
	return nil
}

// sameFunction compares what the runtime knows about a function.
func sameFunction(before, after *tables, f, g function) error {
	if f.at != g.at || len(f.pcs) != len(g.pcs) || len(f.data) != len(g.data) ||
		before.nameAt(f.name) != after.nameAt(g.name) {
		return fmt.Errorf("%w: another function", ErrTables)
	}
	for _, field := range []int{funcEntry, funcArgs, funcDefer, funcPCCount, funcID} {
		if before.mem.u32(f.at+field) != after.mem.u32(f.at+field) {
			return fmt.Errorf("%w: the field at %d changed", ErrTables, field)
		}
	}
	for i, at := range f.pcs {
		a, _ := before.pcTable(before.mem.u32(at)) // readFunction checked both
		b, _ := after.pcTable(after.mem.u32(at))
		if gone := len(b) == 0 && slices.Contains(droppedPCs, i); !gone && !bytes.Equal(a, b) {
			return fmt.Errorf("%w: pc table %d changed", ErrTables, i)
		}
	}
	for i, at := range f.data {
		if err := sameData(before, after, i, at); err != nil {
			return err
		}
	}
	return sameInlined(before, after, f, g)
}

// sameData compares a function's i-th funcdata, whose offset is stored at an address.
func sameData(before, after *tables, i, at int) error {
	a, b := before.mem.u32(at), after.mem.u32(at)
	switch {
	case b == noData && slices.Contains(droppedData, i):
		return nil
	case a != b:
		return fmt.Errorf("%w: funcdata %d moved", ErrTables, i)
	case a == noData || i == dataInline:
		return nil
	}
	part := block{before.data.at + a, before.dataEnd(a) - a}
	if !bytes.Equal(before.mem.slice(part), after.mem.slice(part)) {
		return fmt.Errorf("%w: funcdata %d changed", ErrTables, i)
	}
	return nil
}

// sameInlined compares the inline trees where they stayed.
func sameInlined(before, after *tables, f, g function) error {
	if len(g.data) <= dataInline || after.mem.u32(g.data[dataInline]) == noData {
		return nil
	}
	a, err := before.inlined(f)
	if err != nil {
		return err
	}
	b, err := after.inlined(g)
	if err != nil {
		return err
	}
	same := func(at, other int) bool {
		x, y := bytes.Clone(before.mem[at:at+inlineSize]), bytes.Clone(after.mem[other:other+inlineSize])
		clear(x[inlineName : inlineName+4])
		clear(y[inlineName : inlineName+4])
		return bytes.Equal(x, y) &&
			before.nameAt(before.mem.u32(at+inlineName)) == after.nameAt(after.mem.u32(other+inlineName))
	}
	if !slices.EqualFunc(a, b, same) {
		return fmt.Errorf("%w: the inline tree changed", ErrTables)
	}
	return nil
}
