package server

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/etcdscope/etcdscope/core/api"
)

// Options are what runs are made of.
type Options struct {
	Seed   uint64          // of the first run; each run takes the next
	Calls  int             // to compare
	Wire   int             // percent of the runs in which calls reach the real server over a connection
	Only   map[string]bool // kinds of calls; nil: all
	Most   int             // different mismatches after which to stop
	Group  int             // how many members; 0: one
	Self   bool            // two real servers, to see what a server may tell differently
	Shrink time.Duration   // how long to make a mismatch shorter; 0: a minute a member
	Fault  Fault           // nil, but to see that the comparison works
	Blur   func(*message)  // the same for what our streams tell
}

// Fault changes what our side has answered.
type Fault func(api.Call, *api.Reply, *string)

// Report is what many runs have found.
type Report struct {
	Calls, Runs int
	Kinds       map[string]int // how often each call was answered, and each error
	Differ      int            // runs that ended with a difference
	Found       []Mismatch     // the first of each class
	Once        []error        // differences that did not come again when the run was repeated
}

// Mismatch is a run in which the two differ, as short as it could be made.
type Mismatch struct {
	Seed  uint64
	Wire  bool
	Ops   []any
	Err   error
	class string

	group, length int // of the run
}

// Print writes the operations and the difference. Of a list that could not be made short, it writes the end.
func (m *Mismatch) Print(w io.Writer) {
	fmt.Fprintf(w, "mismatch (run with seed %d; %d operations that are left of it):\n", m.Seed, len(m.Ops))
	for i, op := range m.Ops[max(0, len(m.Ops)-shown):] {
		fmt.Fprintf(w, "%4d  %s\n", max(0, len(m.Ops)-shown)+i+1, literal(op))
	}
	fmt.Fprintf(w, "%v\n", m.Err)
	fmt.Fprintf(w, "again: make oracle MEMBERS=%d OPS=%d SEED=%d\n", max(1, m.group), m.length, m.Seed)
}

// shown is how many operations of a long list are.
const shown = 40

// runLength is how many calls a server lives for. Its leases must not expire meanwhile, and to start one costs as much
// as some hundred calls.
const runLength = 1500

// length is longer for groups: one takes seconds to start.
func (o *Options) length() int {
	if o.Group > 1 {
		return 20 * runLength
	}
	return runLength
}

// Run makes runs until so many calls have been compared, or a few mismatches have been found.
func Run(o Options) (*Report, error) {
	rep := &Report{Kinds: map[string]int{}}
	for seed := o.Seed; rep.Calls < o.Calls && len(rep.Found) < max(1, o.Most); seed++ {
		if err := rep.one(&o, seed, min(o.length(), o.Calls-rep.Calls)); err != nil {
			return rep, err
		}
		rep.Runs++
	}
	return rep, nil
}

// one makes one run.
func (r *Report) one(o *Options, seed uint64, n int) error {
	gen := newGenerator(seed, o.Only)
	gen.group = o.Group
	wire := gen.yes(o.Wire)
	p, err := o.start(wire)
	if err != nil {
		return err
	}
	if o.Group > 1 {
		gen.watched = false
	}
	var done []any
	var diff error
	for len(done) < n && diff == nil {
		op := gen.next()
		done = append(done, op)
		var a answer
		a, diff = p.do(op)
		r.Kinds[kindOf(op, a)]++
		gen.onAnswer(op, a)
	}
	if diff == nil {
		done = append(done, Gather{})
		diff = p.gather()
	}
	p.close()
	r.Calls += len(done)
	if diff == nil {
		return nil
	}
	r.Differ++
	if slices.ContainsFunc(r.Found, func(m Mismatch) bool { return m.class == class(diff) }) {
		return nil
	}
	replay := func(ops []any) (int, error) { return o.replay(ops, wire) }
	shortest, err := shrink(done, replay, time.Now().Add(cmp.Or(o.Shrink, shrinkTime*time.Duration(max(1, o.Group)))))
	if err == nil {
		r.Differ--
		r.Once = append(r.Once,
			fmt.Errorf("seed %d, after %d calls, %s: %w", seed, len(done), literal(done[len(done)-1]), diff))
		return nil
	}
	r.Found = append(r.Found, Mismatch{seed, wire, shortest, err, class(diff), o.Group, n})
	return nil
}

// kindOf names a call and how it ended.
func kindOf(op any, a answer) string {
	if at, ok := op.(At); ok {
		op = at.Call
	}
	if a.Err != "" {
		return fmt.Sprintf("%T: %s", op, a.Err)
	}
	return fmt.Sprintf("%T", op)
}

// side is one of the two that are compared.
type side interface {
	do(member int, call api.Call) (answer, error)
	names() *names
	close()
}

// pair is both sides, started with the same things.
type pair struct {
	ours, theirs            side
	received, theirReceived received
	fault                   Fault
	blur                    func(*message)
	start                   time.Time
}

func (o *Options) start(wire bool) (p *pair, err error) {
	p = &pair{received: received{}, theirReceived: received{}, fault: o.Fault, blur: o.Blur, start: time.Now()}
	if o.Group > 1 {
		p.theirs, err = startGroup(o.Group)
	} else {
		p.theirs, err = startTheirs(wire)
	}
	if err != nil {
		return nil, fmt.Errorf("etcd does not start: %w", err)
	}
	if o.Self {
		p.ours, err = startTheirs(false)
	} else {
		p.ours, err = startOurs(max(1, o.Group))
	}
	if err != nil {
		p.theirs.close()
		return nil, err
	}
	return p, nil
}

func (p *pair) close() {
	p.ours.close()
	p.theirs.close()
}

// do carries an operation out on both sides and compares. It returns our answer.
func (p *pair) do(op any) (answer, error) {
	call, ok := op.(api.Call)
	if at, is := op.(At); is {
		return p.ask(at.Member, at.Call)
	}
	if !ok {
		return answer{}, p.watch(op)
	}
	if _, ok := op.(api.Compaction); ok {
		if err := p.gather(); err != nil { // the compaction may take the key-values before an event away from it
			return answer{}, err
		}
	}
	return p.ask(1, call)
}

func (p *pair) ask(at int, call api.Call) (answer, error) {
	a, err := ask(p.ours, at, call)
	if err != nil {
		return a, err
	}
	if p.fault != nil {
		p.fault(call, &a.Reply, &a.Err)
	}
	b, err := ask(p.theirs, at, call)
	if err != nil {
		return a, err
	}
	return a, differ(call, a, b, time.Since(p.start))
}

// ask carries a call out on one side.
func ask(s side, at int, call api.Call) (answer, error) {
	n := s.names()
	a, err := s.do(at, n.real(call))
	if err != nil {
		return a, err
	}
	n.learn(call, a)
	return n.plain(call, a), nil
}

// replay carries calls out from the beginning. It returns how many it took to the first difference, and the difference.
func (o *Options) replay(ops []any, wire bool) (int, error) {
	p, err := o.start(wire)
	if err != nil {
		return 0, nil
	}
	defer p.close()
	for i, op := range ops {
		if _, err := p.do(op); err != nil {
			return i + 1, err
		}
	}
	return len(ops), nil
}
