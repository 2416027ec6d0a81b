package client

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TestWakesDoNotMultiply lets many watches be idle for a minute: each asks every two seconds whether anybody is there. Wakes must not grow in number,
// however many watches each of them finds.
func TestWakesDoNotMultiply(t *testing.T) {
	const count = 8
	c := New(sim.Client(1), 1)
	var out Output
	var wakes []sim.Time
	carry := func(now sim.Time) {
		wakes = append(wakes, out.Wakes...)
		streams := append([]StreamSend(nil), out.Streams...)
		out.Reset()
		for _, s := range streams {
			if s.Up.Ping {
				c.Told(now+sim.Millisecond, &etcd.Down{Stream: s.Up.Stream, Pong: true}, &out)
			}
		}
		wakes = append(wakes, out.Wakes...)
		out.Reset()
	}
	for i := range count { // a moment apart, so that each has instants of its own
		now := sim.Time(i+1) * 10 * sim.Millisecond
		c.Watch(now, Ask{Watch: &watch.Request{Key: "a"}}, &out)
		carry(now)
	}
	taken := 0
	for len(wakes) > 0 {
		next := 0
		for i := range wakes {
			if wakes[i] < wakes[next] {
				next = i
			}
		}
		now := wakes[next]
		wakes = append(wakes[:next], wakes[next+1:]...)
		if now > sim.Minute {
			continue
		}
		if taken++; taken > 100*count {
			t.Fatalf("%d wakes by %v, and %d to come", taken, now, len(wakes))
		}
		c.Wake(now, &out)
		carry(now)
	}
	if taken < 29*count {
		t.Errorf("%d wakes in a minute: a watch asked less often than every two seconds", taken)
	}
}
