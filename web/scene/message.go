package scene

import "github.com/etcdscope/etcdscope/web/wire"

// MessageID is the id of a message, as commands say it.
func MessageID(id uint64) string { return "m" + itoa(id) }

const (
	lane       = 9.0 // how far right of the middle of its link a message travels
	fromClient = 34.0
	crowd      = 4   // from this many on one lane they are drawn as dots
	maxDrawn   = 160 // more than this cannot be told apart
	pillHeight = 22.0
)

// look is how a class of messages is drawn.
type look struct{ fill, edge, ink, dash, corner string }

// looks tells the classes apart by shape as well as by colour: entries are filled, answers soft, votes outlined in ink,
// beats thin, clients' traffic has square corners, that of watches in green.
var looks = map[wire.Class]look{
	wire.ClassAppend:   {"var(--accent)", "var(--accent)", "var(--on-accent)", "", "11"},
	wire.ClassAck:      {"var(--soft)", "var(--ink-3)", "var(--ink)", "", "11"},
	wire.ClassVote:     {"var(--panel)", "var(--ink)", "var(--ink)", "", "11"},
	wire.ClassBeat:     {"var(--panel)", "var(--ink-3)", "var(--ink-2)", "", "11"},
	wire.ClassClient:   {"var(--accent-soft)", "var(--accent)", "var(--ink)", "", "4"},
	wire.ClassWatch:    {"var(--panel)", "var(--ok)", "var(--ok)", "", "4"},
	wire.ClassSnapshot: {"var(--ink)", "var(--ink)", "var(--panel)", "", "4"},
	wire.ClassRead:     {"var(--panel)", "var(--accent)", "var(--ink)", "1 2", "11"},
}

var otherLook = look{"var(--panel)", "var(--ink-3)", "var(--ink)", "", "11"}

// messages draws what is in flight as pills, or as dots where a lane is crowded.
func (d *drawing) messages() {
	count := map[[2]string]int{}
	for i := range d.frame.Messages {
		m := &d.frame.Messages[i]
		count[[2]string{m.From, m.To}]++
	}
	for i := range d.frame.Messages {
		if i == maxDrawn {
			break
		}
		m := &d.frame.Messages[i]
		p := d.layout.Lane(m.From, m.To)
		if p == nil {
			continue
		}
		s := Shape{ID: MessageID(m.ID), Layer: LayerMessages, Class: "msg " + m.Class.String(), Path: p, Title: m.Text,
			Message: m.ID}
		t := progress(m, d.frame.Playback.Now)
		s.At = p.Along(t)
		turn := angle(p.A, p.B)
		if count[[2]string{m.From, m.To}] >= crowd && m.Fate == wire.Underway {
			s.Body = dot(m, turn)
		} else {
			s.Body = pill(m, turn, d.selected == s.ID)
		}
		d.add(s)
	}
}

// Lane is the way of a message between two machines; messages keep to the right, so that the two directions do not
// meet.
func (l *Layout) Lane(from, to string) *Path {
	a, isMember := l.Member(from)
	b, toMember := l.Member(to)
	var p *Path
	switch {
	case isMember && toMember:
		out := min(l.R+ringOut+2, 0.4*distance(a, b))
		p = &Path{A: towards(a, b, out), B: towards(b, a, out)}
		p.C = between(p.A, p.B, 0.5)
	case toMember:
		p = l.clientPath(from, to)
	case isMember:
		if back := l.clientPath(to, from); back != nil {
			p = &Path{back.B, back.C, back.A}
		}
	}
	if p == nil {
		return nil
	}
	q := *p
	if !isMember { // a pill that leaves a client does not lie on it
		q.A = towards(p.A, p.C, fromClient)
	} else if !toMember {
		q.B = towards(p.B, p.C, fromClient)
	}
	*p = q
	q.A, q.B, q.C = aside(p.A, p.A, p.B, lane), aside(p.B, p.A, p.B, lane), aside(p.C, p.A, p.B, lane)
	return &q
}

func progress(m *wire.Message, now int64) float64 {
	if m.Due < 0 || m.Due <= m.Sent {
		return 0.5
	}
	return min(1, max(0, float64(now-m.Sent)/float64(m.Due-m.Sent)))
}

func lookOf(m *wire.Message) look {
	k, ok := looks[m.Class]
	if !ok {
		k = otherLook
	}
	switch m.Fate {
	case wire.Lost:
		return look{"var(--panel)", "var(--danger)", "var(--danger-ink)", "3 3", k.corner}
	case wire.Held:
		k.dash = "6 3"
	}
	return k
}

// pill is a message with its label, and an arrow before it in the direction of travel.
func pill(m *wire.Message, turn float64, selected bool) []El {
	k := lookOf(m)
	text := m.Label
	switch m.Fate {
	case wire.Held:
		text = "‖ " + text
	case wire.Lost:
		text += " lost"
	}
	w := max(pillHeight+4, textWidth(text, 10.5, true)+16)
	box := el("rect", "x", num(-w/2), "y", num(-pillHeight/2), "width", num(w), "height", num(pillHeight), "rx", k.corner,
		"fill", k.fill, "stroke", k.edge, "stroke-width", "1.3")
	if k.dash != "" {
		box.Attrs = append(box.Attrs, Attr{"stroke-dasharray", k.dash})
	}
	body := []El{el("rect", "class", "hit", "x", num(-w/2-3), "y", "-15", "width", num(w+6), "height", "30", "fill",
		"transparent")}
	if selected {
		body = append(body, el("rect", "x", num(-w/2-5), "y", num(-pillHeight/2-5), "width", num(w+10), "height",
			num(pillHeight+10), "rx", "14",
			"fill", "var(--accent-soft)", "stroke", "var(--accent)"))
	}
	out := edgeOf(w, pillHeight, turn) + 2.5
	arrow := el("path", "d", "M0 -4.5L6.5 0L0 4.5z", "fill", k.edge, "transform", "rotate("+num(turn)+") translate("+
		num(out)+" 0)")
	return append(body, arrow, box, middle(label(0, 3.8, text, "font-size", "10.5", "font-weight", "600", "fill", k.ink)))
}

// dot is a message without its label.
func dot(m *wire.Message, turn float64) []El {
	k := lookOf(m)
	return []El{
		el("circle", "class", "hit", "r", "12", "fill", "transparent"),
		el("path", "d", "M-5 -4.5L6 0L-5 4.5z", "fill", k.fill, "stroke", k.edge, "stroke-width", "1.3", "stroke-linejoin",
			"round", "transform", "rotate("+num(turn)+")"),
	}
}
