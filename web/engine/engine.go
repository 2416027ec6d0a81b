// Package engine owns a run and plays it: it turns Ticks into Replies.
//
// It is a plain machine: Tick is called, it answers. In the browser it lives in a worker (wasm/), in tests and tools it
// runs natively. It keeps the run (core/world.Run), the lens (web/view.Lens), and playback: whether time passes, how
// fast, and any long computation that is under way, such as opening a link or looking for the next election. Long work
// is done in slices, one a tick, so that the page always has an answer soon and can show how far it is.
//
// Reading order: engine.go, playback.go, actions.go, console.go, prompt.go, metrics.go, share.go, linear.go,
// measure.go, memory.go; sessions.go for several engines in one worker.
package engine

import (
	"fmt"
	"runtime"
	"time"

	"github.com/etcdscope/etcdscope/core/shell"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/view"
	"github.com/etcdscope/etcdscope/web/wire"
)

// Version is the simulator's, Model what it models.
const (
	Version = "0.1"
	Model   = "models etcd 3.6"
)

// Engine is one person's run. It is used by one goroutine.
type Engine struct {
	run    *world.Run
	panels []view.Panel
	lens   view.Lens
	play   playback
	link   replay
	lin    linear

	lines   []wire.Line   // console lines for the next reply
	awaited []uint64      // commands from the console that are not over: what they print is to be told there
	told    int           // position in what was printed up to which that has been done
	more    string        // the beginning of a text for a shell that goes on in the next line; "": there is none
	paste   *shell.Paste  // what the last line wants the text of a file for; nil: nothing
	prompt  *prompt       // a transaction that is being typed; nil: none
	sent    wire.Timeline // with the last frame
	dirty   bool          // something changed since the last frame
	framed  time.Time     // when the last frame was made
	charted time.Time     // likewise the last with the content of the panel
	now     func() time.Time

	memory memory
}

// frameInterval bounds how often a frame is made while playing.
const frameInterval = 50 * time.Millisecond

// chartInterval bounds how often a panel is asked for what it may leave out (view.Lens, Still): metrics cost as much as
// all the rest, and figures that change faster cannot be read.
const chartInterval = 500 * time.Millisecond

// New returns an engine with the run that a visitor sees first, just before its first election. It shows the first of
// the panels.
func New(panels []view.Panel) *Engine {
	e := &Engine{panels: panels, now: time.Now, memory: memory{read: readUsage, gc: runtime.GC}}
	e.lens.Panel, e.play.speed = panels[0].ID, wire.Adaptive
	if err := e.begin(world.Default(), nil); err != nil {
		panic(err) // the default configuration is valid: held by a test
	}
	e.raiseCurtain()
	return e
}

// begin starts another run.
func (e *Engine) begin(cfg world.Config, tape []world.Timed) error {
	run, err := world.NewRun(cfg, tape)
	if err != nil {
		return err
	}
	e.run = run
	e.lens.Select, e.lens.Revision, e.lens.From = wire.Selection{}, 0, ""
	e.play = playback{speed: e.play.speed, playing: true, left: true}
	e.link, e.lin = replay{}, linear{}
	e.awaited, e.told, e.prompt = nil, 0, nil
	e.memory.full, e.memory.collected = "", 0
	e.limit()
	e.more, e.paste = "", nil
	e.dirty = true
	return nil
}

// curtain is how long before the first leader is elected a fresh run is first shown: long enough to see the votes.
const curtain = 45 * sim.Millisecond

// raiseCurtain takes a fresh run to just before its first election: before it, nothing happens. Another world finds out
// when that is, so that the run itself has no future yet to branch off from.
func (e *Engine) raiseCurtain() {
	const patience = 10 * sim.Second
	w, err := world.New(e.run.Config(), nil)
	if err != nil {
		return // the run was begun with the same configuration
	}
	for w.Leader() == nil && w.Now() < patience && w.Step() {
	}
	e.run.Advance(max(w.Now()-curtain, 0), 1<<20)
}

// Tick goes on by the time that has passed, carries out what the person did, and answers.
func (e *Engine) Tick(t wire.Tick) (wire.Reply, wire.Motion) {
	r := wire.Reply{Version: wire.Version, Seq: t.Seq}
	if t.Version != wire.Version {
		r.Fatal = fmt.Sprintf("The page speaks version %d of the protocol, the engine version %d. Reload the page.",
			t.Version, wire.Version)
		return r, wire.Motion{}
	}
	e.pass(time.Duration(t.Elapsed) * time.Microsecond)
	for _, a := range t.Actions {
		e.dirty = true
		e.act(a, &r)
	}
	e.tellOutcomes()
	w := e.run.World()
	if t.Full || (e.dirty && (!e.play.playing || len(t.Actions) > 0 || e.now().Sub(e.framed) >= frameInterval)) {
		busy := e.play.playing || e.play.work.kind != noWork
		e.lens.Still = busy && !t.Full && len(t.Actions) == 0 && e.now().Sub(e.charted) < chartInterval
		if t.Full {
			e.sent = wire.Timeline{}
			r.Catalog = view.Catalog()
			r.Catalog.Model, r.Catalog.Version = Model, Version
		}
		r.Frame = e.frame()
		if r.Frame.Content != nil {
			e.charted = e.now()
		}
		e.dirty, e.framed = e.run.Looking(), e.now()
	}
	r.Lines, e.lines = e.lines, nil
	return r, wire.Motion{Now: float32(w.Now()) / 1000, Timers: view.Timers(w), Messages: view.Moving(w)}
}

func (e *Engine) frame() *wire.Frame {
	e.judge()
	e.follow()
	e.lens.Linear = e.lin.verdict
	f := view.Project(e.run, e.lens)
	p := e.panel()
	f.Panel, f.Content = p.ID, p.Project(e.run, e.lens)
	f.Playback = e.playback()
	f.Run.Title = "A cluster of your own"
	f.Run.Replay = e.link.verdict
	f.Changed, e.sent = wire.TimelineDeltaOf(&e.sent, &f.Timeline), f.Timeline
	return f
}

// panel is the panel that is open; the first if a link names one that there is not.
func (e *Engine) panel() *view.Panel {
	for i := range e.panels {
		if e.panels[i].ID == e.lens.Panel {
			return &e.panels[i]
		}
	}
	return &e.panels[0]
}

func (e *Engine) say(kind wire.LineKind, format string, args ...any) {
	e.lines = append(e.lines, wire.Line{Kind: kind, Text: fmt.Sprintf(format, args...)})
}
