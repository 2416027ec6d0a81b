package world

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/rng"
)

// Hash is a digest of all that decides how the run goes on: two worlds with the same hash go on alike. Left out is what
// is only looked at (records and operations that are kept, latencies, samples, what was printed) and what the judges
// know: it follows from what happened, which Journal.Hash is a digest of. The machines are in it by their own digests.
func (w *World) Hash() uint64 {
	h := rng.Fold(w.journal.hash, uint64(w.now), w.turn, w.cfg.hash(), w.net.Hash(), w.queue.Hash(event.hash),
		uint64(w.pos))
	for i := range w.tape[w.pos:] {
		t := &w.tape[w.pos+i]
		h = rng.Fold(h, uint64(t.At), rng.Name(t.Command.String()))
	}
	for _, p := range w.held {
		h = rng.Fold(h, p.hash())
	}
	for _, m := range w.members {
		h = rng.Fold(h, m.Hash())
	}
	for i := range w.clients {
		h = rng.Fold(h, clientHash(&w.clients[i]))
		for _, a := range w.actors[i] {
			h = a.Fold(h)
		}
	}
	for i := range w.starts {
		m := &w.machines[i]
		h = rng.Fold(h, uint64(w.starts[i]), uint64(w.busy[i]), uint64(w.drifts[i]), rng.Name(m.dir), rng.Bit(m.joined))
		if m.start.Member != "" {
			h = rng.Fold(h, rng.Name(m.start.String()))
		}
		h = rng.Fold(h, uint64(w.sentNanos[i]))
		for _, since := range w.links[i] {
			h = rng.Fold(h, uint64(since))
		}
	}
	for _, until := range w.line {
		h = rng.Fold(h, uint64(until))
	}
	for i := range w.origins {
		h = w.origins[i].fold(h)
	}
	return w.shells.hash(w.foldFiles(h))
}

// foldFiles goes on with what lies about, what is being carried out, and the counters.
func (w *World) foldFiles(h uint64) uint64 {
	for i := range w.shelf {
		d := &w.shelf[i]
		h = rng.Fold(h, uint64(d.host), rng.Name(d.name), rng.Name(d.data.Whose()), rng.Bit(d.altered))
	}
	for i := range w.backups {
		b := &w.backups[i]
		h = rng.Fold(h, rng.Name(b.File), uint64(b.At), uint64(b.Revision), rng.Bit(b.Damaged))
	}
	r := &w.restoring
	h = rng.Fold(h, uint64(r.at), uint64(r.history), uint64(r.made))
	if r.made != 0 {
		h = rng.Fold(h, rng.Name(r.command.String()))
	}
	for i := range w.typed {
		t := &w.typed[i]
		h = rng.Fold(h, t.id, uint64(t.client), rng.Name(t.command.String()),
			rng.Bit(t.later != nil)|uint64(len(t.told))<<1|uint64(t.at)<<32, uint64(t.warned))
		for _, e := range t.environ {
			h = rng.Fold(h, rng.Name(e))
		}
	}
	for _, n := range w.counts {
		h = rng.Fold(h, uint64(n))
	}
	return rng.Fold(h, w.packets, w.requests, w.commands, uint64(w.sole), uint64(w.founded), w.judges.Ended(),
		rng.Bit(w.restored),
		rng.Bit(w.broken != nil))
}

func (c *Config) hash() uint64 {
	a, k := &c.AutoCompaction, &c.Checks
	return rng.Fold(rng.Name(c.Preset), uint64(c.Members), uint64(c.Clients), c.Seed, uint64(c.Off), c.SnapshotCount,
		c.CatchUp, rng.Name(c.Limits),
		uint64(c.Quota), uint64(a.Mode), uint64(a.Period), uint64(a.Keep), uint64(a.Every),
		rng.Bit(k.InitialCorruptCheck), uint64(k.CorruptCheckTime), rng.Bit(k.CompactHashCheck),
		uint64(k.CompactHashCheckTime),
		uint64(c.ProgressNotify))
}

func (e event) hash() uint64 {
	kind := uint64(e.kind)
	if e.kind == evActor {
		kind = uint64(e.actor)
	}
	h := rng.Fold(kind, uint64(e.host), rng.Bit(e.ok), uint64(e.wake.At), uint64(e.wake.Kind), uint64(e.wake.Incarnation),
		uint64(e.stream), e.cause)
	h = rng.Fold(h, e.conn)
	if e.packet != nil {
		h = rng.Fold(h, e.packet.hash())
	}
	if s := e.signal; s != nil {
		h = rng.Fold(h, uint64(s.from), uint64(s.to), uint64(s.Kind), uint64(s.Client), s.Conn, uint64(s.Incarnation),
			uint64(s.waited))
	}
	return h
}

// hash is a digest of the packet with what belongs to its way. What it says is immutable, and in the journal's hash
// since it was sent.
func (p *Packet) hash() uint64 {
	var cluster, history uint64
	if m := p.Peer(); m != nil {
		cluster, history = m.Cluster, uint64(m.History)
	}
	return p.fold(rng.Fold(uint64(p.Sent), p.Record, uint64(p.Incarnation), p.Conn, uint64(p.Resent),
		rng.Bit(p.refused()), cluster, history))
}

func clientHash(c *client.Client) uint64 {
	h := rng.Fold(uint64(c.Host), uint64(c.Endpoint()), uint64(len(c.Tasks())), c.Hash())
	for i := range c.Open() {
		o := &c.Open()[i]
		h = rng.Fold(h, o.Request.ID, uint64(o.Endpoint), uint64(o.Call), uint64(o.Return), uint64(o.Attempts))
	}
	for i := range c.Watches() {
		x := &c.Watches()[i]
		h = rng.Fold(h, uint64(x.ID), uint64(x.Stream), uint64(x.Next), uint64(x.Endpoint), uint64(x.Resumes),
			rng.Bit(x.Ended))
	}
	for i := range c.Tasks() {
		t := &c.Tasks()[i]
		h = rng.Fold(h, t.ID, uint64(t.Kind), uint64(t.Lease), uint64(t.Rev), rng.Bit(t.Held), t.Phase())
	}
	return h
}

func (o *origin) fold(h uint64) uint64 {
	h = rng.Fold(h, o.heard, o.leads, o.sync, o.commit)
	for _, list := range [...]*[bornRing]birth{&o.born, &o.apply} {
		for i := range list {
			h = rng.Fold(h, list[i].id, list[i].record)
		}
	}
	return h
}
