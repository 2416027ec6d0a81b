package raft_test

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// A node takes inputs, and its caller carries out what Ready says: write, send, apply, and then Advance. A group of one
// elects itself and commits what is proposed.
func ExampleNode() {
	cfg := raft.Config{ID: 1, ElectionTick: 10, HeartbeatTick: 1, Jitter: rng.New(1, "example"),
		MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256}
	n, err := raft.New(cfg, raft.Stored{Conf: raft.ConfState{Voters: []raft.ID{1}}})
	if err != nil {
		panic(err)
	}
	round := func() {
		for n.HasReady() {
			r := n.Ready()
			for _, e := range r.Committed {
				fmt.Printf("apply %d: %q\n", e.Index, e.Data)
			}
			n.Advance()
		}
	}
	fmt.Println(n.Propose([]byte("too early")) == raft.ErrProposalDropped)
	_ = n.Campaign()
	round()
	fmt.Println(n.Role(), "in term", n.Term())
	_ = n.Propose([]byte("put a"))
	round()
	// Output:
	// true
	// apply 1: ""
	// leader in term 1
	// apply 2: "put a"
}
