package engine

import "runtime"

// restBytes is how much the heap grows between two rests that collect: less is not worth a pause.
const restBytes = 64 << 20

// Rest uses a moment in which nobody asks for anything to collect garbage. After a long run the heap is large, and a collection that falls
// into a seek would make it slow.
func (e *Engine) Rest() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc < e.collected+restBytes {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&m)
	e.collected = m.HeapAlloc
}
