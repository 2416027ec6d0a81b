package workload_test

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// loaded returns a world whose leader has had a load for two seconds.
func loaded(t *testing.T, preset, line string) *world.World {
	t.Helper()
	cfg := world.Default()
	cfg.Preset = preset
	w, err := world.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(4*sim.Second, 1e9)
	lead, _ := w.Fact(script.Fact{Name: "leader"})
	c, err := script.Parse("load " + line + " --endpoint " + lead)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Do(c); err != nil {
		t.Fatal(err)
	}
	w.Advance(6*sim.Second, 1e9)
	if w.Broken() != nil {
		t.Fatal(w.Broken())
	}
	return w
}

// TestStagesAreTheLatency holds that the stages of every operation add up to what the client saw, whatever the load.
func TestStagesAreTheLatency(t *testing.T) {
	for _, line := range []string{"200/s", "--clients 40", "500/s --reads 50%", "--clients 3 --reads 90% --consistency s",
		"3000/s"} {
		w := loaded(t, "article", line)
		took := map[uint64]sim.Time{}
		for i := w.History().First(); i < w.History().Len(); i++ {
			if op := w.History().Ref(i); op.Outcome == client.Acknowledged {
				took[op.Request.ID] = op.Return - op.Call
			}
		}
		done := w.Monitor().Latency().Breakdowns()
		if done.Len() != len(took) || len(took) < 50 {
			t.Errorf("%s: %d breakdowns for %d operations", line, done.Len(), len(took))
		}
		for i := range done.Len() {
			b := done.At(i)
			if b.Latency() != took[b.Request] {
				t.Fatalf("%s: request %d took %v, its stages %v", line, b.Request, took[b.Request], b.Stages)
			}
			if b.Changes && (b.Stages[monitor.Fsync] == 0 || b.Stages[monitor.Quorum]+b.Stages[monitor.Fsync] < 6000) {
				t.Fatalf("%s: request %d was committed without a disk: %v", line, b.Request, b.Stages)
			}
		}
	}
}

// TestClosedLoop holds that as many requests are under way as there are clients, and that a load ends.
func TestClosedLoop(t *testing.T) {
	w := loaded(t, "etcd", "--clients 25")
	if n := len(w.Clients()[0].Open()); n != 25 {
		t.Errorf("%d requests are under way, want 25", n)
	}
	if err := w.Do(script.Load{}); err != nil {
		t.Fatal(err)
	}
	w.Advance(w.Now()+sim.Second, 1e9)
	if n := len(w.Clients()[0].Open()); n != 0 {
		t.Errorf("%d requests are under way after the end", n)
	}
	if err := w.Do(script.Load{}); err == nil {
		t.Error("a load ends twice")
	}
}

// TestRateWithClients holds that a rate is kept while clients are free, and that it is not made up for when they were
// not.
func TestRateWithClients(t *testing.T) {
	if n := loaded(t, "etcd", "500/s --clients 50").History().Len(); n < 990 || n > 1000 {
		t.Errorf("%d writes in two seconds, want 1000", n)
	}
	if n := loaded(t, "article", "50/s --clients 1").History().Len(); n < 60 {
		t.Errorf("%d writes in two seconds: the one client waits for the clock after an answer", n)
	}
	w := loaded(t, "article", "500/s --clients 2")
	if n := w.History().Len(); n < 50 || n > 160 {
		t.Errorf("%d writes in two seconds with two clients", n)
	}
	if n := len(w.Clients()[0].Open()); n > 2 {
		t.Errorf("%d requests are under way, want at most 2", n)
	}
}

// TestRateAtTheDeadline lets requests fail at the very instant at which the clock asks for the next: still no more are
// under way than there are clients.
func TestRateAtTheDeadline(t *testing.T) {
	w := loaded(t, "etcd", "1/s --clients 1")
	for _, m := range []script.Name{"n1", "n2", "n3"} {
		if err := w.Do(script.Crash{Member: m}); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		w.Advance(w.Now()+sim.Second, 1e9)
		if n := len(w.Clients()[0].Open()); n > 1 {
			t.Fatalf("%d requests are under way at %v", n, w.Now())
		}
	}
}

// TestRequestsOfALoad holds that keys, values and the mix are what the load asks for.
func TestRequestsOfALoad(t *testing.T) {
	w := loaded(t, "etcd", "2000/s --key-size 64 --val-size 300 --key-space-size 200 --hot 5% --reads 70% --consistency s")
	reads, hot, all := 0, 0, 0
	for i := w.History().First(); i < w.History().Len(); i++ {
		key := ""
		switch c := w.History().Ref(i).Request.Call.(type) {
		case api.Put:
			key = c.Key
			if len(c.Value) != 300 {
				t.Fatalf("a value of %d bytes", len(c.Value))
			}
		case api.Range:
			key = c.Key
			if reads++; !c.Serializable {
				t.Fatal("a read is linearizable")
			}
		}
		if len(key) != 64 || !strings.HasPrefix(key, "/load/") {
			t.Fatalf("the key %q", key)
		}
		if all++; key < "/load/"+strings.Repeat("0", 56)+"10" {
			hot++
		}
	}
	if reads < all*66/100 || reads > all*74/100 || hot < all*87/100 || hot > all*93/100 {
		t.Errorf("%d reads and %d of hot keys in %d requests", reads, hot, all)
	}
}

// TestArticleLimits holds that the article's limits are the members' when they are asked for.
func TestArticleLimits(t *testing.T) {
	for _, c := range []struct {
		limits     string
		key, value int
		err        string
	}{
		{"", 600 << 10, 1, ""}, {"", 1, 1_300_000, ""}, {"", 1, 1_600_000, api.ErrTooLarge},
		{"article", 512 << 10, 1 << 20, api.ErrTooLarge}, // together they are larger than a request
		{"article", 512<<10 + 1, 1, api.ErrTooLarge}, {"article", 1, 1<<20 + 1, api.ErrTooLarge},
		{"article", 512 << 10, 1, ""}, {"article", 1, 1 << 20, ""},
	} {
		cfg := world.Default()
		cfg.Limits, cfg.Preset = c.limits, "etcd"
		w, err := world.New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(3*sim.Second, 1e9)
		put := api.Put{Key: strings.Repeat("k", c.key), Value: strings.Repeat("v", c.value)}
		if err := w.Do(script.Call{Call: put}); err != nil {
			t.Fatal(err)
		}
		w.Advance(5*sim.Second, 1e9)
		if op := w.History().Ref(w.History().Len() - 1); op.Err != c.err {
			t.Errorf("limits %q, key of %d, value of %d bytes: %q, want %q", c.limits, c.key, c.value, op.Err, c.err)
		}
	}
}

// TestWindowOfWhatIsKept holds that a window is no longer than what is known of it.
func TestWindowOfWhatIsKept(t *testing.T) {
	w := loaded(t, "etcd", "30000/s")
	x := w.Monitor().Latency().Window(0, w.Now(), false)
	if x.From < 4*sim.Second || x.PerSecond() < 29_000 || x.PerSecond() > 31_000 {
		t.Errorf("%d operations from %v to %v: %d/s", x.Count, x.From, x.To, x.PerSecond())
	}
	if x.Bottleneck() == "" || x.Mean(monitor.Fsync) < 500 || x.Percentile(99) < x.Percentile(50) {
		t.Errorf("%s, fsync %v, p50 %v, p99 %v", x.Bottleneck(), x.Mean(monitor.Fsync), x.Percentile(50), x.Percentile(99))
	}
}
