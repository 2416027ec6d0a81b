package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestCheckPerf holds that a good cluster passes, one with a slow disk does not, and that nothing is left of either.
func TestCheckPerf(t *testing.T) {
	for _, c := range []struct {
		preset, load string
		writes       int
		last         string
	}{{"etcd", "s", 9000, "PASS"}, {"slow-disk", "m", 0, "FAIL"}} {
		cfg := Default()
		cfg.Preset = c.preset
		w, err := New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(6*sim.Second, 1e9)
		if err := w.Do(script.CheckPerf{Load: c.load}); err != nil {
			t.Fatal(err)
		}
		if err := w.Do(script.CheckPerf{Load: c.load}); err == nil {
			t.Error("two checks at once")
		}
		w.Advance(w.Now()+75*sim.Second, 1e9)
		p, ok := w.Perf(sim.Client(1))
		if !ok || p.Took != perfDuration || (c.writes > 0 && p.Writes != c.writes) ||
			(c.writes == 0 && p.Writes > 54_000 && p.Slowest < sim.Second/2) {
			t.Errorf("%s: %+v, %v", c.preset, p, ok)
		}
		said := w.Said().Ref(w.Said().Len() - 1)
		out, _, exit := said.Print()
		last := strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
		if (exit == 0) != (last == "PASS") || !said.Done {
			t.Errorf("%s: exit %d after\n%s", c.preset, exit, out)
		}
		if n := w.newest().Store().Len(); last != c.last || n != 0 {
			t.Errorf("%s: printed last: %q; %d keys are left", c.preset, last, n)
		}
		if w.Broken() != nil {
			t.Fatal(w.Broken())
		}
	}
}

func TestRoot(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 3, 4, 15, 16, 17, 1 << 40, 1<<40 - 1} {
		if r := root(n); r*r > n || (r+1)*(r+1) <= n {
			t.Errorf("the root of %d is %d", n, r)
		}
	}
}
