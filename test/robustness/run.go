package robustness

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/internal/swarm"
	"go.etcd.io/etcd/tests/v3/robustness/model"
)

// Run is what happened in one run, from the first start of the members to the last answer after all had been repaired.
type Run struct {
	Seed    uint64
	World   *world.World // at the end
	Commits []Commit     // in the order of the log
	seen    raft.Index   // up to where Commits goes
	known   []sim.Time   // for each entry that is known to be committed, since when; position = index
}

// Commit is a proposal that the members agreed on.
type Commit struct {
	ID   uint64 // of the request that it comes from; none: a member's own
	Call api.Call
	At   sim.Time // when the first member knew
}

// faultTicks is how long faults go on, in heartbeats: some three hundred commands.
const faultTicks = 600

// drain is longer than any client waits for an answer; idle is longer than etcd waits before it tells watches of
// progress.
const (
	drain = 8 * sim.Second
	idle  = 12 * sim.Minute
)

// Make makes the run of a seed.
func Make(seed uint64) (*Run, error) {
	cfg, tape, end, err := compose(seed)
	if err != nil {
		return nil, err
	}
	r := &Run{Seed: seed}
	if r.World, err = world.New(cfg, tape); err != nil {
		return nil, err
	}
	for done := false; !done && r.World.Broken() == nil; {
		done = r.World.Advance(end, 1)
		r.collect()
	}
	for _, m := range r.World.Members() {
		if m.Up() && m.Node().Commit() > r.seen {
			return nil, fmt.Errorf("entry %d was thrown away before it was read", r.seen+1)
		}
	}
	return r, r.broken()
}

// compose makes the tape of a run: faults, their repair, and in some runs a long quiet after it, with a few writes at
// its end.
func compose(seed uint64) (cfg world.Config, tape []world.Timed, end sim.Time, err error) {
	random := rng.New(seed, "robustness")
	p := &world.Presets[random.Intn(len(world.Presets))]
	o := swarm.Default()
	o.Preset, o.For, o.Ask = p.Name, faultTicks*p.Tick, new(asker).ask
	c := swarm.Generate(seed, o)
	w, err := world.New(c.Config, c.Tape())
	if err != nil {
		return cfg, nil, 0, err
	}
	w.Advance(c.End, 1<<40)
	if f := swarm.Recover(w); f != nil {
		return cfg, nil, 0, f
	}
	if p.ElectionTicks > 5 && random.Intn(3) == 0 { // not with the fastest clocks: it would take the longest
		if err := rest(w); err != nil {
			return cfg, nil, 0, err
		}
	}
	return c.Config, w.Commanded(), w.Now() + drain, nil
}

// rest lets each client watch while nothing happens for so long that it is told of that, and then something does.
func rest(w *world.World) error {
	for i := range w.Clients() {
		watch := script.Watch{Key: prefix, End: mvcc.PrefixEnd(prefix), ProgressNotify: true,
			Flags: script.Flags{Client: script.ClientName(i + 1)}}
		if err := w.Do(watch); err != nil {
			return err
		}
	}
	w.Advance(w.Now()+idle, 1<<40)
	for i := range 5 {
		if err := w.Do(script.Call{Call: api.Put{Key: prefix + "late", Value: fmt.Sprint("late", i)}}); err != nil {
			return err
		}
		w.Advance(w.Now()+sim.Second, 1<<40)
	}
	return nil
}

// broken returns the rule that ended the run early, if one did.
func (r *Run) broken() error {
	if b := r.World.Broken(); b != nil {
		return fmt.Errorf("%v: %s", b.Rule, b.Text)
	}
	return nil
}

// collect reads what has been committed since it was last called, from the log of any member that has it. That may be
// later than it was committed: a leader may take a snapshot and throw the entries away at once.
func (r *Run) collect() {
	for _, m := range r.World.Members() {
		for m.Up() && raft.Index(len(r.known)) <= m.Node().Commit() {
			r.known = append(r.known, r.World.Now())
		}
	}
	for _, m := range r.World.Members() {
		if m.Up() {
			r.read(m.Node())
		}
	}
}

func (r *Run) read(n *raft.Node) {
	for i := r.seen + 1; i <= n.Commit(); i++ {
		e, ok := n.EntryAt(i)
		if !ok {
			return
		}
		r.seen = i
		if e.Type != raft.EntryNormal || len(e.Data) == 0 {
			continue
		}
		id, call, err := api.Decode(e.Data)
		if err != nil {
			panic(err)
		}
		r.Commits = append(r.Commits, Commit{id, call, r.known[i]})
	}
}

// Script writes the run as a script.
func (r *Run) Script() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# make robustness RUNS=1 SEED=%d\nconfig", r.Seed)
	for _, p := range r.World.Config().Pairs() {
		b.WriteString(" " + p.Key + "=" + p.Value)
	}
	b.WriteString("\n\n")
	for _, t := range r.World.Commanded() {
		fmt.Fprintf(&b, "at %v %v\n", t.At, t.Command)
	}
	fmt.Fprintf(&b, "run %v\n", r.World.Now())
	return b.String()
}

// Summary says how much there was to judge.
func (r *Run) Summary() string {
	reads, writes, indeterminate, watched, events, progress, resumed := 0, 0, 0, 0, 0, 0, 0
	for _, c := range r.Reports() {
		for _, op := range c.KeyValue {
			req, resp := op.Input.(model.EtcdRequest), op.Output.(model.MaybeEtcdResponse)
			switch {
			case resp.Error != "" || resp.Persisted:
				indeterminate++
			case req.IsRead():
				reads++
			default:
				writes++
			}
		}
		watched += len(c.Watch)
		events += c.WatchEventCount()
		for _, w := range c.Watch {
			for _, resp := range w.Responses {
				if resp.IsProgressNotify {
					progress++
				}
			}
		}
	}
	for _, c := range r.World.Clients() {
		for _, w := range c.Watches() {
			resumed += w.Resumes
		}
	}
	return fmt.Sprintf("%s, %d members, %v: %d reads, %d writes, %d in doubt, %d watches resumed %d times, %d events, "+
		"%d progress",
		r.World.Config().Preset, len(r.World.Members()), r.World.Now()/sim.Second*sim.Second, reads, writes, indeterminate,
		watched, resumed, events, progress)
}
