package swarm

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
)

// What the mix lets clients do that takes longer than a call: locks, elections, keep-alives, and what a person looks
// after a cluster with.

// session draws a command that holds a lease until it is interrupted, or interrupts those of a client.
func (g *generator) session(flags script.Flags) script.Command {
	switch g.random.Intn(8) {
	case 0, 1:
		return script.Lock{Name: fmt.Sprintf("lock/%d", g.random.Intn(2)), TTL: int64(1 + g.random.Intn(10)), Flags: flags}
	case 2:
		return script.Elect{Name: "boss", Proposal: g.value(), Flags: flags}
	case 3:
		return script.Elect{Name: "boss", Listen: true, Flags: flags}
	case 4, 5:
		if id := g.lease(); id != 0 {
			return script.KeepAlive{ID: id, Flags: flags}
		}
		return nil
	}
	return script.Interrupt{Client: flags.Client}
}

// upkeep draws what a person does to see whether all is well.
func (g *generator) upkeep(flags script.Flags) script.Command {
	switch g.random.Intn(5) {
	case 0:
		return script.Health{Cluster: g.chance(50), Flags: flags}
	case 1:
		flags.Endpoint = g.member()
		return script.Call{Call: api.Snapshot{File: fmt.Sprintf("backup%d", g.random.Intn(3))}, Flags: flags}
	case 2:
		return script.Call{Call: api.Alarm{Action: api.AlarmDeactivate}, Flags: flags}
	case 3:
		return script.Call{Call: api.MemberList{Serializable: g.chance(50)}, Flags: flags}
	}
	return script.Call{Call: api.Status{}, Cluster: true, Flags: flags}
}
