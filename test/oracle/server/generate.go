package server

import (
	"math"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
)

// generator draws calls. It works in phases and listens to the answers so that it asks for
// revisions and leases that exist. What it draws is a plain value: a run is repeated without it.
type generator struct {
	draw
	only  map[string]bool // nil: all kinds
	group int             // how many members there are to ask; 0: one
	left  int             // calls left in the phase
	phase []choice

	revision, compacted int64
	leases              []int64
	named               int64 // grants that left the id to the server
	brief               int64 // a lease so short that it has to be revoked at once; 0: none
	// ids are chosen by the server in this run: then hashes of values with leases cannot be equal
	own      bool
	endless  bool       // transactions delete ranges without an end in this run: then nothing may be compacted
	watched  bool       // streams are watched in this run: then nothing refuses puts, on which Gather depends
	watchers int        // created so far: those that have to catch up take a tenth of a second
	untold   int        // calls since streams were gathered
	added    api.Member // the last that was to come
	alarmed  int        // alarms that may be active
	before   any        // the call drawn last
}

// draw is a stream of chance with the few shapes that calls need.
type draw struct{ rng.Stream }

func (d *draw) n(n int) int          { return d.Intn(n) }
func (d *draw) yes(percent int) bool { return d.Intn(100) < percent }

func pick[T any](d *draw, vs ...T) T { return vs[d.Intn(len(vs))] }

// mostUntold is after how many calls streams are gathered: a stream holds 128 responses, and a watcher for which there
// is no room gets the rest in other pieces, which depends on how fast its client reads.
const mostUntold = 60

// choice is a kind of call and how often it is drawn.
type choice struct {
	kind string
	part int
}

var phases = [...][]choice{
	{{"put", 30}, {"range", 30}, {"delete", 10}, {"txn", 20}, {"compact", 1}, {"status", 2}, {"hash", 2}, {"lease", 5}},
	{{"txn", 70}, {"put", 10}, {"delete", 5}, {"range", 10}, {"compact", 1}, {"hash", 1}},
	{{"put", 30}, {"delete", 20}, {"compact", 12}, {"range", 20}, {"hash", 15}, {"txn", 10}},
	{{"lease", 50}, {"put", 30}, {"txn", 10}, {"delete", 5}, {"range", 5}, {"hash", 2}},
	{{"alarm", 12}, {"put", 25}, {"delete", 10}, {"txn", 20}, {"range", 15}, {"lease", 15}, {"compact", 3}, {"status", 6},
		{"hash", 3}},
	{{"range", 70}, {"put", 15}, {"delete", 5}, {"txn", 10}},
	{{"member", 20}, {"status", 10}, {"put", 30}, {"range", 10}, {"alarm", 2}},
	{{"watch", 20}, {"put", 30}, {"delete", 15}, {"txn", 30}, {"lease", 5}, {"compact", 1}},
	{{"watch", 8}, {"put", 20}, {"delete", 20}, {"txn", 50}, {"compact", 3}},
	{{"big", 8}, {"put", 30}, {"txn", 20}, {"range", 20}, {"delete", 15}},
}

func newGenerator(seed uint64, only map[string]bool) *generator {
	g := &generator{draw: draw{rng.New(seed, "calls")}, only: only, revision: 1, compacted: -1, added: 1}
	g.own, g.endless, g.watched = g.yes(30), g.yes(30), g.yes(25) || only["watch"]
	return g
}

// next draws the next call.
func (g *generator) next() any {
	op := g.oddly(g.draws())
	if call, ok := op.(api.Call); ok && g.group > 1 && g.yes(50) {
		return At{1 + g.n(g.group), call}
	}
	return op
}

func (g *generator) draws() any {
	if g.left == 0 {
		g.left, g.phase = 40+g.n(400), phases[g.n(len(phases))]
	}
	g.left--
	if g.untold++; g.watchers > 0 && g.untold > mostUntold {
		g.untold = 0
		return Gather{}
	}
	if g.brief != 0 && g.yes(50) {
		return api.LeaseRevoke{ID: g.brief}
	}
	if g.alarmed > 0 && g.yes(4) && g.allowed("alarm") {
		return g.disarm()
	}
	total := 0
	for _, c := range g.phase {
		if g.allowed(c.kind) {
			total += c.part
		}
	}
	if total == 0 {
		g.left = 0
		return g.draws()
	}
	at := g.n(total)
	for _, c := range g.phase {
		if !g.allowed(c.kind) {
			continue
		}
		if at -= c.part; at < 0 {
			return g.of(c.kind)
		}
	}
	panic("unreachable")
}

func (g *generator) allowed(kind string) bool {
	return (g.only == nil || g.only[kind]) && !(kind == "hash" && g.own) && !(kind == "compact" && g.endless) &&
		!(kind == "watch" && !g.watched) && !(kind == "alarm" && g.watched)
}

func (g *generator) of(kind string) any {
	switch kind {
	case "put":
		return g.put()
	case "range":
		return g.ranges()
	case "delete":
		return g.delete()
	case "txn":
		return g.tame(g.txn(0))
	case "compact":
		return api.Compaction{Revision: g.aRevision(), Physical: g.yes(20)}
	case "hash":
		return api.HashKV{Revision: g.aRevision()}
	case "status":
		return pick[api.Call](&g.draw, api.Status{}, api.MemberList{}, api.MemberList{Serializable: true})
	case "lease":
		return g.lease()
	case "alarm":
		return g.alarm()
	case "member":
		return g.member()
	case "watch":
		return g.watch()
	}
	return g.big()
}

// onAnswer notes what a call was answered.
func (g *generator) onAnswer(op any, a answer) {
	if at, ok := op.(At); ok {
		op = at.Call
	}
	if r, ok := op.(api.LeaseRevoke); ok && r.ID == g.brief && a.Err != api.ErrCorrupt {
		g.brief = 0
	}
	if a.Err != "" {
		return
	}
	g.revision = max(g.revision, a.Reply.Header.Revision)
	switch c := op.(type) {
	case Watch:
		g.watchers++
	case api.Compaction:
		g.compacted = c.Revision
	case api.LeaseGrant:
		id := c.ID
		if id == 0 {
			id = firstName + g.named
			g.named++
		}
		g.leases = append(g.leases, id)
		if c.TTL < 50 {
			g.brief = id
		}
	case api.Alarm:
		switch c.Action {
		case api.AlarmActivate:
			g.alarmed++
		case api.AlarmDeactivate:
			g.alarmed--
		}
	}
}

// keys are few, so that calls meet; some are prefixes of others, some are at the ends of the order.
var keys = [...]string{"a", "a/1", "a/2", "a/3", "b", "b/1", "c", "d", "e", "\x00", "\x00\x00", "\xff", "\xff\xff",
	"zoo"}

func (g *generator) key() string {
	if g.yes(1) {
		return ""
	}
	if g.yes(70) {
		return keys[g.n(9)]
	}
	return keys[g.n(len(keys))]
}

// end draws the end of a range.
func (g *generator) end(key string) string {
	switch g.n(10) {
	case 0, 1, 2:
		return mvcc.PrefixEnd(key)
	case 3, 4:
		return mvcc.FromKey
	case 5, 6, 7:
		return keys[g.n(len(keys))]
	case 8:
		return key
	}
	return ""
}

// span draws a key, or a range of keys.
func (g *generator) span(percent int) (key, end string) {
	key = g.key()
	if g.yes(percent) {
		end = g.end(key)
	}
	if g.yes(3) {
		return mvcc.FromKey, mvcc.FromKey
	}
	return key, end
}

// aRevision draws a revision: mostly one that can be read, sometimes one just out of reach.
func (g *generator) aRevision() int64 {
	switch k := g.n(100); {
	case k < 25:
		return 0
	case k < 60:
		return max(1, g.revision-int64(g.n(20)))
	case k < 85 && g.revision > g.compacted:
		return g.compacted + int64(g.n(int(g.revision-g.compacted)+1))
	case k < 91:
		return g.compacted + int64(g.n(3)) - 1
	case k < 96:
		return g.revision + 1 + int64(g.n(2))
	}
	return pick[int64](&g.draw, -1, math.MinInt64, math.MaxInt64, 1, 2)
}

func (g *generator) value() string {
	switch k := g.n(100); {
	case k < 10:
		return ""
	case k < 12:
		return strings.Repeat("v", g.n(20_000))
	case k < 20:
		return string([]byte{byte(g.n(256)), byte(g.n(256))})
	}
	return string(rune('0' + g.n(6)))
}

// aLease draws a lease for a key: mostly none.
func (g *generator) aLease() int64 {
	switch {
	case g.yes(60):
		return 0
	case g.yes(10) || len(g.leases) == 0:
		return pick[int64](&g.draw, 1, 2, 3, 77, -1)
	}
	return g.leases[g.n(len(g.leases))]
}

func (g *generator) put() api.Call {
	p := api.Put{Key: g.key(), Value: g.value(), Lease: g.aLease(), PrevKV: g.yes(30)}
	if g.yes(12) {
		p.IgnoreValue = true
		if !g.yes(10) {
			p.Value = ""
		}
	}
	if g.yes(12) {
		p.IgnoreLease = true
		if !g.yes(10) {
			p.Lease = 0
		}
	}
	return p
}

func (g *generator) delete() api.Call {
	key, end := g.span(40)
	return api.DeleteRange{Key: key, End: end, PrevKV: g.yes(40)}
}

func (g *generator) ranges() api.Call {
	r := api.Range{Serializable: g.yes(30)}
	r.Key, r.End = g.span(70)
	if g.yes(40) {
		r.Revision = g.aRevision()
	}
	if g.yes(35) {
		r.Limit = pick[int64](&g.draw, 1, 1, 2, 3, 5, 100, -1, math.MaxInt64)
	}
	r.CountOnly, r.KeysOnly = g.yes(10), g.yes(15)
	if g.yes(50) {
		r.SortTarget, r.SortOrder = mvcc.SortTarget(g.n(5)), mvcc.SortOrder(g.n(3))
	}
	if g.yes(2) {
		r.SortTarget = 5
	}
	if g.yes(2) {
		r.SortOrder = 3
	}
	for _, bound := range [...]*int64{&r.MinModRevision, &r.MaxModRevision, &r.MinCreateRevision, &r.MaxCreateRevision} {
		if g.yes(8) {
			*bound = g.aRevision()
		}
	}
	return r
}

// txn draws a transaction, with others within it down to a depth.
func (g *generator) txn(depth int) api.Txn {
	var t api.Txn
	for g.yes(50) {
		t.Compare = append(t.Compare, g.compare())
	}
	t.Success, t.Failure = g.ops(depth), g.ops(depth)
	if depth == 0 && g.yes(1) {
		op := pick[api.Call](&g.draw, api.Range{Key: "a"}, api.DeleteRange{Key: "b"})
		for range 126 + g.n(4) {
			t.Success = append(t.Success, op)
		}
	}
	return t
}

func (g *generator) ops(depth int) []api.Call {
	var ops []api.Call
	for g.yes(60) {
		var op api.Call
		switch k := g.n(10); {
		case k < 4:
			op = g.put()
		case k < 6:
			op = g.delete()
		case k < 9 || depth == 3:
			op = g.ranges()
		default:
			op = g.txn(depth + 1)
		}
		if g.yes(oddCalls) {
			op = g.odd(op)
		}
		ops = append(ops, op)
	}
	return ops
}

// tame takes out of a transaction what etcd 3.6 dies of: see TestDeath. In some runs it may delete without an end and
// put, and only keeps nothing of what was there before; in the others it has an end.
func (g *generator) tame(t api.Txn) api.Txn {
	if g.group > 1 {
		readNow(t)
	}
	if g.endless {
		keepNothing(t)
	} else {
		giveEnds(t)
	}
	return t
}

// readNow takes out of a transaction what could be refused for a range, with which the members of a real group do not
// stay the same: see TestSplit.
func readNow(t api.Txn) {
	for _, ops := range [...][]api.Call{t.Success, t.Failure} {
		for i, op := range ops {
			if r, ok := op.(api.Range); ok {
				r.Revision = 0
				ops[i] = r
			}
		}
	}
}

func giveEnds(t api.Txn) {
	for _, ops := range [...][]api.Call{t.Success, t.Failure} {
		for i, op := range ops {
			switch op := op.(type) {
			case api.DeleteRange:
				if op.End == mvcc.FromKey {
					op.End = "\xff\xff\xff"
				}
				ops[i] = op
			case api.Txn:
				giveEnds(op)
			}
		}
	}
}

func keepNothing(t api.Txn) {
	for _, ops := range [...][]api.Call{t.Success, t.Failure} {
		for i, op := range ops {
			switch op := op.(type) {
			case api.Put:
				op.IgnoreValue, op.IgnoreLease = false, false
				ops[i] = op
			case api.Txn:
				keepNothing(op)
			}
		}
	}
}

func (g *generator) compare() api.Compare {
	c := api.Compare{Result: api.CompareResult(g.n(4)), Target: api.CompareTarget(g.n(5))}
	c.Key, c.End = g.span(20)
	switch c.Target {
	case api.CompareValue:
		c.Value = g.value()
	case api.CompareVersion:
		c.Number = int64(g.n(5))
	case api.CompareLease:
		c.Number = g.aLease()
	default:
		c.Number = pick(&g.draw, 0, g.aRevision())
	}
	if g.yes(2) { // numbers that etcd gives no meaning
		c.Result = api.CompareResult(4 + g.n(252))
	}
	if g.yes(2) {
		c.Target, c.Number, c.Value = api.CompareTarget(5+g.n(251)), 0, ""
	}
	return c
}

func (g *generator) lease() api.Call {
	id := pick[int64](&g.draw, 1, 2, 3, 4, 5, 77)
	if len(g.leases) > 0 && g.yes(60) {
		id = g.leases[g.n(len(g.leases))]
	}
	switch g.n(10) {
	case 0, 1, 2:
		return g.grant(id)
	case 3, 4:
		return api.LeaseRevoke{ID: id}
	case 5, 6:
		return api.LeaseKeepAlive{ID: id}
	case 7:
		return api.LeaseLeases{}
	}
	return api.LeaseTimeToLive{ID: id, Keys: g.yes(70)}
}

// grant draws a lease. Those that live shortly are revoked soon: real time must not decide when they end.
func (g *generator) grant(id int64) api.Call {
	switch k := g.n(100); {
	case g.own && k < 40:
		id = 0
	case k < 70:
		id = int64(1 + g.n(8))
	}
	ttl := int64(1000 + g.n(1000))
	switch k := g.n(100); {
	case k < 6 && g.brief == 0 && g.alarmed == 0:
		ttl = pick[int64](&g.draw, 0, 1, -1, -1000)
	case k < 10:
		ttl = pick[int64](&g.draw, 9_000_000_001, math.MaxInt64)
	case k < 13:
		ttl = 9_000_000_000
	}
	return api.LeaseGrant{ID: id, TTL: ttl}
}

func (g *generator) alarm() api.Call {
	return api.Alarm{
		Action: pick(&g.draw, api.AlarmGet, api.AlarmGet, api.AlarmActivate, api.AlarmDeactivate),
		Member: api.Member(g.n(1 + max(1, g.group))), Alarm: api.AlarmType(g.n(3)),
	}
}

func (g *generator) disarm() api.Call {
	return api.Alarm{Action: api.AlarmDeactivate, Member: api.Member(g.n(1 + max(1, g.group))),
		Alarm: api.AlarmType(1 + g.n(2))}
}

// member draws a call about the group. A second voter would leave a group of one without a quorum: only learners come.
// Nobody comes twice: the id of a member depends on the second in which it was added, and with it, what is said to the
// second time.
func (g *generator) member() api.Call {
	if g.group > 1 { // connections would have to be old enough before the group may change
		return pick[api.Call](&g.draw, api.MoveLeader{Target: api.Member(1 + g.n(g.group+1))}, api.MemberList{},
			api.MemberList{Serializable: true})
	}
	m := api.Member(1 + g.n(int(g.added)+1))
	switch g.n(8) {
	case 0, 1:
		switch {
		case g.added == 9 || g.yes(10):
			return api.MemberAdd{Member: 1, Learner: true}
		case g.yes(10):
			return api.MemberAdd{Member: 9, Learner: true,
				PeerURL: pick(&g.draw, "n9:2380", "http://n9", "ftp://n9:1", "http://n9:2380/a", " ")}
		}
		g.added++
		return api.MemberAdd{Member: g.added, Learner: true}
	case 2, 3:
		return api.MemberRemove{Member: pick(&g.draw, m, m, 1, 9)}
	case 4:
		return api.MemberPromote{Member: pick(&g.draw, m, 1, 9)}
	case 5:
		if m == 1 {
			return api.MemberUpdate{Member: 1, PeerURL: "http://n1:2380"}
		}
		return api.MemberUpdate{Member: pick(&g.draw, m, 9),
			PeerURL: pick(&g.draw, "http://n1:2380", "http://n1:2382", "https://there:1")}
	case 6:
		return api.MoveLeader{Target: pick(&g.draw, m, 1, 9)}
	}
	return api.MemberList{Serializable: g.yes(50)}
}

// watch draws an operation on a stream.
func (g *generator) watch() any {
	stream := g.n(2)
	switch k := g.n(10); {
	case k < 4 && g.watchers < 25:
		w := Watch{Stream: stream, PrevKV: g.yes(40), NoPut: g.yes(15), NoDelete: g.yes(15), Fragment: g.yes(30),
			Bookmarks: g.yes(20)}
		w.Key, w.End = g.span(60)
		if g.yes(40) {
			w.Start = g.aRevision()
		}
		if g.yes(20) {
			w.ID = pick[int64](&g.draw, 1, 2, 3, 7)
		}
		return w
	case k < 5:
		return Cancel{stream, int64(g.n(8))}
	case k < 7:
		return Progress{stream}
	}
	return Gather{}
}

// limit is how large a proposal may be.
const limit = 1536 * 1024

// big draws a call about as large as a proposal may be.
func (g *generator) big() api.Call {
	p := api.Put{Key: "big", Value: strings.Repeat("v", limit-40)}
	if g.yes(20) {
		return api.Txn{Success: []api.Call{p, api.Put{Key: "big2", Value: strings.Repeat("v", g.n(60))}}}
	}
	p.Value = strings.Repeat("v", limit-40+g.n(60))
	return p
}
