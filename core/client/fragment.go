package client

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/watch"
)

// pieces are those that have come of a response that a member sends in several. With the stream that they came on they
// are lost.
type pieces struct {
	stream  watch.StreamID
	message *watch.Message
}

// whole returns the response that a message completes; nil while more of it is to come. Nobody is told of a part: a
// watch that goes on behind the first piece would miss the rest of its last revision (client/v3/watch.go, run).
func (w *Watch) whole(m *watch.Message) *watch.Message {
	if p := w.pieces; p.message != nil && p.stream == w.Stream {
		all := *m
		all.Events, all.Prev = slices.Concat(p.message.Events, m.Events), slices.Concat(p.message.Prev, m.Prev)
		m = &all
	}
	w.pieces = pieces{}
	if m.Fragment {
		w.pieces = pieces{w.Stream, m}
		return nil
	}
	return m
}
