package engine

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/version"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/link"
	"github.com/etcdscope/etcdscope/web/wire"
)

// replay is a link that has been opened: where it leads, and whether it leads to the state that it was made at.
type replay struct {
	open    bool
	model   string // the version of the simulator that made it, if the link says
	hash    string
	verdict wire.Replay
}

// since says which versions lie between, if there are two.
func (r *replay) since() string {
	if r.model == "" || r.model == version.Current {
		return ""
	}
	return " with etcdscope " + r.model + ", and this is " + version.Current
}

// leave forgets the link: the run has become another.
func (r *replay) leave() { *r = replay{} }

// open begins the run that a link holds and goes to its moment. A bad link changes nothing.
func (e *Engine) open(fragment string) {
	if fragment == "" || fragment == "#" {
		return
	}
	l, err := link.Decode(fragment, noScenario)
	if err != nil {
		e.say(wire.LineErr, "This link cannot be opened: %s. What you see is a fresh run.", err)
		return
	}
	var settings []world.Pair
	for _, p := range l.Config {
		settings = append(settings, world.Pair(p))
	}
	cfg, err := world.ParseConfig(settings)
	cfg.Memory = e.run.Config().Memory // it is a matter of this machine
	tape := make([]world.Timed, len(l.Tape))
	for i, t := range l.Tape {
		tape[i] = world.Timed(t)
	}
	if err == nil {
		err = e.begin(cfg, tape)
	}
	if err != nil {
		e.say(wire.LineErr, "This link cannot be opened: %s. What you see is a fresh run.", sentence(err))
		return
	}
	e.lens.Select = wire.ParseSelection(clip(l.UI.Select))
	if l.UI.Panel != "" {
		e.lens.Panel = clip(l.UI.Panel)
	}
	e.play.playing = false
	e.link = replay{open: true, model: l.Model, hash: l.Hash}
	e.play.work = work{kind: toInstant, until: l.At}
}

// noScenario knows no scenario: there are no lessons yet.
func noScenario(string) bool { return false }

// arrive compares the state at a link's moment with the one that it was made at.
func (e *Engine) arrive() {
	if !e.link.open || e.link.verdict != wire.NoReplay {
		return
	}
	switch e.link.hash {
	case "":
		if e.link.model != "" && e.link.model != version.Current {
			e.link.verdict = wire.ReplayDiffers
			e.say(wire.LineNote,
				"This link was made with etcdscope %s, and this is %s. It names no state to compare with: the run may "+
					"differ from the one it was made of.", e.link.model, version.Current)
		}
	case shortHash(e.run.World().Hash()):
		e.link.verdict = wire.ReplayExact
		e.say(wire.LineNote, "This link replays exactly: the state is the one it was made at.")
	default:
		e.link.verdict = wire.ReplayDiffers
		e.say(wire.LineNote, "The simulator has changed since this link was made%s: this run differs from the one it shows.",
			e.link.since())
	}
}

// share answers with the link of this moment.
func (e *Engine) share(r *wire.Reply) {
	w := e.run.World()
	here := w.Clone()
	here.Advance(w.Now(), 1<<30) // a link leads to the end of its instant
	l := link.Run{
		Model: version.Current, At: here.Now(), Hash: shortHash(here.Hash()),
		UI: link.Lens{Panel: e.lens.Panel, Select: e.lens.Select.String()},
	}
	cfg := e.run.Config()
	cfg.Memory = 0 // another machine has another
	for _, p := range cfg.Pairs() {
		l.Config = append(l.Config, link.Pair(p))
	}
	tape, _ := e.run.Tape()
	for _, t := range tape {
		if t.At <= max(here.Now(), lastCommand(tape)) {
			l.Tape = append(l.Tape, link.Timed(t))
		}
	}
	text, err := link.Encode(l)
	if err != nil {
		e.say(wire.LineErr, "No link can be made of this run: %s.", err)
		return
	}
	r.Link = text
}

func lastCommand(tape []world.Timed) sim.Time {
	if len(tape) == 0 {
		return 0
	}
	return tape[len(tape)-1].At
}

// shortHash is the state hash as links and the page show it.
func shortHash(h uint64) string { return fmt.Sprintf("%08x", uint32(h>>32)^uint32(h)) }
