package page

import (
	"strings"
	"syscall/js"
)

// menu is the menu of a member, a client or a message, beside it.
type menu struct {
	*instance
	stage  *stage
	id     string // whose menu is open; "": none
	opener opener
}

// openFor opens the menu of a member, a client or a message; "" closes what is open.
func (p *menu) openFor(id string) {
	nodes := menuFor(p.frame, id)
	if nodes == nil {
		if id == "" {
			p.close()
		}
		return
	}
	if p.id == "" { // else it is another page of the menu that is open
		p.opener.hold()
	}
	p.id = id
	p.regions["menu"].paint(nodes)
	el := p.raw("menu")
	el.Call("setAttribute", "role", "menu")
	el.Call("setAttribute", "aria-label", id)
	p.show("menu", true)
	p.place(el)
	if first := el.Call("querySelector", "button"); first.Truthy() {
		focus(first)
	}
}

// paint shows a newer frame in the menu, or closes it when what it belongs to is gone.
func (p *menu) paint() {
	if p.id == "" {
		return
	}
	if nodes := menuFor(p.frame, p.id); nodes != nil {
		p.regions["menu"].paint(nodes)
	} else {
		p.close()
	}
}

// place puts the menu beside what it belongs to, within the picture.
func (p *menu) place(el js.Value) {
	id, _, _ := strings.Cut(p.id, " ")
	at, off := p.stage.anchor(id)
	size := p.stage.layout.Size
	w, h := el.Get("offsetWidth").Float(), el.Get("offsetHeight").Float()
	x := at.X + off
	if x+w > size.W-6 {
		x = at.X - off - w
	}
	style := el.Get("style")
	style.Set("left", px(max(6, min(size.W-w-6, x)))+"px")
	style.Set("top", px(max(6, min(size.H-h-6, at.Y-30)))+"px")
}

func (p *menu) close() {
	if p.id == "" {
		return
	}
	inside := p.raw("menu").Call("contains", focused()).Bool()
	p.id = ""
	p.show("menu", false)
	if inside {
		p.opener.giveBack()
	}
}

// key moves within the open menu.
func (p *menu) key(e js.Value) bool {
	if p.id == "" {
		return false
	}
	by := 0
	switch e.Get("key").String() {
	case "ArrowDown", "ArrowRight":
		by = 1
	case "ArrowUp", "ArrowLeft":
		by = -1
	case "Tab":
		p.close()
		return false
	default:
		return false
	}
	items := p.raw("menu").Call("querySelectorAll", "button")
	n, at := items.Length(), focused()
	for i := range n {
		if items.Index(i).Equal(at) {
			focus(items.Index((i + by + n) % n))
			break
		}
	}
	e.Call("preventDefault")
	return true
}
