package world

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/workload"
)

// Actors returns what works beside a client. It is for looking.
func (w *World) Actors(h sim.Host) []workload.Actor { return w.actors[h.Number()-1] }

// commandActor gives a command to the actor that takes it.
func (w *World) commandActor(c script.Command) error {
	for i, kind := range workload.New() {
		f, takes := kind.Takes(c)
		if !takes {
			continue
		}
		h, to, err := w.asks(f)
		if err != nil {
			return err
		}
		out, err := w.actors[h.Number()-1][i].Command(w.inputOf(h), c, to)
		if err != nil {
			return refuse("%v", err)
		}
		w.given(c)
		if out.Begin != nil {
			w.begin(h, w.typing(h, c, f).Task, to, *out.Begin)
		}
		w.carryOutActor(h, &out)
		return nil
	}
	return refuse("the world has no command %q", c)
}

// actorDue is an instant that an actor waited for.
func (w *World) actorDue(e *event) {
	w.cause = e.cause
	wake := workload.Wake{At: w.now, Kind: e.actor, Life: e.wake.Incarnation, Clock: e.ok, Caused: e.cause != 0}
	for _, a := range w.actors[e.host.Number()-1] {
		out := a.Wake(w.inputOf(e.host), wake)
		w.carryOutActor(e.host, &out)
	}
}

// toActors lets the actors beside a client take the outcome of a call.
func (w *World) toActors(h sim.Host, op *client.Operation) {
	for _, a := range w.actors[h.Number()-1] {
		out := a.Returned(w.inputOf(h), op)
		w.carryOutActor(h, &out)
	}
}

// reportToActors lets them take what a task says of its load.
func (w *World) reportToActors(h sim.Host, r *client.Report) {
	for _, a := range w.actors[h.Number()-1] {
		out := a.Reported(w.inputOf(h), r)
		w.carryOutActor(h, &out)
	}
}

func (w *World) inputOf(h sim.Host) workload.In {
	return workload.In{Now: w.now, Seed: w.cfg.Seed, Client: h, Request: w.requests + 1, Task: w.commands + 1,
		Tasks: tasks{w}}
}

// tasks are the commands of etcdctl that are not over.
type tasks struct{ w *World }

func (t tasks) Runs(task uint64) bool { return t.w.typedBy(task) != nil }

// carryOutActor does what an actor's output asks for.
func (w *World) carryOutActor(h sim.Host, out *workload.Output) {
	for _, line := range out.Lines {
		w.record(Record{Kind: AtClient, Where: h, Rule: line.Rule,
			Client: &client.Event{Kind: client.Printed, Text: line.Text}})
	}
	if out.EndSync {
		w.clientOut.Reset()
		w.client(h).EndSync(w.now, &w.clientOut)
		w.carryOutClient(h)
	}
	for _, k := range out.Wakes {
		e := event{kind: evActor, host: h, actor: k.Kind, ok: k.Clock}
		if e.wake.Incarnation = k.Life; k.Caused {
			e.cause = w.cause
		}
		w.queue.Push(k.At, e)
	}
	if out.Loaded != 0 {
		w.clientOut.Reset()
		w.client(h).OnLoaded(w.now, out.Loaded, &w.clientOut)
		w.carryOutClient(h)
	}
	if out.Print != nil {
		w.say(h, out.Printed, Said{refusal: out.Print, Done: true})
	}
	if out.Ask.Call != nil {
		w.carry(h, out.Ask)
	}
}
