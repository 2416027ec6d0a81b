package check

import (
	"cmp"

	"github.com/etcdscope/etcdscope/core/rule"
)

// Watch is a watch as its client asked for it. To the client it is one watch even if streams under it break and are
// opened again.
type Watch struct {
	Client   uint64
	ID       int64 // among the client's watches
	Key, End string
	Start    int64 // the first revision wanted; 0: from now on
	PrevKV   bool
	NoPut    bool
	NoDelete bool
}

// Response is one list of events that a watch was told; without any it says only that all up to Revision has been told.
type Response struct {
	Revision int64
	Fragment bool // the list goes on in the next response
	Events   []WatchEvent
}

// WatchEvent is a change that a watch was told of. Prev is the key-value before it, if it came with one.
type WatchEvent struct {
	Change
	HasPrev bool
	Prev    Change
}

// watching is a watch with what it has been told so far.
type watching struct {
	Watch
	base     int64 // revision of the store when it was created; 0: not known
	at       int   // position of the first change that it may still be told of; -1: not known yet
	last     int64 // revision of the last event
	progress int64 // the highest revision that it was told to be complete
	fresh    bool  // nothing has come on its stream yet
	resumed  bool  // its stream is not the first
	open     bool  // the last list goes on
}

// Watched tells that a client began a watch.
func (s *Store) Watched(w Watch) {
	s.watches = append(s.watches, watching{Watch: w, at: -1, fresh: true})
}

// Created tells at which revision a member confirmed a watch: one that is for what comes from now on is owed all that
// is behind it.
func (s *Store) Created(client uint64, id, rev int64) {
	if w := s.watch(client, id); w != nil && w.base == 0 {
		w.base = rev
	}
}

// Resumed tells that a watch lost its stream: it is to go on with another as if nothing had happened.
func (s *Store) Resumed(client uint64, id int64) {
	if w := s.watch(client, id); w != nil {
		w.fresh, w.resumed, w.open = true, true, false
	}
}

// Unwatched tells that a watch has ended.
func (s *Store) Unwatched(client uint64, id int64) {
	for i := range s.watches {
		if w := &s.watches[i]; w.Client == client && w.ID == id {
			s.watches = append(s.watches[:i], s.watches[i+1:]...)
			return
		}
	}
}

func (s *Store) watch(client uint64, id int64) *watching {
	for i := range s.watches {
		if w := &s.watches[i]; w.Client == client && w.ID == id {
			return w
		}
	}
	return nil
}

// Delivered tells what a watch was told, and judges it by the guarantees that etcd gives (its robustness tests,
// validate/watch.go). A watch that is not known is not judged.
func (s *Store) Delivered(client uint64, id int64, r Response) *Violation {
	w := s.watch(client, id)
	if w == nil {
		return nil
	}
	s.place(w, &r)
	if len(r.Events) == 0 {
		w.fresh = false
		return s.judgeProgress(w, r.Revision)
	}
	for i := range r.Events {
		if bad := s.judgeEvent(w, &r.Events[i], i == 0); bad != nil {
			return bad
		}
		w.at, w.last, w.fresh = max(w.at, s.after(&r.Events[i].Change)), r.Events[i].Revision, false
	}
	w.open = r.Fragment
	return s.judgeWhole(w)
}

// Owed returns what a watch has not been told yet, as a Violation: it is one if nothing keeps its events from coming.
// That something is under way breaks no promise.
func (s *Store) Owed(client uint64, id int64) *Violation {
	w := s.watch(client, id)
	if w == nil || (w.at < 0 && w.Start == 0 && w.base == 0) {
		return nil
	}
	now := *w
	if now.at < 0 {
		now.at = s.seek(now.first())
	}
	if next := s.next(&now); next != nil {
		return broken(rule.WatchReliable, 0, w.name(), " has not been told that at revision ", next.Revision, " ",
			next.String(), ".")
	}
	return nil
}

// first returns the first revision that a watch is owed; 1 if it is not known.
func (w *watching) first() int64 {
	if w.Start != 0 {
		return w.Start
	}
	return w.base + 1
}

// place finds where in the history a watch begins, with the first thing that it is told.
//
// A watch for what comes from now on that lost its stream before it was told anything asks for the revision at which it
// was created, so that it may see the change at that revision (client/v3/watch.go, serveSubstream).
func (s *Store) place(w *watching, r *Response) {
	if w.at >= 0 {
		w.at = max(w.at, s.history.First())
		return
	}
	from := w.Start
	if from == 0 && w.base != 0 {
		from = w.base + 1
		if len(r.Events) > 0 && r.Events[0].Revision == w.base && w.resumed {
			from = w.base
		}
	}
	if from == 0 {
		from = r.Revision + 1
		if len(r.Events) > 0 {
			from = r.Events[0].Revision
		}
	}
	w.at = s.seek(from)
}

// judgeEvent holds one event to all guarantees, in the order in which etcd's validators look at them.
func (s *Store) judgeEvent(w *watching, e *WatchEvent, first bool) *Violation {
	return cmp.Or(w.judgeFilter(e), w.judgeOrdered(e), s.judgeUnique(w, e), w.judgeAtomic(e, first), w.judgeBookmark(e),
		s.judgeResumable(w, e), s.judgeReliable(w, e), s.judgePrevKV(w, e), s.judgeIsCreate(w, e))
}

// wants reports whether a watch asked for a change.
func (w *watching) wants(c *Change) bool {
	if (c.Deleted && w.NoDelete) || (!c.Deleted && w.NoPut) {
		return false
	}
	return inRange(c.Key, w.Key, w.End)
}

// judgeFilter: a watch is told only of what it asked for.
func (w *watching) judgeFilter(e *WatchEvent) *Violation {
	if w.wants(&e.Change) {
		return nil
	}
	return w.broken(rule.WatchFilter, e, ", which it had not asked for")
}

// judgeOrdered: revisions never fall.
func (w *watching) judgeOrdered(e *WatchEvent) *Violation {
	if e.Revision >= w.last {
		return nil
	}
	return w.broken(rule.WatchOrdered, e, ", after an event of revision ", w.last)
}

// judgeUnique: no key comes twice at a revision.
func (s *Store) judgeUnique(w *watching, e *WatchEvent) *Violation {
	if e.Revision != w.last {
		return nil
	}
	for i := w.at - 1; i >= s.history.First() && s.history.Ref(i).Revision >= e.Revision; i-- {
		if c := s.history.Ref(i); c.Revision == e.Revision && c.Key == e.Key {
			return w.broken(rule.WatchUnique, e, ", and had been told of that before")
		}
	}
	return nil
}

// judgeAtomic: a list does not begin within a revision. That it does not end within one is judged by judgeWhole.
func (w *watching) judgeAtomic(e *WatchEvent, first bool) *Violation {
	if !first || w.open || e.Revision != w.last {
		return nil
	}
	return w.broken(rule.WatchAtomic, e, ", but the list of events before it had ended within that revision")
}

// judgeWhole: a list has all events of its last revision.
func (s *Store) judgeWhole(w *watching) *Violation {
	next := s.next(w)
	if w.open || next == nil || next.Revision != w.last {
		return nil
	}
	return broken(rule.WatchAtomic, 0, w.name(), " was given a list of events that ends within revision ", w.last,
		": it lacks that ", next.String(), ".")
}

// judgeBookmark: after a revision has been called complete, nothing comes that belongs before.
func (w *watching) judgeBookmark(e *WatchEvent) *Violation {
	if e.Revision > w.progress {
		return nil
	}
	return w.broken(rule.WatchBookmarkable, e, ", after it had been told that it knew everything up to revision ",
		w.progress)
}

// judgeProgress: when a revision is called complete, it is, and it is not less than what was complete before.
func (s *Store) judgeProgress(w *watching, rev int64) *Violation {
	if known := max(w.progress, w.last); rev < known {
		return broken(rule.WatchBookmarkable, 0, w.name(), " was told that it knew everything up to revision ", rev,
			", after revision ", known, ".")
	}
	w.progress = rev
	next := s.next(w)
	if next == nil || next.Revision > rev {
		return nil
	}
	return broken(rule.WatchBookmarkable, 0, w.name(), " was told that it knew everything up to revision ", rev,
		", but not that at revision ",
		next.Revision, " ", next.String(), ".")
}

// judgeResumable: the first event on a stream is the first that the watch has not been told of, from its start on.
func (s *Store) judgeResumable(w *watching, e *WatchEvent) *Violation {
	if !w.fresh {
		return nil
	}
	return s.judgeNext(rule.WatchResumable, w, e)
}

// judgeReliable: nothing in the middle is left out, and nothing is told that did not happen.
func (s *Store) judgeReliable(w *watching, e *WatchEvent) *Violation {
	return s.judgeNext(rule.WatchReliable, w, e)
}

// judgeNext judges whether an event is the next that a watch is to be told.
func (s *Store) judgeNext(id rule.ID, w *watching, e *WatchEvent) *Violation {
	next := s.next(w)
	switch {
	case e.Revision < s.oldest():
		return nil
	case next == nil:
		return w.broken(id, e, ", which no member has done")
	case next.same(&e.Change):
		return nil
	case e.Revision < next.Revision:
		return w.broken(id, e, ", but the next that it was to be told is that at revision ", next.Revision, " ",
			next.String())
	}
	return w.broken(id, e, ", but not before that at revision ", next.Revision, " ", next.String())
}

// same compares what happened. Whether it created its key is another question.
func (c *Change) same(d *Change) bool {
	return c.Revision == d.Revision && c.Key == d.Key && c.Value == d.Value && c.Lease == d.Lease && c.Deleted == d.Deleted
}

// judgePrevKV: the key-value before an event is that of the revision before.
func (s *Store) judgePrevKV(w *watching, e *WatchEvent) *Violation {
	if e.HasPrev && !w.PrevKV {
		return w.broken(rule.WatchPrevKV, e, ", with what the key was before, which it had not asked for")
	}
	if !w.PrevKV || (!e.HasPrev && e.Revision-1 < s.compact) {
		return nil
	}
	before, known := s.value(e.Key, e.Revision-1)
	switch {
	case !known, before == nil && !e.HasPrev, before != nil && e.HasPrev && *before == e.Prev:
		return nil
	case before == nil:
		return w.broken(rule.WatchPrevKV, e, ", and that before it ", e.Prev.String(), ", but the key did not exist")
	case !e.HasPrev:
		return w.broken(rule.WatchPrevKV, e, ", but not what it was before: at revision ", before.Revision, " ",
			before.String())
	}
	return w.broken(rule.WatchPrevKV, e, ", and that before it, at revision ", e.Prev.Revision, ", ", e.Prev.String(),
		"; but it was at revision ",
		before.Revision, " that ", before.String())
}

// judgeIsCreate: an event says that it created its key if and only if there was none before.
func (s *Store) judgeIsCreate(w *watching, e *WatchEvent) *Violation {
	if e.Deleted {
		return nil
	}
	before, known := s.value(e.Key, e.Revision-1)
	creates := e.Create == e.Revision
	switch {
	case !known || creates == (before == nil):
		return nil
	case creates:
		return w.broken(rule.WatchIsCreate, e, " as new, but before it, at revision ", before.Revision, ", ", before.String())
	}
	return w.broken(rule.WatchIsCreate, e, " as a key that had been there, but it had not")
}

// next returns the next change that a watch is to be told of; nil if there is none yet.
func (s *Store) next(w *watching) *Change {
	for ; w.at < s.history.Len(); w.at++ {
		if c := s.history.Ref(w.at); w.wants(c) {
			return c
		}
	}
	return nil
}

// after returns the position behind a change.
func (s *Store) after(c *Change) int {
	at := s.seek(c.Revision)
	for i := at; i < s.history.Len() && s.history.Ref(i).Revision == c.Revision; i++ {
		if s.history.Ref(i).Key == c.Key {
			return i + 1
		}
	}
	return at
}

func (w *watching) name() string {
	return phrase("Watch ", w.ID, " of client ", w.Client, " (", rangeName(w.Key, w.End), ")")
}

func rangeName(key, end string) string {
	switch end {
	case "":
		return "key " + quote(key)
	case "\x00":
		return "keys from " + quote(key) + " on"
	}
	return "keys from " + quote(key) + " to " + quote(end)
}

// broken makes a Violation about an event.
func (w *watching) broken(id rule.ID, e *WatchEvent, rest ...any) *Violation {
	sentence := append([]any{w.name(), " was told that at revision ", e.Revision, " ", e.Change.String()}, rest...)
	return broken(id, 0, append(sentence, ".")...)
}
