package mvcc

import (
	"testing"

	"pgregory.net/rapid"
)

// TestTwins lets stores that share changes and nodes of their indexes go the same way, one behind the other, now and
// then apart, and clones of them other ways. Each must hold what one holds that shares nothing.
func TestTwins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		twins := new(Twins)
		list := []*Store{New(), New(), New()}
		alone := []*Store{New(), New(), New()}
		for _, s := range list {
			s.Share(twins)
		}
		write := func(s *Store, key, value string) {
			w := s.Write()
			if value == "" {
				w.DeleteRange(key, "")
			} else {
				w.Put(key, value, 0)
			}
			w.End()
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				for i := range list {
					same(t, list[i], alone[i])
				}
			},
			"write": func(t *rapid.T) {
				key, value := rapid.StringMatching("[a-d][a-d]?[a-d]?").Draw(t, "key"),
					rapid.SampledFrom([]string{"1", "2", ""}).Draw(t, "value")
				for i := rapid.IntRange(0, len(list)-1).Draw(t, "from"); i < len(list); i++ {
					write(list[i], key, value)
					write(alone[i], key, value)
				}
			},
			"unify": func(t *rapid.T) { Unify(list[0], list[rapid.IntRange(1, len(list)-1).Draw(t, "with")]) },
			"clone": func(t *rapid.T) {
				i := rapid.IntRange(0, len(list)-1).Draw(t, "which")
				wild := list[i].Clone()
				write(wild, "a", "wild")
				if rapid.Bool().Draw(t, "stay") {
					list[i], alone[i] = wild, alone[i].Clone()
					write(alone[i], "a", "wild")
				}
			},
		})
	})
}

func same(t *rapid.T, a, b *Store) {
	if a.Hash() != b.Hash() || a.Rows() != b.Rows() {
		t.Fatalf("digest %x of %d rows, want %x of %d", a.Hash(), a.Rows(), b.Hash(), b.Rows())
	}
	next := []KeyValue{}
	for kv := range b.All("\x00", "\x00", 0) {
		next = append(next, kv)
	}
	for kv := range a.All("\x00", "\x00", 0) {
		if len(next) == 0 || next[0] != kv {
			t.Fatalf("it holds %v, want %v", kv, next)
		}
		next = next[1:]
	}
	if len(next) > 0 {
		t.Fatalf("it lacks %v", next)
	}
}

// TestTwinsHoldOnce: what two stores have in common is in memory once.
func TestTwinsHoldOnce(t *testing.T) {
	twins := new(Twins)
	a, b := New(), New()
	a.Share(twins)
	b.Share(twins)
	for i := range 500 {
		for _, s := range []*Store{a, b} {
			w := s.Write()
			w.Put(string(rune('a'+i%50)), string(rune('a'+i%7)), 0)
			w.End()
		}
	}
	Unify(a, b)
	if a.index.keys.root != b.index.keys.root || a.rows.row(100) != b.rows.row(100) {
		t.Error("they hold it twice")
	}
}
