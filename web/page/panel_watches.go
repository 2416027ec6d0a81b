package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// WatchesPanel is what the clients watch, and what they were told.
func WatchesPanel(w *wire.Watches, _ *wire.Frame) []Node {
	out := []Node{h("div", key("acts"), class("facts"), button("op watch", icon("watch"), "Watch …"))}
	if len(w.Rows) == 0 {
		return append(out, empty(emptyWatches)...)
	}
	var rows []Node
	for i := range w.Rows {
		rows = append(rows, watchRow(&w.Rows[i]))
	}
	out = append(out, table("watches", []string{"watch", "at", "state", "#next", "#behind", "#told"}, rows))
	if w.More > 0 {
		out = append(out, more(w.More, "watches"))
	}
	list := h("div", key("told"), class("told"), attr("role", "log"), attr("aria-label", "What watches were told"))
	for i := range w.Told {
		t := &w.Told[i]
		list.add(h("div", h("span", class("quiet-text"), text.Stamp(t.At)),
			button("select "+t.Select.String(), class("link"), t.Watch),
			h("pre", t.Text)))
	}
	return append(out, list)
}

func watchRow(x *wire.Watch) Node {
	state := h("td", h("span", class(x.Tone.String()), x.State.String()))
	if x.Err != "" {
		state.add(h("div", class("m quiet-text"), x.Err))
	}
	if x.Resumes > 0 {
		state.add(h("div", class("quiet-text"), "resumed "+strconv.Itoa(x.Resumes)+"×"))
	}
	behind := h("td", class("n"), decimal(x.Behind))
	if x.Queued > 0 {
		behind.add(h("div", class("bad"), strconv.Itoa(x.Queued)+" queued"))
	}
	return h("tr", key(x.Name), h("td", button("select "+x.Select.String(), class("link nowrap"),
		attr("title", "Explain this watch"), x.Name), h("div", class("m"), x.Range)),
		h("td", x.Member), state, number(x.Next), behind, h("td", class("n"), strconv.Itoa(x.Events)))
}
