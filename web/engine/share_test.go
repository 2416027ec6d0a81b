package engine

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/world"
	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// person is somebody at the page: she acts, and lets time pass.
type person struct {
	t      *testing.T
	engine *Engine
	seq    uint64
}

func newPerson(t *testing.T) *person { return &person{t: t, engine: New(panels.Views())} }

func (p *person) does(actions ...wire.Action) wire.Reply {
	p.t.Helper()
	p.seq++
	r, _ := p.engine.Tick(wire.Tick{Version: wire.Version, Seq: p.seq, Actions: actions, Full: true})
	if r.Fatal != "" || r.Seq != p.seq {
		p.t.Fatalf("tick %d was answered %d: %s", p.seq, r.Seq, r.Fatal)
	}
	return r
}

// waits until long work is done.
func (p *person) waits() wire.Reply {
	p.t.Helper()
	for range 10_000 {
		if r := p.does(); r.Frame.Playback.Working == "" {
			return r
		}
	}
	p.t.Fatal("the work does not end")
	return wire.Reply{}
}

// lives through a run with faults and acts in its past, too.
func (p *person) lives() {
	p.does(wire.Action{Kind: wire.Pause}, wire.Action{Kind: wire.Fresh, Text: "members=5 clients=2 preset=etcd seed=11"})
	p.does(wire.Action{Kind: wire.Seek, N: int64(4 * sim.Second)})
	p.waits()
	for _, text := range []string{"put /pods/pod1 data1", "crash n1", "put /pods/pod2 \"two words\" --client c2",
		"split n2,c1 | n1,n3,n4,n5,c2"} {
		p.does(wire.Action{Kind: wire.Do, Text: text})
		p.does(wire.Action{Kind: wire.Step, N: 1}, wire.Action{Kind: wire.Step, N: 1})
	}
	p.does(wire.Action{Kind: wire.Seek, N: int64(8 * sim.Second)})
	p.waits()
	p.does(wire.Action{Kind: wire.Seek, N: int64(4500 * sim.Millisecond)})
	p.does(wire.Action{Kind: wire.Do, Text: "restart n1"}, wire.Action{Kind: wire.Select, Text: "n1"},
		wire.Action{Kind: wire.Panel, Text: "keys"})
	p.does(wire.Action{Kind: wire.Seek, N: int64(6 * sim.Second)})
	p.waits()
}

// TestLinkHash shares a run and opens the link elsewhere: the same instant, the same hashes, and the page says so.
func TestLinkHash(t *testing.T) {
	a, b := newPerson(t), newPerson(t)
	a.lives()
	link := a.does(wire.Action{Kind: wire.Share}).Link
	if !strings.HasPrefix(link, "#v=1&") {
		t.Fatalf("the link is %q", link)
	}
	b.does(wire.Action{Kind: wire.Open, Text: link})
	f := b.waits().Frame
	if f.Run.Replay != wire.ReplayExact {
		t.Errorf("the link replays %q", f.Run.Replay)
	}
	aw, bw := a.engine.run.World(), b.engine.run.World()
	if aw.Hash() != bw.Hash() || aw.Journal().Hash() != bw.Journal().Hash() || aw.Now() != bw.Now() {
		t.Errorf("the link of %v, state %x, leads to %v, state %x", aw.Now(), aw.Hash(), bw.Now(), bw.Hash())
	}
	if b.engine.lens.Select.String() != "n1" || b.engine.lens.Panel != "keys" {
		t.Errorf("the link shows %+v", b.engine.lens)
	}
	if again := b.does(wire.Action{Kind: wire.Share}).Link; again != link {
		t.Errorf("shared again, the link is\n%s, it was\n%s", again, link)
	}
	b.does(wire.Action{Kind: wire.Do, Text: "crash n4"})
	if f := b.does().Frame; f.Run.Replay != wire.NoReplay {
		t.Errorf("after a command of one's own the page still says that the link replays %q", f.Run.Replay)
	}
}

// TestTamperedLink changes the hash, the seed, the tape of a link: each leads to another state than the one it names.
func TestTamperedLink(t *testing.T) {
	a := newPerson(t)
	a.lives()
	link := a.does(wire.Action{Kind: wire.Share}).Link
	hash := link[strings.Index(link, "&h=")+3:][:8]
	for what, other := range map[string]string{
		"hash":  strings.Replace(link, hash, "00000001", 1),
		"seed":  strings.Replace(link, "seed=11", "seed=12", 1),
		"tape":  strings.Replace(link, "data1", "data2", 1),
		"fault": strings.Replace(link, "crash+n1", "crash+n2", 1),
	} {
		if other == link {
			t.Fatalf("the link has no %s to change: %s", what, link)
		}
		b := newPerson(t)
		b.does(wire.Action{Kind: wire.Open, Text: other})
		if f := b.waits().Frame; f.Run.Replay != wire.ReplayDiffers {
			t.Errorf("with another %s the link replays %q", what, f.Run.Replay)
		}
	}
}

// TestHostileLinks opens links that no engine made. The run must stay as it was, and the person must be told why.
func TestHostileLinks(t *testing.T) {
	p := newPerson(t)
	p.does(wire.Action{Kind: wire.Pause})
	run, hash := p.engine.run, p.engine.run.World().Hash()
	for _, link := range []string{
		"#nonsense", "#v=1&members=99", "#v=1&members=-1", "#v=1&clients=0&members=3", "#v=1&preset=fast", "#v=2",
		"#v=1&z=AAAA", "#v=1&z=" + strings.Repeat("A", 1<<21),
		"#v=1&a=5+put+a+b;4+put+a+b", "#v=1&a=1+rm+-rf", "#v=1&t=-5", "#v=1&t=99999999999999999999", "#v=1&off=gravity",
		"#v=1&s=nowhere",
		"#v=1&seed=%zz", "#v=1&h=xyz", "#v=1&panel=<script>", "#v=1&a=1000+put+a+" + strings.Repeat("x", 5000),
	} {
		r := p.does(wire.Action{Kind: wire.Open, Text: link})
		if p.engine.run != run || p.engine.run.World().Hash() != hash {
			t.Fatalf("%.60s: the run has changed", link)
		}
		if len(r.Lines) != 1 || r.Lines[0].Kind != wire.LineErr || r.Frame.Run.Replay != wire.NoReplay ||
			r.Frame.Playback.Working != "" {
			t.Errorf("%.60s was answered %+v", link, r.Lines)
		}
	}
}

// TestFreshHash holds that a fresh run is the same for everybody.
func TestFreshHash(t *testing.T) {
	a, b := New(panels.Views()), New(panels.Views())
	if a.run.World().Hash() != b.run.World().Hash() || a.run.Config() != world.Default() {
		t.Errorf("two fresh runs of %+v differ", a.run.Config())
	}
}
