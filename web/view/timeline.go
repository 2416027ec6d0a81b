package view

import (
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// How much the timeline shows.
const (
	marksMost  = 400
	writesMost = 300
)

// timeline paints the whole branch, the part behind the instant shown included.
func timeline(run *world.Run) wire.Timeline {
	h := run.Head()
	t := wire.Timeline{End: int64(h.Now())}
	spans := h.Spans()
	for _, s := range spans[max(len(spans)-marksMost, 0):] {
		leader := ""
		if s.Leader != 0 {
			leader = s.Leader.String()
		}
		t.Spans = append(t.Spans, wire.Span{From: int64(s.From), To: int64(s.To), Term: uint64(s.Term), Leader: leader})
	}
	marks := h.Marks()
	for i := max(marks.Len()-marksMost, 0); i < marks.Len(); i++ {
		m := marks.Ref(i)
		t.Marks = append(t.Marks, wire.Mark{At: int64(m.At), Kind: m.Kind, Text: m.Text, Seq: m.Seq})
	}
	writes := h.Writes()
	step := max(writes.Len()/writesMost, 1)
	for i := 0; i < writes.Len(); i += step {
		t.Writes = append(t.Writes, int64(writes.At(i)))
	}
	return t
}
