package watch

import (
	"math"
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// batch is what a pass has found for one watcher: the events of at most RevisionsPerSend revisions.
type batch struct {
	slot   int32
	next   int64
	events []*mvcc.Change
	revs   int
	more   int64 // first revision after these events that it wants, too; 0: none
}

// add takes an event if there is room, and never a part of a revision only (etcd eventBatch.add).
func (b *batch) add(c *mvcc.Change) {
	if b.more != 0 {
		return
	}
	if n := len(b.events); n == 0 || b.events[n-1].Revision.Main != c.Revision.Main {
		if b.revs == RevisionsPerSend {
			b.more = c.Revision.Main
			return
		}
		b.revs++
	}
	b.events = append(b.events, c)
}

// Sync is one pass over the unsynced watchers: those that have waited longest, at most WatchersPerPass, get the next
// part of the history. The next pass is a period away, or sooner if watchers have left and others remain.
//
// Reference: etcd mvcc/watchable_store.go syncWatchersLoop, syncWatchers.
func (h *Hub) Sync(now sim.Time, store *mvcc.Store, out *Output) {
	before := len(h.unsynced)
	if before > 0 {
		h.pass(now, store, out)
	}
	h.lastPass, h.syncAt = now, never
	switch left := len(h.unsynced); {
	case left == 0:
	case left < before:
		h.syncAt = now + h.cfg.PassTime
	default:
		h.syncAt = now + SyncPeriod
	}
}

func (h *Hub) pass(now sim.Time, store *mvcc.Store, out *Output) {
	n := min(len(h.unsynced), WatchersPerPass)
	chosen := append([]int32(nil), h.unsynced[:n]...)
	h.unsynced = append(h.unsynced[:0], h.unsynced[n:]...) // who is not done joins again, at the end
	sort.SliceStable(chosen, func(i, j int) bool { return h.ref(chosen[i]).before(h.ref(chosen[j])) })

	batches := h.readable(chosen, store.CompactRevision(), out)
	h.read(store, batches)
	for i := range batches {
		h.catchUp(now, &batches[i], store.Revision(), out)
	}
}

// readable cancels those of the chosen whose next revision is compacted, and returns empty batches for the others. A
// watcher whose stream has no room stays and is tried again.
//
// Reference: etcd mvcc/watcher_group.go chooseAll. (There a watcher that was canceled in a pass over more than 512 is
// not taken out of the unsynced, and is sent it again.)
func (h *Hub) readable(chosen []int32, compact int64, out *Output) []batch {
	batches := make([]batch, 0, len(chosen))
	for _, slot := range chosen {
		w := h.edit(slot)
		if w.next >= compact {
			batches = append(batches, batch{slot: slot, next: w.next})
			continue
		}
		s := h.stream(w.at)
		if !s.room() {
			h.unsynced = append(h.unsynced, slot)
			continue
		}
		h.put(s, queued{id: w.id, compact: compact, canceled: true, slot: slot}, out)
		h.index.remove(h.own, w.key, w.end, h.ref(slot))
		w.group = Compacted
		out.event(Event{Kind: WatchCompacted, Rule: rule.WatchCompaction, Stream: w.stream, Watch: w.id, Revision: compact,
			Count: int(compact - w.next)})
	}
	return batches
}

// read fills the batches by one walk over the history from the least revision that any of them wants. etcd always walks
// up to the present; the walk can end when no batch has room.
func (h *Hub) read(store *mvcc.Store, batches []batch) {
	var x index
	first := int64(math.MaxInt64)
	for i := range batches {
		w := h.get(batches[i].slot)
		x.add(h.own, w.key, w.end, ref{w.stream, w.id, int32(i)})
		first = min(first, w.next)
	}
	var refs []ref
	open := len(batches)
	for c := range store.Changes(first) {
		refs = x.watching(c.KV.Key, refs[:0])
		var kept *mvcc.Change
		for _, r := range refs {
			b := &batches[r.slot]
			if c.Revision.Main < b.next || b.more != 0 {
				continue
			}
			if kept == nil {
				kept = new(mvcc.Change)
				*kept = c
			}
			if b.add(kept); b.more != 0 {
				open--
			}
		}
		if open == 0 {
			return
		}
	}
}

// catchUp sends a watcher what the pass has found for it. The header says how far the store was at the pass, which may
// lie beyond the last event.
func (h *Hub) catchUp(now sim.Time, b *batch, current int64, out *Output) {
	w := h.edit(b.slot)
	w.next = max(current+1, w.next) // a snapshot may have brought a store that is behind what it waits for
	if b.more != 0 {
		w.next = b.more
	}
	v := victim{slot: b.slot, raw: int32(len(b.events)), events: w.filter(b.events), more: b.more}
	if !h.deliver(w, &v, current, out) {
		h.becomeVictim(v, now)
		out.event(Event{Kind: BecameVictim, Rule: rule.WatchSlowReceiver, Stream: w.stream, Watch: w.id, Revision: current,
			Count: len(v.events)})
		return
	}
	if b.more != 0 {
		h.unsynced = append(h.unsynced, b.slot)
		out.event(Event{Kind: BatchSent, Rule: rule.WatchOrdered, Stream: w.stream, Watch: w.id, Revision: b.more,
			Count: len(v.events)})
		return
	}
	w.group = Synced
	out.event(Event{Kind: CaughtUp, Rule: rule.WatchReliable, Stream: w.stream, Watch: w.id, Revision: current,
		Count: len(v.events)})
}

// RetryVictims tries again to send what did not fit. Whoever gets rid of it is synced, if nothing has happened
// meanwhile.
//
// Reference: etcd mvcc/watchable_store.go syncVictimsLoop, moveVictims.
func (h *Hub) RetryVictims(now sim.Time, store *mvcc.Store, out *Output) {
	victims := h.victims
	h.victims = h.victims[:0]
	for i := range victims {
		v := victims[i]
		w := h.edit(v.slot)
		if !h.deliver(w, &v, w.next-1, out) {
			h.victims = append(h.victims, v)
			continue
		}
		behind := store.Revision() + 1 - w.next
		out.event(Event{Kind: VictimRelieved, Rule: rule.WatchSlowReceiver, Stream: w.stream, Watch: w.id,
			Count: int(max(behind, 0))})
		if behind > 0 {
			h.becomeUnsynced(v.slot, now)
		} else {
			w.group = Synced
		}
	}
	clear(victims[len(h.victims):])
	h.victimAt = never
	if len(h.victims) > 0 {
		h.victimAt = now + VictimPeriod
	}
}

// Restore makes all synced watchers unsynced: a snapshot has replaced the store, and nobody was told how it got there.
// What they get next is read from the new store's history.
//
// Reference: etcd mvcc/watchable_store.go Restore.
func (h *Hub) Restore(now sim.Time, out *Output) {
	for _, e := range h.byID {
		for _, id := range h.streams[e.slot].ids {
			if h.get(id.slot).group != Synced {
				continue
			}
			h.becomeUnsynced(id.slot, now)
			w := h.get(id.slot)
			out.event(Event{Kind: WatchRequeued, Rule: rule.WatchReliable, Stream: w.stream, Watch: w.id, Revision: w.next})
		}
	}
}
