package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What one member does or tells about itself, whatever the others do (api/v3rpc/maintenance.go).

// serveLocal answers from what the member has, without asking anybody.
func (m *Member) serveLocal(req *Request, out *Output) {
	switch c := req.Call.(type) {
	case api.Status:
		m.tell(req, m.status(), out)
	case api.LeaseLeases:
		var reply api.LeaseLeasesReply
		for _, l := range m.lessor.Leases() {
			reply.IDs = append(reply.IDs, int64(l.ID))
		}
		m.tell(req, reply, out)
	case api.HashKV:
		h, err := m.store.HashKV(c.Revision)
		if err != nil {
			m.reject(req, err.Error(), out)
			return
		}
		m.tell(req, api.HashKVReply{Hash: h.Hash, CompactRevision: h.CompactRevision, HashRevision: h.Revision}, out)
	case api.Snapshot:
		db := m.database()
		m.respond(req, &Response{
			ID: req.ID, Executed: true, Database: &db,
			Reply: m.reply(api.SnapshotReply{Version: m.status().StorageVersion, Size: m.store.Size()}),
		}, out)
	}
}

func (m *Member) status() api.StatusReply {
	s := api.StatusReply{
		Version: version, DBSize: m.store.Size(), DBSizeInUse: m.store.SizeInUse(), DBSizeQuota: m.cfg.quota(),
		RaftIndex: uint64(m.taken), RaftAppliedIndex: uint64(m.applied), RaftTerm: uint64(m.appliedTerm),
		Learner: m.isLearner(),
	}
	if m.cluster.version != "" {
		s.StorageVersion = m.cluster.version
	}
	if m.lead != raft.None {
		s.Leader = m.cluster.of(m.lead).id
	} else {
		s.Errors = append(s.Errors, api.ErrNoLeader)
	}
	for _, a := range m.activeAlarms(api.AlarmNone) {
		s.Errors = append(s.Errors, alarmText(a))
	}
	return s
}

// defragment is a defragmentation under way. Until it is done the member neither reads nor writes its database; Raft
// goes on (storage/backend/backend.go, defrag).
type defragment struct {
	req     *Request
	waiting []input // what needs the database
	apply   bool    // the entries at the head of the queue wait, too
}

// blocks reports whether a request has to wait for the database before anything else happens: what reads it, and what
// asks the server for it (etcdserver/server.go, Backend, GetStorageVersion). Ranges wait when they come to read,
// entries when they are to be applied; proposals, leases and the list of members do not need it.
func (d *defragment) blocks(req *Request) bool {
	if d.req == nil {
		return false
	}
	switch req.Call.(type) {
	case api.Status, api.HashKV, api.Snapshot, api.Defragment:
		return true
	}
	return false
}

func (d *defragment) clone() defragment {
	c := *d
	c.waiting = append([]input(nil), d.waiting...)
	return c
}

// Copying a database into a new file: 100 MB/s, as other work of a disk here.
const (
	defragStart   = 5 * sim.Millisecond
	defragPerByte = 100 // bytes a microsecond
)

func (m *Member) serveDefrag(now sim.Time, req *Request, out *Output) {
	m.defrag.req, m.tally.defragFrom = req, now
	took := defragStart + sim.Time(m.store.SizeInUse()/defragPerByte)
	out.Wakes = append(out.Wakes, Wake{now + took, WakeDefrag, m.life})
	out.event(Event{Kind: DefragStarted, Count: int(m.store.Size()), Request: req.ID, Until: now + took})
}

// defragmented ends it: the file is as long as what is in it, and what has waited goes on.
func (m *Member) defragmented(now sim.Time, out *Output) {
	d := m.defrag
	m.defrag = defragment{}
	m.tally.observe(timeDefrag, now-m.tally.defragFrom)
	m.store.Defragment()
	m.writeBackend(now, out)
	out.event(Event{Kind: DefragDone, Count: int(m.store.Size()), Request: d.req.ID})
	m.tell(d.req, nil, out)
	if d.apply {
		m.applyHead(now, out)
	}
	m.startApply(now, out)
	for _, in := range d.waiting {
		if in.kind == inRead {
			m.read(now, reader{in.req, in.since}, out)
		} else {
			m.handle(now, in.req, &in.links, out)
		}
	}
}

// database commits what there is and returns what the member's file holds then (storage/backend/backend.go, Snapshot).
func (m *Member) database() Database {
	m.store.Commit()
	return Database{m.store.Clone(), m.lessor.Saved(), m.alarms, m.cluster}
}

// load makes a database the member's own, as a process does that opens it: leases get their keys back, and expire
// nowhere until a leader says when.
func (m *Member) load(db *Database) {
	m.store, m.alarms, m.cluster = db.Store.Clone(), db.alarms, db.cluster
	m.store.Restart()
	m.store.Share(m.twins)
	m.lessor = lease.Recover(m.leaseConfig(), db.leases)
	if m.lessor.Len() == 0 {
		return
	}
	for kv := range m.store.All("\x00", "\x00", 0) {
		if kv.Lease != 0 {
			// A lease that is gone has taken its keys with it.
			_ = m.lessor.Attach(lease.ID(kv.Lease), kv.Key)
		}
	}
}
