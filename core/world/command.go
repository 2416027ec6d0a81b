package world

import (
	"errors"
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// ErrCommand is what a command that cannot apply wraps. The text says why; nothing has changed.
var ErrCommand = errors.New("cannot do that")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrCommand}, args...)...)
}

// command carries out a command. It checks first and changes nothing if it returns an error.
func (w *World) command(c script.Command) error {
	switch c := c.(type) {
	case script.Call:
		return w.commandCall(c)
	case script.Watch:
		return w.commandWatch(c)
	case script.Unwatch:
		return w.commandUnwatch(c)
	case script.Progress:
		return w.commandProgress(c)
	case script.Health, script.KeepAlive, script.Lock, script.Elect:
		return w.commandTask(c)
	case script.Interrupt:
		return w.commandInterrupt(c)
	case script.FileHash:
		return w.commandFileHash(c)
	case script.Refused:
		return w.commandRefused(c)
	case script.SnapshotStatus:
		return w.commandStatus(c)
	case script.SnapshotRestore:
		return w.commandRestore(c)
	case script.Corrupt:
		return w.commandCorrupt(c)
	case script.OfflineDefrag:
		return w.commandOfflineDefrag(c)
	case script.Migrate:
		return w.commandMigrate(c)
	case script.Shell:
		return w.commandShell(c)
	case script.Restart:
		return w.commandRestart(c)
	case script.Wipe:
		return w.commandWipe(c)
	case script.Crash, script.Pause, script.Resume, script.Campaign, script.Disk, script.Drift:
		return w.commandMember(c)
	case script.Split, script.Cut, script.Mend, script.Heal:
		return w.commandNetwork(c)
	case script.Drop, script.Delay, script.Duplicate, script.Deliver, script.Hold:
		return w.commandMessage(c)
	}
	return w.commandActor(c)
}

// given records that a command takes effect. What follows in this turn comes from it.
func (w *World) given(c script.Command) {
	w.tellCommand(c, w.record(Record{Kind: Commanded, Command: c}))
}

// commandCall lets a client make a call, if members can carry it out.
func (w *World) commandCall(c script.Call) error {
	if add, ok := c.Call.(api.MemberAdd); ok {
		return w.commandAdd(c, add)
	}
	if m, _ := api.Subject(c.Call); m != 0 {
		if _, err := w.host(script.MemberName(int(m))); err != nil {
			return err
		}
	}
	return w.ask(c)
}

// ask lets a client send a request; the first client if none is named, to its own endpoints if none are.
func (w *World) ask(c script.Call) error {
	from, to, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	if to == nil && asksOne(c) {
		to = []client.Endpoint{w.nearby(from)}
	}
	w.given(c)
	p := w.typing(from, c, c.Flags)
	c.Call = w.resolve(c)
	if t, ok := taskOf(c); ok {
		w.begin(from, p.Task, to, t)
		return nil
	}
	if c.Timeout < 0 {
		w.say(from, p.Task, Said{refusal: timedOut(c), Done: true})
		return nil
	}
	a := client.Ask{Purpose: p, Call: c.Call, Endpoints: to, NoDeadline: api.RowOf(c.Call).NoDeadline && c.Timeout == 0,
		Deadline: w.deadline(c.Flags)}
	if len(c.Warnings()) > 0 {
		w.warn(from, p.Task, a)
		return nil
	}
	w.carry(from, a)
	return nil
}

// asksOne reports whether a command asks one member when it names none: etcdctl saves a snapshot from one endpoint and
// refuses several, and what a member says of itself it asks of 127.0.0.1:2379, so that a script finds one revision in
// it.
func asksOne(c script.Call) bool {
	switch c.Call.(type) {
	case api.Snapshot:
		return true
	case api.Status, api.HashKV:
		return !c.Cluster
	}
	return false
}

// deadline returns when a command gives up that says how long it waits; 0 if it does not.
func (w *World) deadline(f script.Flags) sim.Time {
	if f.Timeout == 0 {
		return 0
	}
	return w.now + f.Timeout
}

// asks returns the client that a command means, and the endpoints: nil if it names none.
func (w *World) asks(f script.Flags) (from sim.Host, to []client.Endpoint, err error) {
	from = sim.Client(1)
	if f.Client != "" {
		if from, err = w.host(f.Client); err != nil {
			return 0, nil, err
		}
	}
	if !from.IsClient() {
		return 0, nil, refuse("%v is not a client", from)
	}
	to, err = w.endpoints(from, f)
	return from, to, err
}

// endpoints returns the endpoints that a command was given; nil if it was given none.
func (w *World) endpoints(from sim.Host, f script.Flags) (to []client.Endpoint, err error) {
	names, texts := f.Endpoints.Members(), strings.Split(string(f.Endpoints), ",")
	if f.Endpoints == "" {
		if f.Endpoint == "" {
			return nil, nil
		}
		names, texts = []script.Name{f.Endpoint}, []string{""}
	}
	for i, name := range names {
		e := w.nearby(from)
		if name != "" {
			if e.Host, err = w.host(name); err != nil {
				return nil, err
			}
		}
		if !e.Host.IsMember() {
			return nil, refuse("%v is not a member", e.Host)
		}
		if e.Name = texts[i]; e.Name == string(name) {
			e.Name = ""
		}
		to = append(to, e)
	}
	return to, nil
}

// nearby returns the endpoint of a client that stands beside it.
func (w *World) nearby(h sim.Host) client.Endpoint {
	list := w.client(h).Endpoints()
	return list[(h.Number()-1)%len(list)]
}

// host returns the host of a name that exists in this run.
func (w *World) host(name script.Name) (sim.Host, error) {
	h, ok := sim.ParseHost(string(name))
	if !ok || (h.IsMember() && h.Number() > len(w.members)) || (h.IsClient() && h.Number() > w.cfg.Clients) {
		return 0, refuse("there is no %s: this run has n1 to n%d and c1 to c%d", name, len(w.members), w.cfg.Clients)
	}
	return h, nil
}

func (w *World) commandMember(c script.Command) error {
	switch c := c.(type) {
	case script.Crash:
		return w.toMember(c, c.Member, w.isUp, func(h sim.Host, m *etcd.Member) {
			w.starts[h.Number()] = 0
			if m.Up() {
				m.Crash(c.Torn, &w.memberOut)
			}
		})
	case script.Disk:
		return w.toMember(c, c.Member, anyState, func(_ sim.Host, m *etcd.Member) {
			m.SetDisk(w.now, diskText(c), func(d *sim.Disk) {
				d.Slow, d.Stalled, d.Full = c.Factor, c.State == script.DiskStall, c.State == script.DiskFull
			}, &w.memberOut)
		})
	case script.Drift:
		return w.toMember(c, c.Member, anyState, func(h sim.Host, _ *etcd.Member) { w.drifts[h.Number()] = c.Percent })
	case script.Pause:
		return w.toMember(c, c.Member, isRunning, func(_ sim.Host, m *etcd.Member) { m.Pause(&w.memberOut) })
	case script.Resume:
		return w.toMember(c, c.Member, isPaused, func(_ sim.Host, m *etcd.Member) { m.Resume(w.now, &w.memberOut) })
	case script.Campaign:
		return w.toMember(c, c.Member, mayCampaign, func(_ sim.Host, m *etcd.Member) { m.Campaign(w.now, &w.memberOut) })
	}
	return nil
}

// toMember does something to a member if the condition, which says why not, allows it.
func (w *World) toMember(c script.Command, name script.Name, may func(sim.Host, *etcd.Member) string,
	do func(sim.Host, *etcd.Member)) error {
	h, err := w.host(name)
	if err != nil {
		return err
	}
	if !h.IsMember() {
		return refuse("%v is not a member", h)
	}
	if why := may(h, w.member(h)); why != "" {
		return refuse("%v %s", h, why)
	}
	w.given(c)
	w.memberOut.Reset()
	do(h, w.member(h))
	w.carryOut(h)
	return nil
}

func anyState(sim.Host, *etcd.Member) string { return "" }

// isUp lets a process be crashed that is still starting, too.
func (w *World) isUp(h sim.Host, m *etcd.Member) string {
	if !m.Up() && w.starts[h.Number()] == 0 {
		return "is down"
	}
	return ""
}

func isRunning(_ sim.Host, m *etcd.Member) string {
	switch {
	case !m.Up():
		return "is down"
	case m.Paused():
		return "is paused already"
	}
	return ""
}

func isPaused(_ sim.Host, m *etcd.Member) string {
	if !m.Paused() {
		return "is not paused"
	}
	return ""
}

func mayCampaign(_ sim.Host, m *etcd.Member) string {
	switch {
	case !m.Up():
		return "is down"
	case m.Paused():
		return "is paused"
	case m.Leads():
		return "is the leader: its election timer does not run"
	}
	return ""
}

// diskText says how a disk does now.
func diskText(c script.Disk) string {
	switch c.State {
	case script.DiskSlow:
		return fmt.Sprintf("every fsync takes %d times as long", c.Factor)
	case script.DiskStall:
		return "no fsync ends"
	case script.DiskFull:
		return "it is full"
	}
	return "it is well"
}

func (w *World) commandNetwork(c script.Command) error {
	switch c := c.(type) {
	case script.Split:
		return w.split(c)
	case script.Cut:
		return w.eachWay(c, c.From, c.To, c.Both, func(from, to sim.Host) string {
			if w.hasCut(from, to) {
				return fmt.Sprintf("%v > %v is cut already", from, to)
			}
			return ""
		}, func(from, to sim.Host) {
			w.net.Add(sim.Rule{From: from.Bit(), To: to.Bit(), Fate: sim.Drop, Name: c.String()})
		})
	case script.Mend:
		return w.eachWay(c, c.From, c.To, c.Both, func(from, to sim.Host) string {
			if !w.hasCut(from, to) {
				return fmt.Sprintf("%v > %v is not cut; a split is healed with heal", from, to)
			}
			return ""
		}, func(from, to sim.Host) {
			w.net.Remove(func(r sim.Rule) bool { return !r.Split && r.From == from.Bit() && r.To == to.Bit() })
		})
	case script.Heal:
		if len(w.net.Rules()) == 0 {
			return refuse("nothing is cut")
		}
		w.given(c)
		w.net.Remove(func(sim.Rule) bool { return true })
		w.relink()
	}
	return nil
}

func (w *World) hasCut(from, to sim.Host) bool {
	for _, r := range w.net.Rules() {
		if !r.Split && r.From == from.Bit() && r.To == to.Bit() {
			return true
		}
	}
	return false
}

// eachWay does something to one or both directions of a link, if the condition allows it for at least one.
func (w *World) eachWay(c script.Command, a, b script.Name, both bool, may func(from, to sim.Host) string,
	do func(from, to sim.Host)) error {
	from, err := w.host(a)
	if err != nil {
		return err
	}
	to, err := w.host(b)
	if err != nil {
		return err
	}
	if from == to {
		return refuse("%v is not linked to itself", from)
	}
	ways := [][2]sim.Host{{from, to}, {to, from}}
	if !both {
		ways = ways[:1]
	}
	why, open := "", ways[:0]
	for _, way := range ways {
		if reason := may(way[0], way[1]); reason != "" {
			why = reason
		} else {
			open = append(open, way)
		}
	}
	if len(open) == 0 {
		return refuse("%s", why)
	}
	w.given(c)
	for _, way := range open {
		do(way[0], way[1])
	}
	w.relink()
	return nil
}

// split parts the hosts that are named, each in one group, and leaves alone clients that are not. It takes the place of
// the split before it.
func (w *World) split(c script.Split) error {
	sides := make([]sim.Set, len(c.Groups))
	var seen sim.Set
	for i, group := range c.Groups {
		for _, name := range group {
			h, err := w.host(name)
			if err != nil {
				return err
			}
			if seen&h.Bit() != 0 {
				return refuse("%v stands on two sides", h)
			}
			seen |= h.Bit()
			sides[i] |= h.Bit()
		}
	}
	for i := range w.members {
		if h := sim.Member(i + 1); seen&h.Bit() == 0 {
			return refuse("%v is on no side: name every member", h)
		}
	}
	w.given(c)
	w.net.Remove(func(r sim.Rule) bool { return r.Split })
	for i := range sides {
		w.net.Add(sim.Rule{From: sides[i], To: seen &^ sides[i], Fate: sim.Drop, Name: c.String(), Split: true})
	}
	w.relink()
	return nil
}

func (w *World) commandMessage(c script.Command) error {
	switch c := c.(type) {
	case script.Drop:
		return w.toMessage(c, c.Message, func(p *Packet, _ sim.Time) {
			w.record(Record{Kind: Lost, Rule: rule.MessageFault, Packet: p, Text: c.String()})
			w.dropped(p)
		})
	case script.Hold:
		return w.toMessage(c, c.Message, func(p *Packet, _ sim.Time) { w.hold(p) })
	case script.Deliver:
		return w.toMessage(c, c.Message, func(p *Packet, _ sim.Time) {
			w.queue.Push(w.now, event{kind: evDeliver, packet: p})
		})
	case script.Delay:
		return w.toMessage(c, c.Message, func(p *Packet, due sim.Time) {
			w.queue.Push(max(due, w.now)+c.By, event{kind: evDeliver, packet: p})
		})
	case script.Duplicate:
		if p, _ := w.inFlight(c.Message); p != nil && once(p) {
			return refuse("m%d asks for something: it comes over one connection, once", c.Message)
		}
		return w.toMessage(c, c.Message, func(p *Packet, due sim.Time) {
			due = max(due, w.now)
			w.queue.Push(due, event{kind: evDeliver, packet: p})
			w.packets++
			twin := *p
			twin.ID = w.packets
			twin.Record = w.journal.Next()
			w.record(Record{Kind: Sent, Where: p.From, Rule: rule.MessageFault, Packet: &twin, Until: due + 1})
			w.queue.Push(due+1, event{kind: evDeliver, packet: &twin})
		})
	}
	return nil
}

// once reports whether a packet cannot come twice. Raft is made for messages that do, but who gets a request or a
// proposal again carries it out again, and a client that is refused again asks somebody else again: clients and etcd
// rely on TCP for that. What a member says on a watch stream is numbered.
func once(p *Packet) bool {
	return p.ServerMessage() == nil && (p.Raft() == nil || p.Raft().Type == raft.MsgProp)
}

// toMessage takes a message off the network, wherever it is, and does something with it.
func (w *World) toMessage(c script.Command, id uint64, do func(p *Packet, due sim.Time)) error {
	p, due := w.inFlight(id)
	if p == nil {
		return refuse("message m%d is not on its way", id)
	}
	w.given(c)
	w.takeOff(p)
	do(p, due)
	return nil
}

// inFlight finds a message that has not arrived, and when it will; held messages have no such instant and give -1.
func (w *World) inFlight(id uint64) (found *Packet, due sim.Time) {
	for _, p := range w.held {
		if p.ID == id {
			return p, -1
		}
	}
	w.queue.Each(func(at sim.Time, e *event) bool {
		if e.kind == evDeliver && e.packet.ID == id {
			found, due = e.packet, at
		}
		return found == nil
	})
	return found, due
}

func (w *World) takeOff(p *Packet) {
	for i, h := range w.held {
		if h == p {
			w.held = append(w.held[:i:i], w.held[i+1:]...)
			return
		}
	}
	w.queue.Reschedule(func(at sim.Time, e *event) (sim.Time, bool) {
		return -1, e.kind == evDeliver && e.packet == p
	})
}
