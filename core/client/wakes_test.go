package client

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TestWakesDoNotMultiply lets many watches be idle for a minute, each in a process of its own: every ten seconds each
// connection asks whether anybody is there. Wakes must not grow in number, however many connections each of them
// finds.
func TestWakesDoNotMultiply(t *testing.T) {
	const count = 8
	c := New(sim.Client(1), 1, 1)
	var out Output
	var wakes []sim.Time
	pings := 0
	carry := func(now sim.Time) {
		wakes = append(wakes, out.Wakes...)
		signals := append([]Sending(nil), out.Signals...)
		out.Reset()
		for _, s := range signals {
			answer := etcd.Signal{Kind: etcd.Settings, Conn: s.Conn, Incarnation: 1}
			if s.Signal.Kind == etcd.Ping {
				pings++
				answer.Kind = etcd.Pong
			}
			c.OnSignal(now+sim.Millisecond, s.To, &answer, &out)
		}
		wakes = append(wakes, out.Wakes...)
		out.Reset()
	}
	for i := range count { // a moment apart, so that each has instants of its own
		now := sim.Time(i+1) * 10 * sim.Millisecond
		c.Watch(now, Ask{Purpose: Purpose{Task: uint64(i + 1)}, Watch: &watch.Request{Key: "a"}}, &out)
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
		if taken++; taken > 30*count {
			t.Fatalf("%d wakes by %v, and %d to come", taken, now, len(wakes))
		}
		c.Wake(now, &out)
		carry(now)
	}
	if pings < 5*count || pings > 6*count {
		t.Errorf("%d pings of %d connections in a minute: each asks every ten seconds", pings, count)
	}
}
