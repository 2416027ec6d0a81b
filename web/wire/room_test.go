package wire

import (
	"bytes"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// TestRoom writes a value of each form: its length is found, and a list that is cut is refused.
func TestRoom(t *testing.T) {
	for _, v := range []any{
		nil, true, 5, -5, uint8(200), uint16(60_000), uint32(1 << 30), uint64(1 << 60), int8(-100), int16(-30_000),
		int32(-1 << 30), int64(-1 << 60), float32(1.5), 1.5,
		"short", string(make([]byte, 40)), string(make([]byte, 300)), string(make([]byte, 70_000)), make([]byte, 5),
		make([]byte, 300), make([]byte, 70_000),
		[]int{1, 2, 3}, make([]int, 20), make([]int, 70_000), map[string]int{"a": 1},
		map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 0, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6},
	} {
		var b bytes.Buffer
		if err := msgpack.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
		whole := b.Bytes()
		if !roomy(append(bytes.Clone(whole), whole...)) {
			t.Errorf("% x is refused", whole[:min(len(whole), 20)])
		}
		if skip, elements := value(whole); elements == 0 && skip != uint64(len(whole)) || elements > 0 &&
			roomy(whole[:skip]) {
			t.Errorf("% x has %d bytes and %d elements", whole[:min(len(whole), 20)], skip, elements)
		}
	}
	for _, bad := range []string{"\xdd\xff\xff\xff\xff", "\xdf\x80\x00\x00\x00", "\xdc\x00\x02\x01", "\x93\x01",
		"\x81\x01", "\xd9\x05ab", "\xdb\x00"} {
		if roomy([]byte(bad)) {
			t.Errorf("%q has room", bad)
		}
	}
}
