package view

import (
	"fmt"
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// How much a panel shows.
const (
	opsMost    = 60
	marksMost  = 400
	writesMost = 300
)

// history lists what the clients did and were told, newest first.
func history(w *world.World) *wire.History {
	v := &wire.History{}
	for i := range w.Clients() {
		open := w.Clients()[i].Open()
		v.Waiting += len(open)
		for k := range open {
			if len(open)-k <= opsMost {
				v.Rows = append(v.Rows, op(&open[k]))
			}
		}
	}
	hist := w.History()
	for i := hist.Len() - 1; i >= hist.First() && i >= hist.Len()-opsMost; i-- {
		v.Rows = append(v.Rows, op(hist.Ref(i)))
	}
	counts := w.Outcomes()
	v.Acknowledged, v.Failed, v.InDoubt = counts[client.Acknowledged], counts[client.Failed], counts[client.InDoubt]
	for i := range w.Clients() {
		heard := w.Clients()[i].Heard()
		for k := heard.Len() - 1; k >= max(heard.First(), heard.Len()-opsMost/2); k-- {
			v.Rows = append(v.Rows, heardOp(w, heard.Ref(k)))
		}
	}
	sort.SliceStable(v.Rows, func(i, j int) bool { return v.Rows[i].Call > v.Rows[j].Call })
	v.Rows = v.Rows[:min(len(v.Rows), opsMost)]
	return v
}

func op(o *client.Operation) wire.Op {
	v := wire.Op{
		ID: o.Request.ID, Client: o.Request.Client.String(), Endpoint: endpoint(o.Endpoint), Text: world.Ask(o.Request.Call),
		Call: int64(o.Call), Return: int64(o.Return), Outcome: o.Outcome.String(), Told: world.Told(o),
		Select: fmt.Sprintf("o%d", o.Request.ID),
	}
	if o.Outcome == client.Waiting {
		v.Return = -1
	}
	return v
}

// heardOp is what a watch was told, as a row among the operations.
func heardOp(w *world.World, r *client.Heard) wire.Op {
	_, name, _ := strings.Cut(watchName(r.Client, r.Watch), " ")
	v := wire.Op{Client: r.Client.String(), Text: name, Call: int64(r.At), Return: int64(r.At), Outcome: "told",
		Select: selectWatch(r.Client, r.Watch)}
	if x := watchByID(&w.Clients()[r.Client.Number()-1], r.Watch); x != nil {
		v.Endpoint, v.Text = endpoint(x.Endpoint), v.Text+" of "+rangeText(x.Request.Key, x.Request.End)
	}
	v.Told = strings.TrimSuffix(downSentence(&etcd.Down{Message: r.Message}), ".")
	if r.Message.CompactRevision != 0 {
		v.Outcome, v.Told = "canceled", api.ErrCompacted
	}
	return v
}

// liveRules are judged after every turn: the Raft paper's, and etcd's promises about what clients are told.
var liveRules = []rule.ID{
	rule.ElectionSafety, rule.LeaderAppendOnly, rule.LogMatching, rule.LeaderCompleteness, rule.StateMachineSafety,
	rule.OneHistory, rule.AnswerAtRevision, rule.LeaseKept, rule.LeaseTakesKeys,
	rule.WatchFilter, rule.WatchOrdered, rule.WatchUnique, rule.WatchAtomic, rule.WatchReliable, rule.WatchResumable,
	rule.WatchBookmarkable,
	rule.WatchPrevKV, rule.WatchIsCreate,
}

func checks(w *world.World, linear Linear) *wire.Checks {
	v := &wire.Checks{Good: true, Summary: fmt.Sprintf("%d rules hold", len(liveRules))}
	broken := w.Broken()
	for _, id := range liveRules {
		c := check(id, "holds", fmt.Sprintf("asked after each of %d turns", w.Turn()))
		if broken != nil && broken.Rule == id {
			c.State, c.Detail = "broken", broken.Text
			v.Good, v.Summary = false, "broken: "+id.String()
		}
		v.Rows = append(v.Rows, c)
	}
	v.Rows = append(v.Rows, check(rule.Linearizable, linear.State, linear.Detail))
	switch {
	case !v.Good:
	case linear.State == "holds":
		v.Summary += " · linearizable"
	case linear.State == "broken":
		v.Good, v.Summary = false, "broken: linearizable"
	}
	for _, name := range w.Config().Switched() {
		id, _ := rule.ByName(name)
		v.Rows = append(v.Rows, check(id, "switched off", "this run is modified Raft"))
	}
	return v
}

func check(id rule.ID, state, detail string) wire.Check {
	t := id.Text()
	return wire.Check{Name: t.Name, Sentence: t.Sentence, Ref: t.Ref, State: state, Detail: detail}
}

func tape(run *world.Run) *wire.Tape {
	commands, done := run.Tape()
	now := run.World().Now()
	v := &wire.Tape{}
	for i, c := range commands {
		v.Rows = append(v.Rows, wire.TapeRow{At: int64(c.At), Text: c.Command.String(), Future: c.At > now || i >= done})
	}
	v.Branches, v.Current = branches(run)
	return v
}

// branches lists the lines of history and says which is shown.
func branches(run *world.Run) (list []wire.Branch, current int) {
	forks, current := run.Forks()
	for i, f := range forks {
		list = append(list, wire.Branch{Name: fmt.Sprint(i + 1), Forked: int64(f.At), Parent: f.Parent, Text: f.Text,
			End: int64(f.End)})
	}
	return list, current
}

// verdict is what all checks together say.
func verdict(c *wire.Checks) wire.Pill {
	if c.Good {
		return wire.Pill{Value: c.Summary, Tone: "good"}
	}
	return wire.Pill{Value: c.Summary, Tone: "bad"}
}

// timeline paints the whole branch, the part behind the instant shown included.
func timeline(run *world.Run) wire.Timeline {
	h := run.Head()
	t := wire.Timeline{End: int64(h.Now())}
	spans := h.Spans()
	for _, s := range spans[max(len(spans)-marksMost, 0):] {
		leader := ""
		if s.Leader != 0 {
			leader = s.Leader.String()
		}
		t.Spans = append(t.Spans, wire.Span{From: int64(s.From), To: int64(s.To), Term: uint64(s.Term), Leader: leader})
	}
	marks := h.Marks()
	for i := max(marks.Len()-marksMost, 0); i < marks.Len(); i++ {
		m := marks.Ref(i)
		t.Marks = append(t.Marks, wire.Mark{At: int64(m.At), Kind: markKind(m), Text: m.Text, Seq: m.Seq})
	}
	writes := h.Writes()
	step := max(writes.Len()/writesMost, 1)
	for i := 0; i < writes.Len(); i += step {
		t.Writes = append(t.Writes, int64(writes.At(i)))
	}
	return t
}

// markKind names a fault by its command's verb, so that each has its sign.
func markKind(m *world.Mark) string {
	if m.Kind != "fault" {
		return m.Kind
	}
	verb, _, _ := strings.Cut(m.Text, " ")
	switch verb {
	case "crash", "restart", "pause", "resume", "split", "heal":
		return verb
	case "cut", "mend":
		return map[string]string{"cut": "split", "mend": "heal"}[verb]
	case "timeout":
		return "command"
	}
	return "message"
}
