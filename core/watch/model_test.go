package watch_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// world is a hub with its store, and clients that know the whole history and hold every message against it.
type world struct {
	now     sim.Time
	store   *mvcc.Store
	hub     *watch.Hub
	out     watch.Output
	history []mvcc.Change // all that was ever written, compacted or not
	byKey   map[string][]mvcc.Change
	clients map[watch.StreamID]*client
	hash    uint64
}

// client is one stream as its client sees it.
type client struct {
	asked   []watch.Request // to create, not answered yet
	watches map[int64]*watched
	ending  map[int64]bool // ids to cancel, not answered yet: their events come without what was wanted beyond them
}

// watched is what a client knows of a watcher.
type watched struct {
	watch.Request
	first    int64 // the first revision that it must be told
	last     int64 // of the last event
	progress int64 // the last bookmark
	got      int   // changes of the history that it has been sent or does not want
	open     bool  // a fragment was not the last
}

func (c *client) clone() *client {
	n := &client{slices.Clone(c.asked), maps.Clone(c.watches), maps.Clone(c.ending)}
	for id, w := range n.watches {
		copied := *w
		n.watches[id] = &copied
	}
	return n
}

func newWorld() *world {
	cfg := watch.Default()
	cfg.Jitter = rng.New(1, "progress")
	cfg.ProgressInterval = 300 * sim.Millisecond
	cfg.MaxBytes = 150
	return &world{store: mvcc.New(), hub: watch.New(cfg), byKey: map[string][]mvcc.Change{},
		clients: map[watch.StreamID]*client{}}
}

func (w *world) clone() *world {
	c := *w
	c.store, c.hub, c.out = w.store.Clone(), w.hub.Clone(), watch.Output{}
	c.history = slices.Clone(w.history)
	c.byKey, c.clients = map[string][]mvcc.Change{}, map[watch.StreamID]*client{}
	for k, list := range w.byKey {
		c.byKey[k] = slices.Clone(list)
	}
	for id, cl := range w.clients {
		c.clients[id] = cl.clone()
	}
	return &c
}

var (
	keys = rapid.SampledFrom([]string{"a", "aa", "ab", "b", "ba", "c", "\x00"})
	ends = rapid.SampledFrom([]string{"", "", mvcc.FromKey, "b", "c", "ab", "aa"})
)

// write makes a transaction: a deletion of a range, or several operations with a key each. (etcd takes no transaction
// that touches a key twice.)
func (w *world) write(t *rapid.T) {
	before := w.store.Revision()
	tx := w.store.Write()
	if rapid.IntRange(0, 5).Draw(t, "range") == 0 {
		tx.DeleteRange(keys.Draw(t, "key"), ends.Draw(t, "end"))
		w.end(&tx, before)
		return
	}
	for _, key := range rapid.SliceOfNDistinct(keys, 1, 4, rapid.ID[string]).Draw(t, "keys") {
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			tx.DeleteRange(key, "")
		} else {
			tx.Put(key, rapid.SampledFrom([]string{"1", "2", strings.Repeat("x", 100)}).Draw(t, "value"), 0)
		}
	}
	w.end(&tx, before)
}

// burst writes one key often: streams fill up, and the history gets longer than a batch.
func (w *world) burst(t *rapid.T) {
	key := keys.Draw(t, "key")
	for range rapid.SampledFrom([]int{10, 130, 300, 1100}).Draw(t, "times") {
		before := w.store.Revision()
		tx := w.store.Write()
		tx.Put(key, "b", 0)
		w.end(&tx, before)
	}
}

func (w *world) end(tx *mvcc.WriteTxn, before int64) {
	rev := tx.End()
	if rev == before {
		return
	}
	for c := range w.store.Changes(rev) {
		w.history = append(w.history, c)
		w.byKey[c.KV.Key] = append(w.byKey[c.KV.Key], c)
	}
	w.hub.Notify(w.now, w.store, rev, rev, &w.out)
}

func (w *world) stream(t *rapid.T) watch.StreamID {
	id := watch.StreamID(rapid.IntRange(1, 3).Draw(t, "stream"))
	if w.clients[id] == nil {
		w.clients[id] = &client{watches: map[int64]*watched{}, ending: map[int64]bool{}}
		w.hub.Open(w.now, id, watch.StreamOptions{}, true, &w.out)
	}
	return id
}

func (w *world) create(t *rapid.T) {
	id := w.stream(t)
	for range rapid.IntRange(1, 4).Draw(t, "watchers") {
		w.createOne(t, id)
	}
}

func (w *world) createOne(t *rapid.T, id watch.StreamID) {
	r := watch.Request{
		Key: keys.Draw(t, "key"), End: ends.Draw(t, "end"),
		Start:   rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-1, w.store.Revision()+5)).Draw(t, "start"),
		WatchID: rapid.SampledFrom([]int64{0, 0, 0, 2, 7}).Draw(t, "id"),
		PrevKV:  rapid.Bool().Draw(t, "prev"), Fragment: rapid.Bool().Draw(t, "fragment"),
		ProgressNotify: rapid.Bool().Draw(t, "progress"),
	}
	switch rapid.IntRange(0, 7).Draw(t, "filters") {
	case 0:
		r.NoPut = true
	case 1:
		r.NoDelete = true
	case 2:
		r.NoPut, r.NoDelete = true, true
	}
	w.clients[id].asked = append(w.clients[id].asked, r)
	w.hub.Handle(w.now, w.store, id, r, &w.out)
}

func (w *world) cancel(t *rapid.T) {
	id, r := w.stream(t), watch.Request{Kind: watch.Cancel, WatchID: rapid.Int64Range(0, 7).Draw(t, "id")}
	w.clients[id].ending[r.WatchID] = true
	w.hub.Handle(w.now, w.store, id, r, &w.out)
}

func (w *world) close(t *rapid.T) {
	id := w.stream(t)
	w.hub.Close(id, &w.out)
	delete(w.clients, id)
}

func (w *world) pass(span sim.Time) {
	until := w.now + span
	for at, ok := w.hub.Next(); ok && at <= until; at, ok = w.hub.Next() {
		w.now = max(w.now, at)
		w.hub.Wake(w.now, w.store, &w.out)
	}
	w.now = until
}

func (w *world) compact(t *rapid.T) {
	if _, ok := any(w.store).(compactor); !ok || w.store.Revision() <= max(w.store.CompactRevision(), 1) {
		return
	}
	compact(t, w.store, rapid.Int64Range(max(w.store.CompactRevision()+1, 1), w.store.Revision()).Draw(t, "rev"))
}

func (w *world) take(t *rapid.T, id watch.StreamID, times int) (taken int) {
	for ; taken < times; taken++ {
		m, ok := w.hub.Take(w.now, w.store, id, &w.out)
		if !ok {
			return taken
		}
		w.receive(t, w.clients[id], &m)
	}
	return taken
}

// receive holds a message against the history.
func (w *world) receive(t *rapid.T, c *client, m *watch.Message) {
	if m.Created {
		w.created(t, c, m)
		return
	}
	if m.WatchID == watch.InvalidWatchID {
		for id, x := range c.watches {
			w.bookmark(t, id, x, m)
		}
		return
	}
	x := c.watches[m.WatchID]
	if x == nil {
		t.Fatalf("a message for watch %d, which is not there: %+v", m.WatchID, m)
	}
	switch {
	case m.CompactRevision != 0:
		if m.Revision != 0 || len(m.Events) > 0 || !m.Canceled || max(x.first, x.last+1) >= m.CompactRevision {
			t.Fatalf("watch %d that was told %d was canceled by %+v", m.WatchID, x.last, m)
		}
		x.first = -1 // it is told no more
	case m.Canceled:
		delete(c.watches, m.WatchID)
		delete(c.ending, m.WatchID)
	case m.IsProgress():
		if !x.ProgressNotify {
			t.Fatalf("watch %d did not want progress", m.WatchID)
		}
		w.bookmark(t, m.WatchID, x, m)
	default:
		w.events(t, x, m, c.ending[m.WatchID])
	}
}

func (w *world) created(t *rapid.T, c *client, m *watch.Message) {
	r := c.asked[0]
	c.asked = c.asked[1:]
	wrong := ""
	switch _, used := c.watches[r.WatchID]; {
	case r.Start < 0:
		wrong = watch.TextCompacted
	case r.End != "" && r.End != mvcc.FromKey && r.Key >= r.End:
		wrong = watch.TextEmptyRange
	case used && r.WatchID != watch.AutoWatchID:
		wrong = watch.TextDuplicate
	}
	if m.Reason != wrong || m.Canceled != (wrong != "") || (wrong != "") != (m.WatchID == watch.InvalidWatchID) {
		t.Fatalf("%+v was answered %+v, want %q", r, m, wrong)
	}
	if wrong != "" {
		return
	}
	if _, used := c.watches[m.WatchID]; used {
		t.Fatalf("id %d was given twice", m.WatchID)
	}
	x := &watched{Request: r, first: r.Start}
	if r.Start == 0 {
		x.first = m.Revision + 1
	}
	c.watches[m.WatchID] = x
}

// next returns the place in the history of the next change that a watcher must be told.
func (w *world) next(x *watched) int {
	for ; x.got < len(w.history); x.got++ {
		c := &w.history[x.got]
		inside := c.KV.Key == x.Key
		if x.End != "" {
			inside = c.KV.Key >= x.Key && (c.KV.Key < x.End || x.End == mvcc.FromKey)
		}
		if inside && c.Revision.Main >= x.first && !(c.Deleted && x.NoDelete) && !(!c.Deleted && x.NoPut) {
			break
		}
	}
	return x.got
}

// events: what was sent is what comes next in the history (Ordered, Unique, Reliable, Resumable), the whole of a
// revision (Atomic), and each event is whole (PrevKV, IsCreate).
func (w *world) events(t *rapid.T, x *watched, m *watch.Message, ending bool) {
	if x.first < 0 {
		t.Fatalf("watch %d was canceled by compaction, and got %+v", m.WatchID, m)
	}
	for i, c := range m.Events {
		at := w.next(x)
		if at == len(w.history) || w.history[at] != *c {
			t.Fatalf("watch %d got %+v, which does not come next in the history", m.WatchID, *c)
		}
		x.got++
		x.last = c.Revision.Main
		if x.last <= x.progress {
			t.Fatalf("watch %d got revision %d after a bookmark at %d", m.WatchID, x.last, x.progress)
		}
		old := w.before(c)
		if c.Created() != (!c.Deleted && old.Version == 0) {
			t.Fatalf("%+v created a key that was %+v", *c, old)
		}
		w.prev(t, x, m, i, old, ending)
	}
	if m.Revision < x.last || (m.Fragment && !x.Fragment) {
		t.Fatalf("watch %d got events up to %d with %+v", m.WatchID, x.last, m)
	}
	if at := w.next(x); !m.Fragment && at < len(w.history) && w.history[at].Revision.Main == x.last {
		t.Fatalf("watch %d got a part of revision %d", m.WatchID, x.last)
	}
	x.open = m.Fragment
}

func (w *world) prev(t *rapid.T, x *watched, m *watch.Message, i int, old mvcc.KeyValue, ending bool) {
	var got mvcc.KeyValue
	if m.Prev != nil {
		got = m.Prev[i]
	}
	gone := m.Events[i].Revision.Main-1 < w.store.CompactRevision()
	want := old
	if !x.PrevKV || m.Events[i].Created() || gone {
		want = mvcc.KeyValue{}
	}
	looked := got == old && x.PrevKV // of what waited in pieces, before a compaction
	dropped := ending && got == mvcc.KeyValue{}
	if got != want && !looked && !dropped {
		t.Fatalf("watch %d: before %+v there was %+v, not %+v", m.WatchID, *m.Events[i], want, got)
	}
}

// before returns the key-value that a change found, in the revisions before its own.
func (w *world) before(c *mvcc.Change) mvcc.KeyValue {
	list := w.byKey[c.KV.Key]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Revision.Main < c.Revision.Main {
			if list[i].Deleted {
				return mvcc.KeyValue{}
			}
			return list[i].KV
		}
	}
	return mvcc.KeyValue{}
}

func (w *world) bookmark(t *rapid.T, id int64, x *watched, m *watch.Message) {
	if at := w.next(x); at < len(w.history) && w.history[at].Revision.Main <= m.Revision {
		t.Fatalf("watch %d: a bookmark at %d, but revision %d was not sent", id, m.Revision, w.history[at].Revision.Main)
	}
	if m.Revision < x.progress || m.Revision < x.last || x.open {
		t.Fatalf("watch %d: a bookmark at %d after %d and events up to %d", id, m.Revision, x.progress, x.last)
	}
	x.progress = m.Revision
}

// settle lets everybody receive until nothing is left, and then all that is alive has been sent everything.
func (w *world) settle(t *rapid.T) {
	for busy := true; busy; {
		busy = false
		for _, id := range slices.Sorted(maps.Keys(w.clients)) {
			busy = w.take(t, id, 1<<30) > 0 || busy
		}
		c := w.hub.Counts()
		busy = busy || c.Slow > 0
		w.pass(50 * sim.Millisecond)
	}
	for id, c := range w.clients {
		for wid, x := range c.watches {
			if x.first >= 0 && w.next(x) < len(w.history) {
				t.Fatalf("watch %d/%d was never told of %+v", id, wid, w.history[x.got])
			}
		}
	}
}

func (w *world) check(t *rapid.T) {
	c := w.hub.Counts()
	slow, watchers, streams := 0, 0, 0
	for _, s := range w.hub.Streams() {
		streams++
		for _, i := range w.hub.Watchers(s.ID, w.store) {
			watchers++
			if i.Group == watch.Unsynced || i.Group == watch.Victim {
				slow++
			}
		}
	}
	if c.Slow != slow || c.Watchers != watchers || c.Streams != streams {
		t.Fatalf("counts %+v, but %d streams, %d watchers, %d slow", c, streams, watchers, slow)
	}
	if _, ok := w.hub.Next(); slow > 0 && !ok {
		t.Fatal("somebody waits, but the hub sleeps")
	}
	if w.hub.Hash() != w.hash {
		t.Fatal("the hub has changed without having been touched")
	}
}

// TestGuarantees does what clients, members and time do, at random, and holds everything that is sent against the
// history: etcd's guarantees Ordered, Unique, Reliable, Atomic, Resumable and Bookmarkable, and that events are whole.
// Hubs are cloned on the way and go on side by side.
func TestGuarantees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		worlds := []*world{newWorld()}
		on := func(f func(*world, *rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) {
				w := rapid.SampledFrom(worlds).Draw(t, "world")
				f(w, t)
				w.out.Reset()
				w.hash = w.hub.Hash()
			}
		}
		worlds[0].hash = worlds[0].hub.Hash()
		t.Repeat(map[string]func(*rapid.T){
			"write":  on((*world).write),
			"write2": on((*world).write),
			"burst":  on((*world).burst),
			"create": on((*world).create),
			"cancel": on((*world).cancel),
			"progress": on(func(w *world, t *rapid.T) {
				w.hub.Handle(w.now, w.store, w.stream(t), watch.Request{Kind: watch.Progress}, &w.out)
			}),
			"close": on((*world).close),
			"take": on(func(w *world, t *rapid.T) {
				w.take(t, w.stream(t), rapid.SampledFrom([]int{1, 5, 100, 1000}).Draw(t, "times"))
			}),
			"pass": on(func(w *world, t *rapid.T) {
				w.pass(sim.Time(rapid.IntRange(0, 150).Draw(t, "ms")) * sim.Millisecond)
			}),
			"restore": on(func(w *world, t *rapid.T) {
				w.store = w.store.Clone()
				w.hub.Restore(w.now, &w.out)
			}),
			"compact": on((*world).compact),
			"clone": on(func(w *world, t *rapid.T) {
				if len(worlds) < 3 {
					c := w.clone()
					c.hash = w.hash
					worlds = append(worlds, c)
				}
			}),
			"": func(t *rapid.T) {
				for _, w := range worlds {
					w.check(t)
				}
			},
		})
		for _, w := range worlds {
			w.settle(t)
		}
	})
}
