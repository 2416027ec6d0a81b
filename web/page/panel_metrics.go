package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// metricsPanel is what a member measures, what a person on call would be told, and what clients wait for.
func metricsPanel(f *wire.Frame) []Node {
	m := f.Metrics
	who := h("div", key("who"), class("facts"), attr("role", "group"), attr("aria-label", "Member"))
	for i := range f.Members {
		n := f.Members[i].Name
		who.add(button("select "+n, attr("aria-pressed", flag(n == m.Member)), n))
	}
	who.add(button("do metrics "+m.Member, attr("title", "metrics "+m.Member), "As Prometheus reads it"))
	who.add(h("span", class("pill good"), h("b", strconv.Itoa(m.Quiet)), " alerts quiet"))
	if len(m.Charts) == 0 {
		return append([]Node{who}, empty(emptyMetrics)...)
	}
	out := []Node{who}
	if len(m.Alerts) > 0 {
		list := h("ul", key("alerts"), class("alerts"), attr("aria-label", "Alerts"))
		for i := range m.Alerts {
			list.add(alertItem(&m.Alerts[i]))
		}
		out = append(out, list)
	}
	for i := range m.Waits {
		out = append(out, waitFigure(&m.Waits[i]))
	}
	charts := h("div", key("charts"), class("charts"))
	for i := range m.Charts {
		charts.add(chart(&m.Charts[i]))
	}
	return append(out, charts, h("p", key("note"), class("note"), m.Member+" from "+clock(m.From)+" to "+clock(m.To)+"; thin: the other members."))
}

func alertItem(a *wire.Alert) Node {
	state, cls := "pending", "pill"
	when := "since " + clock(a.Since) + ", fires in " + span(a.Left)
	if a.Firing {
		state, cls, when = "firing", "pill bad", "since "+clock(a.Since)
	}
	return h("li", h("span", class(cls), h("b", state)), h("div", h("b", a.Name), " "+a.Member, h("div", class("quiet-text"), a.Severity+": "+a.Text+" · "+when)))
}

// chart is one figure over time. The text says what the line does not: the metric's name, the value now, the top of the box.
func chart(c *wire.Chart) Node {
	box := drawing(h("path", class("others"), attr("d", c.Others)), h("path", attr("d", c.Line)))
	if c.Limit > 0 {
		box.add(h("path", class("limit"), attr("d", "M0 "+strconv.Itoa(c.Limit)+"H1000")))
	}
	note := h("small", "top "+c.Max)
	if c.Alert != "" {
		note.add(h("span", when(c.Limit > 0, class("bad")), " · alert "+c.Alert))
	}
	now := c.Now
	if now == "" {
		now = "–"
	}
	return h("figure", key(c.Name), attr("title", c.Metric), h("figcaption", c.Name, h("b", now)), box, h("code", c.Metric), note)
}

// drawing is a box of 1000 by 100 that is stretched to the place it has.
func drawing(shapes ...Node) Node {
	return h("svg", attr("viewBox", "0 0 1000 100"), attr("preserveAspectRatio", "none"), attr("aria-hidden", "true"), shapes)
}

// waitFigure is how long operations took lately.
func waitFigure(w *wire.Wait) Node {
	facts := h("dl")
	for _, x := range w.Facts {
		facts.add(h("div", h("dt", x.Label), h("dd", x.Value)))
	}
	return h("figure", key(w.Of), class("waits"), h("figcaption", "How long "+w.Of+" took"), facts, stageBar(w.Stages),
		drawing(h("path", attr("d", w.Bars))), h("small", h("span", w.Least), "each bar: how many took so long", h("span", w.Most)))
}

// stageBar divides a duration into its stages, as a bar and in words.
func stageBar(list []wire.Stage) Node {
	all, from := int64(0), int64(0)
	for i := range list {
		all += list[i].Took
	}
	bar, words := drawing(), h("ol")
	for i := range list {
		s := &list[i]
		cls := class("on-" + s.On)
		bar.add(h("rect", cls, attr("x", decimal(1000*from/all)), attr("width", decimal(max(1000*s.Took/all-3, 2))), attr("height", "100")))
		words.add(h("li", h("i", cls), s.Name, h("b", s.Text)))
		from += s.Took
	}
	return h("div", key("stages"), class("stages"), attr("role", "group"), attr("aria-label", "Where the time goes"), bar, words)
}
