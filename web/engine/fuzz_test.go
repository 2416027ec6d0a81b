package engine

import (
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// hasty returns an engine whose clock runs so fast that each tick computes as little as it can.
func hasty() *Engine {
	e, now := New(panels.Views()), time.Unix(0, 0)
	e.now = func() time.Time {
		now = now.Add(time.Second)
		return now
	}
	return e
}

// ticks lets an engine act and then work for some ticks. The last reply must be one that can be sent.
func ticks(t *testing.T, e *Engine, n int, actions ...wire.Action) (r wire.Reply) {
	t.Helper()
	for ; n > 0; n-- {
		r, _ = e.Tick(wire.Tick{Version: wire.Version, Elapsed: 16_000, Actions: actions, Full: n == 1})
		actions = nil
	}
	if _, err := wire.Encode(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// FuzzOpen opens whatever stands in an address. What opens can be shared, and the link of that, opened elsewhere, leads
// to the same state.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"#v=1",
		"#v=1&members=5&clients=2&preset=etcd&seed=11&a=100000+put+a+b;200000+crash+n1;" +
			"300000+split+n2,c1+%7C+n1,n3,c2&t=400000&h=0&panel=keys&select=n1",
		"#v=1&a=0+watch+a+--prefix;5+lease+grant+5;9+member+add+n4;9+compaction+1&t=90000",
		"#v=1&off=one-vote-per-term&a=1000+disk+n1+stall;2000+drift+n2+%2B20%25&t=5000",
		"#v=1&auto-compaction=periodic:1h&quota=64KiB&limits=article&a=5+load+--clients+3&t=20000", "#nonsense",
		"#v=1&select=v3+/pods/a&panel=x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, fragment string) {
		e := hasty()
		ticks(t, e, 8, wire.Action{Kind: wire.Open, Text: fragment})
		link := ticks(t, e, 1, wire.Action{Kind: wire.Pause}, wire.Action{Kind: wire.Share}).Link
		if link == "" || e.run.World().Now() > 10*sim.Second {
			return // too long for a link, or for a test
		}
		other := hasty()
		r := ticks(t, other, 1, wire.Action{Kind: wire.Open, Text: link})
		for n := 0; n < 2000 && r.Frame.Playback.Working != ""; n++ {
			r = ticks(t, other, 1)
		}
		if r.Frame.Playback.Working == "" && r.Frame.Run.Replay != wire.ReplayExact {
			t.Fatalf("%q is shared as %q, which replays %q", fragment, link, r.Frame.Run.Replay)
		}
	})
}

// FuzzActions lets a page ask whatever it likes: the engine has an answer that can be sent.
func FuzzActions(f *testing.F) {
	texts := []string{"put a 1", "help", "txn", "metrics n1", "members=5", "#v=1&members=5&t=90000", "n1", "keys",
		"election", "from /a", "split n1 |"}
	for kind := wire.Do; kind <= wire.KeysFrom; kind++ {
		f.Add(byte(kind), int64(kind)%3-1, texts[int(kind)%len(texts)], byte(wire.Step), int64(1), "")
	}
	for _, text := range texts {
		f.Add(byte(wire.Do), int64(1), text, byte(wire.Do), int64(1), text)
	}
	f.Fuzz(func(t *testing.T, kind byte, n int64, text string, then byte, thenN int64, thenText string) {
		e := hasty()
		ticks(t, e, 3, wire.Action{Kind: wire.ActionKind(kind), N: n, Text: text})
		ticks(t, e, 3, wire.Action{Kind: wire.ActionKind(then), N: thenN, Text: thenText})
	})
}
