package view

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Databases shows the members' database files.
func Databases(run *world.Run, _ Lens) *wire.Databases {
	w, v := run.World(), &wire.Databases{}
	for i, m := range w.Members() {
		d := wire.Database{Name: sim.Member(i + 1).String(), Up: m.Up()}
		if m.Up() {
			s := m.Store()
			d.Size, d.InUse, d.Free, d.Rows = s.Size(), s.SizeInUse(), s.FreePages(), s.Rows()
			d.Max, d.Compacted, d.Note = max(m.Quota(), 0), max(s.CompactRevision(), 0), compaction(s)
		}
		v.Rows = append(v.Rows, d)
	}
	if m, _ := storeOf(w, wire.Selection{}); m != nil {
		for _, a := range m.Alarms() {
			v.Alarms = append(v.Alarms,
				fmt.Sprintf("%s of %s", [...]string{"", "NOSPACE", "CORRUPT"}[a.Alarm], raft.ID(a.Member)))
		}
	}
	return v
}

// whyVersion explains a version of a key.
func whyVersion(run *world.Run, lens Lens) *wire.Why {
	w, rev, key := run.World(), lens.Select.Number, lens.Select.Key
	m, h := storeOf(w, wire.Selection{})
	if m == nil {
		return nil
	}
	s := m.Store()
	c := &wire.Why{Title: fmt.Sprintf("%s at revision %d", key, rev), At: -1}
	var found *mvcc.Change
	for x := range s.Changes(rev) {
		if x.Revision.Main != rev {
			break
		}
		if x.KV.Key == key {
			found = &x
		}
	}
	if found == nil {
		c.Text = []string{fmt.Sprintf("%v has no such version any more: a compaction has dropped it.", h)}
		cite(c, rule.CompactionKeepsNewest)
		return c
	}
	versionText(c, found)
	versionFate(c, s, found, lens.Revision)
	applied(c, run, m, h, rev)
	return c
}

func versionText(c *wire.Why, x *mvcc.Change) {
	cite(c, rule.RevisionPerWrite)
	if x.Deleted {
		c.Text = append(c.Text, "A tombstone: the key was deleted, and its generation ended.")
		cite(c, rule.TombstoneEndsGeneration)
		return
	}
	c.Text = append(c.Text,
		fmt.Sprintf("Version %d of the generation that began at revision %d.", x.KV.Version, x.KV.CreateRevision))
	fact(c, "value", "%s", clip(x.KV.Value))
	if x.KV.Lease != 0 {
		fact(c, "lease", "%x", x.KV.Lease)
	}
}

// versionFate says what compactions do to a version: the last one, and one to the revision that is shown.
func versionFate(c *wire.Why, s *mvcc.Store, x *mvcc.Change, read int64) {
	rev, done := s.Revision(), s.CompactRevision()
	if read > 0 && read < rev && read >= done {
		rev = read
	}
	cite(c, rule.CompactionKeepsNewest)
	switch at := x.Revision.Main; {
	case at <= done && s.Stays(x, done):
		c.Text = append(c.Text,
			fmt.Sprintf("It lies in the history that was compacted to %d, and stays: a read at %d sees it, or a watch may "+
				"begin there.", done, done))
	case at <= done:
		c.Text = append(c.Text,
			fmt.Sprintf("The compaction to %d has still to drop it: no read can reach it any more.", done))
	case at > rev:
		c.Text = append(c.Text, fmt.Sprintf("A compaction to %d would keep it: it is younger.", rev))
	case s.Stays(x, rev):
		c.Text = append(c.Text, fmt.Sprintf("A compaction to %d would keep it: it is what a read at %d sees.", rev, rev))
	case x.Deleted:
		c.Text = append(c.Text,
			fmt.Sprintf("A compaction to %d would drop it: a tombstone only stays at the very revision of the compaction.", rev))
	default:
		c.Text = append(c.Text,
			fmt.Sprintf("A compaction to %d would drop it: a newer change of the key hides it there.", rev))
	}
}

// firstApplied returns the record of a member's entry that made a revision, as far as the journal goes back: the first
// of the member's behind the newest that has not come so far.
func firstApplied(run *world.Run, h sim.Host, rev int64) *world.Record {
	applied := func(r *world.Record) bool {
		return r.Where == h && r.Kind == world.AtMember && r.Member.Kind == etcd.Applied
	}
	j := run.World().Journal()
	seq := max(j.First(), 1)
	before := run.Newest(fmt.Sprintf("before revision %d at %v", rev, h),
		func(r *world.Record) bool { return applied(r) && r.Member.Revision < rev })
	if before != nil {
		seq = max(seq, before.Seq+1)
	}
	for ; seq < j.Next(); seq++ {
		if r := j.At(seq); r != nil && applied(r) {
			if r.Member.Revision == rev {
				return r
			}
			return nil
		}
	}
	return nil
}

// applied says which entry a revision is, and who asked for it, as far as the journal goes back.
func applied(c *wire.Why, run *world.Run, m *etcd.Member, h sim.Host, rev int64) {
	first := firstApplied(run, h, rev)
	if first == nil {
		return
	}
	c.At = int64(first.At)
	c.Causes = causes(run, first.Seq)
	fact(c, "entry", "%d", first.Member.Index)
	fact(c, "applied at "+h.String(), "%s", text.Clock(first.At))
	if e, ok := entryAt(m, first.Member.Index); ok {
		if id, call, err := api.Decode(e.Data); err == nil {
			fact(c, "request", "%d: %s", id, etcd.CallText(call))
		}
	}
	for seq := first.Cause; seq != 0; {
		r := run.Record(seq)
		if r == nil {
			return
		}
		if r.Where.IsClient() {
			fact(c, "asked by", "%v", r.Where)
			return
		}
		seq = r.Cause
	}
}
