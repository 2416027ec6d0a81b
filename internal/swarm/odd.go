package swarm

import (
	"math"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
)

// Odd draws what nobody should ask, and somebody does: leases that cannot be, empty and reversed ranges, negative and
// future revisions. Members refuse it or shrug, as etcd does (test/oracle/server asks a real server the same, from the
// same table); here the judges are tried: none may take it for a broken promise.
type Odd struct {
	N         func(n int) int // draws from 0 to n-1
	Key       func() string   // draws a key that is in use
	Low, High string          // two such keys, in order
	Now       int64           // the newest revision
}

func (g *generator) odds() Odd {
	return Odd{N: g.random.Intn, Key: g.key, Low: "cold/1", High: "hot/1", Now: g.revision()}
}

// oddly changes one thing of a command, in as many of a hundred as the run draws.
func (g *generator) oddly(c script.Command) script.Command {
	if c == nil || g.mix.odd == 0 || !g.chance(g.mix.odd) {
		return c
	}
	with, odd := c, g.odds()
	switch c := c.(type) {
	case script.Call:
		c.Call = g.odd(c.Call, odd)
		with = c
	case script.Watch:
		if g.chance(50) {
			c.Key, c.End = odd.Span()
		} else {
			c.Rev = odd.Revision()
		}
		with = c
	case script.KeepAlive:
		c.ID = odd.Lease()
		with = c
	}
	if !sayable(with) {
		return c
	}
	return with
}

// sayable reports whether the language has words for a command: a finding must be a script.
func sayable(c script.Command) bool {
	again, err := script.Parse(c.String())
	return err == nil && again.String() == c.String()
}

func (g *generator) odd(call api.Call, odd Odd) api.Call {
	switch c := call.(type) {
	case api.Put:
		return g.oddPut(c, odd)
	case api.Range:
		return odd.Range(c)
	case api.DeleteRange:
		c.Key, c.End = odd.Span()
		return c
	case api.Compaction:
		c.Revision = odd.Revision()
		return c
	case api.HashKV:
		c.Revision = odd.Revision()
		return c
	case api.LeaseGrant:
		c.TTL = []int64{0, -1, math.MaxInt64, 9_000_000_000}[g.random.Intn(4)]
		return c
	case api.LeaseRevoke:
		c.ID = odd.Lease()
		return c
	case api.LeaseKeepAlive:
		c.ID = odd.Lease()
		return c
	case api.LeaseTimeToLive:
		c.ID = odd.Lease()
		return c
	}
	return call
}

func (g *generator) oddPut(c api.Put, odd Odd) api.Put {
	switch g.random.Intn(4) {
	case 0:
		c.Key = odd.AnyKey()
	case 1:
		c.Lease = odd.Lease()
	case 2:
		c.Value, c.IgnoreValue = "", true
	case 3:
		c.Lease, c.IgnoreLease = 0, true
	}
	return c
}

// Range changes one thing of a range.
func (o Odd) Range(c api.Range) api.Range {
	switch o.N(4) {
	case 0:
		c.Key, c.End = o.Span()
	case 1:
		c.Revision = o.Revision()
	case 2:
		c.Limit = []int64{-1, math.MaxInt64, math.MinInt64}[o.N(3)]
	case 3:
		for _, bound := range [...]*int64{&c.MinModRevision, &c.MaxModRevision, &c.MinCreateRevision, &c.MaxCreateRevision} {
			if o.N(100) < 50 {
				*bound = o.Revision()
			}
		}
	}
	return c
}

// AnyKey draws no key, and keys at the ends of what there can be.
func (o Odd) AnyKey() string {
	return []string{"", "\x00", "\x00\x00", "\xff\xff", o.High + "\x00"}[o.N(5)]
}

// Lease draws no lease, one that never was, and one that cannot be.
func (o Odd) Lease() int64 {
	return []int64{0, 0, -1, 1 << 40, math.MinInt64, math.MaxInt64}[o.N(6)]
}

// Revision draws none, one to come, and one that cannot be.
func (o Odd) Revision() int64 {
	return []int64{0, -1, o.Now + 1, o.Now + 1000, math.MinInt64, math.MaxInt64}[o.N(6)]
}

// Span draws a range that is empty, reversed, or begins where no key is.
func (o Odd) Span() (key, end string) {
	key = o.Key()
	switch o.N(5) {
	case 0:
		return key, key
	case 1:
		return o.High, o.Low
	case 2:
		return "", []string{"", o.High, mvcc.FromKey}[o.N(3)]
	case 3:
		return mvcc.FromKey, []string{"", o.High, "\x00\x00"}[o.N(3)]
	}
	return o.AnyKey(), o.AnyKey()
}
