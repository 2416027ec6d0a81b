package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TapePanel is the commands of the run, and its branches.
func TapePanel(t *wire.Tape, f *wire.Frame) []Node {
	var out []Node
	if len(t.Branches) > 1 {
		facts := h("div", key("branches"), class("facts"))
		for i, b := range t.Branches {
			label := "branch " + strconv.Itoa(i+1)
			if b.Forked >= 0 {
				label += " · from " + text.Clock(b.Forked)
			}
			if b.Text != "" {
				label += " · " + b.Text
			}
			facts.add(button("goto "+strconv.Itoa(i), key(b.Name), attr("aria-pressed", flag(i == t.Current)), label))
		}
		out = append(out, facts)
	}
	if len(t.Rows) == 0 {
		return append(out, empty(emptyTape)...)
	}
	var rows []Node
	for i := range t.Rows {
		r := &t.Rows[i]
		cls := ""
		if r.Future {
			cls = "future"
		} else if i+1 == len(t.Rows) || t.Rows[i+1].Future {
			cls = "now"
		}
		rows = append(rows, h("tr", key(strconv.Itoa(i)), when(cls != "", class(cls)),
			h("td", class("n"), button("seek "+strconv.FormatInt(r.At, 10), class("link"), attr("title", "Go to this moment"),
				text.Clock(r.At))),
			h("td", class("m"), r.Text)))
	}
	return append(out, table("commands", []string{"#at", "command"}, rows))
}
