package lease_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/lease"
	"github.com/etcdscope/etcdscope/core/sim"
)

// many returns a primary lessor with a hundred thousand leases.
func many(b *testing.B) *lease.Lessor {
	l := lease.New(lease.Config{})
	for id := range lease.ID(100_000) {
		if _, err := l.Grant(0, id+1, 60+int64(id)%1000); err != nil {
			b.Fatal(err)
		}
	}
	l.Promote(0, sim.Second)
	return &l
}

// BenchmarkRenew: a keep-alive among 100,000 leases.
func BenchmarkRenew(b *testing.B) {
	l := many(b)
	b.ReportAllocs()
	for b.Loop() {
		for id := range lease.ID(100) {
			l.Renew(1, 1+id*997)
		}
	}
}

// BenchmarkPromote: a change of leader with 100,000 leases.
func BenchmarkPromote(b *testing.B) {
	l := many(b)
	b.ReportAllocs()
	for b.Loop() {
		l.Promote(0, sim.Second)
	}
}

// BenchmarkDetachWithoutLeases: what each put costs a store that has none.
func BenchmarkDetachWithoutLeases(b *testing.B) {
	l := lease.New(lease.Config{})
	for b.Loop() {
		l.Detach("a")
	}
}
