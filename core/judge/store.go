package judge

import (
	"cmp"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Applied reports what a member has applied in a turn.
func (j *Judge) Applied(now sim.Time, h sim.Host, m *etcd.Member, events []etcd.Event) {
	s := &j.cursors[h.Number()-1]
	for i := range events {
		switch e := &events[i]; e.Kind {
		case etcd.Compacted:
			j.Store.Compacted(e.Revision)
		case etcd.SnapshotInstalled:
			s.rev = 0
		}
	}
	j.changed(h, m.Store())
	for i := range events {
		if e := &events[i]; e.Kind == etcd.Applied && e.Text == "" && j.Store.KnowsLeases() && e.Index > j.ended {
			j.leaseEnded(now, m, e)
		}
	}
}

// changed reports how a member's store has changed since it was last looked at.
func (j *Judge) changed(h sim.Host, store *mvcc.Store) {
	s := &j.cursors[h.Number()-1]
	rev := store.Revision()
	if rev == s.rev {
		return
	}
	from := s.rev + 1
	if s.rev == 0 { // of what it holds already the newest will do, if it is all there: a compaction may have taken some
		j.Store.Compacted(store.CompactRevision())
		from = max(rev, 2)
		if from <= store.CompactRevision() {
			from = rev + 1
		}
	}
	s.rev = rev
	j.each(h, store, from)
}

// each reports what a member has changed from a revision on, one revision after the other.
func (j *Judge) each(h sim.Host, store *mvcc.Store, from int64) {
	changes := j.changes[:0]
	for c := range store.Changes(from) {
		if n := len(changes); n > 0 && changes[n-1].Revision != c.Revision.Main {
			j.report(j.Store.Applied(uint64(h.Number()), changes))
			changes = changes[:0]
		}
		changes = append(changes, checked(&c.KV, c.Deleted))
	}
	if len(changes) > 0 {
		j.report(j.Store.Applied(uint64(h.Number()), changes))
	}
	j.changes = changes[:0]
}

func checked(kv *mvcc.KeyValue, deleted bool) check.Change {
	return check.Change{Key: kv.Key, Value: kv.Value, Revision: kv.ModRevision, Create: kv.CreateRevision,
		Version: kv.Version, Lease: kv.Lease, Deleted: deleted}
}

// leaseEnded reports that a lease was revoked, when the first member does it. One that was refused ended nothing.
func (j *Judge) leaseEnded(now sim.Time, m *etcd.Member, e *etcd.Event) {
	j.ended = e.Index
	entry, ok := m.Node().EntryAt(e.Index)
	if !ok || entry.Type != raft.EntryNormal || len(entry.Data) == 0 {
		return
	}
	if _, call, err := api.Decode(entry.Data); err == nil {
		if r, is := call.(api.LeaseRevoke); is {
			j.report(j.Store.Ended(r.ID, int64(now)))
			j.report(j.Store.Took(r.ID, e.Revision, e.Rule == rule.RevisionPerWrite))
		}
	}
}

// Asked reports what a client has asked for, and what became of its watches, but for what they receive.
func (j *Judge) Asked(h sim.Host, e *client.Event) {
	id := uint64(h.Number())
	switch e.Kind {
	case client.Called:
		if c, ok := e.Operation.Request.Call.(api.LeaseRevoke); ok {
			j.Store.AskedToEnd(c.ID)
		}
	case client.WatchCalled:
		r := &e.Watch.Request
		key := cmp.Or(r.Key, mvcc.FromKey) // as members take it (v3rpc/watch.go, recvLoop)
		j.Store.Watched(check.Watch{Client: id, ID: e.Watch.ID, Key: key, End: r.End, Start: r.Start, PrevKV: r.PrevKV,
			NoPut: r.NoPut, NoDelete: r.NoDelete})
	case client.WatchBroken:
		j.Store.Resumed(id, e.Watch.ID)
	case client.WatchEnded:
		j.Store.Unwatched(id, e.Watch.ID)
	}
}

// WatchDelivered reports what a watch received. One that receives changes of somebody who is not judged is not judged
// any more.
func (j *Judge) WatchDelivered(h sim.Host, e *client.Event, judged bool) {
	if !judged {
		j.Store.Unwatched(uint64(h.Number()), e.Watch.ID)
		return
	}
	j.report(j.Store.Delivered(uint64(h.Number()), e.Watch.ID, delivered(e.Message)))
}

func delivered(m *watch.Message) check.Response {
	r := check.Response{Revision: m.Revision, Fragment: m.Fragment, Events: make([]check.WatchEvent, len(m.Events))}
	for i, c := range m.Events {
		r.Events[i].Change = checked(&c.KV, c.Deleted)
		if m.Prev != nil && m.Prev[i].Version != 0 {
			r.Events[i].HasPrev, r.Events[i].Prev = true, checked(&m.Prev[i], false)
		}
	}
	return r
}

// Created reports at which revision a watch of a client is confirmed, which is the first thing on its stream.
func (j *Judge) Created(c *client.Client, d *etcd.ServerMessage) {
	if d == nil || d.Message == nil || !d.Message.Created || d.Message.Canceled {
		return
	}
	for _, x := range c.Watches() {
		first := x.Watchers <= 1 || d.Message.WatchID == 0 // of many watchers the first is judged
		if x.Stream == d.Stream && !x.Ended && first {
			j.Store.Created(uint64(c.Host.Number()), x.ID, d.Message.Revision)
		}
	}
}
