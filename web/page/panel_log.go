package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// LogPanel is the log of every member, aligned by index: one row for each member, and under the leader's a row that
// says how far it knows each follower to agree.
func LogPanel(l *wire.Log, f *wire.Frame) []Node {
	if l.Last < l.First || l.Last == 0 || len(l.Rows) == 0 {
		return empty(emptyLog)
	}
	var chosen wire.Selection
	if f.Why != nil {
		chosen = f.Why.Subject
	}
	heads := []Node{h("th", attr("scope", "col"), h("span", class("sr"), "Member"))}
	for i := l.First; i <= l.Last; i++ {
		text := strconv.FormatUint(i, 10)
		if i == l.First && l.Hidden > 0 {
			text = "…" + text
		}
		heads = append(heads, h("th", key("i"+strconv.FormatUint(i, 10)), attr("scope", "col"), text))
	}
	var rows []Node
	for i := range l.Rows {
		r := &l.Rows[i]
		rows = append(rows, logRow(r, chosen))
		if len(r.Match) > 0 {
			rows = append(rows, matchRow(l, r))
		}
	}
	return []Node{
		h("div", key("log"), class("newest-right"), h("div",
			h("table", class("log"), attr("aria-label", "Log of every member"), h("thead", h("tr", heads)), h("tbody", rows)))),
		logLegend(),
	}
}

func logRow(r *wire.LogRow, chosen wire.Selection) Node {
	sign, title := roleSign(r)
	cells := []Node{h("th", attr("scope", "row"), h("b", r.Name), when(title != "", attr("title", title)), " "+sign)}
	for i := range r.Cells {
		cells = append(cells, logCell(r.Name, &r.Cells[i], chosen))
	}
	return h("tr", key(r.Name), when(r.Role == wire.RoleDown, class("down")), cells)
}

// roleSign is the sign behind a member's name, and what it means.
func roleSign(r *wire.LogRow) (sign, title string) {
	switch {
	case r.Role == wire.RoleDown:
		return "×", "down"
	case r.Role == wire.RolePaused:
		return "‖", "paused"
	case r.Stale:
		return "★?", "leader in its own belief only"
	case r.Role == wire.RoleLeader:
		return "★", "leader"
	}
	return "", ""
}

func logCell(name string, c *wire.Cell, chosen wire.Selection) Node {
	k := key("i" + strconv.FormatUint(c.Index, 10))
	switch c.Kind {
	case wire.NoEntry:
		return h("td", k)
	case wire.SnapshotEntry:
		return h("td", k, h("span", class("cell snap"), attr("title", c.Title), "snap"))
	}
	host, _ := sim.ParseHost(name)
	id := wire.Selection{Of: wire.SelectEntry, Host: host, Number: int64(c.Index)}
	cls := "cell t" + strconv.Itoa(scene.TermSlot(c.Term)) + " " + c.State.String()
	if id == chosen {
		cls += " on"
	}
	return h("td", k, button("select "+id.String(), class(cls), attr("title", c.Title),
		"t"+strconv.FormatUint(c.Term, 10), h("small", c.Text), h("span", class("sr"), name+", "+c.Title)))
}

// matchRow puts each follower under the last entry that the leader knows it to hold.
func matchRow(l *wire.Log, r *wire.LogRow) Node {
	cells := []Node{h("th", attr("scope", "row"), h("span", class("sr"), "What "+r.Name+" knows of the others"))}
	for i := l.First; i <= l.Last; i++ {
		td := h("td", key("i"+strconv.FormatUint(i, 10)))
		for _, m := range r.Match {
			if max(m.Match, l.First) == i && m.Match > 0 {
				text := m.Name + " agrees up to " + strconv.FormatUint(m.Match, 10) + ", next to send is " +
					strconv.FormatUint(m.Next, 10)
				td.add(h("span", attr("title", text), "↥"+m.Name, h("span", class("sr"), text)))
			}
		}
		cells = append(cells, td)
	}
	return h("tr", key(r.Name+"-match"), class("match"), cells)
}

// logLegend says what the states look like.
func logLegend() Node {
	item := func(cls, text string) Node { return h("span", h("i", class(cls)), text) }
	return h("div", key("legend"), class("legend"), item("", "committed"), item("synced", "on disk"),
		item("written", "not yet on disk"),
		h("span", "↥n2: n2 is known to agree up to here"))
}
