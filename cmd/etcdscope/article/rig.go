package article

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// rig is a cluster with a leader on which something is measured.
type rig struct {
	*world.World
	report *Report
	seen   uint64 // journal records that each has shown
}

const turns = 1 << 40 // as many as it takes

// begin starts a cluster and waits until it serves. Pairs are settings such as "members=5".
func (r *Report) begin(seed int, settings ...string) *rig {
	pairs := []world.Pair{{Key: "seed", Value: fmt.Sprint(seed)}}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		pairs = append(pairs, world.Pair{Key: key, Value: value})
	}
	cfg, err := world.ParseConfig(pairs)
	if err != nil {
		panic(err)
	}
	w, err := world.New(cfg, nil)
	if err != nil {
		panic(err)
	}
	g := &rig{World: w, report: r, seen: 1}
	if !g.until(10*sim.Second, func() bool { return g.leader() != "" && g.serving() }) {
		panic("article: no leader")
	}
	g.pass(sim.Second)
	return g
}

func (g *rig) serving() bool {
	for _, m := range g.Members() {
		if m.Up() && !m.Serving() {
			return false
		}
	}
	return true
}

func (g *rig) leader() string {
	name, _ := g.Fact(script.Fact{Name: "leader"})
	return name
}

// follower returns a member that runs and does not lead.
func (g *rig) follower() string {
	for i, m := range g.Members() {
		if name := sim.Member(i + 1).String(); m.Up() && name != g.leader() {
			return name
		}
	}
	return ""
}

func (g *rig) member(name string) *etcd.Member {
	h, _ := sim.ParseHost(name)
	return g.Members()[h.Number()-1]
}

// do carries out a command, which must be one that can apply.
func (g *rig) do(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	c, err := script.Parse(line)
	if err == nil {
		err = g.Do(c)
	}
	if err != nil && g.Broken() == nil {
		panic(fmt.Sprintf("article: %s: %v", line, err))
	}
}

// ask carries out a client's command and returns what came of it.
func (g *rig) ask(format string, args ...any) client.Operation {
	before := g.History().Len()
	g.do(format, args...)
	g.until(15*sim.Second, func() bool { return g.History().Len() > before })
	if g.History().Len() == before {
		return client.Operation{}
	}
	return g.History().At(g.History().Len() - 1)
}

func (g *rig) acknowledges(format string, args ...any) bool {
	return g.ask(format, args...).Outcome == client.Acknowledged
}

// pass lets time pass.
func (g *rig) pass(t sim.Time) {
	g.Advance(g.Now()+t, turns)
	g.broke()
}

// until lets time pass until something holds, looking every millisecond.
func (g *rig) until(within sim.Time, holds func() bool) bool {
	for end := g.Now() + within; !holds(); {
		if g.Now() >= end || g.Broken() != nil {
			g.broke()
			return false
		}
		g.Advance(g.Now()+sim.Millisecond, turns)
	}
	return true
}

func (g *rig) broke() {
	if b := g.Broken(); b != nil && !slices.Contains(g.report.broken, b.Text) {
		g.report.broken = append(g.report.broken, b.Text)
	}
}

// each shows the records that are new since it was last called, and let time pass in between only in small steps: old
// records go.
func (g *rig) each(f func(*world.Record)) {
	j := g.Journal()
	for s := max(g.seen, j.First()); s < j.Next(); s++ {
		f(j.At(s))
	}
	g.seen = j.Next()
}

// when returns the instant of the first Raft event of a kind at or after an instant; false if none has come.
func (g *rig) when(from sim.Time, kind raft.EventKind) (sim.Time, bool) {
	j := g.Journal()
	for s := j.First(); s < j.Next(); s++ {
		if r := j.At(s); r.At >= from && r.Kind == world.AtMember && r.Member.Kind == etcd.RaftEvent &&
			r.Member.Raft.Kind == kind {
			return r.At, true
		}
	}
	return 0, false
}

// percentile returns the duration that so many percent of a list do not exceed.
func percentile(list []sim.Time, percent int) sim.Time {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

func ms(t sim.Time) string { return fmt.Sprintf("%.1f ms", float64(t)/float64(sim.Millisecond)) }

// near reports whether a duration is within so many percent of another.
func near(got, want sim.Time, percent int) bool {
	d := max(got-want, want-got)
	return int(d)*100 <= int(want)*percent
}
