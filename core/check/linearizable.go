package check

import (
	"slices"
	"sort"

	"github.com/anishathalye/porcupine"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/rule"
)

// Verdict is the outcome of Linearizable.
type Verdict uint8

// The verdicts. Unknown: the budget did not suffice.
const (
	Ok Verdict = iota
	Violated
	Unknown
)

// Result is what Linearizable found.
type Result struct {
	Verdict    Verdict
	Key        string     // Violated: the key; Unknown: the first key that was not judged
	Violation  *Violation // Violated: what is wrong, as a sentence
	Operations []int      // Violated: positions in the history of the operations that contradict each other
}

// Budget bounds the work on one key. It is counted in operations and steps, not in time, so that the verdict on a run
// is the same on every machine. Zero fields mean the default.
type Budget struct {
	// operations that must be ordered by search, because indeterminate writes may lie anywhere between: 1,000
	Operations int
	Steps      int // that the search may take in vain: 100,000
}

func (b Budget) orDefault() Budget {
	if b.Operations == 0 {
		b.Operations = 1_000
	}
	if b.Steps == 0 {
		b.Steps = 100_000
	}
	return b
}

// Linearizable judges whether each operation of a history can have happened at one instant between its call and its
// answer (rule.Linearizable). The history is that of a store that was empty at first.
//
// It works in three rounds. First, indeterminate writes that somebody has read get the revision that was read
// (indeterminate.go). Second, the revisions of the answers must grow with real time, over all keys (revisions.go); most
// breaches, such as a stale read, show here. Third, each key is judged by itself, which suffices (Herlihy and Wing,
// 1990: linearizability is local), by porcupine's search for an order that explains all that was seen.
func Linearizable(history []Operation, b Budget) Result {
	keys := byKey(history)
	for _, ops := range keys {
		resolve(ops)
	}
	if r := judgeRevisions(history, append(keys[:len(keys):len(keys)], others(history))); r.Verdict != Ok {
		return r
	}
	var unknown Result
	for _, ops := range keys {
		r := judgeKey(history, ops, b.orDefault())
		if r.Verdict == Violated {
			return r
		}
		if r.Verdict == Unknown && unknown.Verdict == Ok {
			unknown = r
		}
	}
	return unknown
}

// judgeKey judges the operations on one key. Indeterminate writes need not have happened, so that a history that is in
// order without them is in order. Only where it is not, places for them are searched for.
func judgeKey(history []Operation, ops []keyOperation, b Budget) Result {
	s := search{budget: b, steps: b.Steps}
	var sure, indeterminate []keyOperation
	for _, c := range ops {
		if c.seenBy >= 0 {
			s.settled = append(s.settled, c)
		}
		if c.sure {
			sure = append(sure, c)
		} else {
			indeterminate = append(indeterminate, c)
		}
	}
	sort.SliceStable(sure, func(i, j int) bool { return inRevisionOrder(&sure[i], &sure[j]) })
	failed := s.failing(inBlocks(sure))
	if len(failed) > 0 && len(indeterminate) > 0 && !s.exhausted() {
		failed = s.withIndeterminate(sure, indeterminate)
	}
	switch key := history[ops[0].at].Key; {
	case len(failed) == 0:
		return Result{}
	case s.exhausted() || s.tooLong(&failed[0]):
		return Result{Verdict: Unknown, Key: key}
	default:
		at := s.shrink(history, &failed[0])
		v := &Violation{Rule: rule.Linearizable, Text: explain(history, key, at)}
		return Result{Verdict: Violated, Key: key, Violation: v, Operations: at}
	}
}

// withIndeterminate judges operations, of which some are not in order by themselves, when indeterminate writes may have
// happened, too. It returns nothing if all is in order, else a segment that is not, or that the budget does not suffice
// for.
//
// If each epoch in question can be explained by writes that no other one needs, all is well. If an epoch cannot be
// explained by all indeterminate writes together, nothing can explain it. If neither holds, it takes one search over
// everything between the first and the last epoch in question.
func (s *search) withIndeterminate(sure, indeterminate []keyOperation) []segment {
	failed := s.failing(inEpochs(sure))
	if s.explainApart(failed, indeterminate) {
		return nil
	}
	for i := range failed {
		if p := failed[i].with(indeterminate); s.tooLong(&p) || !s.ordered(&p) {
			return []segment{p}
		}
	}
	span, last := failed[0], failed[len(failed)-1]
	span.to, span.ops, span.behind = last.to, sure[span.from:last.to], last.behind
	if span = span.with(indeterminate); s.tooLong(&span) || !s.ordered(&span) {
		return []segment{span}
	}
	return nil
}

// explainApart reports whether each segment can be explained by indeterminate writes that no other one needs. Each
// takes as few as it can, the earlier segments first: what may have happened in an early segment may also have happened
// in a later one, but not the other way round.
func (s *search) explainApart(segments []segment, indeterminate []keyOperation) bool {
	taken := map[int]bool{}
	for i := range segments {
		free := slices.DeleteFunc(slices.Clone(indeterminate), func(d keyOperation) bool { return taken[d.at] })
		p := segments[i].with(free)
		if s.tooLong(&p) || !s.ordered(&p) {
			return false
		}
		p.indeterminate = needed(p.ops, p.indeterminate)
		for _, d := range slices.Clone(p.indeterminate) {
			less := p
			less.indeterminate = slices.DeleteFunc(slices.Clone(p.indeterminate),
				func(e keyOperation) bool { return e.at == d.at })
			if s.ordered(&less) {
				p = less
			}
		}
		for _, d := range p.indeterminate {
			taken[d.at] = true
		}
	}
	return true
}

// search runs porcupine and counts its steps.
type search struct {
	budget  Budget
	steps   int            // left; below 0: used up
	settled []keyOperation // indeterminate puts of the key of which a get showed when they happened
}

func (s *search) exhausted() bool { return s.steps < 0 }

func (s *search) tooLong(p *segment) bool { return len(p.all()) > s.budget.Operations }

// failing returns the segments that are not in order, or too long to be judged.
func (s *search) failing(segments []segment) []segment {
	var failed []segment
	for i := range segments {
		if p := &segments[i]; s.tooLong(p) || !s.ordered(p) {
			failed = append(failed, *p)
		}
	}
	return failed
}

// ordered reports whether there is an order of a segment's operations that explains them all. Porcupine has no other
// budget than a wall clock, which would make verdicts a matter of chance. So the model counts the steps, beyond the one
// for each operation that it takes in any case, and refuses all once they are used up: the search then soon ends, with
// a verdict that does not count.
//
// Porcupine starts one goroutine, the only one in the core, and waits for it; so its order cannot be seen.
func (s *search) ordered(p *segment) bool {
	ops := p.all()
	operations := make([]porcupine.Operation, len(ops))
	for i := range ops {
		operations[i] = porcupine.Operation{Input: &ops[i], Call: ops[i].call, Return: ops[i].ret}
	}
	free := len(ops)
	model := porcupine.Model{
		Init: func() any { return p.start },
		Step: func(at, input, _ any) (bool, any) {
			if free--; free < 0 {
				s.steps--
			}
			if s.exhausted() {
				return false, at
			}
			ok, next := step(at.(state), input.(*keyOperation))
			return ok, next
		},
		Hash: func(at any) uint64 {
			st := at.(state)
			return rng.Mix(rng.Mix(rng.Name(st.value), uint64(st.mod)), uint64(st.floor))
		},
	}
	return porcupine.CheckOperations(model, operations)
}
