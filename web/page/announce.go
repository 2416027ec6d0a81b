package page

import (
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Announcer decides what a screen reader is told and when: while the run plays at most one sentence in two seconds, and
// only of marks; when a person steps, each event.
type Announcer struct {
	last    int64 // when it last spoke, ms of wall time
	seen    uint64
	stopped string
}

const announceEvery = 2000 // ms

// Say returns what to announce for a frame at a wall time; "" for nothing. stepped: the person asked for this very
// moment.
func (a *Announcer) Say(now int64, f *wire.Frame, stepped bool) string {
	if stepped {
		a.last, a.seen = now, f.Playback.Seq
		said := text.Clock(f.Playback.Now)
		if n := len(f.Events); n > 0 {
			said += ": " + eventText(&f.Events[n-1])
		}
		return said
	}
	if f.Playback.Seq < a.seen {
		a.seen = f.Playback.Seq
	}
	if now-a.last < announceEvery {
		return ""
	}
	var best *wire.Mark
	for i := range f.Timeline.Marks {
		m := &f.Timeline.Marks[i]
		if m.Seq > a.seen && m.At <= f.Playback.Now && m.Kind != mark.Fault {
			best = m
		}
	}
	if best == nil {
		return ""
	}
	a.last, a.seen = now, best.Seq
	return text.Clock(best.At) + ": " + best.Text
}

// Alert returns why the run stopped, once.
func (a *Announcer) Alert(f *wire.Frame) string {
	if f.Playback.Stopped == a.stopped {
		return ""
	}
	a.stopped = f.Playback.Stopped
	return a.stopped
}
