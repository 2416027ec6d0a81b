package etcd

import (
	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Member is a machine with a disk, on which at most one etcd process runs. The zero Member is not usable; see New.
//
// Invariant: process is nil exactly while none runs; a crash takes it, and leaves storage.
type Member struct {
	self    self
	storage storage
	process *process
}

// turn begins an input.
func (m *Member) turn(now sim.Time, out *Output) turn {
	p := m.process
	return turn{now: now, out: out, self: &m.self, storage: &m.storage, loop: &p.loop, applier: &p.applier,
		calls: &p.server.requests.calls}
}

// reap takes away a process that has ended in an input.
func (m *Member) reap() {
	if m.process.ended {
		m.process = nil
	}
}

// input hands the process something that has arrived. It is lost where none runs; one that is stopped keeps it.
func (m *Member) input(now sim.Time, in *input, out *Output) {
	switch p := m.process; {
	case p == nil:
	case p.paused:
		p.inbox = append(p.inbox, in.kept())
	default:
		t := m.turn(now, out)
		p.take(&t, in)
		m.reap()
	}
}

// Clone returns an independent copy. What is immutable (entries, messages, requests) is shared.
func (m *Member) Clone() *Member {
	c := &Member{self: m.self, storage: m.storage.clone()}
	c.self.twins = nil
	if m.process != nil {
		c.process = m.process.clone()
	}
	return c
}

// Start runs the process: the store is what the backend holds, Raft starts as a follower with the term, vote and log
// that were synced, and committed entries that the backend lacks are applied again (etcdserver/bootstrap.go).
func (m *Member) Start(now sim.Time, out *Output) {
	m.self.incarnation++
	m.self.id, m.self.startedAt = m.storage.self, now
	m.process = new(process)
	t := m.turn(now, out)
	m.process.start(&t)
	m.reap()
}

// Crash stops the process as kill -9 and a power cut do: memory and what was not synced are gone, all of it or, if
// torn, half. The operating system closes the connections: what clients see of that is the network's matter, members
// that wait for an answer are told.
func (m *Member) Crash(torn bool, out *Output) {
	if m.process == nil {
		m.storage.crash(torn, "", out)
		return
	}
	t := m.turn(0, out)
	m.process.end(&t, torn, "")
	m.reap()
}

// SetDisk changes how the disk does. An fsync that stood still begins when the disk is well again.
func (m *Member) SetDisk(now sim.Time, text string, change func(*sim.Disk), out *Output) {
	change(&m.storage.disk)
	e := Event{Kind: DiskChanged, Text: text}
	if p := m.process; p != nil && p.loop.saving && p.loop.syncEnd == 0 {
		t := m.turn(now, out)
		e.Until = p.beginSync(&t)
	}
	out.event(e)
}

// Disk returns how the disk does.
func (m *Member) Disk() *sim.Disk { return &m.storage.disk }

// Up reports whether the process runs, paused or not.
func (m *Member) Up() bool { return m.process != nil }

// Tick counts one interval of the process's ticker.
func (m *Member) Tick(now sim.Time, out *Output) {
	if m.process == nil || m.process.paused {
		return
	}
	t := m.turn(now, out)
	m.process.ticked(&t)
	m.reap()
}

// Receive takes a message from another member; with a snapshot comes the sender's database.
func (m *Member) Receive(now sim.Time, msg *raft.Message, db *Database, out *Output) {
	m.input(now, &input{kind: inMessage, msg: msg, database: db}, out)
}

// Serve takes a client's request. Links is what the member sees of the others at that instant.
func (m *Member) Serve(now sim.Time, req *Request, links *Links, out *Output) {
	m.input(now, &input{kind: inRequest, req: req, links: links}, out)
}

// Relayed takes the leader's answer to a request that the member has passed on, or the news that the connection failed
// (api.ErrConnection).
func (m *Member) Relayed(now sim.Time, resp *Response, out *Output) {
	m.input(now, &input{kind: inRelayed, resp: resp}, out)
}

// Stream takes what a client sends on a watch stream.
func (m *Member) Stream(now sim.Time, msg *ClientMessage, out *Output) {
	m.input(now, &input{kind: inStream, client: msg}, out)
}

// Taken tells that a client has taken a message off a stream: there is room for another.
func (m *Member) Taken(now sim.Time, id watch.StreamID, out *Output) {
	m.input(now, &input{kind: inTaken, stream: id}, out)
}

// Signal takes a Preface or a Ping.
func (m *Member) Signal(now sim.Time, s *Signal, out *Output) {
	m.input(now, &input{kind: inSignal, signal: s}, out)
}

// Reported tells that a snapshot reached its receiver, or did not. Incarnation is the sender's when it sent it.
func (m *Member) Reported(now sim.Time, incarnation uint32, to raft.ID, ok bool, out *Output) {
	if m.self.incarnation == incarnation {
		m.input(now, &input{kind: inReported, to: to, ok: ok}, out)
	}
}

// Unreachable tells that a message could not be delivered because nobody listens at the other end (rafthttp/peer.go). A
// leader then probes instead of streaming.
func (m *Member) Unreachable(now sim.Time, incarnation uint32, to raft.ID, out *Output) {
	if m.self.incarnation == incarnation {
		m.input(now, &input{kind: inUnreachable, to: to}, out)
	}
}

// Wake tells the member what it asked to be told. Links is what it sees of the others at that instant.
func (m *Member) Wake(now sim.Time, w Wake, links *Links, out *Output) {
	if m.self.incarnation == w.Incarnation {
		m.input(now, &input{kind: inWake, wake: w, links: links}, out)
	}
}

// Campaign makes the member's election timer run out now.
func (m *Member) Campaign(now sim.Time, out *Output) error {
	t := m.turn(now, out)
	err := m.process.loop.node.Campaign()
	m.process.round(&t)
	m.reap()
	return err
}

// Dismissed tells the process that the others refuse it because it was removed: it ends (rafthttp/stream.go,
// errMemberRemoved).
func (m *Member) Dismissed(out *Output) {
	if m.process != nil && !m.process.paused {
		t := m.turn(0, out)
		m.process.end(&t, false, whyRemoved)
		m.reap()
	}
}

const whyRemoved = "the member has been permanently removed from the cluster"

// WasRemoved reports whether a process ended for that reason.
func WasRemoved(why string) bool { return why == whyRemoved }

// Pause stops the process as SIGSTOP does: the clock goes on, sockets fill, nothing is handled.
func (m *Member) Pause(out *Output) {
	m.process.paused = true
	out.event(Event{Kind: Paused, Rule: rule.PausedProcess})
}

// Resume lets a paused process go on. It finds one tick in its ticker, and all that arrived, in order.
func (m *Member) Resume(now sim.Time, out *Output) {
	p := m.process
	held := p.inbox
	p.paused, p.inbox = false, nil
	out.event(Event{Kind: Resumed, Rule: rule.PausedProcess, Count: len(held)})
	m.Tick(now, out)
	for i := range held {
		m.input(now, &held[i], out)
	}
}

// Paused reports whether the process is up but stopped.
func (m *Member) Paused() bool { return m.process != nil && m.process.paused }

// Leads reports whether the member believes to lead.
func (m *Member) Leads() bool { return m.process != nil && m.process.loop.holdsOffice() }

// Incarnation counts the starts of the process.
func (m *Member) Incarnation() uint32 { return m.self.incarnation }

// Node returns the member's Raft state, nil while it is down. It is for looking, not for touching.
func (m *Member) Node() *raft.Node {
	if m.process == nil {
		return nil
	}
	return m.process.loop.node
}

// Syncing returns when the running fsync ends; false if none runs.
func (m *Member) Syncing() (until sim.Time, ok bool) {
	if m.process == nil {
		return 0, false
	}
	return m.process.loop.syncEnd, m.process.loop.saving
}

// Pending returns how many proposals wait for a leader.
func (m *Member) Pending() int {
	if m.process == nil {
		return 0
	}
	return len(m.process.server.requests.pending)
}

// Applied returns the last index that the store holds.
func (m *Member) Applied() raft.Index {
	if m.process == nil {
		return m.storage.backend.index
	}
	return m.process.applier.applied
}

// Store returns the member's applied state, nil while it is down. It is not to be changed.
func (m *Member) Store() *mvcc.Store {
	if m.process == nil {
		return nil
	}
	return m.process.applier.store
}

// Lessor returns the member's leases; nil while it is down. It is for looking.
func (m *Member) Lessor() *lease.Lessor {
	if m.process == nil {
		return nil
	}
	return &m.process.applier.lessor
}

// Hub returns the member's watchers, nil while it is down. It is for looking.
func (m *Member) Hub() *watch.Hub {
	if m.process == nil {
		return nil
	}
	return m.process.streams.hub
}

// Serving reports whether the process listens to clients.
func (m *Member) Serving() bool { return m.process != nil && m.process.server.serving() }

// Share lets the members of a run hold once what all their stores hold. What each holds is the same with and without.
func (m *Member) Share(t *mvcc.Twins) {
	m.self.twins = t
	if m.process != nil {
		m.process.applier.store.Share(t)
	}
}
