package watch

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// listed is a watcher in a plain list, which is what the index must find.
type listed struct {
	key, end string
	ref      ref
}

// twins is an index beside the list of what was put into it.
type twins struct {
	own  *token
	x    index
	list []listed
}

// "x" and "{\x00" have the same hash: the words of both, with their lengths, are the same number.
var indexKeys = rapid.OneOf(rapid.SampledFrom([]string{"x", "{\x00", "\x00", "registry/pods/1", "registry/pods/2"}),
	rapid.StringOfN(rapid.RuneFrom([]rune("abx/")), 1, 3, -1))

func TestSameHash(t *testing.T) {
	if hash("x") != hash("{\x00") {
		t.Error("the test of keys with the same hash has none")
	}
}

func (w *twins) check(t *rapid.T) {
	w.x.ranges.check(t)
	for range 3 {
		key := indexKeys.Draw(t, "key")
		var want []ref
		for _, l := range w.list {
			if within(key, l.key, l.end) {
				want = append(want, l.ref)
			}
		}
		order(want)
		if got := w.x.watching(key, nil); !slices.Equal(got, want) {
			t.Fatalf("%q is watched by %v, want %v", key, got, want)
		}
	}
}

// check holds a subtree to what is said of type node.
func (n *node) check(t *rapid.T) {
	if n == nil {
		return
	}
	far := n.end
	for i, kid := range []*node{n.left, n.right} {
		if kid == nil {
			continue
		}
		kid.check(t)
		far = further(far, kid.far)
		if kid.priority > n.priority || (compare(kid.key, kid.end, n) < 0) != (i == 0) {
			t.Fatalf("[%q, %q) stands wrong below [%q, %q)", kid.key, kid.end, n.key, n.end)
		}
	}
	if n.far != far || len(n.list) == 0 {
		t.Fatalf("[%q, %q) reaches to %q, noted %q, for %v", n.key, n.end, far, n.far, n.list)
	}
}

// TestIndexAgainstList puts watchers into indexes and takes them out, and compares what is found with a search through
// a list. Indexes are cloned on the way and go on side by side.
func TestIndexAgainstList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := []*twins{{own: new(token)}}
		next := int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				w := rapid.SampledFrom(all).Draw(t, "index")
				for range rapid.IntRange(1, 20).Draw(t, "watchers") {
					next++
					l := listed{key: indexKeys.Draw(t, "key"),
						ref: ref{StreamID(rapid.IntRange(1, 3).Draw(t, "stream")), next, int32(next)}}
					if end := rapid.OneOf(indexKeys, rapid.Just(""), rapid.Just(mvcc.FromKey)).Draw(t, "end"); end > l.key ||
						end == mvcc.FromKey {
						l.end = end
					}
					w.x.add(w.own, l.key, l.end, l.ref)
					w.list = append(w.list, l)
				}
			},
			"remove": func(t *rapid.T) {
				w := rapid.SampledFrom(all).Draw(t, "index")
				for range min(rapid.IntRange(1, 20).Draw(t, "watchers"), len(w.list)) {
					i := rapid.IntRange(0, len(w.list)-1).Draw(t, "which")
					l := w.list[i]
					w.x.remove(w.own, l.key, l.end, l.ref)
					w.list = slices.Delete(w.list, i, i+1)
				}
				if len(w.list) == 0 && w.x != (index{}) {
					t.Fatal("an index without watchers is not empty")
				}
			},
			"clone": func(t *rapid.T) {
				w := rapid.SampledFrom(all).Draw(t, "index")
				if len(all) < 4 {
					w.own = new(token)
					all = append(all, &twins{new(token), w.x, slices.Clone(w.list)})
				}
			},
			"": func(t *rapid.T) {
				for _, w := range all {
					w.check(t)
				}
			},
		})
	})
}
