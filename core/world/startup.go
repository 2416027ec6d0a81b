package world

import (
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Starting a process: which directory, and what etcd makes of it.

// commandRestart settles which directory a process is started from, and lets it read its disk.
func (w *World) commandRestart(c script.Restart) error {
	return w.toMember(c, c.Member, w.mayStart(c), func(h sim.Host, m *etcd.Member) {
		if c.DataDir != "" {
			w.use(h, c.DataDir)
		}
		w.machine(h).start = c
		at := w.now + m.Directory().RecoveryTime()
		w.starts[h.Number()] = at
		w.queue.Push(at, event{kind: evStart, host: h})
	})
}

func (w *World) mayStart(c script.Restart) func(sim.Host, *etcd.Member) string {
	return func(h sim.Host, m *etcd.Member) string {
		switch {
		case m.Up():
			return "is running"
		case w.starts[h.Number()] != 0:
			return "is starting already"
		case m.Directory().Empty() && c.DataDir == "" && h.Number() > w.cfg.Members && !w.belongs(h):
			return "is no member yet: add it first, with member add " + h.String()
		case c.Force && c.DataDir == "" && m.Directory().Empty():
			return "has an empty directory: there is nothing to make a cluster of"
		}
		return ""
	}
}

// belongs reports whether some member knows one on a machine.
func (w *World) belongs(h sim.Host) bool {
	for _, m := range w.members {
		if _, ok := m.Newest(h.Number()); ok {
			return true
		}
	}
	return false
}

// replacement returns the member that was added in the place of the one whose directory a machine has.
func (w *World) replacement(m *etcd.Member, h sim.Host) (name string, ok bool) {
	if m.Directory().Empty() {
		return "", false
	}
	for _, other := range w.members {
		if id, known := other.Newest(h.Number()); known && other.ClusterID() == m.ClusterID() && id > m.ID() {
			return id.String(), true
		}
	}
	return "", false
}

// boot is the start of a process whose disk has been read.
func (w *World) boot(h sim.Host) {
	m := w.member(h)
	w.memberOut.Reset()
	if id, ok := w.replacement(m, h); ok && w.machine(h).start.DataDir == "" {
		w.machine(h).joined = true
		w.use(h, id+".etcd") // whoever adds a member again gives it a new directory
	}
	if why := w.bootstrap(h, m); why != "" {
		w.memberOut.NotStarted(why)
		w.carryOut(h)
		return
	}
	w.carryOut(h)
	w.start(h)
	w.greet(h, m)
}

// bootstrap does what etcd does before it serves anybody, and returns the error that ends the process
// (etcdserver/bootstrap.go).
func (w *World) bootstrap(h sim.Host, m *etcd.Member) string {
	c := w.machine(h).start
	w.machine(h).start = script.Restart{}
	switch {
	case !m.Directory().Empty() && c.Force:
		m.Directory().ForceNewCluster(w.begins())
		w.judgeAnew(m.History())
	case !m.Directory().Empty():
		return w.initialCheck(h, m)
	case c.State == script.New || (c.State == script.AsBefore && !w.machine(h).joined):
		history := uint32(0) // as all founders
		if h.Number() > w.cfg.Members {
			history = w.begins() // of a cluster that nobody else founds
		}
		return m.Directory().Found(h, w.founding(h), w.reachable(h), history)
	default:
		return m.Directory().Adopt(h, w.reachable(h))
	}
	return ""
}

// founding returns what a founder's flags say: the run's own founders, or for a machine that came later the members
// that there are.
func (w *World) founding(h sim.Host) etcd.Founding {
	f := etcd.Founders(w.cfg.Members)
	if h.Number() <= w.cfg.Members {
		return f
	}
	f.Members = nil
	for i := range w.members {
		if other := sim.Member(i + 1); other == h || w.belongs(other) {
			f.Members = append(f.Members, etcd.Founder{Machine: i + 1})
		}
	}
	return f
}

// reachable returns the first other member that answers questions of a machine; nil if none does.
func (w *World) reachable(h sim.Host) *etcd.Member {
	for i, m := range w.members {
		if other := sim.Member(i + 1); other != h && m.Up() && !m.Paused() && !w.net.Cut(h, other) && !w.net.Cut(other, h) {
			return m
		}
	}
	return nil
}

// greet opens connections to the other members. One that knows the new process's member as removed says so at once
// (rafthttp/stream.go, dial).
func (w *World) greet(h sim.Host, m *etcd.Member) {
	for i, other := range w.members {
		peer := sim.Member(i + 1)
		if peer != h && other.Up() && !other.Paused() && other.Refuses(m) && !w.net.Cut(h, peer) && !w.net.Cut(peer, h) {
			w.queue.Push(w.now+w.net.Latency(w.now, h, peer)+w.net.Latency(w.now, peer, h),
				event{kind: evGone, host: h, cause: uint64(m.ID())})
			return
		}
	}
}
