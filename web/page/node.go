package page

import "github.com/etcdscope/etcdscope/web/scene"

// Node is a piece of the page as it should be: an element, or a text when Tag is "". Texts are escaped when written.
//
// A list that grows at one end gives its nodes keys, so that the painter moves none of them:
//
//	h("li", key("e17"), attr("data-a", "select e17"), "n2 voted")
//
// A style is only taken from the outermost nodes of a region.
type Node struct {
	Tag   string
	Key   string
	Attrs []scene.Attr
	Kids  []Node
	Text  string
}

type keyed string

// What follows returns parts as h takes them: a conversion at each of the many calls would make the binary larger.

func key(k string) any { return keyed(k) }

func attr(name, value string) any { return scene.Attr{Name: name, Value: value} }

func class(c string) any { return attr("class", c) }

// act makes an element do something when it is clicked.
func act(intent string) any { return attr("data-a", intent) }

// when gives a part only if a condition holds.
func when(cond bool, part any) any {
	if cond {
		return part
	}
	return ""
}

// flag prints a condition as ARIA wants it.
func flag(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// h makes an element. Its parts are attributes, texts, Nodes, lists of Nodes, and a key. Empty attributes and texts are
// left out, and texts that follow each other are joined, so that a node has exactly the children that a browser makes
// of its HTML.
func h(tag string, parts ...any) Node {
	n := Node{Tag: tag}
	n.with(parts...)
	return n
}

// with adds parts to an element.
func (n *Node) with(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case scene.Attr:
			if p.Name != "" {
				n.Attrs = append(n.Attrs, p)
			}
		case keyed:
			n.Key = string(p)
		case string:
			n.add(Node{Text: p})
		case Node:
			n.add(p)
		case []Node:
			for _, k := range p {
				n.add(k)
			}
		}
	}
}

func (n *Node) add(k Node) {
	if k.Tag == "" {
		if k.Text == "" {
			return
		}
		if last := len(n.Kids) - 1; last >= 0 && n.Kids[last].Tag == "" {
			n.Kids[last].Text += k.Text
			return
		}
	}
	n.Kids = append(n.Kids, k)
}

// voids are the elements without an end tag.
var voids = map[string]bool{"input": true, "br": true, "hr": true, "img": true}

// HTML appends a node to b, as an instance of the page writes it.
func (n *Node) HTML(b []byte, o *Options) []byte {
	if n.Tag == "" {
		return append(b, scene.Escape(n.Text)...)
	}
	b = append(append(b, '<'), n.Tag...)
	for _, a := range n.Attrs {
		if a.Name == "style" {
			continue // a strict content policy forbids it in markup: the painter sets it by itself
		}
		b = append(append(append(b, ' '), a.Name...), `="`...)
		b = append(append(b, scene.Escape(o.written(a.Name, a.Value))...), '"')
	}
	b = append(b, '>')
	if voids[n.Tag] {
		return b
	}
	for i := range n.Kids {
		b = n.Kids[i].HTML(b, o)
	}
	return append(append(append(b, "</"...), n.Tag...), '>')
}

// icon is a drawing from the page's sprite.
func icon(name string) Node {
	return h("svg", class("i"), attr("aria-hidden", "true"), h("use", attr("href", "#i-"+name)))
}

// button is a button that carries out an intent.
func button(intent string, parts ...any) Node {
	return h("button", append([]any{attr("type", "button"), act(intent)}, parts...)...)
}

// shapeNode is a shape of the scene as a node.
func shapeNode(s *scene.Shape) Node {
	n := Node{Tag: "g", Key: s.ID, Kids: make([]Node, 0, len(s.Body)+1)}
	n.Attrs = []scene.Attr{{Name: "class", Value: s.Class}, {Name: "data-id", Value: s.ID},
		{Name: "transform", Value: scene.Transform(s)}}
	for i := range s.Body {
		e := &s.Body[i]
		k := Node{Tag: e.Tag, Attrs: e.Attrs}
		if e.Text != "" {
			k.Kids = []Node{{Text: e.Text}}
		}
		n.Kids = append(n.Kids, k)
	}
	if s.Title != "" {
		n.Kids = append(n.Kids, h("title", s.Title))
	}
	return n
}
