package view

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// stageText writes what the stage and the log show as plain text.
func stageText(f *wire.Frame, l *wire.Log, moving []wire.MovingMessage) string {
	var b strings.Builder
	for _, p := range f.Pills {
		fmt.Fprintf(&b, "%s %s; ", p.Label, p.Value)
	}
	b.WriteByte('\n')
	for _, m := range f.Members {
		fmt.Fprintf(&b, "%s %s in term %d, leader %q, believes %v: %s %s; commit %d, applied %d, last %d; timer %v, "+
			"disk %s\n", m.Name, m.Role, m.Term, m.Leader,
			m.Believes, m.Note.Text, m.Note.Tone, m.Commit, m.Applied, m.Last, m.Timer.Timeout > 0, m.Disk.Text)
	}
	for _, c := range f.Clients {
		fmt.Fprintf(&b, "%s at %s: %s: %s %s\n", c.Name, c.Endpoint, c.Doing, c.Note, c.Tone)
	}
	for _, l := range f.Links {
		fmt.Fprintf(&b, "%s > %s: %s\n", l.From, l.To, l.By)
	}
	for i, m := range f.Messages {
		fmt.Fprintf(&b, "m%d %s > %s %s %s: %s %s at %.1f\n", m.ID, m.From, m.To, m.Class, m.Label, m.Text, m.Fate,
			moving[i].Progress)
	}
	logText(&b, l)
	return b.String()
}

// sign tells a row's member from one that follows.
func sign(r *wire.LogRow) string {
	switch {
	case r.Role == wire.RoleDown:
		return "×"
	case r.Role == wire.RolePaused:
		return "‖"
	case r.Stale:
		return "★?"
	case r.Role == wire.RoleLeader:
		return "★"
	}
	return ""
}

// state is the first letter of an entry's state.
func state(c *wire.Cell) string {
	if c.Kind == wire.NoEntry {
		return ""
	}
	return c.State.String()[:1]
}

func logText(b *strings.Builder, l *wire.Log) {
	fmt.Fprintf(b, "entries %d to %d, %d hidden\n", l.First, l.Last, l.Hidden)
	for _, r := range l.Rows {
		fmt.Fprintf(b, "%s%s commit %d:", r.Name, sign(&r), r.Commit)
		for _, c := range r.Cells {
			fmt.Fprintf(b, " %s/%s", c.Text, state(&c))
		}
		fmt.Fprintf(b, " %v\n", r.Match)
	}
}
