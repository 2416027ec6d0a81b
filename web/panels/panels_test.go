package panels

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/view"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestPanels takes what each panel shows of a run from one side to the other: it arrives whole and is rendered.
func TestPanels(t *testing.T) {
	run, err := world.NewRun(world.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(sim.Second, 1<<20)
	for _, line := range []string{"put a 1", "watch a", "lease grant 60"} {
		c, err := script.Parse(line)
		if err == nil {
			err = run.Do(c)
		}
		if err != nil {
			t.Fatal(err)
		}
		run.Advance(run.World().Now()+sim.Second, 1<<20)
	}
	seen := map[string]bool{}
	for i, p := range All {
		if seen[p.ID] || p.Title == "" {
			t.Errorf("%q: its ID is another's, or it has no title", p.ID)
		}
		seen[p.ID] = true
		f := view.Project(run, view.Lens{Panel: p.ID})
		f.Content = Views()[i].Project(run, view.Lens{Panel: p.ID})
		data, err := wire.Encode(&wire.Reply{Frame: f})
		if err != nil {
			t.Fatal(err)
		}
		var r wire.Reply
		if err := wire.Decode(data, &r); err != nil {
			t.Fatal(err)
		}
		if nodes := Pages()[i].Render(r.Frame.Content, r.Frame); len(nodes) == 0 {
			t.Errorf("%s shows nothing", p.ID)
		}
	}
	if Views()[6].Project(run, view.Lens{Still: true}) != nil {
		t.Error("the metrics are made although what was shown may stay")
	}
}
