package mvcc

import "iter"

// maxItems is the number of keys in a full node. It is odd, so that a full node splits into two equal halves around its
// middle key. etcd's tree has up to 63 (index.go, degree 32); half of that makes the copies smaller that a write after
// a clone has to take, at the price of a level more.
const maxItems = 31

// tree is an ordered map from a key to its newest change: a B-tree (Bayer, McCreight 1972) that is cloned at once and
// copies a node when it first writes into it afterwards.
//
// Who may write into a node is settled by a token. Each node carries the token of the tree that made it, and a tree
// writes only into nodes that carry its own. A clone gives both trees a fresh token, so that from then on every node
// they share belongs to neither:
//
//	t: token A   root(A) ── left(A), right(A)
//	c := t.clone()          t: token B, c: token C; root, left and right still carry A
//	t writes into right     t: root'(B) ── left(A), right'(B)      c: root(A) ── left(A), right(A)
//
// A deleted key stays, with a tombstone as its newest change, until a compaction removes it.
//
// The zero tree is empty and ready to use.
type tree struct {
	root *node
	own  *token
	n    int // number of keys
}

// token is an identity. It has a size, because pointers to values without one may be equal.
type token struct{ _ byte }

// node is a node of the tree.
//
// A key and its newest change are an item. Most writes change only heads, so a copy shares the keys, which are the
// larger part of a node.
//
// Invariant: keys are in strictly ascending order; a leaf has no kids, any other node has one more kid than keys, and
// the keys of kids[i] lie between keys[i-1] and keys[i]; all leaves are equally deep; every node but the root has at
// least maxItems/2 items; heads behind the last item are nil.
type node struct {
	own    *token
	keys   []string
	hints  hints
	heads  [maxItems]*change // of each key its newest change
	kids   []*node
	shared bool // keys and hints are those of another node, too, and are copied before they change
}

type item struct {
	key  string
	head *change
}

// clone returns a tree with the same content. It costs the same however large the tree is.
func (t *tree) clone() tree {
	t.own = new(token)
	return tree{root: t.root, own: new(token), n: t.n}
}

// get returns the newest change of a key, or nil.
func (t *tree) get(key string) *change {
	for n := t.root; n != nil; {
		i, found := n.find(key)
		if found {
			return n.heads[i]
		}
		if n.kids == nil {
			return nil
		}
		n = n.kids[i]
	}
	return nil
}

// slot returns the place that holds a key's newest change, to be written to; a key that was not there gets an empty
// one. The pointer is good until the tree is next touched.
//
// Full nodes are split on the way down, so that there is always room above for the middle key of a split and one
// descent is enough (Cormen et al., Introduction to Algorithms, B-TREE-INSERT).
func (t *tree) slot(key string) **change {
	n := t.writableRoot()
	for {
		i, found := n.find(key)
		if found {
			return &n.heads[i]
		}
		if n.kids == nil {
			n.insert(i, item{key: key})
			t.n++
			return &n.heads[i]
		}
		n.kids[i] = n.kids[i].writable(t.own)
		if len(n.kids[i].keys) < maxItems {
			n = n.kids[i]
			continue
		}
		// The split puts another key at i, so that the search in n is done again.
		n.split(i)
	}
}

// writableRoot returns the root, made the tree's own, with room for one more item.
func (t *tree) writableRoot() *node {
	if t.root == nil {
		t.root = newNode(t.own, true)
	}
	t.root = t.root.writable(t.own)
	if len(t.root.keys) == maxItems {
		above := newNode(t.own, false)
		above.kids = append(above.kids, t.root)
		above.split(0)
		t.root = above
	}
	return t.root
}

// remove takes a key that is there out of the tree.
func (t *tree) remove(key string) {
	t.root = t.root.writable(t.own)
	t.root.remove(key, false)
	if len(t.root.keys) == 0 && t.root.kids != nil {
		t.root = t.root.kids[0]
	}
	t.n--
}

// ascend visits the keys from a key on, in order.
func (t *tree) ascend(from string) iter.Seq2[string, *change] {
	return func(yield func(string, *change) bool) { t.root.ascend(from, yield) }
}

func newNode(own *token, leaf bool) *node {
	n := &node{own: own, keys: make([]string, 0, maxItems), hints: hints{of: make([]uint64, 0, maxItems)}}
	if !leaf {
		n.kids = make([]*node, 0, maxItems+1)
	}
	return n
}

// find returns the position of a key among the node's items, or the position of the kid that it would be in.
func (n *node) find(key string) (at int, found bool) { return n.hints.find(n.keys, key) }

// writable returns the node itself if it belongs to that token, else a copy that does.
func (n *node) writable(own *token) *node {
	if n.own == own {
		return n
	}
	c := &node{own: own, keys: n.keys, hints: n.hints, heads: n.heads, shared: true}
	if n.kids != nil {
		c.kids = append(make([]*node, 0, maxItems+1), n.kids...)
	}
	return c
}

// ownKeys makes the keys of a writable node its own.
func (n *node) ownKeys() {
	if n.shared {
		n.keys, n.shared = append(make([]string, 0, maxItems), n.keys...), false
		n.hints.of = append(make([]uint64, 0, maxItems), n.hints.of...)
	}
}

// at returns the item at a position.
func (n *node) at(i int) item { return item{n.keys[i], n.heads[i]} }

// set puts an item in the place of another.
func (n *node) set(i int, it item) {
	n.ownKeys()
	n.keys[i], n.heads[i] = it.key, it.head
	n.hints.take(n.keys, i)
}

// insert puts an item at a position of a node that has room.
func (n *node) insert(at int, it item) {
	n.ownKeys()
	n.keys = append(n.keys, "")
	copy(n.keys[at+1:], n.keys[at:])
	copy(n.heads[at+1:len(n.keys)], n.heads[at:])
	n.keys[at], n.heads[at] = it.key, it.head
	n.hints.of = append(n.hints.of, 0)
	copy(n.hints.of[at+1:], n.hints.of[at:])
	n.hints.take(n.keys, at)
}

// adopt appends the items of another node from a position on.
func (n *node) adopt(from *node, at int) {
	n.ownKeys()
	copy(n.heads[len(n.keys):], from.heads[at:len(from.keys)])
	n.keys = append(n.keys, from.keys[at:]...)
	if len(n.keys) == len(from.keys)-at { // there were none
		n.hints.prefix = from.hints.prefix
	}
	n.hints.of = append(n.hints.of, from.hints.of[at:]...)
	if p := n.hints.prefix; p != from.hints.prefix {
		n.hints.renew(n.keys, p[:common(p, from.hints.prefix)])
	}
}

// split divides the full kid at a position into two and takes its middle item up. Node and kid are writable.
func (n *node) split(at int) {
	const middle = maxItems / 2
	left := n.kids[at]
	right := newNode(left.own, left.kids == nil)
	right.adopt(left, middle+1)
	n.insert(at, left.at(middle))
	left.ownKeys()
	clear(left.keys[middle:]) // or the strings and changes that moved would be held by both halves
	clear(left.heads[middle:])
	left.keys, left.hints.of = left.keys[:middle], left.hints.of[:middle]
	if left.kids != nil {
		right.kids = append(right.kids, left.kids[middle+1:]...)
		clear(left.kids[middle+1:])
		left.kids = left.kids[:middle+1]
	}
	n.kids = append(n.kids, nil)
	copy(n.kids[at+2:], n.kids[at+1:])
	n.kids[at+1] = right
}

// minItems is the number of keys that every node but the root has at least.
const minItems = maxItems / 2

// remove takes an item out of the subtree and returns it: that of a key, or the last. The node is writable and, unless
// it is the root, has an item more than it needs.
//
// As in slot, what may be needed above is done on the way down: a kid that has just enough items is refilled before it
// is entered (Cormen et al., B-TREE-DELETE).
func (n *node) remove(key string, last bool) item {
	at, found := len(n.keys), false
	if !last {
		at, found = n.find(key)
	}
	if n.kids == nil {
		if last {
			at--
		}
		return n.cut(at)
	}
	if len(n.kids[at].keys) == minItems {
		n.refill(at)
		return n.remove(key, last) // the items have moved
	}
	kid := n.kids[at].writable(n.own)
	n.kids[at] = kid
	if !found {
		return kid.remove(key, last)
	}
	it := n.at(at)
	n.set(at, kid.remove("", true)) // the key just before takes its place
	return it
}

// cut takes out the item at a position of the node itself.
func (n *node) cut(at int) item {
	n.ownKeys()
	it, last := n.at(at), len(n.keys)-1
	copy(n.keys[at:], n.keys[at+1:])
	copy(n.heads[at:], n.heads[at+1:])
	n.keys[last], n.heads[last] = "", nil
	n.keys = n.keys[:last]
	n.hints.of = append(n.hints.of[:at], n.hints.of[at+1:]...)
	return it
}

// cutKid takes out the kid at a position.
func (n *node) cutKid(at int) *node {
	kid := n.kids[at]
	copy(n.kids[at:], n.kids[at+1:])
	n.kids[len(n.kids)-1] = nil
	n.kids = n.kids[:len(n.kids)-1]
	return kid
}

// refill gives the kid at a position one more item, from a neighbour that can spare it, or makes one of it and a
// neighbour.
func (n *node) refill(at int) {
	switch {
	case at > 0 && len(n.kids[at-1].keys) > minItems:
		left, kid := n.kids[at-1].writable(n.own), n.kids[at].writable(n.own)
		n.kids[at-1], n.kids[at] = left, kid
		kid.insert(0, n.at(at-1))
		n.set(at-1, left.cut(len(left.keys)-1))
		if kid.kids != nil {
			kid.kids = append(kid.kids, nil)
			copy(kid.kids[1:], kid.kids)
			kid.kids[0] = left.cutKid(len(left.kids) - 1)
		}
	case at < len(n.keys) && len(n.kids[at+1].keys) > minItems:
		kid, right := n.kids[at].writable(n.own), n.kids[at+1].writable(n.own)
		n.kids[at], n.kids[at+1] = kid, right
		kid.insert(len(kid.keys), n.at(at))
		n.set(at, right.cut(0))
		if kid.kids != nil {
			kid.kids = append(kid.kids, right.cutKid(0))
		}
	default:
		n.merge(min(at, len(n.keys)-1))
	}
}

// merge makes one node of the kids at a position and after it, with the item between them.
func (n *node) merge(at int) {
	left := n.kids[at].writable(n.own)
	n.kids[at] = left
	right := n.cutKid(at + 1)
	left.insert(len(left.keys), n.cut(at))
	left.adopt(right, 0)
	left.kids = append(left.kids, right.kids...)
}

// ascend visits the subtree's keys from a key on; false means that the visitor has had enough.
func (n *node) ascend(from string, yield func(string, *change) bool) bool {
	if n == nil {
		return true
	}
	i, found := n.find(from)
	if n.kids != nil && !found && !n.kids[i].ascend(from, yield) {
		return false
	}
	for ; i < len(n.keys); i++ {
		if !yield(n.keys[i], n.heads[i]) {
			return false
		}
		if n.kids != nil && !n.kids[i+1].ascend(from, yield) {
			return false
		}
	}
	return true
}
