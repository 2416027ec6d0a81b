package page

import (
	"strconv"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// transport is the line of buttons that move through time.
type transport struct {
	*instance
	kind string // what the jump buttons look for
}

func (p *transport) paint(f *wire.Frame) { p.regions["transport"].paint(transportLine(f, p.kind)) }

// look changes what the jump buttons look for.
func (p *transport) look(kind string) {
	p.kind = kind
	p.paint(p.frame)
}

// timeline is the drawing of the run so far, and the slider over it.
type timeline struct {
	*instance
	width    float64
	drawn    timelineDrawing
	drawnAt  float64 // ms
	spokenAt float64 // when its slider was last put in words, ms
	end      int64   // of the slider
	seeking  bool    // a pointer holds the slider
}

// timelineEvery is how often the marks are drawn anew while the run plays, ms: there are many, and they hardly move.
const timelineEvery = 250

// timelineDrawing is what a drawing of the timeline depends on most.
type timelineDrawing struct {
	scale
	marks int
}

func (p *timeline) measure() { p.width = p.raw("timeline").Get("clientWidth").Float() }

func (p *timeline) scale(f *wire.Frame) scale {
	if p.width == 0 {
		p.measure()
	}
	return scale{width: p.width, end: domain(max(f.Timeline.End, f.Playback.Now))}
}

// paint draws the run so far.
func (p *timeline) paint(f *wire.Frame) {
	s := p.scale(f)
	if s.width <= 0 {
		return
	}
	d := timelineDrawing{s, len(f.Timeline.Marks)}
	if at := now(); !f.Playback.Playing || d != p.drawn || at-p.drawnAt > timelineEvery {
		p.drawn, p.drawnAt = d, at
		p.regions["tl-spans"].paint(timelineSpans(&f.Timeline, s))
		p.regions["tl-ticks"].paint(timelineTicks(s))
		p.regions["tl-marks"].paint(timelineMarks(&f.Timeline, s))
	}
}

// paintHand shows where we are.
func (p *timeline) paintHand(f *wire.Frame) {
	s := p.scale(f)
	if s.width <= 0 {
		return
	}
	p.regions["tl-head"].paint(timelineHead(f.Playback.Now, s))
	seek := p.raw("seek")
	if p.end != s.end {
		p.end = s.end
		seek.Set("max", float64(s.end))
	}
	if !p.seeking {
		seek.Set("value", float64(f.Playback.Now))
	}
	if at := now(); !f.Playback.Playing || at-p.spokenAt > spokenEvery {
		p.spokenAt = at
		seek.Call("setAttribute", "aria-valuetext", seekText(&f.Timeline, f.Playback.Now, s.end/200))
	}
}

// listen watches the pointer over the slider.
func (p *timeline) listen() {
	seek := p.raw("seek")
	release := func(js.Value) { p.seeking = false }
	p.on(seek, "pointerdown", func(js.Value) { p.seeking = true })
	p.on(seek, "pointermove", p.tip)
	p.on(seek, "pointerleave", func(js.Value) { p.show("tl-tip", false) })
	p.on(seek, "pointerup", release)
	p.on(seek, "blur", release)
	p.on(seek, "change", release)
}

// slid goes where the slider was moved to; a pointer near a mark means the mark.
func (p *timeline) slid(value string) {
	at, _ := strconv.ParseFloat(value, 64) // a range's value is a number
	if p.seeking {
		if m := nearestMark(&p.frame.Timeline, int64(at), p.span(nearPixels)); m != nil {
			at = float64(m.At)
		}
	}
	p.perform("seek " + strconv.FormatInt(int64(at), 10))
}

// nearPixels is how near a pointer is to what it means.
const nearPixels = 6

// span is how much time some pixels of the timeline are.
func (p *timeline) span(pixels float64) int64 {
	return int64(pixels * float64(p.end) / max(1, p.width))
}

// tip says what lies under the pointer.
func (p *timeline) tip(e js.Value) {
	if p.frame == nil {
		return
	}
	box := p.raw("timeline").Call("getBoundingClientRect")
	x := e.Get("clientX").Float() - box.Get("left").Float()
	tip := p.raw("tl-tip")
	tip.Set("textContent", seekText(&p.frame.Timeline, max(0, p.span(x)), p.span(nearPixels)))
	half := tip.Get("offsetWidth").Float() / 2
	tip.Get("style").Set("left", px(max(half, min(p.width-half, x)))+"px")
	p.show("tl-tip", true)
}
