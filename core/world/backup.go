package world

import (
	"strings"

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
	Damaged  bool // its bytes are not those that its checksum was made of
	database *etcd.Database
}

// backupsMost is how many files are kept; the oldest goes.
const backupsMost = 16

// commandFileHash prints the hash of a file (etcdutl hashkv).
func (w *World) commandFileHash(c script.FileHash) error {
	from, _, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	w.given(c)
	said := Said{failure: "stat " + c.File + ": no such file or directory", exit: ctl.ExitError, Done: true}
	for i := range w.backups {
		if b := &w.backups[i]; b.File == c.File {
			if h, err := b.database.Store.HashKV(c.Rev); err != nil {
				said.failure = strings.TrimPrefix(err.Error(), "etcdserver: ")
			} else {
				said.failure, said.exit = "", 0
				said.hash = &api.HashKVReply{Hash: h.Hash, CompactRevision: h.CompactRevision, HashRevision: h.Revision}
			}
		}
	}
	w.say(from, w.typing(from, c, c.Flags).Task, said)
	return nil
}

// keepBackup takes a file that a client has received. A file of the same name is overwritten.
func (w *World) keepBackup(op *client.Operation) {
	save, ok := op.Request.Call.(api.Snapshot)
	if !ok || op.Outcome != client.Acknowledged {
		return
	}
	kept := []Backup{{save.File, w.now, op.Response.Header.Revision, false, op.Response.Database}}
	for _, b := range w.backups {
		if b.File != save.File && len(kept) < backupsMost {
			kept = append(kept, b)
		}
	}
	w.backups = kept
}

// status returns what etcdutl tells of the file. Its hash is of the key-values alone, which are all of the file that is
// modelled byte for byte.
func (b *Backup) status() ctl.Status {
	s := ctl.Status{
		File: b.File, Found: true, Keys: b.database.Store.Len(), Size: b.database.Store.Size(),
		Version: b.database.StorageVersion(),
	}
	if s.Revision = b.Revision; s.Revision == 1 {
		s.Revision = 0 // no key was ever written
	}
	if h, err := b.database.Store.HashKV(0); err == nil {
		s.Hash = h.Hash
	}
	return s
}

// silence takes what the old cluster's members said off the network: the new one has another id, and would not listen
// (rafthttp/http.go).
func (w *World) silence() {
	w.queue.Reschedule(func(_ sim.Time, e *event) (sim.Time, bool) {
		return -1, e.kind == evReport || (e.kind == evDeliver && e.packet.Raft() != nil)
	})
	var held []*Packet
	for _, p := range w.held {
		if p.Raft() == nil {
			held = append(held, p)
		}
	}
	w.held = held
}

// backup returns the file of a name; nil if there is none.
func (w *World) backup(file string) *Backup {
	for i := range w.backups {
		if w.backups[i].File == file {
			return &w.backups[i]
		}
	}
	return nil
}

// Backups returns the files that clients hold, the newest first.
func (w *World) Backups() []Backup { return w.backups }
