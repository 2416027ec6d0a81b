package watch

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// scratch is memory that is used again. It holds nothing between two inputs.
type scratch struct {
	refs       []ref          // the watchers of a change
	first      []ref          // those of the revision's first change
	changes    []*mvcc.Change // of one revision, those that somebody wants
	deliveries []delivery     // the watchers that want them, if there are several
	hits       []hit
	places     []int32 // by slot: where in deliveries the watcher is, plus 1; 0: it is not
}

// delivery is a watcher that wants some changes of a revision.
type delivery struct {
	ref
	n      int // of the changes
	events []*mvcc.Change
}

// hit is a change that a watcher wants.
type hit struct {
	place  int32
	change *mvcc.Change
}

// Notify notifies synced watchers of what the transactions with revisions from…to have changed. It is called after each
// transaction, before anything else is done with the hub: whoever is synced has been sent everything that the store
// holds.
//
// Reference: etcd mvcc/watchable_store_txn.go End, watchable_store.go notify.
func (h *Hub) Notify(now sim.Time, store *mvcc.Store, from, to int64, out *Output) {
	if h.watchers == 0 {
		return
	}
	rev := from
	for c := range store.Changes(from) {
		if c.Revision.Main > to {
			break
		}
		if c.Revision.Main != rev {
			h.notify(now, rev, out)
			rev = c.Revision.Main
		}
		h.scratch.refs = h.index.watching(c.KV.Key, h.scratch.refs[:0])
		if len(h.scratch.refs) > 0 {
			kept := new(mvcc.Change)
			*kept = c
			h.scratch.hit(kept, len(h.pages)*pageLen)
		}
	}
	h.notify(now, rev, out)
}

// hit notes that the watchers in refs want a change; slots says how many watchers there can be. Most revisions are one
// change, and then nobody needs to be found again.
func (s *scratch) hit(c *mvcc.Change, slots int) {
	s.changes = append(s.changes, c)
	switch len(s.changes) {
	case 1:
		s.first, s.refs = s.refs, s.first
		return
	case 2:
		if len(s.places) < slots {
			s.places = append(s.places, make([]int32, slots-len(s.places))...)
		}
		s.find(s.first, s.changes[0])
	}
	s.find(s.refs, c)
}

// find adds a change to what its watchers want.
func (s *scratch) find(refs []ref, c *mvcc.Change) {
	for _, r := range refs {
		place := s.places[r.slot]
		if place == 0 {
			s.deliveries = append(s.deliveries, delivery{ref: r})
			place = int32(len(s.deliveries))
			s.places[r.slot] = place
		}
		s.deliveries[place-1].n++
		s.hits = append(s.hits, hit{place - 1, c})
	}
}

// notify gives each watcher that was hit in one revision its events in one response (rule.WatchAtomic).
func (h *Hub) notify(now sim.Time, rev int64, out *Output) {
	s, count := &h.scratch, 0
	switch len(s.changes) {
	case 0:
		return
	case 1:
		events := []*mvcc.Change{s.changes[0]}
		for _, r := range s.first {
			count += h.send(now, r.slot, rev, events, out)
		}
	default:
		s.collect()
		for i := range s.deliveries {
			count += h.send(now, s.deliveries[i].slot, rev, s.deliveries[i].events, out)
			s.places[s.deliveries[i].slot] = 0
		}
	}
	if count > 0 {
		out.event(Event{Kind: Notified, Rule: rule.WatchAtomic, Revision: rev, Count: count})
	}
	clear(s.changes)
	clear(s.deliveries)
	clear(s.hits)
	s.changes, s.deliveries, s.hits = s.changes[:0], s.deliveries[:0], s.hits[:0]
}

// collect gives each watcher its list of events, and brings the watchers into the order of delivery. Those that want
// all changes of the revision share one list: with ten thousand watchers of a key, that is all of them.
func (s *scratch) collect() {
	all := append([]*mvcc.Change(nil), s.changes...)
	parts, sorted := 0, true
	for i := range s.deliveries {
		if s.deliveries[i].n == len(all) {
			s.deliveries[i].events = all
		} else {
			parts += s.deliveries[i].n
		}
		sorted = sorted && (i == 0 || s.deliveries[i-1].before(s.deliveries[i].ref))
	}
	if parts > 0 {
		s.part(make([]*mvcc.Change, 0, parts), len(all))
	}
	if !sorted {
		sort.SliceStable(s.deliveries, func(i, j int) bool { return s.deliveries[i].before(s.deliveries[j].ref) })
	}
}

// part gives the watchers that do not want all changes their own lists, which lie one after the other in one piece of
// memory.
func (s *scratch) part(memory []*mvcc.Change, all int) {
	at := 0
	for i := range s.deliveries {
		if n := s.deliveries[i].n; n < all {
			s.deliveries[i].events = memory[at : at : at+n]
			at += n
		}
	}
	for _, x := range s.hits {
		if t := &s.deliveries[x.place]; t.n < all {
			t.events = append(t.events, x.change)
		}
	}
}

// send gives a synced watcher the events of one revision, and returns 1 if it was sent something, else 0. If its stream
// is full it becomes a victim.
func (h *Hub) send(now sim.Time, slot int32, rev int64, events []*mvcc.Change, out *Output) int {
	w := h.get(slot)
	if w.group != Synced || rev < w.next {
		return 0
	}
	w = h.edit(slot)
	w.next = rev + 1
	v := victim{slot: slot, raw: int32(len(events)), events: w.filter(events)}
	if !h.deliver(w, &v, rev, out) {
		h.becomeVictim(v, now)
		out.event(Event{Kind: BecameVictim, Rule: rule.WatchSlowReceiver, Stream: w.stream, Watch: w.id, Revision: rev,
			Count: len(v.events)})
		return 0
	}
	return min(len(v.events), 1)
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

// deliver puts events into the queue of the watcher's stream; false: it is full. If the filter has left nothing,
// nothing is sent, and there is always room for that (etcd watcher.send).
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

// received counts events that have left the queue (etcd metrics.go ReportEventReceived).
func (h *Hub) received(events int) {
	h.pending -= int64(events)
	h.sent += int64(events)
}
