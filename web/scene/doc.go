// Package scene turns a Frame into a picture: a list of shapes with stable ids, laid out for a given size.
//
// It is pure: the same Frame and Size give the same shapes in a browser, in a test and in a still. The page paints the
// shapes into its SVG and touches only what changed; SVG writes the same shapes as a file. There are three steps and a
// file for each: Arrange says where everything stands (layout.go), Draw says what it looks like (member.go,
// link.go, cut.go, message.go), and SVG writes it down (svg.go). Groups (stroke.go) reads a line that a person drew
// across the picture. Colours are CSS variables (palette.go), so that light and dark are the same drawing.
package scene

import "github.com/etcdscope/etcdscope/web/wire"

// Build lays a frame out for a size and draws it.
func Build(f *wire.Frame, size Size) []Shape { return Draw(f, ArrangeFrame(f, size)) }

// ArrangeFrame is Arrange with the names of a frame.
func ArrangeFrame(f *wire.Frame, size Size) *Layout {
	members := make([]string, len(f.Members))
	for i := range f.Members {
		members[i] = f.Members[i].Name
	}
	clients := make([]string, len(f.Clients))
	for i := range f.Clients {
		clients[i] = f.Clients[i].Name
	}
	return Arrange(members, clients, size)
}

// Draw is the picture of a frame in a layout, in painting order: what comes later lies above.
func Draw(f *wire.Frame, l *Layout) []Shape {
	d := drawing{frame: f, layout: l, selected: selected(f)}
	d.tiers()
	d.links()
	d.clientLinks()
	d.members()
	d.clients()
	d.cut()
	d.messages()
	return d.shapes
}

// drawing collects the shapes of one frame.
type drawing struct {
	frame    *wire.Frame
	layout   *Layout
	selected string
	shapes   []Shape
}

func (d *drawing) add(s Shape) { d.shapes = append(d.shapes, s) }

func selected(f *wire.Frame) string {
	if f.Why == nil {
		return ""
	}
	return f.Why.Subject.String()
}
