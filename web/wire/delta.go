package wire

import "slices"

// Delta is a list as what changes in the one that was sent before: its items from Skip on, Keep of them, then New.
// Lists that only grow at their end and lose items at their beginning become small.
type Delta[T comparable] struct {
	Skip, Keep int
	New        []T
}

// DeltaOf returns what changes from a list to another.
func DeltaOf[T comparable](from, to []T) Delta[T] {
	if len(to) == 0 {
		return Delta[T]{}
	}
	d := Delta[T]{Skip: slices.Index(from, to[0])}
	if d.Skip < 0 {
		return Delta[T]{New: to}
	}
	for d.Keep < len(to) && d.Skip+d.Keep < len(from) && from[d.Skip+d.Keep] == to[d.Keep] {
		d.Keep++
	}
	d.New = to[d.Keep:]
	return d
}

// Apply returns the list; false if it is not a change of this one.
func (d Delta[T]) Apply(from []T) ([]T, bool) {
	if d.Skip < 0 || d.Keep < 0 || d.Skip > len(from) || d.Keep > len(from)-d.Skip {
		return nil, false
	}
	return slices.Concat(from[d.Skip:d.Skip+d.Keep], d.New), true
}

// TimelineDelta is a Timeline as what changes in the one that was sent before.
type TimelineDelta struct {
	End    int64
	Spans  Delta[Span]
	Marks  Delta[Mark]
	Writes Delta[int64]
}

// TimelineDeltaOf returns what changes from a timeline to another.
func TimelineDeltaOf(from, to *Timeline) TimelineDelta {
	return TimelineDelta{to.End, DeltaOf(from.Spans, to.Spans), DeltaOf(from.Marks, to.Marks),
		DeltaOf(from.Writes, to.Writes)}
}

// Apply returns the timeline; false if it is not a change of this one.
func (d *TimelineDelta) Apply(from *Timeline) (to Timeline, ok bool) {
	var spans, marks, writes bool
	to.End = d.End
	to.Spans, spans = d.Spans.Apply(from.Spans)
	to.Marks, marks = d.Marks.Apply(from.Marks)
	to.Writes, writes = d.Writes.Apply(from.Writes)
	return to, spans && marks && writes
}
