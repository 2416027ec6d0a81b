package watch

import (
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

const progressMin = 100 * sim.Millisecond // v3rpc/watch.go minWatchProgressInterval

// Why a client that asks for progress gets no answer. Clients do not learn it; people who look do.
const (
	textNobody  = "the stream has no watcher"
	textBehind  = "a watcher of the stream is not synced"
	textFuture  = "a watcher of the stream waits for a revision in the future"
	textNoSpace = "the stream is full"
)

// interval draws how often a new stream reports progress (v3rpc/watch.go GetProgressReportInterval).
func (h *Hub) interval() sim.Time {
	jitter := h.cfg.Jitter.Intn(int(h.cfg.ProgressInterval / 10))
	return h.cfg.ProgressInterval + sim.Time(jitter)
}

// wantProgress sets the stream's clock for its first watcher that wants progress. The clock has run since the
// stream was opened; as long as nobody listens, its ticks are left out.
func (h *Hub) wantProgress(s *stream, now sim.Time) {
	if s.progress == 1 {
		s.tickAt = s.opened + ((now-s.opened)/s.interval+1)*s.interval
	}
	if h.progressAt == never || s.tickAt < h.progressAt {
		h.progressAt = s.tickAt
	}
}

// tick reports progress on the streams whose clock has ticked.
func (h *Hub) tick(now sim.Time, store *mvcc.Store, out *Output) {
	h.progressAt = never
	for _, e := range h.byID {
		if h.streams[e.slot].progress == 0 {
			continue
		}
		s := h.stream(e.slot)
		if s.tickAt <= now {
			h.report(s, store, out)
			s.tickAt += ((now-s.tickAt)/s.interval + 1) * s.interval
		}
		if h.progressAt == never || s.tickAt < h.progressAt {
			h.progressAt = s.tickAt
		}
	}
}

// report sends progress to each watcher of a stream that wants it and has had no event since the last tick.
func (h *Hub) report(s *stream, store *mvcc.Store, out *Output) {
	for _, id := range s.ids {
		if !h.get(id.slot).progress {
			continue
		}
		w := h.edit(id.slot)
		if w.quiet {
			h.answer(s, id.id, id.slot, w.lag(store), store, out)
		}
		w.quiet = true
	}
}

// lag says why a watcher has not been sent everything up to the store's revision; empty: it has.
func (w *watcher) lag(store *mvcc.Store) string {
	switch {
	case w.group != Synced:
		return textBehind
	case store.Revision() < w.start:
		return textFuture
	}
	return ""
}

// progressAll answers a client that asked for progress: once for the whole stream, if all its watchers have been sent
// everything, otherwise not at all. A watcher that was canceled by compaction counts until its client has canceled it,
// too.
//
// Reference: etcd mvcc/watchable_store.go progressIfSync.
func (h *Hub) progressAll(store *mvcc.Store, at int32, out *Output) {
	s := h.stream(at)
	why := ""
	if len(s.ids) == 0 {
		why = textNobody
	}
	for _, id := range s.ids {
		if why = h.get(id.slot).lag(store); why != "" {
			break
		}
	}
	h.answer(s, InvalidWatchID, noSlot, why, store, out)
}

// answer puts a progress response behind all events that wait in the stream (rule.WatchBookmarkable), unless there is a
// reason not to. If the stream is full, it is lost.
func (h *Hub) answer(s *stream, id int64, slot int32, why string, store *mvcc.Store, out *Output) {
	if why == "" && !s.room() {
		why = textNoSpace
	}
	if why != "" {
		out.event(Event{Kind: ProgressDropped, Rule: rule.WatchBookmarkable, Stream: s.id, Watch: id, Text: why})
		return
	}
	h.put(s, queued{id: id, revision: store.Revision(), slot: slot}, out)
	out.event(Event{Kind: ProgressSent, Rule: rule.WatchBookmarkable, Stream: s.id, Watch: id, Revision: store.Revision()})
}

// SampleLeader is the look that a member takes once per election timeout whether it has a leader. At the third in a row
// that finds none, streams that require one are closed.
//
// Reference: etcd v3rpc/interceptor.go monitorLeader.
func (h *Hub) SampleLeader(has bool, out *Output) {
	if has {
		h.noLeader = 0
		return
	}
	if h.noLeader++; h.noLeader < MaxNoLeader || h.requiring == 0 {
		return
	}
	for _, e := range append([]streamEntry(nil), h.byID...) {
		if h.streams[e.slot].requireLeader {
			h.close(e.id, rule.WatchRequiresLeader, TextNoLeader, out)
			out.Closed = append(out.Closed, Closed{e.id, TextNoLeader})
		}
	}
}
