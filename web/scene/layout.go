package scene

import "math"

// Layout says where everything stands. It depends on names and size only, so that nothing moves while a run plays.
type Layout struct {
	Size    Size
	Narrow  bool    // clients stand in a row above the members, not in a column beside them
	R       float64 // radius of a member
	LabelW  float64 // how wide the lines under a member may be
	Centre  Point   // of the ring
	Members []Place
	Gaps    []Point // on the ring, Gaps[i] after Members[i]
	Clients []Box
}

// Place is where a member stands.
type Place struct {
	Name string
	At   Point
}

// Box is where a client stands.
type Box struct {
	Name string
	Rect
}

// What the pieces need around them. A member's block is its circle with the timer around it and two lines below.
const (
	narrowBelow  = 520.0
	margin       = 14.0
	ringOut      = 13.0 // timer and its stroke, outside the circle
	linesBelow   = 46.0 // name and note, below the circle
	clientW      = 136.0
	clientH      = 62.0
	clientHSmall = 44.0
)

// Height is how tall a narrow picture should be for its members to have room.
func Height(width float64, members int) float64 {
	base := 460 + max(0, 350-width)
	if members <= 5 {
		return base
	}
	return base + float64(members-5)*max(24, (430-width)*0.5)
}

// usual is the largest radius in a picture of the usual size; only large pictures have larger ones.
const usual = 38

// sizes are the radii and label widths that are tried, most comfortable first.
var sizes = []struct{ r, label float64 }{
	{48, 170}, {43, 160}, {38, 150}, {36, 136}, {33, 128}, {33, 116}, {30, 116}, {28, 108}, {26, 100}, {24, 92}, {22, 86},
	{20, 78}, {18, 70}, {16, 62}, {14, 54},
}

// Arrange places members clockwise on an ellipse, and clients beside or above them. It takes the largest circles with
// which nothing overlaps.
func Arrange(members, clients []string, size Size) *Layout {
	l := &Layout{Size: size, Narrow: size.W < narrowBelow && size.W < 1.2*size.H}
	free := l.placeClients(clients)
	for _, s := range sizes {
		if s.r > usual && s.r > 0.068*min(size.W, size.H) {
			continue
		}
		l.R, l.LabelW = s.r, s.label
		l.placeMembers(members, free)
		if l.fits() {
			break
		}
	}
	return l
}

// placeClients places the clients and returns what they leave free.
func (l *Layout) placeClients(names []string) Rect {
	free := Rect{margin, margin, l.Size.W - 2*margin, l.Size.H - 2*margin}
	n := float64(len(names))
	if n == 0 {
		return free
	}
	if l.Narrow {
		gap := 8.0
		w := math.Min(150, (free.W-gap*(n-1))/n)
		x := free.X + (free.W-w*n-gap*(n-1))/2
		for i, name := range names {
			l.Clients = append(l.Clients, Box{name, Rect{x + float64(i)*(w+gap), free.Y, w, clientHSmall}})
		}
		used := clientHSmall + 18
		return Rect{free.X, free.Y + used, free.W, free.H - used}
	}
	gap := math.Min(34, (free.H-n*clientH)/math.Max(1, n-1))
	y := free.Y + (free.H-n*clientH-gap*(n-1))/2
	for i, name := range names {
		l.Clients = append(l.Clients, Box{name, Rect{free.X + 8, y + float64(i)*(clientH+gap), clientW, clientH}})
	}
	used := clientW + 8 + 56
	return Rect{free.X + used, free.Y, free.W - used, free.H}
}

// placeMembers puts the members on an ellipse within free, at equal distances along it.
func (l *Layout) placeMembers(names []string, free Rect) {
	up, down, side := l.R+ringOut, l.R+linesBelow, math.Max(l.LabelW/2, l.R+ringOut)
	rx, ry := (free.W-2*side)/2, (free.H-up-down)/2
	l.Centre = Point{free.X + side + rx, free.Y + up + ry}
	rx, ry = math.Max(rx, 1), math.Max(ry, 1)
	rx, ry = math.Min(rx, ry*1.4), math.Min(ry, rx*1.7)
	l.Members, l.Gaps = l.Members[:0], l.Gaps[:0]
	switch len(names) {
	case 0:
		return
	case 1:
		l.Members = append(l.Members, Place{names[0], l.Centre})
		return
	}
	start := math.Pi // a gap faces the clients, so that they see the far members through it
	if l.Narrow {
		start = 1.5 * math.Pi
	}
	for i, p := range ellipse(l.Centre, rx, ry, start, 2*len(names))[1:] {
		if i%2 == 0 {
			l.Members = append(l.Members, Place{names[i/2], p})
		} else {
			l.Gaps = append(l.Gaps, p)
		}
	}
	l.Gaps = append(l.Gaps, ellipse(l.Centre, rx, ry, start, 1)[0])
	l.centre()
}

// centre moves the ring so that the members, not the ellipse, are in the middle: a triangle ends far from its circle's
// right edge.
func (l *Layout) centre() {
	lo, hi := l.Members[0].At, l.Members[0].At
	for _, m := range l.Members {
		lo = Point{math.Min(lo.X, m.At.X), math.Min(lo.Y, m.At.Y)}
		hi = Point{math.Max(hi.X, m.At.X), math.Max(hi.Y, m.At.Y)}
	}
	dx, dy := l.Centre.X-(lo.X+hi.X)/2, l.Centre.Y-(lo.Y+hi.Y)/2
	for i := range l.Members {
		l.Members[i].At.X += dx
		l.Members[i].At.Y += dy
		l.Gaps[i].X += dx
		l.Gaps[i].Y += dy
	}
	l.Centre.X, l.Centre.Y = l.Centre.X+dx, l.Centre.Y+dy
}

// ellipse gives n points at equal distances along an ellipse, clockwise from the angle start.
func ellipse(c Point, rx, ry, start float64, n int) []Point {
	const steps = 720
	var length [steps + 1]float64
	at := func(i int) Point {
		a := start + 2*math.Pi*float64(i)/steps
		return Point{c.X + rx*math.Cos(a), c.Y + ry*math.Sin(a)}
	}
	for i := 1; i <= steps; i++ {
		length[i] = length[i-1] + distance(at(i-1), at(i))
	}
	points := make([]Point, 0, n)
	for i, k := 0, 0; k < n; i++ {
		if length[i] >= length[steps]*float64(k)/float64(n)-1e-9 {
			points = append(points, at(i))
			k++
		}
	}
	return points
}

// Block is the room that a member takes with its timer and its lines.
func (l *Layout) Block(i int) Rect {
	p, side := l.Members[i].At, math.Max(l.LabelW/2, l.R+ringOut)
	return Rect{p.X - side, p.Y - l.R - ringOut, 2 * side, 2*l.R + ringOut + linesBelow}
}

func (l *Layout) fits() bool {
	for i := range l.Members {
		b := l.Block(i)
		if b.X < 0 || b.Y < 0 || b.X+b.W > l.Size.W || b.Y+b.H > l.Size.H {
			return false
		}
		for j := range i {
			if b.Overlaps(l.Block(j)) {
				return false
			}
		}
	}
	return true
}

// Member is where a member stands.
func (l *Layout) Member(name string) (Point, bool) {
	for _, m := range l.Members {
		if m.Name == name {
			return m.At, true
		}
	}
	return Point{}, false
}

// Client is where a client stands.
func (l *Layout) Client(name string) (Rect, bool) {
	for _, c := range l.Clients {
		if c.Name == name {
			return c.Rect, true
		}
	}
	return Rect{}, false
}
