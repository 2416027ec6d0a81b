package etcd

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// storage is what a machine keeps when its process ends: a data directory on a disk.
type storage struct {
	Data
	disk sim.Disk
}

// backend is what the member's database file holds: the store as of its last batch commit, and the log index that the
// batch went up to (etcd's consistent index).
type backend struct {
	Database
	index   raft.Index
	conf    raft.ConfState
	at      sim.Time
	changes int
}

func (s *storage) clone() storage { return storage{s.Data.clone(), s.disk} }

// crash loses what was not synced, all of it or, if torn, half.
func (s *storage) crash(torn bool, why string, out *Output) {
	lost := 0
	if torn {
		lost = s.wal.tear()
	} else {
		lost = s.wal.crash()
	}
	out.event(Event{Kind: Crashed, Rule: rule.UnsyncedLost, Count: lost, Text: why})
	s.disk.Crash()
}

// commit puts a database in the place of the one in the file.
func (s *storage) commit(now sim.Time, db Database, index raft.Index, conf raft.ConfState) {
	s.backend = backend{Database: db, index: index, conf: conf, at: now}
}

// RecoveryTime is how long a start takes: the log behind the newest snapshot is read, and the index of the database is
// built anew (mvcc/kvstore.go, restore). The figures are etcd's hardware page's: 100 MB/s, at about 300 bytes an entry
// or revision.
func (d *Data) RecoveryTime() sim.Time {
	const (
		start = 20 * sim.Millisecond
		each  = 3 * sim.Microsecond
	)
	last, _ := d.wal.Synced()
	return start + each*sim.Time(last-d.wal.snapshot.Index) + each*sim.Time(d.backend.Store.Revision())
}

// commitBackend writes the store's changes to the database file: every 100 ms, or at 10,000 changes (backend.go).
func (p *process) commitBackend(t *turn) {
	b := &t.storage.backend
	if p.applier.applied != b.index && (t.now >= b.at+backendInterval || b.changes >= backendLimit) {
		p.writeBackend(t)
	}
}

// writeBackend commits the backend's batch.
func (p *process) writeBackend(t *turn) {
	t.storage.commit(t.now, p.applier.database(), p.applier.applied, p.loop.node.Conf())
	p.countCommit(t)
	t.out.event(Event{Kind: BackendCommit, Index: p.applier.applied, Revision: p.applier.store.Revision()})
}
