package page

import "github.com/etcdscope/etcdscope/web/wire"

// MetricsPanel is what a member measures, what a person on call would be told, and what clients wait for.
func MetricsPanel(m *wire.Metrics, f *wire.Frame) []Node {
	who := h("div", key("who"), class("facts"), attr("role", "group"), attr("aria-label", "Member"))
	for i := range f.Members {
		n := f.Members[i].Name
		who.add(button("select "+n, attr("aria-pressed", flag(n == m.Member)), n))
	}
	who.add(button("do metrics "+m.Member, attr("title", "metrics "+m.Member), "As Prometheus reads it"))
	out := []Node{who}
	if len(m.Charts) == 0 {
		return append(out, empty(emptyMetrics)...)
	}
	alerts := h("ul", key("alerts"), class("alerts"), attr("aria-label", "Alerts"))
	for i := range m.Alerts {
		a := &m.Alerts[i]
		state, cls := "pending", "pill"
		if a.Firing {
			state, cls = "firing", "pill bad"
		}
		alerts.add(h("li", h("b", class(cls), state), h("div", h("b", a.Name), h("div", class("quiet-text"), a.Text))))
	}
	out = append(out, alerts)
	for i := range m.Waits {
		out = append(out, waitFigure(&m.Waits[i]))
	}
	charts := h("div", key("charts"), class("charts"))
	for i := range m.Charts {
		c := &m.Charts[i]
		charts.add(h("figure", key(c.Name), h("figcaption", c.Name, h("b", c.Now)),
			drawing(line("others", c.Others), line("", c.Line), line("limit", c.Limit)), h("code", c.Metric),
			h("small", c.Note)))
	}
	return append(out, charts, h("p", key("note"), class("note"), m.Note))
}

func line(cls, path string) Node { return h("path", class(cls), attr("d", path)) }

// drawing is a box of 1000 by 100 that is stretched to the place it has.
func drawing(shapes ...Node) Node {
	return h("svg", attr("viewBox", "0 0 1000 100"), attr("preserveAspectRatio", "none"), attr("aria-hidden", "true"),
		shapes)
}

// waitFigure is how long operations took lately.
func waitFigure(w *wire.Wait) Node {
	return h("figure", class("waits"), h("figcaption", "How long "+w.Of+" took"), factList(w.Facts), stageBar(w.Stages),
		drawing(line("bars", w.Bars)), h("small", w.Scale))
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
		bar.add(h("rect", cls, attr("x", decimal(1000*from/all)), attr("width", decimal(max(1000*s.Took/all-3, 2))),
			attr("height", "100")))
		words.add(h("li", h("i", cls), s.Name, h("b", s.Text)))
		from += s.Took
	}
	return h("div", key("stages"), class("stages"), attr("role", "group"), attr("aria-label", "Where the time goes"), bar,
		words)
}
