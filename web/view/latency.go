package view

import (
	"fmt"
	"strconv"

	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/workload"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// lately is how far back latencies are looked at.
const lately = 10 * sim.Second

// spentOn is what the time of each stage is spent on, in the words of monitor.Window's Bottleneck.
var spentOn = [monitor.Stages]string{"network", "network", "processor", "network", "disk", "disk", "quorum", "apply",
	"network"}

// stages lists what took time.
func stages(took func(monitor.Stage) sim.Time) (list []wire.Stage) {
	for s := range monitor.Stage(monitor.Stages) {
		if d := took(s); d > 0 {
			list = append(list, wire.Stage{Name: s.String(), On: spentOn[s], Text: text.Span(d), Took: int64(d)})
		}
	}
	return list
}

// wait says how long the writes took that ended lately, or the reads; nil if there were none.
func wait(w *world.World, reads bool) *wire.Wait {
	of, now := "writes", w.Now()
	if reads {
		of = "reads"
	}
	x := w.Monitor().Latency().Window(max(now-lately, 0), now, reads)
	if x.Count == 0 {
		return nil
	}
	v := &wire.Wait{Of: fmt.Sprintf("%s in the last %s", of, text.Span(x.To-x.From)), Stages: stages(x.Mean)}
	v.Facts = []wire.Fact{
		{Label: "p50", Value: text.Span(x.Percentile(50))}, {Label: "p99", Value: text.Span(x.Percentile(99))},
		{Label: "most", Value: text.Span(x.Most)},
		{Label: of, Value: fmt.Sprintf("%d/s", x.PerSecond())}, {Label: "bottleneck", Value: x.Bottleneck()},
	}
	bars(v, &x.Histogram)
	return v
}

// bars draws the histogram. A bar is a quarter of the power of two that it lies in.
func bars(v *wire.Wait, h *monitor.Histogram) {
	var counts []int
	most, first, last := 0, sim.Time(0), sim.Time(0)
	for i := 4 * 4; last < h.Most; i++ {
		end := sim.Time(4+i%4) << (i / 4)
		if n := h.Between(last, end); n > 0 || len(counts) > 0 {
			if len(counts) == 0 {
				first = last
			}
			counts, most = append(counts, n), max(most, n)
		}
		last = end
	}
	v.Scale = fmt.Sprintf("How many took how long: from %s at the left to %s, a doubling every four bars.",
		text.Span(first),
		text.Span(last))
	var b []byte
	for i, n := range counts {
		if n > 0 {
			from, to := boxWidth*i/len(counts), boxWidth*(i+1)/len(counts)
			b = fmt.Appendf(b, "M%d 100V%dH%dV100z", from, boxHeight-max(boxHeight*n/most, 2), to-2)
		}
	}
	v.Bars = string(b)
}

// load says what a client's load is: "1000/s", "100 clients"; "" if it has none.
func load(w *world.World, h sim.Host) string {
	l := workload.LoadOf(w.Actors(h))
	switch {
	case l.Off():
		return ""
	case l.Clients == 0:
		return strconv.Itoa(l.PerSecond) + "/s"
	case l.PerSecond == 0:
		return strconv.Itoa(l.Clients) + " clients, each as fast as it is answered"
	}
	return fmt.Sprintf("%d clients, %d/s", l.Clients, l.PerSecond)
}
