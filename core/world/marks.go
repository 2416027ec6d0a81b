package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Mark is an instant worth jumping to.
type Mark struct {
	At   sim.Time
	Kind mark.Kind
	Text string
	Seq  uint64
}

func (s *story) mark(m Mark) { s.marks.Append(m) }

// tellCommand marks the commands that a person will want to find again. Writes and reads show by themselves.
func (w *World) tellCommand(c script.Command, seq uint64) {
	kind := mark.Fault
	switch c := c.(type) {
	case script.Call:
		if api.RowOf(c.Call).InTxn() {
			return
		}
	case script.Load, script.CheckPerf, script.Shell, script.Campaign:
		kind = mark.Command
	case script.Crash:
		kind = mark.Crash
	case script.Restart:
		kind = mark.Restart
	case script.Pause:
		kind = mark.Pause
	case script.Resume:
		kind = mark.Resume
	case script.Split, script.Cut:
		kind = mark.Split
	case script.Heal, script.Mend:
		kind = mark.Heal
	}
	w.story.mark(Mark{w.now, kind, c.String(), seq})
}
