package view

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// causesMost is how far back a card walks. The rest is one click away: every cause can be selected.
const causesMost = 24

// why explains what is selected; nil if nothing is, or it is nothing that exists now.
func why(run *world.Run, lens Lens) *wire.Why {
	w, sel := run.World(), lens.Select
	var card *wire.Why
	switch sel.Of {
	case wire.SelectHost:
		card = whyHost(run, sel.Host)
	case wire.SelectEntry:
		card = whyEntry(w, sel.Host, raft.Index(sel.Number))
	case wire.SelectRecord:
		card = whyRecord(run, uint64(sel.Number))
	case wire.SelectMessage:
		card = whyMessage(run, uint64(sel.Number))
	case wire.SelectOperation:
		card = whyOperation(run, uint64(sel.Number))
	case wire.SelectKey:
		card = whyKey(w, sel.Key)
	case wire.SelectKeyVersion:
		card = whyVersion(run, lens)
	case wire.SelectWatch:
		card = whyWatch(w, sel)
	case wire.SelectLease:
		card = whyLease(w, lease.ID(sel.Number))
	}
	if card != nil {
		card.Subject = sel
	}
	return card
}

// causes walks back from a record to what began it.
func causes(run *world.Run, seq uint64) []wire.Event {
	var list []wire.Event
	for seq != 0 && len(list) < causesMost {
		r := run.Record(seq)
		if r == nil {
			break
		}
		list = append(list, event(r))
		seq = r.Cause
	}
	return list
}

// cite adds a rule to the card, once.
func cite(c *wire.Why, ids ...rule.ID) {
	for _, id := range ids {
		t := id.Text()
		known := id == rule.None
		for _, r := range c.Rules {
			known = known || r.Name == t.Name
		}
		if !known {
			c.Rules = append(c.Rules, wire.Rule{Name: t.Name, Sentence: t.Sentence, Ref: t.Ref})
		}
	}
}

func fact(c *wire.Why, label, format string, args ...any) {
	c.Facts = append(c.Facts, wire.Fact{Label: label, Value: fmt.Sprintf(format, args...)})
}

func whyRecord(run *world.Run, seq uint64) *wire.Why {
	r := run.Record(seq)
	if r == nil {
		return nil
	}
	c := &wire.Why{Title: recordTitle(r), At: int64(r.At), Causes: causes(run, r.Cause)}
	if r.Packet != nil {
		c.Text = append(c.Text, sentence(r.Packet))
	}
	if t := explain(r); t != "" {
		c.Text = append(c.Text, t)
	}
	cite(c, r.Rule)
	cite(c, storeRules(r)...)
	if r.Kind == world.AtMember && r.Member.Kind == etcd.RaftEvent && r.Member.Raft.Kind == raft.ElectionTimedOut {
		cite(c, rule.RandomizedTimeout) // why this member, and why now
	}
	if len(c.Causes) == 0 {
		c.Text = append(c.Text, "Nothing in this run led to it: it comes from the start, or from the member's own clock.")
	}
	return c
}

func recordTitle(r *world.Record) string {
	where := r.Where.String()
	if r.Where == 0 {
		where = ""
	}
	return strings.TrimSpace(strings.TrimSpace(where+" "+r.Verb()) + " " + r.Detail())
}

// explain says what a record means, where its own words do not.
func explain(r *world.Record) string {
	if r.Kind == world.Lost && r.Rule == rule.LinkCut {
		return "The network does not carry it: " + r.Text + "."
	}
	if r.Kind != world.AtMember {
		return ""
	}
	switch r.Member.Kind {
	case etcd.SyncStarted:
		return "The entries are in the log file but not safe: until the fsync is done a crash would lose them, so nothing " +
			"that promises them is sent."
	case etcd.SyncDone:
		return "What was written is now safe from a crash; what had to wait for it goes out."
	case etcd.AwaitsLeader:
		return "The member knows no leader, so it cannot propose. The request waits here until one is found or it runs " +
			"out of time."
	case etcd.Applied:
		return "Every member applies this entry at this place, so all stores go through the same states."
	case etcd.Expired:
		return "The member stops waiting. Whether the write happens is open: its entry may still be in somebody's log."
	case etcd.Crashed:
		if etcd.WasRemoved(r.Member.Text) {
			return "The others know that this member was removed, and refuse it. etcd's log adds: data-dir used by this " +
				"member must be removed."
		}
		return "Memory is gone; what was synced is not. The operating system closes the connections of clients that waited."
	case etcd.HashesDiffer:
		return "The leader has compared hashes of what should be the same everywhere. It raises the alarm CORRUPT; while " +
			"that is active nobody writes. The member " +
			"that differs has to be removed and added again: clearing the alarm does not repair it."
	case etcd.HashesCompared:
		return "Members that have applied the same writes have the same hash, at the same revision and the same compaction."
	case etcd.NotStarted:
		return "The process looked at its directory, its flags and the other members, and ended with this error. Nothing " +
			"was changed."
	case etcd.WatchEvent:
		return watchMeaning[r.Member.Watch.Kind]
	case etcd.ReadConfirmed:
		return "A quorum still follows this leader, so nothing newer can have been committed elsewhere when the read began."
	}
	return meaning[r.Member.Kind]
}

func whyMessage(run *world.Run, id uint64) *wire.Why {
	w := run.World()
	for _, fl := range w.InFlight() {
		if fl.ID != id {
			continue
		}
		c := packetCard(run, fl.Packet)
		if fl.Due < 0 {
			c.Text = append(c.Text, "It is held until you deliver or drop it.")
			c.Actions = append(c.Actions, wire.Button{Label: "Deliver", Command: fmt.Sprintf("deliver m%d", id)})
		} else {
			fact(c, "arrives in", "%s", text.Span(fl.Due-w.Now()))
			c.Actions = append(c.Actions,
				wire.Button{Label: "Deliver now", Command: fmt.Sprintf("deliver m%d", id)},
				wire.Button{Label: "Delay 50 ms", Command: fmt.Sprintf("delay m%d 50ms", id)},
				wire.Button{Label: "Hold", Command: fmt.Sprintf("hold m%d", id)},
				wire.Button{Label: "Duplicate", Command: fmt.Sprintf("duplicate m%d", id)})
		}
		c.Actions = append(c.Actions, wire.Button{Label: "Drop", Command: fmt.Sprintf("drop m%d", id)})
		return c
	}
	return whyPastMessage(run, id)
}

// whyPastMessage explains a message that has arrived or was lost, if the journal still knows it.
func whyPastMessage(run *world.Run, id uint64) *wire.Why {
	r := run.Newest(fmt.Sprintf("m%d", id), func(r *world.Record) bool { return r.Packet != nil && r.Packet.ID == id })
	if r == nil {
		return nil
	}
	c := packetCard(run, r.Packet)
	switch r.Kind {
	case world.Lost:
		c.Text = append(c.Text, "It was lost: "+r.Text+".")
		cite(c, r.Rule)
	case world.Received:
		c.Text = append(c.Text, fmt.Sprintf("It arrived at %s.", text.Clock(r.At)))
	}
	return c
}

func packetCard(run *world.Run, p *world.Packet) *wire.Why {
	c := &wire.Why{
		Title: fmt.Sprintf("%s, from %v to %v", p.Label(), p.From, p.To), Text: []string{sentence(p)}, At: int64(p.Sent),
	}
	if r := run.Record(p.Record); r != nil {
		c.Causes = causes(run, r.Cause)
	}
	fact(c, "message", "m%d", p.ID)
	if p.Raft() != nil {
		fact(c, "type", "%v", p.Raft().Type)
		fact(c, "term", "%d", p.Raft().Term)
		cite(c, messageRules(p.Raft())...)
	}
	cite(c, streamRules(p)...)
	return c
}

func messageRules(m *raft.Message) []rule.ID {
	switch m.Type {
	case raft.MsgApp:
		if len(m.Entries) == 0 {
			return []rule.ID{rule.QuorumCommits}
		}
		return []rule.ID{rule.LeaderSendsWhileItSyncs, rule.LogMatchingCheck}
	case raft.MsgAppResp:
		if m.Reject {
			return []rule.ID{rule.LogMatchingCheck, rule.ConflictHint}
		}
		return []rule.ID{rule.SyncBeforeAck}
	case raft.MsgHeartbeat, raft.MsgHeartbeatResp:
		return []rule.ID{rule.HeartbeatsKeepLeadership}
	case raft.MsgPreVote, raft.MsgPreVoteResp:
		return []rule.ID{rule.PreVote}
	case raft.MsgVote:
		return []rule.ID{rule.ElectionTimeout, rule.ElectionRestriction}
	case raft.MsgVoteResp:
		return []rule.ID{rule.OneVotePerTerm}
	case raft.MsgProp:
		return []rule.ID{rule.FollowerForwards}
	case raft.MsgReadIndex, raft.MsgReadIndexResp:
		return []rule.ID{rule.ReadIndexQuorum}
	}
	return nil
}

func whyHost(run *world.Run, h sim.Host) *wire.Why {
	w := run.World()
	if h.IsClient() {
		if h.Number() > len(w.Clients()) {
			return nil
		}
		return whyClient(w, h)
	}
	if h.Number() > len(w.Members()) {
		return nil
	}
	m := w.Members()[h.Number()-1]
	v := member(w, h, m)
	c := &wire.Why{Title: memberTitle(&v), At: -1}
	if t := lastTurningPoint(run, h); t != nil {
		c.Text = append(c.Text, fmt.Sprintf("At %s it %s %s.", text.Clock(t.At), t.Verb(),
			strings.TrimSuffix(t.Detail(), ".")))
		cite(c, t.Rule)
	}
	c.Text = append(c.Text, memberText(w, m, &v)...)
	identityFacts(c, w, h, m)
	memberFacts(c, m, &v)
	c.Actions = memberActions(&v)
	return c
}

func memberTitle(v *wire.Member) string {
	switch {
	case !v.Up:
		return v.Name + " is down"
	case v.Paused:
		return v.Name + " is paused"
	case v.Believes:
		return fmt.Sprintf("%s believes it leads term %d, which is over", v.Name, v.Term)
	case v.Role == wire.RoleLeader:
		return fmt.Sprintf("%s leads term %d", v.Name, v.Term)
	case v.Role == wire.RoleFollower && v.Leader != "":
		return fmt.Sprintf("%s follows %s in term %d", v.Name, v.Leader, v.Term)
	case v.Role == wire.RoleFollower:
		return fmt.Sprintf("%s waits for a leader in term %d", v.Name, v.Term)
	}
	return fmt.Sprintf("%s is %s in term %d", v.Name, v.Role, v.Term)
}

// lastTurningPoint finds the last record that made a member what it is.
func lastTurningPoint(run *world.Run, h sim.Host) *world.Record {
	return run.Newest(h.String(),
		func(r *world.Record) bool { return r.Where == h && r.Kind == world.AtMember && turns(&r.Member) })
}

func turns(e *etcd.Event) bool {
	switch e.Kind {
	case etcd.Started, etcd.Crashed, etcd.Paused, etcd.Resumed:
		return true
	case etcd.RaftEvent:
		switch e.Raft.Kind {
		case raft.BecameCandidate, raft.BecameFollower, raft.BecameLeader, raft.BecamePreCandidate, raft.SteppedDown,
			raft.LeaderFound:
			return true
		}
	}
	return false
}

func memberText(w *world.World, m *etcd.Member, v *wire.Member) []string {
	switch {
	case !v.Up:
		return []string{"Its memory is gone. Its disk holds the term, the vote and the log that were synced; it will " +
			"start from them."}
	case v.Paused:
		return []string{"The process handles nothing. The clock goes on: when it is resumed it finds all that arrived " +
			"meanwhile."}
	case v.Believes:
		return []string{"It has not heard of the newer leader. It cannot commit anything, because it reaches no quorum, " +
			"and steps down when its quorum check fails."}
	case v.Role == wire.RoleLeader:
		need, of := quorum(w)
		return []string{fmt.Sprintf("It takes the writes, and commits an entry when %d of %d members hold it on disk.", need,
			of)}
	case v.Timer.Timeout > 0 && v.Role == wire.RoleFollower:
		return []string{fmt.Sprintf("If it hears nothing from a leader for %s more, it asks whether it could win an "+
			"election.", text.Span(sim.Time(v.Timer.Timeout-v.Timer.Elapsed)))}
	}
	return nil
}

// identityFacts tells whose directory a machine has: its name may have belonged to others before.
func identityFacts(c *wire.Why, w *world.World, h sim.Host, m *etcd.Member) {
	if m.Directory().Empty() {
		fact(c, "directory", "%s, empty", w.Directory(h))
		return
	}
	fact(c, "member ID", "%x (%v)", m.EtcdID(), m.ID())
	fact(c, "cluster ID", "%x", m.ClusterID())
	fact(c, "directory", "%s", w.Directory(h))
}

func memberFacts(c *wire.Why, m *etcd.Member, v *wire.Member) {
	last, _ := m.Directory().WAL().Synced()
	if v.Up {
		fact(c, "term", "%d", v.Term)
		if v.Vote != "" {
			fact(c, "voted for", "%s", v.Vote)
		}
		fact(c, "log", "%d entries, %d on disk", v.Last, last)
		fact(c, "committed", "%d", v.Commit)
		fact(c, "applied", "%d", v.Applied)
		fact(c, "revision", "%d", v.Revision)
		fact(c, "disk", "%s", v.Disk.Text)
		fact(c, "database", "%d kB, %d in use", m.Store().Size()/1000, m.Store().SizeInUse()/1000)
		if n := m.Hub().Counts(); n.Watchers > 0 {
			fact(c, "watchers", "%d, %d behind", n.Watchers, n.Slow)
		}
	} else {
		fact(c, "on disk", "%d entries", last)
	}
	for _, p := range v.Peers {
		active := ""
		if !p.Active {
			active = ", silent"
		}
		fact(c, p.Name, "%s, match %d, next %d, %d in flight%s", p.State, p.Match, p.Next, p.Inflight, active)
	}
}

func memberActions(v *wire.Member) []wire.Button {
	if !v.Up {
		return []wire.Button{{Label: "Restart", Command: "restart " + v.Name}}
	}
	actions := []wire.Button{{Label: "Crash", Command: "crash " + v.Name}}
	if v.Paused {
		return append(actions, wire.Button{Label: "Resume", Command: "resume " + v.Name})
	}
	actions = append(actions, wire.Button{Label: "Pause", Command: "pause " + v.Name})
	if v.Role != wire.RoleLeader {
		actions = append(actions, wire.Button{Label: "Time out now", Command: "timeout " + v.Name})
	}
	return actions
}

// patience says how long a client waits for an answer.
func patience(op *client.Operation) string {
	most, ok := op.Patience()
	if !ok {
		return " It has no deadline: it waits for as long as the connection holds."
	}
	return fmt.Sprintf(" It gives up %s after it asked; then it does not know whether a write happened.", text.Span(most))
}

func whyClient(w *world.World, h sim.Host) *wire.Why {
	v := clientOf(w, &w.Clients()[h.Number()-1])
	c := &wire.Why{Title: v.Name + " talks to " + v.Endpoint, At: -1}
	if v.Since >= 0 {
		c.Text = append(c.Text, v.Doing+": "+v.Note+"."+patience(&w.Clients()[h.Number()-1].Open()[0]))
		cite(c, rule.ClientTimeout)
	} else if v.Note != "" {
		c.Text = append(c.Text, v.Doing+": "+v.Note+".")
	} else {
		c.Text = append(c.Text, "It has not asked anything yet.")
	}
	if l := load(w, h); l != "" {
		fact(c, "steady load", "%s", l)
		c.Actions = append(c.Actions, wire.Button{Label: "End the load", Command: "load off --client " + v.Name})
	}
	return c
}

func whyEntry(w *world.World, h sim.Host, i raft.Index) *wire.Why {
	if h.Number() > len(w.Members()) {
		return nil
	}
	m := w.Members()[h.Number()-1]
	e, ok := entryAt(m, i)
	if !ok {
		return nil
	}
	state, text := entryState(m, i), etcd.EntryText(&e)
	c := &wire.Why{Title: fmt.Sprintf("%s at %v is %s", text, h, stateText[state]), At: -1}
	holders := holding(w, e)
	need, of := quorum(w)
	fact(c, "index", "%d", i)
	fact(c, "term", "%d", e.Term)
	fact(c, "on disk at", "%s", strings.Join(holders, ", "))
	if id, call, err := api.Decode(e.Data); err == nil && e.Type == raft.EntryNormal {
		if !etcd.OwnID(id) {
			fact(c, "request", "%d", id)
		}
		if put, ok := call.(api.Put); ok {
			fact(c, "value", "%s", put.Value)
		}
	}
	switch state {
	case wire.Applied, wire.Committed:
		c.Text = append(c.Text, fmt.Sprintf("%d of %d members hold it on disk; %d decide. No later leader can be without it.",
			len(holders), of, need))
		cite(c, rule.QuorumCommits, rule.LeaderCompleteness)
	default:
		c.Text = append(c.Text,
			fmt.Sprintf("%d of the %d acknowledgements that a quorum of %d needs. Until then it can still be overwritten by "+
				"a leader that does not have it.",
				len(holders), need, of))
		cite(c, rule.QuorumCommits, rule.FollowerTruncates)
	}
	if len(e.Data) == 0 {
		cite(c, rule.LeaderAppendsNoop)
	}
	return c
}

// holding names the members that hold this very entry on disk.
func holding(w *world.World, e raft.Entry) []string {
	var names []string
	for i, m := range w.Members() {
		if x, ok := m.Directory().WAL().EntryAt(e.Index); ok && x.Term == e.Term {
			names = append(names, sim.Member(i+1).String())
		}
	}
	return names
}

func whyKey(w *world.World, key string) *wire.Why {
	c := &wire.Why{Title: key, At: -1}
	for i, m := range w.Members() {
		name := sim.Member(i + 1).String()
		if !m.Up() {
			fact(c, name, "down")
			continue
		}
		kv, found, err := m.Store().Get(key, 0)
		if err != nil || !found {
			fact(c, name, "no such key at revision %d", m.Store().Revision())
			continue
		}
		fact(c, name, "%s · version %d, created at %d, modified at %d", kv.Value, kv.Version, kv.CreateRevision,
			kv.ModRevision)
	}
	if m, _ := storeOf(w, wire.Selection{}); m != nil {
		if g := generations(m.Store(), key); g != "" {
			c.Text = append(c.Text, "Its generations, by revision (a † deletes it): "+g)
			cite(c, rule.RevisionPerWrite, rule.TombstoneEndsGeneration)
		}
	}
	return c
}

func whyOperation(run *world.Run, id uint64) *wire.Why {
	r := run.Newest(fmt.Sprintf("o%d", id), func(r *world.Record) bool {
		return r.Kind == world.AtClient && r.Client.Operation.Request != nil && r.Client.Operation.Request.ID == id
	})
	if r == nil {
		return nil
	}
	o := &r.Client.Operation
	c := &wire.Why{Title: fmt.Sprintf("%s: %s", o.Asked(), o.Outcome), At: int64(r.At),
		Causes: causes(run, r.Cause)}
	c.Text = append(c.Text, outcomeText(o))
	fact(c, "client", "%v", o.Request.Client)
	fact(c, "member", "%s", endpoint(o.Endpoint))
	fact(c, "asked at", "%s", text.Clock(o.Call))
	if o.Outcome != client.Waiting {
		fact(c, "took", "%s", text.Span(o.Return-o.Call))
	}
	if b, ok := run.World().Monitor().Latency().Breakdown(id, o.Return); ok && o.Outcome == client.Acknowledged {
		c.Stages = stages(func(s monitor.Stage) sim.Time { return sim.Time(b.Stages[s]) })
	}
	cite(c, r.Rule)
	return c
}

func outcomeText(o *client.Operation) string {
	switch o.Outcome {
	case client.Acknowledged:
		return "The client was told: " + o.Told() + "."
	case client.Failed:
		return "The client was told: " + o.Told() + ". It certainly did not happen."
	case client.Indeterminate:
		return "The client was told: " + o.Told() + ". Whether the write happened, now or later, it cannot know."
	}
	return "The client has no answer yet."
}
