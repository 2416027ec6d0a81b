package cobra

import (
	"slices"
	"strings"
	"testing"
)

// TestParse reads lines that are right, and shows what they say.
func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		"get a":                            "get [a] rev=0 w=simple",
		"ge a b --rev=0x10 -wjson":         "get [a b] rev=16 w=json",
		"-w=json --hex get -- -a":          "get [-a] rev=0 w=json",
		"get --rev 010 a -w json -wfields": "get [a] rev=8 w=fields",
		"mem li":                           "member list [] rev=0 w=simple",
		"comp 5":                           `refused 1: Error: unknown command "comp" for "etcdctl"`,
		"--prefix get a":                   `refused 1: Error: unknown command "a" for "etcdctl"`,
		"get -x a":                         "refused 1: Error: unknown shorthand flag: 'x' in -x",
		"get a --rev":                      "refused 1: Error: flag needs an argument: --rev",
		"get a --rev x":                    `refused 1: Error: invalid argument "x" for "--rev" flag: strconv.ParseInt: parsing "x": invalid syntax`,
		"get a --command-timeout 5":        `refused 1: Error: invalid argument "5" for "--command-timeout" flag: time: missing unit in duration "5"`,
		"member":                           "refused 0: ",
		"get a --command-timeout é":        `refused 1: Error: invalid argument "é" for "--command-timeout" flag: time: invalid duration "\xc3\xa9"`,
	} {
		if got := shown(Tool("etcdctl").Parse(strings.Fields(line))); got != want {
			t.Errorf("%s\nis  %s\nnot %s", line, got, want)
		}
	}
}

func shown(l *Parsed, no *Refusal) string {
	if no != nil {
		first, _, _ := strings.Cut(no.Stderr, "\n")
		return "refused " + string(rune('0'+no.Exit)) + ": " + first
	}
	return l.Name + " [" + strings.Join(l.Args, " ") + "] rev=" + decimal(l.Number("rev")) + " w=" + l.Text("write-out")
}

func decimal(n int64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + decimal(n%10)
}

// TestSpan reads what Go's time.ParseDuration reads.
func TestSpan(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "5s": 5 * second, "1m30s": 90 * second, "-1.5h": -5400 * second,
		".5ms": 500_000, "1us": 1000, "+2ns": 2} {
		if got, wrong := readSpan(text); got != want || wrong != "" {
			t.Errorf("%s is %d, %s", text, got, wrong)
		}
	}
	for _, text := range []string{"", "-", "5", "s", "1.2.3s", "5x", "1h5", "9999999999h", "."} {
		if got, wrong := readSpan(text); wrong == "" {
			t.Errorf("%s is %d", text, got)
		}
	}
}

// TestList reads what encoding/csv reads of one line.
func TestList(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "a,b": {"a", "b"}, `"a,b",c`: {"a,b", "c"}, `"a""b"`: {`a"b`},
		",": {"", ""}} {
		if got, wrong := readList(text); !slices.Equal(got, want) || wrong != "" {
			t.Errorf("%s is %q, %s", text, got, wrong)
		}
	}
}
