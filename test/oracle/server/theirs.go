package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/test/oracle/await"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3rpc"
	"go.etcd.io/etcd/server/v3/proxy/grpcproxy/adapter"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// theirs is a real etcd server in this process: alone, or a member of a group.
type theirs struct {
	server  *embed.Etcd
	client  *clientv3.Client // nil: calls do not go over the wire
	dir     string
	number  int    // 1 for n1
	initial string // the members that found the cluster
	stubs
	keepAlive pb.Lease_LeaseKeepAliveClient
	life      context.Context // ends when the server is closed, or panics
	end       context.CancelCauseFunc
	leases    names
	members   memberIDs
	streams   map[int]*theirStream
}

// stubs are etcd's services as a gRPC client sees them.
type stubs struct {
	kv          pb.KVClient
	lease       pb.LeaseClient
	watch       pb.WatchClient
	cluster     pb.ClusterClient
	maintenance pb.MaintenanceClient
}

// sizes are the client's limits on messages (client/v3 options.go).
var sizes = []grpc.CallOption{grpc.MaxCallSendMsgSize(2 << 20), grpc.MaxCallRecvMsgSize(1<<31 - 1)}

// startTheirs starts a server with an empty disk and waits until it has published itself and agreed on a version.
func startTheirs(wire bool) (*theirs, error) {
	for soon := time.Second / 2; ; soon *= 2 {
		t, err := tryTheirs(wire, soon)
		if err == nil {
			return t, nil
		}
		t.close()
		if !errors.Is(err, errLate) {
			return nil, err
		}
	}
}

func tryTheirs(wire bool, soon time.Duration) (*theirs, error) {
	t := newTheirs()
	err := t.boot()
	if err == nil {
		t.learn()
		err = t.ready(wire, soon)
	}
	return t, err
}

func newTheirs() *theirs {
	t := &theirs{members: memberIDs{}, streams: map[int]*theirStream{}, number: 1, initial: "n1=http://n1:2380"}
	t.life, t.end = context.WithCancelCause(context.Background())
	return t
}

// boot starts the process.
func (t *theirs) boot() (err error) {
	if t.dir, err = os.MkdirTemp(scratch(), "oracle"); err != nil {
		return err
	}
	t.server, err = embed.StartEtcd(t.config())
	return err
}

// learn notes the ids of the members that found the cluster.
func (t *theirs) learn() {
	for _, m := range t.server.Server.Cluster().Members() {
		t.members.learn(m.PeerURLs[0], uint64(m.ID))
	}
}

func (t *theirs) lone() bool { return !strings.Contains(t.initial, ",") }

// Log files are laid out in advance, which is most of the work of a start.
func init() { wal.SegmentSizeBytes = 2 << 20 }

// scratch is a directory in memory, if there is one.
func scratch() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

// config names the member and its addresses as the simulator does; it listens elsewhere.
func (t *theirs) config() *embed.Config {
	c := embed.NewConfig()
	c.Dir, c.Name = t.dir, fmt.Sprintf("n%d", t.number)
	// a lone member elects itself at once: most of a start would be waiting for that
	c.TickMs, c.ElectionMs = 1, electionTicks
	c.ListenPeerUrls = []url.URL{{Scheme: "unix", Host: "", Path: t.dir + "/peer"}}
	if !t.lone() {
		c.TickMs, c.ElectionMs = groupTickMs, groupTickMs*electionTicks
		c.ListenPeerUrls = []url.URL{listenPeer(t.number)}
	}
	c.Logger, c.LogLevel, c.LogOutputs = "zap", "panic", []string{"/dev/null"}
	c.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.New(zapcore.NewNopCore(), zap.WithPanicHook(t),
		zap.WithFatalHook(t)))
	c.UnsafeNoFsync = true
	c.ListenClientUrls = []url.URL{{Scheme: "unix", Host: "", Path: t.dir + "/client"}}
	c.AdvertisePeerUrls = []url.URL{{Scheme: "http", Host: c.Name + ":2380"}}
	c.AdvertiseClientUrls = []url.URL{{Scheme: "http", Host: c.Name + ":2379"}}
	c.InitialCluster = t.initial
	return c
}

// dial connects as etcd's Go client does.
func (t *theirs) dial() (err error) {
	t.client, err = clientv3.New(clientv3.Config{Endpoints: []string{"unix://" + t.dir + "/client"}, Logger: zap.NewNop(),
		DialTimeout: await.Patience})
	if err != nil {
		return err
	}
	conn := t.client.ActiveConnection()
	t.stubs = stubs{pb.NewKVClient(conn), pb.NewLeaseClient(conn), pb.NewWatchClient(conn), pb.NewClusterClient(conn),
		pb.NewMaintenanceClient(conn)}
	return nil
}

// call lets calls reach the server's services without a connection, as v3client does.
func (t *theirs) call() {
	s := t.server.Server
	t.stubs = stubs{
		adapter.KvServerToKvClient(v3rpc.NewQuotaKVServer(s)),
		adapter.LeaseServerToLeaseClient(v3rpc.NewQuotaLeaseServer(s)),
		adapter.WatchServerToWatchClient(v3rpc.NewWatchServer(s)),
		adapter.ClusterServerToClusterClient(v3rpc.NewClusterServer(s)),
		adapter.MaintenanceServerToMaintenanceClient(v3rpc.NewMaintenanceServer(s, nil)),
	}
}

// errLate is returned when a server has missed the moment in which it decides on the version of the cluster: it looks
// again after 5 s (etcdserver/server.go, monitorClusterVersions), and to start another takes less.
var errLate = errors.New("the server does not find a cluster version")

// ready connects to the server, and waits for the last of the entries that it proposes by itself when it starts: the
// version of the cluster. It should come that soon.
func (t *theirs) ready(wire bool, soon time.Duration) error {
	if !wire {
		t.call()
	} else if err := t.dial(); err != nil {
		return err
	}
	s := t.server.Server
	select {
	case <-s.ReadyNotify():
	case err := <-t.server.Err():
		return err
	case <-time.After(await.Patience):
		return errors.New("the server does not become ready")
	}
	end := time.Now().Add(soon)
	for s.ClusterVersion() == nil || s.Cluster().Member(s.MemberID()).Name == "" {
		if time.Now().After(end) {
			return errLate
		}
		time.Sleep(time.Millisecond)
	}
	var err error
	t.keepAlive, err = t.lease.LeaseKeepAlive(t.life, sizes...)
	return err
}

func (t *theirs) names() *names { return &t.leases }

func (t *theirs) close() {
	panicked := t.life.Err() != nil
	t.end(nil)
	if t.client != nil {
		t.client.Close()
	}
	if t.server != nil && !panicked { // one that has panicked holds locks for ever
		if !t.lone() {
			t.server.Server.HardStop() // without handing the office on to another that ends as well
		}
		t.server.Close()
	}
	os.RemoveAll(t.dir)
}

// do carries out a call. The text and the code of an error are those that etcd's Go client shows.
func (t *theirs) do(_ int, call api.Call) (answer, error) {
	if _, ok := call.(api.Status); ok {
		if err := t.idle(); err != nil {
			return answer{}, err
		}
	}
	ctx, cancel := context.WithTimeout(t.life, await.Patience)
	defer cancel()
	var resp any
	var err error
	done := make(chan struct{})
	go func() { // a server that dies takes the goroutine along that has called it
		defer cancel()
		resp, err = t.ask(ctx, call)
		close(done)
	}()
	select {
	case <-done:
	case <-t.life.Done():
		return answer{Err: context.Cause(t.life).Error()}, nil
	}
	switch {
	case errors.Is(err, errNoCall):
		return answer{}, err
	case err != nil && t.life.Err() != nil:
		return answer{Err: context.Cause(t.life).Error()}, nil
	case err != nil:
		return refusal(err), nil
	}
	if c, ok := call.(api.Compaction); ok {
		if err := t.compacted(c.Revision); err != nil {
			return answer{}, err
		}
	}
	reply, err := t.members.reply(resp)
	return answer{Reply: reply}, err
}

// idle waits until all that is committed is applied: an answer comes a moment before the index that Status tells.
func (t *theirs) idle() error {
	s := t.server.Server
	return await.Until("all that is committed is applied", func() bool {
		return t.life.Err() != nil || s.AppliedIndex() == s.CommittedIndex()
	})
}

// compacted waits until a compaction has reached the database. Until then HashKV at its revision tells another hash
// than from then on: that of the prefix that was compacted, which it stores (mvcc/hash.go, HashByRev).
func (t *theirs) compacted(rev int64) error {
	hashes := t.server.Server.KV().HashStorage()
	return await.Until("the compaction has reached the database", func() bool {
		return t.life.Err() != nil ||
			slices.ContainsFunc(hashes.Hashes(), func(h mvcc.KeyValueHash) bool { return h.Revision == rev })
	})
}

// OnWrite is called when the server panics or gives up, in place of what would end this process. The goroutine stands
// still for ever, with the locks that it holds.
func (t *theirs) OnWrite(e *zapcore.CheckedEntry, fields []zapcore.Field) {
	text := "etcd dies: " + e.Message
	for _, f := range fields {
		if f.Type == zapcore.ErrorType {
			text += ": " + f.Interface.(error).Error()
		}
	}
	t.end(errors.New(text))
	select {}
}

// refusal reads an error.
func refusal(err error) answer {
	if e, ok := rpctypes.Error(err).(rpctypes.EtcdError); ok {
		return answer{Err: e.Error(), Code: api.Code(e.Code().String())}
	}
	s := status.Convert(err)
	return answer{Err: s.Message(), Code: api.Code(s.Code().String())}
}

var errNoCall = errors.New("etcd has no such call")

// ask sends a call and returns etcd's response.
func (t *theirs) ask(ctx context.Context, call api.Call) (any, error) {
	switch r := t.members.request(call).(type) {
	case *pb.RangeRequest:
		return t.kv.Range(ctx, r, sizes...)
	case *pb.PutRequest:
		return t.kv.Put(ctx, r, sizes...)
	case *pb.DeleteRangeRequest:
		return t.kv.DeleteRange(ctx, r, sizes...)
	case *pb.TxnRequest:
		return t.kv.Txn(ctx, r, sizes...)
	case *pb.CompactionRequest:
		return t.kv.Compact(ctx, r, sizes...)
	case *pb.LeaseGrantRequest:
		return t.lease.LeaseGrant(ctx, r, sizes...)
	case *pb.LeaseRevokeRequest:
		return t.lease.LeaseRevoke(ctx, r, sizes...)
	case *pb.LeaseTimeToLiveRequest:
		return t.lease.LeaseTimeToLive(ctx, r, sizes...)
	case *pb.LeaseLeasesRequest:
		return t.lease.LeaseLeases(ctx, r, sizes...)
	case *pb.LeaseKeepAliveRequest:
		if err := t.keepAlive.Send(r); err != nil {
			return nil, err
		}
		return t.keepAlive.Recv()
	default:
		return t.askMember(ctx, r)
	}
}

// askMember sends the calls about the group and about the member itself.
func (t *theirs) askMember(ctx context.Context, r any) (any, error) {
	switch r := r.(type) {
	case *pb.MemberListRequest:
		return t.cluster.MemberList(ctx, r, sizes...)
	case *pb.MemberAddRequest:
		return t.cluster.MemberAdd(ctx, r, sizes...)
	case *pb.MemberRemoveRequest:
		return t.cluster.MemberRemove(ctx, r, sizes...)
	case *pb.MemberPromoteRequest:
		return t.cluster.MemberPromote(ctx, r, sizes...)
	case *pb.MemberUpdateRequest:
		return t.cluster.MemberUpdate(ctx, r, sizes...)
	case *pb.AlarmRequest:
		return t.maintenance.Alarm(ctx, r, sizes...)
	case *pb.StatusRequest:
		return t.maintenance.Status(ctx, r, sizes...)
	case *pb.HashKVRequest:
		return t.maintenance.HashKV(ctx, r, sizes...)
	case *pb.MoveLeaderRequest:
		return t.maintenance.MoveLeader(ctx, r, sizes...)
	}
	return nil, fmt.Errorf("%w: %T", errNoCall, r)
}
