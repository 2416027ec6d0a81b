package sim

import "github.com/etcdscope/etcdscope/core/rng"

// Queue holds what is going to happen, as values of T, in the order of their instants. Events of one instant happen in
// the order in which they were put in. The zero Queue is empty.
//
// It is a heap with four children to a node: half as deep as a binary one, and children that lie side by side in
// memory.
type Queue[T any] struct {
	items []Item[T]
	next  uint64 // number of the next event put in; breaks ties
}

// Item is an event that waits for its instant.
type Item[T any] struct {
	At  Time
	seq uint64
	V   T
}

// Len returns how many events wait.
func (q *Queue[T]) Len() int { return len(q.items) }

// Push puts in an event.
func (q *Queue[T]) Push(at Time, v T) {
	q.items = append(q.items, Item[T]{at, q.next, v})
	q.next++
	q.up(len(q.items) - 1)
}

// Next returns the instant of the earliest event; false if the queue is empty.
func (q *Queue[T]) Next() (Time, bool) {
	if len(q.items) == 0 {
		return 0, false
	}
	return q.items[0].At, true
}

// Pop takes out the earliest event. It panics if there is none.
func (q *Queue[T]) Pop() (Time, T) {
	first := q.items[0]
	last := len(q.items) - 1
	q.items[0] = q.items[last]
	q.items[last] = Item[T]{}
	q.items = q.items[:last]
	q.down(0)
	return first.At, first.V
}

// Each shows every waiting event, in no particular but always the same order, until f returns false.
func (q *Queue[T]) Each(f func(at Time, v *T) bool) {
	for i := range q.items {
		if !f(q.items[i].At, &q.items[i].V) {
			return
		}
	}
}

// Reschedule gives each event for which f returns true the instant that f says, or takes it out if that lies before
// 0. Order among the rest is unchanged.
func (q *Queue[T]) Reschedule(f func(at Time, v *T) (Time, bool)) {
	kept := q.items[:0]
	for _, it := range q.items {
		if at, ok := f(it.At, &it.V); ok {
			if at < 0 {
				continue
			}
			it.At = at
		}
		kept = append(kept, it)
	}
	clear(q.items[len(kept):])
	q.items = kept
	for i := len(kept)/4 + 1; i >= 0; i-- {
		q.down(i)
	}
}

// Hash is a digest of what waits and of its order, by a digest of each event.
func (q *Queue[T]) Hash(of func(T) uint64) uint64 {
	h := rng.Mix(q.next, uint64(len(q.items)))
	for i := range q.items {
		it := &q.items[i]
		h += rng.Mix(rng.Mix(uint64(it.At), it.seq), of(it.V)) // a sum: how the heap lies is no matter
	}
	return h
}

// Clone returns an independent queue with the same events.
func (q *Queue[T]) Clone() Queue[T] {
	c := *q
	c.items = append(make([]Item[T], 0, len(q.items)+4), q.items...)
	return c
}

func (q *Queue[T]) less(a, b *Item[T]) bool {
	return a.At < b.At || (a.At == b.At && a.seq < b.seq)
}

func (q *Queue[T]) up(i int) {
	it := q.items[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !q.less(&it, &q.items[parent]) {
			break
		}
		q.items[i] = q.items[parent]
		i = parent
	}
	q.items[i] = it
}

func (q *Queue[T]) down(i int) {
	n := len(q.items)
	if i >= n {
		return
	}
	it := q.items[i]
	for {
		least := 4*i + 1
		if least >= n {
			break
		}
		for c, end := least+1, min(least+4, n); c < end; c++ {
			if q.less(&q.items[c], &q.items[least]) {
				least = c
			}
		}
		if !q.less(&q.items[least], &it) {
			break
		}
		q.items[i] = q.items[least]
		i = least
	}
	q.items[i] = it
}
