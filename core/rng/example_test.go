package rng_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/rng"
)

// A stream is drawn from; its value is all of its state.
func ExampleStream() {
	a := rng.New(7, "timeouts")
	a.Uint64()
	b := a // a clone
	fmt.Println(a.Intn(1000) == b.Intn(1000))
	// Output: true
}

// Noise has no state: the same instant gives the same value, whatever was asked before.
func ExampleNoise_At() {
	link := rng.NewNoise(7, "latency").For(1, 2)
	first := link.At(1_000_000, 1024)
	link.At(2_000_000, 1024)
	fmt.Println(link.At(1_000_000, 1024) == first)
	// Output: true
}
