package check

import (
	"slices"
)

// segment is a part of a key's history that can be judged by itself: what came before it is in the state that it starts
// with.
//
// The revision of an answer says where its operation stands among the changes of the store, and judgeRevisions has made
// sure that this agrees with real time. So a history whose answers all have revisions can be cut anywhere in their
// order.
type segment struct {
	from, to      int            // the operations' positions among the sure operations on the key, by revision
	ops           []keyOperation // the sure ones
	indeterminate []keyOperation // writes that may have happened in it
	barred        []keyOperation // writes that cannot have, because of the get that they are seenBy
	start         state
	by            *keyOperation // the write that made the start state; nil: none
	// the first to be answered of all behind the segment; nil: none. What was called later is behind it, too
	behind *keyOperation
}

// segmentLength is how many operations make a segment. Porcupine then needs one machine word for a set of them.
const segmentLength = 64

// inBlocks cuts sure operations into segments of equal length. Without revisions there is only one.
func inBlocks(sure []keyOperation) []segment {
	length := segmentLength
	if len(sure) > 0 && sure[0].rev == 0 {
		length = len(sure)
	}
	var segments []segment
	p := segment{}
	for block := range slices.Chunk(sure, length) {
		p.ops = block
		segments = append(segments, p)
		for i := range block {
			p.after(&block[i])
		}
	}
	return segments
}

// inEpochs cuts sure operations at the changes of the key. What a change leaves behind does not depend on what was
// there before it, so that indeterminate writes, which have no revision and may lie in any epoch, have no effect beyond
// their own. A deletion that found the key belongs to the epoch that it ends, too: it has seen something.
func inEpochs(sure []keyOperation) []segment {
	if len(sure) > 0 && sure[0].rev == 0 {
		return []segment{{to: len(sure), ops: sure}}
	}
	var epochs []segment
	p := segment{}
	closeAt := func(end int) {
		if p.to = end; p.to > p.from {
			p.ops = sure[p.from:p.to]
			epochs = append(epochs, p)
		}
	}
	for i := range sure {
		c := &sure[i]
		if !c.changesKey {
			continue
		}
		seen := i
		if c.kind == Delete {
			seen++
		}
		closeAt(seen)
		for j := p.from; j <= i; j++ {
			p.after(&sure[j])
		}
		p.from = i + 1
	}
	closeAt(len(sure))
	lookBehind(epochs, sure)
	return epochs
}

// after moves the start of a segment behind a operation.
func (p *segment) after(c *keyOperation) {
	if c.changesKey {
		p.by = c
	}
	_, p.start = step(p.start, c)
}

// lookBehind finds for each epoch who was answered first behind it.
func lookBehind(epochs []segment, sure []keyOperation) {
	var first *keyOperation
	next := len(sure)
	for i := len(epochs) - 1; i >= 0; i-- {
		for ; next > epochs[i].to; next-- {
			if c := &sure[next-1]; first == nil || c.ret < first.ret {
				first = c
			}
		}
		epochs[i].behind = first
	}
}

// with returns the segment with those indeterminate writes that may have happened in it.
func (p *segment) with(indeterminate []keyOperation) segment {
	q := *p
	latest := int64(0)
	for i := range p.ops {
		latest = max(latest, p.ops[i].ret)
	}
	for _, d := range indeterminate {
		switch {
		case d.call > latest:
		case p.behind != nil && d.call > p.behind.ret:
			d.seenBy = p.behind.at
			q.barred = append(q.barred, d)
		default:
			q.indeterminate = append(q.indeterminate, d)
		}
	}
	return q
}

// all returns the operations that the search has to order: the sure ones, and the indeterminate ones that could explain
// anything.
func (p *segment) all() []keyOperation {
	if len(p.indeterminate) == 0 {
		return p.ops
	}
	return slices.Concat(p.ops, needed(p.ops, p.indeterminate))
}

// inRevisionOrder is the order of operations by revision; the change that made a revision comes before those that saw
// it.
func inRevisionOrder(a, b *keyOperation) bool {
	switch {
	case a.rev != b.rev:
		return a.rev < b.rev
	case a.changesKey != b.changesKey:
		return a.changesKey
	default:
		return a.call < b.call
	}
}
