package article

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

const performance = "Performance Characteristics"

// Load is what a number of clients get.
type Load struct {
	Clients, PerSecond int
	P50, P99           sim.Time
	Bottleneck         string
}

// lone measures writes of one client, one after the other.
func (r *Report) lone(s Size) {
	var took []sim.Time
	stages := make([][]sim.Time, world.Stages)
	for seed := range max(s.Seeds/4, 1) {
		g := r.begin(seed + 1)
		g.do("load --clients 1 --endpoint %s", g.leader())
		g.pass(sim.Time(s.Seconds) * 2 * sim.Second)
		done := g.Latency().Breakdowns()
		for i := done.First(); i < done.Len(); i++ {
			b := done.At(i)
			took = append(took, b.Latency())
			for stage, d := range b.Stages {
				stages[stage] = append(stages[stage], sim.Time(d))
			}
		}
	}
	part := func(text string, want sim.Time, s world.Stage) {
		got := percentile(stages[s], 50)
		r.claim(Claim{performance, text, ms(want), ms(got), near(got, want, 20), ""})
	}
	part("Write: network latency to the leader", 5*sim.Millisecond, world.ToMember)
	part("Write: disk fsync", 10*sim.Millisecond, world.Fsync)
	part("Write: leader commits (after its fsync, a follower's answer)", 5*sim.Millisecond, world.Quorum)
	part("Write: response back to the client", 5*sim.Millisecond, world.Answer)
	p50, p99 := percentile(took, 50), percentile(took, 99)
	r.claim(Claim{performance, fmt.Sprintf("Write: total, p50 (%d writes)", len(took)), "~25 ms", ms(p50), near(p50, 25*sim.Millisecond, 10), ""})
	r.claim(Claim{performance, "Write: total, p99", "~100 ms", ms(p99), near(p99, 100*sim.Millisecond, 20), ""})
}

var clientCounts = [...]int{1, 5, 25, 50, 100, 250, 500, 1000, 2000}

// throughput measures closed loops, and a steady thousand a second.
func (r *Report) throughput(s Size) {
	for _, n := range clientCounts {
		r.Loads = append(r.Loads, r.load(fmt.Sprintf("--clients %d", n), n, s))
	}
	steady := r.load("1000/s", 0, s)
	r.claim(Claim{performance, "Throughput: typical writes, as a steady load", "~1000 writes/s",
		fmt.Sprintf("%d writes/s, p50 %s, p99 %s", steady.PerSecond, ms(steady.P50), ms(steady.P99)),
		steady.PerSecond >= 950 && steady.P50 < 4*r.Loads[0].P50, ""})
	few, many := r.Loads[0], r.Loads[len(r.Loads)-2]
	most := 0
	for _, l := range r.Loads {
		most = max(most, l.PerSecond)
	}
	r.claim(Claim{performance, "Throughput: peak", "~5000 writes/s", fmt.Sprintf("%d writes/s with %d clients", many.PerSecond, many.Clients),
		many.PerSecond >= 4000 && many.PerSecond <= 6000, ""})
	r.claim(Claim{performance, "Throughput: the peak is unsustainable", "latency grows",
		fmt.Sprintf("p50 %s, %d times that of one client; at most %d writes/s with twice the clients", ms(many.P50), many.P50/few.P50, most),
		many.P50 > 4*few.P50 && most < 2*many.PerSecond*3/4, ""})
	r.claim(Claim{performance, "The bottleneck is typically disk I/O", "disk", r.Loads[2].Bottleneck + " with 25 clients, " + many.Bottleneck + " at the peak",
		r.Loads[2].Bottleneck == "disk" && many.Bottleneck == "disk", ""})
}

// load measures one load on three members, over several seeds.
func (r *Report) load(line string, clients int, s Size) Load {
	var all []world.Breakdown
	perSecond := 0
	seeds := max(s.Seeds/6, 1)
	span := sim.Time(s.Seconds) * sim.Second / 5
	for seed := range seeds {
		g := r.begin(seed + 1)
		g.do("load %s --endpoint %s", line, g.leader())
		g.pass(sim.Second)
		from := g.Now()
		g.pass(span)
		w := g.Latency().Window(from, g.Now(), false)
		perSecond += w.PerSecond()
		done := g.Latency().Breakdowns()
		for i := done.First(); i < done.Len(); i++ {
			if b := done.At(i); b.At > from {
				all = append(all, b)
			}
		}
	}
	var took []sim.Time
	sum := &world.Window{}
	for _, b := range all {
		took = append(took, b.Latency())
		for s, d := range b.Stages {
			sum.Sum[s] += sim.Time(d)
		}
	}
	return Load{clients, perSecond / seeds, percentile(took, 50), percentile(took, 99), sum.Bottleneck()}
}
