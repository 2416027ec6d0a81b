package world

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Commands that etcdctl itself carries out: that of lock NAME COMMAND … while it has the lock, that of watch KEY --
// COMMAND … for each change (lock_command.go, watch_command.go, printWatchCh). Here they are lines of the console, and
// see the variables that etcdctl itself saw when it began. Those win over what a lock sets, and not over what a watch
// sets.

// typedBy returns a command that is not over; nil if it is.
func (w *World) typedBy(id uint64) *typed {
	for i := range w.typed {
		if w.typed[i].id == id {
			return &w.typed[i]
		}
	}
	return nil
}

// keepTyped keeps what has changed of one.
func (w *World) keepTyped(t typed) {
	list := append([]typed(nil), w.typed...)
	for i := range list {
		if list[i].id == t.id {
			list[i] = t
		}
	}
	w.typed = list
}

// tellWatch notes what a watch was told. While its command runs nothing more is printed.
func (w *World) tellWatch(h sim.Host, id uint64, e *client.Event) {
	t := w.typedBy(id)
	switch {
	case t == nil:
	case len(script.ExecOf(t.command)) == 0, e.Kind == client.WatchEnded && e.Text == "":
		w.dropExec(id)
		w.say(h, id, Said{event: e, Done: e.Kind == client.WatchEnded})
	default:
		now := *t
		now.told = append(t.told[:len(t.told):len(t.told)], e)
		w.keepTyped(now)
		if len(now.told) == 1 {
			w.nextExec(h, id)
		}
	}
}

// nextExec prints what a watch was told, and carries out its command for the next change.
func (w *World) nextExec(h sim.Host, id uint64) {
	for t := w.typedBy(id); t != nil && len(t.told) > 0; t = w.typedBy(id) {
		e := t.told[0]
		if t.at == 0 {
			w.say(h, id, Said{event: e, Done: e.Kind == client.WatchEnded})
			if t = w.typedBy(id); t == nil {
				return
			}
		}
		now := *t
		if e.Message == nil || t.at == len(e.Message.Events) {
			now.told, now.at = t.told[1:], 0
			w.keepTyped(now)
			continue
		}
		c := e.Message.Events[t.at]
		kind := "PUT"
		if c.Deleted {
			kind = "DELETE"
		}
		now.at++
		w.keepTyped(now)
		w.execute(h, id, append(slices.Clone(now.environ),
			"ETCD_WATCH_REVISION="+strconv.FormatInt(e.Header.Revision, 10), "ETCD_WATCH_EVENT_TYPE="+strconv.Quote(kind),
			"ETCD_WATCH_KEY="+strconv.Quote(c.KV.Key), "ETCD_WATCH_VALUE="+strconv.Quote(c.KV.Value)))
		return
	}
}

// execute begins the command of a command, in a turn of its own. It sees env, where the last of a name stands.
func (w *World) execute(h sim.Host, id uint64, env []string) {
	t := w.typedBy(id)
	if t == nil {
		return // whoever waited for it was interrupted
	}
	s, failure := shell.Exec(script.ExecOf(t.command), env)
	w.commands++
	j := job{id: id, number: w.commands, host: h, exec: true, failure: failure, session: s, cause: w.cause}
	j.command.Client = script.ClientName(h.Number())
	w.shells.put(j)
	w.queue.Push(w.now, event{kind: evShell, host: h, cause: j.number})
}

// executed goes on when such a command has ended: the lock is given back, the watch ends if it has failed.
func (w *World) executed(j *job) {
	t := w.typedBy(j.id)
	if t == nil {
		return
	}
	why, exit := j.failure, 0
	if exit = j.session.Status; exit != 0 {
		why = "exit status " + strconv.Itoa(exit)
	}
	c, locks := t.command.(script.Lock)
	switch argv := script.ExecOf(t.command); {
	case locks && len(c.Exec) > 0:
		w.clientOut.Reset()
		w.client(j.host).OnExecuted(w.now, j.id, why, exit, &w.clientOut)
		w.carryOutClient(j.host)
	case why == "":
		w.nextExec(j.host, j.id)
	default:
		text := "command " + fmt.Sprintf("%q", argv) + " error (" + why + ")\n"
		w.say(j.host, j.id, Said{refusal: &script.Refusal{Stderr: text, Exit: 1}, Done: true})
		w.unwatch(j.host, j.id)
	}
}

// dropExec ends what a command of etcdctl carries out.
func (w *World) dropExec(id uint64) {
	for _, j := range w.shells.jobs {
		if j.exec && j.id == id {
			w.shells.remove(j.number)
			w.hush(j.waits)
		}
	}
}

// unwatch ends the watches of a command; 0: of none.
func (w *World) unwatch(h sim.Host, id uint64) {
	for _, x := range w.client(h).Watches() {
		if !x.Ended && id != 0 && x.Purpose.Task == id {
			w.clientOut.Reset()
			w.client(h).Unwatch(w.now, x.ID, &w.clientOut)
			w.carryOutClient(h)
		}
	}
}
