package monitor

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Stage is a part of the time that an operation takes. The stages follow each other without a gap: together they are
// the operation's latency.
type Stage uint8

// The stages. A read has no share in the leader's log: what it waits for is the quorum that confirms the leader, and
// then apply.
const (
	Connect   Stage = iota // until it left the client: a connection had to be made, or an earlier attempt failed
	ToMember               // from the client to the member that takes it
	Queued                 // the member's processor works on others
	Forwarded              // until it stands in the leader's log: the way there, or the wait for a leader
	DiskBusy               // the leader's disk still syncs an earlier batch
	Fsync                  // the leader syncs the entry; its followers do meanwhile
	Quorum                 // until enough members have it
	Apply                  // until the asked member has learned of that and has applied it
	Answer                 // back to the client

	Stages = iota // how many there are
)

// String names the stage.
func (s Stage) String() string { return stageNames[s] }

var stageNames = [...]string{"connect", "to member", "queued", "forwarded", "disk busy", "fsync", "quorum", "apply",
	"answer"}

// Breakdown is an acknowledged operation's latency in its stages.
type Breakdown struct {
	Request uint64
	At      sim.Time // when the client had the answer
	Stages  [Stages]int32
	Changes bool // it is no read
}

// Latency returns how long the operation took: the sum of its stages.
func (b *Breakdown) Latency() sim.Time {
	sum := sim.Time(0)
	for _, d := range b.Stages {
		sum += sim.Time(d)
	}
	return sum
}

// Latency keeps the instants that operations pass, and the newest breakdowns.
//
// Invariant: len(open) and len(log) are powers of two; the trace of request r, if there is one, is open[r%len(open)],
// and likewise for entries.
type Latency struct {
	open  []trace
	under int // traces in it
	log   []passage
	done  chunk.List[Breakdown]
}

// trace is an operation under way.
type trace struct {
	id       uint64 // 0: none
	endpoint sim.Host
	sent     sim.Time
	reached  sim.Time
	taken    sim.Time
	applied  sim.Time
	passage  passage
}

// passage is when an entry passed the leader: zero where it has not.
type passage struct {
	index                                raft.Index
	appended, syncing, synced, committed sim.Time
	done                                 bool // who waits for it has noted all of this
}

// How many traces there is room for. An operation that finds none has no breakdown.
const (
	tracesFirst = 1 << 6
	tracesMost  = 1 << 15
)

func newLatency() Latency {
	return Latency{open: make([]trace, tracesFirst), log: make([]passage, tracesFirst)}
}

func (l *Latency) clone() Latency {
	return Latency{append([]trace(nil), l.open...), l.under, append([]passage(nil), l.log...), l.done.Clone()}
}

// packed is the traces and passages of a Latency that are under way, without the tables that they stand in.
type packed struct {
	traces, entries int // how large the tables are
	open            []trace
	log             []passage
}

// pack keeps what is under way only: most of the tables is empty, or of entries that nobody waits for any more.
func (l *Latency) pack() *packed {
	p := &packed{traces: len(l.open), entries: len(l.log)}
	for i := range l.open {
		if l.open[i].id != 0 {
			p.open = append(p.open, l.open[i])
		}
	}
	for i := range l.log {
		if e := &l.log[i]; e.index != 0 && !e.done {
			p.log = append(p.log, *e)
		}
	}
	l.open, l.log = nil, nil
	return p
}

// unpack makes the tables anew.
func (l *Latency) unpack(p *packed) {
	l.open, l.log = make([]trace, p.traces), make([]passage, p.entries)
	for i := range p.open {
		*l.at(p.open[i].id) = p.open[i]
	}
	for i := range p.log {
		*l.entry(p.log[i].index) = p.log[i]
	}
}

// Reached notes that a client's request, sent at an instant, has come to a member.
func (l *Latency) Reached(now sim.Time, id uint64, endpoint sim.Host, sent sim.Time) {
	for t := l.at(id); t.id != 0 && t.id != id && len(l.open) < l.room(); t = l.at(id) {
		l.grow()
	}
	if l.at(id).id == 0 {
		l.under++
	}
	*l.at(id) = trace{id: id, endpoint: endpoint, sent: sent, reached: now, taken: now}
}

// room is how large the tables may grow: with how much is under way, so that one straggler does not make them large.
func (l *Latency) room() int { return min(4*l.under, tracesMost) }

func (l *Latency) at(id uint64) *trace { return &l.open[id%uint64(len(l.open))] }

func (l *Latency) grow() {
	old := l.open
	l.open = make([]trace, 2*len(old))
	for i := range old {
		*l.at(old[i].id) = old[i]
	}
}

// Taken notes that the member works on it.
func (l *Latency) Taken(now sim.Time, id uint64) {
	if t := l.at(id); t.id == id {
		t.taken = now
	}
}

// Pass notes what happened at a member to the entries of its log, and to requests.
func (l *Latency) Pass(now sim.Time, h sim.Host, e *etcd.Event, leads bool) {
	switch e.Kind {
	case etcd.Applied, etcd.Served:
		t := l.at(e.Request)
		if e.Request == 0 || t.id != e.Request || t.endpoint != h {
			return
		}
		t.applied = now
		if p := &l.log[uint64(e.Index)%uint64(len(l.log))]; e.Kind == etcd.Applied && p.index == e.Index {
			t.passage, p.done = *p, true
		}
	case etcd.SyncStarted:
		for i := e.Index; leads && i != 0 && i <= e.Last; i++ {
			l.entry(i).syncing = now
		}
	case etcd.SyncDone:
		for i := e.Index; leads && i != 0 && i <= e.Last; i++ {
			l.entry(i).synced = now
		}
	case etcd.RaftEvent:
		l.passRaft(now, &e.Raft, leads)
	}
}

func (l *Latency) passRaft(now sim.Time, e *raft.Event, leads bool) {
	switch {
	case e.Kind == raft.ProposalAppended:
		for i := e.Index; i <= e.Last; i++ {
			for p := l.entry(i); p.index != i && p.index != 0 && !p.done && len(l.log) < l.room(); p = l.entry(i) {
				l.growLog()
			}
			*l.entry(i) = passage{index: i, appended: now}
		}
	case e.Kind == raft.EntriesCommitted && leads:
		for i := e.Index; i <= e.Last; i++ {
			l.entry(i).committed = now
		}
	}
}

// entry returns where the passage of an entry stands.
func (l *Latency) entry(i raft.Index) *passage { return &l.log[uint64(i)%uint64(len(l.log))] }

func (l *Latency) growLog() {
	old := l.log
	l.log = make([]passage, 2*len(old))
	for _, p := range old {
		*l.entry(p.index) = p
	}
}

// Returned makes the breakdown of an operation that has its outcome, and keeps so many of the newest.
func (l *Latency) Returned(op *client.Operation, keep int) {
	t := l.at(op.Request.ID)
	if t.id != op.Request.ID {
		return
	}
	if op.Outcome == client.Acknowledged {
		l.done.Append(t.breakdown(op))
		l.Keep(keep)
	}
	*t = trace{}
	l.under--
}

// breakdown divides the operation's time at the instants that it passed. One that it did not pass, or passed under an
// earlier leader, takes no time.
func (t *trace) breakdown(op *client.Operation) Breakdown {
	b := Breakdown{Request: op.Request.ID, At: op.Return, Changes: op.Request.Changes()}
	p := &t.passage
	committed := p.committed
	if p.index == 0 {
		committed = t.applied // a read
	}
	last := op.Call
	passed := [Stages]sim.Time{
		t.sent, t.reached, t.taken, p.appended, p.syncing, p.synced, committed, t.applied, op.Return,
	}
	for s, at := range passed {
		at = max(last, min(at, op.Return))
		b.Stages[s] = int32(at - last)
		last = at
	}
	return b
}

// Keep drops the oldest breakdowns when there are more than so many.
func (l *Latency) Keep(most int) {
	if l.done.Len()-l.done.First() > most {
		l.done.DropFront(l.done.Len() - most)
	}
}

// Breakdowns returns the newest breakdowns, in the order in which the operations ended.
func (l *Latency) Breakdowns() *chunk.List[Breakdown] { return &l.done }

// Breakdown returns that of an operation whose answer came at an instant; false if it is none that was acknowledged, or
// too long ago.
func (l *Latency) Breakdown(request uint64, at sim.Time) (Breakdown, bool) {
	first := l.done.First()
	i := first + sort.Search(l.done.Len()-first, func(i int) bool { return l.done.Ref(first+i).At >= at })
	for ; i < l.done.Len() && l.done.Ref(i).At == at; i++ {
		if b := l.done.Ref(i); b.Request == request {
			return *b, true
		}
	}
	return Breakdown{}, false
}
