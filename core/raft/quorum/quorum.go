// Package quorum is the arithmetic of majorities: which index is committed, is an election won.
//
// It has three types: Majority (a set of voters), Joint (two of them, during a change of membership, Raft §6) and
// Result. It knows nothing of messages, logs or time; it is given functions that say what each voter has.
package quorum

import "github.com/etcdscope/etcdscope/core/raft/entry"

// Result is where an election stands.
type Result uint8

// Pending: the votes still out decide. Lost: not even all of them could win it. Won: they cannot lose it any more.
const (
	Pending Result = iota
	Lost
	Won
)

// Unbounded is the committed index of an empty majority: it constrains nothing, so that a Joint whose second half is
// empty is decided by the first.
const Unbounded = ^entry.Index(0)

// Majority is a set of voters, sorted, in which more than half decide.
type Majority []entry.ID

// Need returns how many voters decide.
func (m Majority) Need() int { return len(m)/2 + 1 }

// Committed returns the largest index that a majority has acknowledged (Raft §5.3): with the indexes sorted downwards,
// the one at place Need. Voters of whom nothing is known count as 0.
func (m Majority) Committed(acked func(entry.ID) entry.Index) entry.Index {
	if len(m) == 0 {
		return Unbounded
	}
	var room [9]entry.Index // groups are that small; more voters take the heap
	sorted := room[:0]
	for _, id := range m {
		// Insertion sort, downwards: for three or five numbers nothing is faster.
		v := acked(id)
		sorted = append(sorted, v)
		i := len(sorted) - 1
		for ; i > 0 && sorted[i-1] < v; i-- {
			sorted[i] = sorted[i-1]
		}
		sorted[i] = v
	}
	return sorted[m.Need()-1]
}

// Vote returns where an election stands among these voters. An empty majority is won: the other half decides.
func (m Majority) Vote(vote func(entry.ID) (yes, voted bool)) Result {
	if len(m) == 0 {
		return Won
	}
	granted, missing := 0, 0
	for _, id := range m {
		yes, voted := vote(id)
		switch {
		case !voted:
			missing++
		case yes:
			granted++
		}
	}
	switch {
	case granted >= m.Need():
		return Won
	case granted+missing >= m.Need():
		return Pending
	}
	return Lost
}

// Joint is a configuration in which both majorities must agree. Outside a change of membership the second is empty.
type Joint [2]Majority

// Committed returns the largest index that both majorities have acknowledged.
func (j *Joint) Committed(acked func(entry.ID) entry.Index) entry.Index {
	return min(j[0].Committed(acked), j[1].Committed(acked))
}

// Vote returns where an election stands: lost if either half has lost, won if both have won.
func (j *Joint) Vote(vote func(entry.ID) (yes, voted bool)) Result {
	a, b := j[0].Vote(vote), j[1].Vote(vote)
	switch {
	case a == b:
		return a
	case a == Lost || b == Lost:
		return Lost
	}
	return Pending
}

// Has reports whether the member votes in either half.
func (j *Joint) Has(id entry.ID) bool { return entry.Contains(j[0], id) || entry.Contains(j[1], id) }

// Voters returns all who vote in either half, sorted, each once.
func (j *Joint) Voters() []entry.ID {
	if len(j[1]) == 0 {
		return j[0]
	}
	all := make([]entry.ID, 0, len(j[0])+len(j[1]))
	a, b := j[0], j[1]
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			all, a = append(all, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			all, b = append(all, b[0]), b[1:]
		default:
			all, a, b = append(all, a[0]), a[1:], b[1:]
		}
	}
	return all
}
