package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/api/v3/mvccpb"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/schema"

	ours "github.com/etcdscope/etcdscope/core/mvcc"
)

// pages are the lengths of a file and of what is in use.
type pages struct{ size, used int64 }

// TestFileSize holds the model of the database file against a real one: the length and what is in use must be right within
// 15 per cent and a few pages. With -v it prints the table.
//
// The file is written by bbolt, but not by etcd's backend: that closes its readers in goroutines, and how long they hold the
// pages of old commits is chance.
func TestFileSize(t *testing.T) {
	for _, load := range []struct {
		name        string
		keys, value int
		batch       int // puts to a commit
	}{
		{"10,000 × 256 B", 10_000, 256, 1000},
		{"1,000 × 256 B, commits of 10", 1_000, 256, 10},
		{"2,000 × 1,500 B", 2_000, 1500, 100},
		{"500 × 10,000 B", 500, 10_000, 100},
		{"10,000 × 16 B", 10_000, 16, 1000},
		{"50 × 256 B", 50, 256, 50},
	} {
		t.Run(load.name, func(t *testing.T) {
			w := newSized(t, load.batch)
			w.compare("fresh")
			for range 2 {
				w.put(load.keys, load.value, 1)
			}
			w.compare("put twice")
			w.compact()
			w.compare("compacted")
			w.put(load.keys/2, load.value, 2)
			w.compare("every other key put")
			w.compact()
			w.compare("compacted")
			w.put(load.keys, load.value, 1)
			w.compare("put")
			w.defragment()
			w.compare("defragmented")
			w.put(load.keys/7, load.value, 7)
			w.compact()
			w.compare("every seventh put and compacted")
			w.defragment()
			w.compare("defragmented")
		})
	}
}

// sized is our store beside a file that has its rows, written by bbolt in etcd's batches.
type sized struct {
	t     *testing.T
	a     *ours.Store
	file  *bbolt.DB
	tx    *bbolt.Tx // the batch
	batch int
	puts  int
}

func newSized(t *testing.T, batch int) *sized {
	w := &sized{t: t, a: ours.New(), batch: batch}
	w.file = w.create()
	t.Cleanup(func() { _ = w.file.Close() }) // the directory goes, too
	w.begin()
	for _, b := range schema.AllBuckets {
		w.must(w.tx.CreateBucketIfNotExists(b.Name()))
	}
	w.commit()
	return w
}

func (w *sized) must(_ any, err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

// create makes a file with the options of etcd's backend.
func (w *sized) create() *bbolt.DB {
	db, err := bbolt.Open(filepath.Join(w.t.TempDir(), "db"), 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, NoSync: true})
	w.must(db, err)
	return db
}

func (w *sized) begin() {
	tx, err := w.file.Begin(true)
	w.must(tx, err)
	w.tx = tx
}

// commit ends the batch, with the log index that every batch of a member has.
func (w *sized) commit() {
	w.must(nil, w.tx.Bucket([]byte("meta")).Put([]byte("consistent_index"), make([]byte, 8)))
	w.must(nil, w.tx.Commit())
}

func (w *sized) put(keys, value, stride int) {
	text := strings.Repeat("v", value)
	w.begin()
	for i := range keys {
		tx := w.a.Write()
		tx.Put(fmt.Sprintf("/registry/pods/default/pod-%07d", i*stride), text, 0)
		w.row(tx.End())
		if w.puts++; w.puts%w.batch == 0 {
			w.commit()
			w.begin()
		}
	}
	w.commit()
}

// row writes the row of a revision.
func (w *sized) row(rev int64) {
	b := w.tx.Bucket([]byte("key"))
	b.FillPercent = 0.9
	for c := range w.a.Changes(rev) {
		kv := mvccpb.KeyValue{Key: []byte(c.KV.Key), Value: []byte(c.KV.Value), CreateRevision: c.KV.CreateRevision, ModRevision: rev, Version: c.KV.Version}
		value, err := kv.Marshal()
		w.must(value, err)
		w.must(nil, b.Put(theirs.RevToBytes(theirs.Revision{Main: rev}, theirs.NewRevBytes()), value))
	}
}

// compact drops all but the newest versions, in batches.
func (w *sized) compact() {
	keep := map[string]bool{}
	for kv := range w.a.All(ours.FromKey, ours.FromKey, 0) {
		keep[string(theirs.RevToBytes(theirs.Revision{Main: kv.ModRevision}, theirs.NewRevBytes()))] = true
	}
	if err := w.a.Compact(w.a.Revision()); err != nil {
		w.t.Fatal(err)
	}
	next := []byte{0}
	for done := false; !done; {
		_, done = w.a.CompactBatch(ours.CompactionBatch)
		w.begin()
		next = w.drop(next, keep)
		w.commit()
	}
	w.begin()
	w.commit() // the end of the compaction
}

func (w *sized) drop(from []byte, keep map[string]bool) (next []byte) {
	b := w.tx.Bucket([]byte("key"))
	var doomed [][]byte
	c, n := b.Cursor(), 0
	for k, _ := c.Seek(from); k != nil && n < ours.CompactionBatch; k, _ = c.Next() {
		if n++; !keep[string(k)] {
			doomed = append(doomed, slices.Clone(k))
		}
		from = append(slices.Clone(k), 0)
	}
	for _, k := range doomed {
		w.must(nil, b.Delete(k))
	}
	return from
}

// defragment copies everything into a new file (backend.go, defragdb).
func (w *sized) defragment() {
	w.a.Defragment()
	db := w.create()
	from, err := w.file.Begin(false)
	w.must(from, err)
	w.must(nil, db.Update(func(to *bbolt.Tx) error {
		return from.ForEach(func(name []byte, b *bbolt.Bucket) error {
			copied, err := to.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			copied.FillPercent = 0.9
			return b.ForEach(copied.Put)
		})
	}))
	w.must(nil, from.Rollback())
	w.must(nil, w.file.Close())
	w.file = db
	w.reopen()
}

// reopen closes the file and opens it again, as etcd does after it has defragmented: all that is free is then known.
func (w *sized) reopen() {
	path := w.file.Path()
	w.must(nil, w.file.Close())
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, NoSync: true})
	w.must(db, err)
	w.file = db
}

func (w *sized) real() pages {
	tx, err := w.file.Begin(false)
	w.must(tx, err)
	size := tx.Size()
	w.must(nil, tx.Rollback())
	return pages{size / 4096, size/4096 - int64(w.file.Stats().FreePageN)}
}

func (w *sized) compare(what string) {
	got := pages{w.a.Size() / 4096, w.a.SizeInUse() / 4096}
	want := w.real()
	w.t.Logf("%-34s size %6d, real %6d: %+5.1f %%    in use %6d, real %6d: %+5.1f %%", what, got.size, want.size, off(got.size, want.size),
		got.used, want.used, off(got.used, want.used))
	if !near(got.used, want.used) || !near(got.size, want.size) {
		w.t.Errorf("%s: %+v, want about %+v", what, got, want)
	}
}

// near reports whether two numbers of pages are about the same.
func near(got, want int64) bool {
	d := got - want
	return max(d, -d) <= max(8, want*15/100)
}

func off(got, want int64) float64 { return 100 * float64(got-want) / float64(want) }
