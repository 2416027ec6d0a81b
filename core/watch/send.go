package watch

import (
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/pb"
	"github.com/etcdscope/etcdscope/core/sim"
)

// SetHeader says what the headers of responses carry from now on.
func (h *Hub) SetHeader(v Header) { h.header = v }

// Take takes the next response off a stream, when its connection can carry one; false: there is none. What the client
// wanted beside the events is added now: key-values before an event are read as late as this and are missing if a
// compaction was faster. A large response is cut into pieces, which are taken one by one.
//
// Reference: etcd v3rpc/watch.go sendLoop, sendFragments.
func (h *Hub) Take(now sim.Time, store *mvcc.Store, id StreamID, out *Output) (Message, bool) {
	at, ok := h.find(id)
	if !ok || h.streams[at].idle() {
		return Message{}, false
	}
	s := h.stream(at)
	if len(s.parts) > 0 {
		m := s.parts[0]
		s.parts = s.parts[1:]
		return m, true
	}
	q := s.queue[s.head]
	s.queue[s.head] = queued{}
	s.head++
	m := Message{WatchID: q.id, Revision: q.revision, Created: q.created, Canceled: q.canceled, CompactRevision: q.compact,
		Reason: q.reason, Events: q.events}
	if q.control {
		s.controls--
		h.resume(now, store, at, out)
		return m, true
	}
	h.received(len(q.events))
	if len(q.events) == 0 || q.slot == noSlot {
		return m, true
	}
	return h.complete(s, q.slot, m, store), true
}

// resume reads the requests that had to wait for room in the control queue.
func (h *Hub) resume(now sim.Time, store *mvcc.Store, at int32, out *Output) {
	for s := h.stream(at); len(s.waiting) > 0 && !s.blocked(); {
		r := s.waiting[0]
		s.waiting = s.waiting[1:]
		h.handle(now, store, at, r, out)
	}
}

// complete adds to events what their watcher wants with them.
func (h *Hub) complete(s *stream, slot int32, m Message, store *mvcc.Store) Message {
	w := h.get(slot)
	if w.progress && w.quiet {
		w = h.edit(slot)
		w.quiet = false
	}
	if w.prevKV {
		m.Prev = before(m.Events, store)
	}
	if !w.fragment || m.Size(h.header) < h.cfg.MaxBytes {
		return m
	}
	pieces := m.fragments(h.header, h.cfg.MaxBytes)
	s.parts = pieces[1:]
	return pieces[0]
}

// before reads the key-value before each event, if there was one and it is still there.
func before(events []*mvcc.Change, store *mvcc.Store) []mvcc.KeyValue {
	prev := make([]mvcc.KeyValue, len(events))
	for i, c := range events {
		if c.Created() {
			continue
		}
		if kv, found, err := store.Get(c.KV.Key, c.Revision.Main-1); err == nil && found {
			prev[i] = kv
		}
	}
	return prev
}

// fragments cuts a message into pieces that stay below a size, or have one event only. All but the last say that more
// follow.
func (m *Message) fragments(header Header, limit int) []Message {
	empty := *m
	empty.Events, empty.Prev, empty.Fragment = nil, nil, true
	base := empty.Size(header)
	var pieces []Message
	for first := 0; first < len(m.Events); {
		size, last := base, first
		for ; last < len(m.Events); last++ {
			size += m.eventSize(last)
			if last > first && size >= limit {
				break
			}
		}
		piece := empty
		piece.Events = m.Events[first:last]
		if m.Prev != nil {
			piece.Prev = m.Prev[first:last]
		}
		piece.Fragment = last < len(m.Events)
		pieces = append(pieces, piece)
		first = last
	}
	return pieces
}

// Size returns how many bytes the message takes as etcd marshals it (api/etcdserverpb WatchResponse, proto3: fields
// that are zero take none; every tag here is one byte).
func (m *Message) Size(header Header) int {
	n := pb.NestedSize(pb.NumberSize(header.ClusterID) + pb.NumberSize(header.MemberID) +
		pb.NumberSize(uint64(m.Revision)) + pb.NumberSize(header.Term))
	n += pb.NumberSize(uint64(m.WatchID)) + pb.NumberSize(uint64(m.CompactRevision)) + pb.TextSize(m.Reason)
	for _, set := range [...]bool{m.Created, m.Canceled, m.Fragment} {
		if set {
			n += 2
		}
	}
	for i := range m.Events {
		n += m.eventSize(i)
	}
	return n
}

func (m *Message) eventSize(i int) int {
	c := m.Events[i]
	n := pb.NestedSize(pair(&c.KV))
	if c.Deleted {
		n += 2
	}
	if m.Prev != nil && m.Prev[i].Version != 0 {
		n += pb.NestedSize(pair(&m.Prev[i]))
	}
	return pb.NestedSize(n)
}

func pair(kv *mvcc.KeyValue) int {
	return pb.TextSize(kv.Key) + pb.NumberSize(uint64(kv.CreateRevision)) + pb.NumberSize(uint64(kv.ModRevision)) +
		pb.NumberSize(uint64(kv.Version)) +
		pb.TextSize(kv.Value) + pb.NumberSize(uint64(kv.Lease))
}
