// Command bench measures our store beside etcd's, whose database lies in memory if the machine has a file system for
// that: operations per second, rows compacted per second, memory for each key, and all of it as the store grows.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.uber.org/zap"

	ours "github.com/etcdscope/etcdscope/core/mvcc"
)

const (
	valueBytes = 256
	listed     = 100 // keys of a list
	grouped    = 10  // puts of a transaction
)

// store is one of the two. Keys are numbers.
type store interface {
	put(key int)
	group(first int) // one transaction of puts
	read(first, keys int)
	compact()    // at the current revision, to the end
	rest()       // all that was put off is done
	disk() int64 // bytes outside of the heap
	close()
}

func main() {
	testing.Init()
	per := flag.Duration("time", 300*time.Millisecond, "how long each measurement takes")
	most := flag.Int("most", 1_000_000, "keys of the largest store")
	flag.Parse()
	if err := flag.Set("test.benchtime", per.String()); err != nil {
		panic(err)
	}
	const keys = 10_000
	list := newNames(*most + listed)
	a, b := newOurs(list, true), newTheirs(list)
	fill(a, keys, 1)
	fill(b, keys, 1)
	fmt.Printf("%d keys, values of %d bytes                        ours      theirs   ratio\n", keys, valueBytes)
	row("puts per second", a, b, 1, func(s store, i int) { s.put(i * 7919 % keys) })
	row("reads of one key per second", a, b, 1, func(s store, i int) { s.read(i*7919%keys, 1) })
	row("reads of 100 keys per second", a, b, 1, func(s store, i int) { s.read(i*7919%(keys-listed), listed) })
	row("puts per second, 10 to a transaction", a, b, grouped,
		func(s store, i int) { s.group(i * 7919 % (keys - grouped)) })
	a.close()
	b.close()
	fmt.Println()
	fmt.Println("as it grows:                 puts/s            reads/s     rows compacted/s   memory a key, bytes   " +
		"after a compaction")
	fmt.Println("     keys × revisions     ours  theirs      ours  theirs      ours  theirs      ours  theirs  ratio   " +
		"  ours  theirs")
	for n := 1000; n <= *most; n *= 10 {
		growth(list, n, 1)
	}
	for _, revisions := range []int{10, 100} {
		growth(list, min(keys, *most), revisions)
	}
}

// names are keys like those of Kubernetes, in the form that each of the two takes.
type names struct {
	ours   []string
	theirs [][]byte
}

func newNames(n int) names {
	list := names{make([]string, n), make([][]byte, n)}
	for i := range n {
		list.ours[i] = fmt.Sprintf("/registry/pods/default/pod-%07d", i)
		list.theirs[i] = []byte(list.ours[i])
	}
	return list
}

func fill(s store, keys, revisions int) {
	for i := range keys * revisions {
		s.put(i * 7919 % keys)
	}
	s.rest()
}

// row measures both and prints a line.
func row(name string, a, b store, per int, do func(s store, i int)) {
	rate := func(s store) float64 {
		s.rest()
		r := testing.Benchmark(func(tb *testing.B) {
			for i := range tb.N {
				do(s, i)
			}
		})
		return float64(r.N*per) / r.T.Seconds()
	}
	x, y := rate(a), rate(b)
	fmt.Printf("%-42s %10.0f  %10.0f   %5.1f\n", name, x, y, x/y)
}

// figures are what one store of a size gives. Memory is the heap and, of theirs, the database file.
type figures struct{ puts, reads, rows, memory, after float64 }

func growth(list names, keys, revisions int) {
	x := measure(func() store { return newOurs(list, false) }, keys, revisions)
	y := measure(func() store { return newTheirs(list) }, keys, revisions)
	fmt.Printf("%9d × %3d       %8.0f%8.0f  %8.0f%8.0f  %8.0f%8.0f  %8.0f%8.0f  %5.2f  %7.0f%8.0f\n", keys, revisions,
		x.puts, y.puts, x.reads, y.reads, x.rows, y.rows, x.memory, y.memory, x.memory/y.memory, x.after, y.after)
}

func measure(open func() store, keys, revisions int) figures {
	s := open()
	before := heap() // not earlier: etcd's metrics hold a store that was closed until there is the next
	memory := func() float64 { return float64(heap()-before+s.disk()) / float64(keys) }
	var f figures
	rows := float64(keys * revisions)
	f.puts = rows / seconds(func() { fill(s, keys, revisions) })
	f.memory = memory()
	reads := min(keys, 100_000)
	f.reads = float64(reads) / seconds(func() {
		for i := range reads {
			s.read(i*7919%keys, 1)
		}
	})
	fill(s, keys, 1) // there is something to drop
	f.rows = (rows + float64(keys)) / seconds(s.compact)
	s.put(0) // and what the compaction gave up is free
	s.rest()
	f.after = memory()
	s.close()
	return f
}

func seconds(do func()) float64 {
	start := time.Now()
	do()
	return time.Since(start).Seconds()
}

// heap returns the bytes in use on the heap, once they have stopped getting fewer: a store that was closed gives its
// memory back bit by bit, through goroutines that end and pools that live for two collections.
func heap() int64 {
	least := int64(1 << 62)
	for range 20 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		if now := int64(m.HeapAlloc); now < least-least/1000 {
			least = now
		} else {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return least
}

type ourStore struct {
	s     *ours.Store
	names []string
	bytes []byte
	value string // that all puts share; empty: each makes its own, so that all are in memory
}

func newOurs(list names, share bool) store {
	o := &ourStore{s: ours.New(), names: list.ours, bytes: []byte(strings.Repeat("v", valueBytes))}
	if share {
		o.value = string(o.bytes)
	}
	return o
}

// next returns a value as the store gets it: somebody has decoded it from a request.
func (o *ourStore) next() string {
	if o.value != "" {
		return o.value
	}
	return string(o.bytes)
}

func (o *ourStore) put(key int) {
	tx := o.s.Write()
	tx.Put(o.names[key], o.next(), 0)
	tx.End()
}

func (o *ourStore) group(first int) {
	tx := o.s.Write()
	for i := range grouped {
		tx.Put(o.names[first+i], o.next(), 0)
	}
	tx.End()
}

func (o *ourStore) read(first, keys int) {
	end := ""
	if keys > 1 {
		end = o.names[first+keys]
	}
	if r, err := o.s.Range(o.names[first], end, ours.RangeOptions{}); err != nil || len(r.KVs) != keys {
		panic(fmt.Sprint("bench: ", len(r.KVs), err))
	}
}

func (o *ourStore) compact() {
	if err := o.s.Compact(o.s.Revision()); err != nil {
		panic(err)
	}
	for done := false; !done; {
		_, done = o.s.CompactBatch(ours.CompactionBatch)
	}
}

func (o *ourStore) rest()       {}
func (o *ourStore) disk() int64 { return 0 }
func (o *ourStore) close()      {}

type theirStore struct {
	s     theirs.KV
	file  backend.Backend
	dir   string
	names [][]byte
	bytes []byte
}

func newTheirs(list names) store {
	memory := "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		memory = "" // then the usual place for temporary files
	}
	dir, err := os.MkdirTemp(memory, "bench-store")
	if err != nil {
		panic(err)
	}
	t := &theirStore{dir: dir, names: list.theirs, bytes: []byte(strings.Repeat("v", valueBytes))}
	cfg := backend.DefaultBackendConfig(zap.NewNop())
	cfg.Path = dir + "/db"
	t.file = backend.New(cfg)
	t.s = theirs.NewStore(zap.NewNop(), t.file, &lease.FakeLessor{}, theirs.StoreConfig{CompactionSleepInterval: 1})
	return t
}

func (t *theirStore) put(key int) { t.s.Put(t.names[key], t.bytes, lease.NoLease) }

func (t *theirStore) group(first int) {
	tx := t.s.Write(traceutil.TODO())
	for i := range grouped {
		tx.Put(t.names[first+i], t.bytes, lease.NoLease)
	}
	tx.End()
}

func (t *theirStore) read(first, keys int) {
	var end []byte
	if keys > 1 {
		end = t.names[first+keys]
	}
	if r, err := t.s.Range(context.Background(), t.names[first], end, theirs.RangeOptions{}); err != nil ||
		len(r.KVs) != keys {
		panic(fmt.Sprint("bench: ", len(r.KVs), err))
	}
}

func (t *theirStore) compact() {
	done, err := t.s.Compact(traceutil.TODO(), t.s.Rev())
	if err != nil {
		panic(err)
	}
	<-done
}

func (t *theirStore) rest()       { t.s.Commit() }
func (t *theirStore) disk() int64 { return t.file.SizeInUse() }

func (t *theirStore) close() {
	if err := t.s.Close(); err != nil {
		panic(err)
	}
	if err := t.file.Close(); err != nil {
		panic(err)
	}
	if err := os.RemoveAll(t.dir); err != nil {
		panic(err)
	}
}
