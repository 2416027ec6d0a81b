package view

import (
	"fmt"
	"github.com/etcdscope/etcdscope/core/api"
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// How much a panel shows.
const (
	keysMost    = 100
	opsMost     = 60
	pendingMost = 32
	marksMost   = 400
	writesMost  = 300
)

// keys shows the store of the selected member, else of the leader, else of the one that is furthest.
func keys(w *world.World, selected string) *wire.Keys {
	m, h := storeOf(w, selected)
	k := &wire.Keys{}
	for i, x := range w.Members() {
		text := "down"
		if x.Up() {
			text = fmt.Sprintf("revision %d", x.Store().Revision())
		}
		k.Members = append(k.Members, sim.Member(i+1).String()+": "+text)
	}
	if m == nil {
		return k
	}
	k.Member, k.Revision = h.String(), m.Store().Revision()
	waiting := pending(m)
	for kv := range m.Store().All("\x00", "\x00", 0) {
		if len(k.Rows) == keysMost {
			k.More = m.Store().Len() - keysMost
			break
		}
		k.Rows = append(k.Rows, keyRow(m.Store(), kv, waiting))
	}
	for _, p := range waiting {
		if _, found, _ := m.Store().Get(p.key, 0); !found && p.puts {
			k.Rows = append(k.Rows, wire.KeyRow{Key: p.key, Pending: p.text})
		}
	}
	return k
}

func storeOf(w *world.World, selected string) (*etcd.Member, sim.Host) {
	if h, ok := sim.ParseHost(selected); ok && h.IsMember() && h.Number() <= len(w.Members()) {
		if m := w.Members()[h.Number()-1]; m.Up() {
			return m, h
		}
	}
	var best *etcd.Member
	host := sim.Host(0)
	for i, m := range w.Members() {
		if m.Up() && (best == nil || m == w.Leader() || (best != w.Leader() && m.Applied() > best.Applied())) {
			best, host = m, sim.Member(i+1)
		}
	}
	return best, host
}

func keyRow(s *mvcc.Store, kv mvcc.KeyValue, waiting []change) wire.KeyRow {
	row := wire.KeyRow{
		Key: kv.Key, Value: kv.Value, Create: kv.CreateRevision, Mod: kv.ModRevision, Version: kv.Version,
		Generations: generations(s, kv.Key),
	}
	for _, p := range waiting {
		if p.key == kv.Key {
			row.Pending = p.text
		}
	}
	return row
}

// change is what an entry that is not yet applied will do to a key.
type change struct {
	key, text string
	puts      bool
}

// pending lists the changes in a member's log that its store does not have yet.
func pending(m *etcd.Member) []change {
	var list []change
	for i := m.Applied() + 1; i <= m.Node().LastIndex() && len(list) < pendingMost; i++ {
		e, ok := m.Node().EntryAt(i)
		if !ok || e.Type != raft.EntryNormal || len(e.Data) == 0 {
			continue
		}
		if _, call, err := api.Decode(e.Data); err == nil {
			list = append(list, changes(call)...)
		}
	}
	return list
}

// changes lists what a call does to single keys, in whichever branch of a transaction.
func changes(c api.Call) (list []change) {
	switch c := c.(type) {
	case api.Put:
		return []change{{c.Key, "put " + c.Value + ", not yet applied", true}}
	case api.DeleteRange:
		return []change{{c.Key, "del, not yet applied", false}}
	case api.Txn:
		for _, op := range append(append([]api.Call(nil), c.Success...), c.Failure...) {
			list = append(list, changes(op)...)
		}
	}
	return list
}

// generations writes a key's history as etcd's own comments do: {2 5 6†} {9}. † is a tombstone.
func generations(s *mvcc.Store, key string) string {
	var b strings.Builder
	for i, g := range s.Generations(key) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('{')
		revs := g.Revs
		if len(revs) > 6 {
			fmt.Fprintf(&b, "%d … ", revs[0].Main)
			revs = revs[len(revs)-4:]
		}
		for k, r := range revs {
			if k > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprint(&b, r.Main)
			if g.Ended && k == len(revs)-1 {
				b.WriteString("†")
			}
		}
		b.WriteByte('}')
	}
	return b.String()
}

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
	sort.SliceStable(v.Rows, func(i, j int) bool { return v.Rows[i].ID > v.Rows[j].ID })
	v.Rows = v.Rows[:min(len(v.Rows), opsMost)]
	return v
}

func op(o *client.Operation) wire.Op {
	v := wire.Op{
		ID: o.Request.ID, Client: o.Request.Client.String(), Endpoint: o.Endpoint.String(), Text: world.Ask(o.Request.Call),
		Call: int64(o.Call), Return: int64(o.Return), Outcome: o.Outcome.String(), Told: world.Told(o),
		Select: fmt.Sprintf("o%d", o.Request.ID),
	}
	if o.Outcome == client.Waiting {
		v.Return = -1
	}
	return v
}

// safetyRules are judged after every turn.
var safetyRules = []rule.ID{rule.ElectionSafety, rule.LeaderAppendOnly, rule.LogMatching, rule.LeaderCompleteness, rule.StateMachineSafety}

func checks(w *world.World, linear Linear) *wire.Checks {
	v := &wire.Checks{Good: true, Summary: fmt.Sprintf("%d safety rules hold", len(safetyRules))}
	broken := w.Broken()
	for _, id := range safetyRules {
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
		list = append(list, wire.Branch{Name: fmt.Sprint(i + 1), Forked: int64(f.At), Parent: f.Parent, Text: f.Text, End: int64(f.End)})
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
