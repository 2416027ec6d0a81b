package watch

import (
	"github.com/etcdscope/etcdscope/core/rule"
)

// EventKind says what happened in a hub.
type EventKind uint8

// The kinds, with the fields of Event that they use beside Stream, Watch and Rule.
const (
	StreamOpened    EventKind = iota
	StreamRefused             // Text
	StreamClosed              // Count: its watchers; Text: the error, empty if the client ended it
	WatchCreated              // Revision: the first it wants; Count: revisions behind, 0 if it is synced
	WatchRefused              // Text
	WatchCanceled             // the client asked
	WatchCompacted            // Revision: the compacted one; it wanted Count revisions below that
	Notified                  // Revision; Count: watchers that were notified within the write. No stream
	BecameVictim              // Revision: of the response that did not fit; Count: its events
	VictimRelieved            // the response went into the stream; Count: revisions behind by now
	BatchSent                 // Revision: the next it wants; Count: events; it remains unsynced
	CaughtUp                  // Revision: up to which it has been sent everything; Count: events in the last response
	WatchRequeued             // a snapshot was installed. Revision: the next it wants
	ProgressSent              // Revision
	ProgressDropped           // Text: why
)

// Event is something that happened in a hub, with its reason.
type Event struct {
	Kind     EventKind
	Rule     rule.ID
	Stream   StreamID
	Watch    int64
	Revision int64
	Count    int
	Text     string
}

// Output is what an input led to. It is reused from one input to the next.
type Output struct {
	Events []Event
	Ready  []StreamID // streams that had nothing to send and now have: call Take
	Closed []Closed   // streams that the member ended
}

// Closed is a stream that ended, with the status that its client gets.
type Closed struct {
	Stream StreamID
	Text   string
}

// Reset empties the output for the next input.
func (o *Output) Reset() {
	o.Events, o.Ready, o.Closed = o.Events[:0], o.Ready[:0], o.Closed[:0]
}

func (o *Output) event(e Event) { o.Events = append(o.Events, e) }
