package mvcc

import (
	"iter"
	"slices"
)

// keyIndex finds the versions of each key: a copy-on-write tree from the key to its newest change, from which the chain
// of change.prev leads back to the oldest.
//
// The life of a key is a row of generations. A put of a key that does not exist opens a generation, in which puts count
// versions from 1; a deletion writes a tombstone, which ends it. The same key may be created again later: a new
// generation. Worked example, one change per transaction:
//
//	put a@2, put a@3, delete a@4, put a@5, delete a@6
//
//	generations   {2, 3, 4t} {5, 6t} {}        4t: the tombstone of revision 4; {}: the next put would open here
//	index         a ─▶ 6t ─▶ 5 ─▶ 4t ─▶ 3 ─▶ 2
//	versions         2: create 2, version 1    3: create 2, version 2    5: create 5, version 1
//
//	read at 3     walk 6t, 5, 4t, 3: the first that is not younger than 3 is the answer
//	read at 4     walk 6t, 5, 4t: a tombstone, so there is no such key; at the revision of a deletion the key is gone
//	read at 5     walk 6t, 5
//
// etcd keeps the generations themselves (key_index.go keyIndex) and looks each revision's value up in its database.
// Here a version is in memory anyhow, and a chain of immutable changes can be shared by any number of clones, which a
// list that grows in place could not. The walk is as long as etcd's (generation.walk goes from the newest, too).
//
// The same example is the first transcript in testdata/generations.txt.
type keyIndex struct{ keys tree }

// at returns the version of a chain that a read at a main revision sees, tombstones included, or nil if there was none.
//
// Reference: etcd key_index.go keyIndex.get, findGeneration.
func (s *Store) at(head *change, rev int64) *change {
	c := head
	for c != nil && c.kv.ModRevision > rev {
		c = s.rows.at(c.prev)
	}
	return c
}

// get returns the version of a key that lives at a main revision, or nil.
func (s *Store) get(key string, rev int64) *change {
	head := s.index.keys.get(key)
	if head == nil {
		return nil
	}
	if c := s.at(head, rev); c != nil && !c.tombstone() {
		return c
	}
	return nil
}

// scan visits the versions that live at a main revision in the range [key, end), in the order of keys. The empty end
// means the one key, FromKey all keys from key on.
//
// Deleted keys lie in the tree like any others, and are passed over one by one; so they are in etcd, until a compaction
// takes them out. A store in which much was deleted and nothing compacted is slow to list.
func (s *Store) scan(key, end string, rev int64) iter.Seq[*change] {
	return func(yield func(*change) bool) {
		if end == "" {
			if c := s.get(key, rev); c != nil {
				yield(c)
			}
			return
		}
		for k, head := range s.index.keys.ascend(key) {
			if k >= end && end != FromKey {
				return
			}
			c := s.at(head, rev)
			if c != nil && !c.tombstone() && !yield(c) {
				return
			}
		}
	}
}

// Generation is one life of a key, from the put that created it to its deletion.
type Generation struct {
	Created Revision
	Revs    []Revision // in order; the last is the tombstone if Ended
	Ended   bool
}

// Generations returns the lives of a key in order, for drawing. As in etcd, a deleted key ends with an empty
// generation: the next put goes there. A key that was never written, or of which a compaction has left nothing, has
// none.
func (s *Store) Generations(key string) []Generation {
	chain := s.chain(key)
	var gens []Generation
	open := false
	for _, c := range chain {
		if !open {
			gens = append(gens, Generation{Created: c.created()})
		}
		g := &gens[len(gens)-1]
		g.Revs = append(g.Revs, c.revision())
		g.Ended = c.tombstone()
		open = !g.Ended
	}
	if len(gens) > 0 && !open {
		gens = append(gens, Generation{})
	}
	return gens
}

// chain returns the changes of a key that the index knows, oldest first. A compaction cuts the index as soon as it
// begins (etcd index.go treeIndex.Compact), and the rows only when it comes to them.
func (s *Store) chain(key string) []*change {
	var list []*change
	for c := s.index.keys.get(key); c != nil; c = s.rows.at(c.prev) {
		old := s.running && c.kv.ModRevision <= s.orders[0].rev
		if old && !c.survives(s.orders[0].rev) {
			break
		}
		list = append(list, c)
		if old {
			break
		}
	}
	slices.Reverse(list)
	return list
}

// created returns the revision of the put that began the generation. If that put is no longer there, only its main
// revision is known, and of a lone tombstone not even that (etcd keyIndex.restoreTombstone).
func (c *change) created() Revision {
	if c.kv.CreateRevision == c.kv.ModRevision {
		return c.revision()
	}
	return Revision{Main: c.kv.CreateRevision}
}
