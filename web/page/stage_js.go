package page

import (
	"slices"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// stage is the picture of the cluster, and the buttons that lie over it.
type stage struct {
	*instance
	size     scene.Size // {}: not measured
	layout   *scene.Layout
	parts    js.Value // the layers' elements, then that of the stroke
	layers   [scene.Layers]*region
	painted  [scene.Layers][]scene.Shape
	ways     map[string]way // of the messages that the motion script knows
	timers   []*mounted     // by member: its arc
	focus    string         // the member that is in the tab order
	drawing  bool           // a stroke may be drawn
	stroke   []scene.Point
	strokeEl js.Value
	onStroke func(groups [][]string) // the sides that the stroke makes so far
}

// newStage makes the layers of the picture.
func newStage(n *instance, onStroke func(groups [][]string)) stage {
	layers := strings.Repeat("<g></g>", int(scene.Layers))
	return stage{instance: n, ways: map[string]way{}, onStroke: onStroke,
		parts: n.parse(layers+`<path class="stroke"></path>`, true)}
}

// way is how a message travels, and what the motion script calls it.
type way struct {
	scene.Path
	id int
}

// listen watches the pointer in the picture.
func (s *stage) listen() {
	svg := s.raw("scene")
	s.on(svg, "pointerdown", s.pointer)
	s.on(svg, "pointermove", s.moveStroke)
	s.on(svg, "pointerup", func(js.Value) { s.endStroke() })
	s.on(svg, "pointercancel", func(js.Value) { s.endStroke() })
}

// take replaces the poster by the layers; it waits for the first frame, so that there is always a picture.
func (s *stage) take() {
	svg := s.raw("scene")
	list := s.parts
	svg.Set("textContent", "")
	for i := range s.layers {
		svg.Call("append", list.Index(i))
		s.layers[i] = s.newRegion(list.Index(i), true)
	}
	s.strokeEl = list.Index(len(s.layers))
	svg.Call("append", s.strokeEl)
}

// narrow is how wide a page is at most that the style sheet lays out in one column, px.
const narrow = 860

// measure reads the sizes; on a narrow screen it first gives the picture the height that its members need.
func (s *stage) measure() {
	canvas := s.raw("canvas")
	if s.frame != nil {
		style := canvas.Get("style")
		height := ""
		if s.raw("app").Get("clientWidth").Int() <= narrow {
			w := canvas.Get("clientWidth").Float()
			height = strconv.Itoa(int(scene.Height(w, len(s.frame.Members)))) + "px"
		}
		if style.Get("height").String() != height {
			style.Set("height", height)
		}
	}
	s.size = scene.Size{W: canvas.Get("clientWidth").Float(), H: canvas.Get("clientHeight").Float()}
}

// paint draws the frame and the buttons that lie over it.
func (s *stage) paint(f *wire.Frame) {
	if s.layers[0] == nil {
		s.take()
	}
	if s.size.W == 0 || s.layout == nil || len(s.layout.Members) != len(f.Members) ||
		len(s.layout.Clients) != len(f.Clients) {
		s.measure()
		s.layout = scene.ArrangeFrame(f, s.size)
		s.raw("scene").Call("setAttribute", "viewBox", "0 0 "+px(s.size.W)+" "+px(s.size.H))
	}
	shapes := scene.Draw(f, s.layout)
	for layer := range scene.Layers {
		s.paintLayer(layer, shapes)
	}
	s.setMotion(shapes)
	s.regions["hits"].paint(hits(f, s.layout, s.focus))
}

// paintLayer paints the shapes of one layer, unless they are what they were: links seldom change.
func (s *stage) paintLayer(layer scene.Layer, shapes []scene.Shape) {
	var mine []scene.Shape
	for i := range shapes {
		if shapes[i].Layer == layer {
			mine = append(mine, shapes[i])
		}
	}
	if slices.EqualFunc(mine, s.painted[layer], scene.Shape.Equal) {
		return
	}
	s.painted[layer] = mine
	nodes := make([]Node, len(mine))
	for i := range mine {
		nodes[i] = shapeNode(&mine[i])
	}
	s.layers[layer].paint(nodes)
}

// setMotion tells the motion script which elements it moves, and along which ways.
func (s *stage) setMotion(shapes []scene.Shape) {
	seen := map[string]bool{}
	for i := range shapes {
		sh := &shapes[i]
		if sh.Path == nil {
			continue
		}
		seen[sh.ID] = true
		w := way{*sh.Path, int(wire.MotionID(sh.Message))}
		if s.ways[sh.ID] == w {
			continue
		}
		s.ways[sh.ID] = w
		s.pen.op('w', w.id, s.layers[scene.LayerMessages].find(sh.ID).id)
		for _, v := range []float64{w.A.X, w.A.Y, w.C.X, w.C.Y, w.B.X, w.B.Y} {
			s.pen.text(px(v))
		}
	}
	for id, w := range s.ways {
		if !seen[id] {
			delete(s.ways, id)
			s.pen.op('x', w.id)
		}
	}
	s.setTimers()
	s.pen.flush()
}

// setTimers finds the arc of each member; it may be another element when the member's shape has changed.
func (s *stage) setTimers() {
	for i := range s.frame.Members {
		m := s.layers[scene.LayerMembers].find(s.frame.Members[i].Name)
		if m == nil {
			continue
		}
		s.pen.unfold(m)
		k := slices.IndexFunc(m.kids, func(k *mounted) bool { _, ok := valueOf(k.node.Attrs, "data-timer"); return ok })
		if k < 0 {
			continue
		}
		for len(s.timers) <= i {
			s.timers = append(s.timers, nil)
		}
		if arc := m.kids[k]; s.timers[i] != arc {
			s.timers[i] = arc
			s.pen.op('y', i, arc.id)
		}
	}
}

// pointer handles what is pressed in the picture itself: messages, arrows and the pill that heals. Members and clients
// are buttons. It acts when the pointer goes down, because a message moves on before it comes up.
func (s *stage) pointer(e js.Value) {
	if s.frame == nil || e.Get("button").Int() != 0 {
		return
	}
	if s.drawing {
		s.beginStroke(e)
		return
	}
	target := e.Get("target")
	if target.Call("closest", ".heal").Truthy() {
		s.perform("do heal")
		return
	}
	g := target.Call("closest", "[data-id]")
	if !g.Truthy() {
		s.perform("menu ")
		return
	}
	id := g.Get("dataset").Get("id").String()
	sh := s.shape(id)
	switch {
	case sh == nil:
	case sh.Path != nil:
		e.Call("preventDefault")
		if s.frame.Playback.Playing {
			s.perform("pause")
		}
		s.perform("select " + id)
		s.perform("menu " + id)
	case sh.From != "":
		s.perform("link " + sh.From + " " + sh.To)
	}
}

// shape is what is painted with an id; nil: nothing is.
func (s *stage) shape(id string) *scene.Shape {
	for _, layer := range s.painted {
		for i := range layer {
			if layer[i].ID == id {
				return &layer[i]
			}
		}
	}
	return nil
}

// beginStroke starts the line that parts the members.
func (s *stage) beginStroke(e js.Value) {
	s.raw("scene").Call("setPointerCapture", e.Get("pointerId"))
	s.stroke = []scene.Point{s.pointAt(e)}
}

func (s *stage) pointAt(e js.Value) scene.Point {
	box := s.raw("canvas").Call("getBoundingClientRect")
	return scene.Point{X: e.Get("clientX").Float() - box.Get("left").Float(),
		Y: e.Get("clientY").Float() - box.Get("top").Float()}
}

// moveStroke carries the line on, and shows the sides that it makes.
func (s *stage) moveStroke(e js.Value) {
	if len(s.stroke) == 0 {
		return
	}
	s.stroke = append(s.stroke, s.pointAt(e))
	d := ""
	for i, q := range s.stroke {
		d += map[bool]string{true: "M", false: "L"}[i == 0] + px(q.X) + " " + px(q.Y)
	}
	s.strokeEl.Call("setAttribute", "d", d)
	s.onStroke(s.layout.Groups(s.stroke))
}

// endStroke carries the split out, if the line parted anybody.
func (s *stage) endStroke() {
	if len(s.stroke) == 0 {
		return
	}
	s.stroke = nil
	s.strokeEl.Call("setAttribute", "d", "")
	s.perform("split")
}

// expect shows that the picture waits for a stroke, or for a click on a member.
func (s *stage) expect(stroke, pick bool) {
	s.drawing = stroke
	list := s.raw("canvas").Get("classList")
	list.Call("toggle", "drawing", stroke)
	list.Call("toggle", "picking", pick)
}

// anchor is where the menu of a member, a client or a message stands: so far beside a point.
func (s *stage) anchor(id string) (at scene.Point, off float64) {
	l := s.layout
	off = l.R + 20
	if q, ok := l.Member(id); ok {
		at = q
	} else if r, ok := l.Client(id); ok {
		at, off = scene.Point{X: r.X + r.W, Y: r.Y}, 10
	} else if m := message(s.frame, id); m != nil {
		if way := l.Lane(m.From, m.To); way != nil {
			at, off = way.Along(0.5), 24
		}
		if k := s.layers[scene.LayerMessages].find(id); k != nil {
			b, c := s.el(k).Call("getBoundingClientRect"), s.raw("canvas").Call("getBoundingClientRect")
			at = scene.Point{X: (b.Get("left").Float()+b.Get("right").Float())/2 - c.Get("left").Float(),
				Y: b.Get("top").Float() - c.Get("top").Float()}
		}
	}
	return at, off
}

// svg is the picture as a file.
func (s *stage) svg() string {
	return scene.SVG(scene.Draw(s.frame, s.layout), s.layout.Size, s.frame.Summary)
}

// keepFocus keeps the one member that Tab comes back to.
func (s *stage) keepFocus(target js.Value) {
	if m := target.Get("dataset").Get("m"); m.Type() == js.TypeString && s.focus != m.String() && s.frame != nil {
		s.focus = m.String()
		s.regions["hits"].paint(hits(s.frame, s.layout, s.focus))
	}
}

func (s *stage) moveFocus(by string) {
	n, _ := strconv.Atoi(by) // the table of keys wrote it
	s.focusOn(neighbour(s.frame, s.focus, n))
}

func (s *stage) focusOn(name string) {
	if m := s.regions["hits"].find(name); m != nil {
		s.el(m).Call("focus")
	}
}

// focusAny goes to the member that is in the tab order.
func (s *stage) focusAny() {
	if s.focus == "" {
		s.focus = s.frame.Members[0].Name
	}
	s.focusOn(s.focus)
}
