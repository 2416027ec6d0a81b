package page

import "syscall/js"

// region is a part of the page that is painted from nodes. It remembers what it painted last and touches only what
// differs, so that the focus, a selection, a scroll position and a click that has half happened survive.
type region struct {
	pen  *pen
	id   int
	svg  bool
	kids []*mounted
}

func (p *Page) newRegion(el js.Value, svg bool) *region {
	el.Set("textContent", "")
	r := &region{pen: &p.pen, id: p.pen.take(), svg: svg}
	painter().Call("root", r.id, el)
	return r
}

func painter() js.Value { return js.Global().Get("Paint") }

// paintAll is set when the page runs: the engine, from the same binary, has no painter.
var paintAll js.Value

func (r *region) paint(nodes []Node) {
	r.kids = r.pen.children(r.id, r.kids, nodes, r.svg)
	r.pen.flush()
}

// flush carries out what was written down.
func (p *pen) flush() {
	if len(p.out) > 0 {
		paintAll.Invoke(string(p.out))
		p.out = p.out[:0]
	}
}

// find is what was painted for a key.
func (r *region) find(key string) *mounted {
	for _, k := range r.kids {
		if k.node.Key == key {
			return k
		}
	}
	return nil
}

// el is the element as the browser has it.
func (m *mounted) el() js.Value { return painter().Call("get", m.id) }

// parse turns HTML into a list of elements.
func parse(html string, svg bool) js.Value { return painter().Call("parse", html, svg) }

func document() js.Value { return js.Global().Get("document") }
