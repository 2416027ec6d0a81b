package page

import (
	"strconv"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// dialogs are what is asked and shown in front of the page.
type dialogs struct {
	*instance
	catalog wire.Catalog
}

// openFresh asks what a new run shall be.
func (p *dialogs) openFresh() {
	p.regions["fresh-body"].paint(freshForm(&p.catalog, &p.frame.Run, p.frame.Run.Seed))
	p.raw("dlg-fresh").Call("showModal")
}

// reseed draws a new seed, short enough to be read out.
func (p *dialogs) reseed() {
	n := int(js.Global().Get("Math").Call("random").Float()*99_999) + 1
	p.find("fresh-seed").Set("value", strconv.Itoa(n))
}

// closed carries out what a dialog was closed with.
func (p *dialogs) closed(id string) {
	dialog := p.raw(id)
	if id == "dlg-paste" {
		p.pasted(dialog)
		return
	}
	if id != "dlg-fresh" || dialog.Get("returnValue").String() != "ok" {
		return
	}
	dialog.Set("returnValue", "")
	data := js.Global().Get("FormData").New(p.raw("fresh-form"))
	get := func(name string) string {
		if v := data.Call("get", name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}
	seed := p.find("fresh-seed").Get("value").String()
	var off []string
	for rules, i := data.Call("getAll", "off"), 0; i < rules.Length(); i++ {
		off = append(off, rules.Index(i).String())
	}
	if p.options.Address { // the link in it is not this run's
		location := js.Global().Get("location")
		js.Global().Get("history").Call("replaceState", js.Null(), "", location.Get("pathname"))
	}
	p.show("banner", false)
	// not back to the button: Space should play now
	p.find("stage").Call("focus", preventScroll)
	p.ask(wire.Action{Kind: wire.Fresh,
		Text: freshText(get("members"), get("clients"), get("preset"), seed, get("snapshots"), off)})
	if !p.reduced {
		p.ask(wire.Action{Kind: wire.Play})
	}
}

// openPaste asks for the text of a file that a line of the console reads.
func (p *dialogs) openPaste(file string) {
	p.setText("h-paste", "Paste the text of "+file)
	p.raw("paste").Set("value", "")
	p.raw("dlg-paste").Set("returnValue", "")
	p.raw("dlg-paste").Call("showModal")
	p.raw("paste").Call("focus")
}

// pasted hands it over.
func (p *dialogs) pasted(dialog js.Value) {
	if dialog.Get("returnValue").String() == "ok" {
		p.ask(wire.Action{Kind: wire.Paste, Text: p.raw("paste").Get("value").String()})
	}
	p.raw("input").Call("focus")
}

func (p *dialogs) showLink(link string) {
	p.regions["share-body"].paint(shareForm(p.options.Home+link, p.frame))
	field := p.find("share-link")
	field.Set("value", field.Call("getAttribute", "value"))
	if d := p.raw("dlg-share"); !d.Get("open").Bool() {
		d.Call("showModal")
	}
}

func (p *dialogs) copyLink() {
	field := p.find("share-link")
	say := func(text string) {
		if el := p.find("copied"); el.Truthy() {
			el.Set("textContent", text)
		}
	}
	field.Call("select")
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		say("The link is selected: copy it with Ctrl+C.")
		return
	}
	ok := js.FuncOf(func(js.Value, []js.Value) any { say("Copied."); return nil })
	no := js.FuncOf(func(js.Value, []js.Value) any { say("The link is selected: copy it with Ctrl+C."); return nil })
	clipboard.Call("writeText", field.Get("value")).Call("then", ok, no)
}

// saveStill offers the picture as a file.
func (p *dialogs) saveStill(svg string) {
	options := js.Global().Get("Object").New()
	options.Set("type", "image/svg+xml")
	url := js.Global().Get("URL").Call("createObjectURL", js.Global().Get("Blob").New([]any{svg}, options))
	a := document().Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", "etcdscope-"+strconv.FormatInt(p.frame.Playback.Now, 10)+".svg")
	a.Call("click")
	js.Global().Get("URL").Call("revokeObjectURL", url)
}

func (p *dialogs) openHelp(lettersOff bool) {
	p.regions["help-body"].paint(helpPage(lettersOff))
	p.raw("dlg-help").Call("showModal")
	p.find("h-help").Call("focus") // its first field is at the end
}
