package strip

import (
	"bytes"
	"errors"
	"testing"
)

// body is a function with two blocks around three places; number 2 and 3 belong to the last. The code behind br_table
// is given.
func body(code ...byte) []byte {
	b := []byte{1, 1, typeInt32, opGlobalGet, 0, opLocalSet, 1}
	b = append(b, opBlock, blockNoType, opLoop, blockNoType, opBlock, blockNoType, opBlock, blockNoType, opBlock,
		blockNoType)
	b = append(b, opLocalGet, 0, opBrTable, 3, 0, 1, 2, 2, opEnd)
	b = append(b, code...)
	return append(b, opEnd, opI32Const, 1, opEnd)
}

// TestJumps has the rest of a function before and after: the places end where opEnd stands alone.
func TestJumps(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []byte
	}{
		{"to the next place", []byte{opI32Const, 1, opLocalSet, 0, opBr, 2, opEnd, opEnd, opEnd},
			[]byte{opBr, 0, opEnd, opEnd, opEnd}},
		{"to the last, by its other number", []byte{opI32Const, 3, opLocalSet, 0, opBr, 2, opEnd, opEnd, opEnd},
			[]byte{opBr, 1, opEnd, opEnd, opEnd}},
		{"to the last, from the second", []byte{opEnd, opI32Const, 2, opLocalSet, 0, opBr, 1, opEnd, opEnd},
			[]byte{opEnd, opBr, 0, opEnd, opEnd}},
		{"on a condition", []byte{opIf, blockNoType, opI32Const, 2, opLocalSet, 0, opBr, 3, opEnd, opEnd, opEnd, opEnd},
			[]byte{opBrIf, 1, opEnd, opEnd, opEnd}},
		{
			"out of another block",
			[]byte{opBlock, blockNoType, opI32Const, 1, opLocalSet, 0, opBr, 3, opEnd, opEnd, opEnd, opEnd},
			[]byte{opBlock, blockNoType, opBr, 1, opEnd, opEnd, opEnd, opEnd},
		},
		{"back", []byte{opEnd, opI32Const, 1, opLocalSet, 0, opBr, 1, opEnd, opEnd}, nil},
		{"not by the loop", []byte{opI32Const, 1, opLocalSet, 0, opBr, 1, opEnd, opEnd, opEnd}, nil},
		{"a number without a place", []byte{opI32Const, 4, opLocalSet, 0, opBr, 2, opEnd, opEnd, opEnd}, nil},
		{"unwinding", []byte{opBrIf, 3, opEnd, opBrIf, 2, opEnd, opEnd},
			append(append(bytes.Clone(returnOne), opEnd), append(returnOne, opEnd, opEnd)...)},
		{"the variable is read", []byte{opLocalGet, 0, opI32Const, 1, opLocalSet, 0, opBr, 2, opEnd, opEnd, opEnd}, nil},
		{
			"a call through a pointer",
			[]byte{opLocalSet, 0, opI32Const, 0, opLocalGet, 0, opCallIndirect, 0, 0, opBrIf, 3, opEnd, opEnd, opEnd},
			append(append([]byte{opLocalSet, 0, opI32Const, 0, opLocalGet, 0, opCallIndirect, 0, 0}, returnOne...), opEnd, opEnd,
				opEnd),
		},
	} {
		want := body(c.after...)
		if c.after == nil {
			want = body(c.before...)
		}
		if got, err := shortenJumps(body(c.before...)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: % x, %v\nwant % x", c.name, got, err, want)
		}
	}
	if _, err := shortenJumps(body(0x06)); !errors.Is(err, ErrModule) {
		t.Errorf("an unknown instruction: %v", err)
	}
}
