package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What one member does or tells about itself, whatever the others do (api/v3rpc/maintenance.go).

// serveLocal answers from what the member has, without asking anybody.
func (s *server) serveLocal(t *turn, req *Request) {
	switch c := req.Call.(type) {
	case api.Status:
		s.requests.reply(t, req, t.status())
	case api.LeaseLeases:
		var reply api.LeaseLeasesReply
		for _, l := range t.applier.lessor.Leases() {
			reply.IDs = append(reply.IDs, int64(l.ID))
		}
		s.requests.reply(t, req, reply)
	case api.HashKV:
		h, err := t.applier.store.HashKV(c.Revision)
		if err != nil {
			s.requests.reject(t, req, err.Error())
			return
		}
		s.requests.reply(t, req, api.HashKVReply{Hash: h.Hash, CompactRevision: h.CompactRevision, HashRevision: h.Revision})
	case api.Snapshot:
		db := t.applier.database()
		s.requests.respond(t, req, &Response{
			ID: req.ID, Executed: true, Database: &db,
			Reply: t.applier.reply(t, api.SnapshotReply{Version: t.status().StorageVersion, Size: t.applier.store.Size()}),
		})
	}
}

func (t *turn) status() api.StatusReply {
	reply := api.StatusReply{
		Version: version, DBSizeQuota: t.self.cfg.quota(),
		DBSize: t.applier.store.Size(), DBSizeInUse: t.applier.store.SizeInUse(),
		RaftIndex: uint64(t.loop.taken), RaftAppliedIndex: uint64(t.applier.applied), RaftTerm: uint64(t.applier.appliedTerm),
		Learner: t.loop.isLearner(t.self.id),
	}
	if t.applier.cluster.version != "" {
		reply.StorageVersion = t.applier.cluster.version
	}
	if t.loop.lead != raft.None {
		reply.Leader = t.applier.cluster.of(t.loop.lead).id
	} else {
		reply.Errors = append(reply.Errors, api.ErrNoLeader)
	}
	for _, a := range t.applier.activeAlarms(api.AlarmNone) {
		reply.Errors = append(reply.Errors, alarmText(a))
	}
	return reply
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

func (p *process) serveDefrag(t *turn, req *Request) {
	p.applier.defrag.req, p.disk.defragFrom = req, t.now
	took := defragStart + sim.Time(p.applier.store.SizeInUse()/defragPerByte)
	t.wake(t.now+took, WakeDefrag)
	t.out.event(Event{Kind: DefragStarted, Count: int(p.applier.store.Size()), Request: req.ID, Until: t.now + took})
}

// defragmented ends it: the file is as long as what is in it, and what has waited goes on.
func (p *process) defragmented(t *turn) {
	d := p.applier.defrag
	p.applier.defrag = defragment{}
	p.disk.observe(timeDefrag, t.now-p.disk.defragFrom)
	p.applier.store.Defragment()
	p.writeBackend(t)
	t.out.event(Event{Kind: DefragDone, Count: int(p.applier.store.Size()), Request: d.req.ID})
	p.server.requests.reply(t, d.req, nil)
	if d.apply {
		p.applyHead(t)
	}
	p.applier.startApply(t)
	for _, in := range d.waiting {
		if in.kind == inRead {
			p.server.read(t, reader{in.req, in.since})
		} else {
			p.handle(t, in.req, in.links)
		}
	}
}
