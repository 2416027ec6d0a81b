package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestManyWatchers holds that each of many watchers on one stream is told every change exactly once, also when their
// member crashes while some have been told and others not.
func TestManyWatchers(t *testing.T) {
	for _, n := range []int{1, 2, 1000} {
		cfg := Default()
		cfg.Preset = "etcd"
		w, err := New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(4*sim.Second, 1e9)
		do := func(c script.Command) {
			t.Helper()
			if err := w.Do(c); err != nil {
				t.Fatal(err)
			}
		}
		at := w.client(sim.Client(2)).Endpoint()
		do(script.Watch{Key: "/load/", End: "/load0", Watchers: n, Flags: script.Flags{Client: "c2"}})
		w.Advance(6*sim.Second, 1e9)
		first := w.newest().Store().Revision()
		do(script.Load{PerSecond: 40, Client: "c1"})
		w.Advance(w.Now()+sim.Second, 1e9)
		do(script.Crash{Member: script.MemberName(at.Number())})
		w.Advance(w.Now()+2*sim.Second, 1e9)
		do(script.Load{})
		w.Advance(w.Now()+8*sim.Second, 1e9)
		changes := w.newest().Store().Revision() - first
		c := w.client(sim.Client(2))
		if got := c.Seen(); got != int64(n)*changes || changes < 80 {
			t.Errorf("%d watchers were told %d events of %d changes", n, got, changes)
		}
		if x := c.Watches()[0]; x.Ended || x.Resumes == 0 || x.Next != w.newest().Store().Revision()+1 {
			t.Errorf("%d watchers: %+v", n, x)
		}
		if w.Broken() != nil {
			t.Fatal(w.Broken())
		}
	}
}
