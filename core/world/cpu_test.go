package world_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// writesAtLeader returns how many writes a leader of so many members takes in 300 ms from a thousand clients.
func writesAtLeader(t *testing.T, members int) int {
	t.Helper()
	list, err := script.ParseScript(fmt.Sprintf(`config members=%d clients=1 preset=etcd seed=5
timeout n1
run until leader == n1 within 5s
run 500ms
load --clients 1000 --val-size 256 --endpoint n1
run 300ms`, members))
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner.Begin(list, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Run().World.History().Len()
}

// TestFollowersCost: each follower takes the leader's time. A real leader took 8 % more processor time for a write with
// five members than with three, and 18 % more with seven (test/oracle/cost).
func TestFollowersCost(t *testing.T) {
	three := writesAtLeader(t, 3)
	for _, c := range []struct{ members, least, most int }{{5, 88, 95}, {7, 80, 92}} {
		if share := 100 * writesAtLeader(t, c.members) / three; share < c.least || share > c.most {
			t.Errorf("%d members: %d %% of the writes with three, want %d to %d %%", c.members, share, c.least, c.most)
		}
	}
}
