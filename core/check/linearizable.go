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
	Operations int // operations that must be ordered by search, because doubtful writes may lie anywhere between: 1,000
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
// It works in three rounds. First, doubtful writes that somebody has read get the revision that was read (doubt.go).
// Second, the revisions of the answers must grow with real time, over all keys (revisions.go); most breaches, such as a
// stale read, show here. Third, each key is judged by itself, which suffices (Herlihy and Wing, 1990: linearizability
// is local), by porcupine's search for an order that explains all that was seen.
func Linearizable(history []Operation, b Budget) Result {
	keys := byKey(history)
	for _, claims := range keys {
		resolve(claims)
	}
	if r := judgeRevisions(history, append(keys[:len(keys):len(keys)], others(history))); r.Verdict != Ok {
		return r
	}
	var unknown Result
	for _, claims := range keys {
		r := judgeKey(history, claims, b.orDefault())
		if r.Verdict == Violated {
			return r
		}
		if r.Verdict == Unknown && unknown.Verdict == Ok {
			unknown = r
		}
	}
	return unknown
}

// judgeKey judges the claims on one key. Doubtful writes need not have happened, so that a history that is in order
// without them is in order. Only where it is not, places for them are searched for.
func judgeKey(history []Operation, claims []claim, b Budget) Result {
	s := search{budget: b, steps: b.Steps}
	var sure, doubtful []claim
	for _, c := range claims {
		if c.seenBy >= 0 {
			s.settled = append(s.settled, c)
		}
		if c.sure {
			sure = append(sure, c)
		} else {
			doubtful = append(doubtful, c)
		}
	}
	sort.SliceStable(sure, func(i, j int) bool { return inRevisionOrder(&sure[i], &sure[j]) })
	failed := s.failing(inBlocks(sure))
	if len(failed) > 0 && len(doubtful) > 0 && !s.exhausted() {
		failed = s.withDoubt(sure, doubtful)
	}
	switch key := history[claims[0].at].Key; {
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

// withDoubt judges claims, of which some are not in order by themselves, when doubtful writes may have happened, too.
// It returns nothing if all is in order, else a piece that is not, or that the budget does not suffice for.
//
// If each epoch in question can be explained by writes that no other one needs, all is well. If an epoch cannot be
// explained by all doubtful writes together, nothing can explain it. If neither holds, it takes one search over
// everything between the first and the last epoch in question.
func (s *search) withDoubt(sure, doubtful []claim) []piece {
	failed := s.failing(inEpochs(sure))
	if s.explainApart(failed, doubtful) {
		return nil
	}
	for i := range failed {
		if p := failed[i].with(doubtful); s.tooLong(&p) || !s.ordered(&p) {
			return []piece{p}
		}
	}
	span, last := failed[0], failed[len(failed)-1]
	span.to, span.claims, span.behind = last.to, sure[span.from:last.to], last.behind
	if span = span.with(doubtful); s.tooLong(&span) || !s.ordered(&span) {
		return []piece{span}
	}
	return nil
}

// explainApart reports whether each piece can be explained by doubtful writes that no other one needs. Each takes as
// few as it can, the earlier pieces first: what may have happened in an early piece may also have happened in a later
// one, but not the other way round.
func (s *search) explainApart(pieces []piece, doubtful []claim) bool {
	taken := map[int]bool{}
	for i := range pieces {
		p := pieces[i].with(slices.DeleteFunc(slices.Clone(doubtful), func(d claim) bool { return taken[d.at] }))
		if s.tooLong(&p) || !s.ordered(&p) {
			return false
		}
		p.doubtful = needed(p.claims, p.doubtful)
		for _, d := range slices.Clone(p.doubtful) {
			less := p
			less.doubtful = slices.DeleteFunc(slices.Clone(p.doubtful), func(e claim) bool { return e.at == d.at })
			if s.ordered(&less) {
				p = less
			}
		}
		for _, d := range p.doubtful {
			taken[d.at] = true
		}
	}
	return true
}

// search runs porcupine and counts its steps.
type search struct {
	budget  Budget
	steps   int     // left; below 0: used up
	settled []claim // doubtful puts of the key of which a get showed when they happened
}

func (s *search) exhausted() bool { return s.steps < 0 }

func (s *search) tooLong(p *piece) bool { return len(p.all()) > s.budget.Operations }

// failing returns the pieces that are not in order, or too long to be judged.
func (s *search) failing(pieces []piece) []piece {
	var failed []piece
	for i := range pieces {
		if p := &pieces[i]; s.tooLong(p) || !s.ordered(p) {
			failed = append(failed, *p)
		}
	}
	return failed
}

// ordered reports whether there is an order of a piece's claims that explains them all. Porcupine has no other budget
// than a wall clock, which would make verdicts a matter of chance. So the model counts the steps, beyond the one for
// each claim that it takes in any case, and refuses all once they are used up: the search then soon ends, with a
// verdict that does not count.
//
// Porcupine starts one goroutine, the only one in the core, and waits for it; so its order cannot be seen.
func (s *search) ordered(p *piece) bool {
	claims := p.all()
	operations := make([]porcupine.Operation, len(claims))
	for i := range claims {
		operations[i] = porcupine.Operation{Input: &claims[i], Call: claims[i].call, Return: claims[i].ret}
	}
	free := len(claims)
	model := porcupine.Model{
		Init: func() any { return p.start },
		Step: func(at, input, _ any) (bool, any) {
			if free--; free < 0 {
				s.steps--
			}
			if s.exhausted() {
				return false, at
			}
			ok, next := step(at.(state), input.(*claim))
			return ok, next
		},
		Hash: func(at any) uint64 {
			st := at.(state)
			return rng.Mix(rng.Mix(rng.Name(st.value), uint64(st.mod)), uint64(st.floor))
		},
	}
	return porcupine.CheckOperations(model, operations)
}
