package world

import (
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Run is a world with its whole history: it can be taken to any instant, and acting in the past begins a new branch
// that leaves the old one as it was.
//
// Going back means: clone the nearest keyframe, replay (keyframe.go, seek.go).
type Run struct {
	cfg      Config
	branches []branch
	current  int
	world    *World // what is shown: on the current branch, at or before its head
	travel   travel // to another instant, while that takes longer than one call
	look     lookup
	found    finding
	most     int // keyframes of a branch
}

// branch is one line of history.
type branch struct {
	head   *World // as far as it has been computed
	frames []*World
	parent int
	forked sim.Time // when it left its parent; -1: it is the first
	text   string   // the command that began it
}

// NewRun begins a run. The tape's commands are carried out when their time comes.
func NewRun(cfg Config, tape []Timed) (*Run, error) {
	w, err := New(cfg, tape)
	if err != nil {
		return nil, err
	}
	r := &Run{cfg: cfg, world: w, most: framesMost}
	first := w.Clone() // with its records: those of the first instant cannot be had by replaying
	r.branches = []branch{{head: w, frames: []*World{first}, forked: -1}}
	return r, nil
}

// World returns the world as it is shown. It may be looked at, not changed; it is valid until the run is moved.
func (r *Run) World() *World { return r.world }

// Head returns the current branch as far as it has been computed, likewise.
func (r *Run) Head() *World { return r.branches[r.current].head }

// Live reports whether the instant shown is the end of what has been computed.
func (r *Run) Live() bool { return r.world == r.Head() }

// Advance lets time pass up to an instant, with at most budget turns. It reports whether it got there. At the head the
// run grows; before it, the past is shown again.
func (r *Run) Advance(to sim.Time, budget int) bool {
	r.travel = travel{}
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
		n := min(budget, frameSpacing)
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
	r.travel = travel{}
	if r.Live() {
		ok := r.world.Step()
		r.frame()
		return ok
	}
	ok := r.world.Step()
	r.join()
	return ok
}

// Do carries out a command at the instant shown. If that is in the past, a new branch begins there and becomes the
// current one.
func (r *Run) Do(c script.Command) error {
	w := r.world
	if !r.Live() {
		w = w.Clone()
		w.share()
	}
	if err := w.Do(c); err != nil {
		return err
	}
	r.travel = travel{}
	if r.Live() {
		r.frame()
	} else {
		r.grow(w, c.String())
	}
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
		head: w, frames: append([]*World(nil), b.frames[:n]...), parent: r.current, forked: at, text: text,
	})
	r.current, r.look = len(r.branches)-1, lookup{}
	r.world = w
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

// Switch goes to the end of another branch.
func (r *Run) Switch(i int) bool {
	if i < 0 || i >= len(r.branches) {
		return false
	}
	r.current, r.look = i, lookup{}
	r.GoLive()
	return true
}

// GoLive shows the end of the current branch.
func (r *Run) GoLive() { r.world, r.travel = r.Head(), travel{} }

// Config returns what the run was begun with.
func (r *Run) Config() Config { return r.cfg }

// Tape returns the commands of the current branch: done ones, then those still to come.
func (r *Run) Tape() (tape []Timed, done int) {
	h := r.Head()
	return h.tape, h.pos
}
