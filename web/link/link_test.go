package link

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

func known(scenario string) bool { return scenario != "nowhere" }

// TestTranscripts runs testdata: encode (a run as lines to a link), decode (links, one a line, to runs).
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Dir(path) != "testdata" {
			return // an input of a fuzz test
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "encode" {
				r := readRun(t, d.Input)
				text, err := Encode(r)
				if err != nil {
					return err.Error() + "\n"
				}
				checkWayBack(t, r)
				return text + "\n"
			}
			var b strings.Builder
			for line := range strings.SplitSeq(d.Input, "\n") {
				r, err := Decode(line, known)
				if err != nil {
					fmt.Fprintf(&b, "%-40s %v\n", line, err)
					continue
				}
				checkWayBack(t, r)
				b.WriteString(showRun(r))
			}
			return b.String()
		})
	})
}

// readRun reads a run as the transcripts write it.
func readRun(t *testing.T, text string) Run {
	t.Helper()
	var r Run
	for line := range strings.SplitSeq(text, "\n") {
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "m":
			r.Model = rest
		case "s":
			r.Scenario = rest
		case "t":
			r.At = must(sim.ParseTime(rest))
		case "h":
			r.Hash = rest
		case "panel":
			r.UI.Panel = rest
		case "select":
			r.UI.Select = rest
		default:
			for _, s := range must(script.ParseScript(line)) {
				switch s := s.(type) {
				case script.Config:
					for _, p := range s.Pairs {
						r.Config = append(r.Config, Pair{p.Key, p.Value})
					}
				case script.At:
					r.Tape = append(r.Tape, Timed{s.At, s.Command})
				}
			}
		}
	}
	return r
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func showRun(r Run) string {
	var b strings.Builder
	if r.Model != "" {
		fmt.Fprintf(&b, "m %s\n", r.Model)
	}
	fmt.Fprintf(&b, "s %s\nconfig", r.Scenario)
	for _, p := range r.Config {
		fmt.Fprintf(&b, " %s=%s", p.Key, p.Value)
	}
	for _, c := range r.Tape {
		fmt.Fprintf(&b, "\nat %s %s", c.At, c.Command)
	}
	fmt.Fprintf(&b, "\nt %s\nh %s\npanel %s\nselect %s\n", r.At, r.Hash, r.UI.Panel, r.UI.Select)
	return b.String()
}

// checkWayBack holds that a run survives both forms, and that a link that was opened and copied again is the same link.
func checkWayBack(t *testing.T, r Run) {
	t.Helper()
	text, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	packed := "#v=1&m=" + r.Model + "&z=" + must(r.pack())
	for _, form := range []string{text, packed} {
		got, err := Decode(form, nil)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("%s\nis %#v\nwant %#v\n%v", form, got, r, err)
		}
		if again := must(Encode(got)); again != text {
			t.Fatalf("%s\nbecomes %s\nwant %s", form, again, text)
		}
	}
}

// longRun makes a run of n writes.
func longRun(n int) Run {
	r := Run{Config: []Pair{{"members", "5"}, {"seed", "18446744073709551615"}}, At: script.TimeMax, Hash: "ff"}
	for i := range n {
		r.Tape = append(r.Tape, Timed{sim.Time(i) * 1000, must(script.Parse("put /k/" + strconv.Itoa(i) + ` "v ü"`))})
	}
	return r
}

func TestLongRunsArePacked(t *testing.T) {
	for _, n := range []int{1, 20, 45, 100, CommandsMax} {
		r := longRun(n)
		checkWayBack(t, r)
		text := must(Encode(r))
		if packed := strings.HasPrefix(text, "#v=1&z="); packed != (n > 45) {
			t.Errorf("%d commands: %d characters, packed %v", n, len(text), packed)
		}
		if n == CommandsMax {
			t.Logf("%d commands make a link of %d characters", n, len(text))
		}
	}
}

// Encode must refuse what Decode would refuse.
func TestEncodeRefuses(t *testing.T) {
	huge := longRun(CommandsMax)
	for i := range huge.Tape {
		huge.Tape[i].Command = script.Elect{Name: "k", Proposal: strings.Repeat("x", 200)}
	}
	for name, r := range map[string]Run{
		"too many commands":    longRun(CommandsMax + 1),
		"too many bytes":       huge,
		"unknown config key":   {Config: []Pair{{"latency", "5"}}},
		"too many members":     {Config: []Pair{{"members", "10"}}},
		"a key twice":          {Config: []Pair{{"seed", "1"}, {"seed", "1"}}},
		"a long value":         {Config: []Pair{{"off", strings.Repeat("x", 300)}}},
		"a long selection":     {UI: Lens{Select: strings.Repeat("x", 300)}},
		"text that is no text": {UI: Lens{Select: "\xff"}},
		"time backwards":       {Tape: []Timed{{5, script.Heal{}}, {4, script.Heal{}}}},
		"negative time":        {Tape: []Timed{{-5, script.Heal{}}}},
		"no command":           {Tape: []Timed{{At: 5}}},
		"an unknown name":      {Tape: []Timed{{5, script.Crash{Member: "n10"}}}},
		"a long command":       {Tape: []Timed{{5, script.Elect{Name: "k", Proposal: strings.Repeat("x", 5000)}}}},
		"a late instant":       {At: script.TimeMax + 1},
		"a hash with dashes":   {Hash: "1-2"},
		"a scenario with dots": {Scenario: "../x"},
	} {
		text, err := Encode(r)
		var e *Error
		if text != "" || !errors.As(err, &e) {
			t.Errorf("%s: %.80q, %v", name, text, err)
			continue
		}
		t.Logf("%s: %.200s", name, err)
	}
}

// squeeze packs any bytes as the value of z.
func squeeze(raw []byte) string {
	var b bytes.Buffer
	w := must(flate.NewWriter(&b, flate.BestCompression))
	must(w.Write(raw))
	w.Close()
	return "#v=1&z=" + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// encoded writes values as msgpack, one behind the other.
func encoded(values ...any) []byte {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

func TestHostileLinks(t *testing.T) {
	list := func(v ...any) []any { return append([]any{}, v...) } // never nil, which is another thing in msgpack
	good := must(longRun(10).pack())
	many := "#v=1&a=" + strings.Repeat("0+heal;", CommandsMax) + "0+heal"
	deep := append(bytes.Repeat([]byte{0x91}, BytesMax-10), 0xc0)
	for _, c := range []struct {
		name, link string
		kind       error
	}{
		{"a megabyte", "#v=1&preset=" + strings.Repeat("x", BytesMax), ErrTooLarge},
		{"a long value", "#v=1&preset=" + strings.Repeat("x", 1000), ErrTooLarge},
		{"a long scenario", "#v=1&s=" + strings.Repeat("x", 1000), ErrContent},
		{"too many commands", many, ErrTooLarge},
		{"only separators", "#v=1&a=" + strings.Repeat(";", 100_000), ErrTooLarge},
		{"only ampersands", strings.Repeat("&", 100_000), ErrDamaged},
		{"newer", "#v=3&z=????", ErrNewer},
		{"a bomb", squeeze(make([]byte, 50<<20)), ErrTooLarge},
		{"cut off", "#v=1&z=" + good[:len(good)/2], ErrDamaged},
		{"a changed byte", "#v=1&z=" + "B" + good[1:], ErrDamaged},
		{"nothing inside", squeeze(nil), ErrDamaged},
		{"a map", squeeze(encoded(map[string]int{"a": 1})), ErrDamaged},
		{"too few parts", squeeze(encoded(list("", list()))), ErrDamaged},
		{"deep nesting", squeeze(deep), ErrDamaged},
		{"a huge array", squeeze([]byte{0x97, 0xa0, 0x90, 0xdd, 0xff, 0xff, 0xff, 0xfe}), ErrTooLarge},
		{"a huge text", squeeze([]byte{0x97, 0xdb, 0xff, 0xff, 0xff, 0xff, 'x'}), ErrDamaged},
		{"an odd tape", squeeze(encoded(list("", list(), list(1), 0, "", "", ""))), ErrDamaged},
		{"seven in the tape", squeeze(encoded(list("", list(), list(1, "heal", 1, "heal", 1, "heal", 1), 0, "", "", ""))),
			ErrDamaged},
		{"a number as text", squeeze(encoded(list(5, list(), list(), 0, "", "", ""))), ErrDamaged},
		{"negative time", squeeze(encoded(list("", list(), list(5, "heal", -1, "heal"), 0, "", "", ""))), ErrContent},
		{"overflowing time", squeeze(encoded(list("", list(), list(1<<62, "heal", 1<<62, "heal", 1<<62, "heal"), 0, "", "",
			""))), ErrContent},
		{"a bad command", squeeze(encoded(list("", list(), list(5, "crush n1"), 0, "", "", ""))), ErrContent},
		{"a bad config key", squeeze(encoded(list("", list("v", "1"), list(), 0, "", "", ""))), ErrContent},
		{"ten members", squeeze(encoded(list("", list("members", "10"), list(), 0, "", "", ""))), ErrContent},
		{"many configs", squeeze(encoded(list("", make([]string, 100), list(), 0, "", "", ""))), ErrTooLarge},
		{"an unknown scenario", squeeze(encoded(list("nowhere", list(), list(), 0, "", "", ""))), ErrContent},
		{"bytes as selection", squeeze(encoded(list("", list(), list(), 0, "", "", "\xff"))), ErrDamaged},
	} {
		r, err := Decode(c.link, known)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, c.kind) || !reflect.DeepEqual(r, Run{}) {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
			continue
		}
		if len(err.Error()) > 400 {
			t.Errorf("%s: the sentence has %d bytes", c.name, len(err.Error()))
		}
		t.Logf("%s: %s", c.name, err)
	}
}

// FuzzDecode makes sure that no link upsets Decode, and that one that opens can be copied and opened again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "#v=1", "#v=2", "#v=1&members=3&a=5+put+a+b;6+crash+n1&t=7&h=ab&panel=log&select=n1", "#v=1&a=0+put+%22%00%22+x",
		"#v=1&s=figure-8&off=x,y", "#v=1&z=" + must(longRun(3).pack()), "#v=1&z=" + must(Run{}.pack()),
		squeeze([]byte{0x97, 0xdb, 0xff, 0xff, 0xff, 0xff, 'x'}), squeeze(make([]byte, 1<<20)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Decode(text, nil)
		if err != nil {
			return
		}
		again, err := Encode(r)
		if errors.Is(err, ErrTooLarge) {
			return // hostile text can grow when its escapes are written out
		}
		if err != nil {
			t.Fatalf("%q opens but cannot be copied: %v", text, err)
		}
		back, err := Decode(again, nil)
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("%q becomes %q: %#v, want %#v, %v", text, again, back, r, err)
		}
	})
}

// FuzzUnpack goes past base64 and deflate, which random text seldom gets through.
func FuzzUnpack(f *testing.F) {
	for _, r := range []Run{{}, longRun(1), longRun(3)} {
		f.Add(r.msgpack())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r, err := Decode(squeeze(raw), nil); err == nil {
			checkWayBack(t, r)
		}
	})
}
