package lease

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/sim"
)

func drawItem(t *rapid.T) item {
	return item{at: sim.Time(rapid.IntRange(-1, 2).Draw(t, "at")), id: ID(rapid.IntRange(-2, 2).Draw(t, "id")),
		key: rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 2, -1).Draw(t, "key"),
		a:   int64(rapid.IntRange(0, 1).Draw(t, "a"))}
}

// order is what a model knows an item by.
func order(it item) item { return item{at: it.at, id: it.id, key: it.key} }

// TestTreeModel: a tree holds what a map holds, in order, and looks the same whatever led to it.
func TestTreeModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tr tree
		model := map[item]item{}
		old, oldHash := tr, tr.root.sum()
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			it := drawItem(t)
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				tr.remove(it)
				delete(model, order(it))
			case 1:
				old, oldHash = tr, rebuilt(slices.Collect(tr.from(item{at: -9}))).root.sum()
			default:
				tr.put(it)
				model[order(it)] = it
			}
		}
		want := slices.SortedFunc(maps.Values(model), func(a, b item) int { return a.compare(&b) })
		if got := slices.Collect(tr.from(item{at: -9})); !slices.Equal(got, want) || tr.n != len(want) {
			t.Fatalf("the tree has %d items\n%v, want\n%v", tr.n, got, want)
		}
		if tr.root.sum() != rebuilt(want).root.sum() || tr.root.sum() != build(want).root.sum() {
			t.Fatal("the hash depends on how the tree was made")
		}
		if old.root.sum() != rebuilt(slices.Collect(old.from(item{at: -9}))).root.sum() || old.root.sum() != oldHash {
			t.Fatal("the tree that was kept has changed")
		}
		it := drawItem(t)
		got, found := tr.get(it)
		if known, ok := model[order(it)]; found != ok || got != known {
			t.Fatalf("get(%v) is %v %v, want %v %v", it, got, found, known, ok)
		}
		if first, ok := tr.first(); ok != (len(want) > 0) || ok && first != want[0] {
			t.Fatalf("first is %v %v", first, ok)
		}
		tail := slices.DeleteFunc(want, func(w item) bool { return w.compare(&it) < 0 })
		if got := slices.Collect(tr.from(it)); !slices.Equal(got, tail) {
			t.Fatalf("from %v: %v, want %v", it, got, tail)
		}
	})
}

// rebuilt puts the items one by one, the last first.
func rebuilt(items []item) *tree {
	var tr tree
	for _, it := range slices.Backward(items) {
		tr.put(it)
	}
	return &tr
}

// TestTreeIsFlat: a hundred thousand leases in a row are not a list.
func TestTreeIsFlat(t *testing.T) {
	var items []item
	for id := range ID(100_000) {
		items = append(items, item{id: id})
	}
	tr := build(items)
	if d := depth(tr.root); d > 60 {
		t.Errorf("the tree is %d deep", d)
	}
}

func depth(n *node) int {
	if n == nil {
		return 0
	}
	return 1 + max(depth(n.left), depth(n.right))
}
