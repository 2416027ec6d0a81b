package client

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TestWhole puts a response together, loses one with its stream, and takes one that is whole.
func TestWhole(t *testing.T) {
	piece := func(more bool, events ...string) *watch.Message {
		m := &watch.Message{Revision: 7, Fragment: more}
		for _, key := range events {
			m.Events = append(m.Events, &mvcc.Change{KV: mvcc.KeyValue{Key: key}})
			m.Prev = append(m.Prev, mvcc.KeyValue{Key: key, Version: 1})
		}
		return m
	}
	w := Watch{Stream: 1}
	for i, step := range []struct {
		stream watch.StreamID
		piece  *watch.Message
		want   string
	}{
		{1, piece(true, "a", "b"), ""}, {1, piece(true, "c"), ""}, {1, piece(false, "d"), "abcd"},
		{1, piece(false, "e"), "e"},
		{1, piece(true, "f"), ""}, {2, piece(true, "f"), ""}, {2, piece(false, "g"), "fg"}, {2, piece(false), ""},
	} {
		w.Stream = step.stream
		before, got := len(step.piece.Events), ""
		m := w.whole(step.piece)
		if (m == nil) != step.piece.Fragment || (m != nil && (m.Fragment || len(m.Prev) != len(m.Events))) {
			t.Errorf("%d: got %+v", i, m)
		}
		if m != nil {
			for k, e := range m.Events {
				got += e.KV.Key
				if m.Prev[k].Key != e.KV.Key {
					t.Errorf("%d: before %s came %s", i, e.KV.Key, m.Prev[k].Key)
				}
			}
		}
		if got != step.want || len(step.piece.Events) != before {
			t.Errorf("%d: told of %q, want %q", i, got, step.want)
		}
	}
}
