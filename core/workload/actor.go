// Package workload is what works on a cluster beside its clients, without end and by itself: a load, the load of
// etcdctl check perf, the compactor of an API server.
//
// Each is an Actor. It lives on a client of the run and takes inputs: a command, the instant that it waited for, the
// outcome of a call, a report of a task of the client. It returns an Output: when it wants to be woken, what the client
// is to ask, what is written down. It calls nobody; who carries an output out need not know whose it is.
//
// A new actor is a file and a line in New.
//
// Reading order: actor.go, load.go, perf.go, compactor.go.
package workload

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Actor is something that works beside a client.
type Actor interface {
	// Takes reports whether a command is for this actor, and the flags that say which client it lives on.
	Takes(c script.Command) (script.Flags, bool)
	// Command takes a command that it Takes, and the endpoints that it names. An error changes nothing.
	Command(in In, c script.Command, to []client.Endpoint) (Output, error)
	// Wake is the instant that an actor of this client waited for: its own or another's.
	Wake(in In, wake Wake) Output
	// Returned is the outcome of a call of the client, whoever made it.
	Returned(in In, op *client.Operation) Output
	// Reported is what a task of the client says of its load.
	Reported(in In, r *client.Report) Output
	Clone() Actor
	// Fold goes on with a digest of what decides how the actor goes on.
	Fold(h uint64) uint64
}

// New returns the actors of a client. All are at rest.
func New() []Actor { return []Actor{&generator{}, &compactor{}} }

// In is what an actor knows of where it lives.
type In struct {
	Now     sim.Time
	Seed    uint64
	Client  sim.Host
	Request uint64 // the number that the call of the output will have
	Task    uint64 // the number that the task of a command's output will have
	Tasks   Tasks
}

// Tasks says which tasks of the client are not over.
type Tasks interface{ Runs(task uint64) bool }

// Output is what an actor wants done, in this order.
type Output struct {
	Lines   []Line
	EndSync bool // the client asks no more who the members are
	Wakes   []Wake
	Begin   *client.Command // of a command: what its task is to do
	Loaded  uint64          // the task that is told that all calls of its load have an outcome
	Print   *script.Refusal
	Printed uint64     // the task that Print is the end of
	Ask     client.Ask // a call, if there is one in it
}

// Line is what an actor writes to its log.
type Line struct {
	Rule rule.ID
	Text string
}

// Wake is an instant that an actor waits for. It comes back as it was, however the actor has changed since.
type Wake struct {
	At     sim.Time
	Kind   WakeKind
	Life   uint32
	Clock  bool // of a load: its clock asks for a call, not an answer
	Caused bool // what comes of it comes from what was recorded last
}

// WakeKind tells wakes apart.
type WakeKind uint8

// The kinds. Their numbers are in the digests of runs: a new one gets a number of its own.
const (
	wakeLoad      WakeKind = 4
	wakePerf      WakeKind = 11
	wakeCompactor WakeKind = 13
)

// LoadOf returns the load among the actors of a client; zero if there is none.
func LoadOf(list []Actor) script.Load {
	for _, a := range list {
		if g, ok := a.(*generator); ok {
			return g.load.Load
		}
	}
	return script.Load{}
}
