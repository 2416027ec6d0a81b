package lockstep

import (
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/test/oracle/convert"
	theirs "go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/confchange"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// networkMax is how many messages the network holds; beyond it the older half is lost.
const networkMax = 400

var jitters = &jitterReader{}

// serve makes theirs draw its election timeouts from a member's stream.
func serve(s *rng.Stream, n int) {
	jitters.stream, jitters.n = s, n
	rand.Reader = jitters
}

// Broken is a deliberate fault on our side, to see that the comparison finds it.
type Broken struct{ Rules rule.Set }

// group is the whole of both worlds.
type group struct {
	setup   Setup
	broken  Broken
	members []*member
	net     []packet
	sides   uint64 // bit i: on which side of the partition n_i is
	events  [256]int
	reached Reached
}

// packet is a message in both forms.
type packet struct {
	ours   raft.Message
	theirs pb.Message
}

func newGroup(s Setup, b Broken) (*group, error) {
	g := &group{setup: s, broken: b}
	for id := raft.ID(1); int(id) <= s.Members; id++ {
		m := &member{id: id}
		if s.Base > 0 && s.Conf.Has(id) {
			m.synced = disk{
				hard: raft.HardState{Term: 1, Commit: s.Base}, snap: raft.Snapshot{Index: s.Base, Term: 1, Conf: s.Conf},
			}
		}
		if err := m.start(&g.setup, b, false); err != nil {
			return nil, err
		}
		g.members = append(g.members, m)
	}
	return g, nil
}

// do carries out an input on both sides and returns the first difference. A panic on either side is one: no input that
// keeps to the protocol leads to it.
func (g *group) do(in Input) (err error) {
	m := g.members[in.At-1]
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	serve(&m.jitter, g.setup.Config.ElectionTick)
	if in.Op == TickAll {
		for _, m := range g.members {
			if err := g.do(Input{Op: Tick, At: m.id}); err != nil {
				return err
			}
		}
		return nil
	}
	if done, err := g.doNetwork(in); done {
		return err
	}
	if m.down {
		if in.Op == Restart {
			if err := m.start(&g.setup, g.broken, in.A == 1); err != nil {
				return err
			}
			return m.sameState()
		}
		return nil
	}
	if err := g.doMember(m, in); err != nil {
		return err
	}
	if m.down {
		return nil
	}
	g.count(m)
	return m.sameState()
}

// count notes what our side has told.
func (g *group) count(m *member) {
	for _, e := range m.ours.Events() {
		g.events[e.Kind]++
	}
}

// doNetwork carries out the inputs that are about the network. It reports whether the input was one.
func (g *group) doNetwork(in Input) (bool, error) {
	switch in.Op {
	case Partition:
		g.sides = in.A
		if in.B == 1 {
			g.net = nil
		}
	case Deliver, Drop:
		if len(g.net) == 0 {
			return true, nil
		}
		i := int(in.A % uint64(len(g.net)))
		p := g.net[i]
		if in.B == 0 || in.Op == Drop {
			g.net = slices.Delete(g.net, i, i+1)
		}
		if in.Op == Deliver {
			return true, g.deliver(p)
		}
	default:
		return false, nil
	}
	return true, nil
}

func (g *group) deliver(p packet) error {
	from, to := p.ours.From, p.ours.To
	if int(to) > len(g.members) || g.members[to-1].down || (g.sides>>from)&1 != (g.sides>>to)&1 {
		return nil
	}
	m := g.members[to-1]
	serve(&m.jitter, g.setup.Config.ElectionTick)
	// Theirs writes terms and indexes into the entries of a proposal, so that each delivery needs its own.
	t := p.theirs
	t.Entries = slices.Clone(t.Entries)
	if err := errors.Join(sameErr(m.ours.Step(p.ours), m.theirs.Step(t)), m.sameState()); err != nil {
		return fmt.Errorf("%s: %w", p.ours.String(), err)
	}
	g.count(m)
	return nil
}

func (g *group) doMember(m *member, in Input) error {
	n, t := m.ours, m.theirs
	switch in.Op {
	case Tick:
		n.Tick()
		t.Tick()
	case Work:
		return g.work(m)
	case WorkAll:
		for {
			if err := g.work(m); err != nil || m.stage == idle {
				return err
			}
		}
	case Propose:
		data := make([]byte, in.A)
		return sameErr(n.Propose(data), t.Propose(data))
	case ProposeMany:
		msg := raft.Message{Type: raft.MsgProp, From: m.id, To: m.id}
		for range in.A {
			msg.Entries = append(msg.Entries, raft.Entry{Data: make([]byte, in.B)})
		}
		if in.B%2 == 1 {
			cc := in.change(g.setup.Members)
			msg.Entries = append(msg.Entries, cc.Encode())
		}
		return sameErr(n.Step(msg), t.Step(convert.Message(&msg)))
	case Change:
		cc := in.change(g.setup.Members)
		return sameErr(n.ProposeConfChange(cc), t.ProposeConfChange(convert.Change(cc)))
	case Read:
		ctx := []byte(fmt.Sprint("r", in.A))
		n.ReadIndex(ctx)
		t.ReadIndex(ctx)
	case Transfer:
		n.TransferLeader(raft.ID(in.A))
		t.TransferLeader(in.A)
	case Campaign:
		return sameErr(n.Campaign(), t.Campaign())
	case Forget:
		return sameErr(n.ForgetLeader(), t.ForgetLeader())
	case Unreachable:
		n.ReportUnreachable(raft.ID(in.A))
		t.ReportUnreachable(in.A)
	case SnapReport:
		n.ReportSnapshot(raft.ID(in.A), in.B == 1)
		t.ReportSnapshot(in.A,
			map[bool]theirs.SnapshotStatus{true: theirs.SnapshotFinish, false: theirs.SnapshotFailure}[in.B == 1])
	case Snapshot, Compact:
		return m.keepHouse(in)
	case Crash:
		m.down = true
		if in.A == 0 {
			m.synced = m.written
		}
	case Clone:
		m.ours = m.ours.Clone()
		for range in.A {
			n.Tick()                      // nothing that happens to the original must matter
			_ = n.Propose([]byte("lost")) // may be dropped
			if n.HasReady() && m.stage == idle {
				n.Ready()
				n.Advance()
			}
		}
		for i := range m.threads {
			for _, p := range m.threads[i].answers {
				_ = n.Step(p.ours) // nor must what it hears
			}
		}
	case Append, Apply:
		return g.thread(m, map[Op]int{Append: appends, Apply: applies}[in.Op], in.A)
	case Answer, AnswerApply:
		return g.answer(m, map[Op]int{Answer: appends, AnswerApply: applies}[in.Op], in.A)
	case Stranger:
		msg := raft.Message{Type: raft.MessageType(in.A), From: 99, To: m.id, Term: max(1, n.Term()+raft.Term(in.B)),
			Index: n.Commit()}
		return sameErr(n.Step(msg), t.Step(convert.Message(&msg)))
	}
	return nil
}

// keepHouse takes a snapshot or compacts, unless a received snapshot is on its way to the disk: a host would not.
func (m *member) keepHouse(in Input) error {
	at := m.ours.Applied()
	if at < m.ours.FirstIndex()-1 || m.stage != idle {
		return nil
	}
	if m.async && at > m.written.hard.Commit {
		return nil // applied ahead of the append thread: a start would find a snapshot beyond the commit index
	}
	if in.Op == Snapshot {
		cs := convert.Conf(m.ours.Conf())
		data := make([]byte, in.A)
		s, err := m.ours.CreateSnapshot(at, data)
		ts, terr := m.storage.CreateSnapshot(uint64(at), &cs, data)
		if err == nil {
			m.written.snap = s
			m.synced = m.written
			if err := sameSnapshot(&s, &ts); err != nil {
				return err
			}
		}
		return sameErr(err, terr)
	}
	to := at - raft.Index(in.A)%(at+1)
	return sameErr(m.ours.CompactLog(to), m.storage.Compact(uint64(to)))
}

// work carries the host's loop one stage further.
func (g *group) work(m *member) error {
	switch m.stage {
	case idle:
		if !m.ours.HasReady() {
			return nil
		}
		m.rd, m.theirRd = m.ours.Ready(), m.theirs.Ready()
		m.stage = taken
		return sameReady(m.id, &m.rd, &m.theirRd)
	case taken:
		if m.async {
			m.stage = idle
			g.send(m)
			return nil
		}
		m.stage = wrote
		return g.write(m)
	default:
		m.stage = idle
		return g.finish(m)
	}
}

// write puts the Ready on the disk and sends its messages.
func (g *group) write(m *member) error {
	err := m.write(&m.rd, &m.theirRd, m.rd.MustSync || m.rd.Snapshot != nil)
	g.send(m)
	return err
}

// write puts snapshot, entries and HardState on both disks.
func (m *member) write(rd *raft.Ready, their *theirs.Ready, sync bool) error {
	m.written.write(rd)
	if sync {
		m.synced = m.written
	}
	if !theirs.IsEmptySnap(their.Snapshot) {
		if err := m.storage.ApplySnapshot(their.Snapshot); err != nil {
			return err
		}
	}
	if err := m.storage.Append(their.Entries); err != nil {
		return err
	}
	if !theirs.IsEmptyHardState(their.HardState) {
		return m.storage.SetHardState(their.HardState)
	}
	return nil
}

// send sends the messages of a Ready: to others, or to the member's own threads.
func (g *group) send(m *member) {
	for i, msg := range outgoing(m.id, &m.rd) {
		p := packet{*msg, m.theirRd.Messages[i]}
		switch msg.To {
		case raft.LocalAppendThread:
			m.threads[appends].asked = append(m.threads[appends].asked, p)
		case raft.LocalApplyThread:
			m.threads[applies].asked = append(m.threads[applies].asked, p)
		default:
			g.post(p)
		}
	}
}

// post puts a message into the network.
func (g *group) post(p packet) {
	g.net = append(g.net, p)
	if len(g.net) > networkMax {
		g.net = slices.Delete(g.net, 0, networkMax/2)
	}
}

// finish applies what is committed and advances.
func (g *group) finish(m *member) error {
	if s := m.rd.Snapshot; s != nil {
		m.restore(s)
	}
	if g.setup.Late {
		m.ours.Advance()
		m.theirs.Advance(m.theirRd)
	}
	for i := range m.rd.Committed {
		if err := m.apply(&m.rd.Committed[i]); err != nil {
			return err
		}
	}
	if !g.setup.Late {
		m.ours.Advance()
		m.theirs.Advance(m.theirRd)
	}
	return nil
}

// restore gives the state machine a snapshot.
func (m *member) restore(s *raft.Snapshot) {
	m.applied = s.Index
	m.confs = append(m.confs, confAt{s.Index, s.Conf})
}

func (m *member) apply(e *raft.Entry) error {
	if e.Index != m.applied+1 {
		return fmt.Errorf("n%d applies %d after %d", m.id, e.Index, m.applied)
	}
	m.applied = e.Index
	if e.Type == raft.EntryNormal {
		return nil
	}
	cc, err := raft.DecodeConfChange(e)
	if err != nil {
		return err
	}
	if e.Data == nil {
		cc = raft.ConfChange{}
	}
	if !m.possible(cc) {
		return nil // theirs would panic
	}
	got, want := m.ours.ApplyConfChange(cc), m.theirs.ApplyConfChange(convert.Change(cc))
	if !sameConf(got, *want) {
		return differ("configuration after "+cc.String(), got, want)
	}
	m.confs = append(m.confs, confAt{e.Index, got})
	return nil
}

// possible reports whether the change can be applied to the present configuration, by their own check.
func (m *member) possible(cc raft.ConfChange) bool {
	t := tracker.MakeProgressTracker(1, 0)
	cfg, progress, err := confchange.Restore(confchange.Changer{Tracker: t, LastIndex: 1}, convert.Conf(m.ours.Conf()))
	if err != nil {
		return false
	}
	t.Config, t.Progress = cfg, progress
	ch := confchange.Changer{Tracker: t, LastIndex: 1}
	v2 := convert.Change(cc).AsV2()
	if v2.LeaveJoint() {
		_, _, err = ch.LeaveJoint()
	} else if auto, joint := v2.EnterJoint(); joint {
		_, _, err = ch.EnterJoint(auto, v2.Changes...)
	} else {
		_, _, err = ch.Simple(v2.Changes...)
	}
	return err == nil
}
