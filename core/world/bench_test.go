package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// benchmarks of a whole checked run: report events (turns) per second and simulated seconds per second.
func benchRun(b *testing.B, members, perSecond int) {
	cfg := Default()
	cfg.Members, cfg.Preset = members, "etcd"
	w, err := New(cfg, nil)
	if err != nil {
		b.Fatal(err)
	}
	w.Advance(5*sim.Second, 1<<40)
	if perSecond > 0 {
		if err := w.Do(script.Load{PerSecond: perSecond}); err != nil {
			b.Fatal(err)
		}
		w.Advance(6*sim.Second, 1<<40)
	}
	from, turns := w.Now(), w.Turn()
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		w.Advance(w.Now()+100*sim.Millisecond, 1<<40)
	}
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(w.Turn()-turns)/seconds, "events/s")
	b.ReportMetric(float64(w.Now()-from)/1e6/seconds, "×realtime")
	if w.Broken() != nil {
		b.Fatal(w.Broken())
	}
}

func BenchmarkIdle3(b *testing.B)   { benchRun(b, 3, 0) }
func BenchmarkIdle5(b *testing.B)   { benchRun(b, 5, 0) }
func BenchmarkWrites3(b *testing.B) { benchRun(b, 3, 1000) }
func BenchmarkWrites5(b *testing.B) { benchRun(b, 5, 1000) }

// BenchmarkHash is what the page pays for with each frame.
func BenchmarkHash(b *testing.B) {
	cfg := Default()
	cfg.Members, cfg.Preset = 5, "etcd"
	w, err := New(cfg, nil)
	if err != nil {
		b.Fatal(err)
	}
	w.Advance(5*sim.Second, 1<<40)
	if err := w.Do(script.Load{PerSecond: 1000}); err != nil {
		b.Fatal(err)
	}
	w.Advance(6*sim.Second, 1<<40)
	for b.Loop() {
		w.Hash()
	}
}
