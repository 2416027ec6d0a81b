package lease

import (
	"iter"
	"strings"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// tree is an ordered set of items, as a treap (Seidel, Aragon: Randomized Search Trees, 1996): a search tree by the
// items' order that is at the same time a heap by their priorities. Priorities are hashes of what orders the items, so
// the shape follows from the content alone, whatever happened before; with the items a, b, c and the priorities 5, 9,
// 2:
//
//	    b·9
//	   /   \
//	a·5     c·2
//
// Nodes are never written to again: a change makes new ones on the way down to it and shares the rest. So an assignment
// is a clone, and each node knows the hash of all below it.
type tree struct {
	root *node
	n    int
}

// item is what trees are made of. Each tree uses those of the first three that its order needs, and leaves the others
// zero.
type item struct {
	at  sim.Time
	id  ID
	key string

	a, b int64 // what the tree holds about it; not part of the order
}

// node is a node of a tree. Invariant: items left of it come before its own, those right of it after; its kids are not
// above it.
type node struct {
	item
	left, right *node
	priority    uint64
	hash        uint64 // of the subtree
}

// compare orders items by time, then lease, then key.
func (it *item) compare(other *item) int {
	switch {
	case it.at != other.at:
		return sign(it.at < other.at)
	case it.id != other.id:
		return sign(it.id < other.id)
	}
	return strings.Compare(it.key, other.key)
}

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

func (it *item) priority() uint64 {
	h := rng.Mix(uint64(it.at), uint64(it.id))
	if it.key != "" {
		h = rng.Mix(h, rng.Name(it.key))
	}
	return h
}

// join makes a node of an item that comes after all of l and before all of r, and is above both.
func join(it *item, priority uint64, l, r *node) *node {
	n := &node{item: *it, left: l, right: r, priority: priority}
	h := rng.Mix(rng.Mix(priority, uint64(it.a)), uint64(it.b))
	n.hash = rng.Mix(rng.Mix(h, l.sum()), r.sum())
	return n
}

func (n *node) sum() uint64 {
	if n == nil {
		return 0
	}
	return n.hash
}

// with returns the node with other kids.
func (n *node) with(l, r *node) *node { return join(&n.item, n.priority, l, r) }

// above reports whether an item belongs above the node. Equal priorities, however rare, must not make the shape depend
// on what came first.
func (n *node) above(it *item, priority uint64) bool {
	return priority > n.priority || priority == n.priority && it.compare(&n.item) < 0
}

// get returns what the tree holds about an item.
func (t *tree) get(want item) (item, bool) {
	for n := t.root; n != nil; {
		switch c := want.compare(&n.item); {
		case c == 0:
			return n.item, true
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return item{}, false
}

// put adds an item, or replaces what the tree held about it.
func (t *tree) put(it item) {
	if _, found := t.get(it); !found {
		t.n++
	}
	t.root = t.root.put(&it, it.priority())
}

func (n *node) put(it *item, priority uint64) *node {
	if n == nil {
		return join(it, priority, nil, nil)
	}
	c := it.compare(&n.item)
	switch {
	case c == 0:
		return join(it, priority, n.left, n.right)
	case n.above(it, priority): // then it is nowhere below
		l, r := n.split(it)
		return join(it, priority, l, r)
	case c < 0:
		return n.with(n.left.put(it, priority), n.right)
	}
	return n.with(n.left, n.right.put(it, priority))
}

// split divides the subtree into what comes before an item and what comes after it. The item is not in it.
func (n *node) split(it *item) (l, r *node) {
	if n == nil {
		return nil, nil
	}
	if it.compare(&n.item) < 0 {
		l, r = n.left.split(it)
		return l, n.with(r, n.right)
	}
	l, r = n.right.split(it)
	return n.with(n.left, l), r
}

// remove takes an item out, if it is there.
func (t *tree) remove(it item) {
	if _, found := t.get(it); found {
		t.root = t.root.remove(&it)
		t.n--
	}
}

func (n *node) remove(it *item) *node {
	switch c := it.compare(&n.item); {
	case c < 0:
		return n.with(n.left.remove(it), n.right)
	case c > 0:
		return n.with(n.left, n.right.remove(it))
	}
	return merge(n.left, n.right)
}

// merge makes one subtree of two, all of l before all of r.
func merge(l, r *node) *node {
	switch {
	case l == nil:
		return r
	case r == nil:
		return l
	case r.above(&l.item, l.priority):
		return l.with(l.left, merge(l.right, r))
	}
	return r.with(merge(l, r.left), r.right)
}

// build makes a tree of items in order, without the copies that putting them one by one would take.
func build(items []item) tree {
	marks := make([]uint64, len(items))
	for i := range items {
		marks[i] = items[i].priority()
	}
	return tree{top(items, marks), len(items)}
}

// top makes the subtree of some items; marks are their priorities.
func top(items []item, marks []uint64) *node {
	if len(items) == 0 {
		return nil
	}
	high := 0
	for i, m := range marks {
		if m > marks[high] {
			high = i
		}
	}
	return join(&items[high], marks[high], top(items[:high], marks[:high]), top(items[high+1:], marks[high+1:]))
}

// first returns the item that comes before all others.
func (t *tree) first() (item, bool) {
	if t.root == nil {
		return item{}, false
	}
	n := t.root
	for n.left != nil {
		n = n.left
	}
	return n.item, true
}

// from visits the items from one on, in order, whether it is there or not.
func (t *tree) from(it item) iter.Seq[item] {
	return func(yield func(item) bool) { t.root.ascend(&it, yield) }
}

// ascend visits the subtree; false means that the visitor has had enough.
func (n *node) ascend(from *item, yield func(item) bool) bool {
	if n == nil {
		return true
	}
	if from.compare(&n.item) > 0 {
		return n.right.ascend(from, yield)
	}
	return n.left.ascend(from, yield) && yield(n.item) && n.right.ascend(from, yield)
}
