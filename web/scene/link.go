package scene

import (
	"math"
	"slices"
	"strconv"

	"github.com/etcdscope/etcdscope/web/wire"
)

// LinkID is the id of the arrow that stands for one direction of a link.
func LinkID(from, to string) string { return from + ">" + to }

// links draws the connections between members. The half of a line nearest a member is the direction that arrives there:
// it is dotted when that direction carries nothing.
func (d *drawing) links() {
	ms := d.insiders()
	for i := range ms {
		for j := i + 1; j < len(ms); j++ {
			d.link(ms[i], ms[j])
		}
	}
	for i := range ms {
		for j := range ms {
			if i != j {
				d.arrow(ms[i], ms[j])
			}
		}
	}
}

// insiders are the places of the machines that talk to each other.
func (d *drawing) insiders() []Place {
	out := make([]Place, 0, len(d.layout.Members))
	for _, at := range d.layout.Members {
		outside := func(m wire.Member) bool { return m.Name == at.Name && m.Standing.Outside() }
		if !slices.ContainsFunc(d.frame.Members, outside) {
			out = append(out, at)
		}
	}
	return out
}

func (d *drawing) link(a, b Place) {
	mid := between(a.At, b.At, 0.5)
	s := Shape{ID: a.Name + "-" + b.Name, Layer: LayerLinks, Class: "link"}
	for _, half := range []struct{ from, to Place }{{a, b}, {b, a}} {
		line := el("line", "x1", num(mid.X), "y1", num(mid.Y), "x2", num(half.to.At.X), "y2", num(half.to.At.Y),
			"stroke", "var(--line)", "stroke-width", "1.6")
		if d.cutBy(half.from.Name, half.to.Name) != wire.NotCut {
			line.Attrs = append(line.Attrs, Attr{"stroke-dasharray", "2 6"})
		}
		s.Body = append(s.Body, line)
	}
	d.add(s)
}

// arrow is the head of one direction: faint while it carries, a cross where it was cut by hand.
func (d *drawing) arrow(from, to Place) {
	far := min(d.layout.R+ringOut+14, 0.36*distance(from.At, to.At))
	s := Shape{ID: LinkID(from.Name, to.Name), Layer: LayerLinks, Class: "arrow", At: towards(to.At, from.At, far),
		From: from.Name, To: to.Name}
	hit := el("circle", "r", "12", "fill", "transparent", "class", "hit")
	turn := "rotate(" + num(angle(from.At, to.At)) + ")"
	head := el("path", "d", "M-3 -4L3 0L-3 4", "fill", "none", "stroke", "var(--ink-3)", "stroke-width", "1.5",
		"transform", turn, "class", "head", "opacity", d.faint())
	s.Title = "Cut " + from.Name + " → " + to.Name
	switch d.cutBy(from.Name, to.Name) {
	case wire.NotCut:
	case wire.CutBySplit:
		s.Class, s.Title = "arrow split", from.Name+" → "+to.Name+" is cut by the split"
		head = el("path", "d", "M0 0", "class", "head")
	default:
		s.Class, s.Title = "arrow cut", "Mend "+from.Name+" → "+to.Name
		head = el("path", "d", "M-4 -4L4 4M-4 4L4 -4", "fill", "none", "stroke", "var(--danger)", "stroke-width", "2.4",
			"stroke-linecap", "round", "class", "head")
	}
	s.Body = []El{hit, head}
	d.add(s)
}

// faint is how visible an arrow is that nobody points at: with many members they would be most of the picture.
func (d *drawing) faint() string {
	if len(d.layout.Members) > 5 {
		return "0"
	}
	return "0.5"
}

// cutBy says what keeps a direction from carrying.
func (d *drawing) cutBy(from, to string) wire.Cut {
	for _, l := range d.frame.Links {
		if l.From == from && l.To == to {
			return l.By
		}
	}
	return wire.NotCut
}

// clientLinks draws a line from each client to the member that it talks to.
func (d *drawing) clientLinks() {
	for i := range d.frame.Clients {
		c := &d.frame.Clients[i]
		p := d.layout.clientPath(c.Name, c.Endpoint)
		s := Shape{ID: c.Name + "-link", Layer: LayerLinks, Class: "link"}
		if p == nil {
			continue
		}
		s.Body = []El{el("path", "d", curve(p), "fill", "none", "stroke", "var(--ink-3)", "stroke-width", "1.2", "opacity",
			"0.6")}
		d.add(s)
	}
}

// clientPath is the way from a client to a member: it bends around members that stand between. nil: one of them is not
// there.
func (l *Layout) clientPath(client, member string) *Path {
	box, ok := l.Client(client)
	to, found := l.Member(member)
	if !ok || !found {
		return nil
	}
	a := Point{box.X + box.W, box.Y + box.H/2}
	if l.Narrow {
		a = Point{box.X + box.W/2, box.Y + box.H}
	}
	b := towards(to, a, l.R+ringOut)
	best, least := (*Path)(nil), math.Inf(1)
	for _, bend := range []float64{0, 24, -24, 48, -48, 80, -80, 120, -120, 170, -170} {
		p := &Path{A: a, B: b, C: aside(between(a, b, 0.5), a, b, bend)}
		if cost := math.Abs(bend) + l.touched(p, member); cost < least {
			best, least = p, cost
		}
	}
	return best
}

// touched is how much a way runs over members other than its own: over a circle counts much, over the lines under it
// little, because these have a rim.
func (l *Layout) touched(p *Path, own string) float64 {
	cost := 0.0
	for _, m := range l.Members {
		if m.Name == own {
			continue
		}
		for i := 1; i < 20; i++ {
			q := p.Along(float64(i) / 20)
			switch {
			case distance(q, m.At) < l.R+ringOut+4:
				cost += 120
			case math.Abs(q.X-m.At.X) < 30 && q.Y > m.At.Y && q.Y < m.At.Y+l.R+linesBelow:
				cost += 12
			}
		}
	}
	return cost
}

func curve(p *Path) string {
	return "M" + num(p.A.X) + " " + num(p.A.Y) + "Q" + num(p.C.X) + " " + num(p.C.Y) + " " + num(p.B.X) + " " + num(p.B.Y)
}

// angle is the direction from a to b in degrees.
func angle(a, b Point) float64 { return math.Atan2(b.Y-a.Y, b.X-a.X) * 180 / math.Pi }

// tiers names the two columns of a wide picture.
func (d *drawing) tiers() {
	l := d.layout
	if l.Narrow || len(l.Clients) == 0 || l.Clients[0].Y < 26 {
		return
	}
	s := Shape{ID: "tiers", Layer: LayerLinks, Class: "tiers"}
	s.Body = []El{label(l.Clients[0].X+2, l.Clients[0].Y-12, "CLIENTS", "font-size", "11", "fill", "var(--ink-3)",
		"letter-spacing", "0.06em")}
	d.add(s)
}

// clients draws the clients: a name, whom it talks to, what it does and what it was told.
func (d *drawing) clients() {
	for i := range d.frame.Clients {
		c := &d.frame.Clients[i]
		box, ok := d.layout.Client(c.Name)
		if !ok {
			continue
		}
		s := Shape{ID: c.Name, Layer: LayerMembers, Class: "client", At: Point{box.X, box.Y}, Title: c.Doing + " " + c.Note}
		edge, ink := "var(--line)", "var(--ink-2)"
		switch c.Tone {
		case wire.Bad:
			edge, ink = "var(--danger)", "var(--danger-ink)"
		case wire.Good:
			ink = "var(--ok)"
		}
		if d.selected == c.Name {
			edge = "var(--accent)"
		}
		s.Body = append(s.Body, el("rect", "width", num(box.W), "height", num(box.H), "rx", "8", "fill", "var(--panel)",
			"stroke", edge, "stroke-width", "1.3"))
		s.Body = append(s.Body, d.clientLines(c, box, ink)...)
		d.add(s)
	}
}

func (d *drawing) clientLines(c *wire.Client, box Rect, ink string) []El {
	w := box.W - 18
	name := label(10, 18, fit(c.Name, 12.5, true, w), "font-size", "12.5", "font-weight", "600", "fill", "var(--ink)")
	where := label(box.W-9, 18, "→ "+c.Endpoint, "font-size", "11", "fill", "var(--ink-3)", "text-anchor", "end")
	second := c.Note
	if second == "" {
		second = c.Doing
	}
	if d.layout.Narrow {
		return []El{name, where, label(10, 34, fit(second, 10.5, false, w), "font-size", "10.5", "fill", ink)}
	}
	return []El{name, where,
		label(10, 36, fit(c.Doing, 11, false, w), "font-size", "11", "fill", "var(--ink)"),
		label(10, 52, fit(c.Note, 11, false, w), "font-size", "11", "fill", ink)}
}

// itoa prints a message's id.
func itoa(n uint64) string { return strconv.FormatUint(n, 10) }
