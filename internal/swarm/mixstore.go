package swarm

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
)

// What the mix asks of the store beside puts, gets and deletions.

// ask draws a request about the store.
func (g *generator) ask(k kind) script.Command {
	flags := script.Flags{Client: g.client()}
	if g.chance(50) {
		flags.Endpoint = g.member()
	}
	switch k {
	case doWatch:
		return g.watching(flags)
	case doUnwatch:
		return script.Unwatch{Client: flags.Client}
	case doDefrag:
		flags.Endpoint = g.member()
		return script.Call{Call: api.Defragment{}, Flags: flags}
	case doStatus:
		flags.Endpoint = g.member()
		return script.Call{Call: g.status(), Flags: flags}
	case doSession:
		return g.session(flags)
	case doUpkeep:
		return g.upkeep(flags)
	case doTxn:
		return script.Call{Call: g.txn(), Flags: flags}
	case doCompact:
		return script.Call{Call: api.Compaction{Revision: max(1, g.revision()-int64(g.random.Intn(30))),
			Physical: g.chance(30)}, Flags: flags}
	}
	return g.leasing(k, flags)
}

// revision returns the newest of the store.
func (g *generator) revision() int64 {
	rev := int64(1)
	for _, m := range g.world.Members() {
		if m.Up() {
			rev = max(rev, m.Store().Revision())
		}
	}
	return rev
}

// span draws a key, or the keys with a prefix, or all.
func (g *generator) span() (key, end string) {
	switch n := g.random.Intn(10); {
	case n < 5:
		return g.key(), ""
	case n < 7:
		return "hot/", mvcc.PrefixEnd("hot/")
	case n < 8:
		return "leased/", mvcc.PrefixEnd("leased/")
	case n < 9:
		return "cold/", mvcc.PrefixEnd("cold/")
	}
	return mvcc.FromKey, mvcc.FromKey
}

// watching draws a watch: from now on, from the past, the future, or from a revision that may have been compacted.
func (g *generator) watching(flags script.Flags) script.Command {
	w := script.Watch{
		PrevKV: g.chance(50), ProgressNotify: g.chance(50), NoPut: g.chance(10), NoDelete: g.chance(15),
		Fragment: g.chance(30), Flags: flags,
	}
	w.Key, w.End = g.span()
	if g.bulk > large {
		w.Key, w.End, w.Fragment = mvcc.FromKey, mvcc.FromKey, g.chance(80)
		if g.chance(60) { // what lies behind is what does not fit into one response
			w.Rev = 1
			return w
		}
	}
	switch rev := int(g.revision()); g.random.Intn(5) {
	case 0:
		w.Rev = int64(1 + g.random.Intn(rev))
	case 1:
		w.Rev = int64(max(1, rev-g.random.Intn(10)))
	case 2:
		w.Rev = int64(rev + 1 + g.random.Intn(20))
	}
	return w
}

func (g *generator) status() api.Call {
	switch g.random.Intn(4) {
	case 0:
		return api.HashKV{}
	case 1:
		return api.HashKV{Revision: max(1, g.revision()-int64(g.random.Intn(10)))}
	case 2:
		return api.Alarm{}
	}
	return api.Status{}
}

// options draws how a range is read, beside its keys.
func (g *generator) options(c api.Range) api.Range {
	switch g.random.Intn(8) {
	case 0:
		c.Limit = int64(1 + g.random.Intn(3))
	case 1:
		c.CountOnly = true
	case 2:
		c.KeysOnly = true
	case 3:
		c.SortTarget, c.SortOrder = mvcc.SortTarget(1+g.random.Intn(4)), mvcc.SortOrder(1+g.random.Intn(2))
	case 4:
		c.MinModRevision = g.revision() - int64(g.random.Intn(20))
	case 5:
		c.Revision = max(1, g.revision()-int64(g.random.Intn(20)))
	}
	c.MinModRevision = max(c.MinModRevision, 0)
	return c
}

// txn draws a transaction: a mutex, a compare-and-swap, or several operations at once.
func (g *generator) txn() api.Txn {
	key := g.key()
	swap := []api.Call{api.Put{Key: key, Value: g.value(), PrevKV: g.chance(30)}}
	read := []api.Call{api.Range{Key: key}}
	switch g.random.Intn(5) {
	case 0:
		return api.Txn{Compare: []api.Compare{{Target: api.CompareCreate, Key: key}}, Success: swap, Failure: read}
	case 1:
		c := api.Compare{Target: api.CompareMod, Result: api.CompareResult(g.random.Intn(4)), Key: key,
			Number: max(0, g.revision()-int64(g.random.Intn(8)))}
		return api.Txn{Compare: []api.Compare{c}, Success: swap, Failure: read}
	case 2:
		c := api.Compare{Target: api.CompareVersion, Result: api.Greater, Key: key, Number: int64(g.random.Intn(4))}
		return api.Txn{Compare: []api.Compare{c}, Success: []api.Call{api.DeleteRange{Key: key, PrevKV: g.chance(30)}},
			Failure: swap}
	case 3:
		c := api.Compare{Target: api.CompareValue, Result: api.Less, Key: key, Value: fmt.Sprintf("v%d", g.random.Intn(9))}
		return api.Txn{Compare: []api.Compare{c}, Success: append(swap, read...), Failure: read}
	}
	all := append(swap, api.Range{Key: key})
	for i := range 1 + g.random.Intn(3) {
		all = append(all, api.Put{Key: fmt.Sprintf("many/%d", i), Value: g.value()})
	}
	return api.Txn{Success: all}
}

// leasing draws a request about leases. What leases there are the generator knows from the clients.
func (g *generator) leasing(k kind, flags script.Flags) script.Command {
	if k == doGrant {
		return script.Call{Call: api.LeaseGrant{TTL: int64(1 + g.random.Intn(8))}, Flags: flags}
	}
	id := g.lease()
	if id == 0 {
		return nil
	}
	var c api.Call
	switch k {
	case doLeasePut:
		key := fmt.Sprintf("leased/%d", g.random.Intn(12))
		if g.chance(5) {
			key = g.key()
		}
		if g.chance(40) {
			id = 0 // the key loses its lease
		}
		c = api.Put{Key: key, Value: g.value(), Lease: id}
	case doKeepAlive:
		c = api.LeaseKeepAlive{ID: id}
	case doRevoke:
		c = api.LeaseRevoke{ID: id}
	default:
		c = api.LeaseTimeToLive{ID: id, Keys: g.chance(50)}
		if g.chance(20) {
			c = api.LeaseLeases{}
		}
	}
	return script.Call{Call: c, Flags: flags}
}

// lease returns one of the leases that were granted last; 0 if there are none.
func (g *generator) lease() int64 {
	h := g.world.History()
	for g.received = max(g.received, h.First()); g.received < h.Len(); g.received++ {
		op := h.Ref(g.received)
		if op.Outcome != client.Acknowledged {
			continue
		}
		if r, ok := op.Response.Body.(api.LeaseGrantReply); ok {
			g.leases = append(g.leases, r.ID)
		}
	}
	if n := len(g.leases); n > 0 {
		return g.leases[n-1-g.random.Intn(min(n, 4))]
	}
	return 0
}
