package article

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/sim"
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
	stages := make([][]sim.Time, monitor.Stages)
	for seed := range max(s.Seeds/4, 1) {
		g := r.begin(seed + 1)
		g.do("load --clients 1 --endpoint %s", g.leader())
		g.pass(sim.Time(s.Seconds) * 2 * sim.Second)
		done := g.Monitor().Latency().Breakdowns()
		for i := done.First(); i < done.Len(); i++ {
			b := done.At(i)
			took = append(took, b.Latency())
			for stage, d := range b.Stages {
				stages[stage] = append(stages[stage], sim.Time(d))
			}
		}
	}
	part := func(text string, want sim.Time, s monitor.Stage) {
		got := percentile(stages[s], 50)
		r.claim(Claim{performance, text, ms(want), ms(got), near(got, want, 20), ""})
	}
	part("Write: network latency to the leader", 5*sim.Millisecond, monitor.ToMember)
	part("Write: disk fsync", 10*sim.Millisecond, monitor.Fsync)
	part("Write: leader commits (after its fsync, a follower's answer)", 5*sim.Millisecond, monitor.Quorum)
	part("Write: response back to the client", 5*sim.Millisecond, monitor.Answer)
	p50, p99 := percentile(took, 50), percentile(took, 99)
	r.claim(Claim{performance, fmt.Sprintf("Write: total, p50 (%d writes)", len(took)), "~25 ms", ms(p50),
		near(p50, 25*sim.Millisecond, 10), ""})
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
	r.claim(Claim{performance, "Throughput: peak", "~5000 writes/s",
		fmt.Sprintf("%d writes/s with %d clients", many.PerSecond, many.Clients),
		many.PerSecond >= 4000 && many.PerSecond <= 6000, ""})
	r.claim(Claim{performance, "Throughput: the peak is unsustainable", "latency grows",
		fmt.Sprintf("p50 %s, %d times that of one client; at most %d writes/s with twice the clients", ms(many.P50),
			many.P50/few.P50, most),
		many.P50 > 4*few.P50 && most < 2*many.PerSecond*3/4, ""})
	r.claim(Claim{performance, "The bottleneck is typically disk I/O", "disk", r.Loads[2].Bottleneck +
		" with 25 clients, " + many.Bottleneck + " at the peak",
		r.Loads[2].Bottleneck == "disk" && many.Bottleneck == "disk", ""})
}

// Benchmark is a row of etcd's own table of figures (op-guide/performance.md: three members, keys of 8 and values of
// 256 bytes), measured under preset etcd.
type Benchmark struct {
	Text      string
	PerSecond int // as etcd's page has it
	Average   sim.Time
	Load
	Took sim.Time // average
}

// benchmarks measures what etcd's table says.
func (r *Report) benchmarks(s Size) {
	const sizes = " --key-size 8 --val-size 256"
	for _, b := range []struct {
		text, line string
		clients    int
		perSecond  int
		average    sim.Time
		reads      bool
	}{
		{"write, 1 client, at the leader", "", 1, 583, 1600, false},
		{"write, 1000 clients, at the leader", "", 1000, 44_341, 22_000, false},
		{"linearizable read, 1 client", " --reads 100%", 1, 1353, 700, true},
		{"serializable read, 1 client", " --reads 100% --consistency s", 1, 2909, 300, true},
	} {
		l, mean := r.measure(fmt.Sprintf("--clients %d%s%s", b.clients, sizes, b.line), b.clients, s, b.reads, "preset=etcd")
		r.Benchmarks = append(r.Benchmarks, Benchmark{b.text, b.perSecond, b.average, l, mean})
	}
}

func (r *Report) load(line string, clients int, s Size) Load {
	l, _ := r.measure(line, clients, s, false)
	return l
}

// measure measures one load on three members, over several seeds, and returns the mean latency, too.
func (r *Report) measure(line string, clients int, s Size, reads bool, settings ...string) (Load, sim.Time) {
	var all []monitor.Breakdown
	seeds := max(s.Seeds/6, 1)
	span := sim.Time(s.Seconds) * sim.Second / 5
	for seed := range seeds {
		g := r.begin(seed+1, settings...)
		g.do("load %s --endpoint %s", line, g.leader())
		g.pass(sim.Second)
		from := g.Now()
		for g.Now() < from+span { // more than is kept may come in a run
			slice := g.Now()
			g.pass(min(sim.Second/4, from+span-slice))
			done := g.Monitor().Latency().Breakdowns()
			for i := done.First(); i < done.Len(); i++ {
				if b := done.At(i); b.At > slice && b.Changes != reads {
					all = append(all, b)
				}
			}
		}
	}
	perSecond := int(sim.Time(len(all)) * sim.Second / span / sim.Time(seeds))
	var took []sim.Time
	mean, sum := sim.Time(0), &monitor.Window{}
	for _, b := range all {
		took = append(took, b.Latency())
		mean += b.Latency()
		for s, d := range b.Stages {
			sum.Sum[s] += sim.Time(d)
		}
	}
	return Load{clients, perSecond, percentile(took, 50), percentile(took, 99), sum.Bottleneck()},
		mean / sim.Time(max(len(all), 1))
}
