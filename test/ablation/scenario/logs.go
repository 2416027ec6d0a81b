package scenario

import (
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
)

// logMatching: n1, cut off while it led, has a tail of writes that nobody else has. The others elect a leader and go
// on; then that leader is replaced, too. The third leader asks n1 to put its newest entries behind those of the second,
// which n1 does not have.
//
// Without the check n1 takes them, behind its own tail: its log now agrees with the leader's at the end but not in the
// middle, and it would apply writes that never happened. With it n1 refuses, the leader goes back to where the logs
// agree, and the tail is replaced.
func logMatching(off rule.Set) Outcome {
	s := set(3, off)
	s.elect(1)
	s.until("n2.commit == 8 and n3.commit == 8")
	s.do("split n1,c1 | n2,n3,c2")
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		s.do("put " + key + " lost --client c1 --endpoint n1")
	}
	s.until("n1.last == 14 and n1.commit == 8")
	s.until("leader != none and leader != n1")
	second, third := "n2", 3
	if s.leads() == "n3" {
		second, third = "n3", 2
	}
	s.do("put x kept --client c2")
	s.until(string(script.MemberName(third)) + ".value x == kept")
	s.do("crash "+second, "restart "+second)
	s.elect(third) // whatever it will ask n1 about, n1 has an entry at that index
	s.do("heal")
	s.until("n1.value x == kept")
	return s.outcome()
}

// figure8 is the Raft paper's Figure 8: why a leader must not count replicas of entries from earlier terms. The columns
// are the members' logs; an entry is its term, and every leader begins its term with an entry of its own.
//
//	     (a)      (b)      (c)      (d)
//	n1   1 2      1 2      1 2 4    1 3 5
//	n2   1 2      1 2      1 2 4    1 3 5
//	n3   1        1        1 2      1 3 5
//	n4   1        1        1        1 3 5
//	n5   1        1 3      1 3      1 3 5
//
// (a) n1 leads term 2; its entry reaches n2 only. (b) n1 crashes; n5 leads term 3 by the votes of n3 and n4, which have
// not seen entry 2; its own entry reaches nobody. (c) n5 crashes; n1 leads term 4, and goes on copying: the entry of
// term 2 is now on n1, n2 and n3, a majority. Is it committed?
//
// No: (d) n1 crashes, and n5 can still win, with n3 and n4, because its last term, 3, is above their 2 and 1. It
// replaces the entry everywhere. A leader that had counted to three in (c) would have told a client that a write is
// safe which then disappears. Only when an entry of term 4 is on a majority can n5 not win any more, and then the entry
// of term 2 is safe with it.
func figure8(off rule.Set) Outcome {
	g := newGroup(5, off)
	g.elect(2, 1, 3, 4, 5) // term 1
	g.exchangeAll()

	g.elect(1, 2, 3, 4, 5) // (a) term 2
	g.exchange(2, 1, 2)
	g.crash(1)

	g.elect(5, 3, 4) // (b) term 3
	g.crash(5)

	g.elect(1, 2, 3)       // (c) term 4
	g.exchange(4, 1, 2, 3) // n3 refuses entry 4 and then takes entry 2; before it gets entry 4 …
	g.wantLog(3, 1, 2)
	g.crash(1)

	g.elect(5, 3, 4) // (d) term 5
	g.exchangeAll()
	g.wantLog(2, 1, 3, 5)
	return g.outcome()
}
