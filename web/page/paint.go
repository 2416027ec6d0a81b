package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/web/scene"
)

// pen writes down what has to change on the page; one call of static/paint.js then carries it all out. That is several
// times as fast as a call for each change. Elements have numbers; 0 stands for none. Every part of the text ends with a
// zero byte:
//
//	n PARENT BEFORE SVG HTML IDS    make elements of HTML, number them and put them before another
//	u ID IDS                        number the children of an element
//	m ID PARENT BEFORE              move
//	d ID                            take away
//	t ID TEXT                       the text of a text node
//	a ID NAME VALUE, r ID NAME      set or remove an attribute
//	w MESSAGE ID AX AY CX CY BX BY  the way of a message, for motion.js
//	x MESSAGE, y MEMBER ID          a message that is gone; the arc of a member's timer
type pen struct {
	page *Options          // whose ids it writes
	do   func(text string) // carries out what was written down
	out  []byte
	free []int // numbers of elements that are gone
	top  int
}

func (p *pen) text(s string) {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	p.out = append(append(p.out, s...), 0)
}

func (p *pen) number(n int) { p.out = append(strconv.AppendInt(p.out, int64(n), 10), 0) }

func (p *pen) op(name byte, numbers ...int) {
	p.out = append(p.out, name, 0)
	for _, n := range numbers {
		p.number(n)
	}
}

// take gives an element a number.
func (p *pen) take() int {
	if n := len(p.free) - 1; n >= 0 {
		id := p.free[n]
		p.free = p.free[:n]
		return id
	}
	p.top++
	return p.top
}

// mounted is a node as it stands in the page. Its children are numbered only when one of them differs.
type mounted struct {
	node Node
	id   int
	kids []*mounted
	open bool // kids are there
}

// drop forgets a node and all below it.
func (p *pen) drop(m *mounted) {
	p.free = append(p.free, m.id)
	for _, k := range m.kids {
		p.drop(k)
	}
}

// children makes the children of parent what nodes say.
func (p *pen) children(parent int, old []*mounted, nodes []Node, svg bool) []*mounted {
	if same(old, nodes) {
		for i, m := range old {
			p.patch(m, &nodes[i], svg)
		}
		return old
	}
	next, gone, ordered := match(old, nodes)
	gone, again := recycle(next, gone, nodes)
	for _, m := range gone {
		p.op('d', m.id)
		p.drop(m)
	}
	for i, m := range next {
		if m != nil {
			p.patch(m, &nodes[i], svg)
		}
	}
	p.place(parent, next, nodes, again, ordered, svg)
	return next
}

// recycle lets what is gone stand for what is new: that costs less than to make it, in lists where much comes and goes.
func recycle(next, gone []*mounted, nodes []Node) (left, again []*mounted) {
	for i := range nodes {
		if len(gone) == 0 || next[i] != nil || nodes[i].Key == "" {
			continue
		}
		if m := gone[0]; m.node.Key != "" && m.node.Tag == nodes[i].Tag {
			next[i], gone = m, gone[1:]
			again = append(again, m)
		}
	}
	return gone, again
}

// place puts everything where it belongs, from the last to the first; what follows each other and is new is made at
// once.
func (p *pen) place(parent int, next []*mounted, nodes []Node, again []*mounted, ordered, svg bool) {
	before := 0
	for end := len(next); end > 0; {
		if m := next[end-1]; m != nil {
			if !ordered || slices.Contains(again, m) {
				p.op('m', m.id, parent, before)
			}
			before = m.id
			end--
			continue
		}
		from := end - 1
		for from > 0 && next[from-1] == nil {
			from--
		}
		p.create(parent, before, next[from:end], nodes[from:end], svg)
		before, end = next[from].id, from
	}
}

func (p *pen) create(parent, before int, next []*mounted, nodes []Node, svg bool) {
	p.op('n', parent, before)
	p.text(map[bool]string{true: "1"}[svg])
	for i := range nodes {
		next[i] = &mounted{node: nodes[i], id: p.take()}
		p.out = nodes[i].HTML(p.out, p.page)
	}
	p.out = append(p.out, 0)
	p.ids(next)
	for i := range nodes {
		if css, ok := valueOf(nodes[i].Attrs, "style"); ok {
			p.set(next[i].id, "style", css)
		}
	}
}

func (p *pen) ids(list []*mounted) {
	for i, m := range list {
		if i > 0 {
			p.out = append(p.out, ' ')
		}
		p.out = strconv.AppendInt(p.out, int64(m.id), 10)
	}
	p.out = append(p.out, 0)
}

func (p *pen) set(id int, name, value string) {
	p.op('a', id)
	p.text(name)
	p.text(p.page.written(name, value))
}

// patch makes an element what a node says.
func (p *pen) patch(m *mounted, n *Node, svg bool) {
	if n.Tag == "" {
		if m.node.Text != n.Text {
			p.op('t', m.id)
			p.text(n.Text)
			m.node.Text = n.Text
		}
		return
	}
	if !slices.Equal(m.node.Attrs, n.Attrs) {
		p.attrs(m, n.Attrs)
	}
	if !equalKids(m.node.Kids, n.Kids) {
		p.unfold(m)
		m.kids = p.children(m.id, m.kids, n.Kids, svg || n.Tag == "svg")
	}
	m.node = *n
}

// unfold numbers the children, once.
func (p *pen) unfold(m *mounted) {
	if m.open {
		return
	}
	m.open = true
	block := make([]mounted, len(m.node.Kids))
	for i := range block {
		block[i].node, block[i].id = m.node.Kids[i], p.take()
		m.kids = append(m.kids, &block[i])
	}
	if len(block) > 0 {
		p.op('u', m.id)
		p.ids(m.kids)
	}
}

func (p *pen) attrs(m *mounted, attrs []scene.Attr) {
	for _, a := range attrs {
		if v, ok := valueOf(m.node.Attrs, a.Name); !ok || v != a.Value {
			p.set(m.id, a.Name, a.Value)
		}
	}
	for _, a := range m.node.Attrs {
		if _, still := valueOf(attrs, a.Name); !still {
			p.op('r', m.id)
			p.text(a.Name)
		}
	}
}

// same says whether nothing came, went or moved: the common case.
func same(old []*mounted, nodes []Node) bool {
	return slices.EqualFunc(old, nodes,
		func(m *mounted, n Node) bool { return m.node.Tag == n.Tag && m.node.Key == n.Key })
}

// match finds what is there already for each node: by key, or else by tag, in order. Where nothing is there, next is
// nil.
func match(old []*mounted, nodes []Node) (next, gone []*mounted, ordered bool) {
	next, ordered = make([]*mounted, len(nodes)), true
	used, at, last := make([]bool, len(old)), 0, -1
	keys := make(map[string]int, len(old))
	for i, m := range old {
		if m.node.Key != "" {
			keys[m.node.Key] = i
		}
	}
	for i := range nodes {
		n := &nodes[i]
		found := -1
		if n.Key != "" {
			if j, ok := keys[n.Key]; ok && !used[j] && old[j].node.Tag == n.Tag {
				found = j
			}
		} else {
			for j := at; j < len(old) && found < 0; j++ {
				if !used[j] && old[j].node.Key == "" && old[j].node.Tag == n.Tag {
					found, at = j, j+1
				}
			}
		}
		if found >= 0 {
			ordered, last = ordered && found > last, found
			used[found], next[i] = true, old[found]
		}
	}
	for i, m := range old {
		if !used[i] {
			gone = append(gone, m)
		}
	}
	return next, gone, ordered
}

func valueOf(attrs []scene.Attr, name string) (string, bool) {
	for _, a := range attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

func equalKids(a, b []Node) bool { return slices.EqualFunc(a, b, equalNode) }

func equalNode(a, b Node) bool {
	return a.Tag == b.Tag && a.Key == b.Key && a.Text == b.Text && slices.Equal(a.Attrs, b.Attrs) &&
		equalKids(a.Kids, b.Kids)
}
