package sim_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/sim"
)

// What was pushed first of one instant comes first.
func ExampleQueue() {
	var q sim.Queue[string]
	q.Push(2*sim.Second, "later")
	q.Push(sim.Second, "first")
	q.Push(sim.Second, "second")
	for q.Len() > 0 {
		at, what := q.Pop()
		fmt.Println(at, what)
	}
	// Output:
	// 1s first
	// 1s second
	// 2s later
}

// A time is a number with a unit, as in etcd's flags.
func ExampleParseTime() {
	t, err := sim.ParseTime("1.5s")
	fmt.Println(int64(t), t, err)
	// Output: 1500000 1.5s <nil>
}
