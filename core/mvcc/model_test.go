package mvcc_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// model is the store without any idea: the list of all changes, searched from its start for every question. Of a
// compaction it marks what goes at once, and takes it out when its turn comes.
type model struct {
	rev     int64
	changes []mvcc.Change
	doomed  map[mvcc.Revision]bool // by the compaction under way
	seen    mvcc.Revision          // how far that one is
	compact int64
	done    int64
	orders  []int64
	removed int64
}

func newModel() *model { return &model{rev: 1, compact: -1, done: -1} }

func (m *model) clone() *model {
	c := *m
	c.changes, c.doomed, c.orders = slices.Clone(m.changes), maps.Clone(m.doomed), slices.Clone(m.orders)
	return &c
}

func (m *model) order(rev int64) error {
	switch {
	case rev <= m.compact:
		return mvcc.ErrCompacted
	case rev > m.rev:
		return mvcc.ErrFutureRev
	}
	m.compact, m.orders = rev, append(m.orders, rev)
	return nil
}

// dooms returns what a compaction would drop of the changes that are there.
func (m *model) dooms(rev int64) map[mvcc.Revision]bool {
	doomed := map[mvcc.Revision]bool{}
	for i, c := range m.changes {
		superseded := slices.ContainsFunc(m.changes[i+1:],
			func(d mvcc.Change) bool { return d.KV.Key == c.KV.Key && d.Revision.Main <= rev })
		if c.Revision.Main <= rev && (superseded || (c.Deleted && c.Revision.Main < rev)) {
			doomed[c.Revision] = true
		}
	}
	return doomed
}

// batch examines the next changes, as many as limit, and drops the doomed ones.
func (m *model) batch(limit int) (removed int, finished bool) {
	if len(m.orders) == 0 {
		return 0, false
	}
	if m.doomed == nil {
		m.doomed, m.seen = m.dooms(m.orders[0]), mvcc.Revision{Sub: -1}
	}
	examined := 0
	var rest []mvcc.Change
	for _, c := range m.changes {
		after := c.Revision.Main > m.seen.Main || (c.Revision.Main == m.seen.Main && c.Revision.Sub > m.seen.Sub)
		if after && c.Revision.Main <= m.orders[0] && examined < limit {
			examined++
			m.seen = c.Revision
			if m.doomed[c.Revision] {
				removed++
				continue
			}
		}
		rest = append(rest, c)
	}
	m.changes = rest
	m.removed += int64(removed)
	if examined == limit {
		return removed, false
	}
	m.done, m.orders, m.doomed = m.orders[0], m.orders[1:], nil
	return removed, true
}

func (m *model) restart() {
	m.doomed, m.orders, m.removed = nil, nil, 0
	if m.done < m.compact {
		m.orders = []int64{m.compact}
	}
}

// generations returns the lives of a key by the changes that the index knows.
func (m *model) generations(key string) [][]mvcc.Revision {
	var gens [][]mvcc.Revision
	ended := true
	for _, c := range m.changes {
		if c.KV.Key != key || m.doomed[c.Revision] {
			continue
		}
		if ended {
			gens = append(gens, nil)
		}
		gens[len(gens)-1] = append(gens[len(gens)-1], c.Revision)
		ended = c.Deleted
	}
	if gens != nil && ended {
		gens = append(gens, nil)
	}
	return gens
}

// at returns the key-values that live at a revision, by key.
func (m *model) at(rev int64) []mvcc.KeyValue {
	var live []mvcc.KeyValue
	for _, c := range m.changes {
		if c.Revision.Main > rev {
			break
		}
		live = slices.DeleteFunc(live, func(kv mvcc.KeyValue) bool { return kv.Key == c.KV.Key })
		if !c.Deleted {
			live = append(live, c.KV)
		}
	}
	slices.SortFunc(live, func(a, b mvcc.KeyValue) int { return strings.Compare(a.Key, b.Key) })
	return live
}

func (m *model) read(key, end string, rev int64) []mvcc.KeyValue {
	return slices.DeleteFunc(m.at(rev), func(kv mvcc.KeyValue) bool {
		switch end {
		case "":
			return kv.Key != key
		case mvcc.FromKey:
			return kv.Key < key
		}
		return kv.Key < key || kv.Key >= end
	})
}

func (m *model) put(sub int64, key, value string, lease int64) {
	kv := mvcc.KeyValue{Key: key, Value: value, CreateRevision: m.rev + 1, ModRevision: m.rev + 1, Version: 1,
		Lease: lease}
	if old := m.read(key, "", m.rev+1); len(old) == 1 {
		kv.CreateRevision, kv.Version = old[0].CreateRevision, old[0].Version+1
	}
	m.changes = append(m.changes, mvcc.Change{Revision: mvcc.Revision{Main: m.rev + 1, Sub: sub}, KV: kv})
}

func (m *model) delete(sub int64, key, end string) []mvcc.KeyValue {
	doomed := m.read(key, end, m.rev+1)
	for i, kv := range doomed {
		m.changes = append(m.changes,
			mvcc.Change{Revision: mvcc.Revision{Main: m.rev + 1, Sub: sub + int64(i)}, Deleted: true,
				KV: mvcc.KeyValue{Key: kv.Key, ModRevision: m.rev + 1}})
	}
	return doomed
}

var (
	few  = rapid.SampledFrom([]string{"a", "b", "/", "\x00"})
	keys = rapid.OneOf(few, few, rapid.StringOfN(rapid.RuneFrom([]rune("ab/\x00")), 2, 3, -1))
	ends = rapid.OneOf(rapid.Just(""), rapid.Just(mvcc.FromKey), keys)
)

// pair is a store and what it should be.
type pair struct {
	s *mvcc.Store
	m *model
}

func (p pair) write(t *rapid.T) {
	tx, sub := p.s.Write(), int64(0)
	for range rapid.IntRange(0, 4).Draw(t, "operations") {
		if rapid.IntRange(0, 2).Draw(t, "kind") > 0 {
			key, value := keys.Draw(t, "key"), rapid.StringN(0, 2, -1).Draw(t, "value")
			lease := rapid.Int64Range(0, 2).Draw(t, "lease")
			want := p.m.read(key, "", p.m.rev+1)
			if got, found := tx.Get(key); found != (len(want) == 1) || (found && got != want[0]) {
				t.Fatalf("get %q: %v, %v, want %v", key, got, found, want)
			}
			if got, existed := tx.Put(key, value, lease); existed != (len(want) == 1) || (existed && got != want[0]) {
				t.Fatalf("put %q: before it was %v, %v, want %v", key, got, existed, want)
			}
			p.m.put(sub, key, value, lease)
			sub++
		} else {
			key, end := keys.Draw(t, "key"), ends.Draw(t, "end")
			want := p.m.delete(sub, key, end)
			if rapid.Bool().Draw(t, "take") {
				if got := tx.TakeRange(key, end); !slices.Equal(got, want) {
					t.Fatalf("take [%q, %q): %v, want %v", key, end, got, want)
				}
			} else if got := tx.DeleteRange(key, end); got != int64(len(want)) {
				t.Fatalf("delete [%q, %q): %d keys, want %d", key, end, got, len(want))
			}
			sub += int64(len(want))
		}
	}
	if sub > 0 {
		p.m.rev++
	}
	if got := tx.End(); got != p.m.rev {
		t.Fatalf("revision %d, want %d", got, p.m.rev)
	}
}

func (p pair) read(t *rapid.T) {
	key, end := keys.Draw(t, "key"), ends.Draw(t, "end")
	rev, limit := rapid.Int64Range(max(1, p.m.compact), p.m.rev).Draw(t, "rev"), rapid.Int64Range(0, 4).Draw(t, "limit")
	want := p.m.read(key, end, rev)
	if got := slices.Collect(p.s.All(key, end, rev)); !slices.Equal(got, want) {
		t.Fatalf("all [%q, %q) at %d: %v, want %v", key, end, rev, got, want)
	}
	got, err := p.s.Range(key, end, mvcc.RangeOptions{Revision: rev, Limit: limit})
	cut := min(int(limit), len(want))
	if limit == 0 {
		cut = len(want)
	}
	if err != nil || got.Count != int64(len(want)) || !slices.Equal(got.KVs, want[:cut]) || got.More != (cut < len(want)) {
		t.Fatalf("range [%q, %q) at %d, limit %d: %v, %v; want %v", key, end, rev, limit, got, err, want)
	}
	kv, found, err := p.s.Get(key, rev)
	if one := p.m.read(key, "", rev); err != nil || found != (len(one) == 1) || (found && kv != one[0]) {
		t.Fatalf("get %q at %d: %v, %v, %v; want %v", key, rev, kv, found, err, one)
	}
}

// refused holds that what was compacted, or does not exist yet, cannot be read.
func (p pair) refused(t *rapid.T) {
	want := mvcc.ErrFutureRev
	rev := p.m.rev + 1
	if p.m.compact > 1 && rapid.Bool().Draw(t, "past") {
		rev, want = rapid.Int64Range(1, p.m.compact-1).Draw(t, "rev"), mvcc.ErrCompacted
	}
	if _, _, err := p.s.Get("a", rev); err != want {
		t.Fatalf("get at %d: %v, want %v", rev, err, want)
	}
	if _, err := p.s.Range("a", "", mvcc.RangeOptions{Revision: rev}); err != want {
		t.Fatalf("range at %d: %v, want %v", rev, err, want)
	}
}

func (p pair) compact(t *rapid.T) {
	rev := rapid.Int64Range(p.m.compact-1, p.m.rev+1).Draw(t, "rev")
	if got, want := p.s.Compact(rev), p.m.order(rev); got != want {
		t.Fatalf("compact %d: %v, want %v", rev, got, want)
	}
}

func (p pair) batch(t *rapid.T) {
	limit := rapid.SampledFrom([]int{1, 2, 5, 20, 100}).Draw(t, "limit")
	got, finished := p.s.CompactBatch(limit)
	want, over := p.m.batch(limit)
	if got != want || finished != over {
		t.Fatalf("batch of %d: %d, %v, want %d, %v", limit, got, finished, want, over)
	}
}

// generations compares the lives of a key.
func (p pair) generations(t *rapid.T, key string) {
	var got [][]mvcc.Revision
	for _, g := range p.s.Generations(key) {
		got = append(got, g.Revs)
	}
	if want := p.m.generations(key); !reflect.DeepEqual(got, want) {
		t.Fatalf("generations of %q: %v, want %v", key, got, want)
	}
}

// fates compares what a compaction would do to a key.
func (p pair) fates(t *rapid.T) {
	key, rev := keys.Draw(t, "key"), rapid.Int64Range(max(0, p.m.compact), p.m.rev).Draw(t, "rev")
	doomed := p.m.dooms(rev)
	var want []mvcc.Fate
	for _, c := range p.m.changes {
		if c.KV.Key == key {
			want = append(want, mvcc.Fate{Revision: c.Revision, Deleted: c.Deleted, Stays: !doomed[c.Revision]})
		}
	}
	if got := p.s.Fates(key, rev); !slices.Equal(got, want) {
		t.Fatalf("fates of %q at %d: %v, want %v", key, rev, got, want)
	}
	for _, c := range p.m.changes {
		if got := p.s.Stays(&c, rev); got == doomed[c.Revision] {
			t.Fatalf("%v of %q at %d: stays: %v", c.Revision, c.KV.Key, rev, got)
		}
	}
}

func (p pair) check(t *rapid.T) {
	if p.s.CompactRevision() != p.m.compact || p.s.FinishedCompactRevision() != p.m.done || p.s.Removed() != p.m.removed {
		t.Fatalf("compacted %d, %d, %d removed; want %d, %d, %d", p.s.CompactRevision(), p.s.FinishedCompactRevision(),
			p.s.Removed(),
			p.m.compact, p.m.done, p.m.removed)
	}
	if p.s.Revision() != p.m.rev || p.s.Len() != len(p.m.at(p.m.rev)) {
		t.Fatalf("revision %d with %d keys, want %d with %v", p.s.Revision(), p.s.Len(), p.m.rev, p.m.at(p.m.rev))
	}
	for _, key := range []string{"a", "b", "/", "\x00"} {
		p.generations(t, key)
	}
	if got := slices.Collect(p.s.Changes(0)); !slices.Equal(got, p.m.changes) {
		t.Fatalf("changes %v, want %v", got, p.m.changes)
	}
}

// TestAgainstListOfVersions lets a store and the list of its changes run side by side. Now and then both are cloned;
// the copies must go on as well as the originals, whichever of them is written to.
func TestAgainstListOfVersions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := []pair{{mvcc.New(), newModel()}}
		pick := func(t *rapid.T) pair { return rapid.SampledFrom(pairs).Draw(t, "store") }
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				p := pick(t)
				for range rapid.SampledFrom([]int{1, 4, 12}).Draw(t, "transactions") {
					p.write(t)
				}
			},
			"read":    func(t *rapid.T) { pick(t).read(t) },
			"refused": func(t *rapid.T) { pick(t).refused(t) },
			"fates":   func(t *rapid.T) { pick(t).fates(t) },
			"compact": func(t *rapid.T) { pick(t).compact(t) },
			"batch":   func(t *rapid.T) { pick(t).batch(t) },
			"restart": func(t *rapid.T) {
				p := pick(t)
				p.s.Restart()
				p.m.restart()
			},
			"install": func(t *rapid.T) {
				p, from := pick(t), pick(t)
				p.s.Install(from.s)
				removed := p.m.removed
				*p.m = *from.m.clone()
				p.m.restart()
				p.m.removed = removed
			},
			"clone": func(t *rapid.T) {
				p := pick(t)
				if len(pairs) < 4 {
					pairs = append(pairs, pair{p.s.Clone(), p.m.clone()})
				}
			},
			"": func(t *rapid.T) {
				for _, p := range pairs {
					p.check(t)
				}
			},
		})
	})
}

// TestHashTellsHistoriesApart: the same writes give the same hash, and any other value, key, lease, order or grouping
// into transactions another one.
func TestHashTellsHistoriesApart(t *testing.T) {
	histories := map[string]func(*mvcc.Store){
		"nothing":       func(*mvcc.Store) {},
		"put":           func(s *mvcc.Store) { put(s, "a", "1", 0) },
		"other value":   func(s *mvcc.Store) { put(s, "a", "2", 0) },
		"other key":     func(s *mvcc.Store) { put(s, "b", "1", 0) },
		"key and value": func(s *mvcc.Store) { put(s, "a1", "", 0) },
		"lease":         func(s *mvcc.Store) { put(s, "a", "1", 7) },
		"zero byte":     func(s *mvcc.Store) { put(s, "a", "1\x00", 0) },
		"two":           func(s *mvcc.Store) { put(s, "a", "1", 0); put(s, "b", "1", 0) },
		"swapped":       func(s *mvcc.Store) { put(s, "b", "1", 0); put(s, "a", "1", 0) },
		"one txn":       func(s *mvcc.Store) { tx := s.Write(); tx.Put("a", "1", 0); tx.Put("b", "1", 0); tx.End() },
		"emptied":       func(s *mvcc.Store) { put(s, "a", "1", 0); put(s, "a", "", 0) },
		"deleted":       func(s *mvcc.Store) { put(s, "a", "1", 0); tx := s.Write(); tx.DeleteRange("a", ""); tx.End() },
	}
	seen := map[uint64]string{}
	for name, write := range histories {
		a, b := mvcc.New(), mvcc.New()
		write(a)
		write(b)
		if a.Hash() != b.Hash() {
			t.Errorf("%s: two hashes", name)
		}
		if other, ok := seen[a.Hash()]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[a.Hash()] = name
	}
}

func put(s *mvcc.Store, key, value string, lease int64) int64 {
	tx := s.Write()
	tx.Put(key, value, lease)
	return tx.End()
}

// TestPrefixEnd follows etcd's client: the next string that does not have the prefix, or everything.
func TestPrefixEnd(t *testing.T) {
	for prefix, want := range map[string]string{"a": "b", "a/": "a0", "a\xff": "b", "\xff\xff": mvcc.FromKey,
		"": mvcc.FromKey} {
		if got := mvcc.PrefixEnd(prefix); got != want {
			t.Errorf("PrefixEnd(%q) = %q, want %q", prefix, got, want)
		}
	}
}

// TestOneTransactionAtATime: what would mix two transactions stops at once.
func TestOneTransactionAtATime(t *testing.T) {
	for name, misuse := range map[string]func(*mvcc.Store){
		"write within a write": func(s *mvcc.Store) { s.Write(); s.Write() },
		"clone within a write": func(s *mvcc.Store) { s.Write(); s.Clone() },
		"end after the end":    func(s *mvcc.Store) { tx := s.Write(); tx.End(); tx.End() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			misuse(mvcc.New())
		})
	}
}
