package scene

import (
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// members draws the members. The role is said by shape and by words; the colour only says the term, which is printed
// too.
func (d *drawing) members() {
	for i := range d.frame.Members {
		m := &d.frame.Members[i]
		at, ok := d.layout.Member(m.Name)
		if !ok {
			continue
		}
		s := Shape{ID: m.Name, Layer: LayerMembers, Class: "member " + m.Role.String(), At: at}
		r := d.layout.R
		if d.selected == m.Name {
			s.Body = append(s.Body,
				el("circle", "class", "halo", "r", num(r+14.5), "fill", "var(--accent-soft)", "stroke", "var(--accent)"))
		}
		s.Body = append(s.Body, timer(m, r)...)
		if m.Standing.Outside() {
			s.Body = append(s.Body, outline(m, r)...)
		} else {
			s.Body = append(s.Body, body(m, r)...)
			s.Body = append(s.Body, inside(m, r)...)
			s.Body = append(s.Body, badges(m, r)...)
		}
		s.Body = append(s.Body, d.lines(m, r)...)
		d.add(s)
	}
}

// outline is a machine outside of the cluster: it is there, and no more than that.
func outline(m *wire.Member, r float64) []El {
	sign := "+"
	if m.Standing == wire.Removed {
		sign = "–"
	}
	return []El{
		el("circle", "r", num(r), "fill", "none", "stroke", "var(--ink-3)", "stroke-width", "1.6", "stroke-dasharray",
			"0.1 5", "stroke-linecap", "round"),
		middle(label(0, r*0.2, sign, "font-size", num(r*0.6), "fill", "var(--ink-3)")),
	}
}

// timer is the track around a member and the arc that has run. The arc is always there, so that a script can keep it.
func timer(m *wire.Member, r float64) []El {
	ring, back, front := num(r+9), "var(--line)", "var(--ink-3)"
	if m.Timer.Timeout <= 0 || !m.Up {
		back, front = "none", "none"
	}
	fill := "0 200"
	if m.Timer.Timeout > 0 {
		fill = num(100*min(1, float64(m.Timer.Elapsed)/float64(m.Timer.Timeout))) + " 200"
	}
	track := el("circle", "r", ring, "fill", "none", "stroke", back, "stroke-width", "3.5")
	arc := el("circle", "data-timer", m.Name, "r", ring, "fill", "none", "stroke", front, "stroke-width", "3.5",
		"pathLength", "100", "stroke-dasharray", fill, "transform", "rotate(-90)")
	return []El{track, arc}
}

// body is the member itself: leader a filled disc in a second ring (broken when it leads in its own belief only),
// follower a plain circle, candidate dashed, pre-candidate dotted, learner square, down grey.
func body(m *wire.Member, r float64) []El {
	term := TermFill(m.Term)
	edge := el("circle", "r", num(r+1.6), "fill", "none", "stroke", "var(--ink-3)", "stroke-width", "0.8")
	plain := el("circle", "r", num(r), "fill", "var(--panel)", "stroke", term, "stroke-width", "3.4")
	if !m.Up {
		return []El{el("circle", "r", num(r), "fill", "var(--soft)", "stroke", "var(--ink-3)", "stroke-width", "1.4",
			"stroke-dasharray", "1 3")}
	}
	switch m.Role {
	case wire.RoleLeader:
		ring := el("circle", "r", num(r+4.4), "fill", "none", "stroke", term, "stroke-width", "2.4")
		if m.Believes {
			ring.Attrs = append(ring.Attrs, Attr{"stroke-dasharray", "4 4"})
		}
		return []El{ring, el("circle", "r", num(r-1), "fill", term, "stroke", "var(--ink)", "stroke-width", "1.3")}
	case wire.RoleCandidate:
		plain.Attrs = append(plain.Attrs, Attr{"stroke-dasharray", "9 6"})
		return []El{plain}
	case wire.RolePreCandidate:
		plain.Attrs = append(plain.Attrs, Attr{"stroke-dasharray", "0.1 7"}, Attr{"stroke-linecap", "round"})
		return []El{plain}
	case wire.RoleLearner:
		s := r * 0.86
		return []El{el("rect", "x", num(-s), "y", num(-s), "width", num(2*s), "height", num(2*s), "rx", "7",
			"fill", "var(--panel)", "stroke", term, "stroke-width", "3.4")}
	}
	return []El{edge, plain}
}

// inside is the term, a candidate's votes, and the cross of a member that is down.
func inside(m *wire.Member, r float64) []El {
	number := strconv.FormatUint(m.Term, 10)
	ink, size := "var(--ink)", r*0.64
	if len(number) > 3 {
		size = r * 0.46
	}
	if m.Role == wire.RoleLeader && m.Up {
		ink = TermInk(m.Term)
	}
	if !m.Up {
		x := r * 0.42
		cross := "M" + num(-x) + " " + num(-x) + "L" + num(x) + " " + num(x) + "M" + num(x) + " " + num(-x) + "L" + num(-x) +
			" " + num(x)
		return []El{el("path", "d", cross, "stroke", "var(--ink-2)", "stroke-width", "3.2", "stroke-linecap", "round", "fill",
			"none")}
	}
	y := size * 0.36
	if m.Votes == "" {
		return []El{middle(label(0, y, number, "font-size", num(size), "font-weight", "650", "fill", ink))}
	}
	return []El{
		middle(label(0, y-r*0.14, number, "font-size", num(size), "font-weight", "650", "fill", ink)),
		middle(label(0, r*0.56, m.Votes, "font-size", num(max(8.5, r*0.28)), "fill", "var(--ink-2)")),
	}
}

// badges hang on the circle: right a disk with entries that are not yet safe, left proposals that wait, above a pause.
func badges(m *wire.Member, r float64) []El {
	var out []El
	x, y := r*0.8, r*0.52
	if m.Up && (m.Disk.Syncing || m.Disk.Entries > 0) {
		fill, ink := "var(--panel)", "var(--ink)"
		if m.Disk.Syncing {
			fill, ink = "var(--ink)", "var(--panel)"
		}
		text, w := "", 15.0
		if m.Disk.Entries > 0 {
			text = strconv.Itoa(m.Disk.Entries)
			w = 19 + textWidth(text, 10, true)
		}
		out = append(out,
			el("rect", "x", num(x-4), "y", num(y), "width", num(w), "height", "16", "rx", "4", "fill", fill, "stroke",
				"var(--ink)", "stroke-width", "0.9"),
			el("path", "d", "M"+num(x)+" "+num(y+5)+"v6c0 3 7 3 7 0v-6M"+num(x)+" "+num(y+5)+"c0-3 7-3 7 0s-7 3-7 0z", "fill",
				"none", "stroke", ink, "stroke-width", "1"),
			label(x+10, y+11.7, text, "font-size", "10", "font-weight", "600", "fill", ink))
	}
	if m.Queue > 0 {
		text := strconv.Itoa(m.Queue)
		w := 19 + textWidth(text, 10, true)
		out = append(out,
			el("rect", "x", num(4-x-w), "y", num(y), "width", num(w), "height", "16", "rx", "8", "fill", "var(--panel)",
				"stroke", "var(--ink-2)", "stroke-width", "0.9"),
			el("path", "d", "M"+num(9.5-x-w)+" "+num(y+5)+"h6m-6 3h6m-6 3h6", "stroke", "var(--ink-2)", "stroke-width", "1.2",
				"fill", "none"),
			label(18.5-x-w, y+11.7, text, "font-size", "10", "font-weight", "600", "fill", "var(--ink)"))
	}
	if m.Paused {
		px, py := r*0.74, -r*0.74
		out = append(out,
			el("circle", "cx", num(px), "cy", num(py), "r", "10", "fill", "var(--ink)", "stroke", "var(--panel)", "stroke-width",
				"2"),
			el("path", "d", "M"+num(px-2.6)+" "+num(py-4)+"v8M"+num(px+2.6)+" "+num(py-4)+"v8", "stroke", "var(--panel)",
				"stroke-width", "2.2", "fill", "none"))
	}
	return out
}

// lines are the name and the note under a member, with a rim so that a link behind them does not cross them out.
func (d *drawing) lines(m *wire.Member, r float64) []El {
	ink, weight := "var(--ink-2)", "400"
	if m.Note.Tone == wire.Bad {
		ink = "var(--danger-ink)"
	}
	if m.Role == wire.RoleLeader {
		weight = "700"
	} else {
		weight = "600"
	}
	size := 11.5
	if d.layout.Narrow || r < 24 {
		size = 10.5
	}
	w := d.layout.LabelW
	return []El{
		rim(middle(label(0, r+27, fit(m.Name, 13, true, w), "font-size", "13", "font-weight", weight, "fill", "var(--ink)"))),
		rim(middle(label(0, r+42, note(m, size, w), "font-size", num(size), "fill", ink))),
	}
}

// note is the line under a name. When it is too long the role goes first: the shape says it too.
func note(m *wire.Member, size, w float64) string {
	if m.Standing == wire.StandsBy || textWidth(m.Note.Text, size, false) > w {
		return fit(m.Note.Brief, size, false, w)
	}
	return m.Note.Text
}

func middle(e El) El {
	e.Attrs = append(e.Attrs, Attr{"text-anchor", "middle"})
	return e
}

func rim(e El) El {
	e.Attrs = append(e.Attrs, Attr{"paint-order", "stroke"}, Attr{"stroke", "var(--panel)"}, Attr{"stroke-width", "4"},
		Attr{"stroke-linejoin", "round"})
	return e
}

// Portrait draws a member alone around (0, 0), without its lines: for a legend.
func Portrait(m *wire.Member, r float64) Shape {
	s := Shape{ID: m.Name, Class: "member " + m.Role.String()}
	s.Body = append(s.Body, timer(m, r)...)
	s.Body = append(s.Body, body(m, r)...)
	s.Body = append(s.Body, inside(m, r)...)
	s.Body = append(s.Body, badges(m, r)...)
	return s
}
