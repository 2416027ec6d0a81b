package article

import (
	"strings"
	"testing"
)

// TestClaims measures what the article and etcd's own table of figures say, on fewer and shorter runs than the command
// does.
func TestClaims(t *testing.T) {
	r := Measure(Quick)
	for _, x := range r.Benchmarks {
		if got := x.Load.PerSecond; got*100 < x.PerSecond*75 || got*100 > x.PerSecond*133 {
			t.Errorf("%s: %d/s, etcd's table says %d/s", x.Text, got, x.PerSecond)
		}
	}
	var b strings.Builder
	r.Print(&b)
	if _, failures := r.Unmet(); failures > 0 || len(r.Claims) < 30 {
		t.Errorf("%d claims are not met:\n%s", failures, b.String())
	}
}
