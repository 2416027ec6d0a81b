package page

import (
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// panels is the part beside the picture: the tabs with their panel, the card that explains, the events.
type panels struct {
	*instance
	list     []Panel
	tab      string        // the panel that was asked for
	shown    string        // the panel that was painted last
	content  *wire.Content // that was painted last
	explains bool          // the card is filled
}

// choose shows the tab at once; what is in the panel comes with the next frame.
func (p *panels) choose(id string) {
	p.tab = id
	p.regions["tabs"].paint(tabs(p.list, p.frame, p.tab))
}

func (p *panels) paint(f *wire.Frame) {
	fresh := f.Panel != p.shown
	if fresh { // asked for by a click, or by a link
		p.shown, p.tab = f.Panel, f.Panel
		p.raw("panel").Set("scrollTop", 0)
		p.raw("panel").Call("setAttribute", "aria-labelledby", p.options.id("tab-"+f.Panel))
	}
	p.regions["tabs"].paint(tabs(p.list, f, p.tab))
	if t := p.regions["tabs"].find(p.tab); fresh && t != nil { // on a small screen not all of them are in sight
		p.raw("tabs").Set("scrollLeft", p.el(t).Get("offsetLeft").Int()-90)
	}
	if f.Content != p.content { // what stays is painted already
		p.regions["panel"].paint(content(p.list, f))
	}
	p.content = f.Content
}

func (p *panels) paintEvents(f *wire.Frame) { p.regions["events"].paint(events(f)) }

func (p *panels) paintWhy(f *wire.Frame) {
	p.regions["why"].paint(whyCard(f.Why, selectedInsider(f)))
	if p.explains != (f.Why != nil) {
		p.explains = f.Why != nil
		p.raw("why").Get("classList").Call("toggle", "none", !p.explains)
		// the card has taken some of the panel's room
		if at := focused(); p.raw("panel").Call("contains", at).Bool() {
			at.Call("scrollIntoView", js.ValueOf(map[string]any{"block": "nearest"}))
		}
	}
}

// key moves between tabs with the arrows.
func (p *panels) key(e, target js.Value) bool {
	by := map[string]int{"ArrowRight": 1, "ArrowLeft": -1}[e.Get("key").String()]
	if by == 0 || !target.Call("matches", "[role=tab]").Bool() {
		return false
	}
	for i, t := range p.list {
		if t.ID == p.tab {
			next := p.list[(i+by+len(p.list))%len(p.list)].ID
			p.perform("panel " + next)
			p.el(p.regions["tabs"].find(next)).Call("focus")
			break
		}
	}
	e.Call("preventDefault")
	return true
}
