package world

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What etcdctl prints. Each of its commands has a number. What comes of one is kept as it came; it becomes text when
// somebody looks (Said.Print), so that a replay need not write it again.

// typed is a command of etcdctl that is not over.
type typed struct {
	id      uint64
	client  sim.Host
	command script.Command
	options ctl.Options
	later   *client.Ask // what it will ask when nobody has interrupted it
	warned  int         // how many of its warnings have been printed
	environ []string    // NAME=VALUE: what it sees, for a command that it carries out; never written in place

	told []*client.Event // of a watch with a command: what has come and is not done with; replaced, never written in place
	at   int             // of the first of them, how many changes the command was carried out for
}

// Said is something that etcdctl prints.
type Said struct {
	At      sim.Time
	Seq     uint64 // of the first record behind it
	Client  sim.Host
	ID      uint64 // of the command
	Command script.Command
	Done    bool // etcdctl has ended

	// One of these has come.
	Operation *client.Operation
	event     *client.Event
	report    *client.Report
	status    *ctl.Status
	hash      *api.HashKVReply
	failure   string // of etcdutl
	exit      int
	refusal   *script.Refusal
	printed   *printed // by a shell
	options   ctl.Options
}

// saidMost is how much is kept: more than is ever shown.
const saidMost = 1 << 12

// exitKilled is what a shell says of a process that Ctrl-C has ended.
const exitKilled = 130

// Commands returns how many commands of etcdctl have been given: the number of the newest.
func (w *World) Commands() uint64 { return w.commands }

// Said returns what etcdctl printed, oldest first.
func (w *World) Said() *chunk.List[Said] { return &w.said }

// typing gives a command its number, and remembers it until it is over.
func (w *World) typing(h sim.Host, c script.Command, f script.Flags) client.Purpose {
	w.commands++
	t := typed{id: w.commands, client: h, command: c, options: ctl.OptionsOf(script.Call{Flags: f})}
	if call, ok := c.(script.Call); ok {
		t.options = ctl.OptionsOf(call)
		t.options.Member = w.named(call)
	}
	if len(script.ExecOf(c)) > 0 {
		t.environ = w.shells.vars[h.Number()].Environment()
	}
	w.typed = append(w.typed[:len(w.typed):len(w.typed)], t)
	return client.Purpose{Task: t.id}
}

// named returns the ID of the member that a call names; 0 if it names none.
func (w *World) named(c script.Call) uint64 {
	n, _ := api.Subject(w.resolve(c))
	if n == 0 {
		return c.ID
	}
	if m := w.newest(); m != nil {
		for _, info := range m.Roster() {
			if info.Member == n {
				return info.ID
			}
		}
	}
	return 0
}

// tellTyped notes what an event at a client means for the command that it belongs to.
func (w *World) tellTyped(h sim.Host, e *client.Event) {
	p := e.Operation.Purpose
	if e.Kind == client.WatchReceived || e.Kind == client.WatchEnded {
		p = e.Watch.Purpose
	} else if e.Kind != client.Returned {
		return
	}
	switch {
	case p.Task == 0 || p.Part != 0:
	case e.Kind == client.Returned:
		w.say(h, p.Task, Said{Operation: &e.Operation, Done: true})
	default:
		w.tellWatch(h, p.Task, e)
	}
}

func (w *World) tellReport(h sim.Host, r *client.Report) {
	if r.Environ != nil {
		if t := w.typedBy(r.Task); t != nil {
			w.execute(h, r.Task, slices.Concat(r.Environ, t.environ))
		}
		return
	}
	if r.Load != client.LoadAsBefore {
		w.reportToActors(h, r)
		return
	}
	w.say(h, r.Task, Said{report: r, Done: r.Done})
}

func (w *World) say(h sim.Host, id uint64, s Said) {
	for i, t := range w.typed {
		if t.id != id {
			continue
		}
		s.At, s.Seq, s.Client, s.ID, s.Command, s.options = w.now, w.journal.Next(), h, id, t.command, t.options
		if s.Done {
			w.typed = append(w.typed[:i:i], w.typed[i+1:]...)
		}
		if !w.heardShell(&s) {
			w.keepSaid(s)
		}
		return
	}
}

func (w *World) keepSaid(s Said) {
	w.said.Append(s)
	if w.said.Len()-w.said.First() > saidMost {
		w.said.DropFront(w.said.Len() - saidMost)
	}
}

// hush leaves unsaid what a command prints from now on.
func (w *World) hush(id uint64) {
	for i, t := range w.typed {
		if t.id == id {
			w.typed = append(w.typed[:i:i], w.typed[i+1:]...)
			return
		}
	}
}

// taskOf returns the task that a command is, if it is more than one call.
func taskOf(c script.Command) (client.Command, bool) {
	switch c := c.(type) {
	case script.Health:
		return client.Command{Kind: client.Health, Cluster: c.Cluster, Timeout: c.Timeout}, true
	case script.KeepAlive:
		return client.Command{Kind: client.KeepAlive, Keep: c.ID}, true
	case script.Lock:
		return client.Command{Kind: client.Lock, Name: c.Name, TTL: c.TTL, Exec: len(c.Exec) > 0}, true
	case script.Elect:
		if c.Listen {
			return client.Command{Kind: client.Observe, Name: c.Name, TTL: client.SessionTTL}, true
		}
		return client.Command{Kind: client.Campaign, Name: c.Name, Proposal: c.Proposal, TTL: client.SessionTTL}, true
	case script.Call:
		switch call := c.Call.(type) {
		case api.Status, api.HashKV, api.Defragment:
			return client.Command{Kind: client.Survey, Call: c.Call, Cluster: c.Cluster, Timeout: c.Timeout}, true
		case api.MoveLeader:
			return client.Command{Kind: client.Transfer, Call: c.Call, Timeout: c.Timeout}, true
		case api.Alarm:
			return client.Command{Kind: client.Disarm, Timeout: c.Timeout}, call.Action == api.AlarmDeactivate
		}
	}
	return client.Command{}, false
}

// commandTask lets a client begin one of the commands that are never one call.
func (w *World) commandTask(c script.Command) error {
	var f script.Flags
	switch c := c.(type) {
	case script.Health:
		f = c.Flags
	case script.KeepAlive:
		f = c.Flags
	case script.Lock:
		f = c.Flags
	case script.Elect:
		f = c.Flags
	}
	from, to, err := w.asks(f)
	if err != nil {
		return err
	}
	w.given(c)
	t, _ := taskOf(c)
	w.begin(from, w.typing(from, c, f).Task, to, t)
	return nil
}

func (w *World) begin(from sim.Host, id uint64, to []client.Endpoint, command client.Command) {
	command.Endpoints = to
	w.clientOut.Reset()
	w.client(from).Begin(w.now, id, command, &w.clientOut)
	w.carryOutClient(from)
}

func (w *World) commandInterrupt(c script.Interrupt) error {
	from, _, err := w.asks(script.Flags{Client: c.Client})
	if err != nil {
		return err
	}
	hesitates := w.hesitating(from)
	if len(w.client(from).Tasks())+len(hesitates) == 0 && !w.shells.at(from) {
		return refuse("%v keeps doing nothing", from)
	}
	w.given(c)
	w.interruptShells(from)
	for _, id := range hesitates {
		w.say(from, id, Said{exit: exitKilled, Done: true})
	}
	w.clientOut.Reset()
	w.client(from).Interrupt(w.now, &w.clientOut)
	w.carryOutClient(from)
	return nil
}

// confirmTime is how long etcdctl waits for an interrupt before it deletes a range that nobody confirmed
// (del_command.go).
const confirmTime = 2 * sim.Second

// warn prints the next warning of such deletions, and puts their call off.
func (w *World) warn(h sim.Host, id uint64, a client.Ask) {
	now := *w.typedBy(id)
	text := now.command.(script.Call).Warnings()[now.warned]
	now.options.Warn, now.later = false, &a
	now.warned++
	w.keepTyped(now)
	w.say(h, id, Said{refusal: &script.Refusal{Stderr: text}})
	w.queue.Push(w.now+confirmTime, event{kind: evConfirmed, host: h, wake: etcd.Wake{Incarnation: uint32(id)}})
}

// confirmed lets a deletion go on, or a transaction to its next one.
func (w *World) confirmed(e *event) {
	for _, t := range w.typed {
		if uint32(t.id) == e.wake.Incarnation && t.client == e.host && t.later != nil {
			a := *t.later
			if a.Deadline != 0 {
				a.Deadline += confirmTime // --command-timeout begins now
			}
			if t.warned < len(t.command.(script.Call).Warnings()) {
				w.warn(e.host, t.id, a)
				return
			}
			t.later = nil
			w.keepTyped(t)
			w.carry(e.host, a)
			return
		}
	}
}

// hesitating returns the commands of a client that wait for an interrupt.
func (w *World) hesitating(h sim.Host) (list []uint64) {
	for _, t := range w.typed {
		if t.client == h && t.later != nil {
			list = append(list, t.id)
		}
	}
	return list
}

// commandRefused prints what etcdctl prints without asking anybody.
func (w *World) commandRefused(c script.Refused) error {
	from, _, err := w.asks(script.Flags{Client: c.Client()})
	if err != nil {
		return err
	}
	w.given(c)
	p := w.typing(from, c, script.Flags{})
	w.say(from, p.Task, Said{refusal: &c.Refusal, Done: true})
	return nil
}

// timedOut is what a command prints that has no time: it gives up before it has asked (context.WithTimeout).
func timedOut(c script.Call) *script.Refusal {
	out, err, exit := ctl.PrintError(c.Call, api.ErrDeadline, ctl.OptionsOf(c))
	return &script.Refusal{Stdout: out, Stderr: err, Exit: exit}
}

// commandStatus looks into a file, which is on the client's own machine.
func (w *World) commandStatus(c script.SnapshotStatus) error {
	from, _, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	w.given(c)
	s := ctl.Status{File: c.File}
	for i := range w.backups {
		if b := &w.backups[i]; b.File == c.File {
			s = b.status()
		}
	}
	w.say(from, w.typing(from, c, c.Flags).Task, Said{status: &s, Done: true})
	return nil
}

// Notes returns what a shell has to say beside: what it understood or ignored.
func (s *Said) Notes() []string {
	if s.printed == nil {
		return nil
	}
	return s.printed.notes
}

// Print returns what etcdctl prints, and if it has ended the code that it exits with.
func (s *Said) Print() (stdout, stderr string, exit int) {
	switch call, _ := s.Command.(script.Call); {
	case s.refusal != nil:
		return s.refusal.Stdout, s.refusal.Stderr, s.refusal.Exit
	case s.printed != nil:
		return s.printed.out, s.printed.err, s.printed.exit
	case s.status != nil:
		return ctl.PrintStatus(*s.status, s.options)
	case s.hash != nil:
		return ctl.PrintFileHash(*s.hash, s.options)
	case s.failure != "":
		return "", "Error: " + s.failure + "\n", s.exit
	case s.Operation == nil && s.event == nil && s.report == nil:
		return "", "", s.exit
	case s.event != nil:
		return printWatch(s.event, s.options)
	case s.report != nil:
		return s.printReport()
	case s.Operation.Err != "":
		return ctl.PrintError(call.Call, s.Operation.Err, s.options)
	default:
		return ctl.Print(call.Call, s.Operation.Response.Reply, s.options)
	}
}

func printWatch(e *client.Event, o ctl.Options) (stdout, stderr string, exit int) {
	a := ctl.WatchAnswer{Header: e.Header}
	if e.Kind == client.WatchEnded {
		if e.Text == "" {
			return "", "", exitKilled
		}
		a.Canceled, a.Reason = true, e.Text
	}
	if m := e.Message; m != nil {
		a.CompactRevision = m.CompactRevision
		for i, x := range m.Events {
			x := ctl.Event{Deleted: x.Deleted, KV: x.KV}
			if i < len(m.Prev) && m.Prev[i].Version != 0 {
				x.Prev = &m.Prev[i]
			}
			a.Events = append(a.Events, x)
		}
	}
	return ctl.PrintWatch(a, o)
}

func (s *Said) printReport() (stdout, stderr string, exit int) {
	r, o := s.report, s.options
	o.Leader = r.Leader
	switch {
	case r.Killed:
		return "", "", exitKilled
	case r.Text != "":
		return r.Text, "", ctl.ExitSuccess
	case r.Err != "" && !r.Done: // only check perf goes on
		return ctl.PrintUncleaned(r.Err)
	case r.Why != "" || r.Err != "":
		stdout, stderr, exit = ctl.PrintFailure(r.Why, r.Err)
		return stdout, stderr, cmp.Or(r.Exit, exit)
	case r.Call != nil:
		return ctl.Print(r.Call, r.Reply, o)
	}
	switch c := s.Command.(type) {
	case script.Health:
		return ctl.PrintHealth(answers(r.Answers), o)
	case script.KeepAlive:
		return ctl.PrintLeaseGone(r.Lease, o)
	case script.Call:
		return ctl.PrintEndpoints(c.Call, answers(r.Answers), o)
	}
	return "", "", ctl.ExitSuccess // a lock, or an election, that was given back
}

func answers(list []client.Answer) []ctl.Answer {
	out := make([]ctl.Answer, len(list))
	for i, a := range list {
		out[i] = ctl.Answer{Endpoint: a.Endpoint, Reply: a.Reply, Err: a.Err, Took: a.Took}
		if b, ok := a.Reply.Body.(api.AlarmReply); ok {
			out[i].Err = ctl.HealthOf(b)
		}
		if a.Silent {
			out[i].Err = ctl.UnknownAlarms
		}
	}
	return out
}

// newestOf returns the number of the newest command of a client; 0: none that is remembered. What a shell waits for is
// not a command of its own: the shell prints what it prints.
func (w *World) newestOf(h sim.Host) (id uint64) {
	for _, t := range w.typed {
		if t.client == h && !w.shells.waitFor(t.id) {
			id = t.id // they are in the order in which they were given
		}
	}
	for i := w.said.First(); i < w.said.Len(); i++ {
		if s := w.said.Ref(i); s.Client == h {
			id = max(id, s.ID)
		}
	}
	return id
}

// saidFact looks up what a client's newest command printed last, or exited with.
func (w *World) saidFact(h sim.Host, name string) (string, bool) {
	id := w.newestOf(h)
	for i := w.said.Len() - 1; i >= w.said.First(); i-- {
		s := w.said.Ref(i)
		if s.Client != h || s.ID != id || (name == "exit" && !s.Done) {
			continue
		}
		out, err, exit := s.Print()
		if name == "exit" {
			return strconv.Itoa(exit), true
		}
		if out+err != "" {
			return strings.TrimSuffix(out+err, "\n"), true
		}
	}
	return "", false
}
