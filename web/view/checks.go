package view

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// liveRules are judged after every turn: the Raft paper's, and etcd's promises about what clients are told.
var liveRules = []rule.ID{
	rule.ElectionSafety, rule.LeaderAppendOnly, rule.LogMatching, rule.LeaderCompleteness, rule.StateMachineSafety,
	rule.OneHistory, rule.AnswerAtRevision, rule.LeaseKept, rule.LeaseTakesKeys,
	rule.WatchFilter, rule.WatchOrdered, rule.WatchUnique, rule.WatchAtomic, rule.WatchReliable, rule.WatchResumable,
	rule.WatchBookmarkable,
	rule.WatchPrevKV, rule.WatchIsCreate,
}

// Checks lists the rules and whether they hold.
func Checks(run *world.Run, lens Lens) *wire.Checks { return checks(run.World(), lens.Linear) }

func checks(w *world.World, linear Linear) *wire.Checks {
	v := &wire.Checks{Good: true, Summary: fmt.Sprintf("%d rules hold", len(liveRules))}
	broken := w.Broken()
	for _, id := range liveRules {
		c := check(id, wire.Holds, fmt.Sprintf("asked after each of %d turns", w.Turn()))
		if broken != nil && broken.Rule == id {
			c.State, c.Detail = wire.Broken, broken.Text
			v.Good, v.Summary = false, "broken: "+id.String()
		}
		v.Rows = append(v.Rows, c)
	}
	v.Rows = append(v.Rows, check(rule.Linearizable, linear.State, linear.Detail))
	switch {
	case !v.Good:
	case linear.State == wire.Holds:
		v.Summary += " · linearizable"
	case linear.State == wire.Broken:
		v.Good, v.Summary = false, "broken: linearizable"
	}
	for _, name := range w.Config().Switched() {
		id, _ := rule.ByName(name)
		v.Rows = append(v.Rows, check(id, wire.SwitchedOff, "this run is modified Raft"))
	}
	return v
}

func check(id rule.ID, state wire.Verdict, detail string) wire.Check {
	t := id.Text()
	return wire.Check{Name: t.Name, Sentence: t.Sentence, Ref: t.Ref, State: state, Detail: detail}
}

// verdict is what all checks together say.
func verdict(c *wire.Checks) wire.Pill {
	if c.Good {
		return wire.Pill{Value: c.Summary, Tone: wire.Good}
	}
	return wire.Pill{Value: c.Summary, Tone: wire.Bad}
}
