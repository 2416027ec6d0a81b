package mvcc_test

import (
	"fmt"
	"testing"

	"github.com/etcdscope/etcdscope/core/mvcc"
)

// filled returns a store with n keys like those of Kubernetes, each written once.
func filled(n int) (*mvcc.Store, []string) {
	s, names := mvcc.New(), make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("/registry/pods/default/pod-%07d", i*7919%n)
		put(s, names[i], "value", 0)
	}
	return s, names
}

func BenchmarkPutExisting(b *testing.B) {
	s, names := filled(10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		put(s, names[i%len(names)], "other", 0)
	}
}

func BenchmarkPutNew(b *testing.B) {
	s, names := mvcc.New(), make([]string, 1<<20)
	for i := range names {
		names[i] = fmt.Sprintf("/registry/events/default/event-%07d", i*7919%(1<<20))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		put(s, names[i%len(names)], "value", 0)
	}
}

// BenchmarkPutAfterClone is the price of keyframes: ten writes after each.
func BenchmarkPutAfterClone(b *testing.B) {
	s, names := filled(10_000)
	b.ReportAllocs()
	var keyframe *mvcc.Store
	for i := 0; b.Loop(); i++ {
		if i%10 == 0 {
			keyframe = s.Clone()
		}
		put(s, names[i%len(names)], "other", 0)
	}
	_ = keyframe
}

func BenchmarkGet(b *testing.B) {
	s, names := filled(10_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, found, err := s.Get(names[i%len(names)], 0); !found || err != nil {
			b.Fatal("lost")
		}
	}
}

// BenchmarkRangeAtRevision reads a hundred keys as they were, on average, five writes of the key ago.
func BenchmarkRangeAtRevision(b *testing.B) {
	s, names := filled(10_000)
	for i := range 100_000 {
		put(s, names[i%len(names)], "other", 0)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		first := fmt.Sprintf("/registry/pods/default/pod-%07d", i*100%9_000)
		end := fmt.Sprintf("/registry/pods/default/pod-%07d", i*100%9_000+100)
		r, err := s.Range(first, end, mvcc.RangeOptions{Revision: 60_000})
		if err != nil || r.Count != 100 {
			b.Fatal(r.Count, err)
		}
	}
}

func BenchmarkCountMillion(b *testing.B) {
	s, _ := filled(1_000_000)
	for b.Loop() {
		if _, err := s.Range(mvcc.FromKey, mvcc.FromKey, mvcc.RangeOptions{CountOnly: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCloneMillion(b *testing.B) {
	s, _ := filled(1_000_000)
	b.ReportAllocs()
	var c *mvcc.Store
	for b.Loop() {
		c = s.Clone()
	}
	_ = c
}

// BenchmarkCompaction is the price of one row, dropped or kept, hash included: of ten versions of each key one stays.
func BenchmarkCompaction(b *testing.B) {
	fresh, names := filled(10_000)
	for i := range 90_000 {
		put(fresh, names[i%len(names)], "other", 0)
	}
	b.ReportAllocs()
	for n := 0; n < b.N; {
		s := fresh.Clone()
		if err := s.Compact(s.Revision()); err != nil {
			b.Fatal(err)
		}
		for done := false; !done; n += mvcc.CompactionBatch {
			_, done = s.CompactBatch(mvcc.CompactionBatch)
		}
	}
}
