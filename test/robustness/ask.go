package robustness

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
)

// asker draws what clients ask. Each value is written once: the validators tell by it which write an event comes from.
type asker struct {
	world  *world.World
	random *rng.Stream
	writes int
}

const prefix = "hot/"

// watchesMost is how many watches there are at a time.
const watchesMost = 12

// ask draws one request.
func (a *asker) ask(w *world.World, random *rng.Stream, f script.Flags) script.Command {
	a.world, a.random = w, random
	call := func(c api.Call) script.Command { return script.Call{Call: c, Flags: f} }
	switch n := random.Intn(100); {
	case a.writes == 0:
		return call(a.put())
	case a.blind():
		return a.watchAll()
	case n < 28:
		return call(a.put())
	case n < 52:
		return call(a.read())
	case n < 72:
		return call(a.txn())
	case n < 76:
		return call(api.DeleteRange{Key: a.key()})
	case n < 79:
		return call(api.LeaseGrant{TTL: int64(2 + random.Intn(30))})
	case n < 85:
		return call(a.leased())
	case n < 88:
		return call(api.Compaction{Revision: 1 + int64(random.Intn(int(a.revision()))), Physical: a.chance(30)})
	case n < 89:
		return call(api.Defragment{})
	case n < 92:
		return script.Unwatch{Client: f.Client, ID: int64(random.Intn(3))}
	}
	return a.watch(f)
}

// watcher is the client that watches all keys, from the first revision on: as long as nothing is compacted, it should
// hear of every change.
const watcher = script.Name("c1")

// all returns the newest watch of all keys of the watcher; nil if there has been none.
func (a *asker) all() (newest *client.Watch) {
	list := a.world.Clients()[0].Watches()
	for i := range list {
		if list[i].Request.Key == mvcc.FromKey {
			newest = &list[i]
		}
	}
	return newest
}

// blind reports whether nobody watches all keys.
func (a *asker) blind() bool {
	w := a.all()
	return w == nil || w.Ended
}

// watchAll goes on where the last watch of all keys ended; behind what is gone, if that is why it ended.
func (a *asker) watchAll() script.Command {
	w := script.Watch{Key: mvcc.FromKey, End: mvcc.FromKey, Rev: 2, PrevKV: true, ProgressNotify: true,
		Flags: script.Flags{Client: watcher}}
	old := a.all()
	if old == nil {
		return w
	}
	w.Rev = old.Next
	heard := a.world.Clients()[0].Received()
	for i := heard.First(); i < heard.Len(); i++ {
		if h := heard.Ref(i); h.Watch == old.ID && h.Message.CompactRevision != 0 {
			w.Rev = h.Message.CompactRevision
		}
	}
	return w
}

func (a *asker) chance(percent int) bool { return a.random.Intn(100) < percent }

func (a *asker) key() string { return fmt.Sprint(prefix, a.random.Intn(6)) }

func (a *asker) put() api.Put {
	a.writes++
	return api.Put{Key: a.key(), Value: fmt.Sprint("w", a.writes)}
}

// store returns what a member drawn knows by now, which may be old; nil if it is down.
func (a *asker) store() *mvcc.Store {
	all := a.world.Members()
	if m := all[a.random.Intn(len(all))]; m.Up() {
		return m.Store()
	}
	return nil
}

func (a *asker) revision() int64 {
	if s := a.store(); s != nil {
		return s.Revision()
	}
	return 1
}

// read draws a range: of one key or several, now, in the past, or whatever a member has.
func (a *asker) read() api.Range {
	r := api.Range{Key: a.key()}
	if a.chance(30) {
		r.Key, r.End = prefix, mvcc.PrefixEnd(prefix)
		r.Limit = int64(a.random.Intn(4))
	}
	switch {
	case a.chance(20):
		r.Revision = 1 + int64(a.random.Intn(int(a.revision())))
	case a.chance(10):
		r.Serializable = true
	}
	return r
}

// txn draws a transaction: as Kubernetes writes, guarded by a revision; guarded by a version; or of several keys.
func (a *asker) txn() api.Txn {
	p := a.put()
	guard := api.Compare{Key: p.Key, Target: api.CompareMod}
	if s := a.store(); s != nil {
		if res, err := s.Range(p.Key, "", mvcc.RangeOptions{}); err == nil && len(res.KVs) > 0 {
			guard.Number = res.KVs[0].ModRevision
			if a.chance(30) {
				guard.Target, guard.Number = api.CompareVersion, res.KVs[0].Version
			}
		}
	}
	t := api.Txn{Compare: []api.Compare{guard}, Success: []api.Call{p}}
	switch n := a.random.Intn(100); {
	case n < 40:
		t.Failure = []api.Call{api.Range{Key: p.Key}}
	case n < 55: // the key goes; what is written elsewhere tells the validators that it did
		t.Success = []api.Call{api.DeleteRange{Key: p.Key}, api.Put{Key: prefix + "gone", Value: p.Value}}
	case n < 65:
		t = api.Txn{Success: []api.Call{api.Range{Key: p.Key}, api.Range{Key: prefix, End: mvcc.PrefixEnd(prefix)}}}
	default:
		t = api.Txn{Success: []api.Call{p, api.Range{Key: p.Key}}}
		for i := range a.random.Intn(4) {
			t.Success = append(t.Success, api.Put{Key: fmt.Sprint("cold/", i), Value: p.Value})
		}
	}
	return t
}

// leased puts a key under a lease that was granted, or ends such a lease.
func (a *asker) leased() api.Call {
	var ids []int64
	h := a.world.History()
	for i := range h.Len() {
		if op := h.Ref(i); op.Response != nil {
			if g, ok := op.Response.Body.(api.LeaseGrantReply); ok {
				ids = append(ids, g.ID)
			}
		}
	}
	if len(ids) == 0 {
		return api.LeaseGrant{TTL: 10}
	}
	id := ids[max(0, len(ids)-1-a.random.Intn(3))]
	if a.chance(25) {
		return api.LeaseRevoke{ID: id}
	}
	p := a.put()
	p.Lease = id
	return p
}

// watch draws a watch: from now, from the past (compacted or not), from the future, or from where one that has ended
// left off.
func (a *asker) watch(f script.Flags) script.Command {
	open := 0
	for _, c := range a.world.Clients() {
		for _, w := range c.Watches() {
			if !w.Ended {
				open++
			}
		}
	}
	if open >= watchesMost {
		return nil
	}
	w := script.Watch{Key: a.key(), PrevKV: a.chance(50), ProgressNotify: a.chance(50), Flags: f}
	switch {
	case a.chance(50):
		w.Key, w.End = prefix, mvcc.PrefixEnd(prefix)
	case a.chance(30):
		w.Key, w.End = mvcc.FromKey, mvcc.FromKey
	}
	switch n := a.random.Intn(100); {
	case n < 30:
	case n < 65:
		w.Rev = 1 + int64(a.random.Intn(int(a.revision())))
	case n < 80:
		w.Rev = a.revision() + int64(a.random.Intn(10))
	default:
		a.follow(&w)
	}
	return w
}

// follow makes a watch go on where one of the same client has ended.
func (a *asker) follow(w *script.Watch) {
	i, _ := w.Client.Client()
	for _, old := range a.world.Clients()[i-1].Watches() {
		if old.Ended && old.Next != 0 {
			w.Key, w.End, w.Rev = old.Request.Key, old.Request.End, old.Next
		}
	}
}
