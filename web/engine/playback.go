package engine

import (
	"fmt"
	"time"

	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/web/pace"
	"github.com/etcdscope/etcdscope/web/wire"
)

// realTime is a speed in simulated µs per second of wall time.
const realTime = 1_000_000

// playback is how the run is being played.
type playback struct {
	playing bool
	speed   int64 // wire.Adaptive, wire.FlatOut, or simulated µs per second of wall time
	carry   int64 // wall µs × speed that did not make a whole simulated µs yet
	pace    pace.Player
	left    bool // the run has been taken elsewhere since the pace read it last

	work   work    // long work that is under way
	asked  float64 // simulated µs that were asked for lately, and how many were had: to say when it falls behind
	had    float64
	behind string
}

// work is a computation that takes more than one tick.
type work struct {
	kind  workKind
	until sim.Time   // toInstant
	marks int        // toMark: how many marks there were at its start
	class mark.Class // toMark: the class that is looked for
	from  sim.Time
	undo  bool // toPast: to where a command is taken back
}

type workKind uint8

const (
	noWork workKind = iota
	toInstant
	toMark
	toPast // the run itself knows where to
)

// How much one tick may compute, and in what portions it looks at the clock.
const (
	tickBudget = 10 * time.Millisecond
	workBudget = 40 * time.Millisecond
	portion    = 256                    // turns
	longest    = 100 * time.Millisecond // of wall time that one tick lets pass: a tab that slept does not leap
	horizon    = sim.Hour * 24 * 365
	hunt       = 5 * sim.Minute // how far ahead a mark is looked for
)

// pass lets wall time pass.
func (e *Engine) pass(elapsed time.Duration) {
	p := &e.play
	switch {
	case (p.playing || p.work.kind == toInstant || p.work.kind == toMark) && !e.roomy():
	case p.work.kind != noWork:
		e.carryOn()
	case p.playing && p.speed == wire.FlatOut:
		e.advance(horizon, tickBudget)
	case p.playing && p.speed == wire.Adaptive:
		end := e.now().Add(tickBudget)
		e.follow()
		e.dirty = true
		p.pace.Pass(e.run, min(elapsed, longest), func() bool { return !e.now().Before(end) })
	case p.playing:
		elapsed = min(elapsed, longest)
		due := int64(elapsed/time.Microsecond)*p.speed + p.carry
		p.carry = due % realTime
		from := e.run.World().Now()
		to := min(from+sim.Time(due/realTime), horizon)
		if !e.advance(to, tickBudget) {
			p.carry = 0
		}
		e.measureLag(to-from, e.run.World().Now()-from)
	}
	if b := e.run.World().Broken(); b != nil && p.playing {
		p.playing = false
		e.say(wire.LineNote, "The run has stopped: %s. %s", b.Rule, b.Text)
	}
}

// follow lets the pace read what has happened, or begin anew where the run was taken.
func (e *Engine) follow() {
	if p := &e.play; p.left {
		p.left = false
		p.pace.Begin(e.run.World())
	} else {
		p.pace.Stories.Read(e.run.World())
	}
}

// advance goes on to an instant, for as long as the budget lasts. It reports whether it got there.
func (e *Engine) advance(to sim.Time, budget time.Duration) bool {
	e.dirty = true
	end := e.now().Add(budget)
	for !e.run.Advance(to, portion) {
		if e.run.World().Broken() != nil || !e.now().Before(end) {
			return false
		}
	}
	return true
}

// measureLag says when less was had than was asked for, smoothed over about a second of ticks.
func (e *Engine) measureLag(asked, had sim.Time) {
	p := &e.play
	const keep = 0.97
	p.asked = p.asked*keep + float64(asked)
	p.had = p.had*keep + float64(had)
	p.behind = ""
	if p.asked > 0 && p.had < 0.9*p.asked {
		p.behind = fmt.Sprintf("%.2g× of the speed asked", p.had/p.asked)
	}
}

// carryOn does a slice of the long work.
func (e *Engine) carryOn() {
	p := &e.play
	switch p.work.kind {
	case toInstant:
		if e.advance(p.work.until, workBudget) || e.run.World().Broken() != nil {
			p.work = work{}
			e.arrive()
		}
	case toMark:
		e.advance(min(e.run.Head().Now()+sim.Second, p.work.from+hunt), workBudget)
		e.huntOn()
	case toPast:
		e.travel(false)
	}
}

// travel goes on with a move into the past that did not get there yet. What one slice does not bring there goes on in
// the next tick.
func (e *Engine) travel(there bool) {
	for end := e.now().Add(workBudget); !there; {
		if there = e.run.Continue(portion); !e.now().Before(end) {
			break
		}
	}
	e.dirty = true
	switch {
	case !there:
		e.play.work.kind = toPast
	case e.play.work.kind == toPast:
		undone := e.play.work.undo
		if e.play.work = (work{}); undone {
			e.resetTold()
		}
	}
}

// huntOn ends the search for a mark when one has come, or when it has gone on for too long.
func (e *Engine) huntOn() {
	p := &e.play
	marks := e.run.Head().Marks()
	for i := p.work.marks; i < marks.Len(); i++ {
		if m := marks.At(i); p.work.class.Has(m.Kind) {
			p.work = work{}
			e.seek(m.At)
			return
		}
	}
	if e.run.Head().Now() >= p.work.from+hunt || e.run.Head().Broken() != nil {
		e.say(wire.LineNote, "Nothing of the kind happened within %v.", hunt)
		p.work = work{}
	}
}

// seek goes to an instant: at once if it has been computed, else in slices.
func (e *Engine) seek(to sim.Time) {
	to = min(max(to, 0), horizon)
	e.play.carry = 0
	if to <= e.run.Head().Now() {
		e.travel(e.run.Seek(to, 0))
		return
	}
	e.run.GoLive()
	e.play.work = work{kind: toInstant, until: to, from: e.run.Head().Now()}
}

// jump goes to the next or previous mark of a class; behind the last one, the run goes on until there is another.
func (e *Engine) jump(dir int64, class mark.Class) {
	e.play.playing, e.play.carry = false, 0
	marks, now := e.run.Head().Marks(), e.run.World().Now()
	match := func(i int) bool { return class.Has(marks.Ref(i).Kind) }
	if dir < 0 {
		for i := marks.Len() - 1; i >= 0; i-- {
			if marks.Ref(i).At < now && match(i) {
				e.seek(marks.Ref(i).At)
				return
			}
		}
		e.seek(0)
		return
	}
	for i := range marks.Len() {
		if marks.Ref(i).At > now && match(i) {
			e.seek(marks.Ref(i).At)
			return
		}
	}
	e.run.GoLive()
	e.play.work = work{kind: toMark, class: class, marks: marks.Len(), from: e.run.Head().Now()}
}

func (e *Engine) playback() wire.Playback {
	w, p := e.run.World(), &e.play
	v := wire.Playback{
		Now: int64(w.Now()), End: int64(e.run.Head().Now()), Seq: w.Journal().Next() - 1, Turn: w.Turn(), Playing: p.playing,
		Speed: p.speed, Text: p.text(), Behind: p.behind, Live: e.run.Live(), Hash: shortHash(w.Hash()),
		Full: e.memory.full,
	}
	switch {
	case e.memory.thinning:
		v.Working = "dropping old history: memory is short"
	case p.work.kind != noWork:
		v.Working = e.working()
	case e.run.Looking():
		v.Working = "looking for what led to it"
	}
	if b := w.Broken(); b != nil {
		v.Stopped = b.Text
	}
	if tape, done := e.run.Tape(); done > 0 {
		v.CanUndo = tape[done-1].Command.String()
	}
	return v
}

// working says how far the long work has come.
func (e *Engine) working() string {
	w, now := &e.play.work, e.run.Head().Now()
	switch {
	case w.kind == toPast:
		done, whole, _ := e.run.Travelled()
		return fmt.Sprintf("going back: %d %%", 100*done/whole)
	case w.kind == toInstant && w.until > w.from:
		return fmt.Sprintf("computing %d %%", 100*(now-w.from)/(w.until-w.from))
	}
	return fmt.Sprintf("looking ahead: %d s", now/sim.Second)
}

// text says how fast time passes.
func (p *playback) text() string {
	switch {
	case p.speed == wire.Adaptive:
		return p.pace.Text()
	case p.speed == wire.FlatOut:
		return "as fast as it goes"
	case p.speed == realTime:
		return "real time"
	case p.speed < realTime:
		return fmt.Sprintf("1/%d of real time", (realTime+p.speed/2)/p.speed)
	}
	return fmt.Sprintf("%d× real time", p.speed/realTime)
}
