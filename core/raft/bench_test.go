package raft_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
)

// trio is three members that hand each other their messages at once. test/oracle/bench compares the like with etcd's.
type trio struct {
	nodes [3]*raft.Node
	net   []raft.Message
}

func newTrio(b *testing.B) *trio {
	g := &trio{}
	for i := range g.nodes {
		n, err := raft.New(raft.Config{
			ID: raft.ID(i + 1), ElectionTick: 10, HeartbeatTick: 1, Jitter: rng.New(uint64(i), "trio"), MaxSizePerMsg: 1 << 20,
			MaxInflightMsgs: 512, PreVote: true, CheckQuorum: true,
		}, raft.Stored{Conf: raft.ConfState{Voters: []raft.ID{1, 2, 3}}})
		if err != nil {
			b.Fatal(err)
		}
		g.nodes[i] = n
	}
	if err := g.nodes[0].Campaign(); err != nil {
		b.Fatal(err)
	}
	g.settle(b)
	return g
}

func (g *trio) settle(b *testing.B) {
	for busy := true; busy; {
		busy = false
		for _, n := range g.nodes {
			for n.HasReady() {
				busy = true
				rd := n.Ready()
				g.net = append(g.net, rd.Messages...)
				for i := range rd.AfterSync {
					if rd.AfterSync[i].To != n.ID() {
						g.net = append(g.net, rd.AfterSync[i])
					}
				}
				n.Advance()
			}
			n.Events()
		}
		for i := range g.net {
			if err := g.nodes[g.net[i].To-1].Step(g.net[i]); err != nil {
				b.Fatal(err)
			}
		}
		g.net = g.net[:0]
	}
}

// BenchmarkCommit: one proposal, on all three members.
func BenchmarkCommit(b *testing.B) {
	g, data := newTrio(b), make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		if err := g.nodes[0].Propose(data); err != nil {
			b.Fatal(err)
		}
		g.settle(b)
		if n := g.nodes[0]; n.LastIndex()-n.FirstIndex() > 10_000 {
			for _, n := range g.nodes {
				if err := n.CompactLog(n.Applied() - 1000); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// BenchmarkHeartbeats: a tick of a quiet group, two heartbeats and their answers.
func BenchmarkHeartbeats(b *testing.B) {
	g := newTrio(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, n := range g.nodes {
			n.Tick()
		}
		g.settle(b)
	}
}

// BenchmarkClone: a leader with 10,000 entries.
func BenchmarkClone(b *testing.B) {
	g := newTrio(b)
	for range 10_000 {
		if err := g.nodes[0].Propose(nil); err != nil {
			b.Fatal(err)
		}
		g.settle(b)
	}
	b.ReportAllocs()
	for b.Loop() {
		g.nodes[0].Clone()
	}
}
