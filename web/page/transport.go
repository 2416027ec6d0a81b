package page

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/mark"
	"github.com/etcdscope/etcdscope/core/text"
	"github.com/etcdscope/etcdscope/web/wire"
)

// jumpClasses are the marks that the jump buttons can keep to, by the words of the intent and of the buttons.
var jumpClasses = []struct {
	class      mark.Class
	word, text string
}{{mark.Any, "", "mark"}, {mark.Elections, "election", "election"}, {mark.Faults, "fault", "fault"},
	{mark.Commands, "command", "command"}}

// classOf is the class that a word of an intent means.
func classOf(word string) mark.Class {
	for _, c := range jumpClasses {
		if c.word == word {
			return c.class
		}
	}
	return mark.Any
}

// transportLine is the line that moves through time. kind is what the jump buttons look for.
func transportLine(f *wire.Frame, kind string) []Node {
	p := &f.Playback
	what := "mark"
	var kinds []Node
	for _, c := range jumpClasses {
		kinds = append(kinds, option(c.word, "by "+c.text, kind))
		if c.word == kind {
			what = c.text
		}
	}
	play := []any{key("play"), class("primary play"), attr("aria-keyshortcuts", "Space")}
	if p.Playing {
		play = append(play, icon("pause"), h("span", class("play-text"), "Pause"))
	} else {
		play = append(play, icon("play"), h("span", class("play-text"), "Play"))
	}
	return []Node{
		button("jump -1 "+kind, key("prev"), attr("aria-label", "Previous "+what),
			attr("title", "Previous "+what+" ("+keyFor("jump -1")+")"), icon("prev")),
		button("step -1", key("back"), attr("aria-label", "One event back"), attr("title", "One event back"), icon("back"),
			h("kbd", attr("aria-hidden", "true"), ",")),
		button("toggle", play...),
		button("step 1", key("step"), attr("aria-label", "One event forward"), attr("title", "One event forward"),
			h("kbd", attr("aria-hidden", "true"), "."), icon("forth")),
		button("jump 1 "+kind, key("next"), attr("aria-label", "Next "+what),
			attr("title", "Next "+what+" ("+keyFor("jump 1")+")"), icon("next")),
		h("select", key("kind"), attr("id", "jump-kind"), class("jump-kind wide-only"),
			attr("aria-label", "What the jump buttons look for"), kinds),
		h("span", key("time"), class("time"), text.Clock(p.Now)),
		speedControl(p),
		h("span", key("grow"), class("grow")),
		h("span", key("say"), class("pills"), statePills(f)),
		undoButton(p),
		button("live", key("live"), attr("aria-pressed", flag(p.Live)), attr("title", "To the end of this run (L)"),
			icon("live"), "Live"),
		branchMenu(f),
		checksPill(f),
	}
}

func speedControl(p *wire.Playback) Node {
	i := speedIndex(p.Speed)
	return h("span", key("speed"), class("speed"), attr("role", "group"), attr("aria-label", "Speed"),
		button("adaptive", class("quiet"), attr("aria-pressed", flag(p.Speed == wire.Adaptive)),
			attr("title", "What you cause is slowed to be seen, waits pass quickly ("+keyFor("adaptive")+")"), "Adaptive"),
		button("slower", class("quiet square"), attr("aria-label", "Slower"), attr("title", "Slower (−)"), "−"),
		h("input", attr("type", "range"), attr("id", "speed"), attr("min", "0"), attr("max", strconv.Itoa(len(speeds)-1)),
			attr("step", "1"),
			attr("value", strconv.Itoa(i)), attr("aria-label", "Speed"), attr("aria-valuetext", p.Text)),
		button("faster", class("quiet square"), attr("aria-label", "Faster"), attr("title", "Faster (+)"), "+"),
		h("output", p.Text))
}

// statePills are what has to be known of the run itself.
func statePills(f *wire.Frame) []Node {
	var out []Node
	for _, text := range []string{f.Playback.Working, f.Playback.Behind} {
		if text != "" {
			out = append(out, h("span", class("pill"), text))
		}
	}
	if text := f.Playback.Full; text != "" {
		out = append(out, h("span", class("pill bad"), text))
	}
	switch f.Run.Replay {
	case wire.ReplayExact:
		out = append(out, h("span", class("pill good"), "✓ "+replayExact))
	case wire.ReplayDiffers:
		out = append(out, h("span", class("pill bad"), replayDiffers))
	}
	return out
}

func undoButton(p *wire.Playback) Node {
	if p.CanUndo == "" {
		return h("span", key("undo"), attr("hidden", ""))
	}
	return button("undo", key("undo"), class("quiet small-hide"), attr("title", "Take back: "+p.CanUndo+" (U)"),
		icon("undo"), "Undo")
}

// branchMenu chooses a branch; it is there only when there is a choice.
func branchMenu(f *wire.Frame) Node {
	if len(f.Branches) < 2 {
		return h("span", key("branch"), attr("hidden", ""))
	}
	var options []Node
	for i, b := range f.Branches {
		text := "branch " + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(f.Branches))
		if b.Text != "" && i != f.Branch { // the one that is shown stands in the closed list, where there is little room
			text += " · " + b.Text
		}
		options = append(options, option(strconv.Itoa(i), text, strconv.Itoa(f.Branch)))
	}
	return h("select", key("branch"), attr("id", "branch"), class("branch small-hide"),
		attr("aria-label", "Branch"), options)
}

func checksPill(f *wire.Frame) Node {
	v := f.Verdict
	if f.Playback.Stopped != "" {
		v = wire.Pill{Value: "a rule is broken", Tone: wire.Bad}
	}
	sign := verdictSigns[v.Tone]
	text := strings.TrimSpace(v.Label + " " + v.Value)
	if text == "" {
		return h("span", key("checks"), attr("hidden", ""))
	}
	return button("panel checks", key("checks"), class("as-pill pill "+v.Tone.String()), attr("title",
		"Open the checks"), sign+
		text)
}

// verdictSigns stand before what was checked.
var verdictSigns = map[wire.Tone]string{wire.Good: "✓ ", wire.Bad: "⚠ "}
