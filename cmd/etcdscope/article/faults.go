package article

import (
	"fmt"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

const (
	quorumRequirement = "Quorum Requirement"
	failureModes      = "Failure Modes & Recovery"
)

// quorums crashes members until nothing is acknowledged any more.
func (r *Report) quorums() {
	for _, c := range []struct{ members, quorum, tolerance int }{{1, 1, 0}, {3, 2, 1}, {4, 3, 1}, {5, 3, 2}, {7, 4, 3}} {
		g := r.begin(1, fmt.Sprintf("members=%d", c.members))
		survived := 0
		for crashed := 1; crashed <= c.members; crashed++ {
			victim := g.follower()
			if victim == "" {
				victim = g.leader()
			}
			g.do("crash %s", victim)
			g.pass(2 * sim.Second)
			if lead := g.leader(); lead == "" || !g.acknowledges("put k %d --endpoint %s", crashed, lead) {
				break
			}
			survived = crashed
		}
		r.claim(Claim{quorumRequirement, fmt.Sprintf("%d members: quorum and how many may fail", c.members),
			fmt.Sprintf("%d, %d", c.quorum, c.tolerance),
			fmt.Sprintf("%d, %d", c.members-survived, survived), survived == c.tolerance && c.members-survived == c.quorum, ""})
	}
}

// crash is the timeline of a leader's crash.
type crash struct{ detected, elected, served sim.Time }

// elections crashes leaders and measures what comes after. Clients write all the time.
func (r *Report) elections(s Size) {
	var detected, elected, served []sim.Time
	lost, writes := 0, 0
	for seed := range s.Seeds {
		g := r.begin(seed + 1)
		g.do("load 100/s --client c1 --endpoint %s", g.follower())
		g.pass(sim.Second)
		c := g.crashLeader()
		detected, elected, served = append(detected, c.detected), append(elected, c.elected), append(served, c.served)
		n, missing := g.acknowledged()
		writes, lost = writes+n, lost+missing
	}
	row := func(where, text, claimed string, list []sim.Time, from, to sim.Time) {
		p50 := percentile(list, 50)
		r.claim(Claim{where, text, claimed,
			fmt.Sprintf("p50 %s, p90 %s (%d crashes)", ms(p50), ms(percentile(list, 90)), len(list)),
			p50 >= from && p50 <= to, ""})
	}
	row(failureModes, "Leader crash: followers detect it", "100–200 ms", detected, 100*sim.Millisecond,
		200*sim.Millisecond)
	row(failureModes, "Leader crash: a new leader is elected", "~300 ms", elected, 150*sim.Millisecond,
		330*sim.Millisecond)
	row(failureModes, "Leader crash: the cluster serves writes again", "~400 ms", served, 200*sim.Millisecond,
		440*sim.Millisecond)
	row("Leader Election", "New leader elected", "150–300 ms", elected, 150*sim.Millisecond, 300*sim.Millisecond)
	r.claim(Claim{failureModes, "Leader crash: consistency maintained", "nothing acknowledged is lost",
		fmt.Sprintf("%d of %d acknowledged writes lost", lost, writes), lost == 0, ""})
	g := r.begin(1, "preset=etcd")
	c := g.crashLeader()
	r.claim(Claim{"Leader Election", "The time is tunable: with etcd's defaults", "1–2 s", ms(c.elected),
		c.elected > 900*sim.Millisecond && c.elected < 2500*sim.Millisecond, ""})
}

// crashLeader crashes the leader and waits until a write that was asked for afterwards is acknowledged.
func (g *rig) crashLeader() (c crash) {
	at := g.Now()
	g.do("crash %s", g.leader())
	other := g.follower()
	before := g.History().Len()
	next := at
	g.until(10*sim.Second, func() bool {
		if g.Now() >= next {
			g.do("put /probe %d --client c2 --endpoint %s", g.Now(), other)
			next = g.Now() + 10*sim.Millisecond
		}
		for ; before < g.History().Len(); before++ {
			op := g.History().At(before)
			if op.Call >= at && op.Outcome == client.Acknowledged {
				c.served = op.Return - at
				return true
			}
		}
		return false
	})
	detected, _ := g.when(at, raft.ElectionTimedOut)
	elected, _ := g.when(at, raft.BecameLeader)
	c.detected, c.elected = detected-at, elected-at
	return c
}

// acknowledged counts the writes that clients were told of, and how many of them no longer are in the history of the
// newest store.
func (g *rig) acknowledged() (n, lost int) {
	var newest *etcd.Member
	for _, m := range g.Members() {
		if m.Up() && (newest == nil || m.Store().Revision() > newest.Store().Revision()) {
			newest = m
		}
	}
	h := g.History()
	for i := h.First(); i < h.Len(); i++ {
		op := h.At(i)
		put, is := op.Request.Call.(api.Put)
		if !is || op.Outcome != client.Acknowledged {
			continue
		}
		n++
		res, err := newest.Store().Range(put.Key, "", mvcc.RangeOptions{Revision: op.Response.Header.Revision})
		if err != nil || len(res.KVs) != 1 || res.KVs[0].Value != put.Value {
			lost++
		}
	}
	return n, lost
}

// members crashes one and two of three.
func (r *Report) members() {
	g := r.begin(3)
	g.do("load 100/s --endpoint %s", g.leader())
	g.pass(sim.Second)
	first := g.follower()
	g.do("crash %s", first)
	g.pass(sim.Second)
	before := g.Outcomes()[client.Acknowledged]
	g.pass(sim.Second)
	rate := g.Outcomes()[client.Acknowledged] - before
	r.claim(Claim{failureModes, "3 members, 1 fails: operational", "yes",
		fmt.Sprintf("%d of 100 writes in the next second", rate), rate >= 95, ""})
	second := g.follower()
	g.do("crash %s", second)
	g.pass(sim.Second)
	before = g.Outcomes()[client.Acknowledged]
	g.pass(3 * sim.Second)
	rate = g.Outcomes()[client.Acknowledged] - before
	r.claim(Claim{failureModes, "3 members, 2 fail: down", "yes", fmt.Sprintf("%d writes in the next 3 s", rate),
		rate == 0, ""})
	g.do("load off")
	g.pass(10 * sim.Second)
	g.do("restart %s", first)
	g.do("restart %s", second)
	g.pass(5 * sim.Second)
	ok := g.leader() != "" && g.acknowledges("put after 1 --endpoint %s", g.leader())
	n, lost := g.acknowledged()
	r.claim(Claim{failureModes, "Data loss", "zero",
		fmt.Sprintf("%d of %d acknowledged writes lost; serves again: %v", lost, n, ok), lost == 0 && ok, ""})
}

// partition cuts one member off.
func (r *Report) partition() {
	g := r.begin(2)
	lead, alone := g.leader(), g.follower()
	var rest []string
	for i := range g.Members() {
		if name := sim.Member(i + 1).String(); name != alone {
			rest = append(rest, name)
		}
	}
	g.do("put k before --endpoint %s", lead)
	g.pass(sim.Second)
	g.do("split %s,c1 | %s,c2", strings.Join(rest, ","), alone)
	g.pass(2 * sim.Second)
	ok := g.acknowledges("put k after --endpoint %s", lead)
	r.claim(Claim{failureModes, "Partition 2/1: the side with the quorum", "operational",
		yes(ok, "writes are acknowledged", "writes fail"), ok, ""})
	local := g.acknowledges("get k --consistency s --client c2 --endpoint %s", alone)
	write, read := g.ask("put k minority --client c2 --endpoint %s", alone),
		g.ask("get k --client c2 --endpoint %s", alone)
	refused := write.Outcome != client.Acknowledged && read.Outcome != client.Acknowledged
	r.claim(Claim{failureModes, "Partition 2/1: the side without", "read-only (or rejected)",
		fmt.Sprintf("serializable reads: %v; writes: %s; linearizable reads: %s", local, write.Err, read.Err), local &&
			refused, ""})
	g.do("heal")
	at := g.Now()
	caught := g.until(5*sim.Second, func() bool { return g.member(alone).Applied() == g.member(g.leader()).Applied() })
	n, lost := g.acknowledged()
	r.claim(Claim{failureModes, "Partition healed: the one catches up automatically", "yes",
		fmt.Sprintf("after %s; %d of %d acknowledged writes lost", ms(g.Now()-at), lost, n), caught && lost == 0, ""})
}

func yes(is bool, then, otherwise string) string {
	if is {
		return then
	}
	return otherwise
}

// catchUp lets a follower miss more than the log keeps.
func (r *Report) catchUp() {
	g := r.begin(4, "snapshot-count=1000", "catch-up=500", "preset=etcd")
	behind := g.follower()
	g.do("crash %s", behind)
	g.do("load 1000/s --endpoint %s", g.leader())
	g.pass(4 * sim.Second)
	g.do("load off")
	g.pass(sim.Second)
	g.do("restart %s", behind)
	at := g.Now()
	installed := false
	g.each(func(*world.Record) {})
	caught := g.until(10*sim.Second, func() bool {
		g.each(func(rec *world.Record) {
			installed = installed || (rec.Kind == world.AtMember && rec.Member.Kind == etcd.SnapshotInstalled)
		})
		return installed && g.member(behind).Applied() == g.member(g.leader()).Applied()
	})
	first := g.member(g.leader()).Node().FirstIndex()
	r.claim(Claim{"Snapshots for Efficiency", "Entries 1–1000 become a snapshot; old entries are discarded",
		"the log stays small",
		fmt.Sprintf("after 4000 writes the log begins at %d", first), first > 3000, ""})
	r.claim(Claim{"Snapshots for Efficiency", "A follower that is behind catches up by snapshot", "yes",
		fmt.Sprintf("snapshot installed: %v, caught up after %s", installed, ms(g.Now()-at)), caught, ""})
}
