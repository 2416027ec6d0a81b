package world_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/check"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// staleRead stops where a write is answered, and reads at the leader of before that instant, which does not ask a
// quorum.
const staleRead = `
config members=3 clients=3 preset=etcd seed=5 off=read-index-quorum
timeout n1
run until leader == n1 within 3s
run 1s
put a old --client c2
run until c2.last == acknowledged and n1.value a == old within 1s
drift n1 -50%
split n1,c1 | n2,n3,c2,c3
run until leader != n1 and leader != none within 5s
put a new --client c2 --endpoint n2
run until c2.last == acknowledged within 2s
get a --client c1 --endpoint n1
run until c1.last == acknowledged within 1s
expect c1.output contains old and value a == new
`

// TestOrderOfTurns: what is asked in the microsecond of an answer, but after it, must see what was answered.
func TestOrderOfTurns(t *testing.T) {
	list, err := script.ParseScript(staleRead)
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := r.Run().World
	write, read := w.History().At(1), w.History().At(2)
	if write.Return != read.Call {
		t.Fatalf("the read began at %v, not at the instant %v of the answer before it", read.Call, write.Return)
	}
	if l := w.Linearizable(check.Budget{}); l.Verdict != check.Violated {
		t.Errorf("a stale read was judged %d", l.Verdict)
	}
}
