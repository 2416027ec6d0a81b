package client

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// A session is a lease that is kept alive for as long as somebody wants it (client/v3/concurrency/session.go; lease.go
// for how).

// SessionTTL is the lease of an election, in seconds (session.go, defaultSessionTTL).
const SessionTTL = 60

// The Go client looks twice a second whether a keep-alive is due, and once a second whether a lease has been without an
// answer for its whole life; before the first answer that is etcdctl's --dial-timeout and a second (client/v3/lease.go,
// sendKeepAliveLoop, deadlineLoop, NewLease).
const (
	keepRound  = 500 * sim.Millisecond
	reapRound  = sim.Second
	firstReply = 3 * sim.Second
)

// keepAlive is how a lease is kept.
type keepAlive struct {
	on       bool
	began    sim.Time
	stream   sim.Time // when the stream began: rounds count from it
	conn     uint64   // that the stream goes over
	due      sim.Time // the next keep-alive
	deadline sim.Time // without an answer by then the lease is given up
	under    bool     // one is on its way
}

// session is a lease with the key that hangs on it.
type session struct {
	Lease    int64
	Key      string
	Rev      int64 // the create revision of Key
	Held     bool  // it has the lock, or leads
	keep     keepAlive
	count    int64  // of an Observe: what its last read counted
	why, err string // how it ends once it has given back its key
	ran      bool   // Exec: the command has ended
}

// recipe is a step of a command that has a session: lease keep-alive, lock, elect.
type recipe struct{ *step }

// onGrant begins the session.
func (d recipe) onGrant(op *Operation) {
	if op.Err != "" {
		d.fail("", op.Err)
		return
	}
	d.keepAlive(op.Response.Body.(api.LeaseGrantReply).ID)
	if d.Kind == Observe {
		d.lookUp()
	} else {
		d.enter()
	}
}

func (d recipe) keepAlive(lease int64) {
	d.Lease = lease
	d.keep = keepAlive{on: true, began: d.now, stream: d.now, due: d.now, deadline: d.now + firstReply}
	d.renew()
	d.wakeAt(d.reapAt())
}

func (d recipe) wakeAt(at sim.Time) { d.out.Wakes = append(d.out.Wakes, at) }

// round returns the first instant of a clock that began at from, not before at.
func round(from, every, at sim.Time) sim.Time { return from + (max(at-from, 0)+every-1)/every*every }

func (d recipe) reapAt() sim.Time { return round(d.keep.began, reapRound, d.keep.deadline+1) }
func (d recipe) sendAt() sim.Time { return round(d.keep.stream, keepRound, d.keep.due+1) }

// renew sends a keep-alive over the stream, which stays on its connection while that holds.
func (d recipe) renew() {
	d.keep.under = true
	call := api.LeaseKeepAlive{ID: d.Lease}
	d.ask(Ask{Purpose: Purpose{Part: keep}, Call: call, Once: true, NoDeadline: true, stream: d.keep.conn})
}

// wake does what is due.
func (d recipe) wake() {
	k := &d.keep
	switch {
	case !k.on:
	case d.now >= d.reapAt():
		d.lost()
	case !k.under && d.now >= d.sendAt():
		d.renew()
	}
}

// onKeepAlive takes an answer, or the end of the stream: then another is opened after a moment.
func (d recipe) onKeepAlive(op *Operation) {
	k := &d.keep
	k.under, k.conn = false, op.stream
	if !k.on {
		return
	}
	if op.Err != "" {
		k.stream, k.conn = d.now+keepRound, 0
		k.due = k.stream - 1
		d.wakeAt(k.stream)
		return
	}
	r := op.Response.Body.(api.LeaseKeepAliveReply)
	if r.TTL <= 0 {
		d.lost()
		return
	}
	k.due, k.deadline = d.now+sim.Time(r.TTL)*sim.Second/3, d.now+sim.Time(r.TTL)*sim.Second
	d.wakeAt(d.sendAt())
	d.wakeAt(d.reapAt())
	if d.Kind == KeepAlive {
		d.report(Report{Call: op.Request.Call, Reply: op.Response.Reply})
	}
}

// lost ends the session. Who holds something notices it; who waits, or carries out a command, does not (mutex.go, Lock;
// lock_command.go).
func (d recipe) lost() {
	d.keep.on = false
	d.emit(SessionLost, rule.LeaseExpiresAtLeader, leaseText(d.Lease))
	switch {
	case d.Kind == KeepAlive:
		d.report(Report{Done: true})
	case d.Held && !d.interrupted && !d.Exec:
		d.expired()
	}
}

// expired ends a command that holds something which is not its own any more.
func (d recipe) expired() {
	if d.Kind == Lock {
		d.fail("session expired", "")
	} else {
		d.fail("elect: session expired", "")
	}
}

func leaseText(id int64) string { return strconv.FormatInt(id, 16) }
