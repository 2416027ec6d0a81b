package metrics

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"

	"github.com/etcdscope/etcdscope/test/oracle/await"
)

// theirs is a real etcd server in this process, with a client.
type theirs struct {
	server *embed.Etcd
	client *clientv3.Client
	http   http.Client
}

func startTheirs(t *testing.T) *theirs {
	t.Helper()
	dir := t.TempDir()
	c := embed.NewConfig()
	c.Dir, c.Name = dir, "n1"
	c.TickMs, c.ElectionMs = 10, 100
	c.Logger, c.LogLevel, c.LogOutputs = "zap", "panic", []string{"/dev/null"}
	c.ListenPeerUrls = []url.URL{{Scheme: "unix", Path: dir + "/peer"}}
	c.ListenClientUrls = []url.URL{{Scheme: "unix", Path: dir + "/client"}}
	c.AdvertisePeerUrls = []url.URL{{Scheme: "http", Host: "n1:2380"}}
	c.AdvertiseClientUrls = []url.URL{{Scheme: "http", Host: "n1:2379"}}
	c.InitialCluster = "n1=http://n1:2380"
	x := &theirs{}
	var err error
	if x.server, err = embed.StartEtcd(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.server.Close)
	select {
	case <-x.server.Server.ReadyNotify():
	case <-time.After(await.Patience):
		t.Fatal("the server does not become ready")
	}
	x.client, err = clientv3.New(clientv3.Config{Endpoints: []string{"unix://" + dir + "/client"}, Logger: zap.NewNop(),
		DialTimeout: await.Patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.client.Close() })
	x.http.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", dir+"/client")
	}}
	x.until(t, "the version of the cluster is agreed on, and the entry with it counted", func() bool {
		applied := read(t, x.text(t)).values["etcd_server_proposals_applied_total"]
		return x.server.Server.ClusterVersion() != nil && applied == float64(x.server.Server.CommittedIndex())
	})
	return x
}

// text is what the server prints at /metrics.
func (x *theirs) text(t *testing.T) string {
	t.Helper()
	resp, err := x.http.Get("http://n1:2379/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// until waits for what happens beside the requests.
func (x *theirs) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if err := await.Until(what, holds); err != nil {
		t.Fatal(err)
	}
}

// vectors are families that a lone server does not print before there is something to count in them. A collector of the
// same name, help and labels cannot be registered beside the server's; the error hands over the server's own, so that a
// value can be put into it.
var vectors = []struct {
	kind, name, help string
	labels           []string
}{
	{"gauge", "etcd_debugging_server_alarms",
		"Alarms for every member in cluster. 1 for 'server_id' label with current ID. " +
			"2 for 'alarm_type' label with type of this alarm", []string{"server_id", "alarm_type"}},
	{"histogram", "etcd_network_peer_round_trip_time_seconds", "Round-Trip-Time histogram between peers", []string{"To"}},
	{"counter", "etcd_network_peer_sent_bytes_total", "The total number of bytes sent to peers.", []string{"To"}},
	{"counter", "etcd_network_peer_received_bytes_total", "The total number of bytes received from peers.",
		[]string{"From"}},
	{"counter", "etcd_network_peer_sent_failures_total", "The total number of send failures from peers.", []string{"To"}},
	{"counter", "etcd_network_snapshot_send_success", "Total number of successful snapshot sends", []string{"To"}},
	{"counter", "etcd_network_snapshot_send_failures", "Total number of snapshot send failures", []string{"To"}},
	{"gauge", "etcd_network_snapshot_send_inflights_total", "Total number of inflight snapshot sends", []string{"To"}},
	{"counter", "etcd_network_snapshot_receive_success", "Total number of successful snapshot receives", []string{"From"}},
}

// fillVectors puts a value into each of them.
func fillVectors(t *testing.T) {
	t.Helper()
	for _, v := range vectors {
		var ours prometheus.Collector
		switch v.kind {
		case "histogram":
			ours = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: v.name, Help: v.help}, v.labels)
		case "counter":
			ours = prometheus.NewCounterVec(prometheus.CounterOpts{Name: v.name, Help: v.help}, v.labels)
		default:
			ours = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: v.name, Help: v.help}, v.labels)
		}
		var there prometheus.AlreadyRegisteredError
		if err := prometheus.Register(ours); !errors.As(err, &there) {
			t.Fatalf("etcd has no %s with these labels: %v", v.name, err)
		}
		switch x := there.ExistingCollector.(type) {
		case *prometheus.HistogramVec:
			x.WithLabelValues(v.labels...).Observe(1)
		case *prometheus.CounterVec:
			x.WithLabelValues(v.labels...).Inc()
		case *prometheus.GaugeVec:
			x.WithLabelValues(v.labels...).Inc()
		}
	}
}
