// Package pb has the pieces of Protocol Buffers' encoding that the simulator needs: variable-length integers, how long
// fields are, and fields written and read. What etcd limits and counts are bytes of this encoding, so that they must be
// exact. Which messages there are, and which fields they leave out, is for the rooms that have them.
package pb

import (
	"encoding/binary"
	"math/bits"
)

// The kinds of fields that etcd's messages have.
const (
	Varint = 0
	Bytes  = 2

	maxField = 1<<29 - 1 // the highest number of a field
)

// Size returns how many bytes a number takes: seven bits each.
func Size(v uint64) int {
	if v < 1<<7 {
		return 1
	}
	return (bits.Len64(v) + 6) / 7
}

// NumberSize returns the size of a field that is a number and whose own number is below 16; zero is left out.
func NumberSize(v uint64) int {
	if v == 0 {
		return 0
	}
	return 1 + Size(v)
}

// TextSize returns the size of a field that is a text; the empty one is left out.
func TextSize(s string) int {
	if s == "" {
		return 0
	}
	return NestedSize(len(s))
}

// NestedSize returns the size of a field that holds so many bytes: a message or a text, even an empty one.
func NestedSize(n int) int { return 1 + Size(uint64(n)) + n }

// AppendKey appends the number of a field and its kind.
func AppendKey(b []byte, field, kind int) []byte {
	return binary.AppendUvarint(b, uint64(field)<<3|uint64(kind))
}

// AppendNumber appends a field that is a number.
func AppendNumber(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(AppendKey(b, field, Varint), v)
}

// AppendBytes appends a field that is a text or a message.
func AppendBytes[T string | []byte](b []byte, field int, v T) []byte {
	return append(binary.AppendUvarint(AppendKey(b, field, Bytes), uint64(len(v))), v...)
}

// Field is a field as it was read.
type Field struct {
	Field  int
	Kind   int
	Number uint64 // of Varint; of Bytes: how many
	Bytes  []byte // of Bytes; never nil then
}

// Next reads the first field of a message and returns what follows it; false if it is malformed, or of a kind that none
// of etcd's messages has.
func Next(b []byte) (f Field, rest []byte, ok bool) {
	key, n := number(b)
	if n == 0 || key>>3 == 0 || key>>3 > maxField {
		return f, nil, false
	}
	v, m := number(b[n:])
	if m == 0 {
		return f, nil, false
	}
	f, rest = Field{Field: int(key >> 3), Kind: int(key & 7), Number: v}, b[n+m:]
	switch f.Kind {
	case Varint:
		return f, rest, true
	case Bytes:
		if v <= uint64(len(rest)) {
			f.Bytes = rest[:v:v]
			return f, rest[v:], true
		}
	}
	return f, nil, false
}

// number reads a number and returns how many bytes it took; 0 bytes if it is cut off or longer than ten. As in etcd's
// code, what is beyond 64 bits of the tenth is passed over.
func number(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == 10 {
			return 0, 0
		}
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
