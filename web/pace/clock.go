package pace

import "github.com/etcdscope/etcdscope/core/sim"

// second is in µs, of the run as of wall time.
const second = 1_000_000

// spans are in µs of wall time: for how long a followed hop is seen, and what a message takes for its line if it is
// seen for less because others decide.
type spans struct{ hop, cross int64 }

// What is aimed at, with up to three members and with more, whose writes have more hops; and the least.
var (
	aim     = spans{800_000, 350_000}
	aimMany = spans{620_000, 350_000}
	least   = spans{600_000, 250_000}
)

// In µs of wall time.
const (
	calm  = 300_000 // the rate does not rise sooner after a change, nor if the next hop ends sooner
	look  = 50_000  // a knot spans no more
	still = 600_000 // a wait passes in real time for so long, …
	twice = 100_000 // … then twice as fast after each of these
)

// doublings is how often a wait gets twice as fast: 512 times real time let an hour pass in eight seconds.
const doublings = 9

// Clock makes knots: from one to the next the run goes on evenly. It is given what is under way when the last knot has
// been reached or was cut. The zero value is ready.
type Clock struct {
	Stretch int64 // the hop time in percent of what is aimed at; 0: 100

	wall   int64 // up to the last knot
	rate   int64 // µs of the run in a second of wall time; 0: it has not been decided
	since  int64 // when it changed
	waited int64 // for how long a story has only waited

	step int64    // wall time from the last knot to the next
	span sim.Time // likewise of the run
}

func (c *Clock) stretched(s spans) spans {
	if c.Stretch == 0 {
		return s
	}
	return spans{s.hop * c.Stretch / 100, s.cross * c.Stretch / 100}
}

// limit returns the highest rate at which each followed hop is seen for long enough.
func (c *Clock) limit(q spans, now sim.Time, hops []*Hop) int64 {
	q = c.stretched(q)
	r, followed, longest := int64(second), false, sim.Time(0)
	for _, h := range hops {
		longest = max(longest, h.End-h.Begin)
		if h.Along {
			continue
		}
		followed = true
		r = min(r, int64(h.End-h.Begin)*second/q.cross)
		if left := q.hop - (c.wall - h.shown); left > 0 {
			r = min(r, int64(h.End-now)*second/left)
		}
	}
	if !followed {
		r = min(r, int64(longest)*second/q.cross)
	}
	return max(r, 1)
}

// next returns when the next hop ends of those that decide: the followed ones, or all if there are none.
func next(hops []*Hop) (end sim.Time) {
	for _, all := range []bool{false, true} {
		for _, h := range hops {
			if (all || !h.Along) && (end == 0 || h.End < end) {
				end = h.End
			}
		}
		if end != 0 {
			break
		}
	}
	return end
}

// decide sets the rate. It falls at once when a hop would be seen too briefly, and rises seldom and by much: a rate
// that wavers is harder to follow than one that is too low.
func (c *Clock) decide(now sim.Time, hops []*Hop, members int) {
	q := aim
	if members > 3 {
		q = aimMany
	}
	r := c.rate
	switch {
	case r == 0 || r > c.limit(least, now, hops):
		r = c.limit(q, now, hops)
	case c.wall-c.since >= calm:
		n := min(c.limit(q, now, hops), int64(next(hops)-now)*second/calm)
		if 4*n > 5*r {
			r = n
		}
	}
	r = max(r, 1)
	if d := max(r-c.rate, c.rate-r); c.rate == 0 || 10*d > c.rate {
		c.since = c.wall
	}
	c.rate = r
}

// knot decides how the run goes on from now.
func (c *Clock) knot(now sim.Time, s *Stories) {
	for _, h := range s.hops {
		if h.shown < 0 {
			h.shown = c.wall
		}
	}
	switch {
	case len(s.hops) > 0:
		c.decide(now, s.hops, s.members)
		c.waited = 0
		d := int64(max(s.ends()-now, 1))
		c.step = min((d*second+c.rate-1)/c.rate, look)
		c.span = sim.Time(min(d, max(1, c.step*c.rate/second)))
		if c.step*c.rate < second {
			c.step = (second + c.rate - 1) / c.rate
		}
	case s.Open():
		k := int64(0)
		if c.waited >= still {
			k = min((c.waited-still)/twice+1, doublings)
		}
		until := max(still+k*twice, c.waited+1)
		if k == doublings {
			until = c.waited + twice
		}
		c.step, c.rate = until-c.waited, 0
		c.span = sim.Time(c.step << k)
	default:
		c.step, c.span, c.waited, c.rate = look, look, 0, 0
	}
}

// pass goes on by a part of the way to the next knot: up to the instant the run has come to.
func (c *Clock) pass(gone sim.Time) (wall int64) {
	wall = c.step
	if gone < c.span {
		wall = (c.step*int64(gone) + int64(c.span) - 1) / int64(c.span)
	}
	c.wall += wall
	if c.rate == 0 {
		c.waited += wall
	}
	return wall
}
