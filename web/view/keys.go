package view

import (
	"fmt"
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

const (
	keysMost        = 20   // rows of the window
	revisionColumns = 12   // columns of the window
	changesMost     = 2000 // that are looked at for it: one transaction may delete any number of keys
	pendingMost     = 32
)

// grid is the keys panel while it is made. What it costs depends on the window only, however many keys there are.
type grid struct {
	*wire.Keys
	store   *mvcc.Store
	asked   bool                     // a revision was asked for
	found   map[string]mvcc.KeyValue // what a read of the window is answered
	changed map[string][]mvcc.Change // within the columns
	waiting []change
}

// Keys shows the store of the selected member, else of the leader, else of the one that is furthest.
func Keys(run *world.Run, lens Lens) *wire.Keys {
	w := run.World()
	m, h := storeOf(w, lens.Select)
	k := &wire.Keys{From: lens.From}
	for i, x := range w.Members() {
		head := wire.Head{Name: sim.Member(i + 1).String()}
		if x.Up() {
			head.Revision = x.Store().Revision()
		}
		k.Heads = append(k.Heads, head)
	}
	if m == nil {
		return k
	}
	k.Member = h.String()
	show(k, m.Store(), lens.Revision, pending(m))
	return k
}

// show fills the panel from a store.
func show(k *wire.Keys, s *mvcc.Store, rev int64, waiting []change) {
	k.Revision, k.Count = s.Revision(), s.Len()
	k.Compacted, k.Compaction = max(s.CompactRevision(), 0), compaction(s)
	g := &grid{Keys: k, store: s, waiting: waiting}
	g.read(rev)
	g.fill()
}

// compaction says how far the compaction under way is.
func compaction(s *mvcc.Store) string {
	c, any := s.Compaction()
	if !any {
		return ""
	}
	if c.Total == 0 {
		return fmt.Sprintf("will drop up to %d", c.Revision)
	}
	return fmt.Sprintf("dropping up to %d: %d of %d rows seen", c.Revision, c.Examined, c.Total)
}

// read settles the revision that is shown, and the columns with it.
func (g *grid) read(rev int64) {
	g.Read = g.Revision
	if g.asked = rev > 0 && rev < g.Revision; g.asked {
		g.Read = rev
	}
	g.Last = min(g.Revision, max(g.Read+revisionColumns/2, revisionColumns))
	g.First = max(g.Last-revisionColumns+1, 1)
	if _, _, err := g.store.Get(g.From, g.Read); err != nil {
		g.Error = err.Error()
	}
}

// fill makes the rows: the keys that exist at the revision, those that changed within the columns, and those about to
// be written. Of more keys than fit, and if nobody asked for a place among them, only what changes.
func (g *grid) fill() {
	g.found, g.changed = map[string]mvcc.KeyValue{}, map[string][]mvcc.Change{}
	var names []string
	for kv := range g.store.All(g.From, mvcc.FromKey, g.Read) {
		g.found[kv.Key] = kv
		if names = append(names, kv.Key); len(names) > keysMost {
			g.Recent = g.From == ""
			break
		}
	}
	if g.Recent {
		g.Next, names = names[0], nil
		clear(g.found)
	}
	note := func(key string) bool {
		if _, known := g.found[key]; known || key < g.From || g.changed[key] != nil {
			return false
		}
		names = append(names, key)
		return true
	}
	n := 0
	for c := range g.store.Changes(g.First) {
		if n++; c.Revision.Main > g.Last || n > changesMost {
			break
		}
		note(c.KV.Key)
		g.changed[c.KV.Key] = append(g.changed[c.KV.Key], c)
	}
	for _, p := range g.waiting {
		if p.puts && note(p.key) {
			g.changed[p.key] = []mvcc.Change{}
		}
	}
	sort.Strings(names)
	if g.Recent {
		names = names[max(len(names)-keysMost, 0):]
	} else if len(names) > keysMost {
		g.Next, names = names[keysMost], names[:keysMost]
	}
	for _, name := range names {
		g.Rows = append(g.Rows, g.row(name))
	}
}

func (g *grid) row(key string) wire.KeyRow {
	kv, found := g.found[key]
	if g.Recent {
		kv, found, _ = g.store.Get(key, g.Read) // a revision that cannot be read has been told of
	}
	r := wire.KeyRow{Key: key, Value: clip(kv.Value), Found: found}
	for _, p := range g.waiting {
		if p.key == key {
			r.Pending = p.text
		}
	}
	list := g.changed[key]
	r.Since = g.since(key, list)
	if len(list) > 0 && list[0].KV.Version > 1 && list[0].KV.CreateRevision >= g.First {
		r.Versions = append(r.Versions, wire.KeyVersion{Revision: list[0].KV.CreateRevision, Number: 1,
			Fate: wire.VersionGone,
			Title: fmt.Sprintf("revision %d: %s was created; a compaction has dropped all before version %d",
				list[0].KV.CreateRevision, key, list[0].KV.Version)})
	}
	for i := range list {
		r.Versions = append(r.Versions, g.version(&list[i]))
	}
	return r
}

// since returns from where on a key existed before the first of its changes in the window.
func (g *grid) since(key string, list []mvcc.Change) int64 {
	at := g.Last
	switch {
	case len(list) == 0:
	case !list[0].Deleted:
		if list[0].KV.Version == 1 {
			return 0
		}
		return max(list[0].KV.CreateRevision, g.First)
	default:
		at = list[0].Revision.Main - 1
	}
	if kv, found, err := g.store.Get(key, at); err == nil && found && at > 0 {
		return max(kv.CreateRevision, g.First)
	}
	return 0
}

var fateText = [...]string{
	wire.VersionKept:  "; compacted, but a read at %d needs it",
	wire.VersionGoing: "; the compaction to %d has still to drop it",
	wire.VersionWould: "; a compaction to %d would drop it",
}

func (g *grid) version(c *mvcc.Change) wire.KeyVersion {
	v := wire.KeyVersion{Revision: c.Revision.Main, Number: c.KV.Version}
	if c.Deleted {
		v.Title = fmt.Sprintf("revision %d: %s deleted", v.Revision, c.KV.Key)
	} else {
		v.Title = fmt.Sprintf("revision %d: %s = %s, version %d", v.Revision, c.KV.Key, clip(c.KV.Value), v.Number)
	}
	at := g.Compacted
	switch {
	case v.Revision <= at && g.store.Stays(c, at):
		v.Fate = wire.VersionKept
	case v.Revision <= at:
		v.Fate = wire.VersionGoing
	case g.asked && v.Revision <= g.Read && !g.store.Stays(c, g.Read):
		v.Fate, at = wire.VersionWould, g.Read
	}
	if v.Fate != wire.VersionStays {
		v.Title += fmt.Sprintf(fateText[v.Fate], at)
	}
	return v
}

// clip keeps a text to what fits on a line.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func storeOf(w *world.World, selected wire.Selection) (*etcd.Member, sim.Host) {
	if h := selected.Host; selected.Of == wire.SelectHost && h.IsMember() && h.Number() <= len(w.Members()) {
		if m := w.Members()[h.Number()-1]; m.Up() {
			return m, h
		}
	}
	var best *etcd.Member
	host := sim.Host(0)
	for i, m := range w.Members() {
		if m.Up() && (best == nil || m == w.Leader() || (best != w.Leader() && m.Applied() > best.Applied())) {
			best, host = m, sim.Member(i+1)
		}
	}
	return best, host
}

// change is what an entry that is not yet applied will do to a key.
type change struct {
	key, text string
	puts      bool
}

// pending lists the changes in a member's log that its store does not have yet.
func pending(m *etcd.Member) []change {
	var list []change
	for i := m.Applied() + 1; i <= m.Node().LastIndex() && len(list) < pendingMost; i++ {
		e, ok := m.Node().EntryAt(i)
		if !ok || e.Type != raft.EntryNormal || len(e.Data) == 0 {
			continue
		}
		if _, call, err := api.Decode(e.Data); err == nil {
			list = append(list, changes(call)...)
		}
	}
	return list
}

// changes lists what a call does to single keys, in whichever branch of a transaction.
func changes(c api.Call) (list []change) {
	switch c := c.(type) {
	case api.Put:
		return []change{{c.Key, "put " + clip(c.Value) + ", not yet applied", true}}
	case api.DeleteRange:
		return []change{{c.Key, "del, not yet applied", false}}
	case api.Txn:
		for _, op := range append(append([]api.Call(nil), c.Success...), c.Failure...) {
			list = append(list, changes(op)...)
		}
	}
	return list
}

// generations writes a key's history as etcd's own comments do: {2 5 6†} {9}. † is a tombstone.
func generations(s *mvcc.Store, key string) string {
	var b strings.Builder
	for i, g := range s.Generations(key) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('{')
		revs := g.Revs
		if len(revs) > 6 {
			fmt.Fprintf(&b, "%d … ", revs[0].Main)
			revs = revs[len(revs)-4:]
		}
		for k, r := range revs {
			if k > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprint(&b, r.Main)
			if g.Ended && k == len(revs)-1 {
				b.WriteString("†")
			}
		}
		b.WriteByte('}')
	}
	return b.String()
}
