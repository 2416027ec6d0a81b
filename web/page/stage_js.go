package page

import (
	"slices"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// stage is what the page knows of the picture.
type stage struct {
	size      scene.Size
	layout    *scene.Layout
	parts     js.Value // the layers' elements, then that of the stroke
	layers    [scene.Layers]*region
	painted   [scene.Layers][]scene.Shape
	ways      map[string]scene.Path // of the messages that the motion script knows
	timers    []*mounted            // by member: its arc
	focus     string                // the member that is in the tab order
	stroke    []scene.Point
	strokeEl  js.Value
	timelineW float64
	drawn     scaled  // the timeline as it is drawn
	drawnAt   float64 // ms
	toldAt    float64 // when its slider was last put in words, ms
	seekEnd   int64
	seeking   bool
}

// setStage makes the layers of the picture and watches its size.
func (p *Page) setStage() {
	s := &p.stage
	s.ways = map[string]scene.Path{}
	watch := js.Global().Get("ResizeObserver").New(js.FuncOf(func(js.Value, []js.Value) any {
		p.resized()
		return nil
	}))
	watch.Call("observe", p.raw("canvas"))
	watch.Call("observe", p.raw("timeline"))
	layers := ""
	for range scene.Layers {
		layers += "<g></g>"
	}
	s.parts = p.parse(layers+`<path class="stroke"></path>`, true)
}

// takeStage replaces the poster by the layers; it waits for the first frame, so that there is always a picture.
func (p *Page) takeStage() {
	svg := p.raw("scene")
	list := p.stage.parts
	svg.Set("textContent", "")
	for i := range p.stage.layers {
		svg.Call("append", list.Index(i))
		p.stage.layers[i] = p.newRegion(list.Index(i), true)
	}
	p.stage.strokeEl = list.Index(len(p.stage.layers))
	svg.Call("append", p.stage.strokeEl)
}

func (p *Page) resized() {
	if p.frame != nil {
		p.stage.size = scene.Size{}
		p.paintStage(p.frame)
		p.paintTimeline(p.frame)
		p.paintHand(p.frame)
		p.motion.Call("again")
	}
}

// narrow is how wide a page is at most that the style sheet lays out in one column, px.
const narrow = 860

// measure reads the sizes; on a narrow screen it first gives the picture the height that its members need.
func (p *Page) measure() {
	canvas := p.raw("canvas")
	if p.frame != nil {
		style := canvas.Get("style")
		height := ""
		if p.raw("app").Get("clientWidth").Int() <= narrow {
			w := canvas.Get("clientWidth").Float()
			height = strconv.Itoa(int(scene.Height(w, len(p.frame.Members)))) + "px"
		}
		if style.Get("height").String() != height {
			style.Set("height", height)
		}
	}
	p.stage.size = scene.Size{W: canvas.Get("clientWidth").Float(), H: canvas.Get("clientHeight").Float()}
	p.stage.timelineW = p.raw("timeline").Get("clientWidth").Float()
}

// paintStage draws the frame and the buttons that lie over it.
func (p *Page) paintStage(f *wire.Frame) {
	s := &p.stage
	if s.layers[0] == nil {
		p.takeStage()
	}
	if s.size.W == 0 || s.layout == nil || len(s.layout.Members) != len(f.Members) ||
		len(s.layout.Clients) != len(f.Clients) {
		p.measure()
		s.layout = scene.ArrangeFrame(f, s.size)
		p.raw("scene").Call("setAttribute", "viewBox", "0 0 "+px(s.size.W)+" "+px(s.size.H))
	}
	shapes := scene.Draw(f, s.layout)
	for layer := range scene.Layers {
		p.paintLayer(layer, shapes)
	}
	p.setMotion(shapes)
	p.regions["hits"].paint(hits(f, s.layout, s.focus))
}

// paintLayer paints the shapes of one layer, unless they are what they were: links seldom change.
func (p *Page) paintLayer(layer scene.Layer, shapes []scene.Shape) {
	s := &p.stage
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
func (p *Page) setMotion(shapes []scene.Shape) {
	seen := map[string]bool{}
	for i := range shapes {
		sh := &shapes[i]
		if sh.Path == nil {
			continue
		}
		seen[sh.ID] = true
		if way, ok := p.stage.ways[sh.ID]; ok && way == *sh.Path {
			continue
		}
		w := *sh.Path
		p.stage.ways[sh.ID] = w
		p.pen.op('w', motionID(sh.ID), p.stage.layers[scene.LayerMessages].find(sh.ID).id)
		for _, v := range []float64{w.A.X, w.A.Y, w.C.X, w.C.Y, w.B.X, w.B.Y} {
			p.pen.text(px(v))
		}
	}
	for id := range p.stage.ways {
		if !seen[id] {
			delete(p.stage.ways, id)
			p.pen.op('x', motionID(id))
		}
	}
	p.setTimers()
	p.pen.flush()
}

// linkOf takes the id of an arrow apart.
func linkOf(id string) (from, to string) {
	from, to, _ = strings.Cut(id, ">")
	return from, to
}

func motionID(id string) int {
	n, _ := strconv.ParseUint(id[1:], 10, 64) // the scene wrote it: "m17"
	return int(wire.MotionID(n))
}

// setTimers finds the arc of each member; it may be another element when the member's shape has changed.
func (p *Page) setTimers() {
	for i := range p.frame.Members {
		m := p.stage.layers[scene.LayerMembers].find(p.frame.Members[i].Name)
		if m == nil {
			continue
		}
		p.pen.unfold(m)
		k := slices.IndexFunc(m.kids, func(k *mounted) bool { _, ok := valueOf(k.node.Attrs, "data-timer"); return ok })
		if k < 0 {
			continue
		}
		for len(p.stage.timers) <= i {
			p.stage.timers = append(p.stage.timers, nil)
		}
		if arc := m.kids[k]; p.stage.timers[i] != arc {
			p.stage.timers[i] = arc
			p.pen.op('y', i, arc.id)
		}
	}
}

// pointer handles what is pressed in the picture itself: messages, arrows and the pill that heals. Members and clients
// are buttons. It acts when the pointer goes down, because a message moves on before it comes up.
func (p *Page) pointer(e js.Value) {
	if p.frame == nil || e.Get("button").Int() != 0 {
		return
	}
	if p.open == "splitter" {
		p.beginStroke(e)
		return
	}
	target := e.Get("target")
	if target.Call("closest", ".heal").Truthy() {
		p.perform("do heal")
		return
	}
	g := target.Call("closest", "[data-id]")
	if !g.Truthy() {
		p.closeMenu()
		return
	}
	id := g.Get("dataset").Get("id").String()
	switch {
	case message(p.frame, id) != nil:
		e.Call("preventDefault")
		if p.frame.Playback.Playing {
			p.perform("pause")
		}
		p.perform("select " + id)
		p.openMenu(id)
	case g.Get("classList").Call("contains", "arrow").Bool():
		from, to := linkOf(id)
		p.perform("link " + from + " " + to)
	}
}

// beginStroke starts the line that parts the members.
func (p *Page) beginStroke(e js.Value) {
	p.raw("scene").Call("setPointerCapture", e.Get("pointerId"))
	p.stage.stroke = []scene.Point{p.pointAt(e)}
}

func (p *Page) pointAt(e js.Value) scene.Point {
	box := p.raw("canvas").Call("getBoundingClientRect")
	return scene.Point{X: e.Get("clientX").Float() - box.Get("left").Float(),
		Y: e.Get("clientY").Float() - box.Get("top").Float()}
}

// moveStroke carries the line on, and shows the sides that it makes.
func (p *Page) moveStroke(e js.Value) {
	if len(p.stage.stroke) == 0 {
		return
	}
	p.stage.stroke = append(p.stage.stroke, p.pointAt(e))
	d := ""
	for i, q := range p.stage.stroke {
		d += map[bool]string{true: "M", false: "L"}[i == 0] + px(q.X) + " " + px(q.Y)
	}
	p.stage.strokeEl.Call("setAttribute", "d", d)
	p.prepareSplit(p.stage.layout.Groups(p.stage.stroke))
}

// endStroke carries the split out, if the line parted anybody.
func (p *Page) endStroke() {
	if len(p.stage.stroke) == 0 {
		return
	}
	p.stage.stroke = nil
	p.stage.strokeEl.Call("setAttribute", "d", "")
	if command := splitCommand(p.groups); command != "" {
		p.perform("do " + command)
		p.closeSheet()
	}
}
