package client

import (
	"cmp"
	"slices"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TaskKind says which of etcdctl's commands a task carries out.
type TaskKind uint8

// The kinds.
const (
	Survey    TaskKind = iota // endpoint status, endpoint hashkv, defrag: Call, at one member after another
	Health                    // endpoint health
	Disarm                    // alarm disarm
	Transfer                  // move-leader: Call
	KeepAlive                 // lease keep-alive: Keep
	Lock                      // lock: Name, TTL
	Campaign                  // elect NAME PROPOSAL
	Observe                   // elect NAME --listen
	Perf                      // check perf: Name, Compact, Defrag
)

// Command is one of etcdctl's commands of several calls, as it was given.
type Command struct {
	Kind      TaskKind
	Call      api.Call
	Endpoints []Endpoint // that it was given; nil: the client's
	Cluster   bool       // ask all members
	Timeout   sim.Time   // --command-timeout; 0: etcdctl's own, less: there is no time at all
	Name      string     // of the lock or the election; Perf: the prefix of the keys
	Proposal  string
	TTL       int64
	Keep      int64 // KeepAlive: the lease
	Exec      bool  // Lock: a command is carried out while it has the lock
	Compact   bool  // Perf: drop the history behind the load
	Defrag    bool  // Perf: defragment the endpoints behind it
}

// Task is such a command with how far it is.
type Task struct {
	ID uint64
	Command
	session
	survey      survey
	perf        perf
	deadline    sim.Time // of all its calls together; 0: each has Timeout for itself
	exit        int      // with what code it ends; 0: the usual
	interrupted bool
	done        bool
}

// Part says what a call or a watch of a task is for. The zero Part is no task's: such a call is a whole command.
type Part uint8

// The parts.
const (
	whole      Part = iota
	getMembers      // who are the endpoints?
	askOne          // Survey, Health: the question itself
	getAlarms
	clearAlarm
	findLeader
	move
	grant
	keep   // a keep-alive
	enter  // the key is put, as the last in line
	before // who is just before it in line?
	gone   // a watch until that key is deleted
	mine   // is its own key still there?
	show   // the key, to be printed
	release
	look   // Observe: who leads?
	first  // a watch until somebody does
	follow // a watch of the leader's key
	learn  // a program asks for the members, of no task
	free   // Perf: has the prefix keys?
	clean  // Perf: the keys are deleted
	hurry  // likewise, because of Ctrl-C
	drop   // Perf: the history is dropped
	shrink // Perf: an endpoint is defragmented
)

// Purpose ties a call or a watch to the command that it belongs to.
type Purpose struct {
	Task uint64 // the number of the command; 0: of none, as a steady load's
	Part Part
	At   uint8 // Health: where the endpoint stands among those that it asks
}

// Ask is a call or a watch that a client wants to make.
type Ask struct {
	Purpose
	Program    Program
	Call       api.Call
	Watch      *watch.Request // instead of Call
	Watchers   int            // how many watchers it makes on one stream; 0: one
	Endpoints  []Endpoint     // that its process was given; nil: the client's
	Deadline   sim.Time       // 0: etcdctl's --command-timeout from now on; in the past: it is over before it is sent
	NoDeadline bool           // no deadline: the Go client waits for as long as the connection holds
	Once       bool           // it is not repeated
	Load       uint32         // the load that it belongs to; 0: none
	AutoSync   sim.Time       // how often its program asks for the list of members; 0: never
	After      int            // how many operations of all clients have an outcome
	stream     uint64         // the connection that it is to go over; 0: any
}

func (a *Ask) deadline(now sim.Time) sim.Time {
	switch {
	case a.Deadline != 0:
		return a.Deadline
	case a.NoDeadline:
		return never
	}
	return now + Timeout
}

// Answer is what came from one member.
type Answer struct {
	Endpoint string
	Reply    api.Reply
	Err      string
	Silent   bool // Health: it did not tell its alarms; if it did, they are in Reply
	Took     sim.Time
}

// Report is what a task has to say.
type Report struct {
	Task    uint64
	Call    api.Call // that Reply answers; nil: nothing is answered
	Reply   api.Reply
	Answers []Answer // of Survey and Health, in the order in which they came
	Leader  uint64   // Transfer: who led before
	Lease   int64    // KeepAlive
	Environ []string // Lock: it has the lock, and what its command sees of that, NAME=VALUE
	Load    LoadNews // Perf
	Text    string   // Perf: what it prints
	Why     string   // etcdctl's words for what went wrong
	Err     string   // the error behind them
	Exit    int      // its exit code, if that is an unusual one
	Killed  bool     // Ctrl-C ended it
	Done    bool
}

// step is one input to a task: the task, the instant, and what comes of it.
type step struct {
	*Task
	c   *Client
	now sim.Time
	out *Output
}

// commands are a client's tasks.
type commands struct {
	tasks []Task
	exits []uint64 // commands that have ended in this input; empty between two
}

func (c *commands) clone() commands { return commands{slices.Clone(c.tasks), c.exits} }

// Begin starts a task.
func (c *Client) Begin(now sim.Time, id uint64, command Command, out *Output) {
	c.tasks = append(c.tasks, Task{ID: id, Command: command})
	d := &step{&c.tasks[len(c.tasks)-1], c, now, out}
	switch command.Kind {
	case Survey, Health, Transfer, Disarm:
		surveyor{d}.begin()
	case KeepAlive:
		recipe{d}.keepAlive(command.Keep)
	case Perf:
		perfCheck{d}.begin()
	default:
		d.ask(Ask{Purpose: Purpose{Part: grant}, Call: api.LeaseGrant{TTL: command.TTL}, NoDeadline: true})
	}
	c.settle(now, out)
}

// Tasks returns what the client is at. It is not to be changed.
func (c *commands) Tasks() []Task { return c.tasks }

// Interrupt does what Ctrl-C does to all its tasks. It reports whether there was one that it ends.
func (c *Client) Interrupt(now sim.Time, out *Output) bool {
	any := false
	for i := range c.tasks {
		if d := (&step{&c.tasks[i], c, now, out}); !d.interrupted || d.Kind == Perf {
			any = true
			d.interrupt()
		}
	}
	c.settle(now, out)
	return any
}

// interrupt cancels what waits. The recipes catch the signal once their session stands, and give back their key; all
// else dies.
func (d *step) interrupt() {
	if d.Kind == Perf {
		perfCheck{d}.interrupt()
		return
	}
	d.interrupted = true
	if d.Kind < Lock || d.Lease == 0 {
		d.report(Report{Killed: true, Done: true})
		d.cancel()
		return
	}
	switch {
	case d.Held && d.Exec: // the signal reached the command, too
		recipe{d}.executed("signal: interrupt", exitSignal)
	case d.Held:
		recipe{d}.release("", "")
	case d.Kind == Observe:
		d.report(Report{Done: true})
		d.cancel()
	default:
		d.cancel()
	}
}

// cancel ends the calls and the watches that a task waits for, and lets it know.
func (d *step) cancel() {
	for i := 0; i < len(d.c.open); {
		op := &d.c.open[i]
		if p := op.Purpose; p.Task != d.ID || p.Part == keep || p.Part == release {
			i++
			continue
		}
		op.Err = api.ErrCanceled
		op.abandon()
		d.c.finish(i, d.now, rule.None, d.out)
		i = 0
	}
	for i := range d.c.hidden {
		w := &d.c.hidden[i]
		if w.Purpose.Task == d.ID && !w.Ended {
			d.c.hangUp(w, d.out)
			if !d.done {
				recipe{d}.onWatchEnd(w, api.ErrCanceled)
			}
		}
	}
}

// onTaskCall takes the outcome of one of a task's calls.
func (c *Client) onTaskCall(now sim.Time, op *Operation, out *Output) {
	if op.Purpose.Part == learn {
		c.onMembers(now, op, out)
		return
	}
	t := c.task(op.Purpose)
	if t == nil {
		return
	}
	d := &step{t, c, now, out}
	switch op.Purpose.Part {
	case getMembers, askOne, getAlarms, clearAlarm, findLeader, move:
		surveyor{d}.onOutcome(op)
	case grant:
		recipe{d}.onGrant(op)
	case keep:
		recipe{d}.onKeepAlive(op)
	case look:
		recipe{d}.onLeader(op)
	case free, clean, hurry, drop, shrink:
		perfCheck{d}.onOutcome(op)
	default:
		recipe{d}.onOutcome(op)
	}
}

// onTaskWatch takes what a task's watch was told, or its end.
func (c *Client) onTaskWatch(now sim.Time, w *Watch, m *etcd.ServerMessage, out *Output) {
	t := c.task(w.Purpose)
	if t == nil {
		return
	}
	d := &step{t, c, now, out}
	if w.Ended {
		recipe{d}.onWatchEnd(w, w.Err)
		return
	}
	for _, e := range m.Message.Events {
		if w.Ended {
			return // it knows what it wanted to know
		}
		recipe{d}.onChange(w, m, e)
	}
}

// task returns the task that something belongs to; nil if it is over, or the call was a whole command.
func (c *commands) task(p Purpose) *Task {
	for i := range c.tasks {
		if t := &c.tasks[i]; p.Part != whole && t.ID == p.Task && !t.done {
			return t
		}
	}
	return nil
}

// wakeTasks looks after the leases of sessions.
func (c *Client) wakeTasks(now sim.Time, out *Output) {
	for i := range c.tasks {
		if d := (&step{&c.tasks[i], c, now, out}); !d.done {
			recipe{d}.wake()
		}
	}
}

// tidy drops the tasks that are over, and lets the processes end whose commands are: nothing of them is left.
func (c *Client) tidy(now sim.Time, out *Output) {
	kept := c.tasks[:0]
	for i := range c.tasks {
		if c.tasks[i].done {
			c.exits = append(c.exits, c.tasks[i].ID)
		} else {
			kept = append(kept, c.tasks[i])
		}
	}
	clear(c.tasks[len(kept):])
	c.tasks = kept
	for i := 0; i < len(c.exits); i++ {
		c.exit(now, c.exits[i], out)
	}
	c.exits = nil
}

// exit ends a process with its connections.
func (c *Client) exit(now sim.Time, id uint64, out *Output) {
	for i := 0; i < len(c.open); {
		if op := &c.open[i]; op.Purpose.Task == id {
			op.Err = api.ErrCanceled
			op.abandon()
			c.finish(i, now, rule.None, out)
		} else {
			i++
		}
	}
	for i := range c.hidden {
		if w := &c.hidden[i]; w.Purpose.Task == id && !w.Ended {
			c.hangUp(w, out)
		}
	}
	kept := c.channels[:0]
	for i := range c.channels {
		if c.channels[i].task != id {
			kept = append(kept, c.channels[i])
		}
	}
	clear(c.channels[len(kept):])
	c.channels = kept
}

// ask makes a call, or a watch. A task's own deadline goes with all its calls.
func (d *step) ask(a Ask) {
	a.Task = d.ID
	if a.Endpoints == nil {
		a.Endpoints = d.Endpoints
	}
	if !a.NoDeadline {
		a.Deadline = cmp.Or(d.deadline, d.limit())
	}
	d.out.Asks = append(d.out.Asks, a)
}

// noTime is a deadline that is over whatever the time is.
const noTime = sim.Time(-1)

// limit returns until when what begins now may take.
func (d *step) limit() sim.Time {
	if d.Timeout < 0 {
		return noTime
	}
	return d.now + cmp.Or(d.Timeout, Timeout)
}

func (d *step) report(r Report) {
	r.Task, r.Lease = d.ID, d.Lease
	d.out.Reports = append(d.out.Reports, r)
	d.done = d.done || r.Done
}

// fail ends the task with an error.
func (d *step) fail(why, err string) {
	d.report(Report{Why: why, Err: err, Exit: d.exit, Done: true})
}

func (d *step) emit(k EventKind, why rule.ID, text string) {
	d.out.Events = append(d.out.Events, Event{Kind: k, Rule: why, Task: d.ID, Text: text})
}

// Routine reports whether a call only keeps a lease of a session alive.
func (p Purpose) Routine() bool { return p.Part == keep }
