package wire

// forms says how a value goes on whose first byte is 0xc0 or above, up to 0xdf: bytes of a length, bytes besides what
// has that length, and elements to each unit of the length, if it is a list's.
var forms = [32]struct{ length, fixed, elements uint8 }{
	0x04: {1, 0, 0}, 0x05: {2, 0, 0}, 0x06: {4, 0, 0}, // bytes
	0x07: {1, 1, 0}, 0x08: {2, 1, 0}, 0x09: {4, 1, 0}, // extensions
	0x0a: {0, 4, 0}, 0x0b: {0, 8, 0}, // floats
	0x0c: {0, 1, 0}, 0x0d: {0, 2, 0}, 0x0e: {0, 4, 0}, 0x0f: {0, 8, 0}, // numbers
	0x10: {0, 1, 0}, 0x11: {0, 2, 0}, 0x12: {0, 4, 0}, 0x13: {0, 8, 0}, // negative ones
	0x14: {0, 2, 0}, 0x15: {0, 3, 0}, 0x16: {0, 5, 0}, 0x17: {0, 9, 0}, 0x18: {0, 17, 0}, // extensions of a fixed length
	0x19: {1, 0, 0}, 0x1a: {2, 0, 0}, 0x1b: {4, 0, 0}, // texts
	0x1c: {2, 0, 1}, 0x1d: {4, 0, 1}, // arrays
	0x1e: {2, 0, 2}, 0x1f: {4, 0, 2}, // maps
}

// roomy reports whether each list of a message has as many bytes behind it as it says that it has elements. The library
// makes room for all of them before it reads the first (decode_slice.go of msgpack 5.4.1 means to have a bound, and has
// none), so ten bytes could ask for any amount of memory.
func roomy(b []byte) bool {
	for len(b) > 0 {
		skip, elements := value(b)
		if skip > uint64(len(b)) || elements > uint64(len(b))-skip {
			return false
		}
		b = b[skip:]
	}
	return true
}

// value returns how many bytes a value has, without those of its elements if it is a list, and how many elements it
// says to have.
func value(b []byte) (skip, elements uint64) {
	switch c := b[0]; {
	case c < 0x80 || c >= 0xe0: // small numbers
		return 1, 0
	case c < 0x90: // small maps, arrays, texts
		return 1, 2 * uint64(c&0xf)
	case c < 0xa0:
		return 1, uint64(c & 0xf)
	case c < 0xc0:
		return 1 + uint64(c&0x1f), 0
	}
	form := forms[b[0]&0x1f]
	head := 1 + int(form.length)
	length := uint64(0)
	for i := 1; i < min(head, len(b)); i++ {
		length = length<<8 | uint64(b[i])
	}
	if form.elements > 0 {
		return uint64(head), length * uint64(form.elements)
	}
	return uint64(head) + uint64(form.fixed) + length, 0
}
