// Command bench measures what a put costs while others watch, with our store and hub and with etcd's watchable store
// (its database is a file that is never synced): puts per second with watchers of the same key, of other keys and of
// other prefixes, and what a watcher takes of memory. What is told is taken off the streams after each put, and
// counted.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// perStream is how many watchers share a stream: fewer than it holds responses, so that nobody is slow.
const perStream = 100

// side is a store with its watchers.
type side interface {
	watch(stream int, key, end string)
	put(key string)
	take() (events int) // all that waits
	close()
}

func main() {
	testing.Init()
	per := flag.Duration("time", 300*time.Millisecond, "how long each measurement takes")
	flag.Parse()
	if err := flag.Set("test.benchtime", per.String()); err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "bench-watch")
	if err != nil {
		panic(err)
	}
	fmt.Println("puts per second                                  ours      theirs   ratio     allocs/put           B/put")
	row(dir, "      no watcher", 0, 0, other)
	for _, n := range []int{1, 100, 10_000} {
		row(dir, fmt.Sprintf("%5d watchers of the same key", n), n, n, func(int) (string, string) { return hot, "" })
		row(dir, fmt.Sprintf("%5d watchers of other keys", n), n, 0, other)
		row(dir, fmt.Sprintf("%5d watchers of other prefixes", n), n, 0, prefix)
	}
	fmt.Println("bytes of memory per watcher                      ours      theirs   ratio")
	for _, n := range []int{1_000, 10_000} {
		memory(dir, n)
	}
	clone(10_000)
	if err := os.RemoveAll(dir); err != nil {
		panic(err)
	}
}

const hot = "/registry/pods/default/hot"

func other(i int) (key, end string) { return fmt.Sprintf("/registry/pods/default/pod-%05d", i), "" }

func prefix(i int) (key, end string) {
	p := fmt.Sprintf("/registry/kind-%05d/", i)
	return p, mvcc.PrefixEnd(p)
}

// populate makes n watchers.
func populate(s side, n int, of func(int) (string, string)) {
	for i := range n {
		key, end := of(i)
		s.watch(i/perStream, key, end)
	}
	s.take()
}

// row measures both and prints a line. Each put of the hot key must tell so many watchers.
func row(dir, name string, n, told int, of func(int) (string, string)) {
	measure := func(s side) (rate, allocs, bytes float64) {
		defer s.close()
		populate(s, n, of)
		do := func(times int) {
			for range times {
				s.put(hot)
				if got := s.take(); got != told {
					panic(fmt.Sprintf("bench: %d events instead of %d", got, told))
				}
			}
		}
		do(10)
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			do(b.N)
		})
		return float64(r.N) / r.T.Seconds(), float64(r.MemAllocs) / float64(r.N), float64(r.MemBytes) / float64(r.N)
	}
	a, aa, ab := measure(newOurs())
	b, ba, bb := measure(newTheirs(filepath.Join(dir, "db")))
	fmt.Printf("%-40s %10.0f  %10.0f  %6.1f  %7.1f / %7.1f  %9.0f / %9.0f\n", name, a, b, a/b, aa, ba, ab, bb)
}

// memory prints what a watcher takes when it is told nothing.
func memory(dir string, n int) {
	measure := func(s side) float64 {
		defer s.close()
		s.put(hot)
		before := heap()
		populate(s, n, other)
		after := heap()
		runtime.KeepAlive(s)
		return float64(after-before) / float64(n)
	}
	a, b := measure(newOurs()), measure(newTheirs(filepath.Join(dir, "db")))
	fmt.Printf("%-40s %10.0f  %10.0f  %6.1f\n", fmt.Sprintf("%5d watchers of a key each", n), a, b, b/a)
}

func heap() int64 {
	for range 3 { // what has a finalizer or lies in a pool goes later
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// clone prints what a keyframe costs, and the first put after it. They cannot be cloned.
func clone(n int) {
	s := newOurs()
	populate(s, n, other)
	var kept any
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			kept = s.hub.Clone()
		}
	})
	runtime.KeepAlive(kept)
	fmt.Printf("a clone of a hub of %d watchers: %.1f µs, %d B\n", n, float64(r.NsPerOp())/1000, r.AllocedBytesPerOp())
}
