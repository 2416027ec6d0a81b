package view

import (
	"fmt"
	"slices"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

func members(w *world.World) []wire.Member {
	list := make([]wire.Member, len(w.Members()))
	for i, m := range w.Members() {
		list[i] = member(w, sim.Member(i+1), m)
	}
	return list
}

func member(w *world.World, h sim.Host, m *etcd.Member) wire.Member {
	v := wire.Member{Name: h.String(), Up: m.Up(), Paused: m.Paused(), Applied: uint64(m.Applied()),
		Note: wire.Note{Text: "down"}}
	last, _ := m.Directory().WAL().Synced()
	v.Last = uint64(last)
	if !m.Up() {
		v.Standing = standing(w, h, m)
		v.Note.Brief = fmt.Sprintf("%d entries on disk", last)
		v.Note.Text = "down · " + v.Note.Brief
		if at, ok := w.Starting(h); ok {
			v.Note.Brief = "starts in " + text.Span(at-w.Now())
			v.Note.Text = v.Note.Brief
		}
		switch v.Standing {
		case wire.Awaited:
			v.Note.Text, v.Note.Brief = "added, not started yet", "not started yet"
		case wire.StandsBy:
			v.Note.Text, v.Note.Brief = "stands by: no member yet", "no member yet"
		case wire.Removed:
			v.Note.Text, v.Note.Brief = "removed for good", "removed for good"
		case wire.DiskEmpty:
			v.Note.Text, v.Note.Brief = "its disk is empty", "its disk is empty"
		}
		return v
	}
	n := m.Node()
	v.Role, v.Term = roleOf(n), uint64(n.Term())
	v.Leader, v.Vote = hostOf(n.Lead()), hostOf(n.Vote())
	v.Commit, v.Last, v.Revision = uint64(n.Commit()), uint64(n.LastIndex()), m.Store().Revision()
	v.Believes, v.Queue = believes(w, m), m.Pending()
	v.Disk = disk(w, m)
	v.Timer.Elapsed, v.Timer.Timeout = timer(w, h, m)
	if yes, _, _ := n.VoteCount(); v.Role == wire.RoleCandidate || v.Role == wire.RolePreCandidate {
		need, _ := quorum(w)
		v.Votes = fmt.Sprintf("%d of %d", yes, need)
	}
	if n.Role() == raft.Leader {
		v.Peers = peers(w, h, m)
	}
	v.Note = note(&v)
	if m.Paused() {
		v.Role = wire.RolePaused
	}
	return v
}

// standing says what a machine that is down is to the cluster.
func standing(w *world.World, h sim.Host, m *etcd.Member) wire.Standing {
	c := conf(w)
	awaited := false // somebody is expected on the machine
	for _, id := range append(slices.Clone(c.Voters), c.Learners...) {
		if id == m.ID() {
			return wire.IsMember
		}
		awaited = awaited || id.Machine() == h.Number()
	}
	switch {
	case awaited && m.Directory().Empty() && m.Incarnation() > 0:
		return wire.DiskEmpty
	case awaited:
		return wire.Awaited
	case m.Directory().Empty():
		return wire.StandsBy
	}
	return wire.Removed
}

// roleOf is what a running member is.
func roleOf(n *raft.Node) wire.Role {
	if slices.Contains(n.Conf().Learners, n.ID()) {
		return wire.RoleLearner
	}
	return [...]wire.Role{raft.Follower: wire.RoleFollower, raft.PreCandidate: wire.RolePreCandidate,
		raft.Candidate: wire.RoleCandidate, raft.Leader: wire.RoleLeader}[n.Role()]
}

// shownRole is what a member is, if it is up and runs.
func shownRole(m *etcd.Member) wire.Role {
	switch {
	case !m.Up():
		return wire.RoleDown
	case m.Paused():
		return wire.RolePaused
	}
	return roleOf(m.Node())
}

func note(v *wire.Member) wire.Note {
	role := v.Role.String()
	brief, tone := "", wire.Plain
	switch {
	case v.Paused:
		return wire.Note{Text: "paused · " + role, Brief: role, Tone: wire.Bad}
	case v.Believes:
		brief = "steps down in " + text.Span(sim.Time(v.Timer.Timeout-v.Timer.Elapsed))
		return wire.Note{Text: brief, Brief: brief, Tone: wire.Bad}
	case v.Role == wire.RolePreCandidate:
		brief = "could it win? " + v.Votes
		return wire.Note{Text: brief, Brief: brief}
	case v.Role == wire.RoleCandidate:
		brief = "votes: " + v.Votes
		return wire.Note{Text: brief, Brief: brief}
	case v.Queue > 0:
		brief, tone = fmt.Sprintf("%d wait for a leader", v.Queue), wire.Bad
	case v.Role == wire.RoleFollower && v.Leader == "":
		brief = "knows no leader"
	case v.Disk.Syncing:
		brief = v.Disk.Text
	default:
		return wire.Note{Text: role}
	}
	return wire.Note{Text: role + " · " + brief, Brief: brief, Tone: tone}
}

func disk(w *world.World, m *etcd.Member) wire.Disk {
	d := wire.Disk{Entries: m.Directory().WAL().Unsynced(), Text: "idle"}
	if until, ok := m.Syncing(); ok {
		d.Syncing, d.Left = true, int64(max(until-w.Now(), 0))
		d.Text = "fsync " + text.Span(sim.Time(d.Left))
		if until == 0 {
			d.Text = "fsync stands still"
		}
	}
	switch dev := m.Disk(); {
	case dev.Full:
		d.Text = "disk full"
	case dev.Slow > 1:
		d.Text += fmt.Sprintf(" (disk %d× slow)", dev.Slow)
	}
	return d
}

// timer returns how far a member's election timer has run, and to what. A leader's timer is its quorum check; it is
// shown only while it matters.
func timer(w *world.World, h sim.Host, m *etcd.Member) (elapsed, timeout int64) {
	n, tick := m.Node(), w.Preset().Tick
	ticks := n.RandomizedTimeout()
	if n.Role() == raft.Leader {
		if !believes(w, m) {
			return 0, 0
		}
		ticks = w.Preset().ElectionTicks
	}
	since := sim.Time(0)
	if next := w.NextTick(h); next >= 0 {
		since = max(tick-(next-w.Now()), 0)
	}
	timeout = int64(tick * sim.Time(ticks))
	return min(int64(tick*sim.Time(n.ElectionElapsed())+since), timeout), timeout
}

// Timers returns the fill of each member's timer, 0 to 1, or -1: what moves between two frames.
func Timers(w *world.World) []float32 {
	fills := make([]float32, len(w.Members()))
	for i, m := range w.Members() {
		fills[i] = -1
		if !m.Up() {
			continue
		}
		if elapsed, timeout := timer(w, sim.Member(i+1), m); timeout > 0 {
			fills[i] = float32(elapsed) / float32(timeout)
		}
	}
	return fills
}

// peers is a leader's view of the others.
func peers(w *world.World, h sim.Host, m *etcd.Member) []wire.Peer {
	var list []wire.Peer
	for i := range w.Members() {
		p, ok := m.Node().ProgressOf(w.Members()[i].ID())
		if !ok || sim.Member(i+1) == h {
			continue
		}
		list = append(list, wire.Peer{
			Name: sim.Member(i + 1).String(), State: p.State.String(), Match: uint64(p.Match), Next: uint64(p.Next),
			Inflight: p.Inflights.Count(), Active: p.RecentActive, Pause: p.Paused(),
		})
	}
	return list
}

func clients(w *world.World) []wire.Client {
	list := make([]wire.Client, len(w.Clients()))
	for i := range w.Clients() {
		list[i] = clientOf(w, &w.Clients()[i])
	}
	return list
}

func clientOf(w *world.World, c *client.Client) wire.Client {
	v := wire.Client{Name: c.Host.String(), Endpoint: c.Endpoint().String(), Doing: "idle", Since: -1}
	open := c.Open()
	if len(open) > 0 {
		op := &open[0]
		v.Doing, v.Since = op.Asked(), int64(op.Call)
		v.Note = "waiting " + text.Span(w.Now()-op.Call)
		if op.Endpoint == 0 {
			v.Note = "connecting " + text.Span(w.Now()-op.Call)
		} else {
			v.Endpoint = op.Endpoint.String()
		}
		if len(open) > 1 {
			v.Doing = fmt.Sprintf("%d requests", len(open))
			v.Note = "oldest " + text.Span(w.Now()-op.Call)
		}
		if w.Now()-op.Call > sim.Second {
			v.Tone = wire.Bad
		}
		return v
	}
	op := lastReturned(w, c.Host)
	if watching(w, c, op, &v) {
		return v
	}
	if op != nil {
		v.Doing = op.Asked()
		v.Note, v.Tone = op.Told(), wire.Good
		if op.Outcome != client.Acknowledged {
			v.Note, v.Tone = op.Outcome.String()+": "+op.Err, wire.Bad
		}
	}
	return v
}

// watching shows the client's newest watch, if it has been busy with that later than with anything else.
func watching(w *world.World, c *client.Client, op *client.Operation, v *wire.Client) bool {
	list, heard := c.Watches(), c.Received()
	var x *client.Watch
	var at sim.Time
	if len(list) > 0 {
		x = &list[len(list)-1]
		at = x.Since
	}
	if n := heard.Len(); n > heard.First() && heard.Ref(n-1).At >= at {
		x, at = watchByID(c, heard.Ref(n-1).Watch), heard.Ref(n-1).At
	}
	if x == nil || (op != nil && op.Return > at) {
		return false
	}
	s := watchOf(w, c, x)
	v.Doing, v.Note, v.Tone = "watch "+s.Range, s.State.String(), s.Tone
	switch {
	case s.Err != "":
		v.Note = s.Err
	case s.State == wire.WatchSynced && x.Next > 1:
		v.Note = fmt.Sprintf("told up to %d", x.Next-1)
	}
	return true
}

// lastReturned finds a client's newest operation that has an outcome, among the newest of all.
func lastReturned(w *world.World, h sim.Host) *client.Operation {
	hist := w.History()
	for i := hist.Len() - 1; i >= max(hist.First(), hist.Len()-64); i-- {
		if op := hist.Ref(i); op.Request.Client == h {
			return op
		}
	}
	return nil
}

// links lists the directions that a rule cuts.
func links(w *world.World) []wire.Link {
	var list []wire.Link
	all := hosts(w)
	for _, a := range all {
		for _, b := range all {
			if a == b || (a.IsClient() && b.IsClient()) {
				continue
			}
			if r, cut := w.Network().CutBy(a, b); cut {
				by := wire.CutAlone
				if r.Split {
					by = wire.CutBySplit
				}
				list = append(list, wire.Link{From: a.String(), To: b.String(), By: by})
			}
		}
	}
	return list
}

func hosts(w *world.World) []sim.Host {
	var all []sim.Host
	for i := range w.Members() {
		all = append(all, sim.Member(i+1))
	}
	for i := range w.Clients() {
		all = append(all, sim.Client(i+1))
	}
	return all
}

func groups(w *world.World) [][]string {
	var list [][]string
	for _, g := range w.Groups() {
		names := make([]string, len(g))
		for i, h := range g {
			names[i] = h.String()
		}
		list = append(list, names)
	}
	return list
}

func loads(w *world.World) []wire.Load {
	var list []wire.Load
	for i := range w.Clients() {
		h := sim.Client(i + 1)
		if l := load(w, h); l != "" {
			list = append(list, wire.Load{Client: h.String(), Text: l})
		}
	}
	return list
}
