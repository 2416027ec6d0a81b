package main

import (
	"os"
	"time"

	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	theirs "go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/watch"
)

const value = "0123456789abcdef0123456789abcdef"

type ours struct {
	store   *mvcc.Store
	hub     *watch.Hub
	out     watch.Output
	streams int
}

func newOurs() *ours { return &ours{store: mvcc.New(), hub: watch.New(watch.Default())} }

func (s *ours) watch(stream int, key, end string) {
	id := watch.StreamID(stream + 1)
	for ; s.streams <= stream; s.streams++ {
		s.hub.Open(0, id, watch.StreamOptions{}, true, &s.out)
	}
	s.hub.Handle(0, s.store, id, watch.Request{Key: key, End: end}, &s.out)
	s.hub.Take(0, s.store, id, &s.out) // the answer
	s.out.Reset()
}

func (s *ours) put(key string) {
	tx := s.store.Write()
	tx.Put(key, value, 0)
	rev := tx.End()
	s.out.Reset()
	s.hub.Notify(0, s.store, rev, rev, &s.out)
}

// take goes to the streams that the output names. (A member does, too.)
func (s *ours) take() (events int) {
	for _, id := range s.out.Ready {
		for {
			m, ok := s.hub.Take(0, s.store, id, &s.out)
			if !ok {
				break
			}
			events += len(m.Events)
		}
	}
	return events
}

func (s *ours) close() {}

type theirSide struct {
	path    string
	disk    backend.Backend
	kv      theirs.WatchableKV
	streams []theirs.WatchStream
}

func newTheirs(path string) *theirSide {
	disk := backend.New(backend.BackendConfig{
		Path: path, BatchInterval: 100 * time.Millisecond, BatchLimit: 10_000, MmapSize: 1 << 30, Logger: zap.NewNop(),
		UnsafeNoFsync: true,
	})
	return &theirSide{path: path, disk: disk,
		kv: theirs.New(zap.NewNop(), disk, &lease.FakeLessor{}, theirs.StoreConfig{})}
}

func (s *theirSide) watch(stream int, key, end string) {
	for len(s.streams) <= stream {
		s.streams = append(s.streams, s.kv.NewWatchStream())
	}
	var last []byte
	if end != "" {
		last = []byte(end)
	}
	if _, err := s.streams[stream].Watch(0, []byte(key), last, 0); err != nil {
		panic(err)
	}
}

func (s *theirSide) put(key string) { s.kv.Put([]byte(key), []byte(value), lease.NoLease) }

// take finds what waits without being told where. That costs the more streams there are, but little beside a put.
func (s *theirSide) take() (events int) {
	for _, w := range s.streams {
		for n := len(w.Chan()); n > 0; n-- {
			r := <-w.Chan()
			events += len(r.Events)
		}
	}
	return events
}

func (s *theirSide) close() {
	if err := s.kv.Close(); err != nil {
		panic(err)
	}
	if err := s.disk.Close(); err != nil {
		panic(err)
	}
	if err := os.Remove(s.path); err != nil {
		panic(err)
	}
}
