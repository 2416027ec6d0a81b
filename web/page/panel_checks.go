package page

import (
	"github.com/etcdscope/etcdscope/web/wire"
)

// ChecksPanel is the rules and whether they hold.
func ChecksPanel(c *wire.Checks, _ *wire.Frame) []Node {
	if len(c.Rows) == 0 {
		return empty(emptyChecks)
	}
	all := "pill bad"
	if c.Good {
		all = "pill good"
	}
	var rows []Node
	for i := range c.Rows {
		r := &c.Rows[i]
		tone := r.State.Tone()
		rows = append(rows, h("tr", key(r.Name), h("td", h("span", class("nowrap "+tone.String()),
			verdictSigns[tone]+r.State.String())),
			h("td", h("b", r.Name), h("div", class("quiet-text"), r.Sentence)), h("td", r.Detail),
			h("td", class("m quiet-text"), r.Ref)))
	}
	return []Node{h("div", key("facts"), class("facts"), h("span", class(all), c.Summary)),
		table("rules", []string{"state", "rule", "seen", "source"}, rows)}
}
