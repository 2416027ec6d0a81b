package watch

import (
	"fmt"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"

	"github.com/etcdscope/etcdscope/core/mvcc"
	ours "github.com/etcdscope/etcdscope/core/watch"
)

// TestSameResponses does one thing at a time and compares every response, header and grouping included.
func TestSameResponses(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w, responses := newTwin(t, seed), 0
			for range 300 {
				switch n := w.rand.IntN(100); {
				case n < 60:
					w.write()
				case n < 80:
					w.create()
				case n < 90:
					w.cancel()
				case n < 94:
					w.progress()
				case n < 97:
					w.restore()
				default:
					w.compact()
				}
				w.settle()
				responses += w.compare(true)
			}
			if responses < 300 {
				t.Fatalf("only %d responses were compared", responses)
			}
		})
	}
}

// TestSameBatches lets watchers catch up over a history that takes several passes.
func TestSameBatches(t *testing.T) {
	w := newTwin(t, 1)
	for range 2500 {
		w.write()
	}
	w.early = true
	for range 40 {
		w.create()
	}
	w.settle()
	if n := w.compare(true); n < 40 {
		t.Fatalf("only %d responses were compared", n)
	}
}

// TestSameWhenSlow writes more than a stream holds while nobody takes anything, cancels and goes on: victims on both
// sides. What is told in the end is the same.
func TestSameWhenSlow(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newTwin(t, seed)
			for range 10 {
				for range 4 {
					w.create()
				}
				w.settle()
				w.compare(true)
				for range 100 + w.rand.IntN(300) {
					w.write()
				}
				w.settle()
				w.compare(false)
				w.cancel()
			}
		})
	}
}

// TestSameVictim has one watcher, which is told once more than its stream holds. Nothing comes after that, so that even
// the response that had to wait is the same, its header included.
func TestSameVictim(t *testing.T) {
	w := newTwin(t, 1)
	s := w.streams[0]
	if _, err := s.theirs.Watch(0, []byte("a"), nil, 0); err != nil {
		t.Fatal(err)
	}
	w.hub.Handle(w.now, w.store, s.id, ours.Request{Key: "a"}, &w.out)
	w.answer(s)
	s.live[0] = &live{}
	for range ours.BufferLen + 1 {
		w.put("a", "x")
	}
	if w.hub.Counts().Victims != 1 {
		t.Fatal("nobody is a victim")
	}
	w.settle()
	if n := w.compare(true); n != ours.BufferLen+1 {
		t.Fatalf("%d responses were compared", n)
	}
}

// TestSameSizes marshals messages of every kind.
func TestSameSizes(t *testing.T) {
	w := newTwin(t, 5)
	header := ours.Header{ClusterID: 0xcdf818194e3a8c32, MemberID: 0x8e9e05c52164694d, Term: 3}
	for range 1500 {
		w.write()
	}
	w.hub.Handle(0, w.store, 1, ours.Request{Key: "a", End: mvcc.FromKey, Start: 2, PrevKV: true}, &w.out)
	w.hub.Handle(0, w.store, 1, ours.Request{Key: "b", End: "a"}, &w.out)
	w.hub.Handle(0, w.store, 1, ours.Request{Key: "b", WatchID: -5}, &w.out)
	compared := 0
	for w.hub.Counts().Slow > 0 {
		at, _ := w.hub.Next()
		w.hub.Wake(at, w.store, &w.out)
	}
	w.write()
	for {
		m, ok := w.hub.Take(0, w.store, 1, &w.out)
		if !ok {
			break
		}
		if got, want := m.Size(header), marshalled(&m, header).Size(); got != want {
			t.Fatalf("%+v has %d bytes, theirs %d", m, got, want)
		}
		compared++
	}
	if compared < 6 {
		t.Fatalf("only %d sizes were compared", compared)
	}
}

func marshalled(m *ours.Message, h ours.Header) *pb.WatchResponse {
	r := &pb.WatchResponse{
		Header:  &pb.ResponseHeader{ClusterId: h.ClusterID, MemberId: h.MemberID, Revision: m.Revision, RaftTerm: h.Term},
		WatchId: m.WatchID, Created: m.Created, Canceled: m.Canceled, Fragment: m.Fragment,
		CompactRevision: m.CompactRevision,
		CancelReason:    m.Reason,
	}
	for i, c := range m.Events {
		e := &mvccpb.Event{Kv: pair(&c.KV)}
		if c.Deleted {
			e.Type = mvccpb.DELETE
		}
		if m.Prev != nil && m.Prev[i].Version != 0 {
			e.PrevKv = pair(&m.Prev[i])
		}
		r.Events = append(r.Events, e)
	}
	return r
}

func pair(kv *mvcc.KeyValue) *mvccpb.KeyValue {
	return &mvccpb.KeyValue{Key: []byte(kv.Key), Value: []byte(kv.Value), CreateRevision: kv.CreateRevision,
		ModRevision: kv.ModRevision,
		Version:     kv.Version, Lease: kv.Lease}
}
