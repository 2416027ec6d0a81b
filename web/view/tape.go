package view

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Tape lists the commands of this line of history, and the branches.
func Tape(run *world.Run, _ Lens) *wire.Tape {
	commands, done := run.Tape()
	now := run.World().Now()
	v := &wire.Tape{}
	for i, c := range commands {
		v.Rows = append(v.Rows, wire.TapeRow{At: int64(c.At), Text: c.Command.String(), Future: c.At > now || i >= done})
	}
	v.Branches, v.Current = branches(run)
	return v
}

// branches lists the lines of history and says which is shown.
func branches(run *world.Run) (list []wire.Branch, current int) {
	forks, current := run.Forks()
	for i, f := range forks {
		list = append(list, wire.Branch{Name: fmt.Sprint(i + 1), Forked: int64(f.At), Parent: f.Parent, Text: f.Text,
			End: int64(f.End)})
	}
	return list, current
}
