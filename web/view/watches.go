package view

import (
	"fmt"
	"sort"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

const (
	watchesMost = 40
	toldMost    = 8
)

// Watches shows what the clients watch, the newest of each client first, and what they were told.
func Watches(run *world.Run, _ Lens) *wire.Watches {
	w, v := run.World(), &wire.Watches{}
	waiting := queued(w)
	for i := range w.Clients() {
		c := &w.Clients()[i]
		list := c.Watches()
		for k := len(list) - 1; k >= 0; k-- {
			if len(v.Rows) == watchesMost {
				v.More += k + 1
				break
			}
			row := watchOf(w, c, &list[k])
			row.Queued, row.Events = waiting[list[k].Stream], eventsTold(c, list[k].ID)
			v.Rows = append(v.Rows, row)
		}
		heard := c.Received()
		for k := max(heard.First(), heard.Len()-toldMost); k < heard.Len(); k++ {
			v.Told = append(v.Told, told(heard.Ref(k)))
		}
	}
	sort.SliceStable(v.Told, func(i, j int) bool { return v.Told[i].At > v.Told[j].At })
	v.Told = v.Told[:min(len(v.Told), toldMost)]
	return v
}

// queued counts the responses that wait in each stream.
func queued(w *world.World) map[watch.StreamID]int {
	all := map[watch.StreamID]int{}
	for _, m := range w.Members() {
		if m.Up() {
			for _, s := range m.Hub().Streams() {
				all[s.ID] = s.Queued
			}
		}
	}
	return all
}

// eventsTold counts the events that a watch was told of, as far as the client remembers.
func eventsTold(c *client.Client, id int64) (n int) {
	heard := c.Received()
	for i := heard.First(); i < heard.Len(); i++ {
		if r := heard.Ref(i); r.Watch == id {
			n += len(r.Message.Events)
		}
	}
	return n
}

func watchName(h sim.Host, id int64) string { return fmt.Sprintf("%v watch %d", h, id) }

// watchByID finds a watch of a client; nil: there is none.
func watchByID(c *client.Client, id int64) *client.Watch {
	list := c.Watches()
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

func selectWatch(h sim.Host, id int64) wire.Selection {
	return wire.Selection{Of: wire.SelectWatch, Host: h, Number: id}
}

// endpoint names a member that a call or a stream went to, if it went to any yet.
func endpoint(h sim.Host) string {
	if h == 0 {
		return "…"
	}
	return h.String()
}

// What is shown of a watcher, by the group that it is in.
var (
	watchStates = [...]wire.WatchState{watch.Synced: wire.WatchSynced, watch.Unsynced: wire.WatchUnsynced,
		watch.Victim: wire.WatchVictim, watch.Compacted: wire.WatchCompacted}
	watchStateTones = [...]wire.Tone{watch.Synced: wire.Good, watch.Victim: wire.Bad, watch.Compacted: wire.Bad}
)

func watchOf(w *world.World, c *client.Client, x *client.Watch) wire.Watch {
	v := wire.Watch{
		Name: watchName(c.Host, x.ID), Member: endpoint(x.Endpoint), Range: rangeText(x.Request.Key, x.Request.End),
		Next: x.Next, Resumes: x.Resumes, Err: x.Err, Select: selectWatch(c.Host, x.ID),
	}
	if x.Watchers > 1 {
		v.Range = fmt.Sprintf("%s × %d", v.Range, x.Watchers)
	}
	switch info, found := watcherOf(w, x); {
	case x.Ended:
		v.State = wire.WatchEnded
		if x.Err != "" {
			v.Tone = wire.Bad
		}
	case found:
		v.State, v.Next, v.Behind = watchStates[info.Group], info.Next, info.Behind
		v.Tone = watchStateTones[info.Group]
	case x.Resumes > 0:
		v.State, v.Tone = wire.WatchResuming, wire.Bad
	}
	return v
}

// watcherOf finds the watcher that serves a watch. Where many share a stream nobody looks at each of them: how they
// stand is what the member counts.
func watcherOf(w *world.World, x *client.Watch) (info watch.WatcherInfo, found bool) {
	if x.Stream == 0 {
		return info, false
	}
	m := w.Members()[x.Endpoint.Number()-1]
	if !m.Up() {
		return info, false
	}
	if x.Watchers > 1 {
		info.Next = x.Next
		switch n := m.Hub().Counts(); {
		case n.Victims > 0:
			info.Group = watch.Victim
		case n.Slow > 0:
			info.Group = watch.Unsynced
		}
		return info, x.Created
	}
	for _, i := range m.Hub().Watchers(x.Stream, m.Store()) {
		info, found = i, true
	}
	return info, found
}

// rangeText writes a range as a command does.
func rangeText(key, end string) string {
	switch {
	case end == "":
		return key
	case end == mvcc.FromKey && key == mvcc.FromKey:
		return `"" --prefix`
	case end == mvcc.FromKey:
		return key + " --from-key"
	case end == mvcc.PrefixEnd(key):
		return key + " --prefix"
	}
	return key + " " + end
}

// told is a message as etcdctl prints it.
func told(r *client.Received) wire.Told {
	m := r.Message
	a := ctl.WatchAnswer{Header: api.Header{Revision: m.Revision}, CompactRevision: m.CompactRevision,
		Canceled: m.Canceled, Reason: m.Reason}
	for i, c := range m.Events {
		e := ctl.Event{Deleted: c.Deleted, KV: c.KV}
		e.KV.Value = clip(e.KV.Value)
		if m.Prev != nil && m.Prev[i].Version > 0 {
			e.Prev = &m.Prev[i]
		}
		if a.Events = append(a.Events, e); i == toldMost {
			break
		}
	}
	out, err, _ := ctl.PrintWatch(a, ctl.Options{})
	return wire.Told{At: int64(r.At), Watch: watchName(r.Client, r.Watch), Text: strings.TrimRight(out+err, "\n"),
		Select: selectWatch(r.Client, r.Watch)}
}

func whyWatch(w *world.World, sel wire.Selection) *wire.Why {
	if sel.Host.Number() > len(w.Clients()) {
		return nil
	}
	c := &w.Clients()[sel.Host.Number()-1]
	x := watchByID(c, sel.Number)
	if x == nil {
		return nil
	}
	v := watchOf(w, c, x)
	card := &wire.Why{Title: fmt.Sprintf("%s of %s is %s", v.Name, v.Range, v.State), At: -1}
	switch v.State {
	case wire.WatchSynced:
		card.Text = []string{fmt.Sprintf("%s tells it of each change within the write that makes it, before anybody can "+
			"read it.", v.Member)}
		cite(card, rule.WatchOrdered, rule.WatchAtomic, rule.WatchReliable)
	case wire.WatchUnsynced:
		card.Text = []string{fmt.Sprintf("It is %d revisions behind. Every 100 ms %s reads what it has missed from the "+
			"store, up to 512 watchers and 1000 revisions at a time.", v.Behind, v.Member)}
		cite(card, rule.WatchResumable, rule.WatchReliable)
	case wire.WatchVictim:
		card.Text = []string{"Its stream is full: the client takes what it is told more slowly than keys change. What did " +
			"not fit waits and is tried again every 10 ms."}
		cite(card, rule.WatchSlowReceiver)
	case wire.WatchCompacted:
		card.Text = []string{"The revision that it waits for has been compacted: it is told so and canceled."}
		cite(card, rule.WatchCompaction)
	case wire.WatchEnded:
		card.Text = []string{"Nothing more will come."}
		if x.Err != "" {
			card.Text = []string{"It was told: " + x.Err + "."}
		}
		if x.Err == api.ErrCompacted {
			cite(card, rule.WatchCompaction)
		}
	default:
		card.Text = []string{fmt.Sprintf("The client opens a stream to %s and goes on from revision %d: nothing is "+
			"missed, unless it is compacted meanwhile.", v.Member, v.Next)}
		cite(card, rule.WatchResumable)
	}
	fact(card, "member", "%s", v.Member)
	fact(card, "next revision", "%d", v.Next)
	fact(card, "events told", "%d", eventsTold(c, x.ID))
	if v.State != wire.WatchEnded {
		fact(card, "behind", "%d revisions, %d responses queued", v.Behind, queued(w)[x.Stream])
		card.Actions = []wire.Button{{Label: "End it", Command: fmt.Sprintf("unwatch %d --client %v", x.ID, c.Host)}}
	}
	if x.Resumes > 0 {
		fact(card, "resumed", "%d times", x.Resumes)
	}
	fact(card, "since", "%s", text.Clock(x.Since))
	return card
}
