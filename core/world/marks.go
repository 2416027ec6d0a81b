package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Mark is an instant worth jumping to.
type Mark struct {
	At   sim.Time
	Kind MarkKind
	Text string
	Seq  uint64
}

// MarkKind says what a mark is of.
type MarkKind uint8

// What marks are of: what happened, what was asked for, and the faults.
const (
	MarkElection MarkKind = iota
	MarkViolation
	MarkCommand
	MarkCrash
	MarkRestart
	MarkPause
	MarkResume
	MarkSplit
	MarkHeal
	MarkFault // any other
)

// Is reports whether a mark is of a class: "election", "violation", "command", "fault"; "" is any.
func (k MarkKind) Is(class string) bool {
	switch class {
	case "":
		return true
	case "election":
		return k == MarkElection
	case "violation":
		return k == MarkViolation
	case "command":
		return k == MarkCommand
	case "fault":
		return k >= MarkCrash
	}
	return false
}

func (s *story) mark(m Mark) { s.marks.Append(m) }

// tellCommand marks the commands that a person will want to find again. Writes and reads show by themselves.
func (w *World) tellCommand(c script.Command, seq uint64) {
	kind := MarkFault
	switch c := c.(type) {
	case script.Call:
		if api.RowOf(c.Call).InTxn() {
			return
		}
	case script.Load, script.CheckPerf, script.Shell, script.Campaign:
		kind = MarkCommand
	case script.Crash:
		kind = MarkCrash
	case script.Restart:
		kind = MarkRestart
	case script.Pause:
		kind = MarkPause
	case script.Resume:
		kind = MarkResume
	case script.Split, script.Cut:
		kind = MarkSplit
	case script.Heal, script.Mend:
		kind = MarkHeal
	}
	w.story.mark(Mark{w.now, kind, c.String(), seq})
}
