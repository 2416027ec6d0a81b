package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestMetrics: the panel shows all members or the selected one, lines that fit into their frames, and the alerts that hold.
func TestMetrics(t *testing.T) {
	cfg := world.Default()
	cfg.Preset = "etcd"
	run, err := world.NewRun(cfg, []world.Timed{
		{At: 5 * sim.Second, Command: script.Load{PerSecond: 100}},
		{At: 60 * sim.Second, Command: script.Crash{Member: "n2"}}, {At: 60 * sim.Second, Command: script.Crash{Member: "n3"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(50*sim.Second, 1<<30)
	m := Project(run, Lens{Panel: "metrics"}).Metrics
	if len(m.Members) != 3 || len(m.Alerts) != 0 || m.Quiet != 14 || m.To != int64(50*sim.Second) {
		t.Fatalf("%d members, alerts %v, %d quiet, to %d", len(m.Members), m.Alerts, m.Quiet, m.To)
	}
	for _, x := range m.Members {
		for _, s := range x.Series {
			checkLine(t, x.Name, s)
		}
	}
	if s := series(m, 0, "puts"); s.Now != "100/s" || !strings.HasPrefix(s.Max, "10") {
		t.Errorf("puts: %s now, %s at most", s.Now, s.Max)
	}
	run.Advance(3*sim.Minute, 1<<30)
	m = Project(run, Lens{Panel: "metrics", Select: "n1"}).Metrics
	if len(m.Members) != 1 || m.Members[0].Name != "n1" {
		t.Fatalf("n1 is selected, %d members are shown", len(m.Members))
	}
	var told []string
	for _, a := range m.Alerts {
		told = append(told, fmt.Sprintf("%s %s firing=%v left=%v", a.Name, a.Member, a.Firing, a.Left > 0))
	}
	want := []string{
		"etcdNoLeader n1 firing=true left=false", "etcdMembersDown  firing=false left=true", "etcdInsufficientMembers  firing=false left=true",
	}
	for i := range want {
		if i >= len(told) || told[i] != want[i] {
			t.Fatalf("alerts are\n%s\nwant first\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
	}
}

func series(m *wire.Metrics, member int, name string) wire.Series {
	for _, s := range m.Members[member].Series {
		if s.Name == name {
			return s
		}
	}
	return wire.Series{}
}

func checkLine(t *testing.T, member string, s wire.Series) {
	t.Helper()
	if len(s.Points)%2 != 0 || len(s.Points) > 2*pointsMost {
		t.Errorf("%s %s has %d numbers", member, s.Name, len(s.Points))
	}
	for i, x := range s.Points {
		if x < 0 || x > 1 || (i >= 2 && i%2 == 0 && x <= s.Points[i-2]) {
			t.Errorf("%s %s leaves its frame: %v", member, s.Name, s.Points)
			return
		}
	}
}

// TestAmount: values are written in units that people read.
func TestAmount(t *testing.T) {
	for _, c := range []struct {
		v    int64
		unit world.Unit
		want string
	}{
		{7, world.Number, "7"}, {1_500, world.PerSecond, "1.5/s"}, {2_000, world.PerSecond, "2/s"}, {1_234_567, world.PerSecond, "1234/s"},
		{900, world.Micros, "900 µs"}, {12_300, world.Micros, "12 ms"}, {512, world.Bytes, "512 B"}, {20_480, world.Bytes, "20 KiB"},
		{3 << 19, world.Bytes, "1.5 MiB"},
	} {
		if got := amount(c.v, c.unit); got != c.want {
			t.Errorf("%d of unit %d is %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}
