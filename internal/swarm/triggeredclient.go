package swarm

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// Triggered faults on clients: on what they just received, and on members that are asked while they lag.

// receivedBy plans what is likely to hurt after something that a client was told.
func (g *generator) receivedBy(r *world.Record) {
	e := r.Client
	switch e.Kind {
	case client.WatchReceived:
		if len(e.Message.Events) == 0 && !e.Watch.Hidden() && g.take() {
			g.breakStream(&e.Watch, r.Where.Number())
		}
	case client.Returned:
		if wrote(e) && g.take() {
			g.readBack(g.slowest())
		}
	case client.Held:
		if g.take() {
			g.alone(script.ClientName(r.Where.Number()))
		}
	}
}

// breakStream takes a watch's member away right behind a notification of how far the watch is, and has a key of the
// watch changed before another member is asked to go on.
func (g *generator) breakStream(w *client.Watch, client int) {
	at := script.MemberName(w.Endpoint.Number())
	change := script.Call{Call: api.Put{Key: w.Request.Key, Value: g.value()},
		Flags: script.Flags{Client: g.client(), Endpoint: g.other(at, "")}}
	if w.Request.NoPut {
		change.Call = api.DeleteRange{Key: w.Request.Key}
	}
	switch g.random.Intn(5) {
	case 0:
		g.do(script.Cut{From: at, To: script.ClientName(client), Both: true})
	case 1:
		g.do(script.Pause{Member: at})
	default:
		g.do(script.Crash{Member: at})
	}
	g.do(change)
	g.later(10*g.tick(), change)
	g.later(20*g.tick(), script.Restart{Member: at})
	g.later(1, script.Resume{Member: at})
	g.later(1, script.Heal{})
}

// wrote reports whether an event is the good answer to a write.
func wrote(e *client.Event) bool {
	return e.Kind == client.Returned && e.Operation.Outcome == client.Acknowledged && e.Operation.Request.Changes()
}

// readBack reads at a member, more than once.
func (g *generator) readBack(at script.Name) {
	for range 1 + g.random.Intn(3) {
		g.later(g.tick()/50,
			script.Call{Call: api.Range{Key: g.key()}, Flags: script.Flags{Client: g.client(), Endpoint: at}})
	}
}

// slowest returns the running member that has applied least.
func (g *generator) slowest() script.Name {
	least := g.member()
	applied := raft.Index(1) << 60
	for i, m := range g.world.Members() {
		if m.Up() && m.Applied() < applied {
			least, applied = script.MemberName(i+1), m.Applied()
		}
	}
	return least
}

// lagging is a follower from which entries are kept until a client has been told that one of them is done.
type lagging struct {
	who  script.Name
	left int // how many more messages with entries are kept from it
}

// lag keeps new entries from a follower, while the others commit them. When a client has been told so, that follower is
// read.
func (g *generator) lag(p *world.Packet) {
	to := script.MemberName(p.To.Number())
	switch {
	case p.Raft().Type != raft.MsgApp || len(p.Raft().Entries) == 0:
		return
	case g.lagging.left == 0 && g.random.Intn(len(g.world.Members())) == 0 && g.take():
		g.lagging = lagging{to, 1 + g.random.Intn(3)}
	case g.lagging.left == 0 || g.lagging.who != to:
		return
	}
	g.lagging.left--
	g.about = p
	g.do(script.Drop{Message: p.ID})
}

// delivered reads at once at the follower from which entries are kept, when a client has been told of a write. It
// reports whether it did.
func (g *generator) delivered(e *client.Event) bool {
	if g.lagging.who == "" || !wrote(e) {
		return false
	}
	at := g.lagging.who
	g.lagging = lagging{}
	g.do(script.Call{Call: api.Range{Key: g.key()}, Flags: script.Flags{Client: g.client(), Endpoint: at}})
	return true
}

// alone cuts a client off that holds a lock or leads: its lease must end, and another get what it had.
func (g *generator) alone(who script.Name) {
	for i := range g.world.Members() {
		g.later(g.tick()/10, script.Cut{From: who, To: script.MemberName(i + 1), Both: true})
	}
	g.later(100*g.tick(), script.Heal{})
}

// unlease takes the leader away while it is about to let a lease go, or has just taken them over: nobody may count its
// time twice, or forget it.
func (g *generator) unlease(n script.Name) {
	if id := g.lease(); id != 0 {
		g.later(g.tick()/2, script.Call{Call: api.LeaseKeepAlive{ID: id},
			Flags: script.Flags{Client: g.client(), Endpoint: g.other(n, "")}})
	}
	g.later(g.tick()/2, script.Crash{Member: n})
	g.later(20*g.tick(), script.Restart{Member: n})
}

// onDisk crashes a member while it rewrites its file, or just after it took over another's.
func (g *generator) onDisk(n script.Name, until sim.Time) {
	g.later(max(until-g.world.Now(), g.tick()), script.Crash{Member: n, Torn: g.chance(50)})
	g.later(g.tick(), g.request(doPut))
	g.later(10*g.tick(), script.Restart{Member: n})
}

// atMember plans what is likely to hurt after what a member did beside Raft.
func (g *generator) atMember(n script.Name, e *etcd.Event) {
	switch e.Kind {
	case etcd.LeaseExpired, etcd.LeasesPromoted:
		if g.take() {
			g.unlease(n)
		}
	case etcd.DefragStarted, etcd.SnapshotInstalled, etcd.Compacted:
		if g.take() {
			g.onDisk(n, e.Until)
		}
	}
}
