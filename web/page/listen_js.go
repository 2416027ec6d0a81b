package page

import (
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// listen puts a few listeners on the root; they find out by themselves what was meant. Events are taken as the browser
// gives them: dom makes an object of one of fifty types for each, which takes ten times as long, and has none for
// pointers.
func (p *Page) listen() {
	p.on(p.root, "click", p.clicked)
	p.on(p.root, "keydown", p.pressed)
	p.on(p.root, "submit", p.submitted)
	p.on(p.root, "change", func(e js.Value) { p.changed(e.Get("target")) })
	p.on(p.root, "contextmenu", p.contextMenu)
	p.on(p.root, "input", func(e js.Value) { p.slid(e.Get("target")) })
	p.on(p.root, "focusin", func(e js.Value) { p.stage.keepFocus(e.Get("target")) })
	if p.options.Address {
		p.on(js.Global(), "hashchange", func(js.Value) {
			if hash := runInAddress(); hash != "" {
				p.ask(wire.Action{Kind: wire.Open, Text: hash})
			}
		})
	}
	p.stage.listen()
	p.timeline.listen()
	for _, d := range []string{"dlg-fresh", "dlg-share", "dlg-paste", "dlg-help"} {
		p.on(p.raw(d), "close", func(js.Value) { p.dialogs.closed(d) })
	}
	p.raw("fatal-fresh").Set("hidden", true)
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
	if p.menu.id != "" && !inside("menu") && !inside("scene") {
		p.menu.close()
	}
}

func (p *Page) pressed(e js.Value) {
	target := e.Get("target")
	name := p.nameOf(target)
	if name == "input" && p.console.key(e) {
		return
	}
	if p.menu.key(e) || p.panels.key(e, target) {
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
	if strings.HasPrefix(p.sheets.open, "aim ") && press.Member != "" && press.Key == "Enter" {
		intent = "pick " + press.Member
	}
	if intent == "" || press.InDialog {
		return
	}
	e.Call("preventDefault")
	e.Call("stopPropagation")
	p.perform(intent)
}

func (p *Page) contextMenu(e js.Value) {
	target := e.Get("target")
	if el := target.Call("closest", "[data-m]"); el.Truthy() {
		e.Call("preventDefault")
		name := el.Get("dataset").Get("m").String()
		p.perform("select " + name)
		p.menu.openFor(name)
	}
}

func (p *Page) submitted(e js.Value) {
	form := e.Get("target")
	switch p.nameOf(form) {
	case "prompt":
		e.Call("preventDefault")
		p.console.enter()
	case "op-form":
		e.Call("preventDefault")
		p.sheets.submitOp(form.Get("dataset").Get("verb").String())
	case "split-form":
		e.Call("preventDefault")
		p.sheets.split()
	}
}

func (p *Page) changed(target js.Value) {
	switch p.nameOf(target) {
	case "jump-kind":
		p.transport.look(target.Get("value").String())
	case "branch":
		p.perform("goto " + target.Get("value").String())
	case "letters":
		p.lettersOff = !target.Get("checked").Bool()
		p.remember("letters", map[bool]string{true: "off", false: "on"}[p.lettersOff])
	case "key-from":
		p.perform("look from " + target.Get("value").String())
	}
	if target.Get("name").String() == "far" {
		p.sheets.prepareSplit(p.sheets.farSide())
	}
}

func (p *Page) slid(target js.Value) {
	switch p.nameOf(target) {
	case "input":
		p.console.fit()
	case "speed":
		p.perform("speed " + target.Get("value").String())
	case "key-rev":
		p.perform("look rev " + target.Get("value").String())
	case "seek":
		p.timeline.slid(target.Get("value").String())
	}
}
