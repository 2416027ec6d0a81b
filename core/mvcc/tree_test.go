package mvcc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTreeAgainstMap writes at random into a family of trees that were cloned from each other, and compares each with a
// map of its own. Few keys make many clones meet in the same nodes; many make the tree deep.
func TestTreeAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trees := []*tree{{}}
		models := []map[string]*change{{}}
		space := rapid.SampledFrom([]int{10, 300, 100_000}).Draw(t, "space")
		for range rapid.IntRange(1, 30).Draw(t, "bursts") {
			i := rapid.IntRange(0, len(trees)-1).Draw(t, "tree")
			burst(trees[i], models[i], space, rapid.Uint64().Draw(t, "burst"))
			if len(trees) < 5 && rapid.Bool().Draw(t, "clone") {
				c := trees[i].clone()
				trees, models = append(trees, &c), append(models, maps.Clone(models[i]))
			}
		}
		for i := range trees {
			compare(t, trees[i], models[i])
		}
	})
}

// burst writes some hundred keys, or removes some hundred of those that are there.
func burst(tr *tree, m map[string]*change, space int, seed uint64) {
	shrink := seed%3 == 0
	for range seed%400 + 1 {
		seed = seed*6364136223846793005 + 1442695040888963407
		key := fmt.Sprint(seed >> 33 % uint64(space))
		if !shrink {
			c := &change{}
			*tr.slot(key) = c
			m[key] = c
			continue
		}
		for next := range tr.ascend(key) {
			key = next
			break
		}
		if m[key] != nil {
			tr.remove(key)
			delete(m, key)
		}
	}
}

func compare(t *rapid.T, tr *tree, m map[string]*change) {
	want := slices.Sorted(maps.Keys(m))
	if tr.n != len(want) {
		t.Fatalf("%d keys, want %d", tr.n, len(want))
	}
	if tr.root != nil {
		depth(t, tr.root, true)
	}
	from := rapid.IntRange(0, len(want)).Draw(t, "from")
	start := "~"
	if from < len(want) {
		start = want[from]
	}
	var got []string
	for key, c := range tr.ascend(start) {
		if c != m[key] || tr.get(key) != c {
			t.Fatalf("key %s has the wrong change", key)
		}
		got = append(got, key)
	}
	if !slices.Equal(got, want[from:]) {
		t.Fatalf("from %s: %v, want %v", start, got, want[from:])
	}
	if tr.get("no such key") != nil {
		t.Fatal("found what is not there")
	}
}

// depth checks the invariant of a subtree and returns how deep it is.
func depth(t *rapid.T, n *node, root bool) int {
	if len(n.keys) > maxItems || (!root && len(n.keys) < maxItems/2) {
		t.Fatalf("node with %d items", len(n.keys))
	}
	if !slices.IsSorted(n.keys) {
		t.Fatal("keys out of order")
	}
	for i, key := range n.keys {
		if got, found := n.find(key); got != i || !found || !strings.HasPrefix(key, n.hints.prefix) {
			t.Fatalf("the key at %d is found at %d, %v; prefix %q", i, got, found, n.hints.prefix)
		}
	}
	if !slices.IsSorted(n.hints.of) || len(n.hints.of) != len(n.keys) {
		t.Fatalf("hints %x of keys %q", n.hints.of, n.keys)
	}
	for i, head := range n.heads {
		if (i < len(n.keys)) != (head != nil) {
			t.Fatalf("of %d items, that at %d has the change %v", len(n.keys), i, head)
		}
	}
	if n.kids == nil {
		return 0
	}
	if len(n.kids) != len(n.keys)+1 {
		t.Fatalf("%d kids for %d items", len(n.kids), len(n.keys))
	}
	d := depth(t, n.kids[0], false)
	for i, kid := range n.kids[1:] {
		if depth(t, kid, false) != d {
			t.Fatal("leaves at different depths")
		}
		if kid.keys[0] <= n.keys[i] || n.kids[i].keys[len(n.kids[i].keys)-1] >= n.keys[i] {
			t.Fatal("a kid's keys are not between its neighbours'")
		}
	}
	return d + 1
}
