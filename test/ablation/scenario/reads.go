package scenario

import (
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// staleRead: a leader's process stands still, for a garbage collection or because its virtual machine is moved.
// Meanwhile the others elect another leader and write. When the old leader runs again it still believes that it leads,
// and the first thing that it finds is a client's read.
//
// Without the rule it answers from its own store: the client reads a value that was replaced before it asked. With it,
// the old leader first asks the others whether it still leads; nobody answers, and neither does it.
func staleRead(off rule.Set) Outcome {
	s := set(3, off)
	s.elect(1)
	s.do("put x old --client c2 --endpoint n1")
	s.until("n1.value x == old and n2.value x == old and c2.last == acknowledged")
	s.do("pause n1", "split n1,c1 | n2,n3,c2")
	s.until("leader != none and leader != n1")
	s.do("put x new --client c2 --endpoint " + s.leads())
	s.until("value x == new and c2.last == acknowledged")
	s.pass(sim.Millisecond) // the read begins after the write was answered: there is no doubt which came first
	s.do("get x --client c1 --endpoint n1")
	s.pass(s.Preset().Tick) // the question waits at n1
	s.do("resume n1")
	s.pass(patience)
	s.do("heal")
	return s.outcome()
}
