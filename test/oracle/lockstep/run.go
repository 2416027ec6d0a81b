package lockstep

import (
	"fmt"
	"io"

	"github.com/etcdscope/etcdscope/core/raft"
)

// Report is what many runs have found.
type Report struct {
	Inputs, Runs int
	Events       [256]int // how often our side told of each kind of event: what the inputs have reached
	Reached      Reached
	Found        []Divergence
}

// Reached counts what only asynchronous storage leads to.
type Reached struct {
	Written, Applied int // answers of the threads
	Overtaken        int // a write is confirmed in a later term, though the log has that entry: that must not count
	LateSnapshots    int // so is a snapshot: that must count
}

// Divergence is a run in which the two differ, as short as it could be made.
type Divergence struct {
	Setup  Setup
	Inputs []Input
	Err    error
}

// Print writes the inputs and the difference.
func (d *Divergence) Print(w io.Writer) {
	fmt.Fprintln(w, d.Setup)
	for i, in := range d.Inputs {
		fmt.Fprintf(w, "%4d  %s\n", i, in)
	}
	fmt.Fprintln(w, d.Err)
}

// runLength is how many inputs a group lives for. Every tenth lives ten times as long, for long logs.
const runLength = 3000

// Run makes runs until so many inputs have been compared, or a few divergences have been found.
func Run(seed uint64, inputs int, b Broken) Report {
	var rep Report
	enough := 3
	if b != (Broken{}) {
		enough = 1
	}
	for ; rep.Inputs < inputs && len(rep.Found) < enough; seed++ {
		setup := NewSetup(seed)
		n := runLength
		if seed%10 == 0 {
			n *= 10
		}
		n = min(n, inputs-rep.Inputs)
		done, err := rep.one(setup, n, b)
		if err != nil {
			rep.Found = append(rep.Found, Shrink(setup, done, b))
		}
		rep.Inputs += len(done)
		rep.Runs++
	}
	return rep
}

// one makes one run and returns its inputs, the last of which led to the error.
func (r *Report) one(s Setup, n int, b Broken) (done []Input, err error) {
	g, err := newGroup(s, b)
	if err != nil {
		return nil, err
	}
	gen := newGenerator(s.Seed)
	for len(done) < n && err == nil {
		in := gen.next(g)
		done = append(done, in)
		err = g.do(in)
	}
	for kind, count := range g.events {
		r.Events[kind] += count
	}
	r.Reached.Written += g.reached.Written
	r.Reached.Applied += g.reached.Applied
	r.Reached.Overtaken += g.reached.Overtaken
	r.Reached.LateSnapshots += g.reached.LateSnapshots
	if err == nil {
		err = g.sameLogs()
	}
	return done, err
}

// sameLogs compares all logs, entry by entry.
func (g *group) sameLogs() error {
	for _, m := range g.members {
		if m.down || m.stage != idle || m.threads[appends].busy() || m.threads[applies].busy() {
			continue
		}
		first, err := m.storage.FirstIndex()
		if err != nil {
			return err
		}
		if m.ours.StableIndex() < m.ours.FirstIndex() || m.ours.HasReady() {
			continue
		}
		if uint64(m.ours.FirstIndex()) != first {
			return differ("first index", m.ours.FirstIndex(), first)
		}
		es, err := m.storage.Entries(first, uint64(m.ours.StableIndex())+1, ^uint64(0))
		if err != nil {
			return err
		}
		var own []raft.Entry
		for i := m.ours.FirstIndex(); i <= m.ours.StableIndex(); i++ {
			e, _ := m.ours.EntryAt(i)
			own = append(own, e)
		}
		if err := sameEntries("log", own, es); err != nil {
			return err
		}
	}
	return nil
}

// replay carries out recorded inputs and returns how many it took to the first difference, and the difference.
func replay(s Setup, ins []Input, b Broken) (int, error) {
	g, err := newGroup(s, b)
	if err != nil {
		return 0, err
	}
	for i, in := range ins {
		if err := g.do(in); err != nil {
			return i + 1, err
		}
	}
	return len(ins), g.sameLogs()
}

// shrinkReplays bounds the work of Shrink.
const shrinkReplays = 2000

// Shrink removes inputs, many at a time and then one by one, as long as the two still differ.
func Shrink(s Setup, ins []Input, b Broken) Divergence {
	replays := 0
	differs := func(ins []Input) (int, error) {
		if replays++; replays > shrinkReplays {
			return len(ins), nil
		}
		return replay(s, ins, b)
	}
	best := Divergence{Setup: s, Inputs: ins}
	n, err := differs(ins)
	best.Inputs, best.Err = ins[:n], err
	for size := max(1, n/2); size >= 1; size /= 2 {
		for shrunk := true; shrunk; {
			shrunk = false
			for at := 0; at+size <= len(best.Inputs); {
				try := append(append([]Input(nil), best.Inputs[:at]...), best.Inputs[at+size:]...)
				if n, err := differs(try); err != nil {
					best.Inputs, best.Err, shrunk = try[:n], err, true
				} else {
					at += size
				}
			}
		}
	}
	return best
}
