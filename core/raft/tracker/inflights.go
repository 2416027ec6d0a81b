package tracker

import "github.com/etcdscope/etcdscope/core/raft/entry"

// Inflights is the window of appends that a follower has not yet acknowledged: at most so many messages, and about so
// many bytes (etcd raft tracker/inflights.go).
//
// Worked example, at most 3 messages: Add(4), Add(7), Add(9) fill it; FreeLE(7) says that the follower has everything
// up to index 7 and leaves [9]; one append of entries up to 12 makes [9 12].
type Inflights struct {
	ring  []flight // Invariant: holds the window at start, start+1, … modulo its length
	start int
	count int // Invariant: count <= size
	bytes uint64

	size     int
	maxBytes uint64 // 0: no limit
}

type flight struct {
	last  entry.Index // of the message's entries
	bytes uint64
}

// NewInflights returns an empty window. The ring grows on demand: most followers never have 512 messages in flight.
func NewInflights(size int, maxBytes uint64) Inflights {
	return Inflights{size: size, maxBytes: maxBytes}
}

// Add notes a message that was sent. The caller has asked Full before. The limit of bytes is soft: the message that
// crosses it still goes.
func (in *Inflights) Add(last entry.Index, bytes uint64) {
	if in.Full() {
		panic("raft: append sent over a full window")
	}
	if in.count == len(in.ring) {
		in.grow()
	}
	in.ring[(in.start+in.count)%len(in.ring)] = flight{last, bytes}
	in.count++
	in.bytes += bytes
}

// grow doubles the ring and straightens it.
func (in *Inflights) grow() {
	ring := make([]flight, min(max(2*len(in.ring), 4), in.size))
	for i := range in.count {
		ring[i] = in.ring[(in.start+i)%len(in.ring)]
	}
	in.ring, in.start = ring, 0
}

// FreeLE removes the messages whose entries all lie at or before the index that the follower has acknowledged.
func (in *Inflights) FreeLE(to entry.Index) {
	for in.count > 0 && in.ring[in.start].last <= to {
		in.bytes -= in.ring[in.start].bytes
		if in.start++; in.start == len(in.ring) {
			in.start = 0
		}
		in.count--
	}
}

// Full reports whether the window is exhausted.
func (in *Inflights) Full() bool {
	return in.count == in.size || in.maxBytes != 0 && in.bytes >= in.maxBytes
}

// Count returns the number of messages in flight.
func (in *Inflights) Count() int { return in.count }

// Bytes returns the bytes of entries in flight.
func (in *Inflights) Bytes() uint64 { return in.bytes }

func (in *Inflights) reset() { in.start, in.count, in.bytes = 0, 0, 0 }

// clone copies what is in flight, not the room around it.
func (in *Inflights) clone() Inflights {
	c := *in
	c.ring, c.start = make([]flight, in.count), 0
	for i := range c.ring {
		c.ring[i] = in.ring[(in.start+i)%len(in.ring)]
	}
	return c
}
