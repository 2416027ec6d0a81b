package watch

import "fmt"

// Verb says in a word or two what the event tells, Detail the rest.
func (e *Event) Verb() string { return verbs[e.Kind] }

var verbs = [...]string{
	StreamOpened: "stream opened", StreamRefused: "stream refused", StreamClosed: "stream closed",
	WatchCreated: "watcher created", WatchRefused: "watcher refused", WatchCanceled: "watcher canceled",
	WatchCompacted: "watcher ended", Notified: "tells watchers", BecameVictim: "watcher is slow",
	VictimRelieved: "watcher has room", BatchSent: "watcher catches up", CaughtUp: "watcher caught up",
	WatchRequeued: "watcher starts over", ProgressSent: "says how far",
	ProgressDropped: "does not say how far",
}

// Detail is what Verb leaves to say.
func (e *Event) Detail() string {
	switch e.Kind {
	case Notified:
		return fmt.Sprintf("%d of revision %d", e.Count, e.Revision)
	case WatchCreated:
		return fmt.Sprintf("from revision %d, %d behind", e.Revision, e.Count)
	case WatchCompacted:
		return fmt.Sprintf("it wanted %d revisions before %d, which is compacted", e.Count, e.Revision)
	case BecameVictim:
		return fmt.Sprintf("its stream is full: %d events of revision %d wait", e.Count, e.Revision)
	case VictimRelieved:
		return fmt.Sprintf("it is %d revisions behind", e.Count)
	case BatchSent, CaughtUp:
		return fmt.Sprintf("%d events, up to revision %d", e.Count, e.Revision)
	case WatchRequeued, ProgressSent:
		return fmt.Sprintf("revision %d", e.Revision)
	}
	return e.Text
}
