package world

import (
	"math/bits"
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

// reached notes that a client's request has come to a member.
func (l *Latency) reached(now sim.Time, p *Packet) {
	if p.Request == nil || !p.From.IsClient() {
		return
	}
	id := p.Request.ID
	for t := l.at(id); t.id != 0 && t.id != id && len(l.open) < l.room(); t = l.at(id) {
		l.grow()
	}
	if l.at(id).id == 0 {
		l.under++
	}
	*l.at(id) = trace{id: id, endpoint: p.To, sent: p.Sent, reached: now, taken: now}
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

// taken notes that the member works on it.
func (l *Latency) taken(now sim.Time, p *Packet) {
	if t := l.at(p.Request.ID); t.id == p.Request.ID && p.From.IsClient() {
		t.taken = now
	}
}

// pass notes what happened at a member to the entries of its log, and to requests.
func (l *Latency) pass(now sim.Time, h sim.Host, e *etcd.Event, leads bool) {
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

// returned makes the breakdown of an operation that has its outcome, and keeps so many of the newest.
func (l *Latency) returned(op *client.Operation, keep int) {
	t := l.at(op.Request.ID)
	if t.id != op.Request.ID {
		return
	}
	if op.Outcome == client.Acknowledged {
		l.done.Append(t.breakdown(op))
		cut(&l.done, keep)
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

// Latency returns what is known of how long operations take.
func (w *World) Latency() *Latency { return &w.latency }

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

// Histogram counts durations. A bucket is a thirty-second of the power of two that it lies in.
type Histogram struct {
	Count   int
	Most    sim.Time
	buckets [(32 - fine + 1) << fine]int32
}

const fine = 5

func bucket(t sim.Time) int {
	v := uint32(min(max(t, 0), 1<<31-1))
	shift := max(bits.Len32(v)-fine-1, 0)
	return shift<<fine + int(v>>shift)
}

// bucketEnd returns the longest duration of a bucket.
func bucketEnd(i int) sim.Time {
	shift := max(i>>fine-1, 0)
	return sim.Time(i-shift<<fine+1)<<shift - 1
}

// Add counts a duration.
func (h *Histogram) Add(t sim.Time) {
	h.Count++
	h.Most = max(h.Most, t)
	h.buckets[bucket(t)]++
}

// Percentile returns the duration that so many percent do not exceed, to about 3 %.
func (h *Histogram) Percentile(percent int) sim.Time {
	left := (h.Count*percent + 99) / 100
	for i, n := range h.buckets {
		if left -= int(n); left <= 0 && h.Count > 0 {
			return min(bucketEnd(i), h.Most)
		}
	}
	return h.Most
}

// Between returns how many durations lie above from and do not exceed to, as nearly as the buckets tell.
func (h *Histogram) Between(from, to sim.Time) int {
	n := 0
	for i := bucket(from) + 1; i <= bucket(to); i++ {
		n += int(h.buckets[i])
	}
	return n
}

// Window is what the operations that ended in a stretch of time took.
type Window struct {
	From, To sim.Time
	Histogram
	Sum [Stages]sim.Time // over all of them
}

// Window looks at the changes that were acknowledged after from and not after to, or at the reads. If the first of them
// are not kept any more it begins later.
func (l *Latency) Window(from, to sim.Time, reads bool) *Window {
	if first := l.done.First(); first > 0 {
		from = max(from, l.done.Ref(first).At)
	}
	w := &Window{From: from, To: to}
	for i := l.done.Len() - 1; i >= l.done.First(); i-- {
		b := l.done.Ref(i)
		if b.At <= from {
			break
		}
		if b.At > to || b.Changes == reads {
			continue
		}
		w.Add(b.Latency())
		for s, d := range b.Stages {
			w.Sum[s] += sim.Time(d)
		}
	}
	return w
}

// Mean returns how long a stage took on average.
func (w *Window) Mean(s Stage) sim.Time { return w.Sum[s] / sim.Time(max(w.Count, 1)) }

// PerSecond returns how many operations ended in a second.
func (w *Window) PerSecond() int {
	return int(sim.Time(w.Count) * sim.Second / max(w.To-w.From, 1))
}

// Bottleneck names what operations spend most of their time on: the network, a processor, the disk, the followers or
// the store.
func (w *Window) Bottleneck() string {
	names := [...]string{"network", "processor", "disk", "quorum", "apply"}
	of := [...]sim.Time{
		w.Sum[ToMember] + w.Sum[Forwarded] + w.Sum[Answer], w.Sum[Queued], w.Sum[DiskBusy] + w.Sum[Fsync], w.Sum[Quorum],
		w.Sum[Apply],
	}
	most := 0
	for i := range of {
		if of[i] > of[most] {
			most = i
		}
	}
	return names[most]
}
