package engine

import (
	"fmt"
	"runtime"
	"time"

	"github.com/etcdscope/etcdscope/core/world"
)

// A run grows, and a tab that has no memory left dies. So the engine looks how much there is, drops what is kept only to be looked at (world.Run.Thin), and when
// that is not enough lets no more time pass. What memory there is decides how far a run gets and how long it takes to go back, never what happens in it.

// memory is what the engine knows of its own.
type memory struct {
	read      func() uint64 // bytes on the heap, garbage included
	collected uint64        // what read said after the last collection
	look      time.Time     // when it is next looked at
	thinning  bool          // the last look found too much, and dropped something
	full      string        // why no more time passes; "": it may
}

// How often memory is looked at, and of the budget, in eighths: from when on garbage is collected, down to what is dropped, and beyond what the run
// pauses if nothing is left to drop.
const (
	lookInterval = 100 * time.Millisecond
	collectAbove = 7
	dropAbove    = 5
	pauseAbove   = 6
)

// restBytes is how much the heap grows, at least, between two rests that collect: less is not worth a pause.
const restBytes = 64 << 20

func heapBytes() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Rest uses a moment in which nobody asks for anything to collect garbage: a collection that falls into a seek makes it slow. After a long run the heap is
// large, and each collection takes longer; so the larger it is the more garbage is waited for.
func (e *Engine) Rest() {
	m := &e.memory
	if m.read() >= m.collected+max(restBytes, m.collected/2) {
		m.collect()
	}
}

// collect returns what is left on the heap.
func (m *memory) collect() uint64 {
	runtime.GC()
	m.collected = m.read()
	return m.collected
}

// budget is how much memory the run may take, in bytes.
func (e *Engine) budget() uint64 { return uint64(e.run.Config().MemoryBudget()) }

// roomy reports whether time may pass. If memory is short it drops something, one step at a time, so that the page has its answers meanwhile.
func (e *Engine) roomy() bool {
	m := &e.memory
	if !m.thinning && m.full == "" && e.now().Before(m.look) {
		return true
	}
	m.look = e.now().Add(lookInterval)
	eighth := e.budget() / 8
	if !m.thinning && m.full == "" && m.read() < collectAbove*eighth {
		return true
	}
	heap := m.collect()
	switch {
	case heap <= dropAbove*eighth:
		m.thinning, m.full = false, ""
	case e.run.Thin():
		m.thinning = true
	default:
		m.thinning = false
		if m.full = ""; heap > pauseAbove*eighth {
			e.runFull(heap)
		}
	}
	e.dirty = true
	return !m.thinning && m.full == ""
}

// runFull pauses the run.
func (e *Engine) runFull(heap uint64) {
	m := &e.memory
	m.full = fmt.Sprintf("paused: this run takes %d MB of the %d MB that it may have", heap>>20, e.budget()>>20)
	e.play.playing, e.play.work = false, work{}
	e.say("err", "The run has paused: it takes %d MB, and %d MB is all that it may have. All history that can be computed anew has been dropped. "+
		"You can go back, share it, compact and go on, or begin a fresh run with a larger budget, such as memory=%s.",
		heap>>20, e.budget()>>20, world.Size(2*int64(e.budget())))
}
