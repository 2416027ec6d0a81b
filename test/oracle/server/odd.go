package server

import (
	"math"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/internal/swarm"
)

// What nobody should ask, and somebody does: what the swarm draws (swarm.Odd), and the same call twice.

func (g *generator) odds() swarm.Odd {
	return swarm.Odd{N: g.n, Key: g.key, Low: "a", High: "b", Now: g.revision}
}

// Out of a hundred calls, how many are odd, and how many are made again. Watches are few, and so more of them are.
const (
	oddCalls    = 6
	oddWatches  = 20
	secondCalls = 4
)

// oddly makes a call odd now and then, or draws the one before once more.
func (g *generator) oddly(op any) any {
	if c, ok := g.before.(api.Call); ok && g.yes(secondCalls) && g.mayRepeat(c) {
		return c
	}
	switch c := op.(type) {
	case api.Call:
		if g.yes(oddCalls) {
			op = g.odd(c)
		}
	case Watch:
		if g.yes(oddWatches) {
			op = g.oddWatch(c)
		}
	case Cancel:
		if g.yes(oddWatches) {
			op = Cancel{c.Stream, pick[int64](&g.draw, -1, math.MinInt64, math.MaxInt64)}
		}
	}
	g.before = op
	return op
}

// mayRepeat: members that are added get ids that depend on the second, and a short lease has to be revoked at once.
func (g *generator) mayRepeat(c api.Call) bool {
	switch c := c.(type) {
	case api.MoveLeader:
		return false
	case api.LeaseGrant:
		return c.TTL > 50
	case api.Alarm:
		return c.Action == api.AlarmGet
	}
	return !api.RowOf(c).Conf
}

// odd changes one thing of a call.
func (g *generator) odd(call api.Call) api.Call {
	switch c := call.(type) {
	case api.Put:
		if g.yes(50) {
			c.Key = g.odds().AnyKey()
		} else {
			c.Lease = g.odds().Lease()
		}
		return c
	case api.Range:
		return g.odds().Range(c)
	case api.DeleteRange:
		c.Key, c.End = g.odds().Span()
		return c
	case api.Compaction:
		c.Revision = g.odds().Revision()
		return c
	case api.HashKV:
		c.Revision = g.odds().Revision()
		return c
	case api.LeaseRevoke:
		return api.LeaseRevoke{ID: g.odds().Lease()}
	case api.LeaseKeepAlive:
		return api.LeaseKeepAlive{ID: g.odds().Lease()}
	case api.LeaseTimeToLive:
		c.ID = g.odds().Lease()
		return c
	}
	return call
}

// oddWatch changes one thing of a watch.
func (g *generator) oddWatch(w Watch) Watch {
	switch g.n(3) {
	case 0:
		w.Key, w.End = g.odds().Span()
	case 1:
		w.Start = g.odds().Revision()
	case 2:
		w.ID = pick[int64](&g.draw, -1, math.MinInt64, math.MaxInt64)
	}
	return w
}
