package swarm

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// kind is a kind of command that the mix draws.
type kind uint8

const (
	doPut kind = iota
	doGet
	doDelete
	doLoad
	doCrash
	doRestart
	doPause
	doResume
	doCampaign
	doDisk
	doDrift
	doSplit
	doCut
	doMend
	doHeal
	doDrop
	doDelay
	doDuplicate
	doHold
	doDeliver
	doMemberAdd
	doMemberRemove
	doMemberPromote
	doMemberUpdate
	doMoveLeader
	doTxn
	doCompact
	doWatch
	doUnwatch
	doDefrag
	doStatus
	doGrant
	doLeasePut
	doKeepAlive
	doRevoke
	doTimeToLive
	doSession
	doUpkeep
	kinds
)

// usual are the weights before a run changes them. Repairs weigh more than damage, so that a majority mostly lives.
var usual = [kinds]int{
	doPut: 200, doGet: 120, doDelete: 20, doLoad: 4,
	doCrash: 12, doRestart: 30, doPause: 8, doResume: 24, doCampaign: 6, doDisk: 16, doDrift: 6,
	doSplit: 10, doCut: 10, doMend: 10, doHeal: 24,
	doDrop: 40, doDelay: 40, doDuplicate: 20, doHold: 10, doDeliver: 14,
	doMemberAdd: 10, doMemberRemove: 6, doMemberPromote: 10, doMemberUpdate: 3, doMoveLeader: 8,
	doTxn: 60, doCompact: 8, doWatch: 24, doUnwatch: 6, doDefrag: 4, doStatus: 6,
	doGrant: 16, doLeasePut: 40, doKeepAlive: 24, doRevoke: 6, doTimeToLive: 8,
	doSession: 40, doUpkeep: 12,
}

// mix is how likely each kind of command is in a run.
type mix struct {
	weight    [kinds]int
	total     int
	triggered int // how many of a hundred occasions are taken
	odd       int // how many of a hundred requests are odd
	hotKeys   int
}

// drawMix draws the mix of a run: each kind of damage is left out in one run of two, and may be common or rare.
func drawMix(random *rng.Stream) mix {
	m := mix{weight: usual, triggered: []int{0, 3, 15, 50}[random.Intn(4)], hotKeys: 1 + random.Intn(5)}
	for _, k := range []kind{doDelete, doLoad, doCrash, doPause, doCampaign, doDisk, doDrift, doSplit, doCut, doDrop,
		doDelay, doDuplicate, doHold,
		doMemberAdd, doMemberRemove, doMemberUpdate, doMoveLeader,
		doTxn, doCompact, doWatch, doUnwatch, doDefrag, doGrant, doKeepAlive, doRevoke, doSession, doUpkeep} {
		m.weight[k] = m.weight[k] * []int{0, 0, 1, 3}[random.Intn(4)]
	}
	m.odd = []int{0, 3, 10, 40}[random.Intn(4)]
	for _, n := range m.weight {
		m.total += n
	}
	return m
}

// weigh makes a kind at least so likely.
func (m *mix) weigh(k kind, least int) {
	if more := least - m.weight[k]; more > 0 {
		m.weight[k], m.total = least, m.total+more
	}
}

// next draws a command; nil if there is nothing that the kind drawn could be done to.
func (g *generator) next() script.Command {
	n := g.random.Intn(g.mix.total)
	k := kind(0)
	for ; n >= g.mix.weight[k]; k++ {
		n -= g.mix.weight[k]
	}
	switch {
	case k <= doLoad:
		return g.request(k)
	case k <= doCampaign:
		return g.process(k)
	case k <= doDrift:
		return g.machine(k)
	case k <= doHeal:
		return g.network(k)
	case k >= doTxn && g.asker != nil:
		return g.request(k)
	case k >= doTxn:
		return g.ask(k)
	case k >= doMemberAdd:
		return g.membership(k)
	}
	return g.message(k)
}

func hotKey(i int) string { return fmt.Sprintf("hot/%d", i) }

// key draws a key: mostly one of few, so that requests meet.
func (g *generator) key() string {
	if g.chance(85) {
		return hotKey(g.random.Intn(g.mix.hotKeys))
	}
	return fmt.Sprintf("cold/%d", g.random.Intn(20))
}

func (g *generator) request(k kind) script.Command {
	by, at := g.client(), script.Name("")
	if g.chance(50) {
		at = g.member()
	}
	flags := script.Flags{Client: by, Endpoint: at}
	if g.asker != nil {
		return g.asker(g.world, &g.random, flags)
	}
	switch k {
	case doPut:
		return script.Call{Call: api.Put{Key: g.key(), Value: g.value(), PrevKV: g.chance(20)}, Flags: flags}
	case doGet:
		c := api.Range{Key: g.key(), Serializable: g.chance(15)}
		if g.chance(5) {
			c.Key, c.End = "hot/", mvcc.PrefixEnd("hot/")
		}
		if g.chance(5) {
			c.Revision = int64(1 + g.random.Intn(30))
		}
		if g.chance(25) {
			c.Key, c.End = g.span()
			c = g.options(c)
		}
		return script.Call{Call: c, Flags: flags}
	case doDelete:
		c := api.DeleteRange{Key: g.key(), PrevKV: g.chance(20)}
		if g.chance(10) {
			c.Key, c.End = "cold/", mvcc.PrefixEnd("cold/")
		}
		return script.Call{Call: c, Flags: flags}
	}
	if g.chance(50) {
		return script.Load{Client: by}
	}
	return g.spare(script.Load{PerSecond: 1 + g.random.Intn(200), Client: by})
}

// process draws a member for which the command can apply, if there is one: a restart of one that runs would be a wasted
// draw.
func (g *generator) process(k kind) script.Command {
	var fit []script.Name
	for i, m := range g.world.Members() {
		may := m.Up() && !m.Paused()
		switch k {
		case doCrash:
			may = m.Up()
		case doRestart:
			may = !m.Up()
		case doResume:
			may = m.Paused()
		}
		if may {
			fit = append(fit, script.MemberName(i+1))
		}
	}
	if len(fit) == 0 {
		return nil
	}
	name := fit[g.random.Intn(len(fit))]
	switch k {
	case doCrash:
		return script.Crash{Member: name, Torn: g.chance(30)}
	case doRestart:
		return script.Restart{Member: name}
	case doPause:
		return script.Pause{Member: name}
	case doResume:
		return script.Resume{Member: name}
	}
	return script.Campaign{Member: name}
}

// machine changes how a member's disk or clock does. Half of the time it makes it well again.
func (g *generator) machine(k kind) script.Command {
	name, well := g.member(), g.chance(50)
	switch {
	case k == doDrift && well:
		return script.Drift{Member: name}
	case k == doDrift:
		return script.Drift{Member: name, Percent: g.random.Intn(101) - 50}
	case well:
		return script.Disk{Member: name, State: script.DiskOK}
	}
	state := []script.DiskState{script.DiskSlow, script.DiskStall, script.DiskFull}[g.random.Intn(3)]
	c := script.Disk{Member: name, State: state}
	if state == script.DiskSlow {
		c.Factor = 2 + g.random.Intn(20)
	}
	return c
}

func (g *generator) network(k kind) script.Command {
	switch k {
	case doSplit:
		return g.split(func(int) bool { return g.chance(50) })
	case doHeal:
		return script.Heal{}
	}
	a, b := g.place(), g.place()
	if a == b {
		return nil
	}
	if k == doCut {
		return script.Cut{From: a, To: b, Both: g.chance(30)}
	}
	return script.Mend{From: a, To: b, Both: g.chance(50)}
}

// place draws a member, or now and then a client.
func (g *generator) place() script.Name {
	if g.chance(15) {
		return g.client()
	}
	return g.member()
}

// split parts the members in two, and gives each client to a side; nil if a side has no member.
func (g *generator) split(left func(member int) bool) script.Command {
	var sides [2][]script.Name
	for i := range g.world.Members() {
		side := 1
		if left(i + 1) {
			side = 0
		}
		sides[side] = append(sides[side], script.MemberName(i+1))
	}
	if len(sides[0]) == 0 || len(sides[1]) == 0 {
		return nil
	}
	for i := range g.world.Clients() {
		side := g.random.Intn(2)
		sides[side] = append(sides[side], script.ClientName(i+1))
	}
	return script.Split{Groups: sides[:]}
}

// membership asks for a change of the group. Mostly it is one that etcd allows.
func (g *generator) membership(k kind) script.Command {
	c := script.Call{Flags: script.Flags{Client: g.client()}}
	all := len(g.world.Members())
	m := api.Member(1 + g.random.Intn(all))
	switch k {
	case doMemberAdd:
		if all < sim.MaxMembers && g.chance(80) {
			m = api.Member(all + 1)
		}
		c.Call = api.MemberAdd{Member: m, Learner: g.chance(60)}
	case doMemberRemove:
		if !g.mayRemove() {
			return nil
		}
		c.Call = api.MemberRemove{Member: m}
	case doMemberPromote:
		c.Call = api.MemberPromote{Member: api.Member(all)}
	case doMemberUpdate:
		c.Call = api.MemberUpdate{Member: m, PeerURL: g.address(m)}
	default:
		c.Call, c.Endpoint = api.MoveLeader{Target: m}, g.leader()
	}
	return c
}

// mayRemove reports whether a member may go. Of two none may: the one that stays may lose its power before it has
// synced that the other has gone, and would then wait for it for ever; so it is with etcd.
func (g *generator) mayRemove() bool {
	m := g.world.Leader()
	return m != nil && len(m.Conf().Voters) > 2 && found(g.world) // nor while one is lost by its address
}

// address draws an address for a member: its own, or one at which nobody listens. Only the first member of a group that
// can do without it is ever lost in this way: without a quorum the address could not be mended.
func (g *generator) address(who api.Member) string {
	if m := g.world.Leader(); who == 1 && m != nil && len(m.Conf().Voters) > 3 && g.chance(50) {
		return "http://nowhere:2380"
	}
	return etcd.PeerURL(sim.Member(int(who)))
}

// message draws one of the messages on their way and does something with it.
func (g *generator) message(k kind) script.Command {
	flights := g.world.InFlight()
	if k == doDeliver {
		flights = slices.DeleteFunc(flights, func(f world.Flight) bool { return f.Due >= 0 })
	}
	if len(flights) == 0 {
		return nil
	}
	g.about = flights[g.random.Intn(len(flights))].Packet
	id := g.about.ID
	switch k {
	case doDrop:
		return script.Drop{Message: id}
	case doDelay:
		span := g.world.Preset().Tick * sim.Time([]int{1, 5, 50}[g.random.Intn(3)])
		return script.Delay{Message: id, By: g.upTo(span)}
	case doDuplicate:
		return script.Duplicate{Message: id}
	case doHold:
		return script.Hold{Message: id}
	}
	return script.Deliver{Message: id}
}
