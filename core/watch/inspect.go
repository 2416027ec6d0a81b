package watch

import (
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
)

// WatcherInfo is how a watcher stands, for people who look.
type WatcherInfo struct {
	Stream   StreamID
	ID       int64
	Key, End string
	Start    int64
	Group    Group
	Next     int64 // the first revision that it has not been sent
	Behind   int64 // revisions of the store that it has not been sent; 0: none
	Held     int   // events of the response that did not fit, if it is a victim

	PrevKV, NoPut, NoDelete, ProgressNotify, Fragment bool
}

// StreamInfo is how a stream stands.
type StreamInfo struct {
	ID            StreamID
	RequireLeader bool
	Watchers      int
	Queued        int // responses of events that wait to be sent, of at most BufferLen
	Controls      int // control responses that do
	Waiting       int // requests that are not read because ControlLen control responses wait
}

// Counts are the figures that etcd shows as metrics (mvcc/metrics.go).
type Counts struct {
	Streams  int   // etcd_debugging_mvcc_watch_stream_total
	Watchers int   // etcd_debugging_mvcc_watcher_total
	Slow     int   // etcd_debugging_mvcc_slow_watcher_total: unsynced and victims
	Victims  int   // of these
	Sent     int64 // etcd_debugging_mvcc_events_total
	Pending  int64 // etcd_debugging_mvcc_pending_events_total
}

// Counts returns the figures.
func (h *Hub) Counts() Counts {
	return Counts{
		Streams: len(h.byID), Watchers: h.watchers, Slow: len(h.unsynced) + len(h.victims), Victims: len(h.victims),
		Sent: h.sent, Pending: h.pending,
	}
}

// Streams returns how all streams stand, in the order of ids.
func (h *Hub) Streams() []StreamInfo {
	list := make([]StreamInfo, 0, len(h.byID))
	for _, e := range h.byID {
		s := h.streams[e.slot]
		list = append(list, StreamInfo{ID: s.id, RequireLeader: s.requireLeader, Watchers: len(s.ids),
			Queued: len(s.queue) - s.head - s.controls, Controls: s.controls, Waiting: len(s.waiting)})
	}
	return list
}

// Watchers returns how the watchers of a stream stand, in the order of ids.
func (h *Hub) Watchers(id StreamID, store *mvcc.Store) []WatcherInfo {
	at, ok := h.find(id)
	if !ok {
		return nil
	}
	ids := h.streams[at].ids
	list := make([]WatcherInfo, 0, len(ids))
	for _, e := range ids {
		list = append(list, h.info(e.slot, store))
	}
	return list
}

func (h *Hub) info(slot int32, store *mvcc.Store) WatcherInfo {
	w := h.get(slot)
	i := WatcherInfo{
		Stream: w.stream, ID: w.id, Key: w.key, End: w.end, Start: w.start, Group: w.group, Next: w.next,
		Behind: w.behind(store.Revision()),
		PrevKV: w.prevKV, NoPut: w.noPut, NoDelete: w.noDelete, ProgressNotify: w.progress, Fragment: w.fragment,
	}
	for k := range h.victims {
		if h.victims[k].slot == slot {
			i.Held = len(h.victims[k].events)
		}
	}
	return i
}

// behind returns how many revisions there are that the watcher has not been sent. Where a synced one stands is not
// moved by what it does not want, so next alone does not say it.
func (w *watcher) behind(current int64) int64 {
	if w.group == Synced {
		return 0
	}
	return max(current+1-w.next, 0)
}

// Hash returns a digest of the hub's state. Places in memory do not show in it: hubs that had the same inputs
// have the same hash.
func (h *Hub) Hash() uint64 {
	d := uint64(0)
	for _, v := range [...]int64{int64(h.lastPass), int64(h.syncAt), int64(h.victimAt), int64(h.progressAt),
		int64(h.noLeader),
		h.sent, h.pending, int64(len(h.byID))} {
		d = rng.Mix(d, uint64(v))
	}
	for _, e := range h.byID {
		d = h.foldStream(d, h.streams[e.slot])
	}
	for _, slot := range h.unsynced {
		d = h.foldRef(d, slot)
	}
	for i := range h.victims {
		v := &h.victims[i]
		d = foldEvents(rng.Mix(h.foldRef(d, v.slot), uint64(v.more)), v.events)
	}
	return d
}

func (h *Hub) foldRef(d uint64, slot int32) uint64 {
	w := h.get(slot)
	return rng.Mix(rng.Mix(d, uint64(w.stream)), uint64(w.id))
}

func (h *Hub) foldStream(d uint64, s *stream) uint64 {
	for _, v := range [...]int64{int64(s.id), s.nextID, int64(s.opened), int64(s.interval), int64(s.tickAt),
		int64(len(s.ids)),
		int64(len(s.queue) - s.head), int64(len(s.parts)), int64(len(s.waiting))} {
		d = rng.Mix(d, uint64(v))
	}
	for _, e := range s.ids {
		d = foldWatcher(d, h.get(e.slot))
	}
	for _, q := range s.queue[s.head:] {
		for _, v := range [...]int64{q.id, q.revision, q.compact, flags(q.control, q.created, q.canceled)} {
			d = rng.Mix(d, uint64(v))
		}
		d = foldEvents(d, q.events)
	}
	for i := range s.parts {
		d = foldEvents(rng.Mix(d, uint64(s.parts[i].WatchID)), s.parts[i].Events)
	}
	for i := range s.waiting {
		r := &s.waiting[i]
		for _, v := range [...]uint64{uint64(r.Kind), rng.Name(r.Key), rng.Name(r.End), uint64(r.Start), uint64(r.WatchID)} {
			d = rng.Mix(d, v)
		}
	}
	return d
}

func foldWatcher(d uint64, w *watcher) uint64 {
	for _, v := range [...]uint64{rng.Name(w.key), rng.Name(w.end), uint64(w.id), uint64(w.start), uint64(w.next),
		uint64(w.group),
		uint64(flags(w.prevKV, w.noPut, w.noDelete, w.fragment, w.progress, w.quiet))} {
		d = rng.Mix(d, v)
	}
	return d
}

// foldEvents names events by their revisions: in one store's history these say it all.
func foldEvents(d uint64, events []*mvcc.Change) uint64 {
	d = rng.Mix(d, uint64(len(events)))
	for _, c := range events {
		d = rng.Mix(rng.Mix(d, uint64(c.Revision.Main)), uint64(c.Revision.Sub))
	}
	return d
}

func flags(list ...bool) int64 {
	n := int64(0)
	for i, set := range list {
		if set {
			n |= 1 << i
		}
	}
	return n
}
