package workload_test

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// compacting returns a world with a leader in which commands go well, or are refused with the words that are expected.
func compacting(t *testing.T) (w *world.World, do func(line, want string)) {
	t.Helper()
	w, err := world.New(world.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(sim.Second, 1<<40)
	return w, func(line, want string) {
		t.Helper()
		c, err := script.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Do(c); (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Fatalf("%s: got %v, want %q", line, err, want)
		}
	}
}

// TestCompactorOnce: a client runs one compactor at most, and one that has been stopped and started again begins anew:
// rounds of the earlier one that were planned are not carried out.
func TestCompactorOnce(t *testing.T) {
	w, do := compacting(t)
	do("compactor stop", "c1 runs no compactor")
	do("compactor start --client c3", "there is no c3")
	do("compactor start --interval 10s", "")
	do("compactor start", "c1 runs a compactor already")
	w.Advance(6*sim.Second, 1<<40)
	do("compactor stop", "")
	do("compactor start --interval 10s", "")
	w.Advance(15*sim.Second, 1<<40)
	if n := w.Requests(); n != 0 {
		t.Errorf("%d calls before the second compactor's first round", n)
	}
	w.Advance(17*sim.Second, 1<<40)
	if n := w.Requests(); n != 1 {
		t.Errorf("%d calls in its first round", n)
	}
}

// TestCompactorFails: a compaction that somebody else has carried out meanwhile fails, and the compactor goes on.
func TestCompactorFails(t *testing.T) {
	w, do := compacting(t)
	do("compactor start --interval 10s", "")
	do("put a 1", "")
	do("put a 2", "")
	w.Advance(20*sim.Second, 1<<40) // after the first round
	do("compaction 4 --client c2", "")
	w.Advance(22*sim.Second, 1<<40)
	if got, _ := w.Fact(script.Fact{Of: "c1",
		Name: "error"}); got != "etcdserver: mvcc: required revision has been compacted" {
		t.Errorf("the second round ended with %q", got)
	}
	w.Advance(33*sim.Second, 1<<40)
	if got, _ := w.Fact(script.Fact{Of: "n1", Name: "compact"}); got != "5" {
		t.Errorf("the third round compacted to %s", got)
	}
}

// TestCompactorKeyDeleted: whoever deletes the key makes the API servers agree anew.
func TestCompactorKeyDeleted(t *testing.T) {
	w, do := compacting(t)
	do("compactor start --interval 10s", "")
	w.Advance(12*sim.Second, 1<<40)
	do("del compact_rev_key --client c2", "")
	for _, x := range []struct {
		at   sim.Time
		want string
	}{{22 * sim.Second, "-1"}, {32 * sim.Second, "3"}} { // it notices, then goes on
		w.Advance(x.at, 1<<40)
		if got, _ := w.Fact(script.Fact{Of: "n1", Name: "compact"}); got != x.want {
			t.Errorf("at %v: compacted to %s, want %s", x.at, got, x.want)
		}
	}
}
