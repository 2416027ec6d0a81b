package lease

import (
	"sort"

	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Promoted is what became of the leases when the leader changed.
type Promoted struct {
	Leases int
	Spread int // of these, how many got some time more, so that not too many expire in the same second
	Rule   rule.ID
}

// Promote makes the lessor the primary: the time of every lease begins anew, with some time more for the clients to
// find the new leader (etcd: an election timeout). The member calls it when it applies the empty entry with which its
// term begins (etcdserver/server.go applyEntryNormal).
func (l *Lessor) Promote(now, extend sim.Time) Promoted {
	l.primary = true
	list := make([]item, 0, l.saved.n)
	for saved := range l.saved.from(item{id: lowest}) {
		ttl := l.left(saved)
		at := int64(now + extend + sim.Time(ttl)*sim.Second)
		list = append(list, item{id: saved.id, a: at, b: at})
		l.planCheckpoint(now, saved.id, ttl)
	}
	p := Promoted{Leases: len(list), Rule: rule.LeaseExtendedByNewLeader}
	if len(list) >= RevokeRate {
		p.Spread = l.spread(now, extend, list)
	}
	l.expiries = build(list)
	for i := range list {
		list[i] = item{at: sim.Time(list[i].a), id: list[i].id}
	}
	sortItems(list)
	l.queue = build(list)
	return p
}

// spread moves expiries apart, so that about three quarters of RevokeRate fall into a second, and returns how many it
// moved. Going through the leases in order of expiry it counts those within a second of the first; what comes after 750
// of them goes behind, by as many seconds as there are 750s before it, less what it is already later than the first. A
// lease later than that opens a second of its own, even if others were moved there.
//
// etcd computes in floating point and looks at the clock again for each lease; its figures differ from these by
// microseconds. Leases that expire at the same instant, which etcd leaves in any order, are taken in that of their ids.
//
// Reference: etcd lease/lessor.go Promote.
func (l *Lessor) spread(now, extend sim.Time, list []item) int {
	const target = 3 * RevokeRate / 4
	order := make([]item, len(list)) // at: expiry, a: place in list
	for i := range list {
		order[i] = item{at: sim.Time(list[i].a), id: list[i].id, a: int64(i)}
	}
	sortItems(order)
	base, moved, count := order[0].at, 0, 0
	window := base + sim.Second
	for _, it := range order {
		if it.at > window {
			base, window, count = it.at, it.at+sim.Second, 1
			continue
		}
		if count++; count <= target {
			continue
		}
		delay := sim.Second*sim.Time(count)/target - (it.at - base)
		window = base + delay
		at := int64(it.at + delay)
		list[it.a].a, list[it.a].b = at, at
		moved++
	}
	return moved
}

func sortItems(list []item) {
	sort.SliceStable(list, func(i, j int) bool { return list[i].compare(&list[j]) < 0 })
}

// Demote ends the lessor's time as the primary: no lease expires here any more, and nothing is to be looked at.
// Keep-alives that wait are to be told so by the caller.
func (l *Lessor) Demote() {
	l.primary = false
	l.expiries, l.queue, l.checkpoints = tree{}, tree{}, tree{}
}
