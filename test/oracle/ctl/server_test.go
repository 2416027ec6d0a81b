package ctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// asEtcdctl in the environment makes the test binary be etcdctl.
const asEtcdctl = "ETCDSCOPE_AS_ETCDCTL"

// member is the etcd that all tests share; seen is what went through its server.
var (
	member *embed.Etcd
	seen   recorder
)

func TestMain(m *testing.M) {
	if os.Getenv(asEtcdctl) != "" {
		ctlv3.MustStart()
		os.Exit(0)
	}
	// as under nohup: what is started here would ignore it, too, and some of it is interrupted
	if signal.Ignored(os.Interrupt) {
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
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
	cfg.GRPCAdditionalServerOptions = []grpc.ServerOption{grpc.ChainUnaryInterceptor(seen.unary),
		grpc.ChainStreamInterceptor(seen.stream)}
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, err
	}
	select {
	case <-e.Server.ReadyNotify():
		return e, nil
	case <-time.After(await.Patience):
		return nil, errors.New("etcd does not get ready")
	}
}

// loopback is an address of this machine that nobody else uses: of 127.0.0.1 another process may take a port before
// etcd does.
var loopback = fmt.Sprintf("127.%d.%d.%d", 64+rand.IntN(128), rand.IntN(256), 1+rand.IntN(254))

// free returns an address that nobody listens on.
func free() []url.URL {
	l, err := net.Listen("tcp", loopback+":0")
	if err != nil { // not every system has more than one
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
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
	mu      sync.Mutex
	list    []exchange
	streams int // that are open
	opened  int // watchers, so far
}

func (r *recorder) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	reply, err := next(ctx, req)
	r.note(exchange{req, reply, err})
	return reply, err
}

func (r *recorder) stream(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	r.count(1)
	defer r.count(-1)
	return next(srv, &recorded{s, r})
}

func (r *recorder) count(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams += n
}

func (r *recorder) note(e exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, e)
	if w, ok := e.reply.(*pb.WatchResponse); ok && w.Created {
		r.opened++
	}
}

// wait takes what is noted once it is enough.
func (r *recorder) wait(t *testing.T, enough func([]exchange) bool) []exchange {
	t.Helper()
	var list []exchange
	if err := await.Until("the server is asked enough", func() bool {
		list = append(list, r.take()...)
		return enough(list)
	}); err != nil {
		t.Fatalf("%v; seen so far: %v", err, list)
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

// forget begins anew, when the streams of processes that have ended have ended as well: until then they may tell
// something.
func (r *recorder) forget(t *testing.T) {
	t.Helper()
	if err := await.Until("all streams have ended", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.streams == 0
	}); err != nil {
		t.Fatal(err)
	}
	r.take()
}

// watchers returns how many have been opened so far.
func (r *recorder) watchers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.opened
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

// patient makes etcdctl wait as long as the test does, where it would give up after seconds.
var patient = []string{"--dial-timeout", await.Patience.String(), "--keepalive-timeout", await.Patience.String()}

// prepared prepares a run of etcdctl, with the test's member as its endpoint unless there is another. Whoever runs the
// test may have settings of his own for etcdctl in the environment: they are not for this one.
func prepared(args ...string) *exec.Cmd {
	if !slices.Contains(args, "--endpoints") {
		args = append([]string{"--endpoints", endpoint()}, args...)
	}
	if !slices.Contains(args, "--command-timeout") {
		args = append([]string{"--command-timeout", await.Patience.String()}, args...)
	}
	c := exec.Command(os.Args[0], append(patient, args...)...)
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ETCDCTL_") })
	c.Env = append(c.Env, asEtcdctl+"=1")
	return c
}

// etcdctl runs etcdctl to its end.
func etcdctl(t *testing.T, stdin string, args ...string) printed {
	t.Helper()
	c := prepared(args...)
	var out, err bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &err
	if e := c.Start(); e != nil {
		t.Fatal(e)
	}
	return printed{exit: ended(t, c), stdout: out.String(), stderr: err.String()}
}

// ended awaits the end of a process, and all that it has printed. It returns the exit code; 130 stands for a signal, as
// in a shell.
func ended(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	late := time.AfterFunc(await.Patience, func() {
		t.Errorf("%v does not end", c.Args)
		_ = c.Process.Kill() // it may have ended meanwhile
	})
	defer late.Stop()
	if err := c.Wait(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	if code := c.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	return 130
}

// buffer collects what a process prints while somebody looks.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// beginning awaits so many lines of what a process prints, and returns them.
func (b *buffer) beginning(t *testing.T, lines int) string {
	t.Helper()
	if err := await.Until(fmt.Sprint(lines, " lines are printed"),
		func() bool { return strings.Count(b.String(), "\n") >= lines }); err != nil {
		t.Fatalf("%v; it prints\n%s", err, b.String())
	}
	return strings.Join(strings.SplitAfter(b.String(), "\n")[:lines], "")
}
