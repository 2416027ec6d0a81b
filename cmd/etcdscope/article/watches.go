package article

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// hops are when revisions came by.
type hops struct {
	leader   map[int64]sim.Time
	follower map[int64]sim.Time
	last     int64
	spread   []sim.Time // from the leader's store to the follower's
	received []sim.Time // from the follower's store to the client
	total    []sim.Time
	gaps     int
}

// watches measures how long a change takes from the leader's store to a client that watches at a follower.
func (r *Report) watches(s Size) {
	h := &hops{leader: map[int64]sim.Time{}, follower: map[int64]sim.Time{}}
	for seed := range max(s.Seeds/6, 1) {
		clear(h.leader)
		clear(h.follower)
		h.last = 0
		g := r.begin(seed + 1)
		lead, _ := sim.ParseHost(g.leader())
		at, _ := sim.ParseHost(g.follower())
		g.do("watch /load/ --prefix --client c2 --endpoint %v", at)
		g.pass(sim.Second)
		g.do("load 20/s --endpoint %v", lead)
		g.each(func(*world.Record) {})
		for range s.Seconds {
			g.pass(sim.Second)
			g.each(func(rec *world.Record) { h.record(rec, lead, at) })
		}
	}
	const watch = "Watch Latency"
	r.claim(Claim{watch, "From the leader's store to a follower's", "< 5 ms",
		fmt.Sprintf("p50 %s, p99 %s", ms(percentile(h.spread, 50)), ms(percentile(h.spread, 99))),
		percentile(h.spread, 50) < 5*sim.Millisecond, ""})
	r.claim(Claim{watch, "From etcd to who watches it (the API server)", "< 10 ms",
		fmt.Sprintf("p50 %s, p99 %s", ms(percentile(h.received, 50)), ms(percentile(h.received, 99))),
		percentile(h.received, 99) < 10*sim.Millisecond, ""})
	r.claim(Claim{watch, "All the way from the leader's store", "< 100 ms",
		fmt.Sprintf("p50 %s, p99 %s", ms(percentile(h.total, 50)), ms(percentile(h.total, 99))),
		percentile(h.total, 99) < 100*sim.Millisecond, ""})
	r.claim(Claim{"Watch Consistency & Ordering", "Events come in order, none is skipped", "always",
		fmt.Sprintf("%d events, %d gaps", len(h.total), h.gaps), h.gaps == 0 && len(h.total) > 0, ""})
}

func (h *hops) record(rec *world.Record, lead, at sim.Host) {
	switch {
	case rec.Kind == world.AtMember && rec.Member.Kind == etcd.Applied && rec.Where == lead:
		h.leader[rec.Member.Revision] = rec.At
	case rec.Kind == world.AtMember && rec.Member.Kind == etcd.Applied && rec.Where == at:
		rev := rec.Member.Revision
		h.follower[rev] = rec.At
		if from, ok := h.leader[rev]; ok {
			h.spread = append(h.spread, rec.At-from)
		}
	case rec.Kind == world.AtClient && rec.Client.Kind == client.WatchReceived:
		for _, e := range rec.Client.Message.Events {
			h.event(rec.At, e.Revision.Main)
		}
	}
}

func (h *hops) event(now sim.Time, rev int64) {
	if h.last != 0 && rev != h.last+1 {
		h.gaps++
	}
	h.last = rev
	if from, ok := h.follower[rev]; ok {
		h.received = append(h.received, now-from)
	}
	if from, ok := h.leader[rev]; ok {
		h.total = append(h.total, now-from)
	}
}
