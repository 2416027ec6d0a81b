package page

import (
	"slices"
	"syscall/js"

	"github.com/etcdscope/etcdscope/web/wire"
)

// loop asks the engine once per animation frame and never before it has answered: so there is no queue that could
// overflow. When the run is paused and nothing was done, it asks nothing.
type loop struct {
	*instance
	schedule *schedule
	onReply  func(r *wire.Reply, motion js.Value)

	queue   []wire.Action
	sent    []wire.Action // of the tick that waits for its answer
	seq     uint64
	waiting bool // for an answer
	started bool
	last    float64 // when the last tick was sent, ms
	idle    bool    // no tick followed the last answer
	stopped bool    // for good

	onFrame   js.Func
	framed    bool     // an animation frame was asked for
	animation js.Value // its number

	stepped bool // the person asked for the moment that comes
}

// longest is the wall time that one tick may claim, µs: a tab that slept does not wake up far ahead.
const longest = 100_000

func (l *loop) start() {
	l.onFrame = l.callback(func(at js.Value) { l.tick(at.Float()) })
	l.on(l.host.Get("worker"), "message", func(e js.Value) { l.answered(e.Get("data")) })
	run := l.options.Run
	if hash := runInAddress(); l.options.Address && hash != "" {
		run = hash
	}
	if run != "" {
		l.ask(wire.Action{Kind: wire.Open, Text: run})
	} else if l.reduced {
		l.ask(wire.Action{Kind: wire.Pause})
	} else {
		l.ask(wire.Action{Kind: wire.Play})
	}
	l.wake()
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
func (l *loop) ask(acts ...wire.Action) {
	for _, a := range acts {
		q := l.queue
		if n := len(q); n > 0 && a.Kind == wire.Seek && q[n-1].Kind == wire.Seek {
			q = q[:n-1]
		}
		l.queue = append(q, a)
		if a.Kind == wire.Step || a.Kind == wire.Jump {
			l.stepped = true
		}
	}
	l.wake()
}

func (l *loop) wake() {
	if !l.framed && !l.stopped && (!l.waiting || l.schedule.due != 0) {
		l.framed = true
		l.animation = js.Global().Call("requestAnimationFrame", l.onFrame)
	}
}

// stop asks nothing any more, and lets the worker forget the session.
func (l *loop) stop() {
	l.stopped = true
	if l.framed {
		js.Global().Call("cancelAnimationFrame", l.animation)
	}
	l.host.Get("worker").Call("postMessage", map[string]any{"session": l.options.Session, "close": true})
}

// tick asks the engine, and paints while it works.
func (l *loop) tick(now float64) {
	l.framed = false
	if !l.waiting && l.wanted() {
		l.send(now)
	}
	l.schedule.some()
	if l.schedule.due != 0 {
		l.wake()
	}
}

// send sends the next tick.
func (l *loop) send(now float64) {
	l.seq++
	t := wire.Tick{Version: wire.Version, Seq: l.seq, Full: !l.started, Actions: l.queue}
	if l.started && !l.idle {
		t.Elapsed = int64(min(longest, max(0, (now-l.last)*1000)))
	}
	l.started, l.idle, l.waiting, l.last = true, false, true, now
	l.sent, l.queue = l.queue, nil
	data, err := wire.Encode(&t)
	if err != nil {
		l.fatal(err.Error())
		return
	}
	buffer := js.Global().Get("Uint8Array").New(len(data))
	js.CopyBytesToJS(buffer, data)
	message := map[string]any{"session": l.options.Session, "tick": buffer.Get("buffer")}
	l.host.Get("worker").Call("postMessage", message, []any{buffer.Get("buffer")})
}

func (l *loop) wanted() bool {
	return !l.started || len(l.queue) > 0 ||
		(l.frame != nil && (l.frame.Playback.Playing || l.frame.Playback.Working != ""))
}

// answered takes the engine's answer.
func (l *loop) answered(data js.Value) {
	if f := data.Get("fatal"); f.Type() == js.TypeString {
		l.fatal(f.String())
		return
	}
	if !data.Get("reply").Truthy() || data.Get("session").Int() != l.options.Session {
		return
	}
	bytes := js.Global().Get("Uint8Array").New(data.Get("reply"))
	raw := make([]byte, bytes.Length())
	js.CopyBytesToGo(raw, bytes)
	var r wire.Reply
	if err := wire.Decode(raw, &r); err != nil {
		l.fatal(err.Error())
		return
	}
	if r.Fatal != "" || r.Version != wire.Version {
		l.fatal(r.Fatal)
		return
	}
	l.waiting = false
	l.onReply(&r, data.Get("motion"))
	l.sent = nil
	if l.idle = !l.wanted(); !l.idle {
		l.wake()
	}
}

// asked says whether the tick that was answered last had an action of a kind.
func (l *loop) asked(kind wire.ActionKind) bool {
	return slices.ContainsFunc(l.sent, func(a wire.Action) bool { return a.Kind == kind })
}

// fatal shows that nothing goes on, why, and what to do.
func (l *loop) fatal(why string) {
	if why == "" {
		why = "page and engine are of different versions"
	}
	l.waiting = true
	l.show("fatal-fresh", l.options.Address)
	l.host.Call("fail", "The simulator stopped: "+why+".",
		"Your run is safe in its link if you shared it. Try again, or start afresh.")
}
