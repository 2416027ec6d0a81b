package api

import (
	"reflect"
	"testing"
)

// FuzzDecode holds that what is read from an entry is what is written for it.
func FuzzDecode(f *testing.F) {
	for i, c := range written() {
		f.Add(Encode(uint64(i), c))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		id, c, err := Decode(data)
		if err != nil {
			return
		}
		if id2, c2, err := Decode(Encode(id, c)); err != nil || id2 != id || !reflect.DeepEqual(c, c2) {
			t.Errorf("%#v came back as %#v, %v", c, c2, err)
		}
	})
}
