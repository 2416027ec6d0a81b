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
	p.painter.Call("root", r.id, el)
	return r
}

func (r *region) paint(nodes []Node) {
	r.kids = r.pen.children(r.id, r.kids, nodes, r.svg)
	r.pen.flush()
}

// flush carries out what was written down.
func (p *pen) flush() {
	if len(p.out) > 0 {
		p.do(string(p.out))
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

// el is the element of a node as the browser has it.
func (p *Page) el(m *mounted) js.Value { return p.painter.Call("get", m.id) }

// parse turns HTML into a list of elements.
func (p *Page) parse(html string, svg bool) js.Value { return p.painter.Call("parse", html, svg) }

func document() js.Value { return js.Global().Get("document") }

// focused is the element that has the focus, of whatever instance.
func focused() js.Value { return document().Get("activeElement") }
