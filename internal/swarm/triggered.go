package swarm

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// watch looks at what has been recorded since it was last called, for an occasion to do harm.
func (g *generator) watch() {
	j := g.world.Journal()
	for g.seen = max(g.seen, j.First()); g.seen < j.Next(); g.seen++ {
		r := j.At(g.seen)
		switch {
		case g.mix.triggered == 0:
		case r.Kind == world.Sent && r.Packet.Raft() != nil:
			g.lag(r.Packet)
		case r.Kind == world.AtClient && g.delivered(r.Client):
		case len(g.plan) > 0:
		case r.Kind == world.AtMember:
			g.occasion(r)
		case r.Kind == world.AtClient:
			g.receivedBy(r)
		}
	}
}

// occasion plans what is likely to hurt after a record. Each is a way in which members have been known to break a
// promise.
func (g *generator) occasion(r *world.Record) {
	e, n := &r.Member, script.MemberName(r.Where.Number())
	switch {
	case e.Kind == etcd.SyncStarted && g.take():
		g.forgetful(n, e.Until)
	case e.Kind != etcd.RaftEvent:
		g.atMember(n, e)
	case e.Raft.Kind == raft.BecameLeader && g.take():
		g.depose(n)
	case e.Raft.Kind == raft.EntriesCommitted && e.Raft.Why == raft.WhyQuorum && g.take():
		g.behead(n)
	case e.Raft.Kind == raft.BecameCandidate && g.take():
		g.rival(n)
	case e.Raft.Kind == raft.ProposalAppended && g.take():
		g.isolate(n)
	}
}

// take decides whether an occasion is used.
func (g *generator) take() bool { return g.chance(g.mix.triggered) }

// later plans a command, at most a span after the one planned before.
func (g *generator) later(within sim.Time, c script.Command) {
	if c == nil {
		return
	}
	at := g.world.Now()
	if len(g.plan) > 0 {
		at = g.plan[len(g.plan)-1].At
	}
	g.plan = append(g.plan, Step{world.Timed{At: at + g.upTo(within), Command: c}, g.about})
	g.about = nil
}

// tick is the unit of the plans.
func (g *generator) tick() sim.Time { return g.world.Preset().Tick }

// leader returns the name of the leader; empty if nobody leads.
func (g *generator) leader() script.Name {
	name, _ := g.world.Fact(script.Fact{Name: "leader"})
	return script.Name(name)
}

// forgetful crashes a member while it writes to its disk: what it promised before the write is done, it will not know.
// Then it comes back, while the leader that relied on it is gone.
func (g *generator) forgetful(n script.Name, until sim.Time) {
	lead := g.leader()
	g.later(until-g.world.Now(), script.Crash{Member: n})
	if lead != "" && lead != n {
		g.later(g.tick(), g.apart(lead))
	}
	g.later(g.tick(), script.Restart{Member: n})
	if g.chance(70) {
		g.later(g.tick(), script.Campaign{Member: g.other(n, lead)})
	}
	g.later(20*g.tick(), script.Heal{})
}

// depose parts a new leader from the others before its first entry is everywhere.
func (g *generator) depose(n script.Name) {
	g.later(g.tick()/2, g.request(doPut))
	g.later(g.tick(), g.apart(n))
	g.later(g.tick(), script.Campaign{Member: g.other(n, "")})
	g.later(20*g.tick(), script.Heal{})
}

// behead crashes a leader that has just committed something, and lets a member campaign that may not have heard of it.
func (g *generator) behead(n script.Name) {
	behind := g.hindmost(n)
	g.later(g.tick()/10, script.Crash{Member: n})
	for range 1 + g.random.Intn(3) {
		g.later(4*g.tick(), script.Campaign{Member: behind})
	}
	g.later(20*g.tick(), script.Restart{Member: n})
}

// rival lets a second member campaign while a first does, and crashes a voter in between.
func (g *generator) rival(n script.Name) {
	second := g.other(n, "")
	voter := g.other(n, second)
	g.later(g.tick()/3, script.Campaign{Member: second})
	g.later(g.tick()/3, script.Crash{Member: voter})
	g.later(g.tick()/10, script.Restart{Member: voter})
	g.later(g.tick()/3, script.Campaign{Member: second})
}

// isolate leaves a leader alone with a client that goes on writing, so that its log grows a tail that the others never
// see. Or it leaves a follower alone, which then lacks what is committed.
func (g *generator) isolate(n script.Name) {
	alone := n
	if g.chance(50) {
		alone = g.other(n, "")
	}
	by := g.client()
	g.later(g.tick()/10, g.apart(alone))
	for range 1 + g.random.Intn(4) {
		g.later(g.tick(), script.Call{Call: api.Put{Key: g.key(), Value: g.value()},
			Flags: script.Flags{Client: by, Endpoint: g.member()}})
	}
	g.later(20*g.tick(), g.request(doPut))
	g.later(10*g.tick(), script.Heal{})
	if g.chance(60) {
		g.later(g.tick(), script.Crash{Member: g.other(alone, "")})
	}
	g.later(4*g.tick(), script.Campaign{Member: alone})
}

// apart splits a member from all others, with about half of the clients.
func (g *generator) apart(n script.Name) script.Command {
	return g.split(func(i int) bool { return script.MemberName(i) == n })
}

// other draws a member that is neither of two, if there is one.
func (g *generator) other(a, b script.Name) script.Name {
	var fit []script.Name
	for i := range g.world.Members() {
		if n := script.MemberName(i + 1); n != a && n != b {
			fit = append(fit, n)
		}
	}
	if len(fit) == 0 {
		return a
	}
	return fit[g.random.Intn(len(fit))]
}

// hindmost returns the member with the shortest log, other than one.
func (g *generator) hindmost(not script.Name) script.Name {
	names := make([]script.Name, 0, len(g.world.Members()))
	for i, m := range g.world.Members() {
		if n := script.MemberName(i + 1); n != not && m.Up() {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return not
	}
	last := func(n script.Name) raft.Index {
		i, _ := n.Member()
		return g.world.Members()[i-1].Node().LastIndex()
	}
	return slices.MinFunc(names, func(a, b script.Name) int { return int(last(a)) - int(last(b)) })
}
