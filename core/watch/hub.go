package watch

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Hub is all streams and watchers of one member.
//
// It is cloned at once however many watchers it has: watchers lie in pages, streams are single values, the index is
// made of trees, and each page, stream and node carries the token of the hub that may write into it. A clone gives both
// hubs a fresh token, so that whoever writes first copies what it writes into (the same trick as mvcc's tree).
//
// Invariant: index holds the watchers that are not compacted; unsynced and victims hold those of that group, each once;
// free has the slots of pages that no watcher uses.
type Hub struct {
	cfg      Config
	header   Header
	own      *token
	pages    []*page
	free     []int32
	streams  []*stream     // by slot; nil: free
	unused   []int32       // free slots of streams
	byID     []streamEntry // in the order of ids
	index    index
	unsynced []int32  // in the order in which they became so
	victims  []victim // in the order in which they became so

	lastPass   sim.Time // of Sync: the next ones come at multiples of SyncPeriod after it
	syncAt     sim.Time // never: nobody is unsynced
	victimAt   sim.Time // never: nobody is a victim
	progressAt sim.Time // not after the first tick of a stream that somebody wants progress on; never: nobody does
	noLeader   int      // looks in a row that found no leader
	requiring  int      // streams that require one
	watchers   int      // compacted ones included, as in etcd_debugging_mvcc_watcher_total
	sent       int64
	pending    int64

	scratch scratch
}

// never is the instant of what is not going to happen.
const never sim.Time = -1

// token is an identity. It has a size, because pointers to values without one may be equal.
type token struct{ _ byte }

// Group is where a watcher stands.
type Group uint8

// The groups. See the package comment.
const (
	Synced Group = iota
	Unsynced
	Victim
	Compacted
)

var groupNames = [...]string{"synced", "unsynced", "victim", "compacted"}

// String returns the group's name.
func (g Group) String() string { return groupNames[g] }

// watcher is one request to be sent changes.
type watcher struct {
	key, end string
	id       int64
	start    int64 // as the client wrote it
	next     int64 // etcd minRev: changes below this revision are not for it
	stream   StreamID
	at       int32 // slot of the stream
	group    Group

	prevKV, noPut, noDelete, fragment, progress bool

	quiet bool // it had no event since its stream's last tick, so that the next brings a progress response
}

func (w *watcher) filters() bool { return w.noPut || w.noDelete }

func (w *watcher) wants(c *mvcc.Change) bool {
	if c.Deleted {
		return !w.noDelete
	}
	return !w.noPut
}

const pageLen = 32

type page struct {
	own  *token
	list [pageLen]watcher
}

type streamEntry struct {
	id   StreamID
	slot int32
}

// victim is the response that did not fit into its watcher's stream.
type victim struct {
	slot   int32
	raw    int32 // events before the filter, for the count of pending ones
	events []*mvcc.Change
	more   int64 // first revision after these events that it wants, too; 0: none
}

// New returns a hub without streams.
func New(cfg Config) *Hub {
	if cfg.ProgressInterval < progressMin {
		cfg.ProgressInterval = progressMin // v3rpc/watch.go NewWatchServer
	}
	return &Hub{cfg: cfg, own: new(token), lastPass: cfg.Began, syncAt: never, victimAt: never, progressAt: never}
}

// Clone returns an independent copy.
func (h *Hub) Clone() *Hub {
	h.own = new(token)
	c := *h
	c.own = new(token)
	c.pages = append([]*page(nil), h.pages...)
	c.free = append([]int32(nil), h.free...)
	c.streams = append([]*stream(nil), h.streams...)
	c.unused = append([]int32(nil), h.unused...)
	c.byID = append([]streamEntry(nil), h.byID...)
	c.unsynced = append([]int32(nil), h.unsynced...)
	c.victims = append([]victim(nil), h.victims...)
	c.scratch = scratch{}
	return &c
}

// get returns a watcher to be read.
func (h *Hub) get(slot int32) *watcher { return &h.pages[slot/pageLen].list[slot%pageLen] }

// edit returns a watcher to be written to. The pointer is good until the hub is cloned.
func (h *Hub) edit(slot int32) *watcher {
	p := h.pages[slot/pageLen]
	if p.own != h.own {
		p = &page{h.own, p.list}
		h.pages[slot/pageLen] = p
	}
	return &p.list[slot%pageLen]
}

// newSlot returns a place for a watcher.
func (h *Hub) newSlot() int32 {
	if len(h.free) == 0 {
		first := int32(len(h.pages) * pageLen)
		h.pages = append(h.pages, &page{own: h.own})
		for i := first + pageLen - 1; i >= first; i-- {
			h.free = append(h.free, i)
		}
	}
	slot := h.free[len(h.free)-1]
	h.free = h.free[:len(h.free)-1]
	return slot
}

// drop takes a watcher out of its group and of the hub. Its stream's table is the caller's.
func (h *Hub) drop(slot int32) {
	w := h.edit(slot)
	switch w.group {
	case Unsynced:
		h.leaveUnsynced(slot)
	case Victim:
		h.leaveVictims(slot)
	}
	if w.group != Compacted {
		h.index.remove(h.own, w.key, w.end, h.ref(slot))
	}
	*w = watcher{}
	h.free = append(h.free, slot)
	h.watchers--
}

func (h *Hub) ref(slot int32) ref {
	w := h.get(slot)
	return ref{w.stream, w.id, slot}
}

func (h *Hub) leaveUnsynced(slot int32) {
	for i, s := range h.unsynced {
		if s == slot {
			h.unsynced = append(h.unsynced[:i], h.unsynced[i+1:]...)
			break
		}
	}
	if len(h.unsynced) == 0 {
		h.syncAt = never
	}
}

func (h *Hub) leaveVictims(slot int32) {
	for i := range h.victims {
		if h.victims[i].slot == slot {
			h.victims = append(h.victims[:i], h.victims[i+1:]...)
			break
		}
	}
	if len(h.victims) == 0 {
		h.victimAt = never
	}
}

// becomeUnsynced queues a watcher for the next pass.
//
// etcd's loop wakes every SyncPeriod whether or not somebody waits (watchable_store.go syncWatchersLoop); a pass over
// nobody does nothing, so here only those that somebody waits for happen, at the instants at which they would have.
func (h *Hub) becomeUnsynced(slot int32, now sim.Time) {
	h.edit(slot).group = Unsynced
	h.unsynced = append(h.unsynced, slot)
	if h.syncAt == never {
		h.syncAt = h.lastPass + ((now-h.lastPass)/SyncPeriod+1)*SyncPeriod
	}
}

// becomeVictim keeps a response that did not fit. The loop over victims is told at once (etcd addVictim).
func (h *Hub) becomeVictim(v victim, now sim.Time) {
	h.edit(v.slot).group = Victim
	h.victims = append(h.victims, v)
	h.victimAt = now
}

// Next returns the first instant at which Wake has something to do; false if nobody waits for anything.
func (h *Hub) Next() (sim.Time, bool) {
	at := h.victimAt
	for _, t := range [...]sim.Time{h.syncAt, h.progressAt} {
		if at == never || (t != never && t < at) {
			at = t
		}
	}
	return at, at != never
}

// Wake does what is due: victims, then the unsynced, then progress. Of things due at one instant etcd's goroutines may
// do any first.
func (h *Hub) Wake(now sim.Time, store *mvcc.Store, out *Output) {
	if h.victimAt != never && h.victimAt <= now {
		h.RetryVictims(now, store, out)
	}
	if h.syncAt != never && h.syncAt <= now {
		h.Sync(now, store, out)
	}
	if h.progressAt != never && h.progressAt <= now {
		h.tick(now, store, out)
	}
}

// find returns the slot of an open stream.
func (h *Hub) find(id StreamID) (slot int32, ok bool) {
	i := h.place(id)
	if i == len(h.byID) || h.byID[i].id != id {
		return 0, false
	}
	return h.byID[i].slot, true
}

// place returns where in byID a stream is or would be.
func (h *Hub) place(id StreamID) int {
	return sort.Search(len(h.byID), func(i int) bool { return h.byID[i].id >= id })
}
