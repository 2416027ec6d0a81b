package server

import (
	"math"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
)

// What nobody should ask, and somebody does: leases that cannot be, empty and reversed ranges, negative and future
// revisions, the same call twice.

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
			c.Key = g.oddKey()
		} else {
			c.Lease = g.oddLease()
		}
		return c
	case api.Range:
		return g.oddRange(c)
	case api.DeleteRange:
		c.Key, c.End = g.oddSpan()
		return c
	case api.Compaction:
		c.Revision = g.oddRevision()
		return c
	case api.HashKV:
		c.Revision = g.oddRevision()
		return c
	case api.LeaseRevoke:
		return api.LeaseRevoke{ID: g.oddLease()}
	case api.LeaseKeepAlive:
		return api.LeaseKeepAlive{ID: g.oddLease()}
	case api.LeaseTimeToLive:
		c.ID = g.oddLease()
		return c
	}
	return call
}

// oddWatch changes one thing of a watch.
func (g *generator) oddWatch(w Watch) Watch {
	switch g.n(3) {
	case 0:
		w.Key, w.End = g.oddSpan()
	case 1:
		w.Start = g.oddRevision()
	case 2:
		w.ID = pick[int64](&g.draw, -1, math.MinInt64, math.MaxInt64)
	}
	return w
}

func (g *generator) oddKey() string {
	return pick(&g.draw, "", "\x00", "\x00\x00", "\xff\xff", "a\x00")
}

// oddLease draws no lease, one that never was, and one that cannot be.
func (g *generator) oddLease() int64 {
	return pick[int64](&g.draw, 0, 0, -1, 1<<40, math.MinInt64, math.MaxInt64)
}

func (g *generator) oddRevision() int64 {
	return pick(&g.draw, 0, -1, g.revision+1, g.revision+1000, math.MinInt64, math.MaxInt64)
}

// oddSpan draws a range that is empty, reversed, or begins where keys cannot.
func (g *generator) oddSpan() (key, end string) {
	key = g.key()
	switch g.n(5) {
	case 0:
		return key, key
	case 1:
		return "b", "a"
	case 2:
		return "", pick(&g.draw, "", "a", mvcc.FromKey)
	case 3:
		return mvcc.FromKey, pick(&g.draw, "", "a", "\x00\x00")
	}
	return g.oddKey(), g.oddKey()
}

func (g *generator) oddRange(c api.Range) api.Range {
	switch g.n(4) {
	case 0:
		c.Key, c.End = g.oddSpan()
	case 1:
		c.Revision = g.oddRevision()
	case 2:
		c.Limit = pick[int64](&g.draw, 0, -1, math.MinInt64, math.MaxInt64)
	case 3:
		for _, bound := range [...]*int64{&c.MinModRevision, &c.MaxModRevision, &c.MinCreateRevision, &c.MaxCreateRevision} {
			if g.yes(50) {
				*bound = g.oddRevision()
			}
		}
	}
	return c
}
