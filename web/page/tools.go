package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/web/wire"
)

// tools is the line under the picture. A tool with a member verb works on the selected member at once; when none is
// selected it waits for a click on one.
var tools = []struct {
	icon, label, intent, title string
	verb                       string // member verb, with its label when a member is down or paused
	undone                     string
}{
	{"write", "Write", "op put", "Write a key through a client", "", ""},
	{"read", "Read", "op get", "Read a key through a client", "", ""},
	{"delete", "Delete", "op del", "Delete a key through a client", "", ""},
	{"watch", "Watch", "op watch", "Let a client watch keys", "", ""},
	{"compact", "Compact", "op compaction", "Make history up to a revision unreadable", "", ""},
	{"crash", "Crash", "aim crash", "Crash or restart a member", "crash", "Restart"},
	{"hold", "Pause", "aim pause", "Pause or resume a member", "pause", "Resume"},
	{"split", "Split", "splitter", "Split the network into sides", "", ""},
	{"heal", "Heal", "do heal", "Mend every split and every cut", "", ""},
	{"load", "Load", "loader", "Let clients write steadily", "", ""},
	{"member", "Member", "adder", "Add a machine to the cluster", "", ""},
}

// toolbar draws the tools. open is the tool that is in use: "op", "splitter", "loader", "adder", "flight", "aim crash"
// or "".
func toolbar(f *wire.Frame, open string) []Node {
	var out []Node
	for _, t := range tools {
		label, who, intent, title := t.label, "", t.intent, t.title
		if m := selectedMember(f); m != nil && t.verb != "" {
			if (t.verb == "crash" && !m.Up) || (t.verb == "pause" && m.Paused) {
				label = t.undone
			}
			who, intent = m.Name, "member "+t.verb+" "+m.Name
			title = label + " " + who
		}
		on := open != "" && (intent == open || strings.HasPrefix(intent, open+" "))
		b := button(intent, key(t.icon), attr("title", title), attr("aria-pressed", flag(on)), icon(t.icon), label)
		if who != "" {
			b.add(h("span", class("who"), who))
		}
		if t.icon == "heal" && len(f.Groups) == 0 && len(f.Links) == 0 {
			b.with(attr("aria-disabled", "true"), attr("aria-description", "Nothing is split or cut"))
		}
		if t.icon == "load" && len(f.Loads) > 0 {
			b.with(class("on"))
		}
		out = append(out, b)
	}
	return out
}

// status is the line above the picture: the pills, and what opens the list of messages.
func status(f *wire.Frame, open string) []Node {
	mail := button("flight", key("mail"), class("quiet mail"), attr("aria-expanded", flag(open == "flight")),
		attr("aria-controls", "flight"),
		attr("title", "Messages in flight"), icon("mail"), strconv.Itoa(len(f.Messages))+" in flight")
	return append(pills(f.Pills), h("span", key("grow"), class("grow")), mail)
}

func selectedMember(f *wire.Frame) *wire.Member {
	if f.Why == nil {
		return nil
	}
	return member(f, f.Why.Subject.String())
}

// selectedInsider is the selected member unless it is a machine outside of the cluster.
func selectedInsider(f *wire.Frame) *wire.Member {
	if m := selectedMember(f); m != nil && !m.Standing.Outside() {
		return m
	}
	return nil
}

// splitSheet is the form that parts the members, an equal of drawing a line: who is checked is on the other side.
func splitSheet(f *wire.Frame, groups [][]string) []Node {
	far := map[string]bool{}
	for i, g := range groups {
		for _, n := range g {
			far[n] = i > 0
		}
	}
	boxes := h("div", class("fields"), attr("role", "group"), attr("aria-label", "Members on the other side"),
		h("span", class("note"), "On the other side:"))
	for i := range f.Members {
		n := f.Members[i].Name
		boxes.add(h("label", class("check"), h("input", attr("type", "checkbox"), attr("name", "far"), attr("value", n),
			when(far[n], attr("checked", ""))), n))
	}
	boxes.add(h("button", attr("type", "submit"), class("primary"),
		when(splitCommand(groups) == "", attr("aria-disabled", "true")), "Split"))
	return []Node{h("h3", class("sr"), hintStroke), h("form", attr("id", "split-form"), boxes), closeButton()}
}

// strokeHint says what to do, and then what the line does.
func strokeHint(groups [][]string) string {
	if command := splitCommand(groups); command != "" {
		return command
	}
	return hintStroke
}

// loadSheet chooses a steady load.
func loadSheet(f *wire.Frame) []Node {
	row := h("div", class("row"), h("span", class("note"), "Steady writes:"))
	for _, rate := range []string{"off", "10/s", "100/s", "1000/s"} {
		text := rate + " writes"
		if rate == "off" {
			text = "Off"
		}
		on := len(f.Loads) == 0 && rate == "off"
		for _, l := range f.Loads {
			on = on || l.Text == rate
		}
		row.add(button("do load "+rate, attr("aria-pressed", flag(on)), strings.Replace(text, "/s writes", " a second", 1)))
	}
	if len(f.Loads) > 0 {
		var list []string
		for _, l := range f.Loads {
			list = append(list, l.Client+": "+l.Text)
		}
		row.add(h("span", class("note"), strings.Join(list, ", ")))
	}
	return []Node{row, closeButton()}
}
