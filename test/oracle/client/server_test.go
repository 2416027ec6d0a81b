package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// asEtcd in the environment makes the test binary be an etcd server. It holds the server's settings.
const asEtcd = "ETCDSCOPE_AS_ETCD"

// settings are what a server is started with.
type settings struct {
	Name, Dir, Client, Peer, Cluster, State string
}

func TestMain(m *testing.M) {
	if os.Getenv(asEtcdctl) != "" {
		ctlv3.MustStart()
		os.Exit(0)
	}
	if text := os.Getenv(asEtcd); text != "" {
		if err := serve(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve runs a server until whoever started it is gone.
func serve(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir, cfg.InitialCluster, cfg.ClusterState = s.Name, s.Dir, s.Cluster, s.State
	cfg.UnsafeNoFsync = true
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	cfg.ListenClientUrls, cfg.ListenPeerUrls = addresses(s.Client), addresses(s.Peer)
	cfg.AdvertiseClientUrls, cfg.AdvertisePeerUrls = cfg.ListenClientUrls, cfg.ListenPeerUrls
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return err
	}
	defer e.Close()
	gone := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		gone <- err
	}()
	select {
	case err = <-gone:
	case <-e.Server.StopNotify(): // it was removed: etcd exits without a word to its clients (etcdmain/etcd.go)
		os.Exit(0)
	}
	return err
}

func addresses(address string) []url.URL { return []url.URL{{Scheme: "http", Host: address}} }

// server is one of them.
type server struct {
	settings
	process *os.Process
	input   io.Closer
}

// cluster is a group of servers.
type cluster struct {
	t       *testing.T
	members []*server
}

// found starts a group of so many.
func found(t *testing.T, members int) *cluster {
	c := &cluster{t: t}
	var list []string
	for i := range members {
		s := &server{settings: settings{Name: fmt.Sprintf("n%d", i+1), Dir: t.TempDir(), Client: free(t), Peer: free(t)}}
		list = append(list, s.Name+"=http://"+s.Peer)
		c.members = append(c.members, s)
	}
	for _, s := range c.members {
		s.Cluster, s.State = strings.Join(list, ","), embed.ClusterStateFlagNew
		c.start(s)
	}
	c.await("a leader", func(ctx context.Context) bool { return c.led(ctx, c.members[0]) })
	return c
}

// free returns an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *cluster) start(s *server) {
	c.t.Helper()
	text, err := json.Marshal(s.settings)
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asEtcd+"="+string(text))
	cmd.Stderr = os.Stderr
	if s.input, err = cmd.StdinPipe(); err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	s.process = cmd.Process
	c.t.Cleanup(func() {
		// Those that the test has killed are gone already; whatever the exit, nothing is to be done about it.
		_ = s.process.Kill()
		_ = cmd.Wait()
	})
}

// await waits until something holds of the group.
func (c *cluster) await(what string, holds func(context.Context) bool) {
	c.t.Helper()
	err := await.Until(what, func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
		defer cancel()
		return holds(ctx)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// led reports whether a member knows a leader, and a majority hears it.
func (c *cluster) led(ctx context.Context, s *server) bool {
	cli := dial(c.t, s.Client)
	defer cli.Close()
	_, err := cli.Get(ctx, "led")
	return err == nil
}
