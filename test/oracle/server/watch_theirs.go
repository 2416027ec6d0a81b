package server

import (
	"fmt"
	"sync"
	"time"

	"github.com/etcdscope/etcdscope/test/oracle/await"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
)

// theirStream is a stream of a real server, and what it has told.
type theirStream struct {
	pb.Watch_WatchClient
	mu   sync.Mutex
	more *sync.Cond
	got  []message
	err  error
}

func (t *theirs) open(stream int) error {
	w, err := t.watch.Watch(t.life, sizes...)
	if err != nil {
		return err
	}
	s := &theirStream{Watch_WatchClient: w}
	s.more = sync.NewCond(&s.mu)
	t.streams[stream] = s
	go s.read()
	return nil
}

// read keeps all that the stream tells until it ends.
func (s *theirStream) read() {
	for {
		r, err := s.Recv()
		s.mu.Lock()
		if s.err = err; err == nil {
			s.got = append(s.got, messageOf(r))
		}
		s.more.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (t *theirs) messages(stream int) []message {
	s := t.streams[stream]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

func (t *theirs) wait(stream, known int) bool {
	s := t.streams[stream]
	late := false
	timer := time.AfterFunc(await.Patience, func() {
		s.mu.Lock()
		late = true
		s.more.Broadcast()
		s.mu.Unlock()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.got) <= known && s.err == nil && !late {
		s.more.Wait()
	}
	return len(s.got) > known
}

func (t *theirs) send(stream int, request any) error {
	var r pb.WatchRequest
	switch q := request.(type) {
	case Watch:
		c := &pb.WatchCreateRequest{Key: blob(q.Key), RangeEnd: blob(q.End), StartRevision: q.Start, WatchId: q.ID,
			PrevKv:   q.PrevKV,
			Fragment: q.Fragment, ProgressNotify: q.Bookmarks}
		if q.NoPut {
			c.Filters = append(c.Filters, pb.WatchCreateRequest_NOPUT)
		}
		if q.NoDelete {
			c.Filters = append(c.Filters, pb.WatchCreateRequest_NODELETE)
		}
		r.RequestUnion = &pb.WatchRequest_CreateRequest{CreateRequest: c}
	case Cancel:
		r.RequestUnion = &pb.WatchRequest_CancelRequest{CancelRequest: &pb.WatchCancelRequest{WatchId: q.ID}}
	case Progress:
		r.RequestUnion = &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}
	default:
		return fmt.Errorf("no request: %T", q)
	}
	return t.streams[stream].Send(&r)
}

func (t *theirs) settle() error { return await.Synced(t.server.Server.KV()) }

func messageOf(r *pb.WatchResponse) message {
	m := message{Header: header(r.Header), ID: r.WatchId, Created: r.Created, Canceled: r.Canceled, Fragment: r.Fragment,
		Compact: r.CompactRevision, Reason: r.CancelReason}
	for _, e := range r.Events {
		m.Events = append(m.Events, event{e.Type == mvccpb.DELETE, keyValue(e.Kv), prev(e.PrevKv)})
	}
	return m
}
