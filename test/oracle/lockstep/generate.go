package lockstep

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// generator draws inputs. It works in phases of some hundred inputs: chaos alone would hardly
// ever elect a leader that lives long enough to do something.
type generator struct {
	d     draw
	left  int // inputs left in the phase
	phase *phase
	round int    // in a calm phase, the member whose turn it is
	slow  [5]int // asynchronous storage: how likely each part of a member makes the others go first; see background
}

// phase is how likely each kind of input is. What is left after ticks, work and deliveries is one of the rare ones.
type phase struct {
	tick, work, deliver int // percent
	together            int // percent of ticks that all members get
	fifo                int // percent of deliveries that take the oldest message
	again, drop         int // percent of deliveries
	restart             int // percent of inputs that find a member down
	rare                []Op
}

var everyday = []Op{Propose, Propose, Propose, Propose, ProposeMany, ProposeMany, Read, Read, Change, Snapshot, Compact,
	Unreachable, SnapReport, Clone}
var disasters = []Op{Propose, ProposeMany, Read, Change, Transfer, Campaign, Forget, Unreachable, SnapReport, Snapshot,
	Compact,
	Crash, Restart, Restart, Partition, Stranger, Clone}

var phases = []phase{
	// Calm: leaders are elected and lead.
	{tick: 6, together: 90, work: 45, deliver: 42, fifo: 100, restart: 10, rare: everyday},
	// An ordinary network.
	{tick: 6, together: 80, work: 45, deliver: 42, fifo: 95, again: 5, drop: 3, restart: 10, rare: everyday},
	// A bad day, and a worse one.
	{tick: 15, together: 50, work: 38, deliver: 40, fifo: 60, again: 10, drop: 10, rare: disasters},
	{tick: 30, together: 30, work: 30, deliver: 25, fifo: 20, again: 20, drop: 30, rare: disasters},
	// Much change of the group.
	{tick: 5, together: 90, work: 45, deliver: 42, fifo: 95, drop: 2, restart: 5, rare: []Op{Change, Change, Propose}},
	// Load.
	{tick: 3, together: 90, work: 40, deliver: 35, fifo: 90, restart: 5, rare: []Op{Propose, ProposeMany, Read}},
	// Time passes, members come and go.
	{tick: 30, together: 70, work: 35, deliver: 30, fifo: 90, rare: []Op{Propose, Transfer, Crash, Restart, Restart}},
	// Logs are cut short and snapshots travel.
	{tick: 6, together: 90, work: 43, deliver: 40, fifo: 98, restart: 2,
		rare: []Op{Propose, ProposeMany, Snapshot, Compact, SnapReport, Crash, Restart}},
	// The same while leaders change.
	{tick: 12, together: 60, work: 43, deliver: 40, fifo: 95, drop: 5, restart: 2,
		rare: []Op{Propose, ProposeMany, Propose, Snapshot, Compact, Compact, Crash, Restart, Restart, Campaign, Transfer}},
}

// strange are the messages that somebody outside may send without breaking the protocol: those that never travel,
// answers, and the ones that anybody may send.
var strange = []raft.MessageType{
	raft.MsgHup, raft.MsgBeat, raft.MsgUnreachable, raft.MsgSnapStatus, raft.MsgCheckQuorum, raft.MsgStorageAppend,
	raft.MsgStorageAppendResp, raft.MsgStorageApply, raft.MsgStorageApplyResp, raft.MsgAppResp, raft.MsgVoteResp,
	raft.MsgHeartbeatResp, raft.MsgReadIndexResp, raft.MsgPreVoteResp, raft.MsgTimeoutNow, raft.MsgForgetLeader,
	raft.MsgVote, raft.MsgPreVote, 24,
}

func newGenerator(seed uint64) *generator { return &generator{d: draw{rng.New(seed, "inputs")}} }

// next draws the next input.
func (n *generator) next(g *group) Input {
	d := &n.d
	if n.left == 0 {
		n.left, n.phase = d.between(50, 800), &phases[d.n(len(phases))]
		if g.setup.Config.AsyncStorageWrites {
			for i := range n.slow {
				n.slow[i] = int(d.of(0, 0, 50, 90, 98))
			}
		}
		switch {
		case d.yes(70):
			// Healed, mostly with what was in flight lost: else the phase is spent on old news.
			return Input{Op: Partition, At: 1, B: d.of(0, 1, 1)}
		case d.yes(60):
			return Input{Op: Partition, At: 1, A: d.Uint64() & 0xff}
		}
	}
	n.left--
	md := n.phase
	at := raft.ID(1 + d.n(len(g.members)))
	if len(g.net) == 0 && d.yes(50) && n.busy(g) == raft.None {
		return Input{Op: TickAll, At: 1} // all is quiet: only time brings something new
	}
	if g.members[at-1].down && d.yes(md.restart) {
		return Input{Op: Restart, At: at, A: uint64(d.n(2))}
	}
	switch k := d.n(100); {
	case k < md.tick:
		if d.yes(md.together) {
			return Input{Op: TickAll, At: 1}
		}
		return Input{Op: Tick, At: at}
	case k < md.tick+md.work:
		if at = n.busy(g); at == raft.None {
			return n.rare(g, md.rare[d.n(len(md.rare))], 1)
		}
		if g.setup.Config.AsyncStorageWrites {
			return n.background(g, g.members[at-1])
		}
		if d.yes(70) {
			return Input{Op: WorkAll, At: at}
		}
		return Input{Op: Work, At: at}
	case k < md.tick+md.work+md.deliver && len(g.net) > 0:
		return n.delivery()
	}
	return n.rare(g, md.rare[d.n(len(md.rare))], at)
}

// busy returns the next member in turn that has something to do, or None.
func (n *generator) busy(g *group) raft.ID {
	for range g.members {
		n.round++
		m := g.members[n.round%len(g.members)]
		if !m.down && (m.stage != idle || m.ours.HasReady() || m.threads[appends].busy() || m.threads[applies].busy()) {
			return m.id
		}
	}
	return raft.None
}

// background lets one of the parts of a member with asynchronous storage go on: its loop, a thread, or what a thread
// has answered. In each phase some of them are slow.
func (n *generator) background(g *group, m *member) Input {
	d := &n.d
	app, apl := &m.threads[appends], &m.threads[applies]
	ready := [...]bool{
		m.stage != idle || m.ours.HasReady(), len(app.asked) > 0, len(apl.asked) > 0, len(app.answers) > 0,
		len(apl.answers) > 0,
	}
	if app.snapshot() && d.yes(90) {
		// Rare, and worth waiting with: what if the leader changes before the snapshot is known to be on disk?
		if d.yes(10) {
			return Input{Op: Campaign, At: raft.ID(1 + d.n(len(g.members)))}
		}
		return n.meanwhile(g, m)
	}
	part := d.n(len(ready))
	for tries := 0; !ready[part] || d.yes(n.slow[part]); tries++ {
		if tries == 30 { // all that could go on is slow
			return n.meanwhile(g, m)
		}
		part = d.n(len(ready))
	}
	op := [...]Op{Work, Append, Apply, Answer, AnswerApply}[part]
	if op == Work && d.yes(70) {
		op = WorkAll
	}
	return Input{Op: op, At: m.id, A: d.of(1, 1, 2, 100)}
}

// meanwhile lets something else than a member's disk go on.
func (n *generator) meanwhile(g *group, m *member) Input {
	d := &n.d
	switch {
	case len(g.net) > 0 && d.yes(70):
		return n.delivery()
	case m.ours.HasReady() && d.yes(50):
		return Input{Op: WorkAll, At: m.id}
	}
	return Input{Op: TickAll, At: m.id}
}

func (n *generator) delivery() Input {
	d, md := &n.d, n.phase
	in := Input{Op: Deliver, At: 1}
	if !d.yes(md.fifo) {
		in.A = d.Uint64() >> 40
	}
	if d.yes(md.again) {
		in.B = 1
	} else if d.yes(md.drop) {
		in.Op = Drop
	}
	return in
}

func (n *generator) rare(g *group, op Op, at raft.ID) Input {
	d := &n.d
	other := uint64(1 + d.n(len(g.members)))
	in := Input{Op: op, At: at}
	// Most requests go to whoever leads, or they would only be dropped.
	if d.yes(60) && (op == Propose || op == ProposeMany || op == Change || op == Read || op == Transfer ||
		op == Unreachable || op == SnapReport) {
		for _, m := range g.members {
			if !m.down && m.ours.Role() == raft.Leader {
				in.At = m.id
			}
		}
	}
	switch op {
	case Propose:
		in.A = d.of(0, 1, 8, 8, 20, 60, 200)
	case ProposeMany:
		in.A, in.B = uint64(d.between(1, 8)), d.of(0, 4, 16, 40, 40, 41)
	case Change:
		in.A = d.Uint64()
	case Read:
		in.A = uint64(d.n(6))
	case Transfer, Unreachable:
		in.A = other
	case SnapReport:
		in.A, in.B = other, uint64(d.n(2))
	case Snapshot:
		in.A = uint64(d.n(20))
	case Compact:
		in.A = d.of(0, 0, 1, 3, 10, d.Uint64()>>40)
	case Crash, Restart:
		in.A = uint64(d.n(2))
		if op == Crash && d.yes(50) {
			in.Op = Tick // crashes are rare even on a bad day
		}
	case Partition:
		in.A = d.Uint64() & 0xff
	case Clone:
		in.A = uint64(d.n(20))
	case Stranger:
		in.A, in.B = uint64(strange[d.n(len(strange))]), uint64(d.n(2))
	}
	return in
}
