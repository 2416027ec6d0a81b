package view

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/etcdscope/etcdscope/core/monitor"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// pointsMost is how many points a line has at most: about as many as it has pixels.
const pointsMost = 160

// The box that lines are drawn in.
const (
	boxWidth  = 1000
	boxHeight = 100
)

// Metrics shows what a member has measured, which alerts hold, and what clients wait for; nil if the lens stands still.
func Metrics(run *world.Run, lens Lens) *wire.Metrics {
	if lens.Still {
		return nil
	}
	w := run.World()
	h := measured(w, lens.Select)
	v := &wire.Metrics{Member: h.String()}
	all := w.Monitor().Samples(h)
	if all == nil || all.Len() == 0 {
		return v
	}
	from := all.Ref(all.First()).At
	var series [][]monitor.Series
	for i, m := range w.Members() {
		series = append(series, w.Monitor().Series(sim.Member(i+1), m.Quota()))
	}
	for i := range series[0] {
		v.Charts = append(v.Charts, chart(w, from, series, h, i))
	}
	quiet := 0
	v.Alerts, quiet = alerts(w)
	v.Note = fmt.Sprintf("%d alerts are quiet. The lines go from %s to %s; the thin ones are the other members.", quiet,
		text.Clock(from), text.Clock(w.Now()))
	for _, reads := range []bool{false, true} {
		if x := wait(w, reads); x != nil {
			v.Waits = append(v.Waits, *x)
		}
	}
	return v
}

// measured is the member that is shown: the selected one, else the leader.
func measured(w *world.World, selected wire.Selection) sim.Host {
	if h := selected.Host; selected.Of == wire.SelectHost && h.IsMember() && h.Number() <= len(w.Members()) {
		return h
	}
	for i, m := range w.Members() {
		if m == w.Leader() {
			return sim.Member(i + 1)
		}
	}
	return sim.Member(1)
}

// chart lays one figure of all members out; that of h in front.
func chart(w *world.World, from sim.Time, series [][]monitor.Series, h sim.Host, which int) wire.Chart {
	s, m := series[h.Number()-1][which], w.Members()[h.Number()-1]
	c := wire.Chart{Name: s.Name, Metric: s.Metric, Now: "–"}
	top := int64(0)
	for _, list := range series {
		if which < len(list) {
			for _, p := range list[which].Points {
				top = max(top, p.Value)
			}
		}
	}
	alert := ""
	if limit := s.Alert; limit > 0 {
		alert = ", alert above " + amount(limit, s.Unit)
		if 2*top >= limit {
			top = max(top, limit+limit/20)
			c.Limit = fmt.Sprintf("M0 %dH%d", boxHeight-boxHeight*limit/top, boxWidth)
		}
	}
	c.Note = "top " + amount(top, s.Unit) + alert
	if n := len(s.Points); n > 0 && m.Up() {
		c.Now = amount(s.Points[n-1].Value, s.Unit)
	}
	var line, others []byte
	for i, list := range series {
		if into := &others; which < len(list) {
			if i == h.Number()-1 {
				into = &line
			}
			*into = path(*into, list[which].Points, from, w.Now(), top)
		}
	}
	c.Line, c.Others = string(line), string(others)
	return c
}

// path draws a series. Of many points that fall together the largest is shown: it is the one that hurts.
func path(b []byte, points []monitor.Point, from, to sim.Time, top int64) []byte {
	group := (len(points) + pointsMost - 1) / pointsMost
	span, top := max(to-from, 1), max(top, 1)
	for i := 0; i < len(points); i += group {
		best := points[i]
		for _, p := range points[i:min(i+group, len(points))] {
			if p.Value > best.Value {
				best = p
			}
		}
		pen := byte('L')
		if i == 0 {
			pen = 'M'
		}
		b = strconv.AppendInt(append(b, pen), int64(boxWidth*(best.At-from)/span), 10)
		b = strconv.AppendInt(append(b, ' '), boxHeight-boxHeight*best.Value/top, 10)
	}
	return b
}

// amount writes a value in its unit: "12 ms", "1.5 MiB", "3.2/s".
func amount(v int64, u monitor.Unit) string {
	switch u {
	case monitor.Micros:
		return text.Span(sim.Time(v))
	case monitor.PerSecond:
		if v >= 10_000 || v%1000 == 0 {
			return fmt.Sprintf("%d/s", v/1000)
		}
		return fmt.Sprintf("%.1f/s", float64(v)/1000)
	case monitor.Bytes:
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
	for i := range monitor.Alerts {
		if monitor.Alerts[i].Measured() {
			quiet++
		}
	}
	last := (*monitor.Alert)(nil)
	for _, a := range w.Alerts() {
		if a.Alert != last { // those of one alert stand together
			last, quiet = a.Alert, quiet-1
		}
		x := wire.Alert{Name: a.Name, Text: fmt.Sprintf("%s: %s · since %s", a.Severity, a.Expr, text.Clock(a.Since)),
			Firing: a.Firing}
		if a.Member != 0 {
			x.Name += " " + a.Member.String()
		}
		if !a.Firing {
			x.Text += fmt.Sprintf(", fires in %d s", (a.For-(w.Now()-a.Since))/sim.Second)
		}
		list = append(list, x)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Firing && !list[j].Firing })
	return list, quiet
}
