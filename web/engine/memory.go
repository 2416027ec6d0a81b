package engine

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// A run grows, and a tab that has no memory left dies. So the engine looks how much there is, drops what is kept only
// to be looked at (world.Run.Thin), and when that is not enough lets no more time pass. What memory there is decides
// how far a run gets and how long it takes to go back, never what happens in it.

// memory is what the engine knows of its own.
type memory struct {
	read      func() usage
	gc        func()
	collected uint64    // what was on the heap after the last collection
	look      time.Time // when it is next looked at
	thinning  bool      // the last look found too much, and dropped something
	full      string    // why no more time passes; "": it may
}

// usage is how the memory of the process is used, in bytes. What a browser has given it never gives back, so whether it
// has to ask for more is what counts: not before used has grown to what it has.
type usage struct {
	taken uint64 // from the system
	used  uint64 // of that, in use, with garbage and what lies between objects
	heap  uint64 // objects, garbage included
	live  uint64 // the same with what the runtime needs for itself: behind a collection, what cannot be had back
}

// How often memory is looked at, and of the budget, in sixteenths: from when on the runtime collects of itself whatever
// it costs, from when on garbage is collected here, down to what is dropped, and beyond what the run pauses if nothing
// is left to drop.
const (
	lookInterval = 100 * time.Millisecond
	limitAt      = 15
	collectAbove = 14
	dropAbove    = 10
	pauseAbove   = 12
	worthwhile   = 1 // so much new on the heap is worth another collection
)

// restBytes is how much the heap grows, at least, between two rests that collect: less is not worth a pause.
const restBytes = 64 << 20

func readUsage() usage {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := usage{taken: m.Sys, used: m.Sys - m.HeapIdle, heap: m.HeapAlloc, live: m.Sys - m.HeapSys + m.HeapAlloc}
	if runtime.GOARCH != "wasm" {
		u.taken -= m.HeapReleased
	}
	return u
}

// Rest uses a moment in which nobody asks for anything to collect garbage: a collection that falls into a seek makes it
// slow. After a long run the heap is large, and each collection takes longer; so the larger it is the more garbage is
// waited for.
func (e *Engine) Rest() {
	m := &e.memory
	if m.read().heap >= m.collected+max(restBytes, m.collected/2) {
		m.collect()
	}
}

// collect returns what is left.
func (m *memory) collect() usage {
	m.gc()
	u := m.read()
	m.collected = u.heap
	return u
}

// budget is how much memory the run may take, in bytes.
func (e *Engine) budget() uint64 { return uint64(e.run.Config().MemoryBudget()) }

// collectPercent is how much garbage the runtime lets come up before it collects, in percent of what is alive. What a
// tab has taken once it keeps, so garbage counts as much as history does; half of what Go takes for normal costs some
// speed under load.
const collectPercent = 50

// limit lets the runtime collect before it asks for more than the budget, in seeks, too, and in all else that happens
// between two looks.
func (e *Engine) limit() {
	debug.SetMemoryLimit(int64(e.budget() / 16 * limitAt))
	debug.SetGCPercent(collectPercent)
}

// roomy reports whether time may pass. If memory is short it drops something, one step at a time, so that the page has
// its answers meanwhile.
func (e *Engine) roomy() bool {
	m := &e.memory
	if !m.thinning && m.full == "" && e.now().Before(m.look) {
		return true
	}
	m.look = e.now().Add(lookInterval)
	part, u := e.budget()/16, m.read()
	m.collected = min(m.collected, u.heap) // the runtime has collected meanwhile
	if !m.thinning && m.full == "" && (u.used < collectAbove*part || u.heap < m.collected+worthwhile*part) {
		return true
	}
	u = m.collect()
	switch {
	case u.live <= dropAbove*part:
		m.thinning, m.full = false, ""
	case e.run.Thin():
		m.thinning = true
	default:
		m.thinning = false
		if m.full = ""; u.live > pauseAbove*part {
			e.runFull(u)
		}
	}
	e.dirty = true
	return !m.thinning && m.full == ""
}

// runFull pauses the run.
func (e *Engine) runFull(u usage) {
	m := &e.memory
	m.full = fmt.Sprintf("paused: this run takes %d MB of the %d MB that it may have", u.live>>20, e.budget()>>20)
	e.play.playing, e.play.work = false, work{}
	e.say(wire.LineErr, "The run has paused: it takes %d MB, and with what is needed to compute %d MB is all that it may "+
		"have. All history that can be computed anew "+
		"has been dropped. You can go back, share it, compact and go on, or begin a fresh run with a larger budget, such "+
		"as memory=%s.",
		u.live>>20, e.budget()>>20, world.Size(2*int64(e.budget())))
}
