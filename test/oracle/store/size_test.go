package store

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/schema"
	"go.uber.org/zap"

	ours "github.com/etcdscope/etcdscope/core/mvcc"
)

// sizeRuns is how often the real thing is asked at most: which of several free spans bbolt takes is chance
// (freelist/hashmap.go goes over a Go map), and so is how soon etcd's readers give back the pages of old commits (they
// are closed by goroutines). It is for this that the file is synced: a commit takes its time.
const sizeRuns = 10

var allSizes = flag.Bool("all", false, "TestFileSize: all sizes and numbers of keys")

// TestFileSize holds the model of the database file against etcd's own store on its own backend: length and what is in
// use must be within a tenth of what is seen there, or within 8 pages. With -v it prints the table (make dbsize);
// without -all it leaves some out.
func TestFileSize(t *testing.T) {
	for _, value := range []int{10, 256, 1500, 10_000, 100_000, 1 << 20} {
		for _, keys := range []int{1, 10, 100, 1000, 10_000} {
			small := keys <= 10 && value < 10_000 || keys == 10_000 && value > 10
			if keys*value > 16<<20 || !*allSizes && small {
				continue
			}
			t.Run(fmt.Sprintf("%d keys of %d B", keys, value), func(t *testing.T) {
				if keys <= 10 {
					sizeCase(t, keys, value, 1)
				}
				sizeCase(t, keys, value, max(keys/10, 2))
			})
		}
	}
}

// sizeCase compares until a run is like ours. The puts of a batch go into one commit.
func sizeCase(t *testing.T, keys, value, batch int) {
	for range sizeRuns {
		j := &sizeJudge{keys: keys, value: strings.Repeat("v", value), batch: batch, ours: &ourFile{s: ours.New()},
			theirs: newTheirFile(t)}
		if j.run(); j.bad == 0 {
			t.Logf("a commit holds %d puts; pages of 4,096 bytes\n%s", batch, j.table)
			return
		}
		t.Logf("%d lines differ:\n%s", j.bad, j.table)
	}
	t.Error("in no run was the file like ours")
}

func (j *sizeJudge) run() {
	j.compare("fresh")
	j.put(j.keys, 1)
	j.compare("put")
	j.put(j.keys, 1)
	j.put(j.keys, 1)
	j.compare("put twice more")
	j.compact()
	j.compare("compacted")
	j.put((j.keys+1)/2, 2)
	j.compare("every other key put")
	j.compact()
	j.compare("compacted")
	j.put(j.keys, 1)
	j.compare("put")
	j.defragment()
	j.compare("defragmented")
	j.put((j.keys+6)/7, 7)
	j.compact()
	j.compare("every seventh put, compacted")
	j.defragment()
	j.compare("defragmented")
	j.put(j.keys, 1)
	j.compare("put")
}

// TestRefusedUnderQuota: with a quota of 16 MiB and a value of 1 MiB at a time, etcd refuses the tenth or a later one,
// as its file has spans that are too short; so do we. Each value is a commit of its own.
func TestRefusedUnderQuota(t *testing.T) {
	const quota = 16 << 20
	refused := func(s sized) int {
		value := strings.Repeat("v", 1<<20)
		for i := 1; ; i++ {
			key := fmt.Sprintf("key%d", i)
			if length, _ := s.size(); length+ours.PutCost(key, value) >= quota {
				return i
			}
			s.put(key, value)
			s.commit()
		}
	}
	got, seen := refused(&ourFile{s: ours.New()}), map[int]bool{}
	for range sizeRuns {
		seen[refused(newTheirFile(t))] = true
		if seen[got] {
			return
		}
	}
	t.Errorf("put %d is refused, at etcd those of %v", got, seen)
}

// sized is a store whose file has a size.
type sized interface {
	put(key, value string)
	commit()
	compact()
	defragment()
	size() (length, used int64)
}

type sizeJudge struct {
	ours, theirs sized
	keys         int
	value        string
	batch        int
	puts         int
	table        string
	bad          int
}

func (j *sizeJudge) each(do func(sized)) {
	do(j.ours)
	do(j.theirs)
}

func (j *sizeJudge) put(keys, stride int) {
	for i := range keys {
		j.each(func(s sized) { s.put(fmt.Sprintf("/registry/pods/default/pod-%07d", i*stride), j.value) })
		if j.puts++; j.puts%j.batch == 0 {
			j.each(sized.commit)
		}
	}
	j.each(sized.commit)
}

func (j *sizeJudge) compact()    { j.each(sized.compact) }
func (j *sizeJudge) defragment() { j.each(sized.defragment) }

func (j *sizeJudge) compare(what string) {
	length, used := j.ours.size()
	realLength, realUsed := j.theirs.size()
	mark := ""
	if !near(length, realLength) || !near(used, realUsed) {
		j.bad++
		mark = "  !"
	}
	j.table += fmt.Sprintf("%-30s length %6d, real %6d %+6.1f %%    in use %6d, real %6d %+6.1f %%%s\n", what,
		length/4096, realLength/4096, off(length, realLength), used/4096, realUsed/4096, off(used, realUsed), mark)
}

func off(got, want int64) float64 { return 100 * float64(got-want) / float64(want) }

// near reports whether two numbers of bytes are about the same.
func near(got, want int64) bool {
	d := got - want
	return max(d, -d) <= max(8*4096, want/10)
}

type ourFile struct{ s *ours.Store }

func (f *ourFile) put(key, value string) {
	tx := f.s.Write()
	tx.Put(key, value, 0)
	tx.End()
}

func (f *ourFile) commit() { f.s.Commit() }

func (f *ourFile) compact() {
	if err := f.s.Compact(f.s.Revision()); err != nil {
		panic(err)
	}
	for done := false; !done; {
		_, done = f.s.CompactBatch(ours.CompactionBatch)
	}
	f.s.Commit()
}

func (f *ourFile) defragment()        { f.s.Defragment() }
func (f *ourFile) size() (l, u int64) { return f.s.Size(), f.s.SizeInUse() }

// theirFile is etcd's store on its backend. Its batches are committed when the judge says so.
type theirFile struct {
	t    *testing.T
	file backend.Backend
	kv   theirs.KV
	n    uint64
}

func newTheirFile(t *testing.T) *theirFile {
	f := &theirFile{t: t, file: backend.New(backend.BackendConfig{
		Path: filepath.Join(t.TempDir(), "db"), BatchInterval: 1 << 40, BatchLimit: 10_000, MmapSize: 1 << 30,
		Logger: zap.NewNop(),
	})}
	t.Cleanup(func() { _ = f.file.Close() })
	tx := f.file.BatchTx()
	tx.LockOutsideApply()
	for _, b := range schema.AllBuckets {
		tx.UnsafeCreateBucket(b)
	}
	tx.Unlock()
	f.commit()
	f.kv = theirs.NewStore(zap.NewNop(), f.file, &lease.FakeLessor{}, theirs.StoreConfig{CompactionSleepInterval: 1})
	t.Cleanup(func() { _ = f.kv.Close() })
	f.commit()
	return f
}

func (f *theirFile) put(key, value string) {
	f.kv.Put([]byte(key), []byte(value), lease.NoLease)
}

// commit commits with the log's index, which every batch of a member has.
func (f *theirFile) commit() {
	f.n++
	tx := f.file.BatchTx()
	tx.LockOutsideApply()
	schema.UnsafeUpdateConsistentIndex(tx, f.n, 1)
	tx.Unlock()
	f.file.ForceCommit()
}

func (f *theirFile) compact() {
	done, err := f.kv.Compact(traceutil.TODO(), f.kv.Rev())
	if err != nil {
		f.t.Fatal(err)
	}
	<-done
	f.commit()
}

func (f *theirFile) defragment() {
	if err := f.file.Defrag(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *theirFile) size() (l, u int64) { return f.file.Size(), f.file.SizeInUse() }
