package wire

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDelta: whatever becomes of a list, the delta makes it of the old one, also across the wire; and a list that only
// grows, or moves on, is not sent again.
func TestDelta(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var held []int64
	for n := range 5000 {
		next := slices.Clone(held)
		switch r.IntN(6) {
		case 0:
			next = next[min(r.IntN(4), len(next)):]
		case 1:
			next = next[:len(next)-min(r.IntN(4), len(next))]
		case 2:
			if len(next) > 0 {
				next[r.IntN(len(next))] = r.Int64N(9)
			}
		case 3:
			next = nil
		}
		for range r.IntN(4) {
			next = append(next, r.Int64N(1000))
		}
		d := DeltaOf(held, next)
		data, err := Encode(&d)
		if err != nil {
			t.Fatal(err)
		}
		var arrived Delta[int64]
		if err := Decode(data, &arrived); err != nil {
			t.Fatal(err)
		}
		got, ok := arrived.Apply(held)
		if !ok || !slices.Equal(got, next) {
			t.Fatalf("%d: %v and %+v give %v, not %v", n, held, d, got, next)
		}
		held = got
	}
	long := make([]int64, 400)
	for i := range long {
		long[i] = int64(i)
	}
	if d := DeltaOf(long, append(slices.Clone(long[2:]), 400, 401)); len(d.New) != 2 {
		t.Errorf("%d items are sent of a list that has two new ones", len(d.New))
	}
	for _, d := range []Delta[int64]{{Skip: 401}, {Skip: 3, Keep: 398}, {Skip: -1}, {Keep: -1}} {
		if _, ok := d.Apply(long); ok {
			t.Errorf("%+v is taken for a change of a list of 400", d)
		}
	}
}
