package watch

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
	ours "github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// twin is our store and hub beside etcd's watchable store.
type twin struct {
	t     *testing.T
	rand  *rand.Rand
	now   sim.Time
	store *mvcc.Store
	hub   *ours.Hub
	out   ours.Output
	disk  backend.Backend
	kv    theirs.WatchableKV

	streams []*stream
	early   bool // watchers start near the beginning
}

// stream is a stream of each, and the watchers on it.
type stream struct {
	id     ours.StreamID
	theirs theirs.WatchStream
	live   map[int64]*live
	ours   map[int64][]string // what our watchers were told since the last comparison
	them   map[int64][]string
}

type live struct {
	start int64
	told  bool // by theirs, that it is canceled by compaction
	ended bool // by ours
}

func newTwin(t *testing.T, seed uint64) *twin {
	disk := backend.New(backend.BackendConfig{
		Path: filepath.Join(t.TempDir(), "db"), BatchInterval: time.Hour, BatchLimit: 10_000, MmapSize: 1 << 28,
		Logger:        zap.NewNop(),
		UnsafeNoFsync: true,
	})
	t.Cleanup(func() { _ = disk.Close() }) // its directory goes, too
	kv := theirs.New(zap.NewNop(), disk, &lease.FakeLessor{}, theirs.StoreConfig{})
	t.Cleanup(func() { _ = kv.Close() }) // before its file; it cannot fail
	w := &twin{t: t, rand: rand.New(rand.NewPCG(seed, 7)), store: mvcc.New(), hub: ours.New(ours.Default()), disk: disk,
		kv: kv}
	for id := range ours.StreamID(3) {
		id++
		w.streams = append(w.streams, &stream{id: id, theirs: kv.NewWatchStream(),
			live: map[int64]*live{}, ours: map[int64][]string{}, them: map[int64][]string{}})
		w.hub.Open(0, id, ours.StreamOptions{}, true, &w.out)
	}
	return w
}

var keys = []string{"a", "aa", "ab", "b", "ba", "c"}

func (w *twin) key() string { return keys[w.rand.IntN(len(keys))] }

// write does a transaction on both: a deletion of a range, or puts and deletions of single keys.
func (w *twin) write() {
	a, b := w.store.Write(), w.kv.Write(traceutil.TODO())
	before := w.store.Revision()
	if w.rand.IntN(6) == 0 {
		key, end := w.key(), w.key()
		a.DeleteRange(key, end)
		b.DeleteRange([]byte(key), []byte(end))
	} else {
		for range 1 + w.rand.IntN(3) {
			key, value := w.key(), fmt.Sprint(w.rand.IntN(100))
			if w.rand.IntN(4) == 0 {
				a.DeleteRange(key, "")
				b.DeleteRange([]byte(key), nil)
			} else {
				a.Put(key, value, 0)
				b.Put([]byte(key), []byte(value), 0)
			}
		}
	}
	rev := a.End()
	b.End()
	w.written(before, rev)
}

func (w *twin) put(key, value string) {
	before, a := w.store.Revision(), w.store.Write()
	a.Put(key, value, 0)
	w.kv.Put([]byte(key), []byte(value), 0)
	w.written(before, a.End())
}

func (w *twin) written(before, rev int64) {
	if rev > before {
		w.hub.Notify(w.now, w.store, rev, rev, &w.out)
	}
	if got := w.kv.Rev(); got != rev {
		w.t.Fatalf("their revision is %d, ours %d", got, rev)
	}
}

// create makes a watcher on both and compares the answers.
func (w *twin) create() {
	s := w.streams[w.rand.IntN(len(w.streams))]
	r := ours.Request{Key: w.key(), NoPut: w.rand.IntN(6) == 0, NoDelete: w.rand.IntN(6) == 0}
	var end []byte
	switch w.rand.IntN(4) {
	case 0:
		r.End = w.key()
		end = []byte(r.End)
	case 1:
		r.End, end = mvcc.FromKey, []byte{} // as their front door translates it
	}
	switch {
	case w.early:
		r.Start = 1 + w.rand.Int64N(9)
	case w.rand.IntN(4) == 0:
		r.Start = max(w.store.Revision()-2+w.rand.Int64N(5), 0)
	case w.rand.IntN(3) == 0:
		r.Start = 1 + w.rand.Int64N(w.store.Revision()+3)
	}
	if w.rand.IntN(5) == 0 {
		r.WatchID = w.rand.Int64N(6)
	}
	var filters []theirs.FilterFunc
	if r.NoPut {
		filters = append(filters, func(e mvccpb.Event) bool { return e.Type == mvccpb.PUT })
	}
	if r.NoDelete {
		filters = append(filters, func(e mvccpb.Event) bool { return e.Type == mvccpb.DELETE })
	}
	id, err := s.theirs.Watch(theirs.WatchID(r.WatchID), []byte(r.Key), end, r.Start, filters...)
	reason := ""
	if err != nil {
		reason = err.Error()
	}
	w.hub.Handle(w.now, w.store, s.id, r, &w.out)
	m := w.answer(s)
	if !m.Created || m.WatchID != int64(id) || m.Reason != reason {
		w.t.Fatalf("%+v: they say %d, %q; ours %+v", r, id, reason, m)
	}
	if err == nil {
		s.live[m.WatchID] = &live{start: r.Start}
	}
}

// answer takes responses of ours until one is not events.
func (w *twin) answer(s *stream) ours.Message {
	for {
		m, ok := w.hub.Take(w.now, w.store, s.id, &w.out)
		if !ok {
			w.t.Fatal("no answer")
		}
		if m.Created || (m.Canceled && m.CompactRevision == 0) {
			return m
		}
		s.ours[m.WatchID] = append(s.ours[m.WatchID], oursText(&m))
	}
}

func (w *twin) cancel() {
	s := w.streams[w.rand.IntN(len(w.streams))]
	id := w.rand.Int64N(8)
	err := s.theirs.Cancel(theirs.WatchID(id))
	w.hub.Handle(w.now, w.store, s.id, ours.Request{Kind: ours.Cancel, WatchID: id}, &w.out)
	if (s.live[id] == nil) != (err != nil) {
		w.t.Fatalf("cancel %d: %v", id, err)
	}
	if err != nil {
		if m, ok := w.hub.Take(w.now, w.store, s.id, &w.out); ok {
			w.t.Fatalf("cancel %d: they say %v, ours %+v", id, err, m)
		}
		return
	}
	if m := w.answer(s); m.WatchID != id || !m.Canceled {
		w.t.Fatalf("cancel %d: %+v", id, m)
	}
	delete(s.live, id)
}

// restore replaces both stores by themselves.
func (w *twin) restore() {
	w.kv.Commit()
	if err := w.kv.Restore(w.disk); err != nil {
		w.t.Fatal(err)
	}
	w.store = w.store.Clone()
	w.hub.Restore(w.now, &w.out)
}

// compactor is a store that forgets.
type compactor interface {
	Compact(rev int64) error
	CompactBatch(limit int) (removed int, finished bool)
}

func (w *twin) compact() {
	c, ok := any(w.store).(compactor)
	if !ok || w.store.Revision() <= max(w.store.CompactRevision(), 1) {
		return
	}
	low := max(w.store.CompactRevision(), 1)
	rev := low + 1 + w.rand.Int64N(w.store.Revision()-low)
	if err := c.Compact(rev); err != nil {
		w.t.Fatal(err)
	}
	for done := false; !done; {
		_, done = c.CompactBatch(1000)
	}
	done, err := w.kv.Compact(traceutil.TODO(), rev)
	if err != nil {
		w.t.Fatal(err)
	}
	<-done
}

// progress asks both for the progress of a stream on which all are synced.
func (w *twin) progress() {
	s := w.streams[w.rand.IntN(len(w.streams))]
	all := s.theirs.RequestProgressAll() && len(s.live) > 0
	w.hub.Handle(w.now, w.store, s.id, ours.Request{Kind: ours.Progress}, &w.out)
	m, ok := w.hub.Take(w.now, w.store, s.id, &w.out)
	if ok != all {
		w.t.Fatalf("progress: they %v, ours %v", all, ok)
	}
	if !all {
		return
	}
	if r := <-s.theirs.Chan(); r.Revision != m.Revision || int64(r.WatchID) != m.WatchID || len(r.Events) > 0 ||
		!m.IsProgress() {
		w.t.Fatalf("progress: they %+v, ours %+v", r, m)
	}
}

// settle lets both run until all watchers are synced or canceled and nothing waits to be taken.
func (w *twin) settle() {
	for busy := true; busy; {
		busy = w.hub.Counts().Slow > 0
		for _, s := range w.streams {
			for {
				m, ok := w.hub.Take(w.now, w.store, s.id, &w.out)
				if !ok {
					break
				}
				busy = true
				s.ours[m.WatchID] = append(s.ours[m.WatchID], oursText(&m))
				if m.CompactRevision != 0 {
					s.live[m.WatchID].ended = true
				}
			}
		}
		if at, ok := w.hub.Next(); ok {
			w.now = max(w.now, at)
			w.hub.Wake(w.now, w.store, &w.out)
		}
	}
	w.out.Reset()
	for _, s := range w.streams {
		w.settleTheirs(s)
	}
}

// settleTheirs takes what comes on a stream of theirs until each watcher was told that it is canceled, or has answered
// that it is synced. A watcher of the future cannot answer; it has nothing to be told either.
func (w *twin) settleTheirs(s *stream) {
	wait := map[int64]bool{}
	for id, l := range s.live {
		if l.start <= w.store.Revision() && (!l.ended || !l.told) {
			wait[id] = true
		}
	}
	limit := time.After(await.Patience)
	for len(wait) > 0 {
		for id := range wait {
			s.theirs.RequestProgress(theirs.WatchID(id))
		}
		again := time.After(time.Millisecond)
		for more := true; more; {
			select {
			case r := <-s.theirs.Chan():
				if id := int64(r.WatchID); len(r.Events) > 0 || r.CompactRevision != 0 {
					s.them[id] = append(s.them[id], theirsText(&r))
				}
				if r.CompactRevision != 0 {
					s.live[int64(r.WatchID)].told = true
				}
				if len(r.Events) == 0 {
					delete(wait, int64(r.WatchID))
				}
			case <-again:
				more = false
			case <-limit:
				w.t.Fatalf("stream %d: %v are still not synced", s.id, wait)
			}
		}
	}
}

// compare holds what both were told since the last time against each other. Where the grouping is theirs to choose,
// only the events are compared.
func (w *twin) compare(grouping bool) (responses int) {
	for _, s := range w.streams {
		for id := int64(0); id < 64; id++ {
			a, b := s.ours[id], s.them[id]
			responses += len(a)
			if !grouping {
				a, b = ungroup(a), ungroup(b)
			}
			if !slices.Equal(a, b) {
				w.t.Fatalf("watch %d/%d was told\n%s\nand theirs\n%s", s.id, id, strings.Join(a, "\n"), strings.Join(b, "\n"))
			}
		}
		clear(s.ours)
		clear(s.them)
	}
	return responses
}

// ungroup leaves of responses the events.
func ungroup(list []string) []string {
	var events []string
	for _, r := range list {
		_, rest, _ := strings.Cut(r, ":")
		events = append(events, strings.Split(rest, ";")...)
	}
	return events
}

func oursText(m *ours.Message) string {
	if m.CompactRevision != 0 {
		return fmt.Sprintf("%d: compacted %d", m.Revision, m.CompactRevision)
	}
	var list []string
	for _, c := range m.Events {
		list = append(list, fmt.Sprint(c.Deleted, c.KV.Key, c.KV.Value, c.KV.CreateRevision, c.KV.ModRevision, c.KV.Version))
	}
	return fmt.Sprintf("%d:%s", m.Revision, strings.Join(list, ";"))
}

func theirsText(r *theirs.WatchResponse) string {
	if r.CompactRevision != 0 {
		return fmt.Sprintf("%d: compacted %d", r.Revision, r.CompactRevision)
	}
	var list []string
	for _, e := range r.Events {
		list = append(list, fmt.Sprint(e.Type == mvccpb.DELETE, string(e.Kv.Key), string(e.Kv.Value), e.Kv.CreateRevision,
			e.Kv.ModRevision, e.Kv.Version))
	}
	return fmt.Sprintf("%d:%s", r.Revision, strings.Join(list, ";"))
}
