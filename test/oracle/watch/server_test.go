package watch

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
	"go.etcd.io/etcd/server/v3/proxy/grpcproxy/adapter"

	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/sim"
	ours "github.com/etcdscope/etcdscope/core/watch"
	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// front is one stream of a whole etcd server, as its clients see it, beside one of ours. One thing is done at a time
// and all answers are awaited, so that nothing is left to the order in which its send loop selects.
type front struct {
	t      *testing.T
	server *embed.Etcd
	call   pb.Watch_WatchClient
	now    sim.Time
	store  *mvcc.Store
	hub    *ours.Hub
	out    ours.Output
	header ours.Header
	got    int // responses compared
}

func newFront(t *testing.T) *front {
	cfg := embed.NewConfig()
	cfg.Dir, cfg.LogLevel, cfg.UnsafeNoFsync = filepath.Join(t.TempDir(), "etcd"), "fatal", true
	cfg.TickMs, cfg.ElectionMs = 10, 100
	t.Chdir(t.TempDir()) // their names of sockets are hosts and ports; the files lie where the process stands
	clients, peers := []url.URL{{Scheme: "unix", Host: "localhost:1"}}, []url.URL{{Scheme: "unix", Host: "localhost:2"}}
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = clients, clients
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = peers, peers
	cfg.InitialCluster = cfg.InitialClusterFromName("")
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	select {
	case <-server.Server.ReadyNotify():
	case <-time.After(await.Patience):
		t.Fatal("their server does not start")
	}
	call, err := adapter.WatchServerToWatchClient(v3rpc.NewWatchServer(server.Server)).Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, server: server, call: call, store: mvcc.New(), hub: ours.New(ours.Default())}
	f.header = ours.Header{ClusterID: uint64(server.Server.Cluster().ID()), MemberID: uint64(server.Server.MemberID()),
		Term: server.Server.Term()}
	f.hub.SetHeader(f.header)
	f.hub.Open(0, 1, ours.StreamOptions{}, true, &f.out)
	return f
}

func (f *front) put(key, value string) {
	if _, err := f.server.Server.Put(context.Background(),
		&pb.PutRequest{Key: []byte(key), Value: []byte(value)}); err != nil {
		f.t.Fatal(err)
	}
	tx := f.store.Write()
	tx.Put(key, value, 0)
	f.applied(tx.End())
}

func (f *front) delete(key string) {
	if _, err := f.server.Server.DeleteRange(context.Background(), &pb.DeleteRangeRequest{Key: []byte(key)}); err != nil {
		f.t.Fatal(err)
	}
	tx := f.store.Write()
	tx.DeleteRange(key, "")
	f.applied(tx.End())
}

func (f *front) applied(rev int64) {
	f.hub.Notify(f.now, f.store, rev, rev, &f.out)
	f.compare(fmt.Sprintf("revision %d", rev))
}

// ask sends a request to both.
func (f *front) ask(r ours.Request) {
	var q pb.WatchRequest
	switch r.Kind {
	case ours.Create:
		c := &pb.WatchCreateRequest{Key: []byte(r.Key), RangeEnd: []byte(r.End), StartRevision: r.Start, WatchId: r.WatchID,
			PrevKv: r.PrevKV, ProgressNotify: r.ProgressNotify, Fragment: r.Fragment}
		if r.NoPut {
			c.Filters = append(c.Filters, pb.WatchCreateRequest_NOPUT)
		}
		if r.NoDelete {
			c.Filters = append(c.Filters, pb.WatchCreateRequest_NODELETE)
		}
		q.RequestUnion = &pb.WatchRequest_CreateRequest{CreateRequest: c}
	case ours.Cancel:
		q.RequestUnion = &pb.WatchRequest_CancelRequest{CancelRequest: &pb.WatchCancelRequest{WatchId: r.WatchID}}
	case ours.Progress:
		q.RequestUnion = &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}
	}
	if err := f.call.Send(&q); err != nil {
		f.t.Fatal(err)
	}
	f.hub.Handle(f.now, f.store, 1, r, &f.out)
	f.compare(fmt.Sprintf("%+v", r))
}

// compare takes all responses of ours and as many of theirs. Of several watchers theirs may be told in any order.
func (f *front) compare(after string) {
	var a, b []string
	for busy := true; busy; {
		m, ok := f.hub.Take(f.now, f.store, 1, &f.out)
		if ok {
			a = append(a, text(marshalled(&m, f.header)))
			continue
		}
		if at, waits := f.hub.Next(); waits && f.hub.Counts().Slow > 0 {
			f.now = max(f.now, at)
			f.hub.Wake(f.now, f.store, &f.out)
			continue
		}
		busy = false
	}
	for range a {
		r, err := f.call.Recv()
		if err != nil {
			f.t.Fatal(err)
		}
		b = append(b, text(r))
	}
	slices.SortStableFunc(a, byWatcher)
	slices.SortStableFunc(b, byWatcher)
	if !slices.Equal(a, b) {
		f.t.Fatalf("after %s ours says\n%s\nand theirs\n%s", after, strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	f.got += len(a)
}

// text is a response in short; it begins with its watcher.
func text(r *pb.WatchResponse) string {
	s := fmt.Sprintf("%03d header %d", r.WatchId, r.Header.Revision)
	if r.Header.RaftTerm == 0 || r.Header.ClusterId == 0 {
		s += " without an origin"
	}
	s += fmt.Sprintf(" created %v canceled %v compacted %d fragment %v %q, %d bytes:", r.Created, r.Canceled,
		r.CompactRevision, r.Fragment, r.CancelReason, r.Size())
	for _, e := range r.Events {
		s += fmt.Sprintf(" %s %s@%d", e.Type, e.Kv.Key, e.Kv.ModRevision)
		if e.PrevKv != nil {
			s += fmt.Sprintf(" before @%d", e.PrevKv.ModRevision)
		}
	}
	return s
}

func byWatcher(a, b string) int { return strings.Compare(a[:3], b[:3]) }

// TestSameServer goes through what a client can ask and be told.
func TestSameServer(t *testing.T) {
	f := newFront(t)
	f.put("a", "1")
	f.put("a", "2")
	f.put("b", "1")
	f.ask(ours.Request{Kind: ours.Progress}) // nobody is there: no answer
	for _, r := range []ours.Request{
		{Key: "a", Start: -1}, {Key: "b", End: "a"}, {Key: "b", End: "b"},
		{Key: "a", PrevKV: true}, {Key: "a", WatchID: 2}, {Key: "a", WatchID: 2}, {Key: "a", End: mvcc.FromKey, NoPut: true},
		{Key: "", End: mvcc.FromKey, PrevKV: true, NoDelete: true}, {Key: ""}, {Key: "a", Start: 2, PrevKV: true},
		{Key: "a", End: "c", Start: 3},
		{Key: "c", Start: 5}, {Kind: ours.Cancel, WatchID: 77}, {Kind: ours.Cancel, WatchID: 2}, {Kind: ours.Progress},
	} {
		f.ask(r)
	}
	f.put("a", "3")
	f.put("c", "1")
	f.delete("a")
	f.put("a", "4")
	f.put("\x00", "zero")
	f.ask(ours.Request{Kind: ours.Progress})
	f.ask(ours.Request{Key: "a", WatchID: 2, Start: 1000}) // in the future: now there is no progress
	f.ask(ours.Request{Kind: ours.Progress})
	f.ask(ours.Request{Kind: ours.Cancel, WatchID: 2})
	f.ask(ours.Request{Kind: ours.Progress})
	for id := range int64(10) {
		f.ask(ours.Request{Kind: ours.Cancel, WatchID: id})
	}
	f.large()
	f.compacted()
	if f.got < 55 {
		t.Fatalf("only %d responses were compared", f.got)
	}
}

// large is a history of more than 2 MiB, whole and in pieces.
func (f *front) large() {
	first := f.store.Revision() + 1
	for i := range 50 {
		f.put(fmt.Sprintf("large%d", i%3), strings.Repeat("x", 100_000+i))
	}
	f.put("large3", strings.Repeat("x", 1_000_000))
	f.put("large4", strings.Repeat("x", 1_000_000))
	for _, r := range []ours.Request{{PrevKV: true, Fragment: true}, {Fragment: true}, {}} {
		r.Key, r.End, r.Start = "large", mvcc.PrefixEnd("large"), first
		f.ask(r)
	}
	for id := range int64(20) {
		f.ask(ours.Request{Kind: ours.Cancel, WatchID: id})
	}
}

// compacted starts below a compaction, if our store can compact.
func (f *front) compacted() {
	c, ok := any(f.store).(compactor)
	if !ok {
		return
	}
	if _, err := f.server.Server.Compact(f.t.Context(), &pb.CompactionRequest{Revision: 6, Physical: true}); err != nil {
		f.t.Fatal(err)
	}
	if err := c.Compact(6); err != nil {
		f.t.Fatal(err)
	}
	for done := false; !done; {
		_, done = c.CompactBatch(1000)
	}
	f.ask(ours.Request{Key: "a", End: "d", Start: 5})
	f.ask(ours.Request{Key: "a", End: "d", Start: 6, PrevKV: true})
	f.ask(ours.Request{Kind: ours.Progress}) // the canceled one is in the way
	f.put("a", "5")
}
