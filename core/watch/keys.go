package watch

import "github.com/etcdscope/etcdscope/core/mvcc"

// index finds the watchers of a key. Those of one key lie in a trie, those of a range in a treap; most watchers of a
// key, and most writes to keys that nobody watches, then cost one walk of a few steps each.
type index struct {
	keys   *branch
	ranges *node
}

// ref is a watcher in the index. Lists of them are in the order of streams, then of watch ids: the order of delivery.
type ref struct {
	stream StreamID
	id     int64
	slot   int32
}

func (r ref) before(o ref) bool {
	return r.stream < o.stream || (r.stream == o.stream && r.id < o.id)
}

// place returns where in a list a watcher is or would be.
func place(list []ref, r ref) int {
	low, high := 0, len(list)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if list[middle].before(r) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func with(list []ref, r ref) []ref {
	i := place(list, r)
	list = append(list, ref{})
	copy(list[i+1:], list[i:])
	list[i] = r
	return list
}

func without(list []ref, r ref) []ref {
	i := place(list, r)
	return append(list[:i], list[i+1:]...)
}

func (x *index) add(own *token, key, end string, r ref) {
	if end == "" {
		x.keys = x.keys.writable(own)
		x.keys.add(own, hash(key), 0, key, r)
		return
	}
	x.ranges = x.ranges.add(own, key, end, r)
}

func (x *index) remove(own *token, key, end string, r ref) {
	if end == "" {
		x.keys = x.keys.remove(own, hash(key), 0, key, r)
		return
	}
	x.ranges = x.ranges.remove(own, key, end, r)
}

// watching adds the watchers of a key to an empty list and returns it, in order.
func (x *index) watching(key string, list []ref) []ref {
	if x.keys != nil {
		list = append(list, x.keys.find(key)...)
	}
	alone := len(list)
	if list = x.ranges.stab(key, list); len(list) > alone {
		order(list)
	}
	return list
}

// branch is a node of the trie: an array of sixteen, by four bits of the key's hash. A slot holds a leaf while one key
// only goes there, else another branch.
//
// Invariant: no branch below the root is empty.
type branch struct {
	own  *token
	kids [16]kid
	used int
}

type kid struct {
	deeper *branch
	leaf   *leaf
}

type leaf struct {
	own  *token
	hash uint64
	key  string
	list []ref
	same *leaf // another key of the same hash
}

// hash is FNV-1a over the words of a key, with the bits spread: keys differ in their last bytes, branches look at the
// first bits.
func hash(key string) uint64 {
	h := uint64(len(key))
	for ; len(key) >= 8; key = key[8:] {
		h = spread(h, uint64(key[0])|uint64(key[1])<<8|uint64(key[2])<<16|uint64(key[3])<<24|
			uint64(key[4])<<32|uint64(key[5])<<40|uint64(key[6])<<48|uint64(key[7])<<56)
	}
	var rest uint64
	for i := len(key) - 1; i >= 0; i-- {
		rest = rest<<8 | uint64(key[i])
	}
	return spread(h, rest)
}

func spread(h, word uint64) uint64 {
	h = (h ^ word) * 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func step(h uint64, depth int) int { return int(h >> (4 * depth) & 15) }

func (b *branch) writable(own *token) *branch {
	if b == nil {
		return &branch{own: own}
	}
	if b.own == own {
		return b
	}
	c := *b
	c.own = own
	return &c
}

func (l *leaf) writable(own *token) *leaf {
	if l.own == own {
		return l
	}
	c := *l
	c.own = own
	c.list = append(make([]ref, 0, len(l.list)+1), l.list...)
	return &c
}

func (b *branch) find(key string) []ref {
	h := hash(key)
	for depth := 0; ; depth++ {
		k := &b.kids[step(h, depth)]
		if k.deeper != nil {
			b = k.deeper
			continue
		}
		for l := k.leaf; l != nil; l = l.same {
			if l.key == key {
				return l.list
			}
		}
		return nil
	}
}

// add puts a watcher below a branch that is writable.
func (b *branch) add(own *token, h uint64, depth int, key string, r ref) {
	k := &b.kids[step(h, depth)]
	switch {
	case k.deeper != nil:
		k.deeper = k.deeper.writable(own)
		k.deeper.add(own, h, depth+1, key, r)
	case k.leaf == nil:
		k.leaf = &leaf{own: own, hash: h, key: key, list: []ref{r}}
		b.used++
	case k.leaf.hash == h:
		k.leaf = k.leaf.add(own, key, r)
	default:
		// Two keys want this slot: the one that is there goes a step down, and the search with it.
		old := k.leaf
		k.deeper, k.leaf = &branch{own: own, used: 1}, nil
		k.deeper.kids[step(old.hash, depth+1)].leaf = old
		k.deeper.add(own, h, depth+1, key, r)
	}
}

// add puts a watcher into the leaf of its key, among those of the same hash.
func (l *leaf) add(own *token, key string, r ref) *leaf {
	if l == nil {
		return &leaf{own: own, hash: hash(key), key: key, list: []ref{r}}
	}
	l = l.writable(own)
	if l.key == key {
		l.list = with(l.list, r)
	} else {
		l.same = l.same.add(own, key, r)
	}
	return l
}

// remove takes a watcher out and returns what remains of the branch, nil if nothing does.
func (b *branch) remove(own *token, h uint64, depth int, key string, r ref) *branch {
	b = b.writable(own)
	k := &b.kids[step(h, depth)]
	if k.deeper != nil {
		k.deeper = k.deeper.remove(own, h, depth+1, key, r)
	} else {
		k.leaf = k.leaf.remove(own, key, r)
	}
	if *k == (kid{}) {
		b.used--
	}
	if b.used == 0 {
		return nil
	}
	return b
}

func (l *leaf) remove(own *token, key string, r ref) *leaf {
	l = l.writable(own)
	if l.key != key {
		l.same = l.same.remove(own, key, r)
		return l
	}
	if l.list = without(l.list, r); len(l.list) == 0 {
		return l.same
	}
	return l
}

// within reports whether a key lies in [key, end).
func within(k, key, end string) bool {
	if end == "" {
		return k == key
	}
	return k >= key && (k < end || end == mvcc.FromKey)
}
