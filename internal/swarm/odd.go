package swarm

import (
	"math"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
)

// What nobody should ask, and somebody does. Members refuse it or shrug, as etcd does (test/oracle/server asks a real
// server the same); here the judges are tried: none may take it for a broken promise.

// oddly changes one thing of a command, in as many of a hundred as the run draws.
func (g *generator) oddly(c script.Command) script.Command {
	if c == nil || g.mix.odd == 0 || !g.chance(g.mix.odd) {
		return c
	}
	odd := c
	switch c := c.(type) {
	case script.Call:
		c.Call = g.odd(c.Call)
		odd = c
	case script.Watch:
		if g.chance(50) {
			c.Key, c.End = g.oddSpan()
		} else {
			c.Rev = g.oddRevision()
		}
		odd = c
	case script.KeepAlive:
		c.ID = g.oddLease()
		odd = c
	}
	if !sayable(odd) {
		return c
	}
	return odd
}

// sayable reports whether the language has words for a command: a finding must be a script.
func sayable(c script.Command) bool {
	again, err := script.Parse(c.String())
	return err == nil && again.String() == c.String()
}

func (g *generator) odd(call api.Call) api.Call {
	switch c := call.(type) {
	case api.Put:
		return g.oddPut(c)
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
	case api.LeaseGrant:
		c.TTL = []int64{0, -1, math.MaxInt64, 9_000_000_000}[g.random.Intn(4)]
		return c
	case api.LeaseRevoke:
		c.ID = g.oddLease()
		return c
	case api.LeaseKeepAlive:
		c.ID = g.oddLease()
		return c
	case api.LeaseTimeToLive:
		c.ID = g.oddLease()
		return c
	}
	return call
}

func (g *generator) oddPut(c api.Put) api.Put {
	switch g.random.Intn(4) {
	case 0:
		c.Key = g.oddKey()
	case 1:
		c.Lease = g.oddLease()
	case 2:
		c.Value, c.IgnoreValue = "", true
	case 3:
		c.Lease, c.IgnoreLease = 0, true
	}
	return c
}

func (g *generator) oddRange(c api.Range) api.Range {
	switch g.random.Intn(4) {
	case 0:
		c.Key, c.End = g.oddSpan()
	case 1:
		c.Revision = g.oddRevision()
	case 2:
		c.Limit = []int64{-1, math.MaxInt64, math.MinInt64}[g.random.Intn(3)]
	case 3:
		for _, bound := range [...]*int64{&c.MinModRevision, &c.MaxModRevision, &c.MinCreateRevision, &c.MaxCreateRevision} {
			if g.chance(50) {
				*bound = g.oddRevision()
			}
		}
	}
	return c
}

func (g *generator) oddKey() string {
	return []string{"", "\x00", "\x00\x00", "\xff\xff", "hot/0\x00"}[g.random.Intn(5)]
}

// oddLease draws no lease, one that never was, and one that cannot be.
func (g *generator) oddLease() int64 {
	return []int64{0, 0, -1, 77, math.MinInt64, math.MaxInt64}[g.random.Intn(6)]
}

func (g *generator) oddRevision() int64 {
	now := g.revision()
	return []int64{0, -1, now + 1, now + 1000, math.MinInt64, math.MaxInt64}[g.random.Intn(6)]
}

// oddSpan draws a range that is empty, reversed, or begins where no key is.
func (g *generator) oddSpan() (key, end string) {
	key = g.key()
	switch g.random.Intn(5) {
	case 0:
		return key, key
	case 1:
		return "hot/1", "cold/1"
	case 2:
		return "", []string{"", "hot/1", mvcc.FromKey}[g.random.Intn(3)]
	case 3:
		return mvcc.FromKey, []string{"", "hot/1", "\x00\x00"}[g.random.Intn(3)]
	}
	return g.oddKey(), g.oddKey()
}
