package pace

import (
	"fmt"
	"time"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// Runner is the run that is played: a world.Run.
type Runner interface {
	World() *world.World
	Advance(to sim.Time, turns int) bool
}

// Player plays a run at the adaptive pace. The zero value has to be told with Begin where to start.
type Player struct {
	Stories Stories
	Clock   Clock

	at  sim.Time // the run's time at the last knot
	due int64    // µs of wall time that have passed since
	set bool     // the way to the next knot is decided
}

// Begin starts at the instant that a run shows: what has happened before is not followed.
func (p *Player) Begin(w *world.World) {
	*p = Player{Stories: From(w), Clock: Clock{Stretch: p.Clock.Stretch}}
}

// Pass lets wall time pass. It stops when stop says so, after any turn; what wall time the run could not keep up with
// is not made up for.
func (p *Player) Pass(r Runner, elapsed time.Duration, stop func() bool) {
	p.due += elapsed.Microseconds()
	if p.Stories.Read(r.World()) {
		p.arrive(r.World().Now()) // a command was given since
	}
	for {
		if !p.set {
			p.at = r.World().Now()
			p.Clock.knot(p.at, &p.Stories)
			p.set = true
		}
		c := &p.Clock
		to := p.at + sim.Time(int64(c.span)*min(p.due, c.step)/c.step)
		reached, cut := p.run(r, to, stop)
		now := r.World().Now()
		switch {
		case cut || reached && p.due >= c.step:
			p.arrive(now)
			if stop() {
				p.due = 0
				return
			}
		case reached:
			return
		default:
			p.due = min(p.due, c.step*int64(now-p.at)/int64(c.span))
			return
		}
	}
}

// arrive makes a knot of the instant that the run has come to.
func (p *Player) arrive(now sim.Time) {
	if p.set {
		p.due = max(p.due-p.Clock.pass(now-p.at), 0)
	}
	p.set = false
}

// run goes on turn by turn. It stops behind the first turn after which the rate may be another (cut).
func (p *Player) run(r Runner, to sim.Time, stop func() bool) (reached, cut bool) {
	for !reached {
		next, ok := r.World().NextTurn()
		if reached = !ok || next > to; reached {
			next = to
		}
		r.Advance(next, 1)
		if p.Stories.Read(r.World()) {
			return reached, true
		}
		if r.World().Broken() != nil || !reached && stop() {
			return false, false
		}
	}
	return true, false
}

// Text says how fast time passes now, and why.
func (p *Player) Text() string {
	c := &p.Clock
	switch {
	case len(p.Stories.hops) > 0 && c.rate > 0 && c.rate < second/2:
		return fmt.Sprintf("slowed to 1/%d", (second+c.rate/2)/c.rate)
	case p.Stories.Open() && len(p.Stories.hops) == 0 && c.waited > still:
		return fmt.Sprintf("waiting: %d× real time", int64(c.span)/c.step)
	case p.Stories.Open() && len(p.Stories.hops) == 0:
		return "waiting: real time"
	case p.Stories.Open():
		return "real time"
	}
	return "idle: real time"
}

// Wall returns how much wall time has been shown since Begin, Shown at which of it a hop began.
func (p *Player) Wall() time.Duration        { return time.Duration(p.Clock.wall) * time.Microsecond }
func (p *Player) Shown(h *Hop) time.Duration { return time.Duration(h.shown) * time.Microsecond }
