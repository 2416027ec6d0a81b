package swarm

import (
	"slices"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/world"
)

// effort is how many turns of worlds may be spent on minimising a case: some seconds. It is counted in turns, not in
// time, so that a swarm tells the same on every machine.
const effort = 4_000_000

// Minimise returns a case with as few commands as can be found that fails in the same way, and its failure. It is delta
// debugging (Zeller and Hildebrandt, 2002): leave out large parts, then smaller ones, until no single command can go.
// Commands that have become meaningless, because what they were about no longer happens, do no harm on a tape.
func Minimise(c Case, f *Failure) (Case, *Failure) {
	m := minimiser{best: c, failure: f, left: effort}
	m.best.Hash, m.best.Panic = 0, "" // of the whole tape
	m.try(m.best.until(f))
	for size := (len(m.best.Steps) + 1) / 2; size >= 1 && m.left > 0; {
		before := len(m.best.Steps)
		m.without(size)
		if size == 1 && len(m.best.Steps) == before {
			break
		}
		size = max(min(size/2, len(m.best.Steps)), 1)
	}
	return m.best, m.failure
}

type minimiser struct {
	best    Case
	failure *Failure
	left    int
}

// without leaves out, one after the other, parts of a size. It goes from the end, where less depends on what is left
// out.
func (m *minimiser) without(size int) {
	for end := len(m.best.Steps); end > 0 && m.left > 0; end -= size {
		end = min(end, len(m.best.Steps))
		c := m.best
		c.Steps = slices.Delete(slices.Clone(c.Steps), max(end-size, 0), end)
		m.try(c)
	}
}

// try keeps a case if it fails in the same way.
func (m *minimiser) try(c Case) bool {
	c, w := c.rebase()
	m.left -= int(w.Turn())
	f := m.judge(c, w)
	if f == nil || f.Rule != m.failure.Rule {
		return false
	}
	m.best, m.failure = c.until(f), f
	return true
}

// judge says what is wrong with a case, given the world at its end. If the failure to be made small stopped the world
// before that, the world knows; else the case has to be judged from the start, repair included.
func (m *minimiser) judge(c Case, w *world.World) *Failure {
	if f := broken(w); f != nil || (!m.failure.late && m.failure.Rule != panicked && m.failure.Rule != replay) {
		if f != nil {
			f.tape, f.end = w.Commanded(), w.Now()
		}
		return f
	}
	m.left -= 2 * int(w.Turn())
	return Judge(c)
}

// until cuts what came after the failure.
func (c Case) until(f *Failure) Case {
	c.End = min(c.End, f.end)
	c.Steps = slices.DeleteFunc(slices.Clone(c.Steps), func(s Step) bool { return s.At > c.End })
	return c
}

// rebase gives commands about messages the numbers that their messages have now. With a command gone, later messages
// have other numbers, but most are still sent at the same instants between the same hosts: chance in a world is a
// function of time. Commands that cannot apply any more are left out. It returns the world at the end, too.
func (c Case) rebase() (out Case, w *world.World) {
	w, err := world.New(c.Config, nil)
	if err != nil {
		panic(err) // it was made before
	}
	steps := make([]Step, 0, len(c.Steps))
	defer func() {
		if recover() != nil { // it may be the failure: Judge will meet it on the same tape
			out = c
			out.Steps = steps
		}
	}()
	for _, s := range c.Steps {
		w.Advance(s.At, 1<<40)
		if s.Message != nil {
			s = s.about(w)
		}
		if s.Command == nil {
			continue
		}
		steps = append(steps, s) // first: it may be what the world panics on
		if w.Do(s.Command) != nil {
			steps = steps[:len(steps)-1]
		}
	}
	w.Advance(c.End, 1<<40)
	out = c
	out.Steps = steps
	return out, w
}

// about makes the command one about the same message in another world; it has no command if that message is not on its
// way there. Where several could be meant, the number decides, because early in a run it still is the same.
func (s Step) about(w *world.World) Step {
	was := s.Message
	s.Message = nil
	for _, f := range w.InFlight() {
		if f.From == was.From && f.To == was.To && f.Sent == was.Sent && f.Label() == was.Label() &&
			(s.Message == nil || f.ID == was.ID) {
			s.Message = f.Packet
		}
	}
	if s.Message == nil {
		s.Command = nil
	} else {
		s.Command = withMessage(s.Command, s.Message.ID)
	}
	return s
}

// withMessage returns the command with another message; nil for a command about none.
func withMessage(c script.Command, id uint64) script.Command {
	switch c := c.(type) {
	case script.Drop:
		return script.Drop{Message: id}
	case script.Delay:
		return script.Delay{Message: id, By: c.By}
	case script.Duplicate:
		return script.Duplicate{Message: id}
	case script.Hold:
		return script.Hold{Message: id}
	case script.Deliver:
		return script.Deliver{Message: id}
	}
	return nil
}
