package swarm

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// Disasters, and the way back as docs/disaster.md has it: a database that was made to differ, a backup that is
// restored, a quorum that is lost for good. A disaster is a list of jobs that are run between the commands of the
// mix, which goes on meanwhile.

// disasters is what the run draws of them.
type disasters struct {
	random rng.Stream // of its own: what it decides moves no other draw
	from   sim.Time   // when the first begins
	jobs   []job
	again  sim.Time // when the next job is tried once more
	away   uint16   // machines, by bit, that nobody but a job may start: their member is gone
}

// job is something that is tried until it has come about.
type job struct {
	do   func()
	done func() bool
}

// checks draws etcd's checks for corruption. They also run where nothing is corrupt: then none may raise an alarm.
func checks(c *world.Config, random *rng.Stream) {
	if random.Intn(3) > 0 {
		return
	}
	c.InitialCorruptCheck = random.Intn(2) == 0
	if random.Intn(2) == 0 {
		c.CorruptCheckTime = sim.Time(1+random.Intn(5)) * sim.Second
	}
	if random.Intn(2) == 0 {
		c.CompactHashCheck, c.CompactHashCheckTime = true, sim.Time(1+random.Intn(5))*sim.Second
	}
}

// foresee draws the disasters of a run: in one run of three, one or two of them.
func (g *generator) foresee(random rng.Stream, end sim.Time) {
	d := &g.disasters
	d.random = random
	if d.random.Intn(3) > 0 {
		return
	}
	d.from = end/8 + sim.Time(d.random.Intn(int(end/2)))
	for range 1 + d.random.Intn(2) {
		switch d.random.Intn(3) {
		case 0:
			g.planDiffering()
		case 1:
			g.planRestore()
		default:
			g.planForce()
		}
	}
}

// job runs the next one, if it is time.
func (g *generator) job() {
	d := &g.disasters
	now := g.world.Now()
	if len(d.jobs) == 0 || now < max(d.from, d.again) || g.world.Broken() != nil {
		return
	}
	e := d.jobs[0]
	if !e.done() {
		e.do()
		d.again = now + 5*g.tick()
	}
	if e.done() {
		d.jobs, d.again = d.jobs[1:], now+g.tick()
	}
}

// lastJobs is how long jobs may go on behind the end of a run, with all faults of the network and of disks
// mended.
const lastJobs = 30 * sim.Second

// finish runs the jobs that are left.
func (g *generator) finish() {
	if len(g.disasters.jobs) == 0 || g.world.Broken() != nil {
		return
	}
	g.mix.triggered, g.plan = 0, nil
	g.do(script.Heal{})
	for i := range g.world.Members() {
		n := script.MemberName(i + 1)
		g.do(script.Disk{Member: n, State: script.DiskOK})
		g.do(script.Resume{Member: n})
	}
	for end := g.world.Now() + lastJobs; g.world.Now() < end && len(g.disasters.jobs) > 0 &&
		g.world.Broken() == nil; {
		for i, m := range g.world.Members() {
			if n := script.MemberName(i + 1); g.down(n) && (!m.Directory().Empty() || awaited(g.world, i+1)) {
				g.do(script.Restart{Member: n})
			}
		}
		g.wait(g.world.Now() + g.tick())
		g.job()
	}
}

// startsNobody reports whether a command would start a member that is gone.
func (g *generator) startsNobody(c script.Command) bool {
	r, ok := c.(script.Restart)
	n, _ := r.Member.Member()
	return ok && g.disasters.away&(1<<n) != 0
}

func (g *generator) planned(do func(), done func() bool) {
	g.disasters.jobs = append(g.disasters.jobs, job{do, done})
}

// once plans what is done one time, whatever comes of it.
func (g *generator) once(do func()) {
	did := false
	g.planned(func() { did = true; do() }, func() bool { return did })
}

// pause lets some time go by.
func (g *generator) pause(least, most sim.Time) {
	until := sim.Time(-1)
	g.planned(func() {
		if until < 0 {
			until = g.world.Now() + least + sim.Time(g.disasters.random.Intn(int(most-least)))
		}
	}, func() bool { return until >= 0 && g.world.Now() >= until })
}

// at returns the flags of a command to a member, by a client that is drawn.
func (g *generator) at(endpoint script.Name) script.Flags {
	return script.Flags{Client: script.ClientName(1 + g.disasters.random.Intn(len(g.world.Clients()))), Endpoint: endpoint}
}

func (g *generator) machineOf(n script.Name) *etcd.Member {
	i, _ := n.Member()
	return g.world.Members()[i-1]
}

func bit(n script.Name) uint16 {
	i, _ := n.Member()
	return 1 << i
}

// down reports whether a member neither runs nor is being started.
func (g *generator) down(n script.Name) bool {
	i, _ := n.Member()
	_, starting := g.world.Starting(sim.Member(i))
	return !g.machineOf(n).Up() && !starting
}

// stop takes a machine's process down and keeps it down.
func (g *generator) stop(n script.Name) {
	g.disasters.away |= bit(n)
	if g.machineOf(n).Up() {
		g.do(script.Crash{Member: n})
	}
}

// start lets a machine's process be started again, and starts it.
func (g *generator) start(n script.Name) {
	g.disasters.away &^= bit(n)
	if g.down(n) {
		g.do(script.Restart{Member: n})
	}
}

// planDiffering makes a database differ, lets etcd's checks find out, and replaces the member.
func (g *generator) planDiffering() {
	var bad script.Name
	var id raft.ID
	random := &g.disasters.random
	g.planned(func() {
		if bad, id = g.corruptible(); bad != "" {
			g.do(script.Corrupt{Member: bad, Key: g.held(bad), Value: g.value()})
		}
	}, func() bool { return bad != "" })
	if random.Intn(2) == 0 {
		g.once(func() { g.do(script.Call{Call: api.Compaction{Revision: g.revision()}, Flags: g.at("")}) })
	}
	if random.Intn(2) == 0 {
		g.once(func() { g.do(script.Crash{Member: bad}); g.do(script.Restart{Member: bad}) })
	}
	g.pause(2*sim.Second, 8*sim.Second)
	g.planned(func() { g.stop(bad) }, func() bool { return g.down(bad) })
	g.planned(func() {
		if lead := g.leader(); lead != "" && g.mayRemove() {
			g.do(script.Call{Call: api.MemberRemove{Member: api.Member(id.Machine())}, Flags: g.at(lead)})
		}
	}, func() bool { m := g.world.Leader(); return m != nil && !m.Knows(id) })
	if random.Intn(2) == 0 {
		g.once(func() { g.do(script.Wipe{Member: bad}) })
	}
	g.planJoin(func() script.Name { return bad })
	g.once(func() { g.do(script.Call{Call: api.Alarm{Action: api.AlarmDeactivate}, Flags: g.at(g.leader())}) })
}

// corruptible draws a running member that the others can do without, of those that hold something.
func (g *generator) corruptible() (n script.Name, id raft.ID) {
	lead := g.world.Leader()
	if lead == nil || len(lead.Conf().Voters) < 3 {
		return "", 0
	}
	var fit []script.Name
	for i, m := range g.world.Members() {
		if name := script.MemberName(i + 1); m.Up() && lead.Knows(m.ID()) && g.held(name) != "" {
			fit = append(fit, name)
		}
	}
	if len(fit) == 0 {
		return "", 0
	}
	n = fit[g.disasters.random.Intn(len(fit))]
	return n, g.machineOf(n).ID()
}

// held returns a key that a member has; empty if it has none.
func (g *generator) held(n script.Name) string {
	for i := range g.mix.hotKeys {
		if key := hotKey(i); g.machineOf(n).Holds(key) {
			return key
		}
	}
	return ""
}

// planJoin adds a machine to the cluster again, and starts it.
func (g *generator) planJoin(who func() script.Name) {
	learner := g.disasters.random.Intn(3) == 0
	known := func() (id raft.ID, ok bool) {
		i, _ := who().Member()
		if m := g.witness(); m != nil {
			id, ok = m.Newest(i)
		}
		return id, ok
	}
	g.planned(func() {
		if i, _ := who().Member(); g.leader() != "" {
			g.do(script.Call{Call: api.MemberAdd{Member: api.Member(i), Learner: learner}, Flags: g.at(g.leader())})
		}
	}, func() bool { _, ok := known(); return ok })
	g.planned(func() { g.start(who()) }, func() bool { return g.machineOf(who()).Up() })
	if !learner {
		return
	}
	g.planned(func() {
		if i, _ := who().Member(); g.leader() != "" {
			g.do(script.Call{Call: api.MemberPromote{Member: api.Member(i)}, Flags: g.at(g.leader())})
		}
	}, func() bool {
		id, ok := known()
		return ok && voter(g.witness(), id)
	})
}

// witness returns who knows best which members there are: the leader, or else who has applied most. With a voter that
// has not been started yet nobody may lead.
func (g *generator) witness() (best *etcd.Member) {
	if m := g.world.Leader(); m != nil {
		return m
	}
	for _, m := range g.world.Members() {
		if m.Up() && (best == nil || m.Applied() > best.Applied()) {
			best = m
		}
	}
	return best
}

func voter(m *etcd.Member, id raft.ID) bool {
	for _, v := range m.Conf().Voters {
		if v == id {
			return true
		}
	}
	return false
}

// anybody draws a member that runs; empty if none does.
func (g *generator) anybody() script.Name {
	var up []script.Name
	for i, m := range g.world.Members() {
		if m.Up() && !m.Paused() {
			up = append(up, script.MemberName(i+1))
		}
	}
	if len(up) == 0 {
		return ""
	}
	return up[g.disasters.random.Intn(len(up))]
}

// planRestore saves a snapshot, and some time later founds the cluster anew from it.
func (g *generator) planRestore() {
	const file = "disaster"
	random := &g.disasters.random
	from := sim.Time(-1)
	g.planned(func() {
		if from < 0 {
			from = g.world.Now()
		}
		if at := g.anybody(); at != "" {
			g.do(script.Call{Call: api.Snapshot{File: file}, Flags: g.at(at)})
		}
	}, func() bool {
		b := g.world.Backups()
		return from >= 0 && len(b) > 0 && b[0].File == file && b[0].At >= from
	})
	g.pause(sim.Second, 6*sim.Second)
	restore := script.SnapshotRestore{File: file}
	if random.Intn(3) == 0 {
		restore.Bump, restore.MarkCompacted = int64(1+random.Intn(1000)), true
	}
	if random.Intn(5) == 0 {
		restore.SkipHashCheck = true
		g.once(func() { g.do(script.Corrupt{File: file}) })
	}
	restored := false
	g.planned(func() {
		down := true
		for i := range g.world.Members() {
			g.stop(script.MemberName(i + 1))
			down = down && g.down(script.MemberName(i+1))
		}
		if down {
			restore.Flags = g.at("")
			was := g.machineOf(script.MemberName(1)).History()
			g.do(restore)
			restored = g.machineOf(script.MemberName(1)).History() != was
		}
	}, func() bool { return restored })
	g.planned(func() {
		for i := range g.world.Config().Members {
			g.start(script.MemberName(i + 1))
		}
		g.disasters.away = 0
	}, func() bool {
		for i := range g.world.Config().Members {
			if g.down(script.MemberName(i + 1)) {
				return false
			}
		}
		return true
	})
}

// planForce loses all members but the one with the longest log, makes a cluster of that one, and adds the other
// machines again.
func (g *generator) planForce() {
	var alone script.Name
	var history uint32
	var others []script.Name
	random := &g.disasters.random
	keeps := random.Intn(3) == 0 // the others' disks are not emptied: they are started from new directories
	g.planned(func() {
		if alone == "" {
			alone = g.foremost()
		}
		if alone == "" {
			return
		}
		history, others = g.machineOf(alone).History(), nil
		for i := range g.world.Members() {
			if n := script.MemberName(i + 1); n != alone {
				g.stop(n)
				if g.down(n) && !keeps {
					g.do(script.Wipe{Member: n})
				}
				others = append(others, n)
			}
		}
	}, func() bool {
		for _, n := range others {
			if !g.down(n) || (!keeps && !g.machineOf(n).Directory().Empty()) {
				return false
			}
		}
		return alone != ""
	})
	g.planned(func() {
		switch forced := g.machineOf(alone).History() != history; {
		case !forced && g.machineOf(alone).Up():
			g.do(script.Crash{Member: alone})
			fallthrough
		case g.down(alone):
			g.do(script.Disk{Member: alone, State: script.DiskOK})
			g.do(script.Restart{Member: alone, Force: !forced})
		case g.machineOf(alone).Paused():
			g.do(script.Resume{Member: alone})
		}
	}, func() bool { return g.machineOf(alone).History() != history && g.machineOf(alone).Leads() })
	for i := range sim.MaxMembers - 1 { // as many as there are by then
		at := len(g.disasters.jobs)
		g.planJoin(func() script.Name { return others[i] })
		for j := range g.disasters.jobs[at:] {
			e := &g.disasters.jobs[at+j]
			done := e.done
			e.done = func() bool { return i >= len(others) || done() }
		}
	}
}

// foremost returns the running voter with the longest log; empty if none runs.
func (g *generator) foremost() (best script.Name) {
	var last [2]uint64
	for i, m := range g.world.Members() {
		if !m.Up() || !voter(m, m.ID()) {
			continue
		}
		if now := [2]uint64{uint64(m.Node().LastTerm()), uint64(m.Node().LastIndex())}; now[0] > last[0] ||
			(now[0] == last[0] && now[1] > last[1]) {
			best, last = script.MemberName(i+1), now
		}
	}
	return best
}
