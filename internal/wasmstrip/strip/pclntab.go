package strip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrTables is wrapped by every complaint about the tables that Go's linker leaves for the runtime.
var ErrTables = errors.New("not the tables of Go 1.26")

// pcHeader is how runtime.pcHeader begins: abi.Go120PCLnTabMagic, two zeros, the instruction unit, the pointer size.
const pcHeader = "\xf1\xff\xff\xff\x00\x00\x01\x08"

// The words of runtime.pcHeader after its first, 8 bytes each.
const (
	headerFuncs    = 1
	headerNames    = 4
	headerUnits    = 5
	headerFiles    = 6
	headerPCTables = 7
	headerFuncTab  = 8
	headerWords    = 9
)

// The words of runtime.moduledata that are used here. A slice takes three: address, length, capacity.
const (
	moduleNames    = 1
	moduleUnits    = 4
	moduleFiles    = 7
	modulePCTables = 10
	moduleFuncTab  = 16
	moduleFind     = 19
	modulePCMin    = 20
	modulePCMax    = 21
	moduleText     = 22
	moduleFuncData = 40
	moduleWords    = 41
)

// The fields of runtime._func, by their place in it. Behind them stand the offsets of the pcdata tables and of the
// funcdata, 4 bytes each.
const (
	funcEntry     = 0 // index of the function
	funcName      = 4 // offset into the names
	funcArgs      = 8
	funcDefer     = 12
	funcSP        = 16 // offset of a pc table: the size of the frame
	funcFile      = 20 // offset of a pc table: the file, by its number in the unit
	funcLine      = 24 // offset of a pc table: the line
	funcPCCount   = 28 // number of pcdata tables
	funcUnit      = 32 // offset into the units
	funcLineFirst = 36
	funcID        = 40
	funcDataCount = 43 // number of funcdata
	funcSize      = 44

	countsMax = 8 // of pc tables and of funcdata: nothing has more
)

const (
	pcDataFirst = 3 // place in function.pcs of the first pcdata

	pcUnsafePoint = 0 // where a signal may interrupt: there are no signals in WebAssembly
	pcInline      = 2 // which call of the inline tree
	pcArgLive     = 3 // which arguments a traceback may print

	dataInline  = 3
	dataArgs    = 5 // how a traceback prints arguments
	dataArgLive = 6

	noData = 1<<32 - 1

	idWrapper  = 23 // abi.FuncIDWrapper: generated code, which recover does not count as a caller
	inlineSize = 16 // size of runtime.inlinedCall
	inlineName = 4
)

// function is one runtime._func.
type function struct {
	at   int   // its address
	name int   // offset of its name
	pcs  []int // addresses of its offsets of pc tables: SP, file, line, then pcdata
	data []int // addresses of its offsets of funcdata
	id   byte
}

// A block is a part of memory: one of the tables.
type block struct{ at, size int }

// tables are the parts of the image that describe the functions to the runtime. See runtime/symtab.go and
// cmd/link/internal/ld/pcln.go.
type tables struct {
	mem                      image
	names, units, files, pcs block
	functab                  block // for each function its entry and its offset from here, then the functions
	data                     block // funcdata
	find                     block // findfunctab
	count, first             int   // how many functions, and the entry of the first
	funcs                    []function
	starts                   []int // offsets of all funcdata, sorted: each lasts until the next
}

// u32 reads 4 bytes. The address must have been checked.
func (m image) u32(at int) int { return int(binary.LittleEndian.Uint32(m[at:])) }

func (m image) put32(at, v int) { binary.LittleEndian.PutUint32(m[at:], uint32(v)) }

// word reads the i-th of the 8-byte words at an address.
func (m image) word(at, i int) int { return int(binary.LittleEndian.Uint64(m[at+8*i:])) }

// slice returns a block's bytes.
func (m image) slice(b block) []byte { return m[b.at : b.at+b.size] }

// holds reports whether a block lies inside the image.
func (m image) holds(b block) bool {
	return b.at > 0 && b.size >= 0 && b.size <= len(m) && b.at <= len(m)-b.size
}

// findTables finds the header, then the moduledata that points to it. The functions are not read yet.
func findTables(m image) (*tables, error) {
	header := bytes.Index(m, []byte(pcHeader))
	if header < 0 || !m.holds(block{header, 8 * headerWords}) {
		return nil, fmt.Errorf("%w: no header", ErrTables)
	}
	if bytes.Contains(m[header+1:], []byte(pcHeader)) {
		return nil, fmt.Errorf("%w: two headers", ErrTables)
	}
	module, err := findModule(m, header)
	if err != nil {
		return nil, err
	}
	slice := func(i, size int) block { return block{m.word(module, i), size * m.word(module, i+1)} }
	pcs := m.word(module, modulePCMax) - m.word(module, modulePCMin)
	t := &tables{
		mem:   m,
		names: slice(moduleNames, 1), units: slice(moduleUnits, 4), files: slice(moduleFiles, 1),
		pcs:     slice(modulePCTables, 1),
		functab: block{m.word(module, moduleFuncTab), m.word(module, moduleFuncData) - m.word(module, moduleFuncTab)},
		data:    block{m.word(module, moduleFuncData), m.word(module, moduleFind) - m.word(module, moduleFuncData)},
		find: block{m.word(module, moduleFind), bucketHead*((pcs+bucketPCs-1)/bucketPCs) +
			(pcs+subbucketPCs-1)/subbucketPCs},
		count: m.word(header, headerFuncs),
		first: m.word(module, modulePCMin) >> 16,
	}
	if t.count <= 0 || m.word(module, moduleFuncTab+1) != t.count+1 || m.word(module, moduleText) != 0 ||
		8*t.count > t.functab.size {
		return nil, fmt.Errorf("%w: %d functions", ErrTables, t.count)
	}
	for _, b := range []block{t.names, t.units, t.files, t.pcs, t.functab, t.data, t.find} {
		if !m.holds(b) {
			return nil, fmt.Errorf("%w: %d bytes at %#x are outside of memory", ErrTables, b.size, b.at)
		}
	}
	return t, nil
}

// findModule finds the moduledata by what it must hold: the header's address, and the addresses and sizes that follow
// from the header's offsets.
func findModule(m image, header int) (int, error) {
	pointer := binary.LittleEndian.AppendUint64(nil, uint64(header))
	found := 0
	for at := 0; ; at += 8 {
		next := bytes.Index(m[at:], pointer)
		if next < 0 {
			break
		}
		at += next
		if at%8 != 0 {
			at &^= 7
			continue
		}
		if !m.holds(block{at, 8 * moduleWords}) || !points(m, at, header) {
			continue
		}
		if found != 0 {
			return 0, fmt.Errorf("%w: two moduledata", ErrTables)
		}
		found = at
	}
	if found == 0 {
		return 0, fmt.Errorf("%w: no moduledata", ErrTables)
	}
	return found, nil
}

// points reports whether the moduledata at an address points to the tables that the header announces.
func points(m image, module, header int) bool {
	for _, c := range [][2]int{
		{moduleNames, headerNames}, {moduleUnits, headerUnits}, {moduleFiles, headerFiles},
		{modulePCTables, headerPCTables}, {moduleFuncTab, headerFuncTab},
	} {
		if m.word(module, c[0]) != header+m.word(header, c[1]) || m.word(module, c[0]+1) != m.word(module, c[0]+2) {
			return false
		}
	}
	return true
}

// readFunctions walks through the table of functions and checks that it has no surprises.
func (t *tables) readFunctions() error {
	for i := range t.count {
		f, err := t.readFunction(t.functab.at + t.mem.u32(t.functab.at+8*i+4))
		if err != nil {
			return fmt.Errorf("function %d: %w", i, err)
		}
		t.funcs = append(t.funcs, f)
	}
	t.starts = t.dataStarts()
	return nil
}

// dataStarts lists the offsets of the funcdata that the functions refer to, sorted.
func (t *tables) dataStarts() []int {
	var list []int
	for _, f := range t.funcs {
		for _, at := range f.data {
			if off := t.mem.u32(at); off != noData {
				list = append(list, off)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// dataEnd returns where the funcdata at an offset ends.
func (t *tables) dataEnd(off int) int {
	if i, _ := slices.BinarySearch(t.starts, off+1); i < len(t.starts) {
		return t.starts[i]
	}
	return t.data.size
}

func (t *tables) readFunction(at int) (function, error) {
	f := function{at: at}
	if at+funcSize > t.data.at {
		return f, fmt.Errorf("%w: it lies outside of its table", ErrTables)
	}
	pcs, data := t.mem.u32(at+funcPCCount), int(t.mem[at+funcDataCount])
	if pcs > countsMax || data > countsMax || at+funcSize+4*(pcs+data) > t.data.at {
		return f, fmt.Errorf("%w: %d pcdata and %d funcdata", ErrTables, pcs, data)
	}
	f.name, f.id = t.mem.u32(at+funcName), t.mem[at+funcID]
	if f.name >= t.names.size {
		return f, fmt.Errorf("%w: it has no name", ErrTables)
	}
	f.pcs = []int{at + funcSP, at + funcFile, at + funcLine}
	for i := range pcs {
		f.pcs = append(f.pcs, at+funcSize+4*i)
	}
	for _, a := range f.pcs {
		if _, err := t.pcTable(t.mem.u32(a)); err != nil {
			return f, err
		}
	}
	for i := range data {
		f.data = append(f.data, at+funcSize+4*(pcs+i))
	}
	for _, a := range f.data {
		if off := t.mem.u32(a); off != noData && off >= t.data.size {
			return f, fmt.Errorf("%w: funcdata at %#x", ErrTables, off)
		}
	}
	return f, nil
}

// nameAt returns the name that begins at an offset.
func (t *tables) nameAt(off int) string {
	b := t.mem[t.names.at+off : t.names.at+t.names.size]
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	return string(b)
}

// pcTable returns the bytes of the pc table at an offset: pairs of a value's and a pc's change, ended by a zero for the
// value. The first pair's value may be zero. Offset 0 is no table.
func (t *tables) pcTable(off int) ([]byte, error) {
	if off == 0 {
		return nil, nil
	}
	if off >= t.pcs.size {
		return nil, fmt.Errorf("%w: a pc table at %#x", ErrTables, off)
	}
	all := t.mem[t.pcs.at+off : t.pcs.at+t.pcs.size]
	r := &reader{b: all}
	for first := true; r.uint() != 0 || first; first = false {
		if r.uint(); r.err != nil {
			return nil, fmt.Errorf("%w: a pc table at %#x has no end", ErrTables, off)
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: a pc table at %#x has no end", ErrTables, off)
	}
	return slices.Clone(all[:len(all)-len(r.b)]), nil
}
