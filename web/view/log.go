package view

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// logColumns is how many entries fit beside each other.
const logColumns = 9

// Log aligns the logs of all members by index. It ends with the newest entry, or shows the one that is selected.
func Log(run *world.Run, lens Lens) *wire.Log {
	w, t := run.World(), &wire.Log{}
	for _, m := range w.Members() {
		t.Last = max(t.Last, uint64(lastIndex(m)))
	}
	if index := uint64(lens.Select.Number); lens.Select.Of == wire.SelectEntry && index+logColumns/2 < t.Last {
		t.Last = max(index+logColumns/2, logColumns)
	}
	t.First = max(t.Last, logColumns) - logColumns + 1
	t.Hidden = t.First - 1
	for i, m := range w.Members() {
		t.Rows = append(t.Rows, logRow(w, sim.Member(i+1), m, t))
	}
	return t
}

// lastIndex returns where a member's log ends; that of one that is down, on its disk.
func lastIndex(m *etcd.Member) raft.Index {
	if m.Up() {
		return m.Node().LastIndex()
	}
	last, _ := m.Directory().WAL().Synced()
	return last
}

func logRow(w *world.World, h sim.Host, m *etcd.Member, t *wire.Log) wire.LogRow {
	row := wire.LogRow{Name: h.String(), Role: shownRole(m), Stale: believes(w, m)}
	if m.Up() {
		row.Commit = uint64(m.Node().Commit())
	}
	for i := t.First; i <= t.Last; i++ {
		row.Cells = append(row.Cells, cell(h, m, raft.Index(i)))
	}
	if m.Leads() {
		for _, p := range peers(w, h, m) {
			row.Match = append(row.Match, wire.Match{Name: p.Name, Match: p.Match, Next: p.Next})
		}
	}
	return row
}

// entryAt returns a member's entry; of one that is down, what its disk holds.
func entryAt(m *etcd.Member, i raft.Index) (raft.Entry, bool) {
	if m.Up() {
		return m.Node().EntryAt(i)
	}
	return m.Directory().WAL().EntryAt(i)
}

func cell(h sim.Host, m *etcd.Member, i raft.Index) wire.Cell {
	e, ok := entryAt(m, i)
	c := wire.Cell{Index: uint64(i)}
	if !ok {
		if i > 0 && i <= lastIndex(m) {
			c.Kind, c.Text, c.State = wire.SnapshotEntry, "snap", wire.Applied
			c.Title = fmt.Sprintf("%v, index %d: in a snapshot, no longer in the log", h, i)
		}
		return c
	}
	c.Term, c.Kind, c.State = uint64(e.Term), wire.NormalEntry, entryState(m, i)
	c.Text = brief(etcd.EntryText(&e))
	switch {
	case e.Type != raft.EntryNormal:
		c.Kind = wire.ConfEntry
	case len(e.Data) == 0:
		c.Kind = wire.EmptyEntry
	}
	c.Title = fmt.Sprintf("%v, index %d, term %d, %s: %s", h, i, e.Term, etcd.EntryText(&e), stateText[c.State])
	return c
}

// brief leaves of a key what tells it from others: "put /pods/pod1" is "put pod1" in a cell.
func brief(text string) string {
	verb, key, ok := strings.Cut(text, " /")
	if i := strings.LastIndexByte(strings.TrimRight(key, "/"), '/'); ok && i >= 0 {
		return verb + " " + key[i+1:]
	}
	return text
}

var stateText = [...]string{
	wire.Applied:   "applied to its store",
	wire.Committed: "committed, not yet applied",
	wire.Synced:    "on its disk, not known to be committed",
	wire.Written:   "written, not yet synced to disk",
}

func entryState(m *etcd.Member, i raft.Index) wire.EntryState {
	synced, written := m.Directory().WAL().Synced()
	switch {
	case m.Up() && i <= m.Applied():
		return wire.Applied
	case m.Up() && i <= m.Node().Commit():
		return wire.Committed
	case i <= synced && (written == 0 || i < written):
		return wire.Synced
	}
	return wire.Written
}
