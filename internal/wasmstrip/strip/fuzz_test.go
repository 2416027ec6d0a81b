package strip

import (
	"bytes"
	"testing"
)

// FuzzModule holds that a module which is cut into sections can be put together again, and that what is no program of
// Go is refused.
func FuzzModule(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte(header))
	f.Add(module{{sectionCustom, []byte("\x09producers\x01\x08language\x01\x02Go\x06go1.26")}, {10, []byte{0}},
		{11, []byte{1, 0, 0x41, 0, 0x0b, 1, 'x'}}}.encode())
	f.Fuzz(func(t *testing.T, file []byte) {
		if m, err := parseModule(file); err == nil {
			again, err := parseModule(m.encode())
			if err != nil || !bytes.Equal(again.encode(), m.encode()) {
				t.Fatalf("%v came back as %v, %v", m, again, err)
			}
		}
		if out, err := Strip(file); err == nil {
			t.Fatalf("% x became % x", file, out)
		}
	})
}

// TestCount: a list that says to have more items than it has bytes is refused before anything goes through them.
func TestCount(t *testing.T) {
	for body, want := range map[string]int{"\x02ab": 2, "\x00": 0, "\x03ab": -1, "\xff\xff\xff\xff\x0f": -1} {
		r := &reader{b: []byte(body)}
		if n := r.count(); n != max(want, 0) || (r.err != nil) != (want < 0) {
			t.Errorf("%q has %d items, %v", body, n, r.err)
		}
	}
}
