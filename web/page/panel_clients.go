package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// ClientsPanel is what the clients did and were told.
func ClientsPanel(hist *wire.History, _ *wire.Frame) []Node {
	if len(hist.Rows) == 0 {
		return empty(emptyHistory)
	}
	facts := h("div", key("facts"), class("facts"))
	for _, c := range []struct {
		n    int
		of   wire.Outcome
		tone wire.Tone
	}{{hist.Acknowledged, wire.Acknowledged, wire.Good}, {hist.Waiting, wire.Waiting, wire.Plain},
		{hist.Indeterminate, wire.Indeterminate, wire.Bad}, {hist.Failed, wire.Failed, wire.Plain}} {
		if c.n > 0 {
			facts.add(h("span", class("pill "+c.tone.String()), h("b", strconv.Itoa(c.n)), " "+c.of.String()))
		}
	}
	var rows []Node
	at := 0 // its place among the rows of one instant
	for i := range hist.Rows {
		o := &hist.Rows[i]
		if at++; i > 0 && hist.Rows[i-1].Call != o.Call {
			at = 0
		}
		took := "…"
		if o.Return >= 0 {
			took = text.Span(o.Return - o.Call)
		}
		told := h("td", h("span", class(o.Outcome.Tone().String()), o.Outcome.String()))
		if o.Told != "" {
			told.add(h("div", class("m quiet-text"), o.Told))
		}
		what := h("td", class("m"), o.Text)
		if o.Select.Of != wire.Nothing {
			what = h("td", class("m"),
				button("select "+o.Select.String(), class("link"), attr("title", "Explain this operation"), o.Text))
		}
		if o.ID == 0 { // of a watch
			took = ""
		}
		rows = append(rows, h("tr", key(o.Select.String()+"@"+decimal(o.Call)+"."+strconv.Itoa(at)),
			h("td", class("n"), text.Clock(o.Call)),
			h("td", class("pair"), o.Client+" → "+o.Endpoint), what, told, h("td", class("n"), took)))
	}
	return []Node{facts, table("operations", []string{"#at", "client", "operation", "what it was told", "#took"}, rows)}
}
