package watch

import (
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The figures of etcd that nobody can configure (server/storage/mvcc/watchable_store.go and watcher_group.go,
// server/etcdserver/api/v3rpc/watch.go and interceptor.go).
const (
	BufferLen        = 128 // chanBufLen: responses that wait in a stream
	ControlLen       = 16  // ctrlStreamBufLen: control responses that do
	WatchersPerPass  = 512 // maxWatchersPerSync
	RevisionsPerSend = 1000
	MaxNoLeader      = 3 // maxNoLeaderCnt

	SyncPeriod   = 100 * sim.Millisecond // watchResyncPeriod
	VictimPeriod = 10 * sim.Millisecond  // syncVictimsLoop
)

// InvalidWatchID stands for no watcher, or in a progress response for all of a stream (client/v3 InvalidWatchID). As a
// wish in a request, AutoWatchID lets the server choose.
const (
	InvalidWatchID = -1
	AutoWatchID    = 0
)

// What clients receive, to the letter of etcd (api/v3rpc/rpctypes/error.go; server/storage/mvcc/watcher.go).
const (
	TextCompacted  = "etcdserver: mvcc: required revision has been compacted"
	TextEmptyRange = "mvcc: watcher range is empty"
	TextDuplicate  = "mvcc: duplicate watch ID provided on the WatchStream"
	TextNoLeader   = "etcdserver: no leader"
	TextCanceled   = "etcdserver: watch canceled" // the stream's status when its client ends it
)

// Config is how a member serves watches.
type Config struct {
	// when the process started: the passes over unsynced watchers come at Began + n × SyncPeriod
	Began            sim.Time
	ProgressInterval sim.Time // --watch-progress-notify-interval; etcd: 10 min
	// from this size on a response is fragmented if its client wants that; etcd: --max-request-bytes + 512 KiB
	MaxBytes int
	PassTime sim.Time   // how long a pass takes: after this long the next comes, if watchers moved and more remain
	Jitter   rng.Stream // up to a tenth is added to each stream's ProgressInterval
}

// Default returns etcd's settings. PassTime is no setting there but the time that reading takes.
func Default() Config {
	return Config{ProgressInterval: 10 * sim.Minute, MaxBytes: 2 << 20, PassTime: sim.Millisecond}
}

// StreamID names a stream. The caller chooses it, from 1 on, and does not use it twice.
type StreamID uint64

// RequestKind says what a client asks on a stream.
type RequestKind uint8

// The requests.
const (
	Create RequestKind = iota
	Cancel
	Progress // tell me how far all of this stream's watchers are
)

// Request is what a client sends on an open stream (etcdserverpb WatchRequest). Cancel uses WatchID only, Progress
// nothing.
type Request struct {
	Kind           RequestKind
	Key, End       string // as in mvcc.Store.Range; the empty key means the first one
	Start          int64  // first revision wanted; 0: what comes from now on
	WatchID        int64  // wish for an id; AutoWatchID: the server chooses
	PrevKV         bool   // with each event the key-value before it
	NoPut          bool   // filter NOPUT
	NoDelete       bool   // filter NODELETE
	ProgressNotify bool   // now and then, when nothing happens, say up to where
	Fragment       bool   // large responses may come in pieces
}

// Message is what a client is sent on a stream (etcdserverpb WatchResponse).
type Message struct {
	WatchID         int64
	Revision        int64 // in the header: the store's when the response was made; 0 with CompactRevision
	Created         bool
	Canceled        bool
	Fragment        bool  // more pieces of this response follow
	CompactRevision int64 // not 0: canceled, because the history before it is gone
	Reason          string

	Events []*mvcc.Change  // shared with the store's other watchers: not to be written to
	Prev   []mvcc.KeyValue // nil, or for each event the key-value before it; its Version is 0 if there is none
}

// IsProgress reports whether the message only says up to where the stream has been sent everything.
func (m *Message) IsProgress() bool {
	return len(m.Events) == 0 && !m.Created && !m.Canceled
}

// Header is what the headers of all responses carry beside a revision; here it only matters for their size.
type Header struct{ ClusterID, MemberID, Term uint64 }
