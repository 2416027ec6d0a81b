package scene

import "math"

const (
	cutID    = "cut"
	healText = "split · heal"
)

// cut draws the line of a split between its sides, with a pill that heals it.
func (d *drawing) cut() {
	lines := d.layout.cutLines(d.frame.Groups)
	if len(lines) == 0 {
		return
	}
	s := Shape{ID: cutID, Layer: LayerCut, Class: "cut", Title: "Heal the split"}
	way := ""
	for i := range lines {
		way += curve(&lines[i])
	}
	s.Body = append(s.Body, el("path", "d", way, "fill", "none", "stroke", "var(--danger)", "stroke-width", "2.6",
		"stroke-linecap", "round"))
	s.Body = append(s.Body, d.healPill(lines)...)
	d.add(s)
}

// cutLines are the curves between the sides of a split. On the ring there is a gap wherever two neighbours are on
// different sides. With two gaps one curve goes from one to the other, between the sides; with more, a line goes from
// each gap to the middle.
func (l *Layout) cutLines(groups [][]string) []Path {
	if len(groups) < 2 || len(l.Members) < 2 {
		return nil
	}
	side := map[string]int{}
	for i, g := range groups {
		for _, name := range g {
			side[name] = i + 1
		}
	}
	var gaps []Point
	n := len(l.Members)
	for i := range l.Members {
		if side[l.Members[i].Name] != side[l.Members[(i+1)%n].Name] {
			gaps = append(gaps, l.outward(l.Gaps[i]))
		}
	}
	if len(gaps) == 2 {
		m := l.middleBetween(side)
		c := Point{2*m.X - (gaps[0].X+gaps[1].X)/2, 2*m.Y - (gaps[0].Y+gaps[1].Y)/2}
		return []Path{{gaps[0], c, gaps[1]}}
	}
	var lines []Path
	for _, g := range gaps {
		lines = append(lines, Path{g, between(g, l.Centre, 0.5), l.Centre})
	}
	return lines
}

// outward moves a point of the ring outside, as far as the picture goes, but not onto the clients.
func (l *Layout) outward(p Point) Point {
	q := towards(p, l.Centre, -0.35*distance(p, l.Centre))
	lo := Point{8, 8}
	for _, c := range l.Clients {
		if l.Narrow {
			lo.Y = c.Y + c.H + 14
		} else {
			lo.X = c.X + c.W + 24
		}
	}
	return Point{math.Min(math.Max(q.X, lo.X), l.Size.W-8), math.Min(math.Max(q.Y, lo.Y), l.Size.H-8)}
}

// middleBetween is the mean of the middles of all pairs of members on different sides.
func (l *Layout) middleBetween(side map[string]int) Point {
	sum, n := Point{}, 0.0
	for i, a := range l.Members {
		for _, b := range l.Members[i+1:] {
			if side[a.Name] != side[b.Name] {
				sum.X, sum.Y, n = sum.X+(a.At.X+b.At.X)/2, sum.Y+(a.At.Y+b.At.Y)/2, n+1
			}
		}
	}
	return Point{sum.X / n, sum.Y / n}
}

// healPill puts the pill on the line where it covers nothing, ends first, or else in the nearest place that is free.
func (d *drawing) healPill(lines []Path) []El {
	w, h := textWidth(healText, 11.5, true)+24, 24.0
	at := d.layout.pillAt(&lines[0], w, h)
	return []El{
		el("rect", "class", "heal", "x", num(at.X-w/2), "y", num(at.Y-h/2), "width", num(w), "height", num(h), "rx", "12",
			"fill", "var(--danger)"),
		middle(label(at.X, at.Y+4, healText, "class", "heal", "font-size", "11.5", "font-weight", "600", "fill",
			"var(--on-danger)")),
	}
}

func (l *Layout) pillAt(line *Path, w, h float64) Point {
	for _, t := range []float64{1, 0, 0.9, 0.1, 0.8, 0.2, 0.65, 0.35, 0.5} {
		p := l.keep(line.Along(t), w, h)
		if l.vacant(Rect{p.X - w/2, p.Y - h/2, w, h}) {
			return p
		}
	}
	best := l.keep(line.B, w, h)
	near := math.Inf(1)
	for x := w / 2; x < l.Size.W; x += 16 {
		for y := h / 2; y < l.Size.H; y += 16 {
			p := l.keep(Point{x, y}, w, h)
			far := math.Min(distance(p, line.A), distance(p, line.B))
			if far < near && l.vacant(Rect{p.X - w/2, p.Y - h/2, w, h}) {
				best, near = p, far
			}
		}
	}
	return best
}

// keep moves the centre of a box of w × h so that the box lies within the picture.
func (l *Layout) keep(p Point, w, h float64) Point {
	return Point{
		math.Min(math.Max(p.X, w/2+6), l.Size.W-w/2-6),
		math.Min(math.Max(p.Y, h/2+6), l.Size.H-h/2-6),
	}
}

func (l *Layout) vacant(r Rect) bool {
	for i := range l.Members {
		if r.Overlaps(l.Block(i)) {
			return false
		}
	}
	for _, c := range l.Clients {
		if r.Overlaps(c.Rect) {
			return false
		}
	}
	return true
}
