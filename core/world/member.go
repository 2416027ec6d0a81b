package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Commands about members. A person names a machine; etcd wants the ID of the member that is there now.

// commandAdd also sets up the machine that the new member will run on. It stands by until it is started.
func (w *World) commandAdd(c script.Call, add api.MemberAdd) error {
	if c.Name != "" { // one of ours is called after its machine
		add.Member = api.Member(len(w.members) + 1)
		c.Call = add
	}
	n := int(add.Member)
	if next := len(w.members) + 1; n > next || n > sim.MaxMembers {
		return refuse("the next member is %v", sim.Member(min(next, sim.MaxMembers)))
	}
	if _, _, err := w.asks(c.Flags); err != nil {
		return err
	}
	if n > len(w.members) {
		w.enlist()
	}
	return w.ask(c)
}

// resolve puts the ID of the member that is on a machine now in the place of the machine's name, as a person does who
// looks it up in the list of members. Where nobody is any more it is the ID of who was there last. A line may also give
// etcd's ID; if nobody has it, nobody is meant.
func (w *World) resolve(c script.Call) api.Call {
	m, ok := api.Subject(c.Call)
	if !ok {
		return c.Call
	}
	id := api.Member(raft.None)
	if m != 0 {
		id = api.Member(w.memberAt(int(m)))
	} else if newest := w.newest(); newest != nil {
		for _, info := range newest.Roster() {
			if info.ID == c.ID {
				id = info.Member
			}
		}
	}
	return api.About(c.Call, id)
}

// memberAt returns the newest member that anybody knows for a machine.
func (w *World) memberAt(machine int) raft.ID {
	id := raft.OnMachine(machine, 0)
	for i, m := range w.members {
		if known, _ := m.Newest(machine); !w.outside(sim.Member(i + 1)) {
			id = max(id, known)
		}
	}
	return id
}
