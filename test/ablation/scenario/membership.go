package scenario

import (
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
)

// twoMajorities: a group of n1, n2, n3 becomes one of n1, n4, n5 in one change. Members learn of a change one after the
// other, and n2 and n3 are cut off before they have learned of this one.
//
// Without the joint phase there are now two groups that can decide without each other: n4, n1 and n5 are a majority of
// the new one, n2 and n3 of the old one. Each elects a leader, in the same term. With it n1, n4 and n5 know that they
// are between two groups, and need a majority of the old one, too; n2 and n3 do not give it to them.
func twoMajorities(off rule.Set) Outcome {
	g := newGroup(5, off, 1, 2, 3)
	g.elect(1, 2, 3)
	g.exchangeAll()
	change := raft.ConfChange{Changes: []raft.Change{
		{Type: raft.RemoveNode, ID: 2}, {Type: raft.RemoveNode, ID: 3}, {Type: raft.AddNode, ID: 4},
		{Type: raft.AddNode, ID: 5},
	}}
	g.note(g.nodes[0].ProposeConfChange(change))
	g.exchange(2, 1, 2, 3) // n2 and n3 hold the entry and say so; that it is committed they are not told
	g.beat(1)
	g.exchange(50, 1, 4, 5)
	g.elect(2, 3)
	g.elect(4, 1, 5)
	g.exchangeAll()
	return g.outcome()
}
