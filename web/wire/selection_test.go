package wire

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
)

// TestSelection: each selection has a text of its own that reads back as the same, and nothing else selects anything.
func TestSelection(t *testing.T) {
	for text, want := range map[string]Selection{
		"":            {},
		"n2":          {Of: SelectHost, Host: sim.Member(2)},
		"c1":          {Of: SelectHost, Host: sim.Client(1)},
		"l2.7":        {Of: SelectEntry, Host: sim.Member(2), Number: 7},
		"e1234":       {Of: SelectRecord, Number: 1234},
		"m17":         {Of: SelectMessage, Number: 17},
		"o5":          {Of: SelectOperation, Number: 5},
		"k/pods/a b":  {Of: SelectKey, Key: "/pods/a b"},
		"v7 /pods/a ": {Of: SelectKeyVersion, Number: 7, Key: "/pods/a "},
		"w1.-2":       {Of: SelectWatch, Host: sim.Client(1), Number: -2},
		"t694d81":     {Of: SelectLease, Number: 0x694d81},
	} {
		if got := ParseSelection(text); got != want {
			t.Errorf("%q is %+v, not %+v", text, got, want)
		}
		if got := want.String(); got != text {
			t.Errorf("%+v is written %q, not %q", want, got, text)
		}
	}
	for _, text := range []string{"x", "n", "n0", "n99", "l", "l2", "l0.1", "l2.x", "l2.-1", "lx.1", "e", "e-1", "ex", "m",
		"k", "v", "vx a", "v-1 a", "w1", "w0.1", "w9999.1", "t", "tz", "ü"} {
		if got := ParseSelection(text); got != (Selection{}) {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}
