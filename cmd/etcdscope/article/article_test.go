package article

import (
	"strings"
	"testing"
)

// TestClaims measures what the article says, on fewer and shorter runs than the command does.
func TestClaims(t *testing.T) {
	r := Measure(Quick)
	var b strings.Builder
	r.Print(&b)
	if _, failures := r.Unmet(); failures > 0 || len(r.Claims) < 30 {
		t.Errorf("%d claims are not met:\n%s", failures, b.String())
	}
}
