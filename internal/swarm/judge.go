package swarm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// The failures that are no rule of Raft or of etcd.
const (
	recovery = "recovery" // all is repaired, but the cluster does not serve
	replay   = "replay"   // the same run went another way
	stores   = "stores"   // two members applied the same entries and hold different keys
	alarm    = "alarm"    // CORRUPT was raised, but nothing had been made to differ
	panicked = "panic"    // the simulator's own belief was wrong
)

// The write that shows that a cluster serves again.
const (
	aliveKey   = "swarm/alive"
	aliveValue = "yes"
)

// patience is how long a repaired cluster may take to elect, and to serve. With slow disks leaders lose their office
// several times first.
const patience = 3 * sim.Minute

// Judge replays a case, repairs everything and says what is wrong; nil if nothing is.
func Judge(c Case) (f *Failure) {
	w, err := world.New(c.Config, c.Tape())
	if err != nil {
		return &Failure{Rule: panicked, Text: err.Error()}
	}
	defer func() {
		if p := recover(); p != nil {
			f = &Failure{Rule: panicked, Text: fmt.Sprint(p)}
		}
		if f != nil {
			f.tape, f.end = w.Commanded(), w.Now()
		}
	}()
	w.Advance(c.End, 1<<40)
	if f := broken(w); f != nil {
		return f
	}
	if c.Panic != "" {
		return &Failure{Rule: panicked, Text: c.Panic}
	}
	defer func() {
		if f != nil {
			f.late = true
		}
	}()
	if c.Hash != 0 && w.Hash() != c.Hash {
		return &Failure{Rule: replay, Text: "the replay of the tape came to another state than the run that made it"}
	}
	if f := Recover(w); f != nil && (f.Rule != recovery || !w.Lost()) {
		return f
	}
	if f := falseAlarm(w, &c); f != nil {
		return f
	}
	if f := agree(w); f != nil {
		return f
	}
	if f := informs(w); f != nil {
		return f
	}
	switch r := w.Linearizable(check.Budget{}); r.Verdict {
	case check.Violated:
		return &Failure{Rule: rule.Linearizable.String(), Text: r.Violation.Text}
	default:
		return nil // check.Unknown counts as right: nothing has been found
	}
}

func broken(w *world.World) *Failure {
	if b := w.Broken(); b != nil {
		return &Failure{Rule: b.Rule.String(), Text: b.Text}
	}
	return nil
}

// Recover repairs everything, and wants a leader and a write that is acknowledged.
func Recover(w *world.World) *Failure {
	repair(w)
	end := w.Now() + patience
	readdress(w, end)
	for w.Leader() == nil && w.Broken() == nil && w.Now() < end {
		rouse(w)
		w.Advance(w.Now()+w.Preset().Tick, 1<<40)
	}
	if w.Leader() == nil && w.Broken() == nil {
		return &Failure{Rule: recovery,
			Text: fmt.Sprintf("nobody led within %v after everything had been repaired", patience)}
	}
	for end = w.Now() + patience; w.Broken() == nil && w.Now() < end; rouse(w) {
		readdress(w, end) // a change of address may have waited for a leader
		makeRoom(w)
		disarm(w)
		if err := w.Do(script.Call{Call: api.Put{Key: aliveKey, Value: aliveValue}}); err != nil {
			return &Failure{Rule: recovery, Text: err.Error()}
		}
		if settled(w) == client.Acknowledged {
			return broken(w)
		}
	}
	if f := broken(w); f != nil {
		return f
	}
	return &Failure{Rule: recovery,
		Text: fmt.Sprintf("no write was acknowledged within %v after a leader had been elected", patience)}
}

// repair undoes every fault. A command that does not apply is not needed.
func repair(w *world.World) {
	for i := range w.Clients() {
		_ = w.Do(script.Load{Client: script.ClientName(i + 1)})
		_ = w.Do(script.CompactorStop{Client: script.ClientName(i + 1)})
	}
	_ = w.Do(script.Heal{})
	for i := range w.Members() {
		n := script.MemberName(i + 1)
		for _, c := range []script.Command{
			script.Disk{Member: n, State: script.DiskOK}, script.Drift{Member: n}, script.Resume{Member: n},
		} {
			_ = w.Do(c)
		}
	}
	for _, f := range w.InFlight() {
		if f.Due < 0 {
			_ = w.Do(script.Deliver{Message: f.ID})
		}
	}
	disarm(w)
	rouse(w)
}

// disarm clears the alarms that any member knows of: with one in force nothing could be written.
func disarm(w *world.World) {
	for i, m := range w.Members() {
		if m.Up() && len(m.Alarms()) > 0 {
			_ = w.Do(script.Call{Call: api.Alarm{Action: api.AlarmDeactivate},
				Flags: script.Flags{Endpoint: script.MemberName(i + 1)}})
			return
		}
	}
}

// rouse starts every member that is down. One whose addition was still waiting when all was repaired becomes a member
// only later.
func rouse(w *world.World) {
	for i, m := range w.Members() {
		_, starting := w.Starting(sim.Member(i + 1))
		switch {
		case m.Up() || starting || w.Broken() != nil:
			continue
		case !awaited(w, i+1) && (m.Directory().Empty() || m.History() != newest(w)):
			continue
		case m.Directory().Empty():
			unask(w)
		}
		_ = w.Do(script.Restart{Member: script.MemberName(i + 1)})
	}
}

// unask stops members that have joined and learned nothing yet, and those of older clusters. Whoever joins asks the
// first that answers for the list of members, and would not start with theirs; if it is the voter that a quorum lacks
// they learn nothing until it does.
func unask(w *world.World) {
	for i, m := range w.Members() {
		if m.Up() && (len(m.Roster()) == 0 || m.History() != newest(w)) {
			_ = w.Do(script.Crash{Member: script.MemberName(i + 1)})
		}
	}
}

// awaited reports whether a member of the newest cluster knows one on a machine. Where none does an empty directory
// stays so: whoever started from it would found another cluster. One of an older cluster would be started in vain, and
// tell whoever joins of members that are gone.
func awaited(w *world.World, machine int) bool {
	history := newest(w)
	for _, m := range w.Members() {
		if _, ok := m.Newest(machine); ok && m.History() == history {
			return true
		}
	}
	return false
}

// newest returns the history of the cluster that was founded last, of those that somebody still has.
func newest(w *world.World) (history uint32) {
	for _, m := range w.Members() {
		if !m.Directory().Empty() || m.Up() {
			history = max(history, m.History())
		}
	}
	return history
}

// readdress tells the cluster where its first member is, in case that it was told otherwise. It asks the leader, since
// the member that nobody finds would wait for one in vain.
func readdress(w *world.World, end sim.Time) {
	for w.Broken() == nil && w.Now() < end && !found(w) {
		w.Advance(w.Now()+w.Preset().Tick, 1<<40)
		leader, ok := w.Fact(script.Fact{Name: "leader"})
		if !ok {
			continue
		}
		c := script.Call{Call: api.MemberUpdate{Member: 1, PeerURL: etcd.PeerURL(sim.Member(1))},
			Flags: script.Flags{Endpoint: script.Name(leader)}}
		if w.Do(c) != nil {
			return
		}
		settled(w)
		w.Advance(w.Now()+10*w.Preset().Tick, 1<<40)
	}
}

// found reports whether every member knows the address of the first.
func found(w *world.World) bool {
	for _, m := range w.Members() {
		if m.Up() && m.Knows(1) && m.HostOf(1) != sim.Member(1) {
			return false
		}
	}
	return true
}

// settled waits until the request made last has an outcome, and returns it. Others may wait for ever: etcdctl sets some
// no deadline, and their endpoint may be a member that is gone for good.
func settled(w *world.World) client.Outcome {
	last := w.Requests()
	for h, seen := w.History(), w.History().First(); w.Broken() == nil; w.Advance(w.Now()+w.Preset().Tick, 1<<40) {
		for seen = max(seen, h.First()); seen < h.Len(); seen++ {
			if op := h.At(seen); op.Request.ID == last {
				return op.Outcome
			}
		}
	}
	return client.Indeterminate
}

// informs wants every watch to have been told everything after a while. That is more than etcd promises in words, but
// with all repaired nothing can keep its events from coming.
func informs(w *world.World) *Failure {
	for end := w.Now() + patience; w.Owed() != nil && w.Broken() == nil; w.Advance(w.Now()+sim.Second, 1<<40) {
		if w.Now() >= end {
			owed := w.Owed()
			return &Failure{Rule: owed.Rule.String(), Text: owed.Text}
		}
	}
	return broken(w)
}

// falseAlarm wants no alarm of a cluster in which no command has made a database differ.
func falseAlarm(w *world.World, c *Case) *Failure {
	if w.Lost() || slices.ContainsFunc(c.Steps, mayAccuse) || slices.ContainsFunc(w.Members(), emptied) {
		return nil
	}
	for j, r := w.Journal(), w.Journal().First(); r < j.Next(); r++ {
		if e := &j.At(r).Member; j.At(r).Kind == world.AtMember && e.Kind == etcd.AlarmRaised &&
			strings.Contains(e.Text, "CORRUPT") {
			return &Failure{Rule: alarm, Text: "a member was taken for corrupt, but nothing had been made to differ"}
		}
	}
	return nil
}

// mayAccuse reports whether etcd's checks may raise CORRUPT after a command: it makes a database differ, or it is a
// compaction to revision 0, whose hash is remembered under the number by which the checks ask for the current one. A
// member that was started since does not remember it, and is taken for corrupt.
func mayAccuse(s Step) bool {
	switch c := s.Command.(type) {
	case script.Corrupt:
		return true
	case script.Call:
		compaction, ok := c.Call.(api.Compaction)
		return ok && compaction.Revision == 0
	}
	return false
}

// emptied reports whether no key was alive at the revision that a member was last compacted to. While such a compaction
// goes on, the rows that it has still to drop count in etcd's hash (mvcc.Store.HashKV), so that a check that begins
// before its end and ends after it takes the member for corrupt.
func emptied(m *etcd.Member) bool {
	if !m.Up() || m.Store().CompactRevision() <= 0 {
		return false
	}
	for range m.Store().All("", "\x00", m.Store().CompactRevision()) {
		return false
	}
	return true
}

// agree compares the stores of members that have applied the same entries, as far as they are judged.
func agree(w *world.World) *Failure {
	w.Advance(w.Now()+20*w.Preset().Tick, 1<<40)
	members := w.Members()
	for i, a := range members {
		for j, b := range members[:i] {
			if !w.Judged(sim.Member(i+1)) || !w.Judged(sim.Member(j+1)) {
				continue
			}
			if a.Up() && b.Up() && a.Applied() == b.Applied() && a.Store().Hash() != b.Store().Hash() {
				return &Failure{Rule: stores,
					Text: fmt.Sprintf("members %d and %d have both applied up to entry %d, but hold different keys",
						j+1, i+1, a.Applied())}
			}
		}
	}
	return broken(w)
}
