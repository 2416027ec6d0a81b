package view

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// FuzzLens looks at a run through whatever a link may name: nothing of it may upset the picture, and each frame can be
// sent to the page.
func FuzzLens(f *testing.F) {
	run, err := world.NewRun(world.Default(), nil)
	if err != nil {
		f.Fatal(err)
	}
	run.Advance(sim.Second, 1<<20)
	for _, line := range []string{"put /pods/a 1", "put /pods/b 2", "watch /pods/ --prefix", "lease grant 100",
		"del /pods/b", "crash n3", "compaction 2", "put /pods/a 3"} {
		c, err := script.Parse(line)
		if err == nil {
			err = run.Do(c)
		}
		if err != nil {
			f.Fatal(err)
		}
		run.Advance(run.World().Now()+200*sim.Millisecond, 1<<20)
	}
	for _, selected := range []string{"", "n1", "c1", "n4", "m17", "e1234", "l2.7", "l1.", "k/pods/a", "v3 /pods/a", "v3",
		"w1.1", "w9.9", "t694d", "o1", "x", "ü"} {
		f.Add("log", selected, "/pods", int64(3))
	}
	for _, name := range []string{"keys", "watches", "leases", "stores", "clients", "checks", "metrics", "tape", "none"} {
		f.Add(name, "e3", "", int64(-1))
	}
	f.Fuzz(func(t *testing.T, name, selected, from string, rev int64) {
		lens := Lens{Panel: name, Select: wire.ParseSelection(selected), From: from, Revision: rev}
		for _, v := range []any{Project(run, lens), panel(run, lens)} {
			if _, err := wire.Encode(v); err != nil {
				t.Fatal(err)
			}
		}
	})
}
