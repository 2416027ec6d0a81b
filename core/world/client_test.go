package world_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// TestClients holds runs of some seeds to what they promise.
func TestClients(t *testing.T) {
	for _, test := range []struct {
		name, script string
		seeds        []int
	}{
		{"a client knows its endpoints although the members began to serve at different times", `
			run 5s
			put a 1
			run 100ms
			crash n1
			crash n2
			get a --consistency s
			run 6s
			expect c1.last == acknowledged`, []int{45, 57, 84, 170}},
		{"it finds the leader among them", `
			timeout n1
			run 3s
			move-leader n3
			run until c1.exit == 0 within 5s
			move-leader n1
			run until c1.exit == 0 within 5s
			expect leader == n1`, []int{103}},
		{"a learner's role is learner", `
			run 9s
			member add n4 --learner
			run 1s
			restart n4
			run 3s
			expect n4.role == learner and n1.role != learner
			member promote n4
			run 1s
			expect n4.role == follower`, []int{5}},
		{"what a command exited with is not known before it has ended", `
			run 5s
			put a 1
			run 1s
			expect c1.exit == 0 and c1.output == OK
			put a 1 --lease 99
			expect c1.exit == none and c1.output == none
			run until c1.exit != none within 1s
			expect c1.last == failed and c1.exit == 1`, []int{5}},
		{"who adds a member reads of it in the answer, others do not", `
			run 5s
			member add n4
			run 1s
			restart n4
			run 3s
			member list
			run 1s
			crash n1
			crash n2
			crash n3
			get a --consistency s
			get a --consistency s --client c2
			run 6s
			expect c1.last == acknowledged and c2.last == failed`, []int{5, 6}},
		{"a short cut delays a call, and no more", `
			run 5s
			txn then "put a 1" --endpoint n1
			run 300us
			cut c1 - n1
			run 2s
			mend c1 - n1
			run until c1.last == acknowledged within 3s`, []int{5, 7}},
		{"a long one breaks the connection", `
			run 5s
			watch a --client c2 --endpoint n2
			run 1s
			cut c2 - n2
			run 17s
			expect c2.watching == 1
			mend c2 - n2
			put a 1
			run until c2.events == 1 within 30s`, []int{5, 7}},
		{"a restart under a cut is noticed when the old connection is used", `
			run 5s
			load 10/s --client c2 --endpoint n2
			run 1s
			load off --client c2
			run 1s
			cut n2 > c2
			crash n2
			restart n2
			run 1s
			mend n2 > c2
			run 3s
			load 10/s --client c2 --endpoint n2
			run 4s
			load off --client c2
			run 100ms
			expect c2.last == acknowledged and violations == 0`, []int{5, 7}},
	} {
		for _, seed := range test.seeds {
			list, err := script.ParseScript(fmt.Sprintf("config members=3 clients=2 preset=etcd seed=%d\n%s", seed, test.script))
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			r, err := runner.Begin(list, runner.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Run().Failed() {
				t.Errorf("%s (seed %d): %s: %s", test.name, seed, c.Text, c.Seen)
			}
		}
	}
}
