package mvcc

import "github.com/etcdscope/etcdscope/core/chunk"

// Twins lets the stores of one cluster hold once what all of them hold: its members apply the same changes, one soon
// after the other. Each change that a store makes is looked for among the newest that others have made, and if it is
// there, that one is taken. What a store holds is the same with and without.
//
// It belongs to one run of stores that go on side by side: a clone has none until it is given one (Store.Share).
type Twins struct{ newest [twinsMost]*change }

// twinsMost is how far a store may lag behind others and still find their changes.
const twinsMost = 1 << 10

// Share lets the store take changes from others, and give its own.
func (s *Store) Share(t *Twins) { s.twins = t }

// keep returns where the change is kept.
func (t *Twins) keep(c change) *change {
	if t == nil {
		return &c
	}
	at := &t.newest[uint32(c.pos)%twinsMost]
	if *at == nil || **at != c {
		one := c
		*at = &one
	}
	return *at
}

// Unify lets two stores that have changes in common (Share) also share the nodes of their indexes and the chunks of
// their rows that are alike, as a clone does. Neither is changed in what it holds.
func Unify(a, b *Store) {
	chunk.Unify(&a.rows.history, &b.rows.history, sameChange)
	x, y := &a.index.keys, &b.index.keys
	if x.root == y.root {
		return
	}
	x.own = new(token) // what is now also b's is written by neither
	if y.own == nil {
		y.own = new(token) // neither what a made while it had no token itself
	}
	y.root = y.root.unify(x.root, y.own)
}

func sameChange(x, y **change) bool { return *x == *y }

// unify returns a node that holds what n holds, made of as many of like's nodes as are the same.
func (n *node) unify(like *node, own *token) *node {
	if n == like || n == nil || like == nil || len(n.keys) != len(like.keys) || len(n.kids) != len(like.kids) {
		return n
	}
	same := true
	for i := range n.kids {
		kid := n.kids[i].unify(like.kids[i], own)
		if kid != n.kids[i] {
			n = n.writable(own)
			n.kids[i] = kid
		}
		same = same && kid == like.kids[i]
	}
	for i := 0; i < len(n.keys) && same; i++ {
		same = n.heads[i] == like.heads[i]
	}
	if same {
		return like
	}
	return n
}
