package strip

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Go's compiler knows one way to jump within a function. Each place that can be jumped to has numbers; a jump stores
// one of them in the first local variable and goes back to the beginning, where br_table goes to the place:
//
//	block                            ;; left by calls that unwind the stack; behind it the function returns 1
//	  loop
//	    block … block                ;; one for each place
//	      local.get 0
//	      br_table 0 0 1 2 2 …
//	    end                          ;; place 0
//	    …
//	    if  i32.const 4  local.set 0  br 7  end
//	    …
//	  end
//	end
//	i32.const 1
//
// The numbers differ wherever a jump stands, so a compressor finds little that it has seen before. A jump to a place
// further down can leave the blocks up to there instead, and what leaves the outermost block can return by itself:
//
//	br_if 2                          ;; instead of if … end
//	if  i32.const 1  return  end     ;; instead of br_if to the outermost block
//
// Nothing else changes: places keep their numbers, with which the runtime resumes a function, and jumps back stay as
// they are.

// The instructions that have operands, besides those of start.go and function.go. All loads and stores are in one
// range.
const (
	opBlock        = 0x02
	opBr           = 0x0c
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opSelect       = 0x1b
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opStoreLast    = 0x3e
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opBulk         = 0xfc
	truncateLast   = 7 // behind opBulk
	memoryCopy     = 10
	memoryFill     = 11
)

// jumper rewrites the jumps of one function.
type jumper struct {
	r      *reader
	out    []byte
	table  []int // the place that belongs to a number
	places int
	around int // blocks around those of the places: the loop, and the block that returns 1
	loop   int // which of them is the loop; -1: none
	passed int // places that are behind
	nested int // other blocks that are open
	done   bool
}

var (
	jumpIf     = []byte{opIf, blockNoType, opI32Const}
	jumpAlways = []byte{opI32Const}
	returnOne  = []byte{opIf, blockNoType, opI32Const, 1, opReturn, opEnd}
	lastReturn = []byte{opEnd, opI32Const, 1, opEnd}
)

// shortenJumps rewrites the jumps of all functions.
func (m module) shortenJumps() error {
	i, err := m.find(sectionCode)
	if err != nil {
		return err
	}
	count, r, err := m.list(sectionCode)
	if err != nil {
		return err
	}
	body := binary.AppendUvarint(nil, uint64(count))
	for range count {
		b, err := shortenJumps(r.bytes(r.uint()))
		if err != nil {
			return err
		}
		body = append(binary.AppendUvarint(body, uint64(len(b))), b...)
	}
	m[i].body = body
	return r.err
}

// shortenJumps rewrites one function's body. One that does not begin as shown above stays as it is.
func shortenJumps(body []byte) ([]byte, error) {
	j := &jumper{r: &reader{b: body}}
	for range j.r.count() { // local variables
		j.r.uint()
		j.r.byte()
	}
	if !j.begin() {
		return body, j.r.err
	}
	j.out = slices.Clone(body[:len(body)-len(j.r.b)])
	unwinds := j.around > 0 && j.loop != 0 && slices.Equal(body[max(0, len(body)-len(lastReturn)):], lastReturn)
	for len(j.r.b) > 0 && j.r.err == nil && !j.done {
		if !j.jump() && !(unwinds && j.unwind()) {
			j.keep()
		}
	}
	if j.done { // the first local variable is used for something else
		return body, nil
	}
	return j.out, j.r.err
}

// begin reads up to the end of the block with br_table, and reports whether it is there.
func (j *jumper) begin() bool {
	if !j.skip(opGlobalGet, 0, opLocalSet, 1) {
		return false
	}
	blocks := 0
	j.loop = -1
	for {
		switch {
		case j.skip(opBlock, blockNoType):
		case j.loop < 0 && j.skip(opLoop, blockNoType):
			j.loop = blocks
		default:
			if !j.skip(opLocalGet, 0, opBrTable) {
				return false
			}
			for range j.r.count() + 1 {
				j.table = append(j.table, j.r.uint())
			}
			j.places = slices.Max(j.table) + 1
			j.around = blocks - j.places
			j.passed = 1
			return j.skip(opEnd) && j.around >= 0 && (j.loop < 0 || j.loop == j.around-1)
		}
		blocks++
	}
}

// skip takes these bytes if they come next.
func (j *jumper) skip(want ...byte) bool {
	if len(j.r.b) < len(want) || !slices.Equal(j.r.b[:len(want)], want) {
		return false
	}
	j.r.bytes(len(want))
	return true
}

// open is how many blocks are open.
func (j *jumper) open() int { return j.around + j.places - j.passed + j.nested }

// jump rewrites a jump to a place further down, if that comes next.
func (j *jumper) jump() bool {
	before := *j.r
	inside := 0
	if j.loop < 0 {
		return false
	}
	if j.skip(jumpIf...) {
		inside = 1
	} else if !j.skip(jumpAlways...) {
		return false
	}
	number := j.r.int()
	if !j.skip(opLocalSet, 0, opBr) || j.r.uint() != j.open()+inside-j.around || inside == 1 && !j.skip(opEnd) ||
		number < 0 || number >= len(j.table) || j.table[number] < j.passed {
		*j.r = before
		return false
	}
	j.out = append(j.out, byte(opBr+inside))
	j.out = binary.AppendUvarint(j.out, uint64(j.table[number]-j.passed+j.nested))
	return true
}

// unwind rewrites a branch out of the outermost block, if that comes next.
func (j *jumper) unwind() bool {
	before := *j.r
	if j.skip(opBrIf) && j.r.uint() == j.open()-1 {
		j.out = append(j.out, returnOne...)
		return true
	}
	*j.r = before
	return false
}

// keep copies one instruction.
func (j *jumper) keep() {
	// A call through a pointer keeps the pointer in the first local variable for a moment; nothing else reads it.
	if start := j.r.b; j.skip(opLocalSet, 0, opI32Const, 0, opLocalGet, 0) {
		j.out = append(j.out, start[:6]...)
		return
	}
	start := j.r.b
	op := j.r.byte()
	switch {
	case op == opBlock || op == opLoop || op == opIf:
		j.nested++
	case op == opEnd && j.nested > 0:
		j.nested--
	case op == opEnd && j.passed < j.places:
		j.passed++
	case op == opEnd: // the loop, the outermost block or the function
		j.around--
	case op == opLocalGet:
		j.done = len(j.r.b) > 0 && j.r.b[0] == 0
	}
	j.operands(op)
	j.out = append(j.out, start[:len(start)-len(j.r.b)]...)
}

// operands skips what belongs to an instruction.
func (j *jumper) operands(op byte) {
	switch {
	case op == opBlock || op == opLoop || op == opIf:
		j.r.byte()
	case op == opBr || op == opBrIf || op == opCall || op >= opLocalGet && op <= opGlobalSet || op == opMemorySize ||
		op == opMemoryGrow:
		j.r.uint()
	case op == opI32Const || op == opI64Const:
		for j.r.byte()&0x80 != 0 {
		}
	case op == opCallIndirect || op >= opLoad32 && op <= opStoreLast:
		j.r.uint()
		j.r.uint()
	case op == opF32Const:
		j.r.bytes(4)
	case op == opF64Const:
		j.r.bytes(8)
	case op == opBulk:
		j.bulk(j.r.uint())
	case op > opStoreLast || op <= opElse || op == opEnd || op == opReturn || op == opDrop || op == opSelect:
	default:
		j.r.fail(fmt.Sprintf("instruction %#x", op))
	}
}

// bulk skips what belongs to an instruction of two numbers, of which this is the second.
func (j *jumper) bulk(op int) {
	switch {
	case op <= truncateLast:
	case op == memoryFill:
		j.r.byte()
	case op == memoryCopy:
		j.r.bytes(2)
	default:
		j.r.fail(fmt.Sprintf("instruction 0xfc %d", op))
	}
}
