package view

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestTranscripts shows the panels of the store as plain text:
//
//	do                        each line is a command; then 200 ms pass
//	begin                     each line is a command, all at this instant
//	pass ms=N                 time passes
//	compacting                the same, but only until a compaction is under way
//	keys rev=N from=KEY       keys by revisions: a row for each key; - while it exists, its versions by number,
//	                          † a tombstone; k kept although compacted, g still to go, x gone, w would go
//	watches, leases, stores   the other panels
//	clients                   what the clients were told
//	stage                     members, clients, links that are cut, messages, and the logs: a applied, c committed,
//	                          s on disk, w written
//	why of=SELECTION rev=N    a card; where the time of an operation went
//	metrics of=SELECTION      the figures of a member, and what the clients waited for
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Dir(path) != "testdata" {
			return // an input of a fuzz test
		}
		run, err := world.NewRun(world.Default(), nil)
		if err != nil {
			t.Fatal(err)
		}
		run.Advance(sim.Second, 1<<20)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return play(t, run, d) })
	})
}

func play(t *testing.T, run *world.Run, d *datadriven.TestData) string {
	var lens Lens
	ms, of := 0, ""
	d.MaybeScanArgs(t, "ms", &ms)
	d.MaybeScanArgs(t, "rev", &lens.Revision)
	d.MaybeScanArgs(t, "from", &lens.From)
	d.MaybeScanArgs(t, "of", &of)
	lens.Select = wire.ParseSelection(strings.ReplaceAll(of, "@", " ")) // "v7@/pods/a"
	lens.Panel = d.Cmd
	pass := func(by sim.Time) { run.Advance(run.World().Now()+by, 1<<20) }
	switch d.Cmd {
	case "do", "begin", "compacting":
		for line := range strings.Lines(d.Input) {
			c, err := script.Parse(strings.TrimSpace(line))
			if err == nil {
				err = run.Do(c)
			}
			if err != nil {
				return err.Error()
			}
			for n := 0; d.Cmd == "compacting" && n < 1000 && Keys(run, lens).Compaction == "" && run.Step(); n++ {
			}
			if d.Cmd == "do" {
				pass(200 * sim.Millisecond)
			}
		}
		return ""
	case "pass":
		pass(sim.Time(ms) * sim.Millisecond)
		return ""
	}
	if d.Cmd == "stage" {
		return stageText(Project(run, lens), Log(run, lens), Moving(run.World()))
	}
	return shown(run, lens)
}

// panel returns what an open panel shows.
func panel(run *world.Run, lens Lens) any {
	switch lens.Panel {
	case "keys":
		return Keys(run, lens)
	case "watches":
		return Watches(run, lens)
	case "leases":
		return Leases(run, lens)
	case "stores":
		return Databases(run, lens)
	case "clients":
		return Clients(run, lens)
	case "metrics":
		return Metrics(run, lens)
	case "checks":
		return Checks(run, lens)
	case "tape":
		return Tape(run, lens)
	}
	return Log(run, lens)
}

// shown is the card if something is selected, else the panel; of the metrics the selection is a part.
func shown(run *world.Run, lens Lens) string {
	var b strings.Builder
	if c := why(run, lens); c != nil && lens.Panel != "metrics" {
		cardText(&b, c)
		return b.String()
	}
	switch v := panel(run, lens).(type) {
	case *wire.Metrics:
		metricsText(&b, v)
	case *wire.Keys:
		keysText(&b, v)
	case *wire.Watches:
		for _, x := range v.Rows {
			fmt.Fprintf(&b, "%s of %s at %s: %s, next %d, behind %d, told %d, resumed %d %s\n", x.Name, x.Range, x.Member,
				x.State, x.Next, x.Behind, x.Events, x.Resumes, x.Err)
		}
		for _, x := range v.Told {
			fmt.Fprintf(&b, "%s: %s\n", x.Watch, strings.ReplaceAll(x.Text, "\n", " | "))
		}
	case *wire.Leases:
		for _, x := range v.Rows {
			fmt.Fprintf(&b, "%s by %s, counts %v: %d s, %d s left, keys %v\n", x.ID, v.Member, v.Counts, x.TTL,
				x.Left/1_000_000, x.Keys)
		}
	case *wire.Databases:
		for _, x := range v.Rows {
			fmt.Fprintf(&b, "%s: up %v, %d of %d bytes in use, quota %d, %d free pages, %d rows, compacted %d %s\n", x.Name,
				x.Up, x.InUse, x.Size, x.Max, x.Free, x.Rows, x.Compacted, x.Note)
		}
		fmt.Fprintf(&b, "alarms %v\n", v.Alarms)
	case *wire.History:
		for _, o := range v.Rows {
			fmt.Fprintf(&b, "%s → %s: %s: %s: %s\n", o.Client, o.Endpoint, o.Text, o.Outcome, o.Told)
		}
	}
	return b.String()
}

func keysText(b *strings.Builder, k *wire.Keys) {
	fmt.Fprintf(b, "%s at %d, compacted %d, %d keys, read at %d %s%s\n", k.Member, k.Revision, k.Compacted, k.Count,
		k.Read, k.Error, k.Compaction)
	fmt.Fprintf(b, "%-20s", "")
	for rev := k.First; rev <= k.Last; rev++ {
		fmt.Fprintf(b, "%4d", rev)
	}
	for i := range k.Rows {
		r := &k.Rows[i]
		value := r.Value
		if !r.Found {
			value = "–"
		}
		fmt.Fprintf(b, "\n%-20s", r.Key+" "+value+" "+r.Pending)
		alive := false
		for rev := k.First; rev <= k.Last; rev++ {
			alive = alive || rev == r.Since
			cell := map[bool]string{true: "-", false: "."}[alive]
			for _, v := range r.Versions {
				if v.Revision == rev {
					cell, alive = fmt.Sprint(v.Number), v.Number > 0
					if !alive {
						cell = "†"
					}
					cell += map[string]string{"kept": "k", "going": "g", "gone": "x", "would": "w"}[v.Fate.String()]
				}
			}
			fmt.Fprintf(b, "%4s", cell)
		}
	}
	fmt.Fprintf(b, "\nnext %q\n", k.Next)
}

func cardText(b *strings.Builder, c *wire.Why) {
	fmt.Fprintf(b, "%s\n", c.Title)
	for _, t := range c.Text {
		fmt.Fprintf(b, "  %s\n", t)
	}
	for _, x := range c.Facts {
		if x.Label == "since" || strings.HasPrefix(x.Label, "applied at") {
			continue // an instant to the millisecond says nothing here
		}
		fmt.Fprintf(b, "  %s: %s\n", x.Label, x.Value)
	}
	stagesText(b, c.Stages)
	for _, r := range c.Rules {
		fmt.Fprintf(b, "  rule %s\n", r.Name)
	}
	for _, a := range c.Actions {
		fmt.Fprintf(b, "  do %s\n", a.Command)
	}
}

func stagesText(b *strings.Builder, list []wire.Stage) {
	for _, s := range list {
		fmt.Fprintf(b, "  %s (%s): %s\n", s.Name, s.On, s.Text)
	}
}

func metricsText(b *strings.Builder, m *wire.Metrics) {
	fmt.Fprintf(b, "%s: %s\n", m.Member, m.Note)
	for _, c := range m.Charts {
		fmt.Fprintf(b, "  %s: %s, %s (%s)\n", c.Name, c.Now, c.Note, c.Metric)
	}
	for _, a := range m.Alerts {
		fmt.Fprintf(b, "  firing %v: %s: %s\n", a.Firing, a.Name, a.Text)
	}
	for _, w := range m.Waits {
		fmt.Fprintf(b, "%s: %v %s\n  %s\n", w.Of, w.Facts, w.Scale, w.Bars)
		stagesText(b, w.Stages)
	}
}
