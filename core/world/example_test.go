package world_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// A run is a value: the same config, seed and tape give the same journal. A run can be taken back in time, and acting
// there begins a branch.
func ExampleRun() {
	cfg := world.Default()
	r, err := world.NewRun(cfg, nil)
	if err != nil {
		panic(err)
	}
	r.Advance(2*sim.Second, 1_000_000)
	put, _ := script.Parse("put a 1")
	fmt.Println(r.Do(put))
	r.Advance(3*sim.Second, 1_000_000)

	tape, _ := r.Tape()
	again, _ := world.NewRun(cfg, tape)
	again.Advance(3*sim.Second, 1_000_000)
	fmt.Println(again.World().Journal().Hash() == r.World().Journal().Hash())

	r.Seek(sim.Second, 1_000_000)
	crash, _ := script.Parse("crash n1")
	fmt.Println(r.World().Now(), r.Do(crash))
	forks, current := r.Forks()
	fmt.Println("branches:", len(forks), "at:", current)
	// Output:
	// <nil>
	// true
	// 1s <nil>
	// branches: 2 at: 1
}
