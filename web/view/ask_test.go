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

// eventful is a run in which everything that the store can do happens, under faults.
const eventful = `watch /pods/ --prefix --client c2
watch /pods/a --rev 1 --prev-kv --progress-notify --client c1
watch /pods/ --prefix --watchers 50 --client c2
lease grant 2
put /pods/a 1
put /pods/b 1
txn if 'mod("/pods/a") > "0"' then "put /pods/a 2" "del /pods/b" else "get /pods/a"
compaction 3
get /pods/a --rev 2
lock m --client c2
watch /pods/ --prefix --rev 2 --client c1
split n1,c1 | n2,n3,c2
put /pods/a 3 --client c2
put /pods/a 4 --client c1
crash n3
heal
restart n3
compaction 5 --physical
defrag --cluster
alarm disarm
member add n4 --learner --client c2
watch /x --client c2
unwatch --client c2
endpoint status --cluster
crash n2
pause n1
resume n1
restart n2`

// TestWhateverIsSeenCanBeAskedFor: no panel and no card, of whatever record, message, machine, key, watch or lease, is
// too much.
func TestWhateverIsSeenCanBeAskedFor(t *testing.T) {
	cfg := world.Default()
	cfg.Clients = 2
	run, err := world.NewRun(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(sim.Second, 1<<20)
	panels := []string{"log", "keys", "watches", "leases", "stores", "clients", "checks", "tape"}
	asked, cards := 0, 0
	ask := func(selection string) {
		asked++
		lens := Lens{Panel: panels[asked%len(panels)], Select: wire.ParseSelection(selection), Revision: int64(asked % 9)}
		panel(run, lens)
		f := Project(run, lens)
		if f.Why == nil {
			return
		}
		if cards++; f.Why.Title == "" {
			t.Errorf("the card of %s has no title", selection)
		}
	}
	next := run.World().Journal().Next()
	for line := range strings.Lines(eventful) {
		c, err := script.Parse(strings.TrimSpace(line))
		if err == nil {
			err = run.Do(c)
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for range 60 {
			run.Step()
			j := run.World().Journal()
			for ; next < j.Next(); next++ {
				ask(fmt.Sprintf("e%d", next))
			}
			for _, m := range run.World().InFlight() {
				ask(fmt.Sprintf("m%d", m.ID))
			}
		}
		run.Advance(run.World().Now()+300*sim.Millisecond, 1<<20)
		for _, k := range Keys(run, Lens{}).Rows {
			ask("k" + k.Key)
			for _, v := range k.Versions {
				ask(fmt.Sprintf("v%d %s", v.Revision, k.Key))
			}
		}
		for _, o := range Clients(run, Lens{}).Rows {
			ask(o.Select.String())
		}
		for _, id := range Project(run, Lens{}).Grants {
			ask("t" + id)
		}
		for _, other := range []string{"n1", "n4", "c2", "l1.3", "w1.1", "w2.1", "w2.-1", "w9.9", "w", "v", "v5", "t", "tz",
			"k", "e", "m99999", "x"} {
			ask(other)
		}
	}
	if cards < 500 {
		t.Errorf("only %d cards of %d that were asked for", cards, asked)
	}
}
