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

func (n *instance) newRegion(el js.Value, svg bool) *region {
	el.Set("textContent", "")
	r := &region{pen: &n.pen, id: n.pen.take(), svg: svg}
	n.painter.Call("root", r.id, el)
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
func (n *instance) el(m *mounted) js.Value { return n.painter.Call("get", m.id) }

// parse turns HTML into a list of elements.
func (n *instance) parse(html string, svg bool) js.Value { return n.painter.Call("parse", html, svg) }
