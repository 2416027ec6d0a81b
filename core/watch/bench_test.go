package watch_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/watch"
)

const hot = "/registry/pods/default/hot"

// benchmark measures a put of the hot key, and what the hub does about it, with n watchers.
func benchmark(b *testing.B, n int, of func(i int) (key, end string)) {
	store, hub, out := mvcc.New(), watch.New(watch.Default()), watch.Output{}
	for i := range n {
		id := watch.StreamID(i/100 + 1)
		hub.Open(0, id, watch.StreamOptions{}, true, &out)
		key, end := of(i)
		hub.Handle(0, store, id, watch.Request{Key: key, End: end}, &out)
		hub.Take(0, store, id, &out)
	}
	b.ReportAllocs()
	for b.Loop() {
		tx := store.Write()
		tx.Put(hot, "value", 0)
		rev := tx.End()
		out.Reset()
		hub.Notify(0, store, rev, rev, &out)
		for _, id := range out.Ready {
			for more := true; more; {
				_, more = hub.Take(0, store, id, &out)
			}
		}
	}
}

func otherKey(i int) (key, end string) { return fmt.Sprintf("/registry/pods/default/pod-%05d", i), "" }

func otherPrefix(i int) (key, end string) {
	p := fmt.Sprintf("/registry/kind-%05d/", i)
	return p, mvcc.PrefixEnd(p)
}

func BenchmarkPutUnwatched(b *testing.B)        { benchmark(b, 0, otherKey) }
func BenchmarkPut1OnOtherKey(b *testing.B)      { benchmark(b, 1, otherKey) }
func BenchmarkPut10000OnOtherKeys(b *testing.B) { benchmark(b, 10_000, otherKey) }
func BenchmarkPut10000OnPrefixes(b *testing.B)  { benchmark(b, 10_000, otherPrefix) }
func BenchmarkPut10000OnTheSameKey(b *testing.B) {
	benchmark(b, 10_000, func(int) (string, string) { return hot, "" })
}
func BenchmarkCloneOf10000Watchers(b *testing.B) {
	store, hub, out := mvcc.New(), watch.New(watch.Default()), watch.Output{}
	for i := range 10_000 {
		id := watch.StreamID(i/100 + 1)
		hub.Open(0, id, watch.StreamOptions{}, true, &out)
		key, end := otherKey(i)
		hub.Handle(0, store, id, watch.Request{Key: key, End: end}, &out)
		hub.Take(0, store, id, &out)
	}
	b.ReportAllocs()
	var kept *watch.Hub
	for b.Loop() {
		kept = hub.Clone()
	}
	_ = kept
}
