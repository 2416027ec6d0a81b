package main

import "fmt"

// This file is what a commit costs when one thing grows and all else stays: 64 B entries, committed one by one unless
// it is said.

// byMembers: each member more is an append and an answer more.
func byMembers() {
	fmt.Println("commits per second, by members")
	for _, members := range []int{1, 2, 3, 5, 7, 9} {
		row(fmt.Sprintf("%d members", members), 1, func(g group) func(int) { return commits(g, 64, 1) }, members)
	}
}

// byLength: a long log must not be slower than a short one.
func byLength() {
	fmt.Println("commits per second, by entries in the log of 3 members")
	for _, length := range []int{100, 1_000, 10_000, 100_000} {
		row(fmt.Sprintf("%d entries", length), 1, func(g group) func(int) {
			g.keep(uint64(length))
			const batch = 64
			commits(g, 64, batch)((length + batch - 1) / batch)
			return commits(g, 64, 1)
		}, 3)
	}
}

// byFlight: a leader that need not wait for answers sends an append for each proposal, up to the window of 512.
func byFlight() {
	fmt.Println("commits per second, by appends in flight to each of 3 members")
	for _, flight := range []int{1, 8, 64, 256, 512} {
		row(fmt.Sprintf("%d in flight", flight), flight, func(g group) func(int) { return commits(g, 64, flight) }, 3)
	}
}
