package page

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// moreMenu is the second page of a member's menu: its disk, its clock, and what becomes of its membership.
func moreMenu(f *wire.Frame, m *wire.Member) []Node {
	n := m.Name
	note := ""
	if m.Up {
		note = "disk: " + m.Disk.Text
	}
	out := append(menuHead(n+" · "+roleText(m), note), itemNodes([]Item{{"‹ Back", "menu " + n, "", false}})...)
	if m.Up {
		out = append(out, itemNodes([]Item{{"Defragment its database", "do defrag --endpoint " + n, "", false},
			{"Crash in the middle of a write", "do crash " + n + " --torn", "", true}})...)
	}
	out = append(out,
		choices("Disk", [][2]string{{"well", "disk " + n + " ok"}, {"slow ×20", "disk " + n + " slow 20"},
			{"stalled", "disk " + n + " stall"}, {"full", "disk " + n + " full"}}),
		choices("Clock", [][2]string{{"exact", "drift " + n + " 0%"}, {"+20 %", "drift " + n + " +20%"},
			{"−20 %", "drift " + n + " -20%"}}))
	if m.Role == wire.RoleLeader {
		var heirs [][2]string
		for i := range f.Members {
			if o := &f.Members[i]; o.Up && o.Name != n && o.Role != wire.RoleLearner {
				heirs = append(heirs, [2]string{o.Name, "move-leader " + o.Name + " --endpoint " + n})
			}
		}
		if len(heirs) > 0 {
			out = append(out, choices("Hand over to", heirs))
		}
	}
	return append(out, itemNodes(membership(f, m))...)
}

// membership is what can become of a member: the leader's place, a vote, or the end.
func membership(f *wire.Frame, m *wire.Member) []Item {
	var items []Item
	if m.Role == wire.RoleLearner {
		items = append(items, Item{"Promote to voter", "do member promote " + m.Name, "", false})
	} else if l := leader(f); m.Up && l != "" && l != m.Name {
		items = append(items,
			Item{"Let it lead: " + l + " hands over", "do move-leader " + m.Name + " --endpoint " + l, "", false})
	}
	return append(items, Item{"Remove from the cluster", "do member remove " + m.Name, "", true})
}

// leader is who leads and not in its own belief only.
func leader(f *wire.Frame) string {
	for i := range f.Members {
		if m := &f.Members[i]; m.Role == wire.RoleLeader && !m.Believes {
			return m.Name
		}
	}
	return ""
}

// outsiderMenu is the menu of a machine that is no member, or has not been one yet.
func outsiderMenu(m *wire.Member) []Node {
	items := []Item{{"Explain", "select " + m.Name, keyFor("select $"), false}}
	if m.Standing == wire.StandsBy {
		items = append(items, Item{"Add as a learner", "do member add " + m.Name + " --learner", "", false},
			Item{"Add as a voter", "do member add " + m.Name, "", false})
	}
	if m.Standing != wire.Removed {
		items = append(items, Item{"Start", "do restart " + m.Name, keyFor("member crash $"), false})
	}
	return append(menuHead(m.Name, m.Note.Text), itemNodes(items)...)
}

// choices is a row of commands in a menu.
func choices(title string, of [][2]string) Node {
	row := []Node{}
	for _, c := range of {
		row = append(row, button("do "+c[1], attr("role", "menuitem"), attr("tabindex", "-1"),
			attr("aria-label", title+": "+c[0]), attr("title", c[1]), c[0]))
	}
	return h("div", class("sub"), attr("role", "group"), attr("aria-label", title), title, row)
}

// adderSheet adds a machine to the cluster, and starts those that stand by.
func adderSheet(f *wire.Frame) []Node {
	row := h("div", class("row"))
	name := "n" + strconv.Itoa(len(f.Members)+1)
	for i := range f.Members {
		switch m := &f.Members[i]; {
		case m.Standing == wire.StandsBy: // it was asked for and refused: it can be asked for again
			name = m.Name
		case m.Standing.Outside() && m.Standing != wire.Removed:
			row.add(button("do restart "+m.Name, key("start "+m.Name), class("primary"), attr("title",
				m.Note.Text), "Start "+m.Name))
		}
	}
	if len(f.Members) < maxMembers || member(f, name) != nil {
		row.add(button("do member add "+name+" --learner", key("learner"), "Add "+name+" as a learner"))
		row.add(button("do member add "+name, key("voter"), "Add "+name+" as a voter"))
	}
	row.add(h("span", key("note"), class("note"), noteAdd))
	return []Node{row, closeButton()}
}
