package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/etcdserver/txn"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.uber.org/zap"

	ours "github.com/etcdscope/etcdscope/core/mvcc"
)

// twin is our store beside etcd's.
type twin struct {
	t    *testing.T
	rand *rand.Rand
	a    *ours.Store
	b    theirs.KV
	run  <-chan struct{} // closed when their compactions are done
	rest bool            // ours have rows to drop
}

func open(t *testing.T) backend.Backend {
	b := backend.New(backend.BackendConfig{
		Path: filepath.Join(t.TempDir(), "db"), BatchInterval: 1 << 40, BatchLimit: 500, MmapSize: 1 << 28,
		Logger:        zap.NewNop(),
		UnsafeNoFsync: true,
	})
	t.Cleanup(func() { _ = b.Close() }) // the directory goes, too
	return b
}

func start(t *testing.T, file backend.Backend, cfg theirs.StoreConfig) theirs.KV {
	kv := theirs.NewStore(zap.NewNop(), file, &lease.FakeLessor{}, cfg)
	t.Cleanup(func() { _ = kv.Close() }) // before its file; it cannot fail
	return kv
}

// TestSameAnswers gives both stores the same operations and compares every answer.
func TestSameAnswers(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			b := start(t, open(t), theirs.StoreConfig{CompactionBatchLimit: 50, CompactionSleepInterval: 1})
			w := &twin{t: t, rand: rand.New(rand.NewPCG(seed, 1)), a: ours.New(), b: b}
			for range 1500 {
				w.step()
			}
			w.wait()
		})
	}
}

func (w *twin) step() {
	switch n := w.rand.IntN(100); {
	case n < 50:
		w.write()
	case n < 75:
		w.read()
	case n < 80:
		w.compact()
	case n < 90:
		w.a.CompactBatch(1 + w.rand.IntN(60))
		_, w.rest = w.a.Compaction()
	default:
		w.hash()
	}
}

func (w *twin) key() string { return fmt.Sprintf("k%02d", w.rand.IntN(40)) }

func (w *twin) bounds() (key, end string) {
	key = w.key()
	switch w.rand.IntN(6) {
	case 0:
		return key, ours.FromKey
	case 1:
		return ours.FromKey, ours.FromKey
	case 2, 3:
		return key, w.key() // empty, often
	}
	return key, ""
}

// bytes returns the end of a range as their store wants it: nil for one key, empty for "from key".
func bytes(end string) []byte {
	switch end {
	case "":
		return nil
	case ours.FromKey:
		return []byte{}
	}
	return []byte(end)
}

// write is one transaction. Like etcd's clients it does not write a key twice.
func (w *twin) write() {
	a, b := w.a.Write(), w.b.Write(traceutil.TODO())
	touched := map[string]bool{}
	for range w.rand.IntN(4) + 1 {
		key, end := w.key(), ""
		if touched[key] {
			continue
		}
		if w.rand.IntN(4) > 0 {
			touched[key] = true
			value, id := fmt.Sprint(w.rand.IntN(50)), w.rand.Int64N(3)
			if w.rand.IntN(10) == 0 {
				value = strings.Repeat("v", w.rand.IntN(400))
			}
			a.Put(key, value, id)
			b.Put([]byte(key), []byte(value), lease.LeaseID(id))
			continue
		}
		if len(touched) == 0 {
			key, end = w.bounds()
		}
		for _, kv := range w.peek(a, key, end) {
			touched[kv.Key] = true
		}
		got := a.DeleteRange(key, end)
		if want, _ := b.DeleteRange([]byte(key), bytes(end)); got != want {
			w.t.Fatalf("delete [%q, %q): %d, etcd %d", key, end, got, want)
		}
		if end != "" {
			break
		}
	}
	got := a.End()
	b.End()
	if want := w.b.Rev(); got != want {
		w.t.Fatalf("revision %d, etcd %d", got, want)
	}
}

func (w *twin) peek(tx ours.WriteTxn, key, end string) []ours.KeyValue {
	r, err := tx.Range(key, end, ours.RangeOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.KVs
}

// sometimes returns a revision near those that exist, or 0.
func (w *twin) sometimes(often int) int64 {
	if w.rand.IntN(often) > 0 {
		return 0
	}
	low := max(0, w.a.CompactRevision()-5)
	return low + w.rand.Int64N(w.a.Revision()+3-low)
}

func (w *twin) read() {
	key, end := w.bounds()
	o := ours.RangeOptions{
		Revision: w.sometimes(2), Limit: w.rand.Int64N(6), CountOnly: w.rand.IntN(8) == 0, KeysOnly: w.rand.IntN(8) == 0,
		MinModRevision: w.sometimes(5), MaxModRevision: w.sometimes(5), MinCreateRevision: w.sometimes(5),
		MaxCreateRevision: w.sometimes(5),
		SortTarget:        ours.SortTarget(w.rand.IntN(5)), SortOrder: ours.SortOrder(w.rand.IntN(3)),
	}
	got, err := w.a.Range(key, end, o)
	var last []byte // as it comes off the wire: nothing is nil
	if end != "" {
		last = []byte(end)
	}
	want, _, err2 := txn.Range(context.Background(), zap.NewNop(), w.b, &pb.RangeRequest{
		Key: []byte(key), RangeEnd: last, Revision: o.Revision, Limit: o.Limit, CountOnly: o.CountOnly, KeysOnly: o.KeysOnly,
		MinModRevision: o.MinModRevision, MaxModRevision: o.MaxModRevision, MinCreateRevision: o.MinCreateRevision,
		MaxCreateRevision: o.MaxCreateRevision, SortTarget: pb.RangeRequest_SortTarget(o.SortTarget),
		SortOrder: pb.RangeRequest_SortOrder(o.SortOrder),
	})
	if !same(err, err2) {
		w.t.Fatalf("[%q, %q) %+v: %v, etcd %v", key, end, o, err, err2)
	}
	if err != nil {
		return
	}
	list := make([]ours.KeyValue, len(want.Kvs))
	for i, kv := range want.Kvs {
		list[i] = ours.KeyValue{Key: string(kv.Key), Value: string(kv.Value), CreateRevision: kv.CreateRevision,
			ModRevision: kv.ModRevision,
			Version:     kv.Version, Lease: kv.Lease}
	}
	if got.Count != want.Count || got.More != want.More || !equal(got.KVs, list, o) {
		w.t.Fatalf("[%q, %q) %+v:\n%v\netcd %v", key, end, o, got, want)
	}
}

// equal compares what was read. Where a sort leaves the order of equals open, so does this.
func equal(got, want []ours.KeyValue, o ours.RangeOptions) bool {
	by := func(kv ours.KeyValue) string {
		switch o.SortTarget {
		case ours.SortByVersion:
			return fmt.Sprint(kv.Version)
		case ours.SortByCreate:
			return fmt.Sprint(kv.CreateRevision)
		case ours.SortByMod:
			return fmt.Sprint(kv.ModRevision)
		case ours.SortByValue:
			return kv.Value
		}
		return kv.Key
	}
	if !slices.EqualFunc(got, want, func(a, b ours.KeyValue) bool { return o.KeysOnly || by(a) == by(b) }) {
		return false
	}
	if o.Limit > 0 && o.SortTarget != ours.SortByKey {
		return true // which of the equals the limit cuts is open, too
	}
	byKey := func(a, b ours.KeyValue) int { return cmp.Compare(a.Key, b.Key) }
	return slices.Equal(slices.SortedFunc(slices.Values(got), byKey), slices.SortedFunc(slices.Values(want), byKey))
}

func same(a, b error) bool {
	switch {
	case errors.Is(b, theirs.ErrCompacted):
		return a == ours.ErrCompacted
	case errors.Is(b, theirs.ErrFutureRev):
		return a == ours.ErrFutureRev
	}
	return a == nil && b == nil
}

// wait lets all compactions end.
func (w *twin) wait() {
	if w.run != nil {
		<-w.run
	}
	w.run = nil
	for w.rest {
		w.a.CompactBatch(ours.CompactionBatch)
		_, w.rest = w.a.Compaction()
	}
}

func (w *twin) compact() {
	w.wait()
	rev := w.a.CompactRevision() - 1 + w.rand.Int64N(w.a.Revision()-w.a.CompactRevision()+3)
	err := w.a.Compact(rev)
	done, err2 := w.b.Compact(traceutil.TODO(), rev)
	if !same(err, err2) {
		w.t.Fatalf("compact %d: %v, etcd %v", rev, err, err2)
	}
	if err != nil {
		return
	}
	w.run, w.rest = done, true
	if w.rand.IntN(2) == 0 {
		w.wait()
		w.stored()
	}
}

// hash compares HashKV, whatever compactions have still to do. The one case where that matters is when nothing is
// alive.
func (w *twin) hash() {
	rev := w.sometimes(1)
	if kvs, err := w.a.Range(ours.FromKey, ours.FromKey, ours.RangeOptions{Revision: rev, CountOnly: true}); err != nil ||
		kvs.Count == 0 {
		w.wait()
	}
	w.hashAt(rev)
}

func (w *twin) hashAt(rev int64) {
	if rev == w.a.CompactRevision() {
		w.wait() // only then it is remembered
	}
	got, err := w.a.HashKV(rev)
	want, _, err2 := w.b.HashStorage().HashByRev(rev)
	if !same(err, err2) || got != ours.KVHash(want) {
		w.t.Fatalf("hash at %d: %v %v, etcd %v %v", rev, got, err, want, err2)
	}
}

func (w *twin) stored() {
	want := w.b.HashStorage().Hashes()
	if !slices.EqualFunc(w.a.Hashes(), want,
		func(a ours.KVHash, b theirs.KeyValueHash) bool { return a == ours.KVHash(b) }) {
		w.t.Fatalf("hashes of compactions: %v, etcd %v", w.a.Hashes(), want)
	}
}

// TestRestart breaks compactions off and starts both stores again.
func TestRestart(t *testing.T) {
	file := open(t)
	b := theirs.NewStore(zap.NewNop(), file, &lease.FakeLessor{},
		theirs.StoreConfig{CompactionBatchLimit: 20, CompactionSleepInterval: 1 << 60})
	w := &twin{t: t, rand: rand.New(rand.NewPCG(1, 1)), a: ours.New(), b: b}
	for w.a.Revision() < 100 {
		w.write()
	}
	for _, rev := range []int64{40, 70} {
		if _, err := b.Compact(traceutil.TODO(), rev); err != nil {
			t.Fatal(err)
		}
		if err := w.a.Compact(rev); err != nil {
			t.Fatal(err)
		}
	}
	w.a.CompactBatch(20)
	w.a.Restart()
	w.rest = true
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	w.b = start(t, file, theirs.StoreConfig{})
	w.run, _ = w.b.Compact(traceutil.TODO(), 70) // refused, but only when the one that was broken off has ended
	w.wait()
	w.stored()
	for rev := range int64(102) {
		w.hashAt(rev)
	}
	for range 100 {
		w.write()
		w.read()
	}
	rows := func() (n int) {
		for range w.a.Changes(0) {
			n++
		}
		return n
	}
	if got, want := rows(), count(t, file); got != want {
		t.Fatalf("%d rows, etcd %d", got, want)
	}
}

// TestHashWhenNothingLives is the case in which rows that wait to be dropped do count: nothing is alive at the
// revision.
func TestHashWhenNothingLives(t *testing.T) {
	file := open(t)
	w := &twin{t: t, a: ours.New()}
	w.b = start(t, file, theirs.StoreConfig{CompactionBatchLimit: 1, CompactionSleepInterval: 1 << 60})
	for _, key := range []string{"a", "b"} {
		w.b.Put([]byte(key), nil, lease.NoLease)
		w.b.DeleteRange([]byte(key), nil)
		tx := w.a.Write()
		tx.Put(key, "", 0)
		tx.End()
		tx = w.a.Write()
		tx.DeleteRange(key, "")
		tx.End()
	}
	if err := w.a.Compact(4); err != nil {
		t.Fatal(err)
	}
	if _, err := w.b.Compact(traceutil.TODO(), 4); err != nil {
		t.Fatal(err)
	}
	w.a.CompactBatch(1)
	for count(t, file) == 4 {
		runtime.Gosched() // theirs drops the first row in a goroutine, and then sleeps for good
	}
	w.hashAt(5)
	w.hashAt(0)
}

// count returns the rows in a file.
func count(t *testing.T, b backend.Backend) (n int) {
	tx := b.BatchTx()
	tx.LockOutsideApply()
	defer tx.Unlock()
	keys, values := tx.UnsafeRange(bucket{}, []byte{0}, []byte{255}, 0)
	for i := range keys {
		var kv mvccpb.KeyValue
		if err := kv.Unmarshal(values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return len(keys)
}

// bucket is the one that holds the keys.
type bucket struct{}

func (bucket) ID() backend.BucketID    { return 1 }
func (bucket) Name() []byte            { return []byte("key") }
func (bucket) String() string          { return "key" }
func (bucket) IsSafeRangeBucket() bool { return true }
