package client_test

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/watch"
)

// TestWatchesWakeOneByOne lets three watches live for a minute on streams that answer every ping: each looks after its own every two seconds, and none is
// woken for the others' sake.
func TestWatchesWakeOneByOne(t *testing.T) {
	c := client.New(sim.Client(1), 3)
	var wakes []sim.Time
	take := func(now sim.Time, out *client.Output) {
		var pings []watch.StreamID
		for _, s := range out.Streams {
			if s.Up.Ping {
				pings = append(pings, s.Up.Stream)
			}
		}
		wakes = append(wakes, out.Wakes...)
		for _, id := range pings {
			c.Told(now, &etcd.Down{Stream: id, Pong: true}, out)
		}
		out.Reset()
	}
	var out client.Output
	for range 3 {
		c.Watch(0, watch.Request{Key: "a"}, 0, &out)
	}
	take(0, &out)
	turns := 0
	for now := sim.Time(0); now < sim.Minute; turns++ {
		if len(wakes) == 0 || turns > 1000 {
			t.Fatalf("at %v, after %d wakes, %d more are to come", now, turns, len(wakes))
		}
		at := 0
		for i := range wakes {
			if wakes[i] < wakes[at] {
				at = i
			}
		}
		now = wakes[at]
		wakes = append(wakes[:at], wakes[at+1:]...)
		c.Wake(now, &out)
		take(now, &out)
	}
	if len(wakes) > 6 {
		t.Errorf("after a minute %d wakes are under way for three watches", len(wakes))
	}
}
