package world

import (
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Run is a world with its whole history: it can be taken to any instant, and acting in the past begins a new branch that leaves the
// old one as it was.
//
// Going back means: clone the nearest keyframe, replay. A keyframe is a clone of the world without its journal. They are taken while a
// branch grows, every spacing turns; when there are too many, every second one goes and the spacing doubles, so that memory is bounded
// and seeking gets slower only in very long runs.
type Run struct {
	cfg      Config
	branches []branch
	current  int
	world    *World // what is shown: on the current branch, at or before its head
}

// branch is one line of history.
type branch struct {
	head    *World // as far as it has been computed
	frames  []*World
	spacing uint64
	parent  int
	forked  sim.Time // when it left its parent; -1: it is the first
	text    string   // the command that began it
}

// Keyframe spacing in turns, and how many keyframes a branch keeps. Replaying a spacing and a quarter has to fit into 50 ms in a
// browser.
const (
	frameSpacing = 1024
	framesMax    = 2048
	frameHistory = 64 // operations that a keyframe keeps: as many as a panel shows
)

// NewRun begins a run. The tape's commands are carried out when their time comes.
func NewRun(cfg Config, tape []Timed) (*Run, error) {
	w, err := New(cfg, tape)
	if err != nil {
		return nil, err
	}
	r := &Run{cfg: cfg, world: w}
	first := w.Clone() // with its records: those of the first instant cannot be had by replaying
	r.branches = []branch{{head: w, frames: []*World{first}, spacing: frameSpacing, forked: -1}}
	return r, nil
}

func keyframe(w *World) *World {
	f := w.cloneState()
	if n := f.history.Len() - frameHistory; n > f.history.First() {
		f.history.DropFront(n)
	}
	return f
}

// World returns the world as it is shown. It may be looked at, not changed; it is valid until the run is moved.
func (r *Run) World() *World { return r.world }

// Head returns the current branch as far as it has been computed, likewise.
func (r *Run) Head() *World { return r.branches[r.current].head }

// Live reports whether the instant shown is the end of what has been computed.
func (r *Run) Live() bool { return r.world == r.Head() }

// Advance lets time pass up to an instant, with at most budget turns. It reports whether it got there. At the head the run grows;
// before it, the past is shown again.
func (r *Run) Advance(to sim.Time, budget int) bool {
	b := &r.branches[r.current]
	for budget > 0 {
		if !r.Live() {
			before := r.world.turn
			n := min(budget, int(b.head.turn-before))
			done := r.world.Advance(min(to, b.head.now), n)
			if done && to < b.head.now {
				return true
			}
			budget -= int(r.world.turn - before)
			r.join()
			if !done && !r.Live() {
				return false
			}
			r.world = b.head
			continue
		}
		n := min(budget, int(b.spacing))
		done := b.head.Advance(to, n)
		r.frame()
		if done || b.head.broken != nil {
			return done
		}
		budget -= n
	}
	return false
}

// join makes the head what is shown once the past has been shown again up to it.
func (r *Run) join() {
	if h := r.Head(); r.world.turn >= h.turn {
		r.world = h
	}
}

// Step goes on by one recorded thing. It reports false if nothing can happen any more.
func (r *Run) Step() bool {
	if r.Live() {
		ok := r.world.Step()
		r.frame()
		return ok
	}
	ok := r.world.Step()
	r.join()
	return ok
}

// StepBack goes back to just before the last recorded thing. It reports false at the beginning.
func (r *Run) StepBack() bool {
	w := r.world
	last := w.journal.At(w.journal.Next() - 1)
	if last == nil || last.Turn == 0 {
		return false
	}
	r.SeekTurn(last.Turn - 1)
	return true
}

// frame takes a keyframe of the head if it is time for one.
func (r *Run) frame() {
	b := &r.branches[r.current]
	if b.head.turn < b.frames[len(b.frames)-1].turn+b.spacing {
		return
	}
	b.frames = append(b.frames, keyframe(b.head))
	if len(b.frames) > framesMax {
		kept := b.frames[:0]
		for i := 0; i < len(b.frames); i += 2 {
			kept = append(kept, b.frames[i])
		}
		clear(b.frames[len(kept):])
		b.frames, b.spacing = kept, 2*b.spacing
	}
}

// Seek goes to an instant of the current branch: after everything that happened at it, and its commands. Beyond the head it lets time pass, with at most
// budget turns, and reports whether it got there.
func (r *Run) Seek(to sim.Time, budget int) bool {
	h := r.Head()
	if to >= h.now {
		r.world = h
		return r.Advance(to, budget)
	}
	w := r.before(func(f *World) bool { return f.now <= to }, func(f *World) int64 { return int64(to - f.now) })
	w.Advance(to, 1<<40)
	w.journal.keep = keepLive
	r.world = w
	return true
}

// SeekTurn goes to just after a turn of the current branch.
func (r *Run) SeekTurn(turn uint64) {
	if h := r.Head(); turn >= h.turn {
		r.world = h
		return
	}
	w := r.before(func(f *World) bool { return f.turn <= turn }, func(f *World) int64 { return int64(turn - f.turn) })
	w.AdvanceTurns(turn)
	w.journal.keep = keepLive
	r.world = w
}

// before returns a copy of the keyframe to replay from: the last one for which ok holds, or if the target lies close behind it the one before, so
// that there are records to look back at. ok holds for the first keyframe.
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
	w := frames[lo].Clone()
	w.tape = r.Head().tape
	w.journal.keep = keepReplay
	return w
}

// Record returns a record of the current branch, computing it anew if the journal no longer holds it; nil if there is none.
func (r *Run) Record(seq uint64) *Record {
	if rec := r.world.journal.At(seq); rec != nil {
		return rec
	}
	if seq == 0 || seq >= r.Head().journal.Next() {
		return nil
	}
	w := r.before(func(f *World) bool { return f.journal.Next() <= seq }, func(f *World) int64 { return int64(seq - f.journal.Next()) })
	for w.journal.Next() <= seq && w.Step() {
	}
	return w.journal.At(seq)
}

// Do carries out a command at the instant shown. If that is in the past, a new branch begins there and becomes the current one.
func (r *Run) Do(c script.Command) error {
	if r.Live() {
		err := r.world.Do(c)
		r.frame()
		return err
	}
	w := r.world.Clone()
	if err := w.Do(c); err != nil {
		return err
	}
	r.grow(w, c.String())
	return nil
}

// grow begins a branch whose head is w.
func (r *Run) grow(w *World, text string) {
	b := &r.branches[r.current]
	n := 1
	for n < len(b.frames) && b.frames[n].turn < w.turn && b.frames[n].now <= w.now {
		n++
	}
	at := w.now
	r.branches = append(r.branches, branch{
		head: w, frames: append([]*World(nil), b.frames[:n]...), spacing: b.spacing,
		parent: r.current, forked: at, text: text,
	})
	r.current = len(r.branches) - 1
	r.world = w
}

// Undo takes back the last command of the branch, in a new branch that ends at the instant of the command. It returns the command.
func (r *Run) Undo() (script.Command, bool) {
	h := r.Head()
	if h.pos == 0 {
		return nil, false
	}
	last := h.tape[h.pos-1]
	w := r.before(func(f *World) bool { return f.pos < h.pos && f.now <= last.At }, func(f *World) int64 { return int64(last.At - f.now) })
	if w.pos >= h.pos {
		return nil, false
	}
	w.tape = h.tape[: h.pos-1 : h.pos-1]
	w.Advance(last.At, 1<<40)
	w.journal.keep = keepLive
	r.grow(w, "undo "+last.Command.String())
	return last.Command, true
}

// Fork is one line of history, for a person to choose from.
type Fork struct {
	At     sim.Time // when it left Parent; -1: it is the first
	Parent int
	Text   string // what began it
	End    sim.Time
}

// Forks returns the branches and which is the current one.
func (r *Run) Forks() (forks []Fork, current int) {
	for i := range r.branches {
		b := &r.branches[i]
		forks = append(forks, Fork{b.forked, b.parent, b.text, b.head.now})
	}
	return forks, r.current
}

// Switch goes to another branch, to the same instant if it reaches that far.
func (r *Run) Switch(i int) bool {
	if i < 0 || i >= len(r.branches) {
		return false
	}
	at := r.world.now
	r.current = i
	r.world = r.Head()
	if at < r.world.now {
		r.Seek(at, 0)
	}
	return true
}

// GoLive shows the end of the current branch.
func (r *Run) GoLive() { r.world = r.Head() }

// Config returns what the run was begun with.
func (r *Run) Config() Config { return r.cfg }

// Tape returns the commands of the current branch: done ones, then those still to come.
func (r *Run) Tape() (tape []Timed, done int) {
	h := r.Head()
	return h.tape, h.pos
}
