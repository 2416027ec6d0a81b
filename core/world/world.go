package world

import (
	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/judge"
	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/core/workload"
)

// Timed is a command with the instant at which it is given. Commands come after everything else that happens at their
// instant.
type Timed struct {
	At      sim.Time
	Command script.Command
}

// World is the state of a run at one instant.
//
// Invariant: tape[:pos] has been carried out; every At in it is <= now.
type World struct {
	cfg    Config
	preset *Preset
	fsync  *sim.Quantiles
	twins  *mvcc.Twins // nil in a clone that does not go on by itself

	now   sim.Time
	turn  uint64
	queue sim.Queue[event]
	tape  []Timed
	pos   int

	net     sim.Network
	held    []*Packet
	members []*etcd.Member
	clients []client.Client
	actors  [][]workload.Actor // beside each client
	// when a member that is starting will be up; 0: it is not starting
	starts [sim.MaxMembers + 1]sim.Time
	links  [sim.MaxMembers + 1]etcd.Links             // for each member, since when it has been connected to the others
	busy   [sim.MaxMembers + 1]sim.Time               // until when their processors have requests to work on
	line   [sim.MaxMembers + sim.MaxClients + 1]int64 // until when machines' networks are taken up, in nanoseconds
	// what their processors did for messages beyond whole microseconds
	sentNanos [sim.MaxMembers + 1]int16
	drifts    [sim.MaxMembers + 1]int // how fast members' clocks run, in percent more than they should

	packets, requests uint64 // counters: the last id given out

	journal Journal
	keep    retention
	cause   uint64   // of what is recorded next
	origins []origin // per member: where later records of it come from

	machines  [sim.MaxMembers + 1]machine
	restoring restoring
	shelf     []directory // replaced, never written in place
	backups   []Backup    // newest first; replaced, never written in place
	restored  bool        // the cluster was founded from a backup: what clients were told before does not bind it

	judges  judge.Judge
	judged  judged
	sole    sim.Time // since when only one member can have been the leader; -1: there is none, or another may be
	founded sim.Time // when the cluster was founded: of what was asked before nothing is judged
	broken  *check.Violation
	story   story
	history chunk.List[client.Operation] // operations that have an outcome, in the order in which they got it
	recent  []client.Operation           // of a keyframe: the newest of them, which its history holds no more
	counts  [client.Outcomes]int         // of them, by outcome
	monitor monitor.Monitor

	memberOut etcd.Output   // scratch, empty between turns
	clientOut client.Output // likewise

	commands uint64           // counts etcdctl's commands
	typed    []typed          // those that are not over; replaced, never written in place
	said     chunk.List[Said] // what they printed
	shells   shells
}

// eventKind and event are what waits in the queue.
type eventKind uint8

const (
	evTick    eventKind = iota // host, wake.Incarnation
	evDeliver                  // packet
	evWake                     // host, wake
	evClient                   // host
	evActor                    // host, actor, wake.Incarnation, ok, cause: see workload.Wake
	evStart                    // host
	evReport                   // host, packet, ok: what became of a message
	evGone                     // host, cause: others refuse its member of that ID, since it was removed
	evResend                   // packet: of a stream, TCP sends it again
	evTaken                    // host, stream: a client has taken a message
	// host, wake.Incarnation: the two seconds are over in which a deletion of etcdctl could be interrupted; the
	// incarnation stands for its command
	evConfirmed
	_         // was of one actor: the numbers are in the hashes of runs
	evServe   // host, packet, wake.Incarnation, cause: the member comes to what waited for it
	_         // likewise
	evSignal  // signal, cause; ok: TCP sends it again, else it has arrived
	evUnacked // host, conn, cause: data has not been acknowledged for long; ok: it never will
	evShell   // host, cause: the number of a job that goes on
)

type event struct {
	kind   eventKind
	host   sim.Host
	ok     bool // here they take no room: the queue copies events about
	actor  workload.WakeKind
	wake   etcd.Wake
	packet *Packet
	stream watch.StreamID
	signal *signal
	conn   uint64
	cause  uint64
}

// New returns the world of a run at its first instant: all members have just started, nothing has been said. The tape's
// commands are carried out when their time comes; it must be sorted.
func New(cfg Config, tape []Timed) (*World, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	p, err := cfg.preset()
	if err != nil {
		return nil, err
	}
	w := &World{cfg: cfg, preset: p, twins: new(mvcc.Twins), tape: tape[:len(tape):len(tape)], journal: newJournal(),
		keep: retention{keepRecords, keepAnswers, keepBreakdowns}}
	peer, err := sim.NewQuantiles(p.Peer...)
	if err != nil {
		return nil, err
	}
	toClient, err := sim.NewQuantiles(p.Client...)
	if err != nil {
		return nil, err
	}
	fsync, err := sim.NewQuantiles(p.Fsync...)
	if err != nil {
		return nil, err
	}
	w.net = sim.NewNetwork(cfg.Seed, peer, toClient)
	w.populate(fsync)
	return w, nil
}

func (w *World) populate(fsync *sim.Quantiles) {
	w.fsync = fsync
	w.judges, w.sole = judge.New(), -1
	w.monitor = monitor.New()
	for i := range w.links {
		for k := range w.links[i] {
			w.links[i][k] = -1
		}
	}
	for i := 1; i <= w.cfg.Clients; i++ {
		w.clients = append(w.clients, client.New(sim.Client(i), w.cfg.Members, w.cfg.Seed))
		w.actors = append(w.actors, workload.New())
	}
	mc := w.cfg.member(w.preset)
	for i := 1; i <= w.cfg.Members; i++ {
		w.add(etcd.New(mc, sim.Member(i), fsync))
	}
	for i := 1; i <= w.cfg.Members; i++ {
		w.start(sim.Member(i))
	}
}

func (w *World) add(m *etcd.Member) {
	m.Share(w.twins)
	w.members = append(w.members, m)
	w.origins = append(w.origins, origin{})
	w.judges.Add()
}

// enlist sets up the machine of a member that is to join.
func (w *World) enlist() {
	h := sim.Member(len(w.members) + 1)
	w.add(etcd.Join(w.cfg.member(w.preset), h, w.fsync))
	w.machine(h).joined = true
}

// relink notes which members are connected to each other: both run, each finds the other, and neither way is cut.
func (w *World) relink() {
	for i, a := range w.members {
		for k, b := range w.members {
			from, to := sim.Member(i+1), sim.Member(k+1)
			since := &w.links[i+1][k+1]
			if !a.Up() || !b.Up() || !a.Finds(b, to) || !b.Finds(a, from) || w.net.Cut(from, to) || w.net.Cut(to, from) {
				*since = -1
			} else if *since < 0 {
				*since = w.now
			}
		}
	}
}

// start runs a member's process and its ticker, which begins at an instant of its own.
func (w *World) start(h sim.Host) {
	m := w.member(h)
	w.memberOut.Reset()
	m.Start(w.now, &w.memberOut)
	w.remembers(h)
	w.started(h)
	phase := rng.NewNoise(w.cfg.Seed, "ticker").For(uint64(h), 0).At(int64(w.now), int(w.preset.Tick))
	w.queue.Push(w.now+1+sim.Time(phase), event{kind: evTick, host: h, wake: etcd.Wake{Incarnation: m.Incarnation()}})
	w.carryOut(h)
	w.relink()
	w.monitor.Started(w.now)
}

// Clone returns an independent world in the same state. It costs about as much as a few hundred turns.
func (w *World) Clone() *World {
	c := w.cloneState()
	c.journal.records = w.journal.records.Clone()
	return c
}

// cloneState is Clone without the records of the journal: only their count and their hash.
func (w *World) cloneState() *World {
	c := *w
	c.twins = nil
	c.queue = w.queue.Clone()
	c.tape = w.tape[:len(w.tape):len(w.tape)]
	c.held = append([]*Packet(nil), w.held...)
	c.members = make([]*etcd.Member, len(w.members))
	for i, m := range w.members {
		c.members[i] = m.Clone()
	}
	c.clients = make([]client.Client, len(w.clients))
	for i := range w.clients {
		c.clients[i] = w.clients[i].Clone()
	}
	c.actors = make([][]workload.Actor, len(w.actors))
	for i, list := range w.actors {
		c.actors[i] = make([]workload.Actor, len(list))
		for k, a := range list {
			c.actors[i][k] = a.Clone()
		}
	}
	c.journal.records = chunk.List[Record]{}
	c.journal.records.Reset(w.journal.records.Len())
	c.origins = append([]origin(nil), w.origins...)
	c.judges = w.judges.Clone()
	c.story = w.story.clone()
	c.history = w.history.Clone()
	c.said = w.said.Clone()
	c.memberOut, c.clientOut = etcd.Output{}, client.Output{}
	c.monitor = w.monitor.Clone()
	return &c
}

// share lets the members of a clone that is to go on hold once what all of them hold.
func (w *World) share() {
	w.twins = new(mvcc.Twins)
	for _, m := range w.members {
		m.Share(w.twins)
	}
}

// unify lets the members share what they have in common already: before a keyframe is taken, which then keeps it once.
func (w *World) unify() { w.withLongest(etcd.Unify); w.judges.Safety.Unify() }

// borrow lets the members of a keyframe hold once even what is not full yet.
func (w *World) borrow() { w.withLongest(etcd.Borrow); w.judges.Safety.Borrow() }

// withLongest does something to each member and the one that has the longest log.
func (w *World) withLongest(do func(a, b *etcd.Member)) {
	longest := w.members[0]
	for _, m := range w.members {
		if m.Up() && (!longest.Up() || m.Node().LastIndex() > longest.Node().LastIndex()) {
			longest = m
		}
	}
	for _, m := range w.members {
		do(longest, m)
	}
}

// Advance lets time pass up to an instant, that included, but takes at most budget turns. It reports whether it got
// there; if not, the budget was too small, or a rule was broken.
func (w *World) Advance(to sim.Time, budget int) bool {
	for ; w.broken == nil; budget-- {
		if !w.due(to) {
			w.now = max(w.now, to)
			return true
		}
		if budget <= 0 {
			return false
		}
		w.takeTurn(to)
	}
	return false
}

// NextTurn returns when something happens next; false if nothing ever will.
func (w *World) NextTurn() (at sim.Time, ok bool) {
	at, ok = w.queue.Next()
	if w.pos < len(w.tape) && (!ok || w.tape[w.pos].At < at) {
		return w.tape[w.pos].At, true
	}
	return at, ok
}

// due reports whether anything happens by an instant.
func (w *World) due(by sim.Time) bool {
	at, ok := w.NextTurn()
	return ok && at <= by
}

// Step goes on until something has been recorded, at most for a day of simulated time. It reports whether anything was.
func (w *World) Step() bool {
	const day = 24 * sim.Hour
	for seq, end := w.journal.Next(), w.now+day; w.broken == nil && w.takeTurn(end); {
		if w.journal.Next() > seq {
			return true
		}
	}
	return false
}

// AdvanceTurns takes turns until that many have been taken since the run began.
func (w *World) AdvanceTurns(turn uint64) {
	const ever = sim.Time(1) << 60
	for w.turn < turn && w.broken == nil && w.takeTurn(ever) {
	}
}

// takeTurn does what is next if it is due by an instant.
func (w *World) takeTurn(by sim.Time) bool {
	at, ok := w.queue.Next()
	if w.pos < len(w.tape) && (!ok || w.tape[w.pos].At < at) {
		return w.takeCommand(by)
	}
	if !ok || at > by {
		return false
	}
	w.scrape(at)
	if at < w.now {
		panic("world: time runs backwards: something was to happen at " + at.String() + ", but it is " + w.now.String())
	}
	var e event
	w.now, e = w.queue.Pop()
	w.turn++
	w.cause = 0
	w.happen(&e)
	return true
}

func (w *World) takeCommand(by sim.Time) bool {
	t := w.tape[w.pos]
	if t.At > by {
		return false
	}
	w.now = max(w.now, t.At)
	w.scrape(w.now)
	w.turn++
	w.pos++
	w.cause = 0
	if err := w.command(t.Command); err != nil {
		w.record(Record{Kind: Ineffective, Command: t.Command, Text: err.Error()})
	}
	return true
}

// Do carries out a command now and puts it on the tape; what was on the tape for later is dropped. A command that
// cannot apply changes nothing and says why.
func (w *World) Do(c script.Command) error {
	for w.broken == nil && w.takeTurn(w.now) {
	}
	if w.broken != nil {
		return refuse("the run has ended: %s", w.broken.Text)
	}
	w.scrape(w.now)
	w.turn++
	w.cause = 0
	if err := w.command(c); err != nil {
		w.turn--
		return err
	}
	w.tape = append(w.tape[:w.pos:w.pos], Timed{w.now, c})
	w.pos++
	return nil
}

// record appends to the journal. Where nothing else is said, the cause is what was recorded last in this turn.
func (w *World) record(r Record) uint64 {
	r.At, r.Turn = w.now, w.turn
	if r.Cause == 0 {
		r.Cause = w.cause
	}
	w.cause = w.journal.add(&r)
	return w.cause
}

func (w *World) member(h sim.Host) *etcd.Member   { return w.members[h.Number()-1] }
func (w *World) client(h sim.Host) *client.Client { return &w.clients[h.Number()-1] }
func (w *World) origin(h sim.Host) *origin        { return &w.origins[h.Number()-1] }
