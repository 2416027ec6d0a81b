package world

import (
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The data directories of machines. A machine starts its process from one of them; the others lie on its disk under
// their names.

// directory is one that its machine does not use now.
type directory struct {
	host    sim.Host
	name    string
	data    etcd.Data
	altered bool     // its database was made to differ
	ran     sim.Time // when a process was last started from it; never: none was
}

// never is no instant.
const never = sim.Time(-1)

// machine is how a process of a machine is started.
type machine struct {
	dir    string         // the directory that it uses; "": the machine's own, n3.etcd
	start  script.Restart // how it is being started
	joined bool           // its directory was set up for a member that is added: --initial-cluster-state=existing
	ran    sim.Time       // when a process was last started from that directory
}

func (w *World) machine(h sim.Host) *machine { return &w.machines[h.Number()] }

// Directory returns the name of the directory that a machine's process is started from.
func (w *World) Directory(h sim.Host) string {
	if dir := w.machine(h).dir; dir != "" {
		return dir
	}
	return h.String() + ".etcd"
}

// use lets a machine start from another directory. What lies under that name is taken; otherwise it is empty.
func (w *World) use(h sim.Host, name string) {
	old := w.Directory(h)
	if name == old {
		return
	}
	next, kept := directory{data: etcd.EmptyData(), ran: never}, []directory(nil)
	for _, d := range w.shelf {
		if d.host == h && d.name == name {
			next = d
		} else {
			kept = append(kept, d)
		}
	}
	last := w.member(h).Directory().Swap(next.data)
	if !last.Empty() {
		kept = append(kept, directory{h, old, last, w.judged.altered[h.Number()], w.machine(h).ran})
	}
	w.replaced(h, next.altered, next.ran)
	w.shelf, w.machine(h).dir = kept, name
	what := "starts from " + name
	if next.data.Empty() {
		what += ", which is empty"
	}
	if !last.Empty() {
		what += "; " + old + " is that of member " + last.Whose()
	}
	w.memberOut.DirectoryChanged(what)
}

// commandWipe empties a directory.
func (w *World) commandWipe(c script.Wipe) error {
	return w.toMember(c, c.Member, w.mayWipe(c), func(h sim.Host, m *etcd.Member) {
		name := c.DataDir
		if name == "" || name == w.Directory(h) {
			name = w.Directory(h)
			m.Directory().Swap(etcd.EmptyData())
			w.replaced(h, false, never)
		}
		var kept []directory
		for _, d := range w.shelf {
			if d.host != h || d.name != name {
				kept = append(kept, d)
			}
		}
		w.shelf = kept
		w.memberOut.DirectoryChanged(name + " is empty now")
	})
}

func (w *World) mayWipe(c script.Wipe) func(sim.Host, *etcd.Member) string {
	return func(h sim.Host, m *etcd.Member) string {
		used := c.DataDir == "" || c.DataDir == w.Directory(h)
		if used && (m.Up() || w.starts[h.Number()] != 0) {
			return "is running: its directory is in use"
		}
		if used && m.Directory().Empty() {
			return "has an empty directory"
		}
		if !used && w.shelved(h, c.DataDir) == nil {
			return "has no directory " + c.DataDir
		}
		return ""
	}
}

// shelved returns a directory that a machine does not use now; nil if it has none of that name.
func (w *World) shelved(h sim.Host, name string) *directory {
	for i := range w.shelf {
		if d := &w.shelf[i]; d.host == h && d.name == name {
			return d
		}
	}
	return nil
}
