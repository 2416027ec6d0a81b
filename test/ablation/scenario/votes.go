package scenario

import (
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// forgottenVote: n1 votes for n2, and crashes while its disk is still writing the vote down. Then it comes back and is
// asked by n3, in the same term.
//
// Without the rule n1's vote was on its way to n2 before it was on n1's disk. n2 counts it and leads the term. n1, back
// from its disk, knows nothing of it and votes again: n3 leads the same term. From here on two leaders write different
// entries under the same index and term, and nobody could ever tell them apart.
//
// With it the vote leaves n1 only when it is on disk. The crash came before: n2 gets no answer, so the vote that n1
// forgot is one that nobody has heard of, and it is free to vote again.
//
// (n2 and n3 are kept apart so that the term is decided by n1 alone.)
func forgottenVote(off rule.Set) Outcome {
	s := set(3, off)
	s.do("cut n2 - n3", "timeout n2")
	s.when("n1 has voted", func() bool { return s.votedFor(1) == "n2" })
	s.do("crash n1")
	s.pass(30 * sim.Millisecond) // the vote arrives at n2, if it is on its way
	s.do("split n2 | n1,n3,c1,c2", "restart n1")
	s.campaign(3, "n1 or n3 leads", func() bool { return s.Members()[0].Leads() || s.Members()[2].Leads() })
	s.do("heal", "put x written")
	s.until("value x == written")
	return s.outcome()
}
