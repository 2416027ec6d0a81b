package strip

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// A data segment is `00 i32.const <address> end <length> <bytes>`: it is copied into memory before the program starts.
const (
	activeSegment = 0x00
	opI32Const    = 0x41
	opEnd         = 0x0b
)

// image is linear memory as the data segments leave it, from address 0. Memory starts as zeros, so a zero in the image
// may be stored or left out: it makes no difference to the program.
type image []byte

// memoryMax bounds the image, against lengths that are nonsense.
const memoryMax = 1 << 28

// segment is a data segment.
type segment struct {
	at int
	b  []byte
}

// parseData lays the data section out in memory.
func parseData(body []byte) (image, error) {
	r := &reader{b: body}
	var list []segment
	for range r.count() {
		r.expect(activeSegment, opI32Const)
		at := r.int()
		r.expect(opEnd)
		list = append(list, segment{at, r.bytes(r.uint())})
		if r.err != nil {
			return nil, r.err
		}
	}
	if len(r.b) > 0 {
		r.fail(fmt.Sprintf("%d bytes behind the data segments", len(r.b)))
	}
	if r.err != nil {
		return nil, r.err
	}
	slices.SortFunc(list, func(a, b segment) int { return a.at - b.at })
	var m image
	for _, s := range list {
		// Where two overlap, the later one in the file would win: Go's linker has no such.
		if s.at < len(m) || s.at+len(s.b) > memoryMax {
			return nil, fmt.Errorf("%w: a data segment at %#x, the one before ends at %#x", ErrModule, s.at, len(m))
		}
		m = append(m, make([]byte, s.at-len(m))...)
		m = append(m, s.b...)
	}
	return m, nil
}

// encode writes the image as data segments. Zeros between two segments are left out where there are at least gap.
func (m image) encode(gap int) []byte {
	var count uint64
	var list []byte
	for at := m.skipZeros(0); at < len(m); count++ {
		end, next := at, at
		for next-end < gap && next < len(m) {
			for end = next; end < len(m) && m[end] != 0; end++ {
			}
			next = m.skipZeros(end)
		}
		list = append(list, activeSegment, opI32Const)
		list = appendInt(list, at)
		list = append(list, opEnd)
		list = binary.AppendUvarint(list, uint64(end-at))
		list = append(list, m[at:end]...)
		at = next
	}
	return append(binary.AppendUvarint(nil, count), list...)
}

// skipZeros returns the first address from at on that does not hold a zero, or the end.
func (m image) skipZeros(at int) int {
	for at < len(m) && m[at] == 0 {
		at++
	}
	return at
}
