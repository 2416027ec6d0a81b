package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestMetrics: the panel shows the leader or the selected member, lines that fit into their boxes, and the alerts that
// hold.
func TestMetrics(t *testing.T) {
	cfg := world.Default()
	cfg.Preset = "etcd"
	run, err := world.NewRun(cfg, []world.Timed{
		{At: 5 * sim.Second, Command: script.Load{PerSecond: 100}},
		{At: 60 * sim.Second, Command: script.Crash{Member: "n2"}},
		{At: 60 * sim.Second, Command: script.Crash{Member: "n3"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := Metrics(run, Lens{}); m.Member != "n1" || len(m.Charts) > 0 {
		t.Fatalf("at the beginning %s has %d charts", m.Member, len(m.Charts))
	}
	run.Advance(50*sim.Second, 1<<30)
	m := Metrics(run, Lens{})
	if m.Member != nameOf(run.World(), run.World().Leader()) || len(m.Alerts) != 0 ||
		!strings.HasPrefix(m.Note, "14 alerts are quiet. The lines go from 0.000 s to 50.000 s;") {
		t.Fatalf("%s, alerts %v, %s", m.Member, m.Alerts, m.Note)
	}
	for i := range m.Charts {
		checkLines(t, &m.Charts[i])
	}
	if c := chartOf(m, "puts"); c.Now != "100/s" || !strings.HasPrefix(c.Note, "top 10") {
		t.Errorf("puts: %s now, %s", c.Now, c.Note)
	}
	if w := m.Waits[0]; len(m.Waits) != 1 || w.Of != "writes in the last 10 s" || w.Facts[3].Value != "100/s" ||
		w.Bars == "" {
		t.Errorf("waits are %+v", m.Waits)
	}
	run.Advance(3*sim.Minute, 1<<30)
	m = Metrics(run, Lens{Select: wire.ParseSelection("n1")})
	if m.Member != "n1" || len(m.Waits) > 0 {
		t.Fatalf("n1 is selected, %s is shown, waits are %v", m.Member, m.Waits)
	}
	var told []string
	for _, a := range m.Alerts {
		told = append(told, fmt.Sprintf("%s firing=%v left=%v", a.Name, a.Firing, strings.Contains(a.Text, ", fires in ")))
	}
	want := []string{
		"etcdNoLeader n1 firing=true left=false", "etcdMembersDown firing=false left=true",
		"etcdInsufficientMembers firing=false left=true",
	}
	for i := range want {
		if i >= len(told) || told[i] != want[i] {
			t.Fatalf("alerts are\n%s\nwant first\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
	}
	if c := chartOf(Metrics(run, Lens{Select: wire.ParseSelection("n2")}), "puts"); c.Now != "–" || c.Line == "" {
		t.Errorf("n2 is down and has %q puts now", c.Now)
	}
	if Metrics(run, Lens{Still: true}) != nil {
		t.Error("metrics are made although they are to stand still")
	}
}

// TestThreshold: an alert's threshold is in the box once the figure comes near it.
func TestThreshold(t *testing.T) {
	cfg := world.Default()
	cfg.Preset = "etcd"
	run, err := world.NewRun(cfg, []world.Timed{{At: 2 * sim.Second, Command: script.Load{PerSecond: 20}}})
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(6*sim.Second, 1<<30)
	sync := func() wire.Chart { return chartOf(Metrics(run, Lens{}), "WAL fsync p99") }
	if c := sync(); c.Limit != "" || !strings.HasSuffix(c.Note, ", alert above 500 ms") {
		t.Errorf("a quick disk has its limit at %q: %q", c.Limit, c.Note)
	}
	leader := run.World().Leader()
	if err := run.Do(script.Disk{Member: script.Name(nameOf(run.World(), leader)), State: script.DiskSlow,
		Factor: 400}); err != nil {
		t.Fatal(err)
	}
	run.Advance(12*sim.Second, 1<<30)
	y := 0
	if c := sync(); c.Limit == "" {
		t.Errorf("a slow disk has no limit, %s", c.Note)
	} else if _, err := fmt.Sscanf(c.Limit, "M0 %dH1000", &y); err != nil || y <= 0 || y >= boxHeight {
		t.Errorf("a slow disk has its limit at %q, %s", c.Limit, c.Note)
	}
}

func chartOf(m *wire.Metrics, name string) wire.Chart {
	for _, c := range m.Charts {
		if c.Name == name {
			return c
		}
	}
	return wire.Chart{}
}

// checkLines reads the paths again: every line begins with M, goes to the right, and stays in its box.
func checkLines(t *testing.T, c *wire.Chart) {
	t.Helper()
	if c.Line == "" || strings.Count(c.Others, "M") != 2 {
		t.Errorf("%s has the line %q and others %q", c.Name, c.Line, c.Others)
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(c.Line+c.Others, "M"), "M") {
		points, before := strings.Split(line, "L"), -1
		if len(points) > pointsMost {
			t.Errorf("%s has %d points", c.Name, len(points))
		}
		for _, p := range points {
			var x, y int
			if _, err := fmt.Sscanf(p, "%d %d", &x, &y); err != nil || x < before || x > boxWidth || y < 0 || y > boxHeight {
				t.Fatalf("%s leaves its box at %q: %v", c.Name, p, err)
			}
			before = x
		}
	}
}

// TestAmount: values are written in units that people read.
func TestAmount(t *testing.T) {
	for _, c := range []struct {
		v    int64
		unit monitor.Unit
		want string
	}{
		{7, monitor.Number, "7"}, {1_500, monitor.PerSecond, "1.5/s"}, {2_000, monitor.PerSecond, "2/s"},
		{1_234_567, monitor.PerSecond, "1234/s"},
		{900, monitor.Micros, "900 µs"}, {12_300, monitor.Micros, "12 ms"}, {512, monitor.Bytes, "512 B"},
		{20_480, monitor.Bytes, "20 KiB"},
		{3 << 19, monitor.Bytes, "1.5 MiB"},
	} {
		if got := amount(c.v, c.unit); got != c.want {
			t.Errorf("%d of unit %d is %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}
