package page

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// LeasesPanel is the leases, with the time that they have by the clock of the member that counts.
func LeasesPanel(l *wire.Leases, _ *wire.Frame) []Node {
	who := "counts their time"
	if !l.Counts {
		who = "keeps them forever: it does not lead"
	}
	facts := h("div", key("facts"), class("facts"), button("op lease", icon("time"), "Grant …"))
	if len(l.Rows) == 0 {
		return append([]Node{facts}, empty(emptyLeases)...)
	}
	facts.add(h("span", class("pill"), h("b", l.Member), " "+who))
	var rows []Node
	for i := range l.Rows {
		rows = append(rows, leaseRow(l, &l.Rows[i]))
	}
	out := []Node{facts, table("leases", []string{"lease", "#granted", "left", "keys", ""}, rows)}
	if l.More > 0 {
		out = append(out, more(l.More, "leases"))
	}
	return out
}

func leaseRow(l *wire.Leases, x *wire.Lease) Node {
	left := h("td", class("left"), "forever")
	switch {
	case l.Counts && x.Left <= 0:
		left = h("td", class("left"), h("span", class("bad"), "expired, on its way out"))
	case l.Counts:
		left = h("td", class("left"), bar("Time left of lease "+x.ID, x.Left/1000, x.TTL*1000), text.Span(x.Left))
	}
	return h("tr", key(x.ID),
		h("td", class("m"), button("select "+x.Select.String(), class("link"), attr("title", "Explain this lease"), x.ID)),
		h("td", class("n"), decimal(x.TTL)+" s"), left, h("td", class("m"), strings.Join(x.Keys, " ")),
		h("td", button("op put . . "+x.ID, class("small"), attr("title", "Write a key with this lease"), "Write")))
}
