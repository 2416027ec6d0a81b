package world

import (
	"github.com/etcdscope/etcdscope/core/chunk"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Packet is something on its way over the network. It is immutable.
type Packet struct {
	ID          uint64 // as in "drop m17"
	From, To    sim.Host
	Sent        sim.Time
	Record      uint64   // of its being sent
	Incarnation uint32   // with a snapshot: of the sender; from a client: of the process that Conn leads to
	Conn        uint64   // from a client: the connection
	Resent      sim.Time // how long TCP waited before it sent this again; 0: it is the first time
	Payload     sim.Payload
}

// Peer returns what a member says to another one; nil if the packet carries something else. So do the others below.
func (p *Packet) Peer() *etcd.PeerMessage {
	m, _ := p.Payload.(*etcd.PeerMessage)
	return m
}

// Raft returns the message of Raft.
func (p *Packet) Raft() *raft.Message {
	if m := p.Peer(); m != nil {
		return &m.Message
	}
	return nil
}

// Request returns the request, or the one that was refused.
func (p *Packet) Request() *etcd.Request {
	switch x := p.Payload.(type) {
	case *etcd.Request:
		return x
	case *etcd.Refusal:
		return x.Request
	}
	return nil
}

// Response returns the answer to a request.
func (p *Packet) Response() *etcd.Response {
	r, _ := p.Payload.(*etcd.Response)
	return r
}

// ClientMessage returns what a client says on a watch stream.
func (p *Packet) ClientMessage() *etcd.ClientMessage {
	m, _ := p.Payload.(*etcd.ClientMessage)
	return m
}

// ServerMessage returns what a member says on a watch stream.
func (p *Packet) ServerMessage() *etcd.ServerMessage {
	m, _ := p.Payload.(*etcd.ServerMessage)
	return m
}

// refused reports whether the connection over which a member passed a request on was refused; To is that member.
func (p *Packet) refused() bool {
	_, is := p.Payload.(*etcd.Refusal)
	return is
}

// database returns what goes with a snapshot.
func (p *Packet) database() *etcd.Database {
	if m := p.Peer(); m != nil {
		return m.Database
	}
	return nil
}

// betweenMembers reports whether a packet is a request that one member passes on to another, or its answer.
func (p *Packet) betweenMembers() bool {
	return p.From.IsMember() && p.To.IsMember() && (p.Request() != nil || p.Response() != nil)
}

// Kind says what a record tells.
type Kind uint8

// The kinds, with the fields of Record that they use.
const (
	Commanded   Kind = iota // Command
	Ineffective             // Command, Text: a command of the tape that could not apply
	Sent                    // Packet, Until: when it is due; a packet that is never due was lost or held at once
	Received                // Packet
	Lost                    // Packet, Text: why
	Held                    // Packet
	AtMember                // Member
	AtClient                // Client
	Violated                // Text: what was seen
)

// Record is one thing that happened. Cause is the Seq of the record that led to it, 0 if nothing in the run did.
type Record struct {
	Seq, Cause uint64
	Turn       uint64
	At         sim.Time
	Where      sim.Host // 0: the network, or the person
	Kind       Kind
	Rule       rule.ID
	Until      sim.Time
	Packet     *Packet
	Command    script.Command
	Client     *client.Event
	Member     etcd.Event
	Text       string
}

// Journal is what happened, in order. It keeps the newest records, at least keep of them; what is older is computed
// anew when it is asked for (Run.Record), because a run replays exactly.
type Journal struct {
	records chunk.List[Record] // position is Seq; position 0 is unused
	hash    uint64
	keep    int
}

// keepReplay is how many records are kept while replaying: as many as are looked back at.
const keepReplay = 1 << 10

// dropped is how many go at once, at most: so few that the list uses their memory again at once.
const dropped = 1 << 10

func newJournal() Journal {
	j := Journal{keep: keepRecords}
	j.records.Reset(1)
	return j
}

// First and Next bound the records that are kept: First <= Seq < Next.
func (j *Journal) First() uint64 { return uint64(j.records.First()) }

// Next returns the Seq that the next record will have.
func (j *Journal) Next() uint64 { return uint64(j.records.Len()) }

// At returns a record that is kept; nil if it is not.
func (j *Journal) At(seq uint64) *Record {
	if seq < j.First() || seq >= j.Next() {
		return nil
	}
	return j.records.Ref(int(seq))
}

// Hash returns the rolling hash over all records since the start, kept or not.
func (j *Journal) Hash() uint64 { return j.hash }

// add appends a record and returns its Seq.
func (j *Journal) add(r *Record) uint64 {
	r.Seq = j.Next()
	j.hash = r.fold(j.hash)
	j.records.Append(*r)
	if j.records.Len()-j.records.First() > j.keep+min(j.keep/8, dropped) {
		j.records.DropFront(j.records.Len() - j.keep)
	}
	return r.Seq
}

// fold mixes the record into a hash: all that it says but its texts, which follow from the rest.
func (r *Record) fold(h uint64) uint64 {
	h = rng.Mix(h, uint64(r.At)<<16|uint64(r.Where)<<8|uint64(r.Kind))
	h = rng.Mix(h, r.Cause<<8|uint64(r.Rule))
	switch r.Kind {
	case Sent:
		return r.Packet.fold(rng.Mix(h, uint64(r.Until)))
	case Received, Lost, Held:
		return rng.Mix(h, r.Packet.ID)
	case AtMember:
		e := &r.Member
		h = rng.Mix(h, uint64(e.Kind)<<56^uint64(e.Index)<<24^uint64(e.Last))
		h = rng.Mix(h, e.Request<<32^uint64(e.Revision)<<8^uint64(e.Count))
		return rng.Mix(h, uint64(e.Raft.Kind)<<56^uint64(e.Raft.Term)<<32^uint64(e.Raft.Peer)<<24^uint64(e.Raft.Index))
	case AtClient:
		if r.Client.Kind >= client.Queued {
			h = rng.Mix(h, uint64(r.Client.Endpoint))
			return rng.Mix(h, uint64(r.Client.Kind)<<56^r.Client.Task<<8^uint64(len(r.Client.Text)))
		}
		if r.Client.Kind >= client.WatchCalled {
			x := &r.Client.Watch
			return rng.Mix(h, uint64(r.Client.Kind)<<56^uint64(x.ID)<<40^uint64(x.Endpoint)<<32^uint64(x.Next))
		}
		op := &r.Client.Operation
		return rng.Mix(h, op.Request.ID<<16^uint64(op.Endpoint)<<8^uint64(op.Outcome))
	case Commanded, Ineffective:
		return rng.Mix(h, rng.Name(r.Command.String()))
	}
	return h
}

// fold mixes in what the packet says.
func (p *Packet) fold(h uint64) uint64 {
	return p.Payload.Fold(rng.Mix(h, p.ID<<16|uint64(p.From)<<8|uint64(p.To)))
}
