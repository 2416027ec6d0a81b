package page

import (
	"slices"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/scene"
)

// region is a part of the page that is painted from nodes. It remembers what it painted last and touches only what differs, so
// that the focus, a selection, a scroll position and a click that has half happened survive.
type region struct {
	el   js.Value
	svg  bool
	kids []*mounted
}

// mounted is a node as it stands in the page. Its element and those of its kids are looked up only when something differs.
type mounted struct {
	node Node
	el   js.Value
	kids []*mounted
	open bool // kids are there
}

func newRegion(el js.Value, svg bool) *region {
	el.Set("textContent", "")
	return &region{el: el, svg: svg}
}

func (r *region) paint(nodes []Node) { r.kids = reconcile(r.el, r.kids, nodes, r.svg) }

// find is what was painted for a key.
func (r *region) find(key string) *mounted {
	for _, k := range r.kids {
		if k.node.Key == key {
			return k
		}
	}
	return nil
}

// reconcile makes the children of parent what nodes say.
func reconcile(parent js.Value, old []*mounted, nodes []Node, svg bool) []*mounted {
	if same(old, nodes) {
		for i, m := range old {
			m.patch(&nodes[i], svg)
		}
		return old
	}
	next, fresh, ordered := match(old, nodes)
	for _, m := range old {
		if !slices.Contains(next, m) {
			parent.Call("removeChild", m.el)
		}
	}
	for i, m := range next {
		if m != nil {
			m.patch(&nodes[i], svg)
		}
	}
	create(next, nodes, fresh, svg)
	after := js.Null()
	for i := len(next) - 1; i >= 0; i-- {
		if !ordered || slices.Contains(fresh, i) {
			parent.Call("insertBefore", next[i].el, after)
		}
		after = next[i].el
	}
	return next
}

// same says whether nothing came, went or moved: the common case.
func same(old []*mounted, nodes []Node) bool {
	return slices.EqualFunc(old, nodes, func(m *mounted, n Node) bool { return m.node.Tag == n.Tag && m.node.Key == n.Key })
}

// match finds what is there already for each node: by key, or else by tag, in order. fresh are the nodes for which nothing is there.
func match(old []*mounted, nodes []Node) (next []*mounted, fresh []int, ordered bool) {
	next, ordered = make([]*mounted, len(nodes)), true
	used, at, last := make([]bool, len(old)), 0, -1
	keys := map[string]int{}
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
		if found < 0 {
			fresh = append(fresh, i)
			continue
		}
		ordered, last = ordered && found > last, found
		used[found], next[i] = true, old[found]
	}
	return next, fresh, ordered
}

// create makes the elements of all fresh nodes with one parse.
func create(next []*mounted, nodes []Node, fresh []int, svg bool) {
	if len(fresh) == 0 {
		return
	}
	var b strings.Builder
	for _, i := range fresh {
		if nodes[i].Tag != "" {
			nodes[i].HTML(&b)
		}
	}
	made := parse(b.String(), svg)
	k := 0
	for _, i := range fresh {
		next[i] = &mounted{node: nodes[i]}
		if nodes[i].Tag == "" {
			next[i].el = document().Call("createTextNode", nodes[i].Text)
			continue
		}
		next[i].el = made.Index(k)
		k++
		if css, ok := valueOf(nodes[i].Attrs, "style"); ok {
			next[i].el.Get("style").Set("cssText", css)
		}
	}
}

// parse turns HTML into a list of elements. The list is a copy: they stay in it when they are moved into the page.
func parse(html string, svg bool) js.Value {
	t := document().Call("createElement", "template")
	if !svg {
		t.Set("innerHTML", html)
		return array.Call("from", t.Get("content").Get("childNodes"))
	}
	t.Set("innerHTML", "<svg>"+html+"</svg>")
	return array.Call("from", t.Get("content").Get("firstChild").Get("childNodes"))
}

var array = js.Global().Get("Array")

func document() js.Value { return js.Global().Get("document") }

// patch makes an element what a node says.
func (m *mounted) patch(n *Node, svg bool) {
	if n.Tag == "" {
		if m.node.Text != n.Text {
			m.el.Set("nodeValue", n.Text)
			m.node.Text = n.Text
		}
		return
	}
	if !slices.Equal(m.node.Attrs, n.Attrs) {
		m.patchAttrs(n.Attrs)
	}
	if !equalKids(m.node.Kids, n.Kids) {
		m.unfold()
		m.kids = reconcile(m.el, m.kids, n.Kids, svg || n.Tag == "svg")
	}
	m.node = *n
}

// unfold looks up the children, once.
func (m *mounted) unfold() {
	if m.open {
		return
	}
	m.open = true
	list := m.el.Get("childNodes")
	for i := range m.node.Kids {
		m.kids = append(m.kids, &mounted{node: m.node.Kids[i], el: list.Index(i)})
	}
}

// patchAttrs sets what differs. Of a field, the value that a person sees is a property and not the attribute.
func (m *mounted) patchAttrs(attrs []scene.Attr) {
	for _, a := range attrs {
		if v, ok := valueOf(m.node.Attrs, a.Name); ok && v == a.Value {
			continue
		}
		if a.Name == "style" {
			m.el.Get("style").Set("cssText", a.Value)
			continue
		}
		m.el.Call("setAttribute", a.Name, a.Value)
		if a.Name == "value" {
			m.el.Set("value", a.Value)
		}
		if a.Name == "checked" || a.Name == "selected" {
			m.el.Set(a.Name, true)
		}
	}
	for _, a := range m.node.Attrs {
		if _, still := valueOf(attrs, a.Name); still {
			continue
		}
		m.el.Call("removeAttribute", a.Name)
		if a.Name == "checked" || a.Name == "selected" {
			m.el.Set(a.Name, false)
		}
	}
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
	return a.Tag == b.Tag && a.Key == b.Key && a.Text == b.Text && slices.Equal(a.Attrs, b.Attrs) && equalKids(a.Kids, b.Kids)
}
