package view

import (
	"strconv"
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestRandomizedTimeout: the card of the first election says that a timer ran out, and why that one did.
func TestRandomizedTimeout(t *testing.T) {
	run, err := world.NewRun(world.Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Advance(sim.Second, 1<<20)
	j := run.World().Journal()
	for seq := j.First(); seq < j.Next(); seq++ {
		r := j.At(seq)
		if r.Kind != world.AtMember || r.Member.Kind != etcd.RaftEvent || r.Member.Raft.Kind != raft.ElectionTimedOut {
			continue
		}
		cited := map[string]bool{}
		for _, c := range Project(run, Lens{Select: wire.ParseSelection("e" + strconv.FormatUint(seq, 10))}).Why.Rules {
			cited[c.Name] = true
		}
		if !cited[rule.ElectionTimeout.String()] || !cited[rule.RandomizedTimeout.String()] {
			t.Fatalf("the card cites %v", cited)
		}
		return
	}
	t.Fatal("no election in the first second")
}
