package world

import "github.com/etcdscope/etcdscope/core/chunk"

// Keyframes are clones of the world without its journal, taken while a branch grows. What it takes to go back is to
// replay the turns behind the nearest one: close to now they lie close together, further back less so, and when there
// are too many all lie further apart. So memory is bounded, and what gets slower is going far back in a very long run.

// How far apart keyframes lie, in turns, and how many a branch keeps. A browser replays 150,000 turns a second or more.
const (
	frameSpacing = 1024
	framesMost   = 2048
	framesLeast  = 64 // what is left when memory is short
	// turns: so far behind the head they lie twice as far apart, and from twice as far on three times
	frameAge = 1 << 19
	// operations with an outcome that a keyframe keeps; what comes behind it is computed before anything is shown
	frameHistory = 16
)

func keyframe(w *World) *World {
	f := w.cloneState()
	f.monitor.Pack()
	f.borrow()
	f.recent = newest(&f.history, frameHistory)
	return f
}

// newest takes the last elements out of a list, so that the list holds none. A list shares whole chunks: with few
// elements of each it would keep all that ever were.
func newest[T any](l *chunk.List[T], most int) []T {
	kept := make([]T, 0, min(most, l.Len()-l.First()))
	for i := l.Len() - cap(kept); i < l.Len(); i++ {
		kept = append(kept, l.At(i))
	}
	l.Reset(l.Len())
	return kept
}

// regrow puts back what newest took.
func regrow[T any](l *chunk.List[T], kept []T) {
	l.Reset(l.Len() - len(kept))
	for i := range kept {
		l.Append(kept[i])
	}
}

// thaw returns a world that goes on from a keyframe.
func thaw(f *World) *World {
	w := f.Clone()
	w.monitor.Unpack()
	if w.recent != nil {
		regrow(&w.history, w.recent)
		w.recent = nil
	}
	w.share()
	return w
}

// frame takes a keyframe of the head if it is time for one.
func (r *Run) frame() {
	b := &r.branches[r.current]
	if b.head.turn < b.frames[len(b.frames)-1].turn+frameSpacing {
		return
	}
	b.head.unify()
	b.frames = append(b.frames, keyframe(b.head))
	if len(b.frames) > r.most {
		b.thin(r.most - r.most/8)
	}
}

// thin leaves out keyframes until there are no more than so many. The first stays, and the last.
func (b *branch) thin(most int) {
	for unit := uint64(frameSpacing); len(b.frames) > most; unit += unit / 4 {
		kept := b.frames[:1]
		for i := 1; i < len(b.frames); i++ {
			f := b.frames[i]
			apart := unit * (1 + min((b.head.turn-f.turn)/frameAge, 2))
			if i+1 == len(b.frames) || b.frames[i+1].turn-kept[len(kept)-1].turn > apart {
				kept = append(kept, f)
			}
		}
		clear(b.frames[len(kept):])
		b.frames = kept
	}
}

// Thin drops the older half of what is kept only to be looked at, in all branches: keyframes, records, answers that
// clients were told, latencies. All of it can be computed anew, but for what becomes of that the run is as it was. It
// reports whether there was anything to drop.
func (r *Run) Thin() bool {
	dropped := false
	if r.most > framesLeast {
		r.most, dropped = max(r.most/2, framesLeast), true
	}
	for i := range r.branches {
		b := &r.branches[i]
		b.thin(max(min(r.most, len(b.frames)/2), 2))
		dropped = b.head.thin() || dropped
	}
	if !r.Live() {
		dropped = r.world.thin() || dropped
	}
	r.look = lookup{}
	return dropped
}

// thin halves what a world keeps only to be looked at, now and from now on; it reports false if that is little already.
func (w *World) thin() bool {
	k := &w.keep
	if k.records <= keepReplay {
		return false
	}
	k.records, k.answers, k.breakdowns = k.records/2, k.answers/2, k.breakdowns/2
	w.forget()
	return true
}

// retention says how much a world keeps of what is only looked at.
type retention struct{ records, answers, breakdowns int }

// What is kept unless memory is short: records of half a minute of a busy cluster, about 20 MB with their packets, and
// more operations with an outcome than are ever shown, or checked for linearizability in the page.
const (
	keepRecords    = 1 << 15
	keepAnswers    = 1 << 15
	keepBreakdowns = 1 << 14
)

// forget drops what is more than is kept.
func (w *World) forget() {
	w.journal.keep = w.keep.records
	cut(&w.journal.records, w.keep.records)
	cut(&w.history, w.keep.answers)
	w.monitor.Latency().Keep(w.keep.breakdowns)
}

// cut drops the oldest of a list that holds more than is to be kept.
func cut[T any](l *chunk.List[T], keep int) {
	if l.Len()-l.First() > keep {
		l.DropFront(l.Len() - keep)
	}
}
