package page

import (
	"runtime/debug"
	"strings"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// Page is one instance of the page in a browser: its parts, each with a state of its own. What they want from each
// other are intents, which come together here.
type Page struct {
	*instance
	loop      loop
	schedule  schedule
	head      head
	stage     stage
	menu      menu
	sheets    sheets
	panels    panels
	transport transport
	timeline  timeline
	console   console
	dialogs   dialogs

	sizes      js.Value // a ResizeObserver
	lettersOff bool
	invited    bool // the hint says that members can be clicked
}

// Serve lets boot.js mount instances of the page: window.etcdscope.mount, which returns what unmounts it. It does not
// return: the listeners do all that follows.
func Serve(panels []Panel) {
	debug.SetGCPercent(400) // the heap is small: a collection now and then costs less than one every second
	js.Global().Get("etcdscope").Set("mount", js.FuncOf(func(_ js.Value, args []js.Value) any {
		host := args[0]
		text := func(name string) string { return host.Get(name).String() }
		p := Mount(host, panels, Options{Name: text("name"), Run: text("run"), Home: text("home"),
			Session: host.Get("session").Int(), Address: host.Get("address").Bool(),
			Storage: host.Get("storage").Bool(), Letters: host.Get("letters").Bool()})
		unmount := js.FuncOf(func(js.Value, []js.Value) any { p.Unmount(); return nil })
		p.callbacks = append(p.callbacks, unmount)
		return unmount
	}))
	select {}
}

// Mount takes over the markup that stands in host.root. host has the worker, too, and fail, which says what went wrong.
func Mount(host js.Value, list []Panel, o Options) *Page {
	n := newInstance(host, o)
	p := &Page{instance: n, lettersOff: !o.Letters}
	if v := p.remembered("letters"); v != "" {
		p.lettersOff = v == "off"
	}
	n.perform, n.ask = p.carryOut, p.loop.ask
	p.loop = loop{instance: n, schedule: &p.schedule, onReply: p.take}
	p.head = head{instance: n}
	p.stage = newStage(n, p.sheets.prepareSplit)
	p.menu = menu{instance: n, stage: &p.stage}
	p.sheets = sheets{instance: n, stage: &p.stage, op: firstOperation}
	p.panels = panels{instance: n, list: list, tab: list[0].ID}
	p.transport = transport{instance: n}
	p.timeline = timeline{instance: n}
	p.console = console{instance: n}
	p.dialogs = dialogs{instance: n}
	p.schedule = schedule{instance: n, parts: [...]func(*wire.Frame){
		partPicture: p.stage.paint, partTransport: p.paintTime, partPanel: p.panels.paint, partEvents: p.panels.paintEvents,
		partWhy: p.paintWhy, partHead: p.head.paint, partTimeline: p.timeline.paint}}
	p.sizes = js.Global().Get("ResizeObserver").New(p.callback(func(js.Value) { p.resized() }))
	p.sizes.Call("observe", p.raw("canvas"))
	p.sizes.Call("observe", p.raw("timeline"))
	p.listen()
	p.loop.start()
	return p
}

// Unmount stops all that the page does. Its element is no longer in the document.
func (p *Page) Unmount() {
	p.loop.stop()
	p.sizes.Call("disconnect")
	p.listening.Call("abort")
	for _, f := range p.callbacks {
		f.Release()
	}
}

// take shows an answer of the engine: first the frame, then the motion, so that what is new in the frame moves at once.
func (p *Page) take(r *wire.Reply, motion js.Value) {
	p.console.print(r.Lines)
	if c := r.Catalog; c != nil {
		p.dialogs.catalog = *c
		p.setText("version", "sim "+c.Version+" · "+c.Model)
	}
	if f := r.Frame; f != nil {
		var held wire.Timeline
		if p.frame != nil {
			held = p.frame.Timeline
		}
		var ok bool
		if f.Timeline, ok = f.Changed.Apply(&held); !ok {
			p.loop.fatal("a change of the timeline does not fit what stands")
			return
		}
		p.paint(f)
	}
	if motion.Truthy() {
		p.motion.Call("apply", motion)
	}
	if r.Link != "" {
		p.dialogs.showLink(r.Link)
	}
	if r.Paste != "" {
		p.dialogs.openPaste(r.Paste)
	}
	if p.loop.asked(wire.Complete) {
		p.console.complete(r.Completions)
	}
	if p.loop.asked(wire.Open) {
		text := ""
		for _, l := range r.Lines {
			if l.Kind == wire.LineErr {
				text = l.Text
			}
		}
		p.head.banner(text, true)
	}
}

// paint shows a frame: all at once if nothing plays, else the picture if there is still time, and what was asked for.
func (p *Page) paint(f *wire.Frame) {
	first := p.frame == nil
	if !first && f.Content == nil && f.Panel == p.frame.Panel {
		f.Content = p.frame.Content
	}
	p.frame = f
	if first {
		p.show("loading", false)
		p.raw("app").Get("dataset").Set("state", "ready")
		p.invite()
	}
	var wanted []int
	if p.loop.asked(wire.Panel) {
		wanted = append(wanted, partPanel)
	}
	if p.loop.asked(wire.Select) {
		wanted = append(wanted, partWhy)
	}
	p.schedule.begin(wanted, len(p.loop.sent) > 0)
	if first || !f.Playback.Playing {
		p.schedule.finish()
	}
}

func (p *Page) resized() {
	if p.frame != nil {
		p.stage.size.W = 0
		p.stage.paint(p.frame)
		p.timeline.measure()
		p.timeline.paint(p.frame)
		p.timeline.paintHand(p.frame)
		p.motion.Call("again")
	}
}

func (p *Page) paintTime(f *wire.Frame) {
	p.transport.paint(f)
	p.timeline.paintHand(f)
}

func (p *Page) paintWhy(f *wire.Frame) {
	p.sheets.paint()
	p.menu.paint()
	p.panels.paintWhy(f)
	p.head.announce(f, p.loop.stepped)
	p.loop.stepped = false
}

// invite tells a person who has never clicked a member that it can be done.
func (p *Page) invite() {
	if p.remembered("met") == "" {
		p.invited = true
		p.hint(hintFirst)
	}
}

// met ends the invitation.
func (p *Page) met() {
	if p.invited {
		p.invited = false
		p.hint("")
		p.remember("met", "yes")
	}
}

// carryOut carries an intent out: by an action for the engine, or else by the page itself.
func (p *Page) carryOut(intent string) {
	if acts, ok := Actions(intent, p.frame); ok {
		p.ask(acts...)
		p.carriedOut(intent)
		return
	}
	verb, arg, _ := strings.Cut(intent, " ")
	if do, ok := localActions[verb]; ok && p.frame != nil {
		do(p, arg)
	}
}

// carriedOut is what the page itself does beside an action.
func (p *Page) carriedOut(intent string) {
	verb, arg, _ := strings.Cut(intent, " ")
	switch verb {
	case "panel":
		p.panels.choose(arg)
	case "do", "member", "message", "link":
		p.menu.close()
		if strings.HasPrefix(p.sheets.open, "aim") || p.sheets.open == "loader" {
			p.sheets.close()
		}
	case "select":
		p.menu.close()
	}
}

// localActions are the intents that the page carries out itself.
var localActions map[string]func(p *Page, arg string)

func init() {
	localActions = map[string]func(p *Page, arg string){
		"pick":       (*Page).pick,
		"menu":       func(p *Page, arg string) { p.menu.openFor(arg) },
		"op":         func(p *Page, arg string) { p.menu.close(); p.sheets.openOp(arg) },
		"aim":        func(p *Page, arg string) { p.openSheet("aim " + arg) },
		"splitter":   func(p *Page, _ string) { p.openSheet("splitter") },
		"loader":     func(p *Page, _ string) { p.openSheet("loader") },
		"adder":      func(p *Page, _ string) { p.openSheet("adder") },
		"flight":     func(p *Page, _ string) { p.openSheet("flight") },
		"split":      func(p *Page, _ string) { p.sheets.split() },
		"close":      func(p *Page, _ string) { p.escape() },
		"fresh":      func(p *Page, _ string) { p.dialogs.openFresh() },
		"reseed":     func(p *Page, _ string) { p.dialogs.reseed() },
		"share":      func(p *Page, _ string) { p.ask(wire.Action{Kind: wire.Share}) },
		"copy":       func(p *Page, _ string) { p.dialogs.copyLink() },
		"still":      func(p *Page, _ string) { p.dialogs.saveStill(p.stage.svg()) },
		"help":       func(p *Page, _ string) { p.dialogs.openHelp(p.lettersOff) },
		"theme":      func(p *Page, _ string) { p.theme() },
		"console":    func(p *Page, _ string) { p.raw("input").Call("focus") },
		"lines":      func(p *Page, _ string) { p.console.toggle() },
		"dismiss":    func(p *Page, _ string) { p.show("banner", false) },
		"focus":      func(p *Page, arg string) { p.stage.moveFocus(arg) },
		"fullscreen": func(p *Page, _ string) { p.fullscreen() },
	}
}

// openSheet opens a sheet in the place of what is open.
func (p *Page) openSheet(name string) {
	p.menu.close()
	p.sheets.toggle(name)
}

// pick is a click on a member or a client: it explains it and opens its menu, or does what a tool is waiting for.
func (p *Page) pick(name string) {
	if aim, ok := strings.CutPrefix(p.sheets.open, "aim "); ok && member(p.frame, name) != nil {
		p.perform("member " + aim + " " + name)
		return
	}
	if open, _, _ := strings.Cut(p.menu.id, " "); open == name {
		p.menu.close()
		return
	}
	p.met()
	p.perform("select " + name)
	p.menu.openFor(name)
}

// escape closes the topmost thing, or else selects nothing.
func (p *Page) escape() {
	switch {
	case p.menu.id != "":
		p.menu.close()
	case p.sheets.open != "":
		p.sheets.close()
	case focused().Equal(p.raw("input")):
		p.raw("input").Call("blur")
	default:
		p.perform("select ")
	}
}

// theme changes between light and dark, and remembers it.
func (p *Page) theme() {
	root := p.root.Get("dataset")
	dark := js.Global().Call("matchMedia", "(prefers-color-scheme: dark)").Get("matches").Bool()
	if t := root.Get("theme"); t.Type() == js.TypeString {
		dark = t.String() == "dark"
	}
	next := map[bool]string{true: "light", false: "dark"}[dark]
	root.Set("theme", next)
	p.remember("theme", next)
}

// fullscreen gives the page the whole screen, or takes it back.
func (p *Page) fullscreen() {
	if document().Get("fullscreenElement").Truthy() {
		document().Call("exitFullscreen")
		return
	}
	root := p.root
	if root.Equal(document().Get("body")) {
		root = document().Get("documentElement")
	}
	if root.Get("requestFullscreen").Truthy() {
		root.Call("requestFullscreen")
	}
}
