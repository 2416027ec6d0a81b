package page

import (
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// Item is a line of a menu.
type Item struct {
	Label, Intent, Key string
	Away               bool // it takes something away
}

// menuFor is the menu of a member ("n2"), a client ("c1") or a message ("m17"). nil when there is nothing of that name
// any more. "n2 more" is the second page of a member's.
func menuFor(f *wire.Frame, id string) []Node {
	id, page, _ := strings.Cut(id, " ")
	if m := member(f, id); m != nil {
		switch {
		case m.Standing.Outside():
			return outsiderMenu(m)
		case page == "more":
			return moreMenu(f, m)
		}
		return memberMenu(f, m)
	}
	if m := message(f, id); m != nil {
		return messageMenu(m)
	}
	for i := range f.Clients {
		if f.Clients[i].Name == id {
			return clientMenu(&f.Clients[i])
		}
	}
	return nil
}

func memberMenu(f *wire.Frame, m *wire.Member) []Node {
	n := m.Name
	items := []Item{
		{"Explain", "select " + n, keyFor("select $"), false},
		{"Write here…", "op put " + n, keyFor("op put $"), false},
	}
	if m.Up {
		items = append(items, Item{"Crash", "member crash " + n, keyFor("member crash $"), true})
	} else {
		items = append(items, Item{"Restart", "member crash " + n, keyFor("member crash $"), false})
	}
	switch {
	case m.Up && m.Paused:
		items = append(items, Item{"Resume", "member pause " + n, keyFor("member pause $"), false})
	case m.Up:
		items = append(items, Item{"Pause", "member pause " + n, keyFor("member pause $"), false})
	}
	if m.Up {
		items = append(items, Item{"Time out now", "member timeout " + n, keyFor("member timeout $"), false})
	}
	if len(f.Members) > 1 {
		label := "Cut off"
		if cutOff(f, n) {
			label = "Heal"
		}
		items = append(items, Item{label, "member cut " + n, keyFor("member cut $"), label == "Cut off"})
	}
	note := m.Note.Text
	if note == roleText(m) {
		note = ""
	}
	items = append(items, Item{labelMore, "menu " + n + " more", "", false})
	menu := append(menuHead(n+" · "+roleText(m), note), itemNodes(items)...)
	if len(f.Members) > 1 {
		menu = append(menu, directions(f, n, true), directions(f, n, false))
	}
	return menu
}

// directions is a row of buttons that cut or mend one direction of each link of a member.
func directions(f *wire.Frame, name string, out bool) Node {
	row := []Node{}
	for _, o := range othersThan(f, name) {
		from, to := name, o
		if !out {
			from, to = o, name
		}
		label := "Cut " + from + " to " + to
		gone := cut(f, from, to) == wire.CutAlone
		if gone {
			label = "Mend " + from + " to " + to
		}
		row = append(row, button("link "+from+" "+to, attr("role", "menuitemcheckbox"), attr("tabindex", "-1"),
			attr("aria-checked", flag(gone)), attr("aria-label", label), when(gone, class("on")), o))
	}
	title := "Cut " + name + " →"
	if !out {
		title = "Cut → " + name
	}
	return h("div", class("sub"), attr("role", "group"), attr("aria-label", title), title, row)
}

func messageMenu(m *wire.Message) []Node {
	id := messageID(m)
	items := []Item{{"Explain", "select " + id, "", false}}
	if m.Fate != wire.Lost {
		hold := "Hold"
		if m.Fate == wire.Held {
			hold = "Deliver"
		}
		items = append(items,
			Item{"Delay by 50 ms", "message delay " + id, "", false},
			Item{hold, "message hold " + id, "", false},
			Item{"Duplicate", "message duplicate " + id, "", false},
			Item{"Drop", "message drop " + id, "", true})
	}
	return append(menuHead(id+" · "+m.From+" → "+m.To+" · "+m.Label, m.Text), itemNodes(items)...)
}

func clientMenu(c *wire.Client) []Node {
	items := []Item{
		{"Explain", "select " + c.Name, "", false},
		{"Write…", "op put . " + c.Name, "", false},
		{"Read…", "op get . " + c.Name, "", false},
		{"Delete…", "op del . " + c.Name, "", true},
		{"Watch…", "op watch . " + c.Name, "", false},
		{"Transaction…", "op txn . " + c.Name, "", false},
		{"Grant a lease…", "op lease . " + c.Name, "", false},
	}
	return append(menuHead(c.Name+" → "+c.Endpoint, strings.TrimSpace(c.Doing+" "+c.Note)), itemNodes(items)...)
}

// menuHead keeps the line of its text even if there is none: what follows must not move under a finger.
func menuHead(title, text string) []Node {
	return []Node{h("div", class("head"), attr("role", "presentation"), h("b", title), h("span", text))}
}

func itemNodes(items []Item) []Node {
	out := make([]Node, 0, len(items))
	for _, i := range items {
		b := button(i.Intent, attr("role", "menuitem"), attr("tabindex", "-1"), when(i.Away, class("away")), i.Label)
		if i.Key != "" {
			b.add(h("kbd", attr("aria-hidden", "true"), i.Key))
		}
		out = append(out, b)
	}
	return out
}
