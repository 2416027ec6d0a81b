package mvcc

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/pb"
)

// How bbolt lays a bucket out (internal/common/page.go, node.go splitTwo, rebalance; bucket.go inlineable).
const (
	pageSize      = 4096
	headerBytes   = 16 // of a page
	elementBytes  = 16 // beside each key and value
	fillBytes     = pageSize * 9 / 10
	mergeBytes    = pageSize / 4 // a leaf with no more than this is put together with its neighbour
	inlineBytes   = pageSize / 4 // a bucket with no more than this lies in the page of buckets
	leafRows      = 2            // that a leaf has at least when it is split off; no leaf of up to twice as many is split
	branchKids    = (fillBytes - headerBytes) / (elementBytes + revisionBytes)
	revisionBytes = 17
	defragRows    = 10_000 // to a commit while a file is rewritten (storage/backend/backend.go, defragLimit)
)

// file is a model of the member's database file: the pages of its B+ tree of rows, where they lie, which are free, and
// how far the file reaches. Only sizes are kept, one for each leaf.
//
// Rows come in order of revision, so that all writing is done in the last leaf. When a batch is committed, and not
// before, that leaf is split: at nine tenths of a page, but it keeps up to four rows however large they are. bbolt
// never writes into a page that a reader may see: what a commit changes it writes elsewhere, into a span of free pages
// that is long enough or behind the end of the file, and the old pages are free only for the next commit. The file
// reaches as far as it ever did, until it is defragmented. A compaction takes rows out of the leaves, oldest first; a
// leaf that lost all is free, one that has little left is merged with the one before.
//
//	put       M M ~ ~ 1 2 3 4 ~ 5 b B    the last leaf, the branch and the page of buckets are written anew; ~ pending
//	compact   M M b B ~ ~ ~ 4 3 5 ~ ~    1 and 2 are gone, 3 lost some rows
//	later     M M b B . . . 4 3 5 . .    free, but the file is as long as before
//	defrag    M M . . 3 4 5 b B
//
// With values of 1 MiB, one to a commit, a leaf of four takes 1,025 pages, and when it is split as many are pending:
// nine of them make a file of 16.8 MB, 13.7 MB in use.
//
// Which of several longer spans bbolt takes is chance (freelist/hashmap.go, Allocate); here it is the longest. Not
// modelled: buckets for leases, members, authorization (a few pages), and slow readers, which keep pages pending for
// longer. Beside etcd's own store and backend both figures are right within a tenth (test/oracle/store, TestFileSize).
type file struct {
	leaves  chunk.List[leaf] // all but the last, in order; while a compaction runs, those that it has not come to
	made    []leaf           // split off by this batch: they follow leaves, and are not in the file yet
	tail    leaf             // the last; at 0: it is not in the file, or lies in the page of buckets
	was     int              // pages that the last has in the file
	rows    []int32          // bytes of each of its rows
	dirty   bool             // this batch has changed it
	count   int              // leaves
	branch  []int32          // branch pages
	root    int32            // the page of buckets
	free    []span           // in order; never written in place
	pending []span           // what the last commit gave up, in order; likewise
	gone    []span           // what this batch gives up
	high    int32            // pages of the file

	scan scan
}

// scan is where a compaction is among the leaves.
type scan struct {
	done  chunk.List[leaf] // behind it
	out   []leaf           // behind those: what this batch has come to; what it has changed has no page yet
	stay  leaf             // of the leaf that it is in: the rows that it has seen and left
	ahead leaf             // and those that it has not seen
	pages int              // of that leaf before; 0: it is in none but the last
	cut   bool             // a row of that leaf was dropped
	last  int              // rows of the last leaf that it has seen and left
}

// leaf is a page with rows, or, if these are large, several pages in a row. After a compaction the bytes are those of
// average rows, so that a few may be missing in the end.
type leaf struct {
	rows, bytes int32
	at          int32 // its first page
}

func (l leaf) pages() int { return max(1, (headerBytes+int(l.bytes)+pageSize-1)/pageSize) }

// newFile returns a file as bbolt makes it: two copies of the head, a list of free pages, which etcd does without, and
// the page of buckets; behind the two commits with which etcd begins.
func newFile() file {
	f := blankFile()
	f.commit()
	f.commit()
	return f
}

func blankFile() file { return file{count: 1, root: 3, gone: []span{{2, 1}}, high: 4} }

func (f *file) clone() file {
	c := *f
	c.leaves, c.scan.done = f.leaves.Clone(), f.scan.done.Clone()
	for _, list := range [...]*file{f, &c} { // both append to arrays of their own
		list.made, list.scan.out = list.made[:len(list.made):len(list.made)],
			list.scan.out[:len(list.scan.out):len(list.scan.out)]
		list.rows, list.gone = list.rows[:len(list.rows):len(list.rows)], list.gone[:len(list.gone):len(list.gone)]
	}
	return c
}

// put adds a row to the batch.
func (f *file) put(bytes int) {
	f.rows = append(f.rows, int32(bytes))
	f.tail.rows++
	f.tail.bytes += int32(bytes)
	f.dirty = true
	f.split(false)
}

// split takes a leaf off the front of the last one if that is too large (node.go, splitTwo, splitIndex). Before the end
// of a batch it does so only where more rows would change nothing.
func (f *file) split(end bool) bool {
	n := len(f.rows)
	if n <= 2*leafRows || headerBytes+f.tail.bytes < pageSize {
		return false
	}
	bytes, at := int32(headerBytes), 0
	for ; at < n-leafRows; at++ {
		if at >= leafRows && bytes+f.rows[at] > fillBytes {
			break
		}
		bytes += f.rows[at]
	}
	if at == n-leafRows {
		if !end {
			return false
		}
		at--
		bytes -= f.rows[at]
	}
	l := leaf{rows: int32(at), bytes: bytes - headerBytes}
	f.made = append(f.made, l)
	f.count++
	f.rows = f.rows[at:]
	f.tail.rows -= l.rows
	f.tail.bytes -= l.bytes
	f.scan.last = 0
	return true
}

// commit writes the batch to the file.
func (f *file) commit() {
	space := space{free: merge(f.free, f.pending), high: f.high}
	touched := 0
	for _, l := range f.scan.out {
		if l.at == 0 {
			l.at = space.take(l.pages())
			touched++
		}
		f.scan.done.Append(l)
	}
	f.scan.out = nil
	if f.dirty {
		f.writeTail(&space)
		touched++
	}
	f.writeBranches(&space, touched)
	f.give(f.root, 1)
	f.root = space.take(1)
	f.free, f.high = space.left(), space.high
	f.pending, f.gone = merge(f.gone, nil), nil
}

// writeTail writes the last leaf and what was split off it. A bucket that is small lies in the page of buckets.
func (f *file) writeTail(space *space) {
	f.dirty = false
	for f.split(true) {
	}
	if f.tail.at != 0 {
		f.give(f.tail.at, f.was)
	}
	for _, l := range f.made {
		l.at = space.take(l.pages())
		f.leaves.Append(l)
	}
	f.made = nil
	f.tail.at, f.was = 0, f.tail.pages()
	if f.count > 1 || headerBytes+f.tail.bytes > inlineBytes {
		f.tail.at = space.take(f.was)
	}
}

// writeBranches writes the branches above so many leaves that have changed: as a rule, those on the way to the last.
func (f *file) writeBranches(space *space, leaves int) {
	want, depth := 0, 0
	for n := f.count; n > 1; depth++ {
		n = (n + branchKids - 1) / branchKids
		want += n
	}
	if leaves == 0 && want == len(f.branch) {
		return
	}
	keep := max(0, min(want, len(f.branch)-depth-leaves/branchKids))
	for _, at := range f.branch[keep:] {
		f.give(at, 1)
	}
	f.branch = f.branch[:keep:keep]
	for len(f.branch) < want {
		f.branch = append(f.branch, space.take(1))
	}
}

// give gives up pages: they are free after the next commit.
func (f *file) give(at int32, pages int) { f.gone = append(f.gone, span{at, int32(pages)}) }

// examine goes over the next row of a compaction. In the last leaf there is nothing to merge.
func (f *file) examine(bytes int, stays bool) {
	at := &f.scan
	if at.pages == 0 && f.leaves.First() < f.leaves.Len() {
		at.ahead, at.stay, at.cut = f.leaves.At(f.leaves.First()), leaf{}, false
		at.pages = at.ahead.pages()
		f.leaves.DropFront(f.leaves.First() + 1)
	}
	if at.pages == 0 {
		f.examineLast(bytes, stays)
		return
	}
	at.ahead.rows--
	at.ahead.bytes -= int32(bytes)
	if stays {
		at.stay.rows++
		at.stay.bytes += int32(bytes)
	} else {
		at.cut = true
	}
	if at.ahead.rows == 0 {
		f.leave()
	}
}

func (f *file) examineLast(bytes int, stays bool) {
	if stays {
		f.scan.last++
		return
	}
	rows := append([]int32(nil), f.rows[:f.scan.last]...)
	f.rows = append(rows, f.rows[min(f.scan.last+1, len(f.rows)):]...)
	f.tail.rows--
	f.tail.bytes -= int32(bytes)
	f.dirty = true
}

// leave puts what is left of the leaf that the compaction is in behind it.
func (f *file) leave() {
	at := &f.scan
	l := leaf{rows: at.stay.rows + at.ahead.rows, bytes: at.stay.bytes + at.ahead.bytes}
	was := at.pages
	at.pages = 0
	if !at.cut {
		l.at = at.ahead.at
		at.out = append(at.out, l)
		return
	}
	f.count--
	f.give(at.ahead.at, was)
	if l.rows == 0 {
		return
	}
	if l.rows == 1 || headerBytes+l.bytes <= mergeBytes {
		left := f.takeLeft()
		l = leaf{rows: l.rows + left.rows, bytes: l.bytes + left.bytes}
	}
	// too much for one: a commit without puts fills to the half
	for headerBytes+l.bytes >= pageSize && l.rows > 2*leafRows {
		rows := max(leafRows, l.rows*(pageSize/2)/l.bytes) // of average size
		half := leaf{rows: rows, bytes: l.bytes / l.rows * rows}
		at.out = append(at.out, half)
		f.count++
		l = leaf{rows: l.rows - half.rows, bytes: l.bytes - half.bytes}
	}
	at.out = append(at.out, l)
	f.count++
}

// takeLeft takes the leaf out that was left behind last; an empty one if there is none.
func (f *file) takeLeft() (l leaf) {
	at := &f.scan
	n, m := len(at.out), at.done.Len()
	switch {
	case n > 0:
		l = at.out[n-1]
		at.out = at.out[: n-1 : n-1]
	case m > at.done.First():
		l = at.done.At(m - 1)
		at.done.Truncate(m - 1)
	default:
		return leaf{}
	}
	f.count--
	if l.at != 0 {
		f.give(l.at, l.pages())
	}
	return l
}

// settle ends a compaction: the leaves that it did not reach follow those behind it. If nothing is left in the last
// leaf, the one before is the last.
func (f *file) settle() {
	if f.scan.pages > 0 {
		f.leave()
	}
	f.commit()
	for i := f.leaves.First(); i < f.leaves.Len(); i++ {
		f.scan.done.Append(f.leaves.At(i))
	}
	f.leaves, f.scan = f.scan.done, scan{}
	if n := f.leaves.Len(); f.tail.rows == 0 && n > f.leaves.First() {
		f.drop(f.leaves.At(n - 1))
		f.leaves.Truncate(n - 1)
	}
}

// drop takes the last leaf out, which is empty; l takes its place.
func (f *file) drop(l leaf) {
	if f.tail.at != 0 {
		f.give(f.tail.at, f.was)
	}
	f.count--
	f.tail, f.was, f.rows, f.dirty = l, l.pages(), nil, true
	for i := range l.rows {
		f.rows = append(f.rows, (l.bytes*(i+1))/l.rows-l.bytes*i/l.rows)
	}
}

// live returns the pages that are in use or were until the last commit.
func (f *file) live() int32 {
	free := int32(0)
	for _, s := range f.free {
		free += s.n
	}
	return f.high - free
}

// Commit writes what has changed since the last one to the database file: etcd does so every 100 ms, or after 10,000
// changes.
func (s *Store) Commit() { s.file.commit() }

// Size returns how far the member's database file reaches, in bytes, as of the last commit: what the quota is held
// against. It never gets less but by Defragment. (storage/backend/backend.go, Size; the file itself may be longer,
// because bbolt lets it grow by 16 MiB at a time.)
func (s *Store) Size() int64 { return int64(s.file.high) * pageSize }

// SizeInUse returns how much of the file is in use. The rest are free pages, which later writes take first.
func (s *Store) SizeInUse() int64 { return int64(s.file.live()) * pageSize }

// FreePages returns the number of pages of the file that are not in use.
func (s *Store) FreePages() int { return int(s.file.high - s.file.live()) }

// Defragment writes all rows into a new file, which has no free pages but the few that every new file has. What the
// store holds does not change. (etcd server/storage/backend/backend.go defragdb.)
func (s *Store) Defragment() {
	f := blankFile()
	moved := size(&s.rows.moved)
	for i := range s.rows.len() {
		if i%defragRows == defragRows-1 {
			f.commit()
		}
		if i == moved && moved > 0 { // a compaction is under way and finds the rest before it
			f.open()
		}
		f.put(s.rows.row(i).rowBytes())
	}
	f.commit()
	f.reopen()
	s.file = f
}

// open ends the last leaf, so that what has been written lies behind the compaction.
func (f *file) open() {
	f.commit()
	f.scan.done, f.leaves = f.leaves, chunk.List[leaf]{}
	if f.tail.rows > 0 {
		f.scan.out = []leaf{f.tail}
		f.tail, f.was, f.rows = leaf{}, 0, nil
		f.count++
	}
}

// reopen is what a process finds that opens the file: all that nobody needs is free.
func (f *file) reopen() { f.free, f.pending = merge(f.free, f.pending), nil }

// PutCost is what etcd reckons a put to take when it asks whether the quota is exceeded: 256 bytes and the key and the
// value (server/storage/quota.go costPut).
func PutCost(key, value string) int64 { return putOverhead + int64(len(key)) + int64(len(value)) }

const putOverhead = 256

// rowBytes returns how many bytes of a leaf a row takes: see encode.
func (c *change) rowBytes() int {
	n := elementBytes + revisionBytes + pb.TextSize(c.kv.Key)
	if c.tombstone() {
		return n + 1
	}
	return n + pb.TextSize(c.kv.Value) + pb.NumberSize(uint64(c.kv.CreateRevision)) +
		pb.NumberSize(uint64(c.kv.ModRevision)) +
		pb.NumberSize(uint64(c.kv.Version)) + pb.NumberSize(uint64(c.kv.Lease))
}
