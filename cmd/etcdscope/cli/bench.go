package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// What bench measures, and for how long.
const (
	benchWall  = 2 * time.Second // of a cluster's life, each
	seekSpan   = 10 * sim.Minute // of the run that is gone back in
	seeks      = 200             // in it
	benchWarm  = 5 * sim.Second  // simulated, before a measurement: an election and some rest
	benchSlice = 20 * sim.Second // simulated, between two looks at the clock
	ever       = 1 << 40         // turns
	benchLoad  = 1000            // writes per second
	seekLoad   = 1000            // likewise, for the run that is gone back in
)

// bench measures the simulator on this machine, with every rule checked, and prints the figures as a table.
func bench(args []string, s Streams) int {
	if _, err := parse(flags("bench", s), args, 0); err != nil {
		return usage
	}
	fmt.Fprintf(s.Out, "| preset etcd, all rules checked | events/s | × real time |\n|---|---:|---:|\n")
	for _, c := range []struct {
		members, load int
	}{{3, 0}, {5, 0}, {3, benchLoad}, {5, benchLoad}} {
		events, pace, err := measure(c.members, c.load)
		if err != nil {
			fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
			return bad
		}
		name := fmt.Sprintf("%d members, idle", c.members)
		if c.load > 0 {
			name = fmt.Sprintf("%d members, %d writes/s", c.members, c.load)
		}
		fmt.Fprintf(s.Out, "| %s | %.0f | %.1f |\n", name, events, pace)
	}
	fmt.Fprintf(s.Out, "\n| %d seeks in %v of 3 members, %d writes/s | p50 | p99 | worst |\n|---|---:|---:|---:|\n", seeks,
		seekSpan, seekLoad)
	took, made, err := measureSeeks()
	if err != nil {
		fmt.Fprintf(s.Err, "etcdscope: %v\n", err)
		return bad
	}
	fmt.Fprintf(s.Out, "| computed in %.1f s | %s | %s | %s |\n", made.Seconds(), millis(took[seeks/2]),
		millis(took[seeks*99/100]),
		millis(took[seeks-1]))
	return ok
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// measure returns how many events a second the simulator gets through, and how much faster than its own clock it is.
func measure(members, load int) (events, pace float64, err error) {
	cfg := world.Default()
	cfg.Members, cfg.Preset = members, "etcd"
	w, err := world.New(cfg, nil)
	if err != nil {
		return 0, 0, err
	}
	w.Advance(benchWarm, ever)
	if load > 0 {
		if err := w.Do(script.Load{PerSecond: load}); err != nil {
			return 0, 0, err
		}
		w.Advance(w.Now()+benchWarm, ever)
	}
	turn, from, began := w.Turn(), w.Now(), time.Now()
	slice := benchSlice
	if load > 0 {
		slice = sim.Second / 10
	}
	for time.Since(began) < benchWall && w.Broken() == nil {
		w.Advance(w.Now()+slice, ever)
	}
	if b := w.Broken(); b != nil {
		return 0, 0, b
	}
	seconds := time.Since(began).Seconds()
	return float64(w.Turn()-turn) / seconds, float64(w.Now()-from) / float64(sim.Second) / seconds, nil
}

// measureSeeks goes to random moments of a long run and returns how long each took, sorted, and how long the run itself
// took.
func measureSeeks() (took []time.Duration, made time.Duration, err error) {
	cfg := world.Default()
	cfg.Preset = "etcd"
	run, err := world.NewRun(cfg, []world.Timed{{At: benchWarm, Command: script.Load{PerSecond: seekLoad}}})
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	run.Advance(seekSpan, ever)
	made = time.Since(began)
	random := rng.New(1, "bench")
	for range seeks {
		to := sim.Time(random.Uint64() % uint64(seekSpan))
		began := time.Now()
		run.Seek(to, ever)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took, made, nil
}
