package page

import (
	"slices"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// loop asks the engine once per animation frame and never before it has answered: so there is no queue that could
// overflow. When the run is paused and nothing was done, it asks nothing.
type loop struct {
	queue   []wire.Action
	sent    []wire.Action // of the tick that waits for its answer
	seq     uint64
	waiting bool // for an answer
	asked   bool // for an animation frame
	started bool
	last    float64 // when the last tick was sent, ms
	idle    bool    // no tick followed the last answer
	onFrame js.Func
	stepped bool // the person asked for the moment that comes
}

// longest is the wall time that one tick may claim, µs: a tab that slept does not wake up far ahead.
const longest = 100_000

func (p *Page) start() {
	p.loop.onFrame = js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.tick(args[0].Float())
		return nil
	})
	on(p.host.Get("worker"), "message", func(e js.Value) { p.answered(e.Get("data")) })
	run := p.options.Run
	if hash := runInAddress(); p.options.Address && hash != "" {
		run = hash
	}
	if run != "" {
		p.ask(wire.Action{Kind: wire.Open, Text: run})
	} else if p.reduced {
		p.ask(wire.Action{Kind: wire.Pause})
	} else {
		p.ask(wire.Action{Kind: wire.Play})
	}
	p.wake()
}

// runInAddress is the fragment of the address, unless it names a place on the page.
func runInAddress() string {
	hash := js.Global().Get("location").Get("hash").String()
	if len(hash) < 2 || document().Call("getElementById", hash[1:]).Truthy() {
		return ""
	}
	return hash
}

// ask puts actions into the next tick. Of several seeks only the last is worth sending.
func (p *Page) ask(acts ...wire.Action) {
	for _, a := range acts {
		q := p.loop.queue
		if n := len(q); n > 0 && a.Kind == wire.Seek && q[n-1].Kind == wire.Seek {
			q = q[:n-1]
		}
		p.loop.queue = append(q, a)
		if a.Kind == wire.Step || a.Kind == wire.Jump {
			p.loop.stepped = true
		}
	}
	p.wake()
}

func (p *Page) wake() {
	if !p.loop.asked && (!p.loop.waiting || p.due != 0) {
		p.loop.asked = true
		js.Global().Call("requestAnimationFrame", p.loop.onFrame)
	}
}

// tick asks the engine, and paints while it works.
func (p *Page) tick(now float64) {
	p.loop.asked = false
	if !p.loop.waiting && p.wanted() {
		p.send(now)
	}
	p.paintSome()
	if p.due != 0 {
		p.wake()
	}
}

// send sends the next tick.
func (p *Page) send(now float64) {
	l := &p.loop
	l.seq++
	t := wire.Tick{Version: wire.Version, Seq: l.seq, Full: !l.started, Actions: l.queue}
	if l.started && !l.idle {
		t.Elapsed = int64(min(longest, max(0, (now-l.last)*1000)))
	}
	l.started, l.idle, l.waiting, l.last = true, false, true, now
	l.sent, l.queue = l.queue, nil
	data, err := wire.Encode(&t)
	if err != nil {
		p.fatal(err.Error())
		return
	}
	buffer := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(buffer, data)
	message := js.Global().Get("Object").New()
	message.Set("session", p.options.Session)
	message.Set("tick", buffer.Get("buffer"))
	p.host.Get("worker").Call("postMessage", message, []any{buffer.Get("buffer")})
}

func (p *Page) wanted() bool {
	return !p.loop.started || len(p.loop.queue) > 0 ||
		(p.frame != nil && (p.frame.Playback.Playing || p.frame.Playback.Working != ""))
}

// answered takes the engine's answer: first the frame, then the motion, so that what is new in the frame moves at once.
func (p *Page) answered(data js.Value) {
	if f := data.Get("fatal"); f.Type() == js.TypeString {
		p.fatal(f.String())
		return
	}
	if !data.Get("reply").Truthy() || data.Get("session").Int() != p.options.Session {
		return
	}
	bytes := js.Global().Get("Uint8Array").New(data.Get("reply"))
	raw := make([]byte, bytes.Length())
	js.CopyBytesToGo(raw, bytes)
	var r wire.Reply
	if err := wire.Decode(raw, &r); err != nil {
		p.fatal(err.Error())
		return
	}
	if r.Fatal != "" || r.Version != wire.Version {
		p.fatal(r.Fatal)
		return
	}
	p.loop.waiting = false
	p.lines(r.Lines)
	if c := r.Catalog; c != nil {
		p.catalog = *c
		p.setText("version", "sim "+c.Version+" · "+c.Model)
	}
	if f := r.Frame; f != nil {
		var held wire.Timeline
		if p.frame != nil {
			held = p.frame.Timeline
		}
		var ok bool
		if f.Timeline, ok = f.Changed.Apply(&held); !ok {
			p.fatal("a change of the timeline does not fit what stands")
			return
		}
		p.paint(f)
	}
	if m := data.Get("motion"); m.Truthy() {
		p.motion.Call("apply", m)
	}
	p.replies(&r)
	if p.loop.idle = !p.wanted(); !p.loop.idle {
		p.wake()
	}
}

// replies hands the answers to Share, Complete and Open to who asked.
func (p *Page) replies(r *wire.Reply) {
	asked := func(k wire.ActionKind) bool {
		return slices.ContainsFunc(p.loop.sent, func(a wire.Action) bool { return a.Kind == k })
	}
	if r.Link != "" {
		p.showLink(r.Link)
	}
	if r.Paste != "" {
		p.openPaste(r.Paste)
	}
	if asked(wire.Complete) {
		p.complete(r.Completions)
	}
	if asked(wire.Open) {
		text := ""
		for _, l := range r.Lines {
			if l.Kind == "err" {
				text = l.Text
			}
		}
		p.banner(text, true)
	}
	p.loop.sent = nil
}

// fatal shows that nothing goes on, why, and what to do.
func (p *Page) fatal(why string) {
	if why == "" {
		why = "page and engine are of different versions"
	}
	p.loop.waiting = true
	p.show("fatal-fresh", p.options.Address)
	p.host.Call("fail", "The simulator stopped: "+why+".",
		"Your run is safe in its link if you shared it. Try again, or start afresh.")
}
