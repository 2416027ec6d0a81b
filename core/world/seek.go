package world

import (
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// travel is the way to an instant in the past, replayed from a keyframe. What was shown before is shown until it has
// got there.
type travel struct {
	world *World // on its way; nil: there is no travel
	to    sim.Time
	turn  uint64 // it ends behind this turn; 0: when everything of the instant has happened
	began sim.Time
	undo  script.Command // it ends in a new branch, in which this has not been done; nil: it does not
}

// Seek goes to an instant of the current branch: after everything that happened at it, and its commands. It takes at
// most budget turns, and reports whether it got there. If not, Continue goes on with it; any other move overtakes it.
// Beyond the head it lets time pass.
func (r *Run) Seek(to sim.Time, budget int) bool {
	h := r.Head()
	if to >= h.now {
		r.world = h
		return r.Advance(to, budget)
	}
	w := r.before(func(f *World) bool { return f.now <= to }, func(f *World) int64 { return int64(to - f.now) })
	return r.begin(travel{world: w, to: to}, budget)
}

// SeekTurn goes to just after a turn of the current branch, likewise.
func (r *Run) SeekTurn(turn uint64, budget int) bool {
	if h := r.Head(); turn >= h.turn {
		r.GoLive()
		return true
	}
	w := r.before(func(f *World) bool { return f.turn <= turn }, func(f *World) int64 { return int64(turn - f.turn) })
	if turn == 0 {
		w.journal.keep = w.keep.records
		r.world, r.travel = w, travel{}
		return true
	}
	return r.begin(travel{world: w, to: r.world.now, turn: turn}, budget)
}

// StepBack goes back to just before the last recorded thing, likewise. Ok is false at the beginning.
func (r *Run) StepBack(budget int) (there, ok bool) {
	w := r.world
	last := w.journal.At(w.journal.Next() - 1)
	if last == nil || last.Turn == 0 {
		return true, false
	}
	return r.SeekTurn(last.Turn-1, budget), true
}

// Undo takes back the last command of the branch, in a new branch that ends at the instant of the command, likewise. It
// returns the command.
func (r *Run) Undo(budget int) (undone script.Command, there bool) {
	h := r.Head()
	if h.pos == 0 {
		return nil, true
	}
	last := h.tape[h.pos-1]
	w := r.before(func(f *World) bool { return f.pos < h.pos && f.now <= last.At },
		func(f *World) int64 { return int64(last.At - f.now) })
	if w.pos >= h.pos {
		return nil, true
	}
	w.tape = h.tape[: h.pos-1 : h.pos-1]
	return last.Command, r.begin(travel{world: w, to: last.At, undo: last.Command}, budget)
}

func (r *Run) begin(t travel, budget int) bool {
	t.began = t.world.now
	r.travel = t
	return r.Continue(budget)
}

// Continue goes on, for at most budget turns, with a move that was too long for its own budget. It reports whether it
// has got there, or there is none.
func (r *Run) Continue(budget int) bool {
	t := &r.travel
	if t.world == nil {
		return true
	}
	if !t.goOn(budget) && t.world.broken == nil {
		return false
	}
	w, undone := t.world, t.undo
	w.journal.keep = w.keep.records
	r.travel = travel{}
	if undone != nil {
		r.grow(w, "undo "+undone.String())
	} else {
		r.world = w
	}
	return true
}

func (t *travel) goOn(budget int) bool {
	w := t.world
	if t.turn == 0 {
		return w.Advance(t.to, budget)
	}
	w.AdvanceTurns(min(t.turn, w.turn+uint64(budget)))
	return w.turn >= t.turn
}

// Travelled returns how far a move has come that is under way, and how far it is in all; ok is false if none is.
func (r *Run) Travelled() (done, whole sim.Time, ok bool) {
	t := &r.travel
	if t.world == nil {
		return 0, 1, false
	}
	return t.world.now - t.began, max(t.to-t.began, 1), true
}

// before returns a copy of the keyframe to replay from: the last one for which ok holds, or if the target lies close
// behind it the one before, so that there are records to look back at. ok holds for the first keyframe.
func (r *Run) before(ok func(*World) bool, distance func(*World) int64) *World {
	frames := r.branches[r.current].frames
	lo, hi := 0, len(frames)-1
	for lo < hi {
		if mid := (lo + hi + 1) / 2; ok(frames[mid]) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo > 0 && distance(frames[lo])*4 < distance(frames[lo-1])-distance(frames[lo]) {
		lo--
	}
	w := thaw(frames[lo])
	w.tape = r.Head().tape
	w.keep = r.Head().keep
	w.journal.keep = keepReplay
	return w
}

// lookup is the search for a record that no journal holds any more.
type lookup struct {
	world *World            // where the last one was found; nil: nowhere
	seq   uint64            // what is looked for and has not been reached; 0: nothing
	kept  [lookKept]*Record // some that were found, by their numbers: a card asks for the same in each frame
}

// A look-up takes at most so many turns at a time. What lies not farther than that behind the last one is reached from
// there.
const (
	lookTurns = 1 << 15
	lookAhead = 1 << 10 // records
	lookKept  = 1 << 7
)

// Record returns a record of the current branch, computing it anew if the journal no longer holds it; nil if there is
// none. If that takes long it returns nil for now, and Looking is true: who asks again finds it further on.
func (r *Run) Record(seq uint64) *Record {
	if rec := r.world.journal.At(seq); rec != nil {
		return rec
	}
	if seq == 0 || seq >= r.Head().journal.Next() {
		return nil
	}
	l := &r.look
	kept := &l.kept[seq%lookKept]
	if *kept != nil && (*kept).Seq == seq {
		return *kept
	}
	if w := l.world; w == nil || seq < w.journal.First() || (seq >= w.journal.Next()+lookAhead && seq != l.seq) {
		l.world = r.before(func(f *World) bool { return f.journal.Next() <= seq },
			func(f *World) int64 { return int64(seq - f.journal.Next()) })
	}
	w := l.world
	w.tape, l.seq = r.Head().tape, 0
	for from := w.turn; w.journal.Next() <= seq && w.Step(); {
		if w.turn >= from+lookTurns && w.journal.Next() <= seq {
			l.seq = seq
			return nil
		}
	}
	if rec := w.journal.At(seq); rec != nil {
		one := *rec
		*kept = &one
	}
	return *kept
}

// Looking reports whether a record that was asked for has not been reached yet.
func (r *Run) Looking() bool { return r.look.seq != 0 }
