package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Backup is a file that a client made with "snapshot save".
type Backup struct {
	File     string
	At       sim.Time
	Revision int64
	database *etcd.Database
}

// backupsMost is how many files are kept; the oldest goes.
const backupsMost = 16

// keepBackup takes a file that a client has received. A file of the same name is overwritten.
func (w *World) keepBackup(op *client.Operation) {
	save, ok := op.Request.Call.(api.Snapshot)
	if !ok || op.Outcome != client.Acknowledged {
		return
	}
	kept := []Backup{{save.File, w.now, op.Response.Header.Revision, op.Response.Database}}
	for _, b := range w.backups {
		if b.File != save.File && len(kept) < backupsMost {
			kept = append(kept, b)
		}
	}
	w.backups = kept
}

// status returns what etcdutl tells of the file. Its hash is of the key-values alone, which are all of the file that is modelled byte for byte.
func (b *Backup) status() ctl.Status {
	s := ctl.Status{
		File: b.File, Found: true, Keys: b.database.Store.Len(), Size: b.database.Store.Size(), Version: b.database.StorageVersion(),
	}
	if s.Revision = b.Revision; s.Revision == 1 {
		s.Revision = 0 // no key was ever written
	}
	if h, err := b.database.Store.HashKV(0); err == nil {
		s.Hash = h.Hash
	}
	return s
}

// restore founds a new cluster on the machines of the old one, which must all be down: each gets the file's database and a log that holds only
// the members. It begins with them down; what was written after the backup is gone, and clients that were told otherwise were told the truth of
// another cluster. So the judges begin anew.
func (w *World) restore(c script.SnapshotRestore) error {
	var from *Backup
	for i := range w.backups {
		if w.backups[i].File == c.File {
			from = &w.backups[i]
		}
	}
	if from == nil {
		return refuse("there is no file %q: make one with snapshot save, while a member runs", c.File)
	}
	for i, m := range w.members {
		if m.Up() || w.starts[i+1] != 0 {
			return refuse("%v is running: a new cluster can only be founded when the old one is down", sim.Member(i+1))
		}
	}
	w.given(c)
	w.members = append([]*etcd.Member(nil), w.members[:w.cfg.Members]...)
	for i, m := range w.members {
		m.Restore(etcd.Founders(w.cfg.Members), from.database)
		w.machines[i+1] = machine{}
	}
	w.shelf = nil
	w.silence()
	w.origins = make([]origin, w.cfg.Members)
	w.shadows = make([]shadow, w.cfg.Members)
	w.judged.altered = [sim.MaxMembers + 1]bool{}
	w.judgeAnew(w.members[0].ClusterID())
	return nil
}

// silence takes what the old cluster's members said off the network: the new one has another id, and would not listen (rafthttp/http.go).
func (w *World) silence() {
	w.queue.Reschedule(func(_ sim.Time, e *event) (sim.Time, bool) {
		return -1, e.kind == evReport || (e.kind == evDeliver && e.packet.Raft != nil)
	})
	var held []*Packet
	for _, p := range w.held {
		if p.Raft == nil {
			held = append(held, p)
		}
	}
	w.held = held
}

// Backups returns the files that clients hold, the newest first.
func (w *World) Backups() []Backup { return w.backups }
