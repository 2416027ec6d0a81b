package sim

import "testing"

// FuzzTime holds that a time which is read is not negative, and is read again from what it prints.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{"0s", "300ms", "1.5s", "17us", "2m", "6h", "0.000001s", "1.s", ".5s", "+1s", "1e3s",
		"4611686018427387904us", "1281023894007607h", "0.0005ms"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := ParseTime(text)
		if err != nil {
			return
		}
		if again, err := ParseTime(at.String()); err != nil || again != at || at < 0 {
			t.Errorf("%q is %d µs, prints as %s, is read as %d µs, %v", text, int64(at), at, int64(again), err)
		}
	})
}

// FuzzHost holds that a name is read only if it is the one that the host prints.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{"n1", "c4", "n9", "n10", "c0", "n01", "", "n", "x1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if h, ok := ParseHost(text); ok && h.String() != text {
			t.Errorf("%q is %s", text, h)
		}
	})
}
