package watch

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// scratch is memory that is used again. It holds nothing between two inputs.
type scratch struct {
	refs []ref
	hits []hit
}

// hit is a change that a watcher wants.
type hit struct {
	ref
	change *mvcc.Change
}

// Notify tells synced watchers of what the transactions with revisions from…to have changed. It is called after each
// transaction, before anything else is done with the hub: whoever is synced has been told everything that the store holds.
//
// Reference: etcd mvcc/watchable_store_txn.go End, watchable_store.go notify.
func (h *Hub) Notify(now sim.Time, store *mvcc.Store, from, to int64, out *Output) {
	if h.watchers == 0 {
		return
	}
	h.scratch.hits = h.scratch.hits[:0]
	rev, changes := from, 0 // changes of rev that somebody wants
	for c := range store.Changes(from) {
		if c.Revision.Main > to {
			break
		}
		if c.Revision.Main != rev {
			h.notify(now, rev, changes, out)
			rev, changes = c.Revision.Main, 0
		}
		h.scratch.refs = h.index.watching(c.KV.Key, h.scratch.refs[:0])
		if len(h.scratch.refs) == 0 {
			continue
		}
		changes++
		kept := new(mvcc.Change)
		*kept = c
		for _, r := range h.scratch.refs {
			h.scratch.hits = append(h.scratch.hits, hit{r, kept})
		}
	}
	h.notify(now, rev, changes, out)
}

// notify gives each watcher that was hit in one revision its events in one response (rule.WatchAtomic).
func (h *Hub) notify(now sim.Time, rev int64, changes int, out *Output) {
	hits := h.scratch.hits
	if changes > 1 { // with one change they are in order
		sort.SliceStable(hits, func(i, j int) bool { return hits[i].before(hits[j].ref) })
	}
	told := 0
	var all []*mvcc.Change // the events of the last watcher that was hit by every change: the next may share them
	for len(hits) > 0 {
		n := 1
		for n < len(hits) && hits[n].slot == hits[0].slot {
			n++
		}
		events := all
		if n < changes || all == nil {
			events = collect(hits[:n])
		}
		if n == changes {
			all = events
		}
		if h.tell(now, hits[0].slot, rev, events, out) {
			told++
		}
		hits = hits[n:]
	}
	if told > 0 {
		out.event(Event{Kind: Notified, Rule: rule.WatchAtomic, Revision: rev, Count: told})
	}
	clear(h.scratch.hits)
	h.scratch.hits = h.scratch.hits[:0]
}

func collect(hits []hit) []*mvcc.Change {
	events := make([]*mvcc.Change, len(hits))
	for i := range hits {
		events[i] = hits[i].change
	}
	return events
}

// tell gives a synced watcher the events of one revision, and returns whether it was sent something. If its stream is full it
// becomes a victim.
func (h *Hub) tell(now sim.Time, slot int32, rev int64, events []*mvcc.Change, out *Output) bool {
	if w := h.get(slot); w.group != Synced || rev < w.next {
		return false
	}
	w := h.edit(slot)
	w.next = rev + 1
	v := victim{slot: slot, raw: int32(len(events)), events: w.filter(events)}
	if h.deliver(w, &v, rev, out) {
		return len(v.events) > 0
	}
	h.becomeVictim(v, now)
	out.event(Event{Kind: BecameVictim, Rule: rule.WatchSlowReceiver, Stream: w.stream, Watch: w.id, Revision: rev, Count: len(v.events)})
	return false
}

// filter leaves out the events that the watcher does not want.
func (w *watcher) filter(events []*mvcc.Change) []*mvcc.Change {
	if !w.filters() {
		return events
	}
	var wanted []*mvcc.Change
	for _, c := range events {
		if w.wants(c) {
			wanted = append(wanted, c)
		}
	}
	return wanted
}

// deliver puts events into the queue of the watcher's stream; false: it is full. If the filter has left nothing, nothing is
// sent, and there is always room for that (etcd watcher.send).
//
// etcd counts the events before the filter as pending but takes off only those that are sent, so that with filters its
// gauge drifts upwards. Ours is the same gauge.
func (h *Hub) deliver(w *watcher, v *victim, rev int64, out *Output) bool {
	if len(v.events) > 0 {
		s := h.stream(w.at)
		if !s.room() {
			return false
		}
		h.put(s, queued{id: w.id, revision: rev, events: v.events, slot: v.slot}, out)
	}
	h.pending += int64(v.raw)
	return true
}

// received counts events that have left the queue (etcd mvcc.ReportEventReceived).
func (h *Hub) received(events int) {
	h.pending -= int64(events)
	h.sent += int64(events)
}
