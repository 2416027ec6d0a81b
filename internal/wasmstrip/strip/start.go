package strip

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Much of the runtime's tables follows from the rest by counting: the entry of the i-th function is i, and so on. Such
// numbers are long and, for a compressor, all different. They are left out of the file, and a start function computes
// them: WebAssembly runs it when the module is instantiated, after the data segments and before anything else. It is
// this, which derive does in Go:
//
//	f, name := the first function, the first name
//	for i := range count {
//		functab[i].entry, functab[i].offset = first+i, f-functab
//		f.entry, f.name = first+i, name-names
//		expand f's offsets of pc tables, see foldPCs
//		f += its size; name += its length
//	}
//	for i := range buckets {
//		find[i].function = i / 16
//	}

// A function takes 1<<16 pcs, one for each point where it can be resumed. findfunctab has a bucket for each 4096 of
// them: 4 bytes for the first function in it, and 16 for how many more come later, which are all zero.
const (
	bucketPCs       = 4096
	bucketSize      = 20
	bucketHead      = 4
	subbucketPCs    = 256
	bucketsEachBits = 4 // 1<<16 / bucketPCs is 1<<4
)

// derive computes what the start function computes.
func (t *tables) derive() {
	at, name, last := t.firstFunction(), 0, 0
	for i := range t.count {
		t.mem.put32(t.functab.at+8*i, t.first+i)
		t.mem.put32(t.functab.at+8*i+4, at-t.functab.at)
		t.mem.put32(at+funcEntry, t.first+i)
		t.mem.put32(at+funcName, name)
		for k := range pcDataFirst + t.mem.u32(at+funcPCCount) {
			if v := t.mem.u32(pcPlace(at, k)); v >= farPC {
				t.mem.put32(pcPlace(at, k), v-farPC)
			} else if v != 0 {
				last += v
				t.mem.put32(pcPlace(at, k), last)
			}
		}
		name += len(t.nameAt(name)) + 1
		at += (funcSize + 4*(t.mem.u32(at+funcPCCount)+int(t.mem[at+funcDataCount])) + 7) &^ 7
	}
	for i := range t.buckets() {
		t.mem.put32(t.find.at+bucketSize*i, i>>bucketsEachBits)
	}
}

// buckets is how many buckets findfunctab has. The last may be shorter.
func (t *tables) buckets() int { return (t.find.size + bucketSize - 1) / bucketSize }

// firstFunction is the address of the first runtime._func, behind the table of entries.
func (t *tables) firstFunction() int { return t.functab.at + (8*t.count+4+7)&^7 }

// pcPlace is the address of the k-th offset of a pc table of the function at an address: three fields, then the pcdata.
func pcPlace(at, k int) int {
	if k < pcDataFirst {
		return at + funcSP + 4*k
	}
	return at + funcSize + 4*(k-pcDataFirst)
}

// farPC marks an offset that stands as it is.
const farPC = 1 << 31

// foldPCs makes the offsets of pc tables small: the next new table is given by its distance from the one before, which
// is a few bytes long. Others are marked.
func (t *tables) foldPCs() {
	last := 0
	for _, f := range t.funcs {
		for _, at := range f.pcs {
			switch off := t.mem.u32(at); {
			case off > last:
				t.mem.put32(at, off-last)
				last = off
			case off != 0:
				t.mem.put32(at, off+farPC)
			}
		}
	}
}

// dropDerived clears what derive can compute, and checks that it can.
func (t *tables) dropDerived() error {
	before := bytes.Clone(t.mem)
	clear(t.mem.slice(block{t.functab.at, 8 * t.count}))
	clear(t.mem.slice(t.find))
	for _, f := range t.funcs {
		t.mem.put32(f.at+funcEntry, 0)
		t.mem.put32(f.at+funcName, 0)
	}
	t.foldPCs()
	after := *t
	after.mem = bytes.Clone(t.mem)
	after.derive()
	for i := range before {
		if before[i] != after.mem[i] {
			return fmt.Errorf("%w: the start function would store %#x at %#x where the linker stored %#x",
				ErrTables, after.mem[i], i, before[i])
		}
	}
	return nil
}

// The instructions of the start function.
const (
	opLoop      = 0x03
	opIf        = 0x04
	opElse      = 0x05
	opBrIf      = 0x0d
	opLocalGet  = 0x20
	opLocalSet  = 0x21
	opLocalTee  = 0x22
	opLoad32    = 0x28
	opLoad8     = 0x2d
	opStore32   = 0x36
	opLess      = 0x49 // i32.lt_u
	opAdd       = 0x6a
	opSub       = 0x6b
	opAnd       = 0x71
	opShiftL    = 0x74
	opShiftR    = 0x76
	typeInt32   = 0x7f
	blockNoType = 0x40
)

// code is the body of a function under construction.
type code []byte

func (c *code) op(b ...byte)            { *c = append(*c, b...) }
func (c *code) get(local byte)          { c.op(opLocalGet, local) }
func (c *code) set(local byte)          { c.op(opLocalSet, local) }
func (c *code) value(v int)             { *c = appendInt(append(*c, opI32Const), v) }
func (c *code) load(op byte, field int) { *c = binary.AppendUvarint(append(*c, op, 0), uint64(field)) }

// add adds a constant to a local variable.
func (c *code) add(local byte, v int) {
	c.get(local)
	c.value(v)
	c.op(opAdd)
	c.set(local)
}

// startFunction is derive in WebAssembly.
func (t *tables) startFunction() []byte {
	const i, at, name, entry, k, place, value, last = 0, 1, 2, 3, 4, 5, 6, 7
	var c code
	c.op(1, 8, typeInt32) // one group of eight local variables, all 0
	c.value(t.firstFunction())
	c.set(at)
	c.value(t.names.at)
	c.set(name)
	c.value(t.functab.at)
	c.set(entry)

	c.op(opLoop, blockNoType)
	c.storeEntry(entry, i, t.first)
	c.storeEntry(at, i, t.first)
	c.get(entry)
	c.get(at)
	c.value(t.functab.at)
	c.op(opSub)
	c.load(opStore32, 4)
	c.get(at)
	c.get(name)
	c.value(t.names.at)
	c.op(opSub)
	c.load(opStore32, funcName)
	c.expandPCs(at, k, place, value, last)
	c.skipName(name)
	c.skipFunction(at)
	c.add(entry, 8)
	c.repeat(i, t.count)
	t.fillFind(&c, i, at)
	c.op(opEnd)
	return c
}

// fillFind stores into each bucket of findfunctab the function that it begins with.
func (t *tables) fillFind(c *code, i, at byte) {
	c.value(0)
	c.set(i)
	c.value(t.find.at)
	c.set(at)
	c.op(opLoop, blockNoType)
	c.get(at)
	c.get(i)
	c.value(bucketsEachBits)
	c.op(opShiftR)
	c.load(opStore32, 0)
	c.add(at, bucketSize)
	c.repeat(i, t.buckets())
}

// storeEntry stores first+i where a local variable points to.
func (c *code) storeEntry(to, i byte, first int) {
	c.get(to)
	c.get(i)
	c.value(first)
	c.op(opAdd)
	c.load(opStore32, 0)
}

// expandPCs undoes foldPCs for one function.
func (c *code) expandPCs(at, k, place, value, last byte) {
	c.value(0)
	c.set(k)
	c.op(opLoop, blockNoType)
	// place = at + 4*k, and 16 more from the third on: pcPlace without funcSP
	c.get(at)
	c.get(k)
	c.value(2)
	c.op(opShiftL, opAdd)
	c.value(pcDataFirst - 1)
	c.get(k)
	c.op(opLess)
	c.value(4)
	c.op(opShiftL, opAdd)
	c.op(opLocalTee, place)
	c.load(opLoad32, funcSP)
	c.op(opLocalTee, value, opIf, blockNoType)
	c.get(place)
	c.get(value)
	c.value(-farPC) // the same 32 bits
	c.op(opAnd, opIf, typeInt32)
	c.get(value)
	c.value(farPC - 1)
	c.op(opAnd, opElse)
	c.get(last)
	c.get(value)
	c.op(opAdd, opLocalTee, last, opEnd)
	c.load(opStore32, funcSP)
	c.op(opEnd)
	c.get(k)
	c.value(1)
	c.op(opAdd, opLocalTee, k)
	c.get(at)
	c.load(opLoad32, funcPCCount)
	c.value(pcDataFirst)
	c.op(opAdd, opLess, opBrIf, 0, opEnd)
}

// skipName moves a pointer behind the zero that ends a name.
func (c *code) skipName(name byte) {
	c.op(opLoop, blockNoType)
	c.get(name)
	c.value(1)
	c.op(opAdd, opLocalTee, name)
	c.value(1)
	c.op(opSub)
	c.load(opLoad8, 0)
	c.op(opBrIf, 0, opEnd)
}

// skipFunction moves a pointer behind a runtime._func and its offsets.
func (c *code) skipFunction(at byte) {
	c.get(at)
	c.get(at)
	c.load(opLoad32, funcPCCount)
	c.get(at)
	c.load(opLoad8, funcDataCount)
	c.op(opAdd)
	c.value(2)
	c.op(opShiftL, opAdd)
	c.value(funcSize + 7)
	c.op(opAdd)
	c.value(-8)
	c.op(opAnd)
	c.set(at)
}

// repeat ends a loop that counts i up to n.
func (c *code) repeat(i byte, n int) {
	c.get(i)
	c.value(1)
	c.op(opAdd, opLocalTee, i)
	c.value(n)
	c.op(opLess, opBrIf, 0, opEnd)
}
