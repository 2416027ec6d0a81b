package server

import (
	"container/heap"
	"errors"
	"fmt"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
)

// What both sides are started with.
const (
	tickMs        = 10 // of a lone member
	groupTickMs   = 50 // of members that must not take each other for dead
	electionTicks = 10
)

// The times of our side. They are no part of what is compared: they only have to be there.
const (
	fsync   = sim.Millisecond
	latency = 100 * sim.Microsecond
	settled = 6 * sim.Second // after which connections count as healthy
	waiting = 30 * sim.Second
)

// firstRequest has as many digits as etcd's ids of requests, which begin with half of a member's id (pkg/idutil): they
// count as a part of a proposal's size.
const firstRequest = 0x2778 << 48

// ours is a group of our members on a network without faults, in virtual time.
type ours struct {
	members  []*etcd.Member
	now      sim.Time
	queue    happenings
	seq      uint64
	request  uint64
	answers  map[uint64]*etcd.Response
	out      etcd.Output
	leases   names
	received map[int][]message // by stream
}

// happening is an input that a member gets at an instant.
type happening struct {
	at  sim.Time
	seq uint64
	do  func(*ours)
}

// happenings is a heap, earliest first.
type happenings []happening

func (h happenings) Len() int      { return len(h) }
func (h happenings) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h happenings) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h *happenings) Push(x any) { *h = append(*h, x.(happening)) }
func (h *happenings) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	(*h)[last], *h = happening{}, (*h)[:last]
	return x
}

// startOurs starts a group of n members and waits until it has a leader and all is quiet.
func startOurs(n int) (*ours, error) {
	tick := sim.Time(tickMs * sim.Millisecond)
	if n > 1 {
		tick = groupTickMs * sim.Millisecond
	}
	cfg := &etcd.Config{
		Members: n, Tick: tick, ElectionTicks: electionTicks, ApplyCost: 10 * sim.Microsecond,
		SnapshotCount: etcd.DefaultSnapshotCount, CatchUp: etcd.DefaultCatchUp, Seed: 1,
	}
	o := &ours{answers: map[uint64]*etcd.Response{}, request: firstRequest, received: map[int][]message{}}
	for i := range n {
		m := etcd.New(cfg, sim.Member(i+1), sim.Constant(fsync))
		o.members = append(o.members, m)
		o.carry(i, func(out *etcd.Output) { m.Start(o.now, out) })
		o.tickFrom(i, cfg.Tick)
	}
	o.runUntil(settled)
	if o.leader() < 0 {
		return nil, errors.New("our members have elected nobody")
	}
	if n > 1 {
		return o, o.lead()
	}
	return o, nil
}

// lead makes the first member the leader, and notes the term and the index from which on all is counted.
func (o *ours) lead() error {
	if i := o.leader(); i > 0 {
		if a, err := o.do(i+1, api.MoveLeader{Target: 1}); err != nil || a.Err != "" {
			return fmt.Errorf("n1 does not become our leader: %v %v", a, err)
		}
	}
	if a, err := o.do(1, api.Put{Key: markerKey}); err != nil || a.Err != "" {
		return fmt.Errorf("the first write: %v %v", a, err)
	}
	a, err := o.do(1, api.Status{})
	o.leases.count(a)
	return err
}

// answer keeps a client's answer; one to a member is passed back by it.
func (o *ours) answer(a etcd.Answer) {
	if !a.To.IsMember() {
		o.answers[a.Response.ID] = a.Response
		return
	}
	o.after(latency, func(o *ours) {
		i := a.To.Number() - 1
		o.carry(i, func(out *etcd.Output) { o.members[i].Relayed(o.now, a.Response, out) })
	})
}

// leader returns the place of the member that leads, -1 if none does.
func (o *ours) leader() int {
	for i, m := range o.members {
		if m.Leads() {
			return i
		}
	}
	return -1
}

func (o *ours) after(d sim.Time, do func(*ours)) { o.at(o.now+d, do) }

func (o *ours) at(t sim.Time, do func(*ours)) {
	o.seq++
	heap.Push(&o.queue, happening{t, o.seq, do})
}

func (o *ours) tickFrom(i int, every sim.Time) {
	o.after(every, func(o *ours) {
		o.carry(i, func(out *etcd.Output) { o.members[i].Tick(o.now, out) })
		o.tickFrom(i, every)
	})
}

// step lets the next thing happen.
func (o *ours) step() {
	h := heap.Pop(&o.queue).(happening)
	o.now = h.at
	h.do(o)
}

// runUntil lets everything happen that happens before an instant.
func (o *ours) runUntil(t sim.Time) {
	for o.queue[0].at < t {
		o.step()
	}
	o.now = t
}

// carry gives a member an input and carries its output out.
func (o *ours) carry(i int, input func(*etcd.Output)) {
	out := &o.out
	out.Reset()
	input(out)
	m := o.members[i]
	for _, s := range out.Send {
		o.deliver(m.Incarnation(), i, s)
	}
	for _, a := range out.Answers {
		o.answer(a)
	}
	for _, w := range out.Wakes {
		o.at(w.At, func(o *ours) {
			links := o.links()
			o.carry(i, func(out *etcd.Output) { m.Wake(o.now, w, &links, out) })
		})
	}
	for _, s := range out.Streams {
		o.take(i, s.Message)
	}
	for _, f := range out.Forwards {
		o.after(latency, func(o *ours) { o.serve(f.To.Number()-1, f.Request) })
	}
}

// deliver brings a message to another member. Who sent a snapshot is told that it has arrived.
func (o *ours) deliver(life uint32, from int, s etcd.Sending) {
	to := int(s.Message.To) - 1
	if to >= len(o.members) {
		return
	}
	o.after(latency, func(o *ours) {
		o.carry(to, func(out *etcd.Output) { o.members[to].Receive(o.now, &s.Message.Message, s.Message.Database, out) })
		if s.Message.Database != nil {
			o.carry(from, func(out *etcd.Output) { o.members[from].Reported(o.now, life, raft.ID(to+1), true, out) })
		}
	})
}

func (o *ours) serve(i int, req *etcd.Request) {
	links := o.links()
	o.carry(i, func(out *etcd.Output) { o.members[i].Serve(o.now, req, &links, out) })
}

// links are connections that have always been there.
func (o *ours) links() (l etcd.Links) {
	for i := range l {
		if l[i] = -1; i >= 1 && i <= len(o.members) {
			l[i] = 0
		}
	}
	return l
}

var errNoAnswer = errors.New("our member does not answer")

func (o *ours) names() *names { return &o.leases }

func (o *ours) close() {}

// do carries out a call at a member, and waits until all others have applied what that led to.
func (o *ours) do(at int, call api.Call) (answer, error) {
	a, err := o.ask(at-1, call)
	for !o.settled() {
		o.step()
	}
	return a, err
}

func (o *ours) settled() bool {
	lead, index := o.members[0].Node().Lead(), o.members[0].Node().Commit()
	for _, m := range o.members {
		_, compacting := m.Store().Compaction()
		if m.Node().Commit() != index || m.Applied() != index || m.Node().Lead() != lead || compacting {
			return false
		}
	}
	return true
}

// ask carries out a call at a member, which is counted from 0.
func (o *ours) ask(i int, call api.Call) (answer, error) {
	o.request++
	id := o.request
	o.serve(i, &etcd.Request{ID: id, Client: sim.Client(1), Call: call})
	for end := o.now + waiting; o.answers[id] == nil; o.step() {
		if o.now > end {
			return answer{}, errNoAnswer
		}
	}
	resp := o.answers[id]
	delete(o.answers, id)
	if resp.Err != "" {
		return answer{Err: resp.Err, Code: api.CodeOf(resp.Err)}, nil
	}
	return answer{Reply: resp.Reply}, nil
}
