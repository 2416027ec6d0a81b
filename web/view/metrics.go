package view

import (
	"fmt"
	"sort"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// pointsMost is how many points a line has at most: more than it has pixels.
const pointsMost = 160

// metrics shows what the selected member has measured, or what all have, and which alerts hold.
func metrics(w *world.World, selected string) *wire.Metrics {
	v := &wire.Metrics{To: int64(w.Now())}
	if all := w.Samples(sim.Member(1)); all != nil && all.Len() > 0 {
		v.From = int64(all.Ref(all.First()).At)
	}
	only, ok := sim.ParseHost(selected)
	tops := map[string]int64{}
	var series [][]world.Series
	for i := range w.Members() {
		list := w.Series(sim.Member(i + 1))
		for _, s := range list {
			for _, p := range s.Points {
				tops[s.Name] = max(tops[s.Name], p.Value)
			}
		}
		series = append(series, list)
	}
	for i, m := range w.Members() {
		h := sim.Member(i + 1)
		if ok && only.IsMember() && only.Number() <= len(w.Members()) && only != h {
			continue
		}
		mm := wire.MemberMetrics{Name: h.String(), Up: m.Up() && !m.Paused()}
		for _, s := range series[i] {
			mm.Series = append(mm.Series, line(v, s, tops[s.Name]))
		}
		v.Members = append(v.Members, mm)
	}
	v.Alerts, v.Quiet = alerts(w)
	return v
}

// line lays a series out between 0 and 1 in both directions. Of many points that fall together the largest is shown: it is the one that
// hurts.
func line(v *wire.Metrics, s world.Series, top int64) wire.Series {
	out := wire.Series{Name: s.Name, Metric: s.Metric, Max: amount(top, s.Unit)}
	if n := len(s.Points); n > 0 {
		out.Now = amount(s.Points[n-1].Value, s.Unit)
	}
	span := max(v.To-v.From, 1)
	group := (len(s.Points) + pointsMost - 1) / pointsMost
	for i := 0; i < len(s.Points); i += group {
		best := s.Points[i]
		for _, p := range s.Points[i:min(i+group, len(s.Points))] {
			if p.Value > best.Value {
				best = p
			}
		}
		out.Points = append(out.Points, float32(int64(best.At)-v.From)/float32(span), float32(best.Value)/float32(max(top, 1)))
	}
	return out
}

// amount writes a value in its unit: "12 ms", "1.5 MiB", "3.2/s".
func amount(v int64, u world.Unit) string {
	switch u {
	case world.Micros:
		return span(sim.Time(v))
	case world.PerSecond:
		if v >= 10_000 || v%1000 == 0 {
			return fmt.Sprintf("%d/s", v/1000)
		}
		return fmt.Sprintf("%.1f/s", float64(v)/1000)
	case world.Bytes:
		switch {
		case v >= 1<<20:
			return fmt.Sprintf("%.1f MiB", float64(v)/(1<<20))
		case v >= 1<<10:
			return fmt.Sprintf("%d KiB", v>>10)
		}
		return fmt.Sprintf("%d B", v)
	}
	return fmt.Sprint(v)
}

// alerts returns the alerts that hold, and how many of those that the simulator has the figures for do not.
func alerts(w *world.World) (list []wire.Alert, quiet int) {
	for i := range world.Alerts {
		if world.Alerts[i].Measured() {
			quiet++
		}
	}
	last := (*world.Alert)(nil)
	for _, a := range w.ActiveAlerts() {
		if a.Alert != last { // those of one alert stand together
			last, quiet = a.Alert, quiet-1
		}
		x := wire.Alert{Name: a.Name, Text: a.Expr, Severity: a.Severity, Firing: a.Firing, Since: int64(a.Since)}
		if a.Member != 0 {
			x.Member = a.Member.String()
		}
		if !a.Firing {
			x.Left = int64(a.For - (w.Now() - a.Since))
		}
		list = append(list, x)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Firing && !list[j].Firing })
	return list, quiet
}
