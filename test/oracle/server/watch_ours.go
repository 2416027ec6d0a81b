package server

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// Streams are watched at our first member. Whatever it says is taken at once.

// streamID is the member's number of a stream.
func streamID(stream int) watch.StreamID { return watch.StreamID(stream + 1) }

func (o *ours) open(stream int) error {
	o.up(&etcd.ClientMessage{Stream: streamID(stream), Client: sim.Client(1), Open: true})
	return nil
}

func (o *ours) up(up *etcd.ClientMessage) {
	o.carry(0, func(out *etcd.Output) { o.members[0].Stream(o.now, up, out) })
}

func (o *ours) send(stream int, request any) error {
	var r watch.Request
	switch q := request.(type) {
	case Watch:
		r = watch.Request{Key: q.Key, End: q.End, Start: q.Start, WatchID: q.ID, PrevKV: q.PrevKV, NoPut: q.NoPut,
			NoDelete:       q.NoDelete,
			ProgressNotify: q.Bookmarks, Fragment: q.Fragment}
	case Cancel:
		r = watch.Request{Kind: watch.Cancel, WatchID: q.ID}
	case Progress:
		r = watch.Request{Kind: watch.Progress}
	default:
		return fmt.Errorf("no request: %T", q)
	}
	o.up(&etcd.ClientMessage{Stream: streamID(stream), Client: sim.Client(1), Request: &r})
	return nil
}

// take keeps what a stream says, and makes room for more of it.
func (o *ours) take(i int, down *etcd.ServerMessage) {
	stream := int(down.Stream) - 1
	if down.Message != nil {
		o.received[stream] = append(o.received[stream], downMessage(down))
	}
	o.after(0, func(o *ours) {
		o.carry(i, func(out *etcd.Output) { o.members[i].Taken(o.now, down.Stream, out) })
	})
}

func downMessage(down *etcd.ServerMessage) message {
	m := down.Message
	out := message{Header: down.Header, ID: m.WatchID, Created: m.Created, Canceled: m.Canceled, Fragment: m.Fragment,
		Compact: m.CompactRevision, Reason: m.Reason}
	for i, c := range m.Events {
		e := event{Deleted: c.Deleted, KV: c.KV}
		if m.Prev != nil && m.Prev[i].Version != 0 {
			e.Prev = &m.Prev[i]
		}
		out.Events = append(out.Events, e)
	}
	return out
}

func (o *ours) messages(stream int) []message { return o.received[stream] }

// wait lets time pass until the stream tells more. What is not told within a second will not be.
func (o *ours) wait(stream, known int) bool {
	for end := o.now + sim.Second; len(o.received[stream]) <= known && o.now < end; {
		o.step()
	}
	return len(o.received[stream]) > known
}

func (o *ours) settle() error {
	for o.members[0].Hub().Counts().Slow > 0 {
		o.step()
	}
	return nil
}
