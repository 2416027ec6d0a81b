package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/scene"
)

// openSheet opens one of the sheets above the tools, or starts waiting for a click on a member ("aim crash"). Opening
// it again closes it.
func (p *Page) openSheet(name string) {
	if p.open == name {
		p.closeSheet()
		return
	}
	p.closeMenu()
	p.hideSheets()
	p.opener = focused()
	p.open = name
	f := p.frame
	sheet := name
	switch {
	case name == "splitter":
		p.prepareSplit(p.groups)
	case strings.HasPrefix(name, "op "):
		sheet = "op"
		p.regions["op"].paint(opSheet(f, p.op))
	case strings.HasPrefix(name, "aim "):
		p.hint(map[string]string{"aim crash": hintCrash, "aim pause": hintPause}[name])
		sheet = ""
	}
	list := p.raw("canvas").Get("classList")
	list.Call("toggle", "drawing", name == "splitter")
	list.Call("toggle", "picking", sheet == "")
	p.paintTools()
	if sheet == "" {
		p.focusOn(p.stage.focusOr(f.Members[0].Name))
		return
	}
	p.show(sheet, true)
	if first := p.raw(sheet).Call("querySelector", "input, select, [data-a]:not(.close)"); first.Truthy() {
		first.Call("focus", preventScroll)
		if first.Get("select").Truthy() && first.Get("type").String() == "text" {
			first.Call("select")
		}
	}
}

// focusOr is the member in the tab order.
func (s *stage) focusOr(name string) string {
	if s.focus != "" {
		return s.focus
	}
	return name
}

var preventScroll = func() js.Value {
	o := js.Global().Get("Object").New()
	o.Set("preventScroll", true)
	return o
}()

func (p *Page) hideSheets() {
	for _, s := range []string{"op", "splitter", "loader", "adder", "flight", "hint"} {
		p.show(s, false)
	}
	list := p.raw("canvas").Get("classList")
	list.Call("remove", "drawing")
	list.Call("remove", "picking")
}

// closeSheet closes what is open and gives the focus back.
func (p *Page) closeSheet() {
	inside := p.root.Call("contains", focused()).Bool() && focused().Call("closest", ".sheet").Truthy()
	p.hideSheets()
	p.open = ""
	if p.frame != nil {
		p.paintTools()
	}
	if inside && p.opener.Truthy() {
		p.opener.Call("focus", preventScroll)
	}
}

func (p *Page) hint(text string) {
	p.setText("hint", text)
	p.show("hint", text != "")
}

// escape closes the topmost thing, or else selects nothing.
func (p *Page) escape() {
	switch {
	case p.menu != "":
		p.closeMenu()
	case p.open != "":
		p.closeSheet()
	case focused().Equal(p.raw("input")):
		p.raw("input").Call("blur")
	default:
		p.perform("select ")
	}
}

// openOp opens the form for an operation: "put", "put n2" at a member, "put . c1" by a client, "put . . 694d" with a
// lease.
func (p *Page) openOp(arg string) {
	words := strings.Fields(arg)
	if p.open == "op "+words[0] && len(words) == 1 {
		p.closeSheet()
		return
	}
	p.op.Verb, p.op.Endpoint = words[0], ""
	if len(words) > 1 && words[1] != "." {
		p.op.Endpoint = words[1]
		if member(p.frame, words[1]) == nil {
			p.op.Endpoint = ""
		}
	}
	if len(words) > 2 && words[2] != "." {
		p.op.Client = words[2]
	}
	p.op.Lease, p.op.Revision = "", ""
	if len(words) > 3 {
		p.op.Lease = words[3]
	}
	if p.op.Verb == "compaction" {
		p.op.Revision = strconv.FormatInt(newest(p.frame), 10)
	}
	p.open = ""
	p.openSheet("op " + p.op.Verb)
}

// submitOp sends the operation; the form stays open for the next one.
func (p *Page) submitOp(verb string) {
	o := &p.op
	o.Verb = verb
	for id, into := range map[string]*string{"key": &o.Key, "value": &o.Value, "client": &o.Client,
		"endpoint": &o.Endpoint, "consistency": &o.Consistency,
		"lease": &o.Lease, "rev": &o.Revision, "ttl": &o.TTL, "if": &o.If, "then": &o.Then, "else": &o.Else} {
		if el := p.find("op-" + id); el.Truthy() {
			*into = el.Get("value").String()
		}
	}
	for id, into := range map[string]*bool{"prefix": &o.Prefix, "prev": &o.PrevKV} {
		if el := p.find("op-" + id); el.Truthy() {
			*into = el.Get("checked").Bool()
		}
	}
	p.perform("do " + o.Command())
}

// prepareSplit shows what a split would part.
func (p *Page) prepareSplit(groups [][]string) {
	p.groups = groups
	p.regions["splitter"].paint(splitSheet(p.frame, groups))
	p.hint(strokeHint(groups))
}

// farSide reads the check boxes of the split.
func (p *Page) farSide() [][]string {
	groups := make([][]string, 2)
	boxes := p.raw("splitter").Call("querySelectorAll", "[name=far]")
	for i := range boxes.Length() {
		side := 0
		if boxes.Index(i).Get("checked").Bool() {
			side = 1
		}
		groups[side] = append(groups[side], boxes.Index(i).Get("value").String())
	}
	return groups
}

// openMenu opens the menu of a member, a client or a message beside it.
func (p *Page) openMenu(id string) {
	nodes := menuFor(p.frame, id)
	if nodes == nil {
		return
	}
	if p.menu == "" { // else it is another page of the menu that is open
		p.opener = focused()
	}
	p.menu = id
	p.regions["menu"].paint(nodes)
	menu := p.raw("menu")
	menu.Call("setAttribute", "role", "menu")
	menu.Call("setAttribute", "aria-label", id)
	p.show("menu", true)
	p.placeMenu(id, menu)
	if first := menu.Call("querySelector", "button"); first.Truthy() {
		first.Call("focus", preventScroll)
	}
}

// placeMenu puts the menu beside what it belongs to, within the picture.
func (p *Page) placeMenu(id string, menu js.Value) {
	l := p.stage.layout
	id, _, _ = strings.Cut(id, " ")
	at, off := scene.Point{}, l.R+20
	if q, ok := l.Member(id); ok {
		at = q
	} else if r, ok := l.Client(id); ok {
		at, off = scene.Point{X: r.X + r.W, Y: r.Y}, 10
	} else if m := message(p.frame, id); m != nil {
		if way := l.Lane(m.From, m.To); way != nil {
			at, off = way.Along(0.5), 24
		}
		if k := p.stage.layers[scene.LayerMessages].find(id); k != nil {
			b, c := p.el(k).Call("getBoundingClientRect"), p.raw("canvas").Call("getBoundingClientRect")
			at = scene.Point{X: (b.Get("left").Float()+b.Get("right").Float())/2 - c.Get("left").Float(),
				Y: b.Get("top").Float() - c.Get("top").Float()}
		}
	}
	w, h := menu.Get("offsetWidth").Float(), menu.Get("offsetHeight").Float()
	x := at.X + off
	if x+w > l.Size.W-6 {
		x = at.X - off - w
	}
	style := menu.Get("style")
	style.Set("left", px(max(6, min(l.Size.W-w-6, x)))+"px")
	style.Set("top", px(max(6, min(l.Size.H-h-6, at.Y-30)))+"px")
}

func (p *Page) closeMenu() {
	if p.menu == "" {
		return
	}
	inside := p.raw("menu").Call("contains", focused()).Bool()
	p.menu = ""
	p.show("menu", false)
	if inside && p.opener.Truthy() {
		p.opener.Call("focus", preventScroll)
	}
}

// menuKey moves within the open menu.
func (p *Page) menuKey(e js.Value) bool {
	if p.menu == "" {
		return false
	}
	by := 0
	switch e.Get("key").String() {
	case "ArrowDown", "ArrowRight":
		by = 1
	case "ArrowUp", "ArrowLeft":
		by = -1
	case "Tab":
		p.closeMenu()
		return false
	default:
		return false
	}
	items := p.raw("menu").Call("querySelectorAll", "button")
	n, now := items.Length(), focused()
	for i := range n {
		if items.Index(i).Equal(now) {
			items.Index((i+by+n)%n).Call("focus", preventScroll)
			break
		}
	}
	e.Call("preventDefault")
	return true
}
