package mvcc_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// model is the store without any idea: the list of all changes, searched from its start for every question.
type model struct {
	rev     int64
	changes []mvcc.Change
}

func (m *model) clone() *model { return &model{m.rev, slices.Clone(m.changes)} }

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
	kv := mvcc.KeyValue{Key: key, Value: value, CreateRevision: m.rev + 1, ModRevision: m.rev + 1, Version: 1, Lease: lease}
	if old := m.read(key, "", m.rev+1); len(old) == 1 {
		kv.CreateRevision, kv.Version = old[0].CreateRevision, old[0].Version+1
	}
	m.changes = append(m.changes, mvcc.Change{Revision: mvcc.Revision{Main: m.rev + 1, Sub: sub}, KV: kv})
}

func (m *model) delete(sub int64, key, end string) int64 {
	doomed := m.read(key, end, m.rev+1)
	for i, kv := range doomed {
		m.changes = append(m.changes, mvcc.Change{Revision: mvcc.Revision{Main: m.rev + 1, Sub: sub + int64(i)}, Deleted: true,
			KV: mvcc.KeyValue{Key: kv.Key, ModRevision: m.rev + 1}})
	}
	return int64(len(doomed))
}

var (
	keys = rapid.StringOfN(rapid.RuneFrom([]rune("ab/\x00")), 1, 3, -1)
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
			tx.Put(key, value, lease)
			p.m.put(sub, key, value, lease)
			sub++
		} else {
			key, end := keys.Draw(t, "key"), ends.Draw(t, "end")
			got, want := tx.DeleteRange(key, end), p.m.delete(sub, key, end)
			if got != want {
				t.Fatalf("delete [%q, %q): %d keys, want %d", key, end, got, want)
			}
			sub += want
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
	rev, limit := rapid.Int64Range(1, p.m.rev).Draw(t, "rev"), rapid.Int64Range(0, 4).Draw(t, "limit")
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

func (p pair) check(t *rapid.T) {
	if p.s.Revision() != p.m.rev || p.s.Len() != len(p.m.at(p.m.rev)) {
		t.Fatalf("revision %d with %d keys, want %d with %v", p.s.Revision(), p.s.Len(), p.m.rev, p.m.at(p.m.rev))
	}
	if got := slices.Collect(p.s.Changes(0)); !slices.Equal(got, p.m.changes) {
		t.Fatalf("changes %v, want %v", got, p.m.changes)
	}
}

// TestAgainstListOfVersions lets a store and the list of its changes run side by side. Now and then both are cloned; the
// copies must go on as well as the originals, whichever of them is written to.
func TestAgainstListOfVersions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := []pair{{mvcc.New(), &model{rev: 1}}}
		pick := func(t *rapid.T) pair { return rapid.SampledFrom(pairs).Draw(t, "store") }
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) { pick(t).write(t) },
			"read":  func(t *rapid.T) { pick(t).read(t) },
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

// TestHashTellsHistoriesApart: the same writes give the same hash, and any other value, key, lease, order or grouping into
// transactions another one.
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
	for prefix, want := range map[string]string{"a": "b", "a/": "a0", "a\xff": "b", "\xff\xff": mvcc.FromKey, "": mvcc.FromKey} {
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
