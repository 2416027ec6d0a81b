package world

import (
	"slices"
	"strconv"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Fact looks up what an expression of a script names; false if it has no value now, as the leader when there is none.
// The facts and what they mean are listed by script.Facts. A member that is down shows only that it is down.
func (w *World) Fact(f script.Fact) (string, bool) {
	if f.Of == "" {
		return w.fact(f)
	}
	h, err := w.host(f.Of)
	switch {
	case err != nil:
		return "", false
	case h.IsClient():
		return w.clientFact(h, f.Name)
	}
	return memberFact(w.member(h), f)
}

func (w *World) fact(f script.Fact) (string, bool) {
	switch f.Name {
	case "leader":
		for i, m := range w.members {
			if m == w.Leader() {
				return sim.Member(i + 1).String(), true
			}
		}
		return "", false
	case "leaders":
		n := 0
		for _, m := range w.members {
			if m.Leads() {
				n++
			}
		}
		return strconv.Itoa(n), true
	case "term":
		return strconv.FormatUint(uint64(w.MaxTerm()), 10), true
	case "violations":
		if w.broken != nil {
			return "1", true // a run ends with its first
		}
		return "0", true
	}
	m := w.newest()
	if m == nil {
		return "", false
	}
	return storeFact(m.Store(), f)
}

// newest returns the running member, of the cluster that is judged, whose store has the highest revision; nil if none
// runs.
func (w *World) newest() *etcd.Member {
	var best *etcd.Member
	for i, m := range w.members {
		if m.Up() && !w.outside(sim.Member(i+1)) && (best == nil || m.Store().Revision() > best.Store().Revision()) {
			best = m
		}
	}
	return best
}

// storeFact looks into a key-value store.
func storeFact(s *mvcc.Store, f script.Fact) (string, bool) {
	if f.Name == "revision" {
		return strconv.FormatInt(s.Revision(), 10), true
	}
	res, err := s.Range(f.Key, "", mvcc.RangeOptions{})
	if f.Name != "value" || err != nil || len(res.KVs) == 0 {
		return "", false
	}
	return res.KVs[0].Value, true
}

func memberFact(m *etcd.Member, f script.Fact) (string, bool) {
	switch {
	case f.Name == "up":
		return strconv.FormatBool(m.Up()), true
	case f.Name == "paused":
		return strconv.FormatBool(m.Paused()), true
	case !m.Up():
		return "", false
	}
	n := m.Node()
	switch f.Name {
	case "role":
		if slices.Contains(n.Conf().Learners, n.ID()) {
			return "learner", true
		}
		return roleNames[n.Role()], true
	case "term":
		return strconv.FormatUint(uint64(n.Term()), 10), true
	case "commit":
		return strconv.FormatUint(uint64(n.Commit()), 10), true
	case "applied":
		return strconv.FormatUint(uint64(m.Applied()), 10), true
	case "last":
		return strconv.FormatUint(uint64(n.LastIndex()), 10), true
	case "compact":
		return strconv.FormatInt(m.Store().CompactRevision(), 10), true
	case "rows":
		return strconv.Itoa(m.Store().Rows()), true
	case "leases":
		return strconv.Itoa(m.Lessor().Len()), true
	case "watchers":
		return strconv.Itoa(m.Hub().Counts().Watchers), true
	case "alarms":
		return strconv.Itoa(len(m.Alarms())), true
	}
	return storeFact(m.Store(), f)
}

var roleNames = [...]string{
	raft.Follower: "follower", raft.Candidate: "candidate", raft.Leader: "leader", raft.PreCandidate: "pre-candidate",
}

var outcomeNames = [...]string{
	client.Waiting: "waiting", client.Acknowledged: "acknowledged", client.Failed: "failed",
	client.Indeterminate: "in-doubt",
}

func (w *World) clientFact(h sim.Host, name string) (string, bool) {
	switch name {
	case "watching", "events", "seen":
		return w.watchFact(h, name), true
	case "output", "exit":
		return w.saidFact(h, name)
	}
	op := w.lastOf(h)
	switch {
	case op == nil, name == "error" && op.Err == "":
		return "", false
	case name == "error":
		return op.Err, true
	}
	return outcomeNames[op.Outcome], true
}

func (w *World) watchFact(h sim.Host, name string) string {
	c := w.client(h)
	n, seen := 0, int64(0)
	for _, x := range c.Watches() {
		if !x.Ended {
			n++
		}
		seen = max(seen, x.Next-1)
	}
	switch name {
	case "watching":
		return strconv.Itoa(n)
	case "events":
		return strconv.FormatInt(c.Seen(), 10)
	}
	return strconv.FormatInt(seen, 10)
}

// lastOf returns the newest operation of a client that is not a keep-alive of a session; nil if it has made none.
// Requests are numbered in the order of their calls. History is in the order of outcomes, so once one is older than the
// best call, the rest is, too.
func (w *World) lastOf(h sim.Host) *client.Operation {
	var best *client.Operation
	open := w.client(h).Open()
	for i := range open {
		if !open[i].Purpose.Routine() {
			best = &open[i]
		}
	}
	for i := w.history.Len() - 1; i >= w.history.First(); i-- {
		op := w.history.Ref(i)
		if best != nil && op.Return < best.Call {
			break
		}
		if op.Request.Client == h && !op.Purpose.Routine() && (best == nil || op.Request.ID > best.Request.ID) {
			best = op
		}
	}
	return best
}
