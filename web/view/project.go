package view

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Lens is how a person looks at the run. It never changes it.
type Lens struct {
	Panel    string         // its ID
	Select   wire.Selection // what is explained
	Revision int64          // keys: what a read at it shows; 0: the newest
	From     string         // keys: from this one on
	Linear   Linear         // what the linearizability check last said
	Still    bool           // what is costly and changes slowly is left out: what was shown last may stay
}

// Linear is a verdict on the clients' history. It is made by the engine, now and then, because it costs more than a
// frame may.
type Linear struct {
	State  wire.Verdict
	Detail string
}

// Project returns what is shown whatever the panel. Playback and the fields of Run that only the engine knows are left
// to it.
func Project(run *world.Run, lens Lens) *wire.Frame {
	w := run.World()
	f := &wire.Frame{
		Run:      runInfo(w),
		Pills:    pills(w),
		Members:  members(w),
		Clients:  clients(w),
		Links:    links(w),
		Groups:   groups(w),
		Messages: messages(w),
		Loads:    loads(w),
		Grants:   grants(w),
		Events:   events(w, eventLines),
		Why:      why(run, lens),
		Timeline: timeline(run),
	}
	f.Summary = summary(w, f)
	f.Verdict = verdict(checks(w, lens.Linear))
	f.Branches, f.Branch = branches(run)
	return f
}

// Panel is one panel's projection: what it shows, nil for what it showed before.
type Panel struct {
	ID      string
	Project func(run *world.Run, lens Lens) *wire.Content
}

func runInfo(w *world.World) wire.Run {
	c := w.Config()
	return wire.Run{Preset: c.Preset, Seed: c.Seed, Members: c.Members, Clients: c.Clients, Modified: c.Switched()}
}

// Catalog returns what is the same for all runs. Model and Version are left to the engine.
func Catalog() *wire.Catalog {
	v := &wire.Catalog{}
	for _, p := range world.Presets {
		v.Presets = append(v.Presets, wire.Preset{Name: p.Name, Text: p.Text})
	}
	for _, id := range switchable {
		t := id.Text()
		v.Switches = append(v.Switches, wire.Rule{Name: t.Name, Sentence: t.Sentence, Ref: t.Ref})
	}
	return v
}

// switchable are the rules that the page offers to switch off.
var switchable = [...]rule.ID{rule.PreVote, rule.CheckQuorum, rule.ElectionRestriction, rule.CurrentTermCommit,
	rule.LogMatchingCheck, rule.PersistBeforeReply, rule.TermStepDown, rule.ReadIndexQuorum}

// conf returns the configuration that counts: the leader's, or without one that of the member that has applied most.
func conf(w *world.World) raft.ConfState {
	best := w.Leader()
	for _, m := range w.Members() {
		if w.Leader() == nil && (best == nil || m.Applied() > best.Applied()) {
			best = m
		}
	}
	return best.Conf()
}

// quorum returns how many members decide, and of how many.
func quorum(w *world.World) (need, of int) {
	of = len(conf(w).Voters)
	return of/2 + 1, of
}

func pills(w *world.World) []wire.Pill {
	need, of := quorum(w)
	up := 0
	for _, id := range conf(w).Voters {
		if m := w.Members()[id-1]; m.Up() && !m.Paused() {
			up++
		}
	}
	q := wire.Pill{Label: "quorum", Value: fmt.Sprintf("%d of %d", need, of)}
	if up < need {
		q.Tone, q.Label = wire.Bad, fmt.Sprintf("only %d run; quorum", up)
	}
	list := []wire.Pill{q, leaderPill(w)}
	for _, m := range w.Members() {
		if believes(w, m) {
			list = append(list, wire.Pill{Label: nameOf(w, m) + " still believes it leads term",
				Value: fmt.Sprint(m.Node().Term()), Tone: wire.Bad})
		}
	}
	if b := w.Broken(); b != nil {
		list = append(list, wire.Pill{Label: "rule broken:", Value: b.Rule.String(), Tone: wire.Bad})
	}
	return append(list, wire.Pill{Label: "revision", Value: fmt.Sprint(revision(w)), Tone: wire.Quiet})
}

func leaderPill(w *world.World) wire.Pill {
	if m := w.Leader(); m != nil && !m.Paused() {
		return wire.Pill{Label: "leader", Value: fmt.Sprintf("%s, term %d", nameOf(w, m), m.Node().Term())}
	}
	return wire.Pill{Label: "no leader, term", Value: fmt.Sprint(w.MaxTerm()), Tone: wire.Bad}
}

// revision returns the newest revision that any running member has applied.
func revision(w *world.World) int64 {
	var top int64 = 1
	for _, m := range w.Members() {
		if m.Up() {
			top = max(top, m.Store().Revision())
		}
	}
	return top
}

// nameOf returns a member's name.
func nameOf(w *world.World, m *etcd.Member) string {
	for i, x := range w.Members() {
		if x == m {
			return sim.Member(i + 1).String()
		}
	}
	return ""
}

// believes reports whether a member takes itself for the leader although a later term has begun.
func believes(w *world.World, m *etcd.Member) bool {
	return m.Leads() && m.Node().Term() < w.MaxTerm()
}

// summary says in a paragraph what the stage shows, for those who do not see it.
func summary(w *world.World, f *wire.Frame) string {
	var b strings.Builder
	fmt.Fprintf(&b, "A simulated etcd cluster of %d members at %v. ", len(f.Members), text.Clock(w.Now()))
	if m := w.Leader(); m != nil {
		fmt.Fprintf(&b, "%s leads term %d and has committed %d entries. ", nameOf(w, m), m.Node().Term(), m.Node().Commit())
	} else {
		b.WriteString("Nobody leads. ")
	}
	for _, m := range f.Members {
		if m.Role != wire.RoleFollower && m.Role != wire.RoleLeader {
			fmt.Fprintf(&b, "%s is %s. ", m.Name, m.Role)
		}
	}
	if len(f.Groups) > 0 {
		sides := make([]string, len(f.Groups))
		for i, g := range f.Groups {
			sides[i] = strings.Join(g, " ")
		}
		fmt.Fprintf(&b, "The network is split: %s. ", strings.Join(sides, " | "))
	}
	fmt.Fprintf(&b, "%d messages are on their way.", len(f.Messages))
	return b.String()
}

func hostOf(id raft.ID) string {
	if id == raft.None {
		return ""
	}
	return sim.Member(id.Machine()).String()
}
