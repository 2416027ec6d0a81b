package pb

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// TestSize counts the bytes that the standard library writes.
func TestSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Uint64().Draw(t, "number") >> rapid.IntRange(0, 63).Draw(t, "shift")
		if got, want := Size(x), len(binary.AppendUvarint(nil, x)); got != want {
			t.Fatalf("%d needs %d bytes, not %d", x, want, got)
		}
	})
}

// TestFields writes fields, counts them, and reads them again.
func TestFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.IntRange(1, 15).Draw(t, "field")
		number := rapid.Uint64Min(1).Draw(t, "number")
		text := rapid.StringN(1, 300, -1).Draw(t, "text")
		b := AppendNumber(nil, field, number)
		if len(b) != NumberSize(number) {
			t.Fatalf("a number takes %d bytes, not %d", len(b), NumberSize(number))
		}
		all := AppendBytes(b, field, text)
		if len(all)-len(b) != TextSize(text) {
			t.Fatalf("a text takes %d bytes, not %d", len(all)-len(b), TextSize(text))
		}
		f, rest, ok := Next(all)
		if !ok || f.Field != field || f.Kind != Varint || f.Number != number {
			t.Fatalf("the number reads as %v, %v", f, ok)
		}
		f, rest, ok = Next(rest)
		if !ok || len(rest) > 0 || f.Field != field || f.Kind != Bytes || string(f.Bytes) != text {
			t.Fatalf("the text reads as %v, %v", f, ok)
		}
		if _, _, ok := Next(all[len(b) : len(all)-1]); ok {
			t.Fatal("a text that is cut off is read")
		}
	})
}

// TestNext reads what is no field, and empty bytes, which are not nil.
func TestNext(t *testing.T) {
	overlong := bytes.Repeat([]byte{0x80}, 11)
	for _, bad := range [][]byte{nil, {0x08}, {0x00, 1}, {0x0d, 0, 0, 0, 0}, {0x0a, 1}, append([]byte{0x08}, overlong...),
		overlong, {0x80, 0x80, 0x80, 0x80, 0x10, 1}} {
		if f, _, ok := Next(bad); ok {
			t.Errorf("% x reads as %v", bad, f)
		}
	}
	if f, _, ok := Next([]byte{0x0a, 0}); !ok || f.Bytes == nil {
		t.Errorf("an empty text reads as %v, %v", f, ok)
	}
}
