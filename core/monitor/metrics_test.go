package monitor_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// TestMetrics runs the transcripts of testdata/metrics. "script" carries out lines of a script, "metrics n1 PREFIX"
// prints the text that Prometheus reads (help lines and empty buckets left out), "series n1" prints the chart of a
// name, "alerts" what holds.
func TestMetrics(t *testing.T) {
	datadriven.Walk(t, "testdata/metrics", func(t *testing.T, path string) {
		var r *runner.Runner
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "script":
				r = carryOut(t, r, d)
				return ""
			case "metrics":
				return exposition(r.Continue(nil).World, d)
			case "series":
				return chart(r.Continue(nil).World, d)
			case "alerts":
				return active(r.Continue(nil).World)
			}
			d.Fatalf(t, "no such command: %s", d.Cmd)
			return ""
		})
	})
}

func carryOut(t *testing.T, r *runner.Runner, d *datadriven.TestData) *runner.Runner {
	list, err := script.ParseScript(d.Input)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	if _, fresh := list[0].(script.Config); fresh {
		if r, err = runner.Begin(list, runner.Options{}); err != nil {
			d.Fatalf(t, "%v", err)
		}
	}
	known := len(r.Continue(nil).Failed())
	for _, c := range r.Continue(list).Failed()[known:] {
		t.Errorf("%s: %s: %s", d.Pos, c.Text, c.Seen)
	}
	return r
}

func exposition(w *world.World, d *datadriven.TestData) string {
	prefix := ""
	if len(d.CmdArgs) > 1 {
		prefix = d.CmdArgs[1].Key
	}
	text, err := w.Exposition(d.CmdArgs[0].Key, prefix)
	if err != nil {
		return err.Error()
	}
	if d.HasArg("all") {
		return text
	}
	var b strings.Builder
	before := ""
	for line := range strings.Lines(text) {
		value := line[strings.LastIndexByte(line, ' '):]
		if !strings.HasPrefix(line, "#") && (!strings.Contains(line, "_bucket{") || (value != before && value != " 0\n")) {
			b.WriteString(line)
		}
		before = value
	}
	return b.String()
}

func chart(w *world.World, d *datadriven.TestData) string {
	h, _ := sim.ParseHost(d.CmdArgs[0].Key)
	name := strings.TrimSpace(d.Input)
	for _, s := range w.Monitor().Series(h, w.Members()[h.Number()-1].Quota()) {
		if s.Name != name {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s: %d points\n", s.Metric, len(s.Points))
		for i, p := range s.Points {
			if i == 0 || i == len(s.Points)-1 || p.Value != s.Points[i-1].Value {
				fmt.Fprintf(&b, "%v %d\n", p.At, p.Value)
			}
		}
		return b.String()
	}
	return "there is no such series"
}

func active(w *world.World) string {
	var b strings.Builder
	for _, a := range w.Alerts() {
		state := "pending"
		if a.Firing {
			state = "FIRING"
		}
		who := "cluster"
		if a.Member != 0 {
			who = a.Member.String()
		}
		fmt.Fprintf(&b, "%-7s %-8s %s: %s, since %v: %s (for %v)\n", state, a.Severity, who, a.Name, a.Since, a.Expr, a.For)
	}
	if b.Len() == 0 {
		return "none"
	}
	return b.String()
}

// TestSamplesReplay: charts are a part of the state. Who goes back sees those of then, and who goes on from there the
// same again.
func TestSamplesReplay(t *testing.T) {
	cfg := world.Default()
	run, err := world.NewRun(cfg, []world.Timed{
		{At: 2 * sim.Second, Command: script.Load{PerSecond: 200}},
		{At: 7*sim.Second + 13, Command: script.Crash{Member: "n1"}},
		{At: 9 * sim.Second, Command: script.Restart{Member: "n1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(20*sim.Second, 1<<30)
	live := samples(run.World())
	run.Seek(8*sim.Second, 1<<40)
	then := samples(run.World())
	for i := range then {
		if len(then[i]) != 33 && len(then[i]) != 32 {
			t.Errorf("n%d has %d samples in 8 s", i+1, len(then[i]))
		}
		if !reflect.DeepEqual(then[i], live[i][:len(then[i])]) {
			t.Errorf("the samples of n%d were others when the run came there first", i+1)
		}
	}
	run.Advance(20*sim.Second, 1<<30)
	if again := samples(run.World()); !reflect.DeepEqual(again, live) {
		t.Error("the replay comes to other samples")
	}
	for i := range live {
		for k := 1; k < len(live[i]); k++ {
			if live[i][k].Counts[etcd.Puts] < live[i][k-1].Counts[etcd.Puts] {
				t.Fatalf("the puts of n%d fall at %v", i+1, live[i][k].At)
			}
		}
	}
	run.Seek(8*sim.Second, 1<<40)
	if err := run.Do(script.Load{}); err != nil {
		t.Fatal(err)
	}
	run.Advance(20*sim.Second, 1<<30)
	other := samples(run.World())[1]
	end, with := other[len(other)-1], live[1][len(other)-1]
	if end.At != with.At || end.At < 19*sim.Second || end.Counts[etcd.Puts] >= with.Counts[etcd.Puts] {
		t.Errorf("at %v n2 has %d puts without load, at %v %d with load", end.At, end.Counts[etcd.Puts], with.At,
			with.Counts[etcd.Puts])
	}
	run.Switch(0)
	run.GoLive()
	if kept := samples(run.World()); !reflect.DeepEqual(kept, live) {
		t.Error("another branch has changed the samples of the first")
	}
}

func samples(w *world.World) (all [][]monitor.Sample) {
	for i := range w.Members() {
		list := w.Monitor().Samples(sim.Member(i + 1))
		var one []monitor.Sample
		for k := range list.Len() {
			one = append(one, list.At(k))
		}
		all = append(all, one)
	}
	return all
}

// TestSamplesBounded: in a long run samples get sparse, but reach over all of it.
func TestSamplesBounded(t *testing.T) {
	cfg := world.Default()
	cfg.Members, cfg.Preset = 1, "wan"
	w, err := world.New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	for w.Now() < 3*sim.Hour {
		w.Advance(w.Now()+10*sim.Minute, 1<<30)
		list := w.Monitor().Samples(sim.Member(1))
		if n := list.Len(); n > 512 || n < 256 {
			t.Fatalf("%d samples at %v", n, w.Now())
		}
		every := list.At(1).At - list.At(0).At
		for k := 1; k < list.Len(); k++ {
			if list.At(k).At-list.At(k-1).At != every {
				t.Fatalf("samples at %v and %v, others every %v", list.At(k-1).At, list.At(k).At, every)
			}
		}
		if first := list.At(0).At; first > 2*every {
			t.Fatalf("at %v the first sample is at %v", w.Now(), first)
		}
		if last := list.At(list.Len() - 1).At; w.Now()-last > every {
			t.Fatalf("at %v the last sample is at %v", w.Now(), last)
		}
	}
}
