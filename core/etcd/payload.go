package etcd

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// What members and clients put into packets: PeerMessage, Request, Response, Refusal, ClientMessage and ServerMessage.
var _ = [...]sim.Payload{
	(*PeerMessage)(nil), (*Request)(nil), (*Response)(nil), (*Refusal)(nil), (*ClientMessage)(nil), (*ServerMessage)(nil),
}

// PeerMessage is what one member sends another: a message of Raft, and with a snapshot the sender's database.
type PeerMessage struct {
	raft.Message
	Database *Database
	Cluster  uint64 // the sender's
	History  uint32 // likewise: which one the judges take it for
}

// Refusal says that nobody was there to take a request that another member had passed on.
type Refusal struct{ Request *Request }

// Label names the request by its method.
func (r *Request) Label() string { return api.RowOf(r.Call).Name }

// Label names the request that was refused.
func (r *Refusal) Label() string { return r.Request.Label() }

// Label says whether the response is an error.
func (r *Response) Label() string {
	if r.Err != "" {
		return "error"
	}
	return "answer"
}

// Bytes is those of the entries and of the database.
func (m *PeerMessage) Bytes() (n int) {
	for i := range m.Entries {
		n += int(m.Entries[i].Size())
	}
	if m.Database != nil {
		n += int(m.Database.Store.Size())
	}
	return n
}

// Bytes is 0: of keys and values in requests only what goes on to other members counts.
func (r *Request) Bytes() int { return 0 }

// Bytes is 0.
func (r *Refusal) Bytes() int { return 0 }

// Bytes is 0, as that of a request.
func (r *Response) Bytes() int { return 0 }

// Bytes is 0.
func (m *ClientMessage) Bytes() int { return 0 }

// Bytes is those of the events' keys and values, and a frame for each message that goes along.
func (m *ServerMessage) Bytes() (n int) {
	if m.Message == nil {
		return 0
	}
	n = eventBytes(m.Message)
	for i := range m.More {
		n += sim.Frame + eventBytes(&m.More[i])
	}
	return n
}

func eventBytes(m *watch.Message) (n int) {
	for _, e := range m.Events {
		n += len(e.KV.Key) + len(e.KV.Value)
	}
	return n
}

// Fold mixes in what Raft says.
func (m *PeerMessage) Fold(h uint64) uint64 {
	h = rng.Mix(h, uint64(m.Type)<<56^uint64(m.Term)<<28^uint64(m.LogTerm))
	h = rng.Mix(h, uint64(m.Index)<<32^uint64(m.Commit)<<8^uint64(len(m.Entries)))
	if m.Reject {
		h = rng.Mix(h, uint64(m.RejectHint)+1)
	}
	return h
}

// Fold mixes in which request it is.
func (r *Request) Fold(h uint64) uint64 { return rng.Mix(h, r.ID) }

// Fold mixes in which request it was.
func (r *Refusal) Fold(h uint64) uint64 { return r.Request.Fold(h) }

// Fold mixes in which request is answered, and the revision.
func (r *Response) Fold(h uint64) uint64 { return rng.Mix(h, r.ID<<20^uint64(r.Header.Revision)) }

// Fold mixes in the stream.
func (m *ClientMessage) Fold(h uint64) uint64 { return rng.Mix(h, uint64(m.Stream)) }

// Fold mixes in the stream, which of its messages it is, and the revision.
func (m *ServerMessage) Fold(h uint64) uint64 {
	return rng.Mix(h, uint64(m.Stream)^m.Seq<<20^uint64(m.Header.Revision)<<40)
}
