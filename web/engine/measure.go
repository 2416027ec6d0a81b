package engine

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// measureFor is how long a measurement runs.
const measureFor = 2 * time.Second

// measure tells how fast the simulator is on this machine: "measure" for this configuration without load, "measure
// 1000/s" under load, "measure seeks" for going to random moments of the run so far, "measure memory" for what that run
// takes. Every rule is checked, as always.
func (e *Engine) measure(what string) {
	switch what {
	case "seeks":
		e.measureSeeks()
		return
	case "memory":
		e.measureMemory()
		return
	}
	w, err := world.New(e.run.Config(), nil)
	if err != nil {
		e.say(wire.LineErr, "%s", sentence(err))
		return
	}
	w.Advance(5*sim.Second, 1<<30)
	name := "idle"
	if what != "" {
		c, err := script.Parse("load " + what)
		if err == nil {
			err = w.Do(c)
		}
		if err != nil {
			e.say(wire.LineErr, "measure takes nothing, a rate such as 1000/s, seeks, or memory: %s", sentence(err))
			return
		}
		name = "under " + strings.TrimPrefix(c.String(), "load ")
	}
	w.Advance(w.Now()+sim.Second, 1<<30)
	turns, from, began := w.Turn(), w.Now(), e.now()
	for e.now().Sub(began) < measureFor && w.Broken() == nil {
		w.Advance(horizon, 16*portion)
	}
	seconds := e.now().Sub(began).Seconds()
	e.say(wire.LineOut, "%d members, preset %s, %s: %.0f events/s, %.0f times real time", len(w.Members()),
		w.Config().Preset,
		name,
		float64(w.Turn()-turns)/seconds, float64(w.Now()-from)/float64(sim.Second)/seconds)
}

// measureSeeks goes to random moments and back to where it was.
func (e *Engine) measureSeeks() {
	const seeks = 200
	here, end := e.run.World().Now(), e.run.Head().Now()
	if end == 0 {
		return
	}
	random := rng.New(uint64(end), "measure")
	took := make([]time.Duration, seeks)
	for i := range took {
		began := e.now()
		e.run.Seek(sim.Time(random.Uint64()%uint64(end)), 1<<40)
		took[i] = e.now().Sub(began)
	}
	e.run.Seek(here, 1<<40)
	sort.SliceStable(took, func(i, j int) bool { return took[i] < took[j] })
	e.say(wire.LineOut, "%d seeks over %v: p50 %s, p99 %s", seeks, end, millis(took[seeks/2]), millis(took[seeks*99/100]))
}

// measureMemory tells what the process takes as it is, garbage included, and what is left when that is collected.
func (e *Engine) measureMemory() {
	was := e.memory.read()
	u := e.memory.collect()
	e.say(wire.LineOut,
		"memory: %d MB from the system, %d MB in use; after a collection %d MB in use, %d MB of objects; %d MB "+
			"is what the run may have", was.taken>>20, was.used>>20, u.used>>20, u.heap>>20, e.budget()>>20)
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
