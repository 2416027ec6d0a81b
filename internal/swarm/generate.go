package swarm

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// generator drives one world.
type generator struct {
	world     *world.World
	random    rng.Stream
	asker     func(*world.World, *rng.Stream, script.Flags) script.Command
	mix       mix
	steps     []Step
	plan      []Step        // commands of triggered faults to come, by time
	about     *world.Packet // what the next command is about, if it is about a message
	seen      uint64        // records looked at for triggers
	writes    int           // so far: every value that is written is written once
	bulk      int           // bytes of the values of loads; 0: as many as it takes
	filler    string        // behind each value
	lagging   lagging
	leases    []int64 // that clients were granted
	received  int     // operations looked at for leases
	disasters disasters
}

// Generate makes the case of a seed. What the options leave open the seed decides. If the world panics, the case ends
// there.
func Generate(seed uint64, o Options) (c Case) {
	random := rng.New(seed, "swarm")
	c = Case{Seed: seed, Config: o.config(seed, &random), End: o.For}
	scarce := rng.New(seed, "swarm scarcity") // a stream of its own: what it decides moves no other draw
	dire := rng.New(seed, "swarm disaster")   // likewise
	if o.Ask == nil {
		limit(&c.Config, &scarce)
		checks(&c.Config, &dire)
	}
	w, err := world.New(c.Config, nil)
	if err != nil {
		panic(err) // Options.Validate has seen to it
	}
	g := &generator{world: w, random: random, asker: o.Ask, seen: w.Journal().Next()}
	g.mix = drawMix(&g.random)
	defer func() {
		if p := recover(); p != nil { // of the world: then Judge meets it, too
			c.Steps, c.End, c.Panic = g.steps, w.Now(), fmt.Sprint(p)
		}
	}()
	if g.asker != nil {
		g.mix.odd = 0 // it knows what it asks
		g.begin(o.For)
	} else {
		g.housekeeping(&scarce)
		g.foresee(dire, o.For)
	}
	for w.Now() < o.For && w.Broken() == nil {
		g.wait(min(w.Now()+g.gap(), o.For))
		g.job()
		if w.Now() < o.For {
			c := g.oddly(g.next())
			g.do(c)
			if _, call := c.(script.Call); call && g.mix.odd > 0 && g.chance(twice) {
				g.do(c)
			}
		}
	}
	g.finish()
	c.Steps, c.End = g.steps, w.Now()
	if w.Broken() == nil {
		c.Hash = w.Hash()
	}
	return c
}

// twice is how many of a hundred calls are made a second time at once, in runs with odd ones.
const twice = 4

// begin waits for a leader and then for the answer to a first request.
func (g *generator) begin(end sim.Time) {
	for g.world.Leader() == nil && g.world.Now() < end {
		g.world.Advance(g.world.Now()+g.tick(), 1<<40)
	}
	g.do(g.request(doPut))
	for g.world.History().Len() == 0 && g.world.Now() < end {
		g.world.Advance(g.world.Now()+g.tick(), 1<<40)
	}
}

// config draws a configuration, within what the options say.
func (o Options) config(seed uint64, random *rng.Stream) world.Config {
	sizes := [...]int{1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7, 9} // mostly what people run
	c := world.Config{
		Members: sizes[random.Intn(len(sizes))], Clients: 1 + random.Intn(sim.MaxClients),
		Preset: world.Presets[random.Intn(len(world.Presets))].Name, Seed: seed, Off: o.Off,
	}
	if random.Intn(2) == 0 { // so few entries that snapshots are taken and sent all the time
		c.SnapshotCount, c.CatchUp = uint64(1+random.Intn(60)), uint64(1+random.Intn(20))
	}
	if o.Members > 0 {
		c.Members = o.Members
	}
	if o.Preset != "" {
		c.Preset = o.Preset
	}
	if random.Intn(3) == 0 { // few entries kept: laggards need snapshots
		c.SnapshotCount, c.CatchUp = uint64(1+random.Intn(40)), uint64(1+random.Intn(20))
	}
	return c
}

// gap draws how long to wait for the next command: mostly less than a heartbeat, so that faults meet; now and then
// longer than an election, so that the cluster comes to rest.
func (g *generator) gap() sim.Time {
	p := g.world.Preset()
	switch n := g.random.Intn(100); {
	case n < 25:
		return g.upTo(p.Tick / 10)
	case n < 85:
		return g.upTo(2 * p.Tick)
	case n < 97:
		return g.upTo(10 * p.Tick)
	default:
		return g.upTo(4 * p.Tick * sim.Time(p.ElectionTicks))
	}
}

// upTo draws a span from 1 µs to t.
func (g *generator) upTo(t sim.Time) sim.Time { return 1 + sim.Time(g.random.Intn(int(max(t, 1)))) }

// wait lets time pass turn by turn, looks for occasions, and carries out what was planned when its time comes.
func (g *generator) wait(to sim.Time) {
	for done := false; !done && g.world.Broken() == nil; {
		if len(g.plan) > 0 && g.plan[0].At <= to {
			if g.world.Advance(g.plan[0].At, 1) {
				next := g.plan[0]
				g.plan = g.plan[1:]
				g.about = next.Message
				g.do(next.Command)
			}
		} else {
			done = g.world.Advance(to, 1)
		}
		g.watch()
	}
}

// do carries out a command and keeps it, unless it could not apply. It is kept before it is carried out: it may be what
// the world panics on.
func (g *generator) do(c script.Command) {
	if c == nil || g.startsNobody(c) {
		return
	}
	g.steps = append(g.steps, Step{Timed: world.Timed{At: g.world.Now(), Command: c}, Message: g.about})
	g.about = nil
	if g.world.Do(c) != nil {
		g.steps = g.steps[:len(g.steps)-1]
	}
}

func (g *generator) member() script.Name {
	return script.MemberName(1 + g.random.Intn(len(g.world.Members())))
}

func (g *generator) client() script.Name {
	return script.ClientName(1 + g.random.Intn(len(g.world.Clients())))
}

func (g *generator) chance(percent int) bool { return g.random.Intn(100) < percent }

// value is new each time, so that a read tells which write it saw.
func (g *generator) value() string {
	g.writes++
	return fmt.Sprintf("v%d", g.writes) + g.filler
}
