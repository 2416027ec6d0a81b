package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// tabList is the panels in their order.
var tabList = [][2]string{{"log", "Log"}, {"keys", "Keys"}, {"watches", "Watches"}, {"leases", "Leases"},
	{"stores", "Database"},
	{"clients", "Clients"}, {"metrics", "Metrics"}, {"checks", "Checks"}, {"tape", "Tape"}}

// tabs are the tabs; chosen is the panel that was asked for, which may not have arrived yet.
func tabs(f *wire.Frame, chosen string) []Node {
	var out []Node
	for _, t := range tabList {
		label := t[1]
		if t[0] == "checks" {
			label += map[string]string{"good": " ✓", "bad": " ⚠"}[f.Verdict.Tone]
		}
		out = append(out, button("panel "+t[0], key(t[0]), attr("role", "tab"), attr("id", "tab-"+t[0]),
			attr("aria-selected", flag(t[0] == chosen)),
			attr("aria-controls", "panel"), attr("tabindex", tabindex(t[0] == chosen)), label))
	}
	return out
}

// panel is what the chosen tab shows.
func panel(f *wire.Frame) []Node {
	switch {
	case f.Panel == "keys" && f.Keys != nil:
		return keysPanel(f.Keys, f.Why)
	case f.Panel == "watches" && f.Watches != nil:
		return watchesPanel(f.Watches)
	case f.Panel == "leases" && f.Leases != nil:
		return leasesPanel(f.Leases)
	case f.Panel == "stores" && f.Stores != nil:
		return storesPanel(f.Stores)
	case f.Panel == "clients" && f.History != nil:
		return historyPanel(f.History)
	case f.Panel == "metrics" && f.Metrics != nil:
		return metricsPanel(f)
	case f.Panel == "checks" && f.Checks != nil:
		return checksPanel(f.Checks)
	case f.Panel == "tape" && f.Tape != nil:
		return tapePanel(f.Tape, f.Playback.Now)
	case f.Log != nil:
		return logPanel(f.Log, f.Why)
	}
	return empty(emptyLog)
}

func empty(text string) []Node { return []Node{h("p", key("empty"), class("empty"), text)} }

// table is a plain table with headers.
func table(name string, heads []string, rows []Node) Node {
	var ths []Node
	for _, t := range heads {
		cls := ""
		if len(t) > 0 && t[0] == '#' {
			cls, t = "n", t[1:]
		}
		ths = append(ths, h("th", attr("scope", "col"), when(cls != "", class(cls)), t))
	}
	return h("table", key(name), class("grid"), attr("aria-label", name), h("thead", h("tr", ths)), h("tbody", rows))
}

// number is a figure in a table; of a key that is not there yet it is empty.
func number(n int64) Node {
	if n == 0 {
		return h("td", class("n"))
	}
	return h("td", class("n"), strconv.FormatInt(n, 10))
}

func historyPanel(hist *wire.History) []Node {
	if len(hist.Rows) == 0 {
		return empty(emptyHistory)
	}
	facts := h("div", key("facts"), class("facts"))
	for _, c := range []struct {
		n    int
		text string
		tone string
	}{{hist.Acknowledged, "acknowledged", "good"}, {hist.Waiting, "waiting", ""}, {hist.InDoubt, "in doubt", "bad"},
		{hist.Failed, "failed", ""}} {
		if c.n > 0 {
			facts.add(h("span", class("pill "+c.tone), h("b", strconv.Itoa(c.n)), " "+c.text))
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
			took = span(o.Return - o.Call)
		}
		tone := map[string]string{"acknowledged": "good", "told": "good", "canceled": "bad", "in doubt": "bad",
			"failed": "bad"}[o.Outcome]
		told := h("td", h("span", class(tone), o.Outcome))
		if o.Told != "" {
			told.add(h("div", class("m quiet-text"), o.Told))
		}
		what := h("td", class("m"), o.Text)
		if o.Select != "" {
			what = h("td", class("m"),
				button("select "+o.Select, class("link"), attr("title", "Explain this operation"), o.Text))
		}
		if o.ID == 0 { // of a watch
			took = ""
		}
		rows = append(rows, h("tr", key(o.Select+"@"+decimal(o.Call)+"."+strconv.Itoa(at)),
			h("td", class("n"), clock(o.Call)),
			h("td", class("pair"), o.Client+" → "+o.Endpoint), what, told, h("td", class("n"), took)))
	}
	return []Node{facts, table("operations", []string{"#at", "client", "operation", "what it was told", "#took"}, rows)}
}

func checksPanel(c *wire.Checks) []Node {
	if len(c.Rows) == 0 {
		return empty(emptyChecks)
	}
	tone := "pill bad"
	if c.Good {
		tone = "pill good"
	}
	var rows []Node
	for i := range c.Rows {
		r := &c.Rows[i]
		cls, sign := map[string]string{"holds": "good", "broken": "bad"}[r.State],
			map[string]string{"holds": "✓ ", "broken": "⚠ "}[r.State]
		rows = append(rows, h("tr", key(r.Name), h("td", h("span", class("nowrap "+cls), sign+r.State)),
			h("td", h("b", r.Name), h("div", class("quiet-text"), r.Sentence)), h("td", r.Detail),
			h("td", class("m quiet-text"), r.Ref)))
	}
	return []Node{h("div", key("facts"), class("facts"), h("span", class(tone), c.Summary)),
		table("rules", []string{"state", "rule", "seen", "source"}, rows)}
}

func tapePanel(t *wire.Tape, now int64) []Node {
	var out []Node
	if len(t.Branches) > 1 {
		facts := h("div", key("branches"), class("facts"))
		for i, b := range t.Branches {
			text := "branch " + strconv.Itoa(i+1)
			if b.Forked >= 0 {
				text += " · from " + clock(b.Forked)
			}
			if b.Text != "" {
				text += " · " + b.Text
			}
			facts.add(button("goto "+strconv.Itoa(i), key(b.Name), attr("aria-pressed", flag(i == t.Current)), text))
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
				clock(r.At))),
			h("td", class("m"), r.Text)))
	}
	return append(out, table("commands", []string{"#at", "command"}, rows))
}
