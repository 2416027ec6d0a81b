package world

import (
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// commandCorrupt makes a member's database differ from the others', or damages a file. From then on nothing is judged
// that this member says of keys, and of the whole history no verdict is given: the fault is the disk's, not etcd's.
func (w *World) commandCorrupt(c script.Corrupt) error {
	if c.Member == "" {
		return w.damage(c)
	}
	return w.toMember(c, c.Member, func(_ sim.Host, m *etcd.Member) string {
		if !m.Holds(c.Key) {
			return "has no key " + c.Key
		}
		return ""
	}, func(h sim.Host, m *etcd.Member) {
		m.Corrupt(c.Key, c.Value)
		w.judged.altered[h.Number()], w.restored = true, true
	})
}

func (w *World) damage(c script.Corrupt) error {
	from := w.backup(c.File)
	if from == nil {
		return refuse("there is no file %q", c.File)
	}
	w.given(c)
	kept := append([]Backup(nil), w.backups...)
	for i := range kept {
		if kept[i].File == c.File {
			kept[i].Damaged, kept[i].database = true, from.database.Altered()
		}
	}
	w.backups = kept
	return nil
}

// initialCheck is the check of a member that starts, if the run has it.
func (w *World) initialCheck(h sim.Host, m *etcd.Member) string {
	if !w.cfg.InitialCorruptCheck {
		return ""
	}
	var others []*etcd.Member
	for i, other := range w.members {
		if peer := sim.Member(i + 1); peer != h && other.Up() && !other.Paused() && !w.net.Cut(h, peer) &&
			!w.net.Cut(peer, h) {
			others = append(others, other)
		}
	}
	return m.InitialCheck(others)
}
