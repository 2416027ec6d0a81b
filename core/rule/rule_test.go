package rule

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestNumbersStay: the numbers of rules stand in the hashes of runs. testdata/numbers.txt has all that ever were; a new
// rule is added to it, with the next number.
func TestNumbersStay(t *testing.T) {
	data, err := os.ReadFile("testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	were := map[string]ID{}
	for i, name := range strings.Fields(string(data)) {
		were[name] = ID(i + 1)
	}
	for _, id := range All() {
		was, there := were[id.String()]
		switch {
		case !there:
			t.Errorf("%s, %d, is new: add it as line %d of testdata/numbers.txt", id, id, len(were)+1)
		case was != id:
			t.Errorf("%s was rule %d and is %d: then every hash changes", id, was, id)
		}
	}
	if n := strconv.Itoa(len(were)); were["lease-takes-keys"] != 75 {
		t.Errorf("testdata/numbers.txt has %s rules: none of those that were may go", n)
	}
}
