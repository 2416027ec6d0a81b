package pace

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// patience is how long a story may wait, in the run's time, before the pace stops waiting with it: a lock that another
// client has, a member that stays silent.
const patience = sim.Minute

// remembered is how many records back it is known which story a record belongs to.
const remembered = 1 << 13

// Stories knows, of a run that goes on, which stories are open and which of their hops are under way. The zero value
// knows nothing yet.
type Stories struct {
	next    uint64   // the first record that has not been read
	now     sim.Time // up to when they have been
	members int
	open    []*story
	hops    []*Hop
	changed bool // a hop or a story began or ended

	of       map[uint64]*story // record → the story that it belongs to
	asked    map[uint64]*story // request → likewise, while it has no outcome
	revision map[int64]*story  // revision → the story that wrote it
	campaign [sim.MaxMembers + 1]raft.Term
	led      sim.Host // the member that led, and reached a majority, when this was last looked at
}

// lookBack is how many records before an instant are read to find what was under way then.
const lookBack = 1 << 10

// From returns the stories that are open at an instant of a run.
func From(w *world.World) Stories {
	j := w.Journal()
	s := Stories{next: max(j.First(), j.Next()-min(j.Next(), lookBack)),
		of: map[uint64]*story{}, asked: map[uint64]*story{}, revision: map[int64]*story{}}
	s.led = inCharge(w)
	s.Read(w)
	s.led = inCharge(w)
	return s
}

// Open reports whether a story is open, Own whether one that is not just a request of a load.
func (s *Stories) Open() bool { return len(s.open) > 0 }
func (s *Stories) Own() bool {
	return slices.ContainsFunc(s.open, func(t *story) bool { return !t.load })
}

// Hops returns the hops of stories that are under way.
func (s *Stories) Hops() []*Hop { return s.hops }

// Read takes in what the journal has got since the last call. It reports whether a hop of a story or a story began or
// ended, or a majority was reached: the rate may be another from here on.
func (s *Stories) Read(w *world.World) bool {
	j := w.Journal()
	if s.next < j.First() {
		s.next = j.First() // more has happened than is kept
	}
	s.changed, s.now, s.members = false, w.Now(), len(w.Members())
	for ; s.next < j.Next(); s.next++ {
		s.record(w, j.At(s.next))
	}
	s.landed(s.now)
	s.end(s.now)
	return s.changed
}

func (s *Stories) record(w *world.World, r *world.Record) {
	t := s.of[r.Cause]
	switch r.Kind {
	case world.Commanded:
		if opens(r.Command) {
			s.drop()
			t = s.begin(new(story))
		}
		s.lost(w, t)
	case world.AtClient:
		t = s.atClient(r, t)
	case world.Sent:
		t = s.sent(r, t)
	case world.Received, world.Lost, world.Held:
		s.gone(func(h *Hop) bool { return h.Packet == r.Packet.ID })
		if d := r.Packet.ServerMessage(); d != nil && d.Message != nil && d.Message.Created {
			t.confirmed()
		}
	case world.AtMember:
		t = s.atMember(w, r, t)
	}
	s.remember(r.Seq, t)
}

// opens reports whether a command is one that a person waits for. A load goes on by itself.
func opens(c script.Command) bool {
	switch c.(type) {
	case *script.Load, script.Load, script.CheckPerf, script.CompactorStart, script.CompactorStop:
		return false
	}
	return true
}

// begin opens a story, or opens it again.
func (s *Stories) begin(t *story) *story {
	if !t.open {
		if t.load && s.Own() {
			return t
		}
		t.open, t.moved, s.changed = true, s.now, true
		s.open = append(s.open, t)
	}
	return t
}

// ends returns when the next hop of a story ends.
func (s *Stories) ends() (end sim.Time) {
	for _, h := range s.hops {
		if end == 0 || h.End < end {
			end = h.End
		}
	}
	return end
}

// drop ends what is followed of a load, as soon as the person does something: it would slow that down.
func (s *Stories) drop() {
	s.gone(func(h *Hop) bool { return h.story.load })
	s.open = slices.DeleteFunc(s.open, func(t *story) bool {
		if t.load {
			t.open = false
		}
		return t.load
	})
}

// remember keeps which story a record belongs to, for what it leads to.
func (s *Stories) remember(seq uint64, t *story) {
	if t == nil {
		return
	}
	s.of[seq] = t
	if len(s.of) > remembered {
		for k := range s.of {
			if k+remembered < seq {
				delete(s.of, k)
			}
		}
	}
}

// add takes in a hop that begins.
func (s *Stories) add(h *Hop, from, to sim.Host) {
	t := s.begin(h.story)
	pair := from
	if pair == t.leader || pair == t.reader || !pair.IsMember() {
		pair = to
	}
	if h.Kind != Request && h.Kind != Answer && h.Kind != Stream && h.Kind != Snapshot && h.Kind != PassedOn {
		if t.met[h.Kind]&(1<<pair) != 0 {
			return
		}
		t.met[h.Kind] |= 1 << pair
	}
	t.count[h.Kind]++
	if n := t.count[h.Kind]; h.Kind.thinned() && s.members >= 5 && n != 1 && n != s.members/2 {
		h.Along = true
	}
	if h.Kind.beforeMajority() && t.committed {
		h.Along = true
	}
	s.hops = append(s.hops, h)
	s.changed = true
}

// gone takes away hops that have ended.
func (s *Stories) gone(is func(*Hop) bool) {
	kept := s.hops[:0]
	for _, h := range s.hops {
		if is(h) {
			s.changed = true
		} else {
			kept = append(kept, h)
		}
	}
	clear(s.hops[len(kept):])
	s.hops = kept
}

// landed takes away hops whose end has passed: a person has delayed the message, or stalled the disk.
func (s *Stories) landed(now sim.Time) {
	for _, h := range s.hops {
		if h.End < now {
			s.gone(func(h *Hop) bool { return h.End < now })
			return
		}
	}
}

// along marks hops of a story that no longer matter.
func (s *Stories) along(t *story, is func(Kind) bool) {
	for _, h := range s.hops {
		if h.story == t && is(h.Kind) && !h.Along {
			h.Along, s.changed = true, true
		}
	}
}

// end closes the stories that are over, and those that have waited for too long.
func (s *Stories) end(now sim.Time) {
	for _, h := range s.hops {
		h.story.moved = now
	}
	kept := s.open[:0]
	for _, t := range s.open {
		if t.open = t.moved == now && s.moves(t) || !t.over(s.led != 0) && now-t.moved <= patience; t.open {
			kept = append(kept, t)
		} else {
			s.changed = true
		}
	}
	clear(s.open[len(kept):])
	s.open = kept
}

// moves reports whether a hop of a story is under way.
func (s *Stories) moves(t *story) bool {
	return slices.ContainsFunc(s.hops, func(h *Hop) bool { return h.story == t })
}

// lost looks, after a command, whether it has taken the leader from the majority: then its story goes on until there is
// a new one. Who led and has no majority to reach leaves nothing to wait for.
func (s *Stories) lost(w *world.World, t *story) {
	before := s.led
	s.led = inCharge(w)
	if t != nil && before != 0 && s.led == 0 && electable(w) {
		t.election = true
	}
}

// inCharge returns the member that leads and reaches a majority; 0 if there is none.
func inCharge(w *world.World) sim.Host {
	for i, m := range w.Members() {
		if h := sim.Member(i + 1); m.Leads() && 2*reach(w, h) > len(w.Members()) {
			return h
		}
	}
	return 0
}

// electable reports whether some member reaches a majority.
func electable(w *world.World) bool {
	for i := range w.Members() {
		if 2*reach(w, sim.Member(i+1)) > len(w.Members()) {
			return true
		}
	}
	return false
}

// reach counts the members that run and can talk with a member both ways, itself included.
func reach(w *world.World, h sim.Host) (n int) {
	runs := func(i int) bool { m := w.Members()[i]; return m.Up() && !m.Paused() }
	if !runs(h.Number() - 1) {
		return 0
	}
	for i := range w.Members() {
		o := sim.Member(i + 1)
		if runs(i) && (o == h || !w.Network().Cut(h, o) && !w.Network().Cut(o, h)) {
			n++
		}
	}
	return n
}

// atClient follows requests to their outcome.
func (s *Stories) atClient(r *world.Record, t *story) *story {
	switch e := r.Client; e.Kind {
	case client.Called:
		id := e.Operation.Request.ID
		if t == nil {
			if len(s.open) > 0 {
				return nil
			}
			t = &story{load: true}
		}
		s.begin(t).asks++
		s.asked[id] = t
	case client.Returned:
		id := e.Operation.Request.ID
		if t = s.asked[id]; t != nil {
			t.asks--
			delete(s.asked, id)
		}
	case client.WatchCalled:
		if t != nil {
			s.begin(t).watches++
		}
	case client.WatchEnded:
		t.confirmed()
	}
	return t
}
