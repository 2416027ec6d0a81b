package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// listen puts a few listeners on the root; they find out by themselves what was meant. Events are taken as the browser
// gives them: dom makes an object of one of fifty types for each, which takes ten times as long, and has none for
// pointers.
func (p *Page) listen() {
	on(p.root, "click", p.clicked)
	on(p.root, "keydown", p.pressed)
	on(p.root, "submit", p.submitted)
	on(p.root, "change", func(e js.Value) { p.changed(e.Get("target")) })
	on(p.root, "contextmenu", p.contextMenu)
	on(p.root, "input", func(e js.Value) { p.slid(e.Get("target")) })
	on(p.root, "focusin", func(e js.Value) { p.keepFocus(e.Get("target")) })
	if p.options.Address {
		on(js.Global(), "hashchange", func(js.Value) {
			if hash := runInAddress(); hash != "" {
				p.ask(wire.Action{Kind: wire.Open, Text: hash})
			}
		})
	}
	on(p.raw("scene"), "pointerdown", p.pointer)
	on(p.raw("scene"), "pointermove", p.moveStroke)
	on(p.raw("scene"), "pointerup", func(js.Value) { p.endStroke() })
	on(p.raw("scene"), "pointercancel", func(js.Value) { p.endStroke() })
	on(p.raw("seek"), "pointerdown", p.seekDown)
	on(p.raw("seek"), "pointermove", p.seekTip)
	on(p.raw("seek"), "pointerleave", func(js.Value) { p.show("tl-tip", false) })
	on(p.raw("seek"), "pointerup", func(js.Value) { p.stage.seeking = false })
	on(p.raw("seek"), "blur", func(js.Value) { p.stage.seeking = false })
	for _, d := range []string{"dlg-fresh", "dlg-share", "dlg-paste", "dlg-help"} {
		on(p.raw(d), "close", func(js.Value) { p.closed(d) })
	}
	p.raw("fatal-fresh").Set("hidden", true)
}

// on listens without the wrappers of dom.
func on(el js.Value, event string, do func(js.Value)) {
	el.Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	}))
}

// perform carries an intent out: by an action for the engine, or else by itself.
func (p *Page) perform(intent string) {
	if acts, ok := Actions(intent, p.frame); ok {
		p.ask(acts...)
		p.performed(intent)
		return
	}
	verb, arg, _ := strings.Cut(intent, " ")
	if do, ok := deeds[verb]; ok && p.frame != nil {
		do(p, arg)
	}
}

// performed is what the page itself does beside an action.
func (p *Page) performed(intent string) {
	verb, arg, _ := strings.Cut(intent, " ")
	switch verb {
	case "panel":
		p.tab = arg
		p.regions["tabs"].paint(tabs(p.panels, p.frame, p.tab))
	case "do", "member", "message", "link":
		if strings.HasPrefix(arg, "metrics ") {
			p.openLines()
		}
		p.closeMenu()
		if strings.HasPrefix(p.open, "aim") || p.open == "loader" {
			p.closeSheet()
		}
	case "select":
		p.closeMenu()
	}
}

// deeds are the intents that the page carries out itself.
var deeds map[string]func(p *Page, arg string)

func init() {
	deeds = map[string]func(p *Page, arg string){
		"pick":       (*Page).pick,
		"menu":       (*Page).openMenu,
		"op":         (*Page).openOp,
		"aim":        func(p *Page, arg string) { p.openSheet("aim " + arg) },
		"splitter":   func(p *Page, _ string) { p.groups = nil; p.openSheet("splitter") },
		"loader":     func(p *Page, _ string) { p.openSheet("loader") },
		"adder":      func(p *Page, _ string) { p.openSheet("adder") },
		"flight":     func(p *Page, _ string) { p.openSheet("flight") },
		"close":      func(p *Page, _ string) { p.escape() },
		"fresh":      func(p *Page, _ string) { p.openFresh() },
		"reseed":     func(p *Page, _ string) { p.reseed() },
		"share":      func(p *Page, _ string) { p.ask(wire.Action{Kind: wire.Share}) },
		"copy":       func(p *Page, _ string) { p.copyLink() },
		"still":      func(p *Page, _ string) { p.saveStill() },
		"help":       func(p *Page, _ string) { p.openHelp() },
		"theme":      func(p *Page, _ string) { p.theme() },
		"console":    func(p *Page, _ string) { p.raw("input").Call("focus") },
		"lines":      func(p *Page, _ string) { p.toggleLines() },
		"dismiss":    func(p *Page, _ string) { p.show("banner", false) },
		"focus":      func(p *Page, arg string) { p.moveFocus(arg) },
		"fullscreen": func(p *Page, _ string) { p.fullscreen() },
	}
}

func (p *Page) clicked(e js.Value) {
	target := e.Get("target")
	if !target.Get("closest").Truthy() {
		return
	}
	if el := target.Call("closest", "[data-a]"); el.Truthy() {
		p.perform(el.Get("dataset").Get("a").String())
		return
	}
	inside := func(id string) bool { return p.raw(id).Call("contains", target).Bool() }
	if p.menu != "" && !inside("menu") && !inside("scene") {
		p.closeMenu()
	}
}

// pick is a click on a member or a client: it explains it and opens its menu, or does what a tool is waiting for.
func (p *Page) pick(name string) {
	if aim, ok := strings.CutPrefix(p.open, "aim "); ok && member(p.frame, name) != nil {
		p.perform("member " + aim + " " + name)
		return
	}
	if open, _, _ := strings.Cut(p.menu, " "); open == name {
		p.closeMenu()
		return
	}
	p.met()
	p.perform("select " + name)
	p.openMenu(name)
}

func (p *Page) pressed(e js.Value) {
	target := e.Get("target")
	name := p.nameOf(target)
	if name == "input" && p.consoleKey(e) {
		return
	}
	if p.menuKey(e) || p.tabKey(e, target) {
		return
	}
	tag := target.Get("tagName").String()
	onRange := tag == "INPUT" && target.Get("type").String() == "range"
	press := Press{
		Key: e.Get("key").String(), Shift: e.Get("shiftKey").Bool(), Ctrl: e.Get("ctrlKey").Bool(),
		Alt:        e.Get("altKey").Bool() || e.Get("metaKey").Bool(),
		Typing:     (tag == "INPUT" && !onRange) || tag == "TEXTAREA" || tag == "SELECT",
		Control:    tag == "BUTTON" || tag == "A" || tag == "SUMMARY" || name == "speed" || name == "key-rev",
		LettersOff: p.lettersOff,
		Scrolls:    name == "panel" || name == "events" || name == "lines",
		InDialog:   p.root.Call("querySelector", "dialog[open]").Truthy(),
	}
	if m := target.Get("dataset"); m.Truthy() && m.Get("m").Type() == js.TypeString {
		press.Member = m.Get("m").String()
	}
	intent := IntentOf(press)
	if strings.HasPrefix(p.open, "aim ") && press.Member != "" && press.Key == "Enter" {
		intent = "pick " + press.Member
	}
	if intent == "" || press.InDialog {
		return
	}
	e.Call("preventDefault")
	e.Call("stopPropagation")
	p.perform(intent)
}

// tabKey moves between tabs with the arrows.
func (p *Page) tabKey(e, target js.Value) bool {
	by := map[string]int{"ArrowRight": 1, "ArrowLeft": -1}[e.Get("key").String()]
	if by == 0 || !target.Call("matches", "[role=tab]").Bool() {
		return false
	}
	for i, t := range p.panels {
		if t.ID == p.tab {
			next := p.panels[(i+by+len(p.panels))%len(p.panels)].ID
			p.perform("panel " + next)
			p.el(p.regions["tabs"].find(next)).Call("focus")
			break
		}
	}
	e.Call("preventDefault")
	return true
}

// keepFocus keeps the one member that Tab comes back to.
func (p *Page) keepFocus(target js.Value) {
	if m := target.Get("dataset").Get("m"); m.Type() == js.TypeString && p.stage.focus != m.String() && p.frame != nil {
		p.stage.focus = m.String()
		p.regions["hits"].paint(hits(p.frame, p.stage.layout, p.stage.focus))
	}
}

func (p *Page) moveFocus(by string) {
	n, _ := strconv.Atoi(by) // the table of keys wrote it
	p.focusOn(neighbour(p.frame, p.stage.focus, n))
}

func (p *Page) focusOn(name string) {
	if m := p.regions["hits"].find(name); m != nil {
		p.el(m).Call("focus")
	}
}

func (p *Page) contextMenu(e js.Value) {
	target := e.Get("target")
	if el := target.Call("closest", "[data-m]"); el.Truthy() {
		e.Call("preventDefault")
		name := el.Get("dataset").Get("m").String()
		p.perform("select " + name)
		p.openMenu(name)
	}
}

func (p *Page) submitted(e js.Value) {
	form := e.Get("target")
	switch p.nameOf(form) {
	case "prompt":
		e.Call("preventDefault")
		p.enter()
	case "op-form":
		e.Call("preventDefault")
		p.submitOp(form.Get("dataset").Get("verb").String())
	case "split-form":
		e.Call("preventDefault")
		if command := splitCommand(p.groups); command != "" {
			p.perform("do " + command)
			p.closeSheet()
		}
	}
}

func (p *Page) changed(target js.Value) {
	switch p.nameOf(target) {
	case "jump-kind":
		p.kind = target.Get("value").String()
		p.regions["transport"].paint(transport(p.frame, p.kind))
	case "branch":
		p.perform("goto " + target.Get("value").String())
	case "letters":
		p.lettersOff = !target.Get("checked").Bool()
		p.remember("letters", map[bool]string{true: "off", false: "on"}[p.lettersOff])
	case "key-from":
		p.perform("look from " + target.Get("value").String())
	case "seek":
		p.stage.seeking = false
	}
	if target.Get("name").String() == "far" {
		p.prepareSplit(p.farSide())
	}
}

func (p *Page) slid(target js.Value) {
	switch p.nameOf(target) {
	case "input":
		p.fitInput()
	case "speed":
		p.perform("speed " + target.Get("value").String())
	case "key-rev":
		p.perform("look rev " + target.Get("value").String())
	case "seek":
		at, _ := strconv.ParseFloat(target.Get("value").String(), 64) // a range's value is a number
		if p.stage.seeking {
			if m := nearestMark(&p.frame.Timeline, int64(at), p.perPixel(6)); m != nil {
				at = float64(m.At)
			}
		}
		p.perform("seek " + strconv.FormatInt(int64(at), 10))
	}
}

// perPixel is how much time n pixels of the timeline are.
func (p *Page) perPixel(n float64) int64 {
	return int64(n * p.stage.seekEndFloat() / max(1, p.stage.timelineW))
}

func (s *stage) seekEndFloat() float64 { return float64(s.seekEnd) }

func (p *Page) seekDown(js.Value) { p.stage.seeking = true }

// seekTip says what lies under the pointer.
func (p *Page) seekTip(e js.Value) {
	if p.frame == nil {
		return
	}
	box := p.raw("timeline").Call("getBoundingClientRect")
	x := e.Get("clientX").Float() - box.Get("left").Float()
	at := int64(x / max(1, p.stage.timelineW) * float64(p.stage.seekEnd))
	tip := p.raw("tl-tip")
	tip.Set("textContent", seekText(&p.frame.Timeline, max(0, at), p.perPixel(6)))
	half := tip.Get("offsetWidth").Float() / 2
	tip.Get("style").Set("left", px(max(half, min(p.stage.timelineW-half, x)))+"px")
	p.show("tl-tip", true)
}
