package scene

import (
	"math"
	"slices"
	"strconv"
)

// Point is a place in the picture, in CSS pixels.
type Point struct{ X, Y float64 }

// Size is the size of the picture, in CSS pixels.
type Size struct{ W, H float64 }

// Rect is a box, used to keep things from lying on each other.
type Rect struct{ X, Y, W, H float64 }

// Overlaps says whether two boxes share more than an edge.
func (r Rect) Overlaps(o Rect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// Layer orders the picture: a shape is painted above all shapes of lower layers.
type Layer int

// The layers, lowest first.
const (
	LayerLinks Layer = iota
	LayerMembers
	LayerCut
	LayerMessages
	Layers // how many there are
)

// Shape is one thing in the picture. Two frames that show the same thing give it the same ID, so a painter can keep its
// element.
type Shape struct {
	ID    string // "n1", "c1", "n1>n2", "m17", "cut"
	Layer Layer
	Class string
	At    Point  // where it stands; Body is relative to it
	Body  []El   // what it is made of, lowest first
	Path  *Path  // how it travels; nil: it stands
	Title string // a tooltip

	Message  uint64 // of a message: its id
	From, To string // of an arrow: the direction that a click on it cuts or mends
}

// Equal says whether two shapes look the same.
func (s Shape) Equal(o Shape) bool {
	return s.ID == o.ID && s.Class == o.Class && s.At == o.At && s.Title == o.Title &&
		(s.Path == nil) == (o.Path == nil) &&
		(s.Path == nil || *s.Path == *o.Path) && slices.EqualFunc(s.Body, o.Body, El.equal)
}

func (e El) equal(o El) bool {
	return e.Tag == o.Tag && e.Text == o.Text && slices.Equal(e.Attrs, o.Attrs)
}

// El is one SVG element of a shape. Elements do not nest.
type El struct {
	Tag   string
	Attrs []Attr
	Text  string
}

// Attr is an attribute of an element.
type Attr struct{ Name, Value string }

// Path is the way of a message: a quadratic curve from A to B.
type Path struct{ A, C, B Point }

// Along is the point at progress t in 0…1. The script that moves messages in the browser computes the same.
func (p *Path) Along(t float64) Point {
	u := 1 - t
	return Point{
		u*u*p.A.X + 2*u*t*p.C.X + t*t*p.B.X,
		u*u*p.A.Y + 2*u*t*p.C.Y + t*t*p.B.Y,
	}
}

// el makes an element from a tag and pairs of name and value.
func el(tag string, pairs ...string) El {
	e := El{Tag: tag, Attrs: make([]Attr, 0, len(pairs)/2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Attrs = append(e.Attrs, Attr{pairs[i], pairs[i+1]})
	}
	return e
}

// label makes a text element, centred on x unless pairs say otherwise.
func label(x, y float64, text string, pairs ...string) El {
	e := el("text", append([]string{"x", num(x), "y", num(y)}, pairs...)...)
	e.Text = text
	return e
}

// num prints a coordinate with at most one decimal: enough for the eye, and short.
func num(v float64) string {
	v = math.Round(v*10) / 10
	if v == 0 {
		v = 0 // no "-0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func between(a, b Point, t float64) Point { return Point{a.X + (b.X-a.X)*t, a.Y + (b.Y-a.Y)*t} }

func distance(a, b Point) float64 { return math.Hypot(b.X-a.X, b.Y-a.Y) }

// towards is the point d away from a in the direction of b.
func towards(a, b Point, d float64) Point {
	n := distance(a, b)
	if n == 0 {
		return a
	}
	return between(a, b, d/n)
}

// aside moves p by d to the right of the direction from a to b.
func aside(p, a, b Point, d float64) Point {
	n := distance(a, b)
	if n == 0 {
		return p
	}
	return Point{p.X - (b.Y-a.Y)/n*d, p.Y + (b.X-a.X)/n*d}
}

// edgeOf is how far from its middle the edge of a pill of w × h is, in the direction of turn degrees.
func edgeOf(w, h, turn float64) float64 {
	c, s := math.Abs(math.Cos(turn*math.Pi/180)), math.Abs(math.Sin(turn*math.Pi/180))
	r, half := h/2, math.Max(0, (w-h)/2)
	if s > 0 && r/s*c <= half {
		return r / s // through the straight side
	}
	return half*c + math.Sqrt(math.Max(0, r*r-half*half*s*s)) // through the round end
}
