package page

import (
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// sections are the parts of the page that a frame fills, the picture first. While the run plays they are painted one
// after the other in the animation frames up to the next Frame: what is newest wins, and each has its turn.
var sections = [...]func(*Page, *wire.Frame){
	(*Page).paintStage, (*Page).paintTransport, (*Page).paintPanel, (*Page).paintEvents, (*Page).paintWhy,
	(*Page).paintHead, (*Page).paintTimeline,
}

const (
	sectionPicture, sectionPanel, sectionWhy = 0, 2, 4
	allSections                              = 1<<len(sections) - 1
)

// sliceTime is how long sections may be begun in one animation frame, ms.
const sliceTime = 1.5

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
	p.due = allSections
	for _, a := range p.loop.sent {
		switch a.Kind {
		case wire.Panel:
			p.paintSection(sectionPanel)
		case wire.Select:
			p.paintSection(sectionWhy)
		}
	}
	if p.spent < sliceTime || len(p.loop.sent) > 0 {
		p.paintSection(sectionPicture)
	}
	for p.due != 0 && (first || !f.Playback.Playing) {
		p.paintNext()
	}
}

// paintSome paints what is due, as much as an animation frame has room for.
func (p *Page) paintSome() {
	p.spent = 0
	if p.due == 0 {
		return
	}
	for start := now(); p.due != 0 && p.spent < sliceTime; p.spent = now() - start {
		p.paintNext()
	}
}

// paintNext paints the picture if it is due, else the section whose turn it is.
func (p *Page) paintNext() {
	if p.due>>sectionPicture&1 != 0 {
		p.paintSection(sectionPicture)
		return
	}
	for p.due>>p.turn&1 == 0 {
		p.turn = (p.turn + 1) % len(sections)
	}
	p.paintSection(p.turn)
}

func (p *Page) paintSection(i int) {
	p.due &^= 1 << i
	sections[i](p, p.frame)
}

var performance = js.Global().Get("performance")

func now() float64 { return performance.Call("now").Float() }

func (p *Page) paintTransport(f *wire.Frame) {
	p.regions["transport"].paint(transport(f, p.kind))
	p.paintHand(f)
}

func (p *Page) paintPanel(f *wire.Frame) {
	fresh := f.Panel != p.shown
	if fresh { // asked for by a click, or by a link
		p.shown, p.tab = f.Panel, f.Panel
		p.raw("panel").Set("scrollTop", 0)
		p.raw("panel").Call("setAttribute", "aria-labelledby", p.options.id("tab-"+f.Panel))
	}
	p.regions["tabs"].paint(tabs(p.panels, f, p.tab))
	if t := p.regions["tabs"].find(p.tab); fresh && t != nil { // on a small screen not all of them are in sight
		p.raw("tabs").Set("scrollLeft", p.el(t).Get("offsetLeft").Int()-90)
	}
	if f.Content != p.content { // what stays is painted already
		p.regions["panel"].paint(content(p.panels, f))
	}
	p.content = f.Content
}

func (p *Page) paintEvents(f *wire.Frame) { p.regions["events"].paint(events(f)) }

func (p *Page) paintWhy(f *wire.Frame) {
	p.paintTools()
	p.regions["why"].paint(whyCard(f.Why, selectedInsider(f)))
	if p.explains != (f.Why != nil) {
		p.explains = f.Why != nil
		p.raw("why").Get("classList").Call("toggle", "none", !p.explains)
		// the card has taken some of the panel's room
		if at := focused(); p.raw("panel").Call("contains", at).Bool() {
			at.Call("scrollIntoView", js.ValueOf(map[string]any{"block": "nearest"}))
		}
	}
	p.announce(f)
}
