package strip

import (
	"bytes"
	"testing"
)

// FuzzModule holds that a module which is cut into sections can be put together again, and that what is no program of Go is refused.
func FuzzModule(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte(header))
	f.Add(module{{sectionCustom, []byte("\x09producers\x01\x08language\x01\x02Go\x06go1.26")}, {10, []byte{0}}, {11, []byte{1, 0, 0x41, 0, 0x0b, 1, 'x'}}}.encode())
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
