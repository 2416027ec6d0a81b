package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/scene"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Units of time, µs.
const (
	second = int64(1_000_000)
	minute = 60 * second
)

// The rows of the timeline, in pixels from its top.
const (
	bandTop    = 8.0
	bandHeight = 20.0
	writesAt   = 33.0
	ticksAt    = 44.0
)

// domain is how much time the timeline shows: a round figure above the end, so that it does not shrink with every
// event.
func domain(end int64) int64 {
	for unit := second / 10; ; unit *= 10 {
		for _, k := range []int64{1, 2, 3, 4, 5, 6, 8} {
			if d := unit * k; d >= second && d*24 >= end*25 {
				return d
			}
		}
	}
}

// scale maps an instant to a place on a timeline of width pixels.
type scale struct {
	width float64
	end   int64
}

func (s scale) x(t int64) float64 { return float64(t) / float64(s.end) * s.width }

// timelineSpans are the stretches under one leader, in the colour of their term, and the last is what has not happened
// yet.
func timelineSpans(t *wire.Timeline, s scale) []Node {
	out := make([]Node, 0, 2*len(t.Spans)+1)
	out = append(out, rect(s.x(0), s.width, "fill", "var(--soft)"))
	for i := range t.Spans {
		p := &t.Spans[i]
		x, w := s.x(p.From), max(1, s.x(p.To)-s.x(p.From)-1)
		if p.Leader == "" {
			out = append(out, rect(x, w, "fill", "var(--line)"))
			continue
		}
		out = append(out, rect(x, w, "fill", scene.TermFill(p.Term), "fill-opacity", "0.6"))
		if text := fitSpan(p, w); text != "" {
			out = append(out, h("text", attr("x", px(x+8)), attr("y", px(bandTop+14)), attr("font-size", "11"),
				attr("font-weight", "600"),
				attr("fill", "var(--ink)"), text))
		}
	}
	return out
}

// fitSpan is the longest name of a span that fits.
func fitSpan(p *wire.Span, w float64) string {
	term := strconv.FormatUint(p.Term, 10)
	for _, text := range []string{"term " + term + " · " + p.Leader, p.Leader, ""} {
		if float64(len(text))*6.8+14 <= w {
			return text
		}
	}
	return ""
}

func rect(x, w float64, pairs ...string) Node {
	n := h("rect", attr("x", px(x)), attr("y", px(bandTop)), attr("width", px(w)), attr("height", px(bandHeight)),
		attr("rx", "3"))
	for i := 0; i+1 < len(pairs); i += 2 {
		n.with(attr(pairs[i], pairs[i+1]))
	}
	return n
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// glyphs are how marks look: a path around (0, 0) at the upper edge of the band, and whether a line runs down through
// it.
var glyphs = [...]struct {
	path, fill, stroke string
	line               bool
}{
	mark.Election:  {"M0 -5v31", "none", "var(--ink)", false},
	mark.Crash:     {"M-3.5 -7l7 7m0 -7l-7 7", "none", "var(--ink-2)", true},
	mark.Restart:   {"M3.5 -3.500a3.5 3.5 0 1 1 -7 0a3.5 3.5 0 1 1 7 0", "var(--panel)", "var(--ink-2)", true},
	mark.Pause:     {"M-2.5 -7.500v7M2.5 -7.500v7", "none", "var(--ink-2)", true},
	mark.Resume:    {"M-3 -7.500v7l6 -3.500z", "var(--panel)", "var(--ink-2)", true},
	mark.Split:     {"M0 -8l5 8h-10z", "var(--danger)", "none", true},
	mark.Heal:      {"M0 -8l5 8h-10z", "var(--panel)", "var(--ok)", true},
	mark.Violation: {"M0 -9l8 11h-16z", "var(--danger)", "var(--panel)", true},
	mark.Fault:     {"M0 -7l3.5 3.500l-3.5 3.500l-3.5 -3.500z", "var(--panel)", "var(--ink-2)", false},
	mark.Command:   {"M-3 -6h6v6h-6z", "var(--panel)", "var(--ink-2)", false},
}

// timelineMarks are the instants worth jumping to; of marks of one kind that would touch, the first is drawn.
func timelineMarks(t *wire.Timeline, s scale) []Node {
	var out []Node
	last := map[mark.Kind]float64{}
	for i := range t.Marks {
		m := &t.Marks[i]
		x := s.x(m.At)
		if before, drawn := last[m.Kind]; drawn && x-before < 4 {
			continue
		}
		last[m.Kind] = x
		g := glyphs[m.Kind]
		n := h("g", attr("transform", "translate("+px(x)+" "+px(bandTop)+")"))
		if g.line {
			colour := g.stroke
			if colour == "none" || m.Kind == mark.Violation {
				colour = "var(--danger)"
			}
			n.add(h("path", attr("d", "M0 0v20"), attr("stroke", colour), attr("stroke-width", "1.5")))
		}
		n.add(h("path", attr("d", g.path), attr("fill", g.fill), attr("stroke", g.stroke), attr("stroke-width", "1.5"),
			attr("stroke-linejoin", "round")))
		out = append(out, n)
	}
	return append(out, writeDots(t.Writes, s))
}

// writeDots are the writes as one path of dots, at most one for each three pixels.
func writeDots(writes []int64, s scale) Node {
	var b strings.Builder
	last := -9.0
	for _, w := range writes {
		if x := s.x(w); x-last >= 3 {
			b.WriteString("M" + px(x) + " " + px(writesAt) + "h0")
			last = x
		}
	}
	return h("path", attr("d", b.String()), attr("stroke", "var(--ink-2)"), attr("stroke-width", "4.5"),
		attr("stroke-linecap", "round"), attr("fill", "none"))
}

// timelineTicks are the figures under the timeline.
func timelineTicks(s scale) []Node {
	step := int64(0)
	for _, u := range []int64{second / 10, second / 5, second / 2, second, 2 * second, 5 * second, 10 * second,
		30 * second, minute, 5 * minute, 10 * minute, 60 * minute} {
		step = u
		if s.x(u) >= 90 {
			break
		}
	}
	var out []Node
	for t := int64(0); s.x(t) <= s.width-24; t += step {
		anchor := "middle"
		if t == 0 {
			anchor = "start"
		}
		out = append(out, h("text", attr("x", px(s.x(t))), attr("y", px(ticksAt)), attr("font-size", "10.5"),
			attr("fill", "var(--ink-3)"),
			attr("text-anchor", anchor), tick(t)))
	}
	return out
}

func tick(t int64) string {
	if t >= minute && t%minute == 0 {
		return strconv.FormatInt(t/minute, 10) + " min"
	}
	if t%second == 0 {
		return strconv.FormatInt(t/second, 10) + " s"
	}
	return strconv.FormatFloat(float64(t)/float64(second), 'f', -1, 64) + " s"
}

// timelineHead is where we are.
func timelineHead(now int64, s scale) []Node {
	return []Node{h("g", attr("transform", "translate("+px(s.x(now))+" 0)"),
		h("path", attr("d", "M0 4v34"), attr("stroke", "var(--accent)"), attr("stroke-width", "2.5")),
		h("circle", attr("cy", "4"), attr("r", "5"), attr("fill", "var(--accent)")))}
}

// nearestMark is the mark within reach of an instant, if there is one.
func nearestMark(t *wire.Timeline, at, reach int64) *wire.Mark {
	var best *wire.Mark
	for i := range t.Marks {
		m := &t.Marks[i]
		far := max(m.At-at, at-m.At)
		if far <= reach {
			best, reach = m, far
		}
	}
	return best
}

// seekText says a moment of the run, for the slider and its tooltip.
func seekText(t *wire.Timeline, at, reach int64) string {
	text := text.Clock(at)
	for i := range t.Spans {
		s := &t.Spans[i]
		if s.From <= at && at < s.To && s.Leader != "" {
			text += ", term " + strconv.FormatUint(s.Term, 10) + ", " + s.Leader + " leads"
		}
	}
	if m := nearestMark(t, at, reach); m != nil {
		text += ": " + m.Text
	}
	return text
}
