package mvcc

import "github.com/etcdscope/etcdscope/core/chunk"

// rows are the versions that a store holds, in order of revision: what the bucket "key" of etcd's database has.
//
// A change is found by its position, the number of changes before it, which stays the same when others are dropped. A
// compaction goes over the rows from the oldest on and takes each out; those that must stay it puts aside. So there are
// three lists, each in order, and all of the first before the second, all of the second before the third:
//
//	moved     what the compaction under way has seen and kept; empty if there is none
//	kept      what earlier compactions kept and this one has not seen yet
//	history   what no compaction has seen; here position and place are the same
//
//	written                    history 0 1 2 3 4 5 6 7
//	compaction keeps 1, 3      kept 1 3              history 4 5 6 7
//	another keeps 3, 5; it
//	has seen 1, 3 and 4        moved 3     kept      history 5 6 7
//	it ends                    kept 3 5              history 6 7
//
// Nothing is ever written into the middle of a list, so that clones share almost all of it.
type rows struct{ moved, kept, history chunk.List[*change] }

func (r *rows) clone() rows {
	return rows{moved: r.moved.Clone(), kept: r.kept.Clone(), history: r.history.Clone()}
}

func size(l *chunk.List[*change]) int { return l.Len() - l.First() }

// old returns how many rows lie before the history.
func (r *rows) old() int { return size(&r.moved) + size(&r.kept) }

func (r *rows) len() int { return r.old() + size(&r.history) }

// row returns the i-th row, counted from the oldest one that is still there.
func (r *rows) row(i int) *change {
	moved, kept := size(&r.moved), size(&r.kept)
	switch {
	case i < moved:
		return r.moved.At(r.moved.First() + i)
	case i < moved+kept:
		return r.kept.At(r.kept.First() + i - moved)
	}
	return r.history.At(r.history.First() + i - moved - kept)
}

// at returns the change at a position, or nil if it was dropped.
func (r *rows) at(pos int32) *change {
	if int(pos) >= r.history.First() {
		return r.history.At(int(pos))
	}
	if pos == none {
		return nil
	}
	if i := r.place(pos); i < r.old() {
		if c := r.row(i); c.pos == pos {
			return c
		}
	}
	return nil
}

// place returns where the row with that position is, or, if it was dropped, the first one after it.
func (r *rows) place(pos int32) int {
	if int(pos) >= r.history.First() {
		return r.old() + int(pos) - r.history.First()
	}
	low, high := 0, r.old()
	for low < high {
		middle := int(uint(low+high) >> 1)
		if r.row(middle).pos < pos {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// seek returns the place of the first row whose main revision is not below rev. (etcd gets there by a seek in its
// database, whose keys are revisions.) Mostly it is one of the newest, so the search begins at the end, in growing
// steps.
func (r *rows) seek(rev int64) int {
	low, high := 0, r.len()
	for n, step := high, 1; step <= n; step *= 2 {
		if r.row(n-step).kv.ModRevision < rev {
			low = n - step + 1
			break
		}
		high = n - step
	}
	for low < high {
		middle := int(uint(low+high) >> 1)
		if r.row(middle).kv.ModRevision < rev {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// cut forgets the oldest n rows behind those that were moved.
func (r *rows) cut(n int) {
	k := min(n, size(&r.kept))
	r.kept.DropFront(r.kept.First() + k)
	r.history.DropFront(r.history.First() + n - k)
}

// settle makes what was moved part of what is kept. After a whole compaction nothing else is kept; if one was broken
// off, what it has not seen follows.
func (r *rows) settle() {
	for i := r.kept.First(); i < r.kept.Len(); i++ {
		r.moved.Append(r.kept.At(i))
	}
	r.kept, r.moved = r.moved, chunk.List[*change]{}
}
