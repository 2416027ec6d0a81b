// Command bench measures how many commits per second our Raft and etcd's make in memory, with the same driver: members
// that hand each other their messages without a network, and whose disks are memory. It prints a table with ratios.
package main

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rng"
	theirs "go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// group is a Raft group with an elected leader.
type group interface {
	propose(data []byte)
	settle() // until nobody has anything to do
	commit() uint64
	idle() // one tick for each member
	keep(entries uint64)
}

func main() {
	testing.Init()
	per := flag.Duration("time", 300*time.Millisecond, "how long each measurement takes")
	flag.Parse()
	if err := flag.Set("test.benchtime", per.String()); err != nil {
		panic(err)
	}
	fmt.Println("commits per second, in memory                     ours      theirs   ratio   allocs/commit  B/commit")
	for _, members := range []int{3, 5} {
		for _, size := range []int{64, 1024} {
			for _, batch := range []int{1, 64} {
				row(fmt.Sprintf("%d members, %4d B entries, batch %2d", members, size, batch), batch,
					func(g group) func(int) { return commits(g, size, batch) }, members)
			}
		}
	}
	byMembers()
	byLength()
	byFlight()
	fmt.Println("ticks of a quiet group per second")
	for _, members := range []int{3, 5} {
		row(fmt.Sprintf("%d members, heartbeat each tick", members), 1, func(g group) func(int) {
			return func(n int) {
				for range n {
					g.idle()
					g.settle()
				}
			}
		}, members)
	}
}

// row measures both and prints a line.
func row(name string, per int, work func(group) func(int), members int) {
	measure := func(g group) (rate, allocs, bytes float64) {
		do := work(g)
		do(10)
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			do(b.N)
		})
		n := float64(r.N * per)
		return n / r.T.Seconds(), float64(r.MemAllocs) / n, float64(r.MemBytes) / n
	}
	a, aa, ab := measure(newOurs(members))
	b, ba, bb := measure(newTheirs(members))
	fmt.Printf("%-42s %10.0f  %10.0f   %5.2f   %5.1f / %5.1f  %5.0f / %5.0f\n", name, a, b, a/b, aa, ba, ab, bb)
}

// commits returns the work of n batches. The log is kept short, as a host would: see keep.
func commits(g group, size, batch int) func(int) {
	data := make([]byte, size)
	return func(n int) {
		for range n {
			before := g.commit()
			for range batch {
				g.propose(data)
			}
			g.settle()
			if g.commit() != before+uint64(batch) {
				panic("bench: not everything was committed")
			}
		}
	}
}

// usual is to how many entries a log is compacted when it has twice as many.
const usual = 5000

type ours struct {
	kept  uint64
	nodes []*raft.Node
	lead  *raft.Node
	net   []raft.Message
}

func newOurs(members int) group {
	g := &ours{kept: usual}
	var conf raft.ConfState
	for id := 1; id <= members; id++ {
		conf.Voters = append(conf.Voters, raft.ID(id))
	}
	for _, id := range conf.Voters {
		n, err := raft.New(raft.Config{
			ID: id, ElectionTick: 10, HeartbeatTick: 1, Jitter: rng.New(1, id.String()), MaxSizePerMsg: 1 << 20,
			MaxInflightMsgs: 512, PreVote: true, CheckQuorum: true,
		}, raft.Stored{Conf: conf})
		if err != nil {
			panic(err)
		}
		g.nodes = append(g.nodes, n)
	}
	g.lead = g.nodes[0]
	if err := g.lead.Campaign(); err != nil {
		panic(err)
	}
	g.settle()
	return g
}

func (g *ours) commit() uint64 { return uint64(g.nodes[len(g.nodes)-1].Commit()) }

func (g *ours) keep(entries uint64) { g.kept = entries }

func (g *ours) idle() {
	for _, n := range g.nodes {
		n.Tick()
	}
}

func (g *ours) propose(data []byte) {
	if err := g.lead.Propose(data); err != nil {
		panic(err)
	}
}

func (g *ours) settle() {
	for busy := true; busy; {
		busy = false
		for _, n := range g.nodes {
			if !n.HasReady() {
				continue
			}
			busy = true
			rd := n.Ready()
			g.net = append(g.net, rd.Messages...)
			for i := range rd.AfterSync {
				if rd.AfterSync[i].To != n.ID() {
					g.net = append(g.net, rd.AfterSync[i])
				}
			}
			n.Advance()
			_ = n.Events()
			if a := n.Applied(); uint64(a) > uint64(n.FirstIndex())+2*g.kept {
				if _, err := n.CreateSnapshot(a, nil); err != nil {
					panic(err)
				}
				if err := n.CompactLog(a - raft.Index(g.kept)); err != nil {
					panic(err)
				}
			}
		}
		for i := range g.net {
			if err := g.nodes[g.net[i].To-1].Step(g.net[i]); err != nil {
				panic(err)
			}
		}
		g.net = g.net[:0]
	}
}

type theirGroup struct {
	kept  uint64
	nodes []*theirs.RawNode
	disks []*theirs.MemoryStorage
	lead  *theirs.RawNode
	net   []pb.Message
}

func newTheirs(members int) group {
	g := &theirGroup{kept: usual}
	theirs.SetLogger(quiet{})
	var voters []uint64
	for id := 1; id <= members; id++ {
		voters = append(voters, uint64(id))
	}
	for _, id := range voters {
		disk := theirs.NewMemoryStorage()
		// A snapshot is the only way to give it its first configuration.
		if err := disk.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1,
			ConfState: pb.ConfState{Voters: voters}}}); err != nil {
			panic(err)
		}
		n, err := theirs.NewRawNode(&theirs.Config{
			ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: disk, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 512,
			PreVote: true, CheckQuorum: true, Logger: quiet{},
		})
		if err != nil {
			panic(err)
		}
		g.nodes, g.disks = append(g.nodes, n), append(g.disks, disk)
	}
	g.lead = g.nodes[0]
	if err := g.lead.Campaign(); err != nil {
		panic(err)
	}
	g.settle()
	return g
}

func (g *theirGroup) commit() uint64 { return g.nodes[len(g.nodes)-1].BasicStatus().Commit }

func (g *theirGroup) keep(entries uint64) { g.kept = entries }

func (g *theirGroup) idle() {
	for _, n := range g.nodes {
		n.Tick()
	}
}

func (g *theirGroup) propose(data []byte) {
	if err := g.lead.Propose(data); err != nil {
		panic(err)
	}
}

func (g *theirGroup) settle() {
	for busy := true; busy; {
		busy = false
		for i, n := range g.nodes {
			if !n.HasReady() {
				continue
			}
			busy = true
			rd := n.Ready()
			disk := g.disks[i]
			if err := disk.Append(rd.Entries); err != nil {
				panic(err)
			}
			if !theirs.IsEmptyHardState(rd.HardState) {
				if err := disk.SetHardState(rd.HardState); err != nil {
					panic(err)
				}
			}
			g.net = append(g.net, rd.Messages...)
			n.Advance(rd)
			if first, _ := disk.FirstIndex(); n.BasicStatus().Applied > first+2*g.kept {
				a := n.BasicStatus().Applied
				if _, err := disk.CreateSnapshot(a, nil, nil); err != nil {
					panic(err)
				}
				if err := disk.Compact(a - g.kept); err != nil {
					panic(err)
				}
			}
		}
		for i := range g.net {
			if err := g.nodes[g.net[i].To-1].Step(g.net[i]); err != nil {
				panic(err)
			}
		}
		g.net = g.net[:0]
	}
}

// quiet is their logger without a voice.
type quiet struct{ *theirs.DefaultLogger }

func (quiet) Debugf(string, ...any)   {}
func (quiet) Infof(string, ...any)    {}
func (quiet) Warningf(string, ...any) {}
func (quiet) Errorf(string, ...any)   {}
