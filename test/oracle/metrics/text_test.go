package metrics

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// family is one metric as it was printed.
type family struct {
	kind   string
	help   string
	labels []string // names, in the order in which they are printed, without le
	bounds []string // of le, in order
	order  []string // the labels of its series, in the order in which they are printed
}

// page is a text that Prometheus reads.
type page struct {
	families map[string]*family
	values   map[string]float64
	names    []string // of families, in order
}

// read takes a text apart.
func read(t *testing.T, text string) page {
	t.Helper()
	p := page{map[string]*family{}, map[string]float64{}, nil}
	var f *family
	var name string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			var help string
			name, help, _ = strings.Cut(rest, " ")
			f = &family{help: help}
			p.families[name] = f
			p.names = append(p.names, name)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			of, kind, _ := strings.Cut(rest, " ")
			if of != name {
				t.Fatalf("the type of %s stands below the help of %s", of, name)
			}
			f.kind = kind
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		v, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil || !strings.HasPrefix(line, name) {
			t.Fatalf("not a value of %s: %q", name, line)
		}
		if again := strconv.FormatFloat(v, 'g', -1, 64); again != line[at+1:] {
			t.Errorf("%s: Go writes the number as %s", line, again)
		}
		p.values[line[:at]] = v
		f.series(line[:at])
	}
	return p
}

// series notes the labels of a line.
func (f *family) series(line string) {
	_, rest, ok := strings.Cut(line, "{")
	if !ok {
		return
	}
	rest = strings.TrimSuffix(rest, "}")
	var names []string
	for pair := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(pair, "=")
		if name != "le" {
			names = append(names, name)
			continue
		}
		if !slices.Contains(f.bounds, value) {
			f.bounds = append(f.bounds, value)
		}
	}
	if f.labels == nil {
		f.labels = names
	}
	if f.kind != "histogram" {
		f.order = append(f.order, rest)
	}
}
