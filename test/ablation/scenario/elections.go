package scenario

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// preVote: a member that was cut off for a while comes back. All that time its election timer ran out. Without the
// pre-vote each time raised its term, and when it is back that term deposes a leader with whom nothing was wrong. With
// it, the member only asked, got no answer, and comes back in the term that it left.
//
// No data is lost either way: what differs is whether the leader goes on leading.
func preVote(off rule.Set) Outcome {
	s := set(3, off)
	s.elect(1)
	s.until("n3.commit == 4")
	s.do("split n1,n2,c1,c2 | n3")
	s.pass(3 * sim.Second) // ten election timeouts and more
	before := s.Members()[0].Node().Term()
	s.do("heal")
	s.pass(2 * sim.Second)
	o := s.outcome()
	if after := s.MaxTerm(); o == (Outcome{}) && (after != before || s.leads() != "n1") {
		o.Harm = fmt.Sprintf("liveness: n1 led term %d with a majority until n3 came back; then %s led term %d.", before,
			s.leads(), after)
	}
	return o
}

// checkQuorum: a leader is cut off from the others, but not from a client. The others elect a new leader. Without the
// check the old one goes on believing that it leads, for ever: people see two leaders, and whoever asks the old one
// waits in vain. With it, the old leader notices within two election timeouts that nobody answers, and gives up.
func checkQuorum(off rule.Set) Outcome {
	s := set(3, off)
	s.elect(1)
	s.do("split n1,c1 | n2,n3,c2")
	s.until("leader != none and leader != n1")
	s.pass(3 * sim.Second)
	o := s.outcome()
	if n1 := s.Members()[0]; o == (Outcome{}) && n1.Leads() {
		o.Harm = fmt.Sprintf("liveness: three seconds after %s was elected, n1 still believes that it leads.", s.leads())
	}
	return o
}

// electionRestriction: n3 misses a write that n1 and n2 have committed. Then n1 crashes, and n2 for a moment, so that
// it knows no leader; n3 is the first to campaign. Without the restriction n2, which has the write, votes for n3, which
// lacks it: a leader without a committed entry will overwrite it. With it n2 refuses, and leads itself in the end.
func electionRestriction(off rule.Set) Outcome {
	s := set(3, off)
	s.elect(1)
	s.do("split n1,n2,c1,c2 | n3", "put x kept --endpoint n1")
	s.until("n2.value x == kept")
	s.do("crash n1", "crash n2", "heal", "restart n2")
	s.campaign(3, "somebody leads", func() bool { return s.leads() != "" })
	s.until("leader == n2 and n3.value x == kept")
	return s.outcome()
}

// termStepDown: n2 and n3 do not hear each other and campaign at the same time, for the same term; n1 is asked by both.
// Without the rule n1 stays in its old term, so that it has no vote in the new one to keep count of: it gives one to
// each, and both lead the same term. With it n1 enters the new term with the first request, and has no vote left for
// the second.
//
// (The one that is first is not heard by n1 again, lest n1 follow it before the second has asked.)
func termStepDown(off rule.Set) Outcome {
	s := set(3, off)
	s.do("cut n2 - n3", "timeout n2", "timeout n3")
	var first string
	s.when("n1 has voted", func() bool {
		first = s.votedFor(1)
		return first != ""
	})
	s.do("cut " + first + " > n1")
	s.until("leader != none")
	s.pass(sim.Second)
	s.do("heal")
	s.until("leader != none")
	return s.outcome()
}
