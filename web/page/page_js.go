package page

import (
	"runtime/debug"
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"github.com/etcdscope/etcdscope/web/wire"
)

// Page is one instance of the page in a browser.
type Page struct {
	options Options
	root    js.Value
	host    js.Value // what boot.js gave: the worker, fail
	motion  js.Value // static/motion.js and paint.js, for this instance
	painter js.Value
	els     map[string]*dom.BasicHTMLElement // by id; looked up once
	regions map[string]*region
	pen     pen
	due     uint              // sections that show an older frame: one bit each
	turn    int               // of the section that is painted next
	spent   float64           // by the last animation frame on sections, ms
	texts   map[string]string // by id, as they stand

	panels  []Panel
	catalog wire.Catalog
	frame   *wire.Frame
	loop    loop
	stage   stage
	open    string        // the tool or list that is open: "op", "splitter", "loader", "adder", "flight", "aim crash" …
	tab     string        // the panel that was asked for
	shown   string        // the panel that was painted last
	content *wire.Content // that was painted last
	kind    string        // what the jump buttons look for
	op      Operation
	groups  [][]string // of the split that is being prepared
	menu    string     // whose menu is open
	opener  js.Value   // what had the focus before a menu or a sheet opened

	console    History
	announcer  Announcer
	lettersOff bool
	reduced    bool
	summed     float64 // when the summary was last written, ms
	explains   bool    // the card is filled
	broken     string  // the violation that the banner shows
}

// the ids of all elements that Go touches.
var ids = []string{"app", "run-title", "run-pills", "banner", "summary", "pills", "canvas", "scene", "hits", "menu",
	"hint", "loading",
	"op", "splitter", "loader", "adder", "flight", "tools", "tabs", "panel", "why", "events", "transport", "timeline",
	"tl", "tl-spans", "tl-ticks",
	"tl-marks", "tl-head", "seek", "tl-tip", "lines", "prompt", "input", "last", "version", "live", "alert", "dlg-fresh",
	"fresh-form", "fresh-body",
	"dlg-share", "share-body", "dlg-paste", "paste", "h-paste", "dlg-help", "help-body", "fatal-fresh"}

// Serve lets boot.js mount instances of the page: window.etcdscope.mount. It does not return: the listeners do all that
// follows.
func Serve(panels []Panel) {
	debug.SetGCPercent(400) // the heap is small: a collection now and then costs less than one every second
	js.Global().Get("etcdscope").Set("mount", js.FuncOf(func(_ js.Value, args []js.Value) any {
		host := args[0]
		text := func(name string) string { return host.Get(name).String() }
		Mount(host, panels, Options{Name: text("name"), Run: text("run"), Home: text("home"),
			Session: host.Get("session").Int(), Address: host.Get("address").Bool(),
			Storage: host.Get("storage").Bool(), Letters: host.Get("letters").Bool()})
		return nil
	}))
	select {}
}

// Mount takes over the markup that stands in host.root. host has the worker, too, and fail, which says what went wrong.
func Mount(host js.Value, panels []Panel, o Options) {
	p := &Page{
		options: o, host: host, root: host.Get("root"), motion: js.Global().Call("Motion"),
		els: map[string]*dom.BasicHTMLElement{}, regions: map[string]*region{},
		texts: map[string]string{}, panels: panels, tab: panels[0].ID,
		op: Operation{Verb: "put", Key: "/pods/pod1", Value: "hello", TTL: "30",
			If: `mod("/pods/pod1") = "0"`, Then: "put /pods/pod1 first", Else: "get /pods/pod1"},
	}
	p.painter = js.Global().Call("Paint", p.motion)
	all := p.painter.Get("all")
	p.pen.page, p.pen.do = &p.options, func(text string) { all.Invoke(text) }
	for _, id := range ids {
		p.els[id] = p.element(id)
	}
	for _, id := range []string{"run-pills", "banner", "pills", "hits", "menu", "op", "splitter", "loader", "adder",
		"flight", "tools", "tabs", "panel", "why",
		"events", "transport", "fresh-body", "share-body", "help-body"} {
		p.regions[id] = p.newRegion(p.raw(id), false)
	}
	for _, id := range []string{"tl-spans", "tl-ticks", "tl-marks", "tl-head"} {
		p.regions[id] = p.newRegion(p.raw(id), true)
	}
	p.settings()
	p.setStage()
	p.listen()
	p.start()
}

// find is an element of this instance as the browser has it, or null.
func (p *Page) find(id string) js.Value { return document().Call("getElementById", p.options.id(id)) }

// nameOf is what an element of this instance is called in it; "" if it has no id.
func (p *Page) nameOf(el js.Value) string { return p.options.nameOf(el.Get("id").String()) }

// element gives dom's type to an element. dom's own GetElementByID tries the constructors of sixty types for it, which
// takes 87 µs and has the linker keep them all: 17 KB of brotli.
func (p *Page) element(id string) *dom.BasicHTMLElement {
	return &dom.BasicHTMLElement{BasicElement: &dom.BasicElement{BasicNode: &dom.BasicNode{Value: p.find(id)}}}
}

// raw is an element as the browser has it, for what dom has no type for.
func (p *Page) raw(id string) js.Value { return p.els[id].Underlying() }

func (p *Page) show(id string, on bool) { p.raw(id).Set("hidden", !on) }

func (p *Page) setText(id, text string) {
	if p.texts[id] != text {
		p.texts[id] = text
		p.raw(id).Set("textContent", text)
	}
}

// settings reads what was remembered and what the system asks for.
func (p *Page) settings() {
	p.lettersOff = !p.options.Letters
	if v := p.remembered("letters"); v != "" {
		p.lettersOff = v == "off"
	}
	p.reduced = js.Global().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool()
	p.motion.Call("quarters", p.reduced)
}

// remembered and remember keep small choices; a browser that forbids it simply forgets.
func (p *Page) remembered(name string) (value string) {
	if !p.options.Storage {
		return ""
	}
	defer func() {
		if recover() != nil {
			value = ""
		}
	}()
	if v := js.Global().Get("localStorage").Call("getItem", p.options.storageKey(name)); v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

func (p *Page) remember(name, value string) {
	if !p.options.Storage {
		return
	}
	defer func() { _ = recover() }() // storage may be forbidden: the choice then lasts as long as the page
	js.Global().Get("localStorage").Call("setItem", p.options.storageKey(name), value)
}

// invite tells a person who has never clicked a member that it can be done.
func (p *Page) invite() {
	if p.remembered("met") == "" {
		p.hint(hintFirst)
	}
}

// met ends the invitation.
func (p *Page) met() {
	if p.texts["hint"] == hintFirst {
		p.hint("")
		p.remember("met", "yes")
	}
}

func (p *Page) paintHead(f *wire.Frame) {
	r := &f.Run
	p.setText("run-title", r.Title)
	head := []wire.Pill{{Label: "preset", Value: r.Preset}, {Label: "seed", Value: strconv.FormatUint(r.Seed, 10)}}
	if len(r.Modified) > 0 {
		head = append(head, wire.Pill{Label: "modified Raft:", Value: strings.Join(r.Modified, ", "), Tone: "bad"})
	}
	p.regions["run-pills"].paint(pills(head))
	p.regions["pills"].paint(status(f, p.open))
	if now := p.loop.last; !f.Playback.Playing || now-p.summed > 1000 { // nobody listens faster
		p.summed = now
		p.setText("summary", f.Summary)
	}
	if f.Playback.Stopped != p.broken {
		p.broken = f.Playback.Stopped
		p.banner(p.broken, true)
	}
}

func (p *Page) paintTools() {
	f := p.frame
	p.regions["tools"].paint(toolbar(f, p.open))
	switch p.open {
	case "flight":
		p.regions["flight"].paint(flightList(f))
	case "loader":
		p.regions["loader"].paint(loadSheet(f))
	case "adder":
		p.regions["adder"].paint(adderSheet(f))
	}
	if p.menu != "" {
		if nodes := menuFor(f, p.menu); nodes != nil {
			p.regions["menu"].paint(nodes)
		} else {
			p.closeMenu()
		}
	}
}

// timelineEvery is how often the marks are drawn anew while the run plays, ms: there are many, and they hardly move.
const timelineEvery = 250

// paintTimeline draws the run so far.
func (p *Page) paintTimeline(f *wire.Frame) {
	s := p.timelineScale(f)
	if s.width <= 0 {
		return
	}
	drawn := scaled{s, len(f.Timeline.Marks)}
	if at := now(); !f.Playback.Playing || drawn != p.stage.drawn || at-p.stage.drawnAt > timelineEvery {
		p.stage.drawn, p.stage.drawnAt = drawn, at
		p.regions["tl-spans"].paint(timelineSpans(&f.Timeline, s))
		p.regions["tl-ticks"].paint(timelineTicks(s))
		p.regions["tl-marks"].paint(timelineMarks(&f.Timeline, s))
	}
}

// scaled is what a drawing of the timeline depends on most.
type scaled struct {
	scale
	marks int
}

func (p *Page) timelineScale(f *wire.Frame) scale {
	return scale{width: p.stage.timelineW, end: domain(max(f.Timeline.End, f.Playback.Now))}
}

// paintHand shows on the timeline where we are.
func (p *Page) paintHand(f *wire.Frame) {
	s := p.timelineScale(f)
	if s.width <= 0 {
		return
	}
	p.regions["tl-head"].paint(timelineHead(f.Playback.Now, s))
	seek := p.raw("seek")
	if p.stage.seekEnd != s.end {
		p.stage.seekEnd = s.end
		seek.Set("max", float64(s.end))
	}
	if !p.stage.seeking {
		seek.Set("value", float64(f.Playback.Now))
	}
	if at := now(); !f.Playback.Playing || at-p.stage.toldAt > 1000 { // nobody listens faster
		p.stage.toldAt = at
		seek.Call("setAttribute", "aria-valuetext", seekText(&f.Timeline, f.Playback.Now, s.end/200))
	}
}

func (p *Page) announce(f *wire.Frame) {
	if text := p.announcer.Alert(f); text != "" {
		p.setText("alert", text)
	}
	if text := p.announcer.Say(int64(now()), f, p.loop.stepped); text != "" {
		p.setText("live", text)
	}
	p.loop.stepped = false
}

// banner says something that a person must know; "" takes it away.
func (p *Page) banner(text string, bad bool) {
	p.show("banner", text != "")
	if text == "" {
		return
	}
	p.raw("banner").Get("classList").Call("toggle", "bad", bad)
	nodes := []Node{h("p", text)}
	if p.broken != "" {
		nodes = append(nodes, button("step -1", "One event back"), button("share", "Share this run"))
	}
	p.regions["banner"].paint(append(nodes,
		button("dismiss", class("quiet square"), attr("aria-label", "Dismiss"), icon("close"))))
}
