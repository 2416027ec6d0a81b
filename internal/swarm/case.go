package swarm

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/version"
	"github.com/etcdscope/etcdscope/core/world"
)

// Case is one run of the swarm: its faults as a value. What Judge does after the end is not part of it.
type Case struct {
	Seed   uint64
	Config world.Config
	Steps  []Step
	End    sim.Time // of the faults
	Hash   uint64   // of the world at End as Generate saw it; 0: not known
	Panic  string   // that made Generate end; empty: none
}

// Step is a command of a case, and the message that it is about if it is about one.
type Step struct {
	world.Timed
	Message *world.Packet
}

// Tape returns the commands alone.
func (c *Case) Tape() []world.Timed {
	tape := make([]world.Timed, len(c.Steps))
	for i := range c.Steps {
		tape[i] = c.Steps[i].Timed
	}
	return tape
}

// Failure is what is wrong with a case. Two failures are of the same kind if their Rule is the same.
type Failure struct {
	Rule string // the name of a broken rule; or recovery, replay, stores, panic
	Text string
	late bool          // it showed only after the repair had begun
	tape []world.Timed // all that was done up to the failure, the repair included
	end  sim.Time
}

// Error returns the failure as a sentence.
func (f *Failure) Error() string { return f.Rule + ": " + f.Text }

// Script writes the failing run as a script. Carried out, it fails in the same way, unless the simulator has changed
// since.
func (f *Failure) Script(c Case, command string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# etcdscope %s\n# Found by: %s\n# %s\n", version.Current, command,
		strings.ReplaceAll(f.Error(), "\n", "\n# "))
	b.WriteString("config")
	for _, p := range c.Config.Pairs() {
		b.WriteString(" " + p.Key + "=" + p.Value)
	}
	b.WriteString("\n\n")
	for _, t := range f.tape {
		fmt.Fprintf(&b, "at %v %v\n", t.At, t.Command)
	}
	fmt.Fprintf(&b, "run %v\n", max(f.end, 1))
	if f.Rule == recovery {
		fmt.Fprintf(&b, "expect leaders == 1 and value %s == %s\n", aliveKey, aliveValue)
	}
	return b.String()
}
