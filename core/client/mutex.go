package client

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// The line that a lock and an election are made of: who wants it puts a key under the same prefix, with its own lease;
// whose key was created first has it, and each of the others waits only for the one before it. A key goes when it is
// deleted, or when its lease ends (client/v3/concurrency/mutex.go, election.go, key.go; etcdctl lock_command.go,
// elect_command.go).

func (d recipe) prefix() string { return d.Name + "/" }

// oldest is a read of the key under the prefix that was created first, newest of the last.
func (d recipe) oldest() api.Range {
	return api.Range{Key: d.prefix(), End: mvcc.PrefixEnd(d.prefix()),
		RangeOptions: mvcc.RangeOptions{SortTarget: mvcc.SortByCreate, SortOrder: mvcc.SortAscend, Limit: 1}}
}

func (d recipe) newest(until int64) api.Range {
	r := d.oldest()
	r.SortOrder, r.MaxCreateRevision = mvcc.SortDescend, until
	return r
}

// enter puts the key, unless the session has it already. A lock asks in the same breath who is first.
func (d recipe) enter() {
	d.Key = d.prefix() + leaseText(d.Lease)
	own := api.Range{Key: d.Key}
	t := api.Txn{
		Compare: []api.Compare{{Target: api.CompareCreate, Key: d.Key}},
		Success: []api.Call{api.Put{Key: d.Key, Value: d.Proposal, Lease: d.Lease}},
		Failure: []api.Call{own},
	}
	if d.Kind == Lock {
		t.Success, t.Failure = append(t.Success, d.oldest()), append(t.Failure, d.oldest())
	}
	d.ask(Ask{Purpose: Purpose{Part: enter}, Call: t, NoDeadline: true})
}

// onOutcome takes the outcome of a call of somebody who stands in line.
func (d recipe) onOutcome(op *Operation) {
	switch p := op.Purpose.Part; {
	case p == release:
		d.onRelease(op)
	case op.Err != "" && (p == enter || p == show):
		d.fail("", op.Err)
	case op.Err != "":
		d.giveBack("", op.Err)
	case p == enter:
		d.onEntered(op)
	case p == before:
		d.onBefore(op)
	case p == mine && len(op.Response.Body.(api.RangeReply).KVs) == 0:
		d.fail("mutex: session is expired", "")
	case p == mine:
		d.enters(op.Response.Header)
	case p == show:
		d.onKey(op)
	}
}

func (d recipe) onEntered(op *Operation) {
	r := op.Response.Body.(api.TxnReply)
	d.Rev = op.Response.Header.Revision
	if !r.Succeeded {
		d.Rev = r.Replies[0].Body.(api.RangeReply).KVs[0].CreateRevision
	}
	if d.Kind == Lock {
		if first := r.Replies[1].Body.(api.RangeReply).KVs; len(first) == 0 || first[0].CreateRevision == d.Rev {
			d.enters(op.Response.Header)
			return
		}
	}
	d.whoIsBefore()
}

func (d recipe) whoIsBefore() {
	d.ask(Ask{Purpose: Purpose{Part: before}, Call: d.newest(d.Rev - 1), NoDeadline: true})
}

// onBefore waits for the one before to go. When nobody is left a lock makes sure that its own key is still there; an
// election does not.
func (d recipe) onBefore(op *Operation) {
	kvs := op.Response.Body.(api.RangeReply).KVs
	switch {
	case len(kvs) > 0:
		d.emit(Queued, rule.None, kvs[0].Key)
		d.ask(Ask{Purpose: Purpose{Part: gone}, Watch: &watch.Request{Key: kvs[0].Key, Start: op.Response.Header.Revision}})
	case d.Kind == Lock:
		d.ask(Ask{Purpose: Purpose{Part: mine}, Call: api.Range{Key: d.Key}, NoDeadline: true})
	default:
		d.showKey()
	}
}

// enters begins what the lock is for, a command if there is one.
func (d recipe) enters(h api.Header) {
	if !d.Exec {
		d.showKey()
		return
	}
	d.Held = true
	d.emit(Held, rule.None, d.Key)
	d.report(Report{Environ: []string{"ETCD_LOCK_KEY=" + d.Key, "ETCD_LOCK_REV=" + strconv.FormatInt(h.Revision, 10)}})
}

// exitSignal is etcdctl's exit code when a signal has ended its command (lock_command.go, getExitCodeFromError).
const exitSignal = 255

// OnExecuted tells a lock that its command has ended: why it failed, if it did, and with what exit code. The lock is
// given back.
func (c *Client) OnExecuted(now sim.Time, id uint64, why string, exit int, out *Output) {
	for i := range c.tasks {
		if d := (&step{&c.tasks[i], c, now, out}); d.ID == id && !d.done {
			recipe{d}.executed(why, exit)
		}
	}
	c.settle(now, out)
}

func (d recipe) executed(why string, exit int) {
	if d.ran {
		return
	}
	d.ran, d.exit = true, exit
	d.release(why, "")
}

// showKey reads the key that etcdctl prints once it has the lock, or leads.
func (d recipe) showKey() {
	d.ask(Ask{Purpose: Purpose{Part: show}, Call: api.Range{Key: d.Key}, NoDeadline: true})
}

func (d recipe) onKey(op *Operation) {
	if d.Kind == Lock && len(op.Response.Body.(api.RangeReply).KVs) == 0 {
		d.fail("lock lost on init", "")
		return
	}
	d.Held = true
	d.emit(Held, rule.None, d.Key)
	d.report(Report{Call: op.Request.Call, Reply: op.Response.Reply})
	if !d.keep.on {
		d.expired()
	}
}

// giveBack gives up waiting, with an error: the key is taken back first. An election that was not interrupted leaves
// that to its lease.
func (d recipe) giveBack(why, err string) {
	if d.Kind == Campaign && !d.interrupted {
		d.fail(why, err)
		return
	}
	d.release(why, err)
}

// release deletes the key. An election does so only if it is still the same one.
func (d recipe) release(why, err string) {
	d.why, d.err = why, err
	var c api.Call = api.DeleteRange{Key: d.Key}
	if d.Kind == Campaign {
		c = api.Txn{
			Compare: []api.Compare{{Target: api.CompareCreate, Key: d.Key, Number: d.Rev}},
			Success: []api.Call{c},
		}
	}
	d.ask(Ask{Purpose: Purpose{Part: release}, Call: c, NoDeadline: true})
}

// onRelease ends the command. That the key could not be taken back is an error only for who has held it.
func (d recipe) onRelease(op *Operation) {
	if op.Err == "" {
		if t, ok := op.Response.Body.(api.TxnReply); !ok || t.Succeeded {
			d.emit(Released, rule.None, d.Key)
		}
	}
	if d.Held && d.why == "" {
		d.err = op.Err
	}
	d.fail(d.why, d.err)
}

// onChange takes a change of the key that a watch waits for.
func (d recipe) onChange(w *Watch, m *etcd.ServerMessage, e *mvcc.Change) {
	switch {
	case w.Purpose.Part == gone && e.Deleted:
		d.c.hangUp(w, d.out)
		d.whoIsBefore()
	case w.Purpose.Part == first && !e.Deleted:
		d.c.hangUp(w, d.out)
		h := m.Header
		h.Revision = e.KV.ModRevision
		d.leads(h, e.KV, 0)
		d.follow(e.KV.Key, h.Revision+1)
	case w.Purpose.Part == follow && e.Deleted:
		d.c.hangUp(w, d.out)
		d.lookUp()
	case w.Purpose.Part == follow:
		d.leads(m.Header, e.KV, d.count)
	}
}

// onWatchEnd takes the end of a watch that a task still wants.
func (d recipe) onWatchEnd(w *Watch, err string) {
	switch {
	case w.Purpose.Part != gone:
		d.fail("elect: observer lost", "")
	case err == "":
		d.giveBack("lost watcher waiting for delete", "")
	default:
		d.giveBack("", err)
	}
}
