// Package chunk is a list that can be cloned at once and grown, cut and read cheaply: the shape of every history in the
// simulator (a Raft log, the revisions of a store, the journal, what clients were told).
//
// There is one type, List. Elements are kept in chunks of a fixed size. A clone shares all chunks; whoever first writes
// into a shared chunk copies that one chunk. The list that was cloned goes on appending in place, because the clone
// does not look beyond its own length.
package chunk

// elements in a chunk: chunks of the largest elements, the journal's, stay below the 32 KiB from which an allocation is
// costly
const size = 128

// List is a sequence of T. The zero List is empty. Positions start at 0; after DropFront(k) they start at First() and
// keep their numbers.
//
// Invariant: first <= start of chunks[0] + size, and n counts dropped elements too.
type List[T any] struct {
	chunks []*[size]T
	first  int  // position of the first element that is still there
	base   int  // position of chunks[0][0]
	n      int  // position after the last element
	frozen int  // positions below this may be seen by a clone: cutting into them means copying
	shared bool // the last chunk and the chunk table belong to another list too
	viewed bool // a clone looks at the chunk table: it may grow, but what is in it must stay

	spare []*[size]T // chunks that DropFront has freed and no clone can see, to be used again
}

// Len returns the position after the last element, dropped elements included.
func (l *List[T]) Len() int { return l.n }

// First returns the position of the first element that has not been dropped.
func (l *List[T]) First() int { return l.first }

// At returns the element at a position in [First, Len).
func (l *List[T]) At(i int) T { return *l.ref(i) }

// Ref returns a pointer to the element at a position in [First, Len), to read without copying. Nobody writes through
// it.
func (l *List[T]) Ref(i int) *T { return l.ref(i) }

func (l *List[T]) ref(i int) *T {
	if i < l.first || i >= l.n {
		panic("chunk: position out of range")
	}
	i -= l.base
	return &l.chunks[i/size][uint(i)%size]
}

// Append adds an element at the end.
func (l *List[T]) Append(v T) {
	if l.shared {
		l.unshare()
	}
	if (l.n-l.base)/size == len(l.chunks) {
		l.chunks = append(l.chunks, l.blank())
	}
	l.chunks[len(l.chunks)-1][uint(l.n-l.base)%size] = v
	l.n++
}

// Truncate cuts the list so that Len() is n. It panics if n is below First or above Len.
func (l *List[T]) Truncate(n int) {
	if n < l.first || n > l.n {
		panic("chunk: cut out of range")
	}
	if n < l.frozen {
		l.shared, l.frozen = true, n
	}
	l.n = n
	if l.shared {
		l.unshare()
	}
	keep := (n - l.base + size - 1) / size
	for i := keep; i < len(l.chunks); i++ {
		l.chunks[i] = nil
	}
	l.chunks = l.chunks[:keep]
}

// blank returns an empty chunk.
func (l *List[T]) blank() *[size]T {
	if n := len(l.spare); n > 0 {
		c := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return c
	}
	return new([size]T)
}

// spares is how many freed chunks a list keeps to use them again: enough for one that grows at one end while it is
// dropped at the other, little enough that what was dropped at once, by thousands, is memory for others.
const spares = 8

// DropFront forgets the elements before position i. The memory goes chunk by chunk, as soon as no clone sees the chunk
// any more.
func (l *List[T]) DropFront(i int) {
	if i < l.first || i > l.n {
		panic("chunk: drop out of range")
	}
	l.first = i
	whole := (i - l.base) / size
	if whole == 0 {
		return
	}
	for k := range whole {
		if l.base+k*size >= l.frozen && len(l.spare) < spares {
			clear(l.chunks[k][:])
			l.spare = append(l.spare, l.chunks[k])
		}
	}
	if l.shared || l.viewed {
		l.chunks, l.viewed = append([]*[size]T(nil), l.chunks[whole:]...), false
	} else {
		clear(l.chunks[:whole]) // or the table would hold what is in front of it
		l.chunks = l.chunks[whole:]
	}
	l.base += whole * size
}

// Reset empties the list and makes position n the next one to be appended at.
func (l *List[T]) Reset(n int) { *l = List[T]{first: n, base: n, n: n} }

// Clone returns a list with the same elements. It costs the same however long the list is.
func (l *List[T]) Clone() List[T] {
	c := *l
	c.chunks = l.chunks[:len(l.chunks):len(l.chunks)]
	c.shared, c.frozen, c.spare = true, l.n, nil
	l.frozen, l.viewed = l.n, true
	return c
}

// Regain brings back what the list has dropped since an earlier state of it, of which another clone has been kept.
// Where both hold something they hold the same.
func (l *List[T]) Regain(older *List[T]) {
	if older.n <= l.base || older.first >= l.first {
		return
	}
	front := (l.base - older.base) / size
	l.chunks = append(append(make([]*[size]T, 0, front+len(l.chunks)), older.chunks[:front]...), l.chunks...)
	l.first, l.base, l.shared, l.viewed, l.frozen = older.first, older.base, true, false, l.n
}

// Unify lets b hold once with a what both hold alike at the same positions, from the end back to what they share
// already: chunks that are full in both, and whose elements are the same. Neither is changed in what it holds.
func Unify[T any](a, b *List[T], same func(x, y *T) bool) {
	if (a.base-b.base)%size != 0 {
		return
	}
	first, n := max(a.base, b.base), min(a.n, b.n)
	for at := first + ((n-first)/size-1)*size; at >= max(first, a.first, b.first); at -= size {
		x, y := a.chunks[(at-a.base)/size], &b.chunks[(at-b.base)/size]
		if x == *y {
			return
		}
		if !alike(x, *y, same) {
			continue
		}
		// Tables that clones of b look at change with it: they hold the same. Both lists treat the chunk as one that a clone
		// sees.
		*y = x
		a.frozen, b.frozen = max(a.frozen, at+size), max(b.frozen, at+size)
	}
}

// Borrow lets b use a's table of chunks, and its last chunk though it is not full, if a holds all that b holds. Both
// are lists that are only cloned from now on, and full chunks that they hold alike they share already (Unify).
func Borrow[T any](a, b *List[T], same func(x, y *T) bool) {
	skip := (b.base - a.base) / size
	if (a.base-b.base)%size != 0 || b.base < a.base || b.n > a.n || len(b.chunks) == 0 {
		return
	}
	table := a.chunks[skip : skip+len(b.chunks) : skip+len(b.chunks)]
	last := len(table) - 1
	for i := range last {
		if table[i] != b.chunks[i] {
			return
		}
	}
	for i := max(b.first-b.base-last*size, 0); i < b.n-b.base-last*size; i++ {
		if !same(&table[last][i], &b.chunks[last][i]) {
			return
		}
	}
	b.chunks, b.shared, b.viewed, b.frozen = table, true, true, b.n
	a.viewed, a.frozen = true, max(a.frozen, b.n)
}

func alike[T any](x, y *[size]T, same func(x, y *T) bool) bool {
	for i := range x {
		if !same(&x[i], &y[i]) {
			return false
		}
	}
	return true
}

// unshare makes the chunk table and the chunk that holds position n-1 the list's own.
func (l *List[T]) unshare() {
	table := make([]*[size]T, len(l.chunks), len(l.chunks)+8)
	copy(table, l.chunks)
	if rest := (l.n - l.base) % size; rest != 0 {
		own := new([size]T)
		at := (l.n - l.base) / size
		copy(own[:rest], table[at][:rest])
		table[at] = own
	}
	l.chunks, l.shared, l.viewed = table, false, false
	l.frozen = l.n
}
