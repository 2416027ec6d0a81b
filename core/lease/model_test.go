package lease_test

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/sim"
)

const (
	minTTL = 2
	retry  = 7 * sim.Second
)

// known is what the model knows of a lease.
type known struct {
	ttl, checkpoint int64
	runs            bool
	deadline, look  sim.Time
}

// model is a lessor without any idea: two maps and a flag.
type model struct {
	primary bool
	leases  map[lease.ID]known
	owners  map[string]lease.ID
}

func (m *model) clone() *model {
	return &model{m.primary, maps.Clone(m.leases), maps.Clone(m.owners)}
}

func (m *model) start(now, extend sim.Time, id lease.ID) {
	k := m.leases[id]
	ttl := k.ttl
	if k.checkpoint > 0 {
		ttl = k.checkpoint
	}
	k.runs, k.deadline = true, now+extend+sim.Time(ttl)*sim.Second
	k.look = k.deadline
	m.leases[id] = k
}

func (m *model) keys(id lease.ID) []string {
	var keys []string
	for key, owner := range m.owners {
		if owner == id {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// expired returns what is to be looked at by now.
func (m *model) expired(now sim.Time, limit int) []lease.ID {
	var due []lease.ID
	for id, k := range m.leases {
		if k.runs && k.look <= now {
			due = append(due, id)
		}
	}
	slices.SortFunc(due, func(a, b lease.ID) int {
		return cmp.Or(cmp.Compare(m.leases[a].look, m.leases[b].look), cmp.Compare(a, b))
	})
	due = due[:min(limit, len(due))]
	for _, id := range due {
		k := m.leases[id]
		k.look = now + retry
		m.leases[id] = k
	}
	return due
}

// pair is a lessor and what it should be.
type pair struct {
	l   *lease.Lessor
	m   *model
	now sim.Time
}

var (
	ids  = rapid.Map(rapid.IntRange(0, 4), func(n int) lease.ID { return lease.ID(n) })
	keys = rapid.SampledFrom([]string{"a", "a/b", "b", "c"})
)

func (p *pair) grant(t *rapid.T, id lease.ID) {
	ttl := rapid.Int64Range(-1, 20).Draw(t, "ttl")
	g, err := p.l.Grant(p.now, id, ttl)
	_, exists := p.m.leases[id]
	switch {
	case id == lease.None && err == lease.ErrNotFound, id != lease.None && exists && err == lease.ErrExists:
		return
	case err != nil || exists || id == lease.None:
		t.Fatalf("grant %d: %v, exists %v", id, err, exists)
	}
	if g.TTL != max(ttl, minTTL) || (g.Rule == rule.LeaseMinimumTTL) != (ttl < minTTL) {
		t.Fatalf("grant %d for %d: %+v", id, ttl, g)
	}
	p.m.leases[id] = known{ttl: g.TTL}
	if p.m.primary {
		p.m.start(p.now, 0, id)
	}
}

func (p *pair) revoke(t *rapid.T, id lease.ID) {
	_, exists := p.m.leases[id]
	got, err := p.l.Revoke(id)
	if want := p.m.keys(id); !slices.Equal(got, want) || (err == nil) != exists {
		t.Fatalf("revoke %d: %v %v, want %v, exists %v", id, got, err, want, exists)
	}
	for _, key := range got {
		delete(p.m.owners, key)
	}
	delete(p.m.leases, id)
}

func (p *pair) attach(t *rapid.T, id lease.ID) {
	key := keys.Draw(t, "key")
	if id == lease.None {
		p.l.Detach(key)
		delete(p.m.owners, key)
		return
	}
	err := p.l.Attach(id, key)
	if _, exists := p.m.leases[id]; exists != (err == nil) {
		t.Fatalf("attach %s to %d: %v", key, id, err)
	}
	if err == nil {
		p.m.owners[key] = id
	}
}

// wanted is what a keep-alive should lead to.
func (p *pair) wanted(id lease.ID) lease.Outcome {
	k, exists := p.m.leases[id]
	switch {
	case !p.m.primary:
		return lease.NotPrimary
	case !exists:
		return lease.NotFound
	case k.deadline <= p.now:
		return lease.MustWait
	case k.checkpoint > 0:
		return lease.MustClear
	}
	return lease.Renewed
}

func (p *pair) renew(t *rapid.T, id lease.ID) {
	r := p.l.Renew(p.now, id)
	if want := p.wanted(id); r.Outcome != want || r.Outcome == lease.MustWait && r.Rule != rule.RenewalWaitsForRevoke {
		t.Fatalf("renew %d at %s: %+v, want %d", id, p.now, r, want)
	}
	if r.Outcome == lease.MustClear && r.Rule == rule.LeaseCheckpoints {
		p.l.Checkpoint(p.now, id, 0)
		k := p.m.leases[id]
		k.checkpoint = 0
		p.m.leases[id] = k
		r = p.l.Refresh(p.now, id)
	}
	if r.Outcome == lease.Renewed {
		if r.TTL != p.m.leases[id].ttl {
			t.Fatalf("renew %d: %+v", id, r)
		}
		p.m.start(p.now, 0, id)
	}
}

func (p *pair) scan(t *rapid.T) {
	limit := rapid.IntRange(1, 3).Draw(t, "limit")
	before := p.m.clone()
	want := p.m.expired(p.now, limit)
	got := p.l.Expired(p.now, limit)
	for i, e := range got {
		k := before.leases[e.ID]
		why := rule.LeaseExpiresAtLeader
		if k.look != k.deadline {
			why = rule.LeaseRevokeRetried
		}
		if i >= len(want) || e.ID != want[i] || e.Since != k.deadline || e.Again != (k.look != k.deadline) || e.Rule != why {
			t.Fatalf("scan at %s: %+v, want %v", p.now, got, want)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("scan at %s: %+v, want %v", p.now, got, want)
	}
}

func (p *pair) office(t *rapid.T) {
	if p.m.primary = rapid.IntRange(0, 2).Draw(t, "office") > 0; !p.m.primary {
		p.l.Demote()
		for id, k := range p.m.leases {
			p.m.leases[id] = known{ttl: k.ttl, checkpoint: k.checkpoint}
		}
		return
	}
	got := p.l.Promote(p.now, sim.Second)
	if got != (lease.Promoted{Leases: len(p.m.leases), Rule: rule.LeaseExtendedByNewLeader}) {
		t.Fatalf("promote: %+v", got)
	}
	for id := range p.m.leases {
		p.m.start(p.now, sim.Second, id)
	}
}

func (p *pair) checkpoint(t *rapid.T, id lease.ID) {
	left := rapid.Int64Range(0, 3).Draw(t, "left")
	p.l.Checkpoint(p.now, id, left)
	if k, exists := p.m.leases[id]; exists {
		k.checkpoint = left
		p.m.leases[id] = k
	}
}

// crash keeps what the backend holds, and attaches the keys again.
func (p *pair) crash(t *rapid.T) {
	saved := p.l.Saved()
	l := lease.Recover(lease.Config{MinTTL: minTTL, Retry: retry, Checkpoints: true}, saved)
	if l.Saved().Hash() != saved.Hash() || saved.Len() != len(p.m.leases) {
		t.Fatal("what was kept is not what was there")
	}
	for key, id := range p.m.owners {
		if err := l.Attach(id, key); err != nil {
			t.Fatal(err)
		}
	}
	p.l, p.m.primary = &l, false
	for id, k := range p.m.leases {
		p.m.leases[id] = known{ttl: k.ttl, checkpoint: k.checkpoint}
	}
}

func (p *pair) step(t *rapid.T) {
	id := ids.Draw(t, "id")
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1:
		p.grant(t, id)
	case 2:
		p.revoke(t, id)
	case 3:
		p.attach(t, id)
	case 4:
		p.renew(t, id)
	case 5:
		p.scan(t)
	case 6:
		p.office(t)
	case 7:
		p.checkpoint(t, id)
	case 8:
		p.now += sim.Time(rapid.IntRange(1, 20).Draw(t, "halves")) * lease.ScanInterval
	default:
		if rapid.IntRange(0, 5).Draw(t, "crash") == 0 {
			p.crash(t)
		}
	}
}

// compare looks at everything that can be seen.
func (p *pair) compare(t *rapid.T) {
	var all []lease.Lease
	for id, k := range p.m.leases {
		one := lease.Lease{ID: id, TTL: k.ttl, Checkpoint: k.checkpoint, Forever: !k.runs, Expiry: k.deadline}
		all = append(all, one)
		if got, found := p.l.Lookup(id); !found || got != one {
			t.Fatalf("lookup %d: %+v, want %+v", id, got, one)
		}
	}
	slices.SortFunc(all,
		func(a, b lease.Lease) int { return cmp.Or(cmp.Compare(a.Expiry, b.Expiry), cmp.Compare(a.ID, b.ID)) })
	if got := p.l.Leases(); !slices.Equal(got, all) || p.l.Len() != len(all) || p.l.Primary() != p.m.primary {
		t.Fatalf("leases: %+v, want %+v", got, all)
	}
	for _, key := range []string{"a", "a/b", "b", "c"} {
		if got := p.l.Owner(key); got != p.m.owners[key] {
			t.Fatalf("owner of %s: %d, want %d", key, got, p.m.owners[key])
		}
	}
	for id := range lease.ID(5) {
		got, err := p.l.TimeToLive(p.now, id, true)
		k, exists := p.m.leases[id]
		want := lease.TimeToLive{TTL: -1}
		if exists && k.runs {
			want = lease.TimeToLive{TTL: int64((k.deadline - p.now) / sim.Second), GrantedTTL: k.ttl, Keys: p.m.keys(id)}
		}
		if (err == lease.ErrNotPrimary) != (exists && !k.runs) || err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("ttl %d: %+v %v, want %+v", id, got, err, want)
		}
	}
}

// TestModel: the lessor and the two maps agree after every step, and a clone goes its own way.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := lease.New(lease.Config{MinTTL: minTTL, Retry: retry, Checkpoints: true})
		p := &pair{l: &l, m: &model{leases: map[lease.ID]known{}, owners: map[string]lease.ID{}}}
		var kept *pair
		var hash uint64
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if rapid.IntRange(0, 9).Draw(t, "keep") == 0 {
				kept = &pair{new(lease.Lessor), p.m.clone(), p.now}
				*kept.l, hash = *p.l, p.l.Hash()
			}
			p.step(t)
			p.compare(t)
		}
		if kept != nil {
			kept.compare(t)
			if kept.l.Hash() != hash {
				t.Fatal("the clone's hash has changed")
			}
		}
	})
}

// TestHash: what can be seen changes the hash, how it came about does not.
func TestHash(t *testing.T) {
	start := func() *lease.Lessor {
		l := lease.New(lease.Config{MinTTL: minTTL})
		l.Promote(0, 0)
		_, _ = l.Grant(0, 1, 10)
		_, _ = l.Grant(0, 2, 10)
		_ = l.Attach(1, "a")
		return &l
	}
	seen := map[uint64]string{start().Hash(): "nothing"}
	for name, change := range map[string]func(*lease.Lessor){
		"grant":      func(l *lease.Lessor) { _, _ = l.Grant(0, 3, 10) },
		"revoke":     func(l *lease.Lessor) { _, _ = l.Revoke(2) },
		"attach":     func(l *lease.Lessor) { _ = l.Attach(1, "b") },
		"move":       func(l *lease.Lessor) { _ = l.Attach(2, "a") },
		"detach":     func(l *lease.Lessor) { l.Detach("a") },
		"renew":      func(l *lease.Lessor) { l.Renew(1, 1) },
		"hand out":   func(l *lease.Lessor) { l.Expired(10*sim.Second, 1) },
		"checkpoint": func(l *lease.Lessor) { l.Checkpoint(0, 1, 3) },
		"demote":     func(l *lease.Lessor) { l.Demote() },
	} {
		l := start()
		change(l)
		if other, found := seen[l.Hash()]; found {
			t.Errorf("%s has the same hash as %s", name, other)
		}
		seen[l.Hash()] = name
	}
	a, b := start(), start()
	_ = a.Attach(1, "b")
	_ = a.Attach(1, "c")
	_ = b.Attach(1, "c")
	_ = b.Attach(2, "b")
	_ = b.Attach(1, "b")
	if a.Hash() != b.Hash() {
		t.Error("the order of puts can be seen in the hash")
	}
}

// TestLeaseMinimumTTL: one and a half election timeouts, in whole ticks, rounded up.
func TestLeaseMinimumTTL(t *testing.T) {
	for _, c := range []struct {
		ticks int
		tick  sim.Time
		want  int64
	}{{10, 100 * sim.Millisecond, 2}, {10, 200 * sim.Millisecond, 3}, {3, 500 * sim.Millisecond, 2},
		{10, 10 * sim.Millisecond, 1}} {
		if got := lease.MinTTL(c.ticks, c.tick); got != c.want {
			t.Errorf("%d ticks of %s: %d s, want %d s", c.ticks, c.tick, got, c.want)
		}
	}
}
