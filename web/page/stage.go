package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// hits are the real buttons that lie over the members and clients of the picture: they have the focus, the names and
// the clicks, and the picture itself is hidden from screen readers. One of them is in the tab order; the arrows move on
// from there.
func hits(f *wire.Frame, l *scene.Layout, focus string) []Node {
	var out []Node
	if _, client := l.Client(focus); member(f, focus) == nil && !client && len(f.Members) > 0 {
		focus = f.Members[0].Name
	}
	for i := range f.Members {
		m := &f.Members[i]
		at, ok := l.Member(m.Name)
		if !ok {
			continue
		}
		r := l.R + 9
		out = append(out, h("button", key(m.Name), attr("type", "button"), class("hit-m"), attr("data-m", m.Name),
			act("pick "+m.Name),
			attr("style", box(at.X-r, at.Y-r, 2*r, 2*r)), attr("tabindex", tabindex(m.Name == focus)),
			attr("aria-haspopup", "menu"), attr("aria-label", memberLabel(m))))
	}
	for i := range f.Clients {
		c := &f.Clients[i]
		r, ok := l.Client(c.Name)
		if !ok {
			continue
		}
		out = append(out, h("button", key(c.Name), attr("type", "button"), class("hit-c"), attr("data-m", c.Name),
			act("pick "+c.Name),
			attr("style", box(r.X, r.Y, r.W, r.H)), attr("tabindex", tabindex(c.Name == focus)),
			attr("aria-haspopup", "menu"), attr("aria-label", clientLabel(c))))
	}
	return out
}

func tabindex(in bool) string {
	if in {
		return "0"
	}
	return "-1"
}

func box(x, y, w, h float64) string {
	px := func(v float64) string { return strconv.Itoa(int(v+0.5)) + "px" }
	return "left:" + px(x) + ";top:" + px(y) + ";width:" + px(w) + ";height:" + px(h)
}

// neighbour is the member or client that the focus goes to next.
func neighbour(f *wire.Frame, focus string, by int) string {
	var names []string
	for i := range f.Members {
		names = append(names, f.Members[i].Name)
	}
	for i := range f.Clients {
		names = append(names, f.Clients[i].Name)
	}
	for i, n := range names {
		if n == focus {
			return names[(i+by+len(names))%len(names)]
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// memberLabel says a member in words: it is what a screen reader hears.
func memberLabel(m *wire.Member) string {
	parts := []string{m.Name, roleText(m), "term " + strconv.FormatUint(m.Term, 10)}
	if m.Note.Brief != "" {
		parts = append(parts, m.Note.Brief)
	}
	parts = append(parts, "log "+strconv.FormatUint(m.Last, 10), "committed "+strconv.FormatUint(m.Commit, 10))
	if m.Queue > 0 {
		parts = append(parts, strconv.Itoa(m.Queue)+" proposals wait")
	}
	return strings.Join(parts, ", ")
}

func roleText(m *wire.Member) string {
	role := m.Role.String()
	if m.Believes {
		role = "leader in its own belief"
	}
	switch {
	case m.Standing.Outside():
		return "no member"
	case !m.Up:
		return "down"
	case m.Paused && m.Role != wire.RolePaused:
		return role + ", paused"
	}
	return role
}

func clientLabel(c *wire.Client) string {
	parts := []string{c.Name, "talks to " + c.Endpoint}
	for _, s := range []string{c.Doing, c.Note} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// pills is the status line.
func pills(list []wire.Pill) []Node {
	out := make([]Node, 0, len(list))
	for _, p := range list {
		n := h("span", class(strings.TrimSpace("pill "+p.Tone.String())), p.Label)
		if p.Value != "" {
			if p.Label != "" {
				n.add(Node{Text: " "})
			}
			n.add(h("b", p.Value))
		}
		out = append(out, n)
	}
	return out
}

// flightList is the list of messages in flight, with the same menu as the picture's.
func flightList(f *wire.Frame) []Node {
	out := []Node{h("h3", "Messages in flight"), closeButton()}
	if len(f.Messages) == 0 {
		return append(out, h("p", class("note"), emptyFlight))
	}
	var rows []Node
	for i := range f.Messages {
		if i == maxListed {
			rows = append(rows, h("li", key("more"), h("span", strconv.Itoa(len(f.Messages)-i)+" more")))
			break
		}
		m := &f.Messages[i]
		id := messageID(m)
		what := h("div", h("b", m.From+" → "+m.To+" "+m.Label), " ", h("span", flightText(m, f.Playback.Now)))
		do := h("div", class("row"))
		if m.Fate != wire.Lost {
			hold := "Hold"
			if m.Fate == wire.Held {
				hold = "Deliver"
			}
			for _, v := range [][2]string{{"drop", "Drop"}, {"hold", hold}} {
				do.add(button("message "+v[0]+" "+id, attr("aria-label", v[1]+" "+id+", "+m.Label+" to "+m.To), v[1]))
			}
		}
		do.add(button("menu "+id, attr("aria-haspopup", "menu"), attr("aria-label", "Menu of "+id), "…"))
		rows = append(rows, h("li", key(id), what, do))
	}
	return append(out, h("ul", rows))
}

const maxListed = 60

func flightText(m *wire.Message, now int64) string {
	switch {
	case m.Fate != wire.Underway:
		return m.Fate.String()
	case m.Due >= now:
		return "arrives in " + text.Span(m.Due-now)
	}
	return ""
}

func closeButton() Node {
	return button("close", class("quiet square close"), attr("aria-label", "Close"), icon("close"))
}
