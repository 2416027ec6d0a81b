package page

import (
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// sections are the parts of the page that a frame fills, without the picture, which is painted at once. While the run plays they
// are painted one after the other in the animation frames up to the next Frame: what is newest wins, and each has its turn.
var sections = [...]func(*Page, *wire.Frame){
	(*Page).paintTransport, (*Page).paintPanel, (*Page).paintEvents, (*Page).paintWhy, (*Page).paintHead, (*Page).paintTimeline,
}

const allSections = 1<<len(sections) - 1

// sliceTime is how long sections may be begun in one animation frame, ms.
const sliceTime = 2.0

// paint shows a frame: its picture at once, and the rest too if nothing is playing or if a person waits for an answer.
func (p *Page) paint(f *wire.Frame, asked bool) {
	first := p.frame == nil
	p.frame = f
	if first {
		p.show("loading", false)
		p.raw("app").Get("dataset").Set("state", "ready")
		p.invite()
	}
	p.paintStage()
	p.due = allSections
	if first || asked || !f.Playback.Playing {
		for p.due != 0 {
			p.paintNext()
		}
	}
}

// paintSome paints what is due, as much as an animation frame has room for.
func (p *Page) paintSome() {
	if p.due == 0 {
		return
	}
	for start := now(); p.due != 0; {
		p.paintNext()
		if now()-start > sliceTime {
			break
		}
	}
}

// paintNext paints the section whose turn it is.
func (p *Page) paintNext() {
	for p.due>>p.turn&1 == 0 {
		p.turn = (p.turn + 1) % len(sections)
	}
	p.due &^= 1 << p.turn
	sections[p.turn](p, p.frame)
}

var performance = js.Global().Get("performance")

func now() float64 { return performance.Call("now").Float() }

func (p *Page) paintTransport(f *wire.Frame) {
	p.regions["transport"].paint(transport(f, p.kind))
	p.paintHand(f)
}

func (p *Page) paintPanel(f *wire.Frame) {
	if f.Panel != p.shown { // asked for by a click, or by a link
		p.shown, p.tab = f.Panel, f.Panel
		p.raw("panel").Set("scrollTop", 0)
		p.raw("panel").Call("setAttribute", "aria-labelledby", "tab-"+f.Panel)
	}
	p.regions["tabs"].paint(tabs(f, p.tab))
	p.regions["panel"].paint(panel(f))
}

func (p *Page) paintEvents(f *wire.Frame) { p.regions["events"].paint(events(f)) }

func (p *Page) paintWhy(f *wire.Frame) {
	p.paintTools()
	p.regions["why"].paint(whyCard(f.Why, selectedInsider(f)))
	p.raw("why").Get("classList").Call("toggle", "none", f.Why == nil)
	p.announce(f)
}
