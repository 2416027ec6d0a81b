package engine

import (
	"errors"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// act carries out one thing that the person did.
func (e *Engine) act(a wire.Action, r *wire.Reply) {
	switch a.Kind {
	case wire.Do:
		e.input(a.Text, a.N == 1)
		if e.paste != nil {
			r.Paste = e.paste.File
		}
	case wire.Paste:
		if p := e.paste; p != nil {
			e.input(p.Text(a.Text), true)
		}
	case wire.Undo:
		e.undo()
	case wire.Fresh:
		e.fresh(a.Text)
	case wire.Open:
		e.open(a.Text)
	case wire.Share:
		e.share(r)
	case wire.Complete:
		r.Completions = e.complete(a.Text)
	case wire.Select:
		e.lens.Select = wire.ParseSelection(clip(a.Text))
	case wire.Panel:
		e.lens.Panel = clip(a.Text)
	case wire.ReadAt:
		e.lens.Revision = a.N
	case wire.KeysFrom:
		e.lens.From = clip(a.Text)
	default:
		e.move(a)
	}
}

// move carries out what concerns time.
func (e *Engine) move(a wire.Action) {
	p := &e.play
	if a.Kind != wire.Speed {
		p.work = work{}
	}
	if a.Kind > wire.Speed && (a.Kind != wire.Step || a.N < 0) {
		p.left = true
	}
	switch a.Kind {
	case wire.Play:
		p.playing, p.carry = e.run.World().Broken() == nil, 0
	case wire.Pause:
		p.playing = false
	case wire.Speed:
		if p.speed = a.N; a.N > 0 {
			p.speed = min(max(a.N, realTime/10_000), realTime*100_000)
		}
		p.asked, p.had, p.carry, p.behind = 0, 0, 0, ""
	case wire.Seek:
		e.seek(sim.Time(a.N))
	case wire.Step:
		e.step(a.N)
	case wire.Jump:
		e.jump(a.N, a.Marks)
	case wire.Live:
		e.run.GoLive()
	case wire.Goto:
		e.goTo(int(a.N))
	}
}

func (e *Engine) step(n int64) {
	e.play.playing = false
	if n > 0 {
		if !e.run.Step() {
			e.say(wire.LineNote, "Nothing more can happen.")
		}
		return
	}
	there, ok := e.run.StepBack(0)
	if !ok {
		e.say(wire.LineNote, "This is the beginning.")
	}
	e.travel(there)
}

// goTo shows another branch, at the same instant if it reaches that far.
func (e *Engine) goTo(branch int) {
	at := e.run.World().Now()
	if !e.run.Switch(branch) {
		e.say(wire.LineErr, "There is no branch %d.", branch+1)
	}
	e.resetTold()
	e.seek(min(at, e.run.Head().Now()))
}

func (e *Engine) undo() {
	c, there := e.run.Undo(0)
	if c == nil {
		e.say(wire.LineErr, "There is no command to take back in this branch.")
		return
	}
	e.say(wire.LineNote, "Took back: %s. The line with it is still there, as a branch.", c)
	e.travel(there)
	e.play.work.undo, e.play.left = e.play.work.kind == toPast, true
	e.resetTold()
}

// fresh begins a run from settings such as "members=5 preset=etcd seed=7".
func (e *Engine) fresh(text string) {
	cfg, err := world.ParseConfig(pairs(text))
	if err == nil {
		err = e.begin(cfg, nil)
	}
	if err != nil {
		e.say(wire.LineErr, "%s. The run was left as it is.", sentence(err))
		return
	}
	e.raiseCurtain()
	e.say(wire.LineNote, "A fresh run: %s.", text)
}

func pairs(text string) []world.Pair {
	var list []world.Pair
	for field := range strings.FieldsSeq(clip(text)) {
		key, value, _ := strings.Cut(field, "=")
		list = append(list, world.Pair{Key: key, Value: value})
	}
	return list
}

// sentence writes an error for a person: without the prefixes that programs need.
func sentence(err error) string {
	text := err.Error()
	for _, prefix := range []error{world.ErrConfig, world.ErrCommand} {
		if errors.Is(err, prefix) {
			text = strings.TrimPrefix(text, prefix.Error()+": ")
		}
	}
	return text
}

// clip bounds what comes from outside.
func clip(s string) string { return s[:min(len(s), 4096)] }
