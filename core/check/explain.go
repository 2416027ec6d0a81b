package check

import (
	"slices"
	"sort"
	"strings"
)

// shrink returns the positions in the history of few operations of a segment that contradict each other, in the order
// of their calls, except that the one that cannot be explained comes last.
//
// It first finds the moment of the breach: the earliest answer such that all that was known up to then cannot be
// ordered. Then it leaves out whatever the contradiction does not need. A get may be left out, and a write may be taken
// for indeterminate, since both only make more orders possible: what still cannot be ordered could not be before.
func (s *search) shrink(history []Operation, p *segment) []int {
	var returns []int64
	for i := range p.ops {
		returns = append(returns, p.ops[i].ret)
	}
	sort.SliceStable(returns, func(i, j int) bool { return returns[i] < returns[j] })
	breach, _ := slices.BinarySearchFunc(returns, true, func(t int64, _ bool) int {
		if q := p.until(t); s.ordered(&q) {
			return -1
		}
		return 0
	})
	if breach == len(returns) || s.exhausted() {
		return p.positions(history, -1)
	}
	q := p.until(returns[breach])
	culprit := -1
	for _, c := range q.ops {
		if c.ret == returns[breach] && (culprit < 0 || c.seenBy < 0) {
			culprit = c.at
		}
	}
	s.leaveOut(&q, culprit)
	s.bar(&q)
	return q.positions(history, culprit)
}

// until returns the segment as it was known at a moment: what was not answered yet is unknown to have happened.
func (p *segment) until(t int64) segment {
	q := *p
	q.ops, q.indeterminate = nil, slices.Clone(p.indeterminate)
	for _, c := range p.ops {
		switch {
		case c.ret <= t:
			q.ops = append(q.ops, c)
		case c.changesKey:
			q.indeterminate = append(q.indeterminate, c.asIndeterminate())
		}
	}
	return q
}

// asIndeterminate returns the operation of the same write if nobody had learned of its outcome.
func (c keyOperation) asIndeterminate() keyOperation {
	return keyOperation{at: c.at, kind: c.kind, value: c.value, call: c.call, ret: forever, changesKey: true, seenBy: -1}
}

// leaveOut takes out of a segment, one by one from the newest, the operations without which it still cannot be ordered.
func (s *search) leaveOut(p *segment, culprit int) {
	for _, c := range slices.Backward(slices.Clone(p.ops)) {
		if c.at == culprit {
			continue
		}
		less := *p
		less.ops = slices.DeleteFunc(slices.Clone(p.ops), func(d keyOperation) bool { return d.at == c.at })
		if c.changesKey {
			less.indeterminate = append(slices.Clone(p.indeterminate), c.asIndeterminate())
		}
		ordered := s.ordered(&less)
		if s.exhausted() {
			return
		}
		if !ordered {
			*p = less
		}
	}
}

// bar records which writes could explain a segment if it were not known when they happened. If there are any, that is
// part of the explanation.
func (s *search) bar(p *segment) {
	more := *p
	for _, c := range s.settled {
		if !slices.ContainsFunc(p.ops, func(d keyOperation) bool { return d.at == c.at }) {
			c.sure, c.rev, c.ret = false, 0, forever
			more.barred = append(slices.Clip(more.barred), c)
		}
	}
	free := more
	free.indeterminate = slices.Concat(p.indeterminate, more.barred)
	if p.barred = nil; s.ordered(&free) || s.exhausted() {
		p.barred = needed(p.ops, more.barred)
	}
}

// positions returns where a segment's operations are in the history: the write that it starts from first, then in the
// order of calls, the culprit last. An indeterminate write that was settled by a get needs that get to be understood.
func (p *segment) positions(history []Operation, culprit int) []int {
	var at []int
	for _, c := range slices.Concat(p.all(), p.barred) {
		at = append(at, c.at, c.seenBy)
	}
	sort.SliceStable(at, func(i, j int) bool { return when(history, at[i]) < when(history, at[j]) })
	if p.by != nil {
		at = slices.Insert(at, 0, p.by.at, p.by.seenBy)
	}
	if culprit >= 0 {
		at = append(at, culprit)
	}
	var once []int
	for n, i := range at {
		if i >= 0 && !slices.Contains(once, i) && (i != culprit || n == len(at)-1) {
			once = append(once, i)
		}
	}
	return once
}

// when orders positions in a history by the call, with -1 before all.
func when(history []Operation, i int) (call int64) {
	if i < 0 {
		return -1
	}
	call, _ = history[i].span()
	return call
}

// explain makes a sentence of operations that contradict each other. Of many it names the last ones.
func explain(history []Operation, key string, at []int) string {
	const most = 8
	var parts []string
	if len(at) > most {
		parts = append(parts, phrase(len(at)-most, " operations"))
		at = at[len(at)-most:]
	}
	for _, i := range at {
		parts = append(parts, history[i].String())
	}
	return phrase("No order of these operations explains what the clients saw of key ", quote(key), ": ",
		strings.Join(parts, "; "), ".")
}
