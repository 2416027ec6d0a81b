package workload_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/workload"
	"github.com/etcdscope/etcdscope/core/world"
)

// TestCheckPerf holds that a good cluster passes, one with a slow disk does not, and that nothing is left of either.
func TestCheckPerf(t *testing.T) {
	for _, c := range []struct {
		preset, load string
		least, most  int  // writes
		slow         bool // the slowest took more than etcdctl allows
		last         string
	}{{"etcd", "s", 9000, 9000, false, "PASS"}, {"slow-disk", "m", 5000, 20_000, true, "FAIL"}} {
		cfg := world.Default()
		cfg.Preset = c.preset
		w, err := world.New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(6*sim.Second, 1e9)
		check := script.CheckPerf{Load: c.load, Prefix: script.PerfPrefix}
		if err := w.Do(check); err != nil {
			t.Fatal(err)
		}
		if err := w.Do(check); err == nil {
			t.Error("two checks at once")
		}
		w.Advance(w.Now()+75*sim.Second, 1e9)
		p, ok := workload.PerfOf(w.Actors(sim.Client(1)))
		if !ok || p.Took < workload.PerfDuration-sim.Second || p.Took > workload.PerfDuration+sim.Second ||
			p.Writes < c.least || p.Writes > c.most || (p.Slowest > sim.Second/2) != c.slow {
			t.Errorf("%s: %+v, %v", c.preset, p, ok)
		}
		said := w.Said().Ref(w.Said().Len() - 1)
		out, _, exit := said.Print()
		last := strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
		if (exit == 0) != (last == "PASS") || !said.Done {
			t.Errorf("%s: exit %d after\n%s", c.preset, exit, out)
		}
		if n := w.Members()[0].Store().Len(); last != c.last || n != 0 {
			t.Errorf("%s: printed last: %q; %d keys are left", c.preset, last, n)
		}
		if w.Broken() != nil {
			t.Fatal(w.Broken())
		}
	}
}

// prints gives a command and returns what it has printed, and its exit code, when it has ended; -1: it has not.
func prints(t *testing.T, w *world.World, line string, within sim.Time, beside ...string) (text string, exit int) {
	t.Helper()
	if err := order(w, line); err != nil {
		t.Fatal(err)
	}
	id, from := w.Commands(), w.Said().Len()
	for _, b := range beside {
		w.Advance(w.Now()+sim.Second, 1e9)
		if err := order(w, b); err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(w.Now()+within, 1e9)
	exit = -1
	for i := from; i < w.Said().Len(); i++ {
		if s := w.Said().Ref(i); s.ID == id {
			out, err, code := s.Print()
			text += out + err
			if s.Done {
				exit = code
			}
		}
	}
	if w.Broken() != nil {
		t.Fatal(w.Broken())
	}
	return text, exit
}

// TestCheckPerfCleansUp holds what a check prints behind its load, and that the verdict comes last; that keys in its
// place stop it; and what Ctrl-C and the loss of all members do to it (etcdctl check.go).
func TestCheckPerfCleansUp(t *testing.T) {
	pass := "\\nPASS: Slowest request took 0\\.[0-9]+s\\nPASS: Stddev is 0\\.0[0-9]+s\\n"
	full := `check perf --prefix "/x y" --auto-compact --auto-defrag`
	for _, c := range []struct {
		before, beside []string
		line           string
		want           string
		exit, keys     int
	}{
		{line: full, want: `Compacting with revision 8997\nCompacted with revision 8997\n` +
			`Defragmenting "http://n1:2379"\nDefragmented "http://n1:2379"\n` +
			`Defragmenting "http://n2:2379"\nDefragmented "http://n2:2379"\n` +
			`Defragmenting "http://n3:2379"\nDefragmented "http://n3:2379"\n` +
			`PASS: Throughput is 15[01] writes/s` + pass + `PASS\n`},
		{line: full + " --endpoint n2", beside: []string{"interrupt"},
			want: `Compacting with revision 1[45].\nCompacted with revision 1[45].\n` +
				`Defragmenting "http://n2:2379"\nDefragmented "http://n2:2379"\n` +
				`PASS: Throughput is 1[34]. writes/s` + pass + `PASS\n`},
		{before: []string{"put /x/1 a"}, line: "check perf --prefix /x", keys: 1, exit: 3,
			want: `Error: prefix "/x" has keys\. Delete with 'etcdctl del --prefix /x' first\n`},
		{before: []string{"put a 1"}, line: `check perf --prefix ""`, keys: 1, exit: 3,
			want: `Error: prefix "" has keys\. Delete with 'etcdctl del --prefix ' first\n`},
		{line: full, beside: []string{"crash n1", "crash n2", "crash n3", "interrupt"}, exit: -1,
			want: `FAIL: Cleanup failed during key deletion: ERROR\(context deadline exceeded\)\n`, keys: -1},
		{before: []string{"crash n1", "crash n2", "crash n3"}, line: full, exit: 1, keys: -1,
			want: `Error: context deadline exceeded\n`},
		{before: []string{"crash n1", "crash n2", "crash n3"}, line: full, beside: []string{"interrupt"},
			want: `Error: context canceled\n`, exit: 1, keys: -1},
	} {
		w, err := world.New(world.Default(), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(6*sim.Second, 1e9)
		for _, line := range c.before {
			prints(t, w, line, sim.Second)
		}
		got, exit := prints(t, w, c.line, 70*sim.Second, c.beside...)
		if !regexp.MustCompile("^"+c.want+"$").MatchString(got) || exit != c.exit {
			t.Errorf("%s %s: exit %d, want %d, after\n%s", c.line, c.beside, exit, c.exit, got)
		}
		if m := w.Members()[0]; c.keys >= 0 && m.Store().Len() != c.keys {
			t.Errorf("%s %s: %d keys are left, want %d", c.line, c.beside, m.Store().Len(), c.keys)
		}
	}
}

func TestRoot(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 3, 4, 15, 16, 17, 1 << 40, 1<<40 - 1} {
		if r := workload.Root(n); r*r > n || (r+1)*(r+1) <= n {
			t.Errorf("the root of %d is %d", n, r)
		}
	}
}

// order gives a command by its text.
func order(w *world.World, line string) error {
	c, err := script.Parse(line)
	if err != nil {
		return err
	}
	return w.Do(c)
}
