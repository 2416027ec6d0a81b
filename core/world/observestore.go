package world

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

// What the judge of the store is told (check.Store): in plain facts, of what members apply and of what clients hear.

// observeStore tells it what a member has applied in this turn.
func (w *World) observeStore(h sim.Host) {
	m, s := w.member(h), &w.shadows[h.Number()-1]
	store := m.Store()
	if store == nil || w.distrusts(h) {
		return
	}
	for i := range w.memberOut.Events {
		switch e := &w.memberOut.Events[i]; e.Kind {
		case etcd.Compacted:
			w.store.Compacted(e.Revision)
		case etcd.SnapshotInstalled:
			s.rev = 0
		}
	}
	w.observeChanges(h, store)
	for i := range w.memberOut.Events {
		if e := &w.memberOut.Events[i]; e.Kind == etcd.Applied && e.Text == "" && w.store.KnowsLeases() && e.Index > w.ended {
			w.tellEnded(m, e)
		}
	}
}

// observeChanges tells it how a member's store has changed since it was last looked at.
func (w *World) observeChanges(h sim.Host, store *mvcc.Store) {
	s := &w.shadows[h.Number()-1]
	rev := store.Revision()
	if rev == s.rev {
		return
	}
	from := s.rev + 1
	if s.rev == 0 { // of what it holds already the newest will do, if it is all there: a compaction may have taken some
		w.store.Compacted(store.CompactRevision())
		from = max(rev, 2)
		if from <= store.CompactRevision() {
			from = rev + 1
		}
	}
	s.rev = rev
	w.tellChanges(h, store, from)
}

// tellChanges tells what a member has changed from a revision on, one revision after the other.
func (w *World) tellChanges(h sim.Host, store *mvcc.Store, from int64) {
	changes := w.changes[:0]
	for c := range store.Changes(from) {
		if n := len(changes); n > 0 && changes[n-1].Revision != c.Revision.Main {
			w.judge(w.store.Applied(uint64(h.Number()), changes))
			changes = changes[:0]
		}
		changes = append(changes, checked(&c.KV, c.Deleted))
	}
	if len(changes) > 0 {
		w.judge(w.store.Applied(uint64(h.Number()), changes))
	}
	w.changes = changes[:0]
}

func checked(kv *mvcc.KeyValue, deleted bool) check.Change {
	return check.Change{Key: kv.Key, Value: kv.Value, Revision: kv.ModRevision, Create: kv.CreateRevision,
		Version: kv.Version, Lease: kv.Lease, Deleted: deleted}
}

// tellEnded tells that a lease was revoked, when the first member does it. A revocation that was refused ended nothing.
func (w *World) tellEnded(m *etcd.Member, e *etcd.Event) {
	w.ended = e.Index
	entry, ok := m.Node().EntryAt(e.Index)
	if !ok || entry.Type != raft.EntryNormal || len(entry.Data) == 0 {
		return
	}
	if _, call, err := api.Decode(entry.Data); err == nil {
		if r, is := call.(api.LeaseRevoke); is {
			w.judge(w.store.Ended(r.ID, int64(w.now)))
			w.judge(w.store.Took(r.ID, e.Revision, e.Rule == rule.RevisionPerWrite))
		}
	}
}

// reign notes since when nobody but one member can have been the leader: it leads, no other does, and nobody was
// elected after it.
func (w *World) reign() {
	w.sole = -1
	var only *etcd.Member
	for i, m := range w.members {
		if m.Leads() && !w.outside(sim.Member(i+1)) {
			if only != nil {
				return
			}
			only = m
		}
	}
	if only != nil && only.Node().Term() >= w.story.open.Term {
		w.sole = w.now
	}
}

// observeClient tells the judge what a client did and was told in this turn.
func (w *World) observeClient(h sim.Host, e *client.Event) {
	id := uint64(h.Number())
	switch e.Kind {
	case client.Called:
		if c, ok := e.Operation.Request.Call.(api.LeaseRevoke); ok {
			w.store.AskedToEnd(c.ID)
		}
	case client.Returned:
		if op := &e.Operation; op.Outcome == client.Acknowledged && op.Call >= w.founded && !w.doubtful(op.Response) {
			w.judgeAnswer(id, op)
		}
	case client.WatchCalled:
		r := &e.Watch.Request
		key := cmp.Or(r.Key, mvcc.FromKey) // as members take it (v3rpc/watch.go, recvLoop)
		w.store.Watched(check.Watch{Client: id, ID: e.Watch.ID, Key: key, End: r.End, Start: r.Start, PrevKV: r.PrevKV,
			NoPut: r.NoPut, NoDelete: r.NoDelete})
	case client.WatchTold:
		if w.distrusts(e.Watch.Endpoint) {
			w.store.Unwatched(id, e.Watch.ID)
			return
		}
		w.judge(w.store.Told(id, e.Watch.ID, told(e.Message)))
	case client.WatchBroken:
		w.store.Resumed(id, e.Watch.ID)
	case client.WatchEnded:
		w.store.Unwatched(id, e.Watch.ID)
	}
}

func told(m *watch.Message) check.Response {
	r := check.Response{Revision: m.Revision, Fragment: m.Fragment, Events: make([]check.WatchEvent, len(m.Events))}
	for i, c := range m.Events {
		r.Events[i].Change = checked(&c.KV, c.Deleted)
		if m.Prev != nil && m.Prev[i].Version != 0 {
			r.Events[i].HasPrev, r.Events[i].Prev = true, checked(&m.Prev[i], false)
		}
	}
	return r
}

// observeCreated tells at which revision a watch was confirmed, which is the first thing on its stream.
func (w *World) observeCreated(h sim.Host, d *etcd.Down) {
	if d == nil || d.Message == nil || !d.Message.Created || d.Message.Canceled {
		return
	}
	for _, x := range w.client(h).Watches() {
		first := x.Watchers <= 1 || d.Message.WatchID == 0 // of many watchers the first is judged
		if x.Stream == d.Stream && !x.Ended && first {
			w.store.Created(uint64(h.Number()), x.ID, d.Message.Revision)
		}
	}
}

// Owed returns what a watch has not been told, although its stream is open at a member that has applied everything: it
// breaks a promise if it lasts.
func (w *World) Owed() *check.Violation {
	for i := range w.clients {
		for _, x := range w.clients[i].Watches() {
			if x.Ended || x.Stream == 0 || !x.Created || w.distrusts(x.Endpoint) {
				continue
			}
			if m := w.member(x.Endpoint); !m.Up() || m.Store().Revision() < w.newest().Store().Revision() {
				continue
			}
			if owed := w.store.Owed(uint64(i+1), x.ID); owed != nil {
				return owed
			}
		}
	}
	return nil
}

// judgeAnswer tells the judge what an answer says of the store and of leases.
func (w *World) judgeAnswer(id uint64, op *client.Operation) {
	rev := op.Response.Header.Revision
	switch body := op.Response.Body.(type) {
	case api.RangeReply:
		w.judgeRange(id, op.Request.Call.(api.Range), &body, rev)
	case api.PutReply:
		w.judge(w.store.JudgeWrite(&check.Write{Client: id, Revision: rev,
			Ops: []check.WriteOp{putOp(op.Request.Call.(api.Put), &body)}}))
	case api.DeleteReply:
		w.judge(w.store.JudgeWrite(&check.Write{Client: id, Revision: rev,
			Ops: []check.WriteOp{deleteOp(op.Request.Call.(api.DeleteRange), &body)}}))
	case api.TxnReply:
		w.judgeTxn(id, op.Request.Call.(api.Txn), &body, rev)
	case api.LeaseGrantReply:
		w.store.Granted(body.ID, int64(op.Call), body.TTL*int64(sim.Second))
	case api.LeaseKeepAliveReply:
		if w.sole >= 0 && w.sole <= op.Call && body.TTL > 0 {
			w.judge(w.store.Renewed(body.ID, int64(op.Call), body.TTL*int64(sim.Second)))
		}
	}
}

func (w *World) judgeRange(id uint64, c api.Range, body *api.RangeReply, rev int64) {
	o := &c.RangeOptions
	r := check.Read{
		Client: id, Key: c.Key, End: c.End, Revision: rev, KVs: versions(body.KVs), Count: body.Count, NoValues: c.KeysOnly,
		Some: c.CountOnly || c.Limit > 0 || o.MinModRevision|o.MaxModRevision|o.MinCreateRevision|o.MaxCreateRevision != 0,
	}
	if c.Revision > 0 {
		r.Revision = c.Revision
	}
	w.judge(w.store.JudgeRead(&r))
}

func versions(kvs []mvcc.KeyValue) []check.Change {
	list := make([]check.Change, len(kvs))
	for i := range kvs {
		list[i] = checked(&kvs[i], false)
	}
	return list
}

func putOp(c api.Put, body *api.PutReply) check.WriteOp {
	op := check.WriteOp{Key: c.Key, Value: c.Value, KeepsValue: c.IgnoreValue, WantsPrev: c.PrevKV}
	if body.Prev != nil {
		op.Prev = []check.Change{checked(body.Prev, false)}
	}
	return op
}

func deleteOp(c api.DeleteRange, body *api.DeleteReply) check.WriteOp {
	return check.WriteOp{Delete: true, Key: c.Key, End: c.End, Deleted: body.Deleted, Prev: versions(body.Prev),
		WantsPrev: c.PrevKV}
}

// judgeTxn tells of a transaction of plain operations and of conditions on single keys, of targets and relations that
// etcd knows. Ranges in it are judged if it changes nothing: otherwise they may lie between its changes.
func (w *World) judgeTxn(id uint64, t api.Txn, body *api.TxnReply, rev int64) {
	c := check.Write{Client: id, Revision: rev, Succeeded: body.Succeeded}
	for i := range t.Compare {
		if p := &t.Compare[i]; p.End != "" || p.Target > api.CompareLease || p.Result > api.NotEqual {
			return
		}
		c.Conditions = append(c.Conditions, condition(&t.Compare[i]))
	}
	ops := t.Success
	if !body.Succeeded {
		ops = t.Failure
	}
	for i, op := range ops {
		switch b := body.Replies[i].Body.(type) {
		case api.PutReply:
			c.Ops = append(c.Ops, putOp(op.(api.Put), &b))
		case api.DeleteReply:
			c.Ops = append(c.Ops, deleteOp(op.(api.DeleteRange), &b))
		case api.RangeReply:
			if t.ReadOnly() {
				w.judgeRange(id, op.(api.Range), &b, rev)
			}
		default:
			return // a transaction in it
		}
	}
	w.judge(w.store.JudgeWrite(&c))
}

func condition(c *api.Compare) check.Condition {
	d := check.Condition{Key: c.Key, Number: c.Number, Value: c.Value}
	d.Target = [...]check.Target{check.Version, check.CreateRevision, check.ModRevision, check.Value,
		check.LeaseID}[c.Target]
	switch c.Result {
	case api.Greater:
		d.Want = 1
	case api.Less:
		d.Want = -1
	case api.NotEqual:
		d.Not = true
	}
	return d
}
