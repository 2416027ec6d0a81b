package ctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
	"google.golang.org/grpc"
)

// asEtcdctl in the environment makes the test binary be etcdctl.
const asEtcdctl = "ETCDSCOPE_AS_ETCDCTL"

// member is the etcd that all tests share; seen is what went through its server.
var (
	member *embed.Etcd
	seen   = recorder{added: make(chan struct{}, 1)}
)

func TestMain(m *testing.M) {
	if os.Getenv(asEtcdctl) != "" {
		ctlv3.MustStart()
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "etcdctl")
	if err == nil {
		peer := free()
		member, err = start("n1", dir, peer, "n1="+peer[0].String(), embed.ClusterStateFlagNew)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	member.Close()
	os.RemoveAll(dir)
	os.Exit(code)
}

// start boots a member.
func start(name, dir string, peer []url.URL, cluster, state string) (*embed.Etcd, error) {
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir, cfg.InitialCluster, cfg.ClusterState = name, dir, cluster, state
	cfg.TickMs, cfg.ElectionMs = 10, 100
	cfg.UnsafeNoFsync = true
	cfg.WatchProgressNotifyInterval = 100 * time.Millisecond
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	client := free()
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = client, client
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = peer, peer
	cfg.GRPCAdditionalServerOptions = []grpc.ServerOption{grpc.ChainUnaryInterceptor(seen.unary), grpc.ChainStreamInterceptor(seen.stream)}
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, err
	}
	select {
	case <-e.Server.ReadyNotify():
		return e, nil
	case <-time.After(20 * time.Second):
		return nil, errors.New("etcd does not get ready")
	}
}

// free returns an address that nobody listens on.
func free() []url.URL {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return []url.URL{{Scheme: "http", Host: l.Addr().String()}}
}

func endpoint() string { return member.Config().ListenClientUrls[0].String() }

// exchange is a request and its answer.
type exchange struct {
	request, reply any
	err            error
}

// recorder notes what the server is asked and answers.
type recorder struct {
	mu    sync.Mutex
	list  []exchange
	added chan struct{} // has something in it after list has grown
}

func (r *recorder) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	reply, err := next(ctx, req)
	r.note(exchange{req, reply, err})
	return reply, err
}

func (r *recorder) stream(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, &recorded{s, r})
}

func (r *recorder) note(e exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, e)
	select {
	case r.added <- struct{}{}:
	default:
	}
}

// wait takes what is noted until it is enough.
func (r *recorder) wait(t *testing.T, enough func([]exchange) bool) []exchange {
	t.Helper()
	var list []exchange
	for late := time.After(20 * time.Second); !enough(list); {
		select {
		case <-r.added:
			list = append(list, r.take()...)
		case <-late:
			t.Fatalf("waited in vain; seen so far: %v", list)
		}
	}
	return list
}

// take returns what was noted since it was last called.
func (r *recorder) take() []exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// recorded is a stream whose answers are noted.
type recorded struct {
	grpc.ServerStream
	to *recorder
}

func (s *recorded) SendMsg(m any) error {
	s.to.note(exchange{nil, m, nil})
	return s.ServerStream.SendMsg(m)
}

// printed is what a command wrote.
type printed struct {
	stdout, stderr string
	exit           int
}

// prepared prepares a run of etcdctl, with the test's member as its endpoint unless there is another.
func prepared(args ...string) *exec.Cmd {
	if !slices.Contains(args, "--endpoints") {
		args = append([]string{"--endpoints", endpoint()}, args...)
	}
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asEtcdctl+"=1")
	return c
}

// etcdctl runs etcdctl to its end.
func etcdctl(t *testing.T, stdin string, args ...string) printed {
	t.Helper()
	c := prepared(args...)
	var out, err bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &err
	if e := c.Run(); e != nil && c.ProcessState == nil {
		t.Fatal(e)
	}
	return printed{out.String(), err.String(), c.ProcessState.ExitCode()}
}
