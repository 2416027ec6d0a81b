package watch

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// stream is one call of Watch: the watchers a client has on it and what waits to be sent. Control responses and events
// wait in one queue, each kind with its own bound (see the package comment on their order).
type stream struct {
	own           *token
	id            StreamID
	nextID        int64 // of watchers whose client leaves the choice
	ids           []idEntry
	sharedIDs     bool // ids is another hub's too
	queue         []queued
	head          int // of queue
	controls      int // how many of queue are control responses
	parts         []Message
	waiting       []Request // not read yet: the control queue is full
	requireLeader bool
	interval      sim.Time // of progress
	opened        sim.Time
	progress      int      // watchers that want it
	tickAt        sim.Time // the next tick, if somebody wants progress
}

// idEntry is a watcher in its stream's table, which is in the order of ids.
type idEntry struct {
	id   int64
	slot int32
}

// queued is a response that waits (etcd mvcc WatchResponse, or a control response).
type queued struct {
	id       int64
	revision int64
	compact  int64
	events   []*mvcc.Change
	reason   string
	slot     int32 // of the watcher; no watcher: noSlot
	control  bool
	created  bool
	canceled bool
}

const noSlot int32 = -1

// room reports whether the stream's channel takes one more response of events.
func (s *stream) room() bool { return len(s.queue)-s.head-s.controls < BufferLen }

// blocked reports whether the stream reads no more requests: etcd's receive loop holds one control response in its hand
// while the channel for them is full (v3rpc/watch.go recvLoop).
func (s *stream) blocked() bool { return s.controls > ControlLen }

func (s *stream) idle() bool { return s.head == len(s.queue) && len(s.parts) == 0 }

// place returns where in the table an id is or would be.
func (s *stream) place(id int64) int {
	return sort.Search(len(s.ids), func(i int) bool { return s.ids[i].id >= id })
}

func (s *stream) find(id int64) (slot int32, ok bool) {
	if i := s.place(id); i < len(s.ids) && s.ids[i].id == id {
		return s.ids[i].slot, true
	}
	return noSlot, false
}

func (s *stream) ownIDs() {
	if s.sharedIDs {
		s.ids, s.sharedIDs = append(make([]idEntry, 0, len(s.ids)+1), s.ids...), false
	}
}

func (s *stream) insert(id int64, slot int32) {
	s.ownIDs()
	i := s.place(id)
	s.ids = append(s.ids, idEntry{})
	copy(s.ids[i+1:], s.ids[i:])
	s.ids[i] = idEntry{id, slot}
}

func (s *stream) remove(id int64) {
	s.ownIDs()
	i := s.place(id)
	s.ids = append(s.ids[:i], s.ids[i+1:]...)
}

// stream returns a stream to be written to.
func (h *Hub) stream(slot int32) *stream {
	s := h.streams[slot]
	if s.own == h.own {
		return s
	}
	c := *s
	c.own, c.sharedIDs, c.head = h.own, true, 0
	c.queue = append([]queued(nil), s.queue[s.head:]...)
	c.waiting = append([]Request(nil), s.waiting...)
	h.streams[slot] = &c
	return &c
}

// put adds a response to a stream's queue and says so if the queue was empty.
func (h *Hub) put(s *stream, q queued, out *Output) {
	if s.idle() {
		out.Ready = append(out.Ready, s.id)
	}
	if s.head == len(s.queue) {
		s.queue, s.head = s.queue[:0], 0
	}
	s.queue = append(s.queue, q)
	if q.control {
		s.controls++
	}
}

// StreamOptions is how a client opens a stream.
type StreamOptions struct {
	RequireLeader bool // metadata "hasleader: true"
}

// Open makes a stream, unless it requires a leader and the member has none; then it says no, and the client gets
// TextNoLeader (v3rpc/interceptor.go newStreamInterceptor). Opening a stream that is open changes nothing.
func (h *Hub) Open(now sim.Time, id StreamID, o StreamOptions, hasLeader bool, out *Output) bool {
	if o.RequireLeader && !hasLeader {
		out.event(Event{Kind: StreamRefused, Rule: rule.WatchRequiresLeader, Stream: id, Text: TextNoLeader})
		return false
	}
	i := h.place(id)
	if i < len(h.byID) && h.byID[i].id == id {
		return true
	}
	if o.RequireLeader {
		h.requiring++
	}
	slot := h.streamSlot()
	h.streams[slot] = &stream{own: h.own, id: id, requireLeader: o.RequireLeader, opened: now, interval: h.interval()}
	h.byID = append(h.byID, streamEntry{})
	copy(h.byID[i+1:], h.byID[i:])
	h.byID[i] = streamEntry{id, slot}
	out.event(Event{Kind: StreamOpened, Stream: id})
	return true
}

func (h *Hub) streamSlot() int32 {
	n := len(h.unused)
	if n == 0 {
		h.streams = append(h.streams, nil)
		return int32(len(h.streams) - 1)
	}
	slot := h.unused[n-1]
	h.unused = h.unused[:n-1]
	return slot
}

// Close ends a stream because its client did, or is gone.
func (h *Hub) Close(id StreamID, out *Output) { h.close(id, 0, "", out) }

// close ends a stream with all its watchers. What waits in its queue is never sent, but counts as sent: etcd drains the
// channel to bring its gauge down (v3rpc/watch.go sendLoop).
func (h *Hub) close(id StreamID, why rule.ID, text string, out *Output) {
	slot, ok := h.find(id)
	if !ok {
		return
	}
	s := h.streams[slot]
	for _, e := range s.ids {
		h.drop(e.slot)
	}
	for _, q := range s.queue[s.head:] {
		h.received(len(q.events))
	}
	if s.requireLeader {
		h.requiring--
	}
	i := h.place(id)
	h.byID = append(h.byID[:i], h.byID[i+1:]...)
	h.streams[slot] = nil
	h.unused = append(h.unused, slot)
	out.event(Event{Kind: StreamClosed, Rule: why, Stream: id, Count: len(s.ids), Text: text})
}

// Handle takes a request that came on a stream. While the control queue is full it waits, as do all that come after it.
func (h *Hub) Handle(now sim.Time, store *mvcc.Store, id StreamID, r Request, out *Output) {
	slot, ok := h.find(id)
	if !ok {
		return
	}
	s := h.stream(slot)
	if s.blocked() {
		s.waiting = append(s.waiting, r)
		return
	}
	h.handle(now, store, slot, r, out)
}

func (h *Hub) handle(now sim.Time, store *mvcc.Store, at int32, r Request, out *Output) {
	switch r.Kind {
	case Create:
		h.create(now, store, at, r, out)
	case Cancel:
		h.cancel(store, at, r.WatchID, out)
	case Progress:
		h.progressAll(store, at, out)
	}
}

// create makes a watcher. The answer says so before any event can come, even if the first revision it wants is
// compacted: that is found out by the next pass.
//
// Reference: etcd v3rpc/watch.go recvLoop, mvcc/watcher.go Watch, mvcc/watchable_store.go watch.
func (h *Hub) create(now sim.Time, store *mvcc.Store, at int32, r Request, out *Output) {
	s := h.stream(at)
	if r.Key == "" {
		r.Key = mvcc.FromKey
	}
	if reason := s.refusal(&r); reason != "" {
		h.control(s, queued{id: InvalidWatchID, revision: store.Revision(), created: true, canceled: true, reason: reason,
			slot: noSlot}, out)
		out.event(Event{Kind: WatchRefused, Stream: s.id, Watch: r.WatchID, Text: reason})
		return
	}
	id := s.choose(r.WatchID)
	slot := h.newSlot()
	w := h.edit(slot)
	*w = watcher{
		key: r.Key, end: r.End, id: id, start: r.Start, next: r.Start, stream: s.id, at: at,
		prevKV: r.PrevKV, noPut: r.NoPut, noDelete: r.NoDelete, fragment: r.Fragment, progress: r.ProgressNotify, quiet: true,
	}
	s.insert(id, slot)
	h.watchers++
	h.index.add(h.own, r.Key, r.End, h.ref(slot))
	if r.ProgressNotify {
		s.progress++
		h.wantProgress(s, now)
	}
	current := store.Revision()
	behind := int64(0)
	if r.Start == 0 {
		w.next = current + 1
	} else if r.Start <= current {
		behind = current + 1 - r.Start
		h.becomeUnsynced(slot, now)
	}
	h.control(s, queued{id: id, revision: current, created: true, slot: slot}, out)
	out.event(Event{Kind: WatchCreated, Rule: rule.WatchResumable, Stream: s.id, Watch: id, Revision: w.next,
		Count: int(behind)})
}

// refusal says why a watcher cannot be made; empty: it can. The checks come in etcd's order.
func (s *stream) refusal(r *Request) string {
	if r.Start < 0 {
		return TextCompacted
	}
	if r.End != "" && r.End != mvcc.FromKey && r.Key >= r.End {
		return TextEmptyRange
	}
	if _, used := s.find(r.WatchID); used && r.WatchID != AutoWatchID {
		return TextDuplicate
	}
	return ""
}

// choose returns the id of a new watcher: the one wished for, or the next that is free.
func (s *stream) choose(wish int64) int64 {
	if wish != AutoWatchID {
		return wish
	}
	for {
		id := s.nextID
		s.nextID++
		if _, used := s.find(id); !used {
			return id
		}
	}
}

// cancel ends a watcher because its client asked. A watcher that is not there gets no answer at all.
func (h *Hub) cancel(store *mvcc.Store, at int32, id int64, out *Output) {
	s := h.stream(at)
	slot, ok := s.find(id)
	if !ok {
		return
	}
	if h.get(slot).progress {
		s.progress--
	}
	for i := s.head; i < len(s.queue); i++ {
		if s.queue[i].slot == slot {
			s.queue[i].slot = noSlot // what waits is still sent, but without what the watcher had asked for beyond it
		}
	}
	h.drop(slot)
	s.remove(id)
	h.control(s, queued{id: id, revision: store.Revision(), canceled: true, slot: noSlot}, out)
	out.event(Event{Kind: WatchCanceled, Stream: s.id, Watch: id})
}

func (h *Hub) control(s *stream, q queued, out *Output) {
	q.control = true
	h.put(s, q, out)
}
