package mvcc

import (
	"math/bits"

	"github.com/etcdscope/etcdscope/core/chunk"
)

// How bbolt lays a bucket out (internal/common/page.go, node.go splitTwo, rebalance; bucket.go inlineable).
const (
	pageSize      = 4096
	headerBytes   = 16 // of a page
	elementBytes  = 16 // beside each key and value
	fillBytes     = pageSize * 9 / 10
	mergeBytes    = pageSize / 4 // a leaf with no more than this is put together with its neighbour
	inlineBytes   = pageSize / 4 // a bucket with no more than this lies in the page of buckets
	leafRows      = 2            // that a leaf has at least when it is split off
	branchKids    = (fillBytes - headerBytes) / (elementBytes + revisionBytes)
	revisionBytes = 17
	metaPages     = 3 // two copies of the head, and the page of buckets
	tablePages    = 2 // free from the start in a file that was just made
)

// file is a model of the member's database file: how many pages its B+ tree of rows has, and how long that has made the
// file. Only sizes are kept, one for each leaf.
//
// Rows come in order of revision, so that all writing is done in the last leaf, which is full at nine tenths. A compaction
// takes rows out of the others; a leaf that lost all is free, one that has little left is merged with the one before.
// bbolt never writes into a page that a reader may see: what a commit changes it writes elsewhere, and the old pages are
// free only for the next one. The file has the length of the most that was ever in use, until it is defragmented.
//
//	put       M M ~ ~ 1 2 3 4 ~ 5 b B    the last leaf, the branch and the page of buckets are written anew; ~ pending
//	compact   M M b B ~ ~ ~ 4 3 5 ~ ~    1 and 2 are gone, 3 lost some rows
//	later     M M b B . . . 4 3 5 . .    free, but the file is as long as before
//	defrag    M M . . 3 4 5 b B
//
// Not modelled: buckets for leases, members, authorization (a few pages), holes that are too small for a leaf of several
// pages, and slow readers, which keep pages pending for longer. Beside a real file, in pages:
//
//	                                    in use  real        length  real
//	10,000 keys of 256 B, put twice       2027  2023          2027  2026
//	compacted                             1015  1014          2027  2026
//	every other key put                   1522  1519          2027  2026
//	compacted                             1519  1519          2027  2026
//	all put again                         2531  2528          2531  2531
//	defragmented                          2023  2022          2025  2024
//	every seventh put, compacted          1159  1159          2171  2171
//
// With other sizes of values what is in use is right within 7 %, the length within 4 % (test/oracle/store, TestFileSize).
type file struct {
	leaves  chunk.List[leaf] // all but the last, in order; while a compaction runs, those that it has not come to
	tail    leaf             // the last
	pages   int              // of all leaves
	count   int              // leaves
	inner   int              // branch pages
	depth   int              // their levels
	pending int              // pages that the last commit gave up
	high    int              // pages of the file

	scan scan
}

// scan is where a compaction is among the leaves.
type scan struct {
	done    chunk.List[leaf] // behind it
	stay    leaf             // of the leaf that it is in: the rows that it has seen and left
	ahead   leaf             // and those that it has not seen
	pages   int              // of that leaf before; 0: it is in none but the last
	cut     bool             // a row of that leaf was dropped
	fresh   bool             // the last leaf behind it is not in the file yet: this batch made it
	touched int              // pages that this batch gave up
}

// leaf is a page with rows, or, if these are large, several pages in a row. After a split the bytes are those of average
// rows, so that a few may be missing in the end.
type leaf struct{ rows, bytes int32 }

func (l leaf) pages() int { return max(1, (headerBytes+int(l.bytes)+pageSize-1)/pageSize) }

func newFile() file { return file{count: 1, pages: 1, pending: 1, high: metaPages + tablePages} }

func (f *file) clone() file {
	c := *f
	c.leaves, c.scan.done = f.leaves.Clone(), f.scan.done.Clone()
	return c
}

// live returns the pages that the tree is made of.
func (f *file) live() int {
	if f.inline() {
		return metaPages
	}
	return metaPages + f.pages + f.inner
}

func (f *file) inline() bool { return f.count == 1 && headerBytes+f.tail.bytes <= inlineBytes }

// path returns how many pages are written anew for a change in one leaf.
func (f *file) path() int {
	if f.inline() {
		return 1
	}
	return 1 + f.depth + f.tail.pages()
}

// counts changes the number of leaves, and with it that of the branches above.
func (f *file) counts(by int) {
	f.count += by
	f.inner, f.depth = 0, 0
	for n := f.count; n > 1; f.depth++ {
		n = (n + branchKids - 1) / branchKids
		f.inner += n
	}
}

// give makes the file as long as it has to be when a commit gives up some pages.
func (f *file) give(up int) {
	f.pending = up
	f.high = max(f.high, f.live()+up)
}

// put adds a row.
func (f *file) put(bytes int) {
	f.fill(bytes)
	f.give(f.path())
}

func (f *file) fill(bytes int) {
	if f.tail.rows >= leafRows && headerBytes+int(f.tail.bytes)+bytes > fillBytes {
		f.open()
	}
	f.resize(1, bytes)
}

// open begins the next leaf.
func (f *file) open() {
	f.leaves.Append(f.tail)
	f.tail = leaf{}
	f.pages++
	f.counts(1)
}

// resize changes the last leaf.
func (f *file) resize(rows, bytes int) {
	before := f.tail.pages()
	f.tail.rows += int32(rows)
	f.tail.bytes += int32(bytes)
	f.pages += f.tail.pages() - before
}

// examine goes over the next row of a compaction. In the last leaf there is nothing to merge.
func (f *file) examine(bytes int, stays bool) {
	at := &f.scan
	if at.pages == 0 && f.leaves.First() < f.leaves.Len() {
		at.ahead, at.stay, at.cut = f.leaves.At(f.leaves.First()), leaf{}, false
		at.pages = at.ahead.pages()
		f.leaves.DropFront(f.leaves.First() + 1)
	}
	if at.pages == 0 {
		if !stays {
			f.resize(-1, -bytes)
		}
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

// leave puts what is left of the leaf that the compaction is in behind it.
func (f *file) leave() {
	at := &f.scan
	l := leaf{at.stay.rows + at.ahead.rows, at.stay.bytes + at.ahead.bytes}
	was := at.pages
	at.pages = 0
	if !at.cut {
		at.done.Append(l)
		at.fresh = false
		return
	}
	f.remove(was)
	at.touched += was
	if l.rows == 0 {
		return
	}
	if n := at.done.Len(); n > at.done.First() && (l.rows == 1 || headerBytes+l.bytes <= mergeBytes) {
		left := at.done.At(n - 1)
		at.done.Truncate(n - 1)
		f.remove(left.pages())
		if !at.fresh {
			at.touched += left.pages()
		}
		l = leaf{l.rows + left.rows, l.bytes + left.bytes}
	}
	for headerBytes+l.bytes >= pageSize && l.rows > 2*leafRows { // too much for one: a commit without puts fills to the half
		rows := max(leafRows, l.rows*(pageSize/2)/l.bytes) // of average size
		half := leaf{rows, l.bytes / l.rows * rows}
		f.insert(half)
		l = leaf{l.rows - half.rows, l.bytes - half.bytes}
	}
	f.insert(l)
}

// remove takes a leaf out.
func (f *file) remove(pages int) {
	f.pages -= pages
	f.counts(-1)
}

// insert adds a leaf behind the compaction.
func (f *file) insert(l leaf) {
	f.scan.done.Append(l)
	f.scan.fresh = true
	f.pages += l.pages()
	f.counts(1)
}

// commit ends a batch of a compaction.
func (f *file) commit() {
	if f.scan.touched > 0 {
		f.give(f.scan.touched + f.depth + 1)
		f.scan.touched = 0
	}
	f.scan.fresh = false
}

// settle ends a compaction: the leaves that it did not reach follow those behind it.
func (f *file) settle() {
	if f.scan.pages > 0 {
		f.leave()
	}
	f.commit()
	f.pending = 1 // that it has ended is written a moment later
	for i := f.leaves.First(); i < f.leaves.Len(); i++ {
		f.scan.done.Append(f.leaves.At(i))
	}
	f.leaves, f.scan = f.scan.done, scan{}
}

// Size returns the length of the member's database file in bytes: what the quota is held against. It never gets less but by
// Defragment.
func (s *Store) Size() int64 { return int64(s.file.high) * pageSize }

// SizeInUse returns how much of the file is in use. The rest are free pages, which later writes take first.
func (s *Store) SizeInUse() int64 { return int64(s.file.live()+s.file.pending) * pageSize }

// FreePages returns the number of pages of the file that are not in use.
func (s *Store) FreePages() int { return s.file.high - s.file.live() - s.file.pending }

// Defragment writes all rows into a new file, which has no free pages but the few that every new file has. What the store
// holds does not change. (etcd server/storage/backend/backend.go defragdb.)
func (s *Store) Defragment() {
	f := newFile()
	moved := size(&s.rows.moved)
	for i := range s.rows.len() {
		if i == moved && moved > 0 { // a compaction is under way and finds the rest before it
			f.open()
			f.scan.done, f.leaves = f.leaves, chunk.List[leaf]{}
		}
		f.fill(s.rows.row(i).rowBytes())
	}
	f.pending, f.high = 0, f.live()+tablePages
	s.file = f
}

// PutCost is what etcd reckons a put to take when it asks whether the quota is exceeded: 256 bytes and the key and the value
// (server/storage/quota.go costPut).
func PutCost(key, value string) int64 { return putOverhead + int64(len(key)) + int64(len(value)) }

const putOverhead = 256

// rowBytes returns how many bytes of a leaf a row takes: see encode.
func (c *change) rowBytes() int {
	n := elementBytes + revisionBytes + stringBytes(c.kv.Key)
	if c.tombstone() {
		return n + 1
	}
	return n + stringBytes(c.kv.Value) + numberBytes(c.kv.CreateRevision) + numberBytes(c.kv.ModRevision) +
		numberBytes(c.kv.Version) + numberBytes(c.kv.Lease)
}

// numberBytes is the length of a field that is a varint, with its number; zero is left out.
func numberBytes(v int64) int {
	if v == 0 {
		return 0
	}
	return 1 + varintBytes(uint64(v))
}

// stringBytes is the length of a field that is a string; the empty one is left out.
func stringBytes(v string) int {
	if v == "" {
		return 0
	}
	return 1 + varintBytes(uint64(len(v))) + len(v)
}

func varintBytes(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }
