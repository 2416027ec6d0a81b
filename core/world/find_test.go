package world_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
)

// TestNewest asks for the newest record of a member, in one run that goes on, back and on, and must be told what a walk
// over the whole journal finds.
func TestNewest(t *testing.T) {
	_, r, end := long(t)
	random := rng.New(1, "newest")
	at, host := sim.Time(0), sim.Member(1)
	for range 60 {
		if random.Intn(4) == 0 {
			host = sim.Member(1 + random.Intn(3))
		}
		if at = min(at+sim.Time(random.Intn(int(sim.Second))), end); random.Intn(4) == 0 {
			at = sim.Time(random.Intn(int(at) + 1))
		}
		r.Seek(at, ever)
		is := func(x *world.Record) bool { return x.Where == host && x.Kind == world.AtMember && x.Seq%97 == 0 }
		got := r.Newest(host.String(), is)
		want, j := uint64(0), r.World().Journal()
		for seq := j.Next() - 1; seq >= j.First() && seq > 0 && want == 0; seq-- {
			if is(j.At(seq)) {
				want = seq
			}
		}
		if want != 0 && (got == nil || got.Seq != want) {
			t.Fatalf("at %v the newest of %v is %+v, want %d", at, host, got, want)
		}
	}
}
