package text

import "testing"

func TestTimes(t *testing.T) {
	for _, c := range [][2]string{
		{Clock[int64](3_216_499), "3.216 s"}, {Clock[int64](125_007_000), "2:05.007"}, {Stamp[int64](3_214_112), "3.214 112"},
		{Span[int64](350), "350 µs"}, {Span[int64](1_500), "1.5 ms"}, {Span[int64](2_000), "2.0 ms"},
		{Span[int64](41_200), "41 ms"},
		{Span[int64](1_950_000), "1.9 s"}, {Span[int64](2_000_000), "2.0 s"}, {Span[int64](12_300_000), "12 s"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}
