package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// Panel is one panel of the page: Render makes nodes of what it shows.
type Panel struct {
	ID, Title string
	Render    func(content *wire.Content, f *wire.Frame) []Node
}

// tabs are the tabs of the panels; chosen is the one that was asked for, which may not have arrived yet.
func tabs(panels []Panel, f *wire.Frame, chosen string) []Node {
	var out []Node
	for _, t := range panels {
		label := t.Title
		if t.ID == "checks" {
			label += map[wire.Tone]string{wire.Good: " ✓", wire.Bad: " ⚠"}[f.Verdict.Tone]
		}
		out = append(out, button("panel "+t.ID, key(t.ID), attr("role", "tab"), attr("id", "tab-"+t.ID),
			attr("aria-selected", flag(t.ID == chosen)),
			attr("aria-controls", "panel"), attr("tabindex", tabindex(t.ID == chosen)), label))
	}
	return out
}

// content is what the open panel shows.
func content(panels []Panel, f *wire.Frame) []Node {
	for i := range panels {
		if panels[i].ID == f.Panel && f.Content != nil {
			return panels[i].Render(f.Content, f)
		}
	}
	return nil
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

func more(n int, what string) Node {
	return h("p", key("more"), class("empty"), strconv.Itoa(n)+" more "+what)
}

// bar shows a share, as text beside it says, too.
func bar(name string, value, of int64) Node {
	return h("progress", attr("aria-label", name), attr("max", decimal(max(of, 1))), attr("value", decimal(value)))
}
