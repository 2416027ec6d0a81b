package mvcc

import "github.com/etcdscope/etcdscope/core/chunk"

// Alter gives the newest version of a key another value, as a fault of the disk does: no revision, no event, nobody is
// told. It reports whether there is such a key.
func (s *Store) Alter(key, value string) bool {
	head := s.index.keys.get(key)
	if head == nil || head.tombstone() {
		return false
	}
	c := *head
	c.kv.Value = value
	s.rows.replace(&c)
	*s.index.keys.slot(key) = &c
	s.digest = fold(s.digest, &c)
	return true
}

// replace puts a change in the place of that with its position. The list that holds it is made anew: the old one may
// belong to a clone.
func (r *rows) replace(c *change) {
	for _, list := range [...]*chunk.List[*change]{&r.moved, &r.kept, &r.history} {
		for i := list.First(); i < list.Len(); i++ {
			if list.At(i).pos != c.pos {
				continue
			}
			old := *list
			list.Reset(old.First())
			for k := old.First(); k < old.Len(); k++ {
				if k == i {
					list.Append(c)
				} else {
					list.Append(old.At(k))
				}
			}
			return
		}
	}
}

// Bump raises the revision without a write and marks everything before it as compacted: what etcdutl does to a
// snapshot, so that nobody who knew later revisions than it holds is told old ones again (etcdutl/snapshot,
// v3_snapshot.go, modifyLatestRevision). The rows go when the store is next opened.
func (s *Store) Bump(by int64) {
	s.rev += by
	s.compact = s.rev
}
