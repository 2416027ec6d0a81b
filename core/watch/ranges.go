package watch

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// node is a node of the treap of ranges (Aragon, Seidel 1989): a search tree by range, and a heap by a priority that is
// drawn from the range itself, so that the same ranges always make the same tree, balanced as if they had come in
// random order. Each node knows the furthest end below it, which makes it an interval tree: a search for the ranges
// that hold a key leaves out all that end before it.
//
// etcd has a red-black interval tree here (pkg/adt). This one is shorter, and a clone shares what it does not write to.
type node struct {
	own         *token
	key, end    string
	far         string // the furthest end in this subtree; mvcc.FromKey: there is none
	priority    uint64
	left, right *node
	list        []ref
}

func further(a, b string) string {
	if a == mvcc.FromKey || (b != mvcc.FromKey && a > b) {
		return a
	}
	return b
}

// compare orders ranges by start, then by end.
func compare(key, end string, n *node) int {
	switch {
	case key != n.key && key < n.key, key == n.key && end < n.end:
		return -1
	case key == n.key && end == n.end:
		return 0
	}
	return 1
}

func (n *node) writable(own *token) *node {
	if n.own == own {
		return n
	}
	c := *n
	c.own = own
	c.list = append(make([]ref, 0, len(n.list)+1), n.list...)
	return &c
}

// fix works out far from the node and its kids.
func (n *node) fix() {
	n.far = n.end
	if n.left != nil {
		n.far = further(n.far, n.left.far)
	}
	if n.right != nil {
		n.far = further(n.far, n.right.far)
	}
}

func priority(key, end string) uint64 { return hash(key) ^ hash(end)*3 }

// add puts a watcher into the node of its range and returns the subtree's new root. A new range takes the place of the
// first node on its way that has a lower priority.
func (n *node) add(own *token, key, end string, r ref) *node {
	if n == nil || priority(key, end) > n.priority {
		return n.above(own, key, end, r)
	}
	n = n.writable(own)
	switch c := compare(key, end, n); {
	case c == 0:
		n.list = with(n.list, r)
	case c < 0:
		n.left = n.left.add(own, key, end, r)
	default:
		n.right = n.right.add(own, key, end, r)
	}
	n.fix()
	return n
}

// above makes the node of a new range over a subtree whose nodes all have a lower priority.
func (n *node) above(own *token, key, end string, r ref) *node {
	top := &node{own: own, key: key, end: end, priority: priority(key, end), list: []ref{r}}
	top.left, top.right = n.split(own, key, end)
	top.fix()
	return top
}

// split divides a subtree into the ranges before one and those after it.
func (n *node) split(own *token, key, end string) (before, after *node) {
	if n == nil {
		return nil, nil
	}
	n = n.writable(own)
	if compare(key, end, n) < 0 {
		before, n.left = n.left.split(own, key, end)
		n.fix()
		return before, n
	}
	n.right, after = n.right.split(own, key, end)
	n.fix()
	return n, after
}

// remove takes a watcher out and returns the subtree's new root.
func (n *node) remove(own *token, key, end string, r ref) *node {
	n = n.writable(own)
	switch c := compare(key, end, n); {
	case c < 0:
		n.left = n.left.remove(own, key, end, r)
	case c > 0:
		n.right = n.right.remove(own, key, end, r)
	default:
		if n.list = without(n.list, r); len(n.list) == 0 {
			return join(own, n.left, n.right)
		}
	}
	n.fix()
	return n
}

// join makes one subtree of two, of which the first lies before the second.
func join(own *token, a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority > b.priority:
		a = a.writable(own)
		a.right = join(own, a.right, b)
		a.fix()
		return a
	}
	b = b.writable(own)
	b.left = join(own, a, b.left)
	b.fix()
	return b
}

// stab adds to a list the watchers of all ranges that hold a key.
func (n *node) stab(key string, list []ref) []ref {
	for n != nil && (key < n.far || n.far == mvcc.FromKey) {
		list = n.left.stab(key, list)
		if key < n.key {
			return list // and so do all on the right
		}
		if within(key, n.key, n.end) {
			list = append(list, n.list...)
		}
		n = n.right
	}
	return list
}

// order brings a list that was put together from several into the order of delivery.
func order(list []ref) {
	for i := 1; i < len(list); i++ {
		if list[i].before(list[i-1]) {
			sort.SliceStable(list, func(i, j int) bool { return list[i].before(list[j]) })
			return
		}
	}
}
