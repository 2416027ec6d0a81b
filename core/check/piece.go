package check

import (
	"slices"
)

// piece is a part of a key's history that can be judged by itself: what came before it is in the state that it starts
// with.
//
// The revision of an answer says where its operation stands among the changes of the store, and judgeRevisions has made
// sure that this agrees with real time. So a history whose answers all have revisions can be cut anywhere in their
// order.
type piece struct {
	from, to int     // the claims' positions among the sure claims on the key, in the order of revisions
	claims   []claim // the sure ones
	doubtful []claim // writes that may have happened in it
	barred   []claim // writes that cannot have, because of the get that they are seenBy
	start    state
	by       *claim // the write that made the start state; nil: none
	behind   *claim // the first to be answered of all behind the piece; nil: none. What was called later is behind it, too
}

// pieceLength is how many claims make a piece. Porcupine then needs one machine word for a set of them.
const pieceLength = 64

// inBlocks cuts sure claims into pieces of equal length. Without revisions there is only one.
func inBlocks(sure []claim) []piece {
	length := pieceLength
	if len(sure) > 0 && sure[0].rev == 0 {
		length = len(sure)
	}
	var pieces []piece
	p := piece{}
	for block := range slices.Chunk(sure, length) {
		p.claims = block
		pieces = append(pieces, p)
		for i := range block {
			p.after(&block[i])
		}
	}
	return pieces
}

// inEpochs cuts sure claims at the changes of the key. What a change leaves behind does not depend on what was there
// before it, so that doubtful writes, which have no revision and may lie in any epoch, have no effect beyond their own.
// A deletion that found the key belongs to the epoch that it ends, too: it has seen something.
func inEpochs(sure []claim) []piece {
	if len(sure) > 0 && sure[0].rev == 0 {
		return []piece{{to: len(sure), claims: sure}}
	}
	var epochs []piece
	p := piece{}
	closeAt := func(end int) {
		if p.to = end; p.to > p.from {
			p.claims = sure[p.from:p.to]
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

// after moves the start of a piece behind a claim.
func (p *piece) after(c *claim) {
	if c.changesKey {
		p.by = c
	}
	_, p.start = step(p.start, c)
}

// lookBehind finds for each epoch who was answered first behind it.
func lookBehind(epochs []piece, sure []claim) {
	var first *claim
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

// with returns the piece with those doubtful writes that may have happened in it.
func (p *piece) with(doubtful []claim) piece {
	q := *p
	latest := int64(0)
	for i := range p.claims {
		latest = max(latest, p.claims[i].ret)
	}
	for _, d := range doubtful {
		switch {
		case d.call > latest:
		case p.behind != nil && d.call > p.behind.ret:
			d.seenBy = p.behind.at
			q.barred = append(q.barred, d)
		default:
			q.doubtful = append(q.doubtful, d)
		}
	}
	return q
}

// all returns the claims that the search has to order: the sure ones, and the doubtful ones that could explain
// anything.
func (p *piece) all() []claim {
	if len(p.doubtful) == 0 {
		return p.claims
	}
	return slices.Concat(p.claims, needed(p.claims, p.doubtful))
}

// inRevisionOrder is the order of claims by revision; the change that made a revision comes before those that saw it.
func inRevisionOrder(a, b *claim) bool {
	switch {
	case a.rev != b.rev:
		return a.rev < b.rev
	case a.changesKey != b.changesKey:
		return a.changesKey
	default:
		return a.call < b.call
	}
}
