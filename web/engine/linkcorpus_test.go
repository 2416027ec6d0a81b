package engine

import (
	"os"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/sim"
	"github.com/etcdscope/etcdscope/core/version"
	"github.com/etcdscope/etcdscope/web/link"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestOldLinks opens links that were made once, and stay in testdata/links.txt for ever: each still leads to the run,
// at its moment, and either to the very state that it names, or the page says that the simulator has changed since.
// Nobody takes a line out; whoever changes what a link can say adds one.
func TestOldLinks(t *testing.T) {
	data, err := os.ReadFile("testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Fields(string(data)) {
		made, err := link.Decode(text, nil)
		if err != nil {
			t.Errorf("%.80s… cannot be read any more: %v", text, err)
			continue
		}
		p := newPerson(t)
		r, told := p.opens(text)
		w := p.engine.run.World()
		if tape, _ := p.engine.run.Tape(); len(tape) != len(made.Tape) || w.Now() != made.At {
			t.Errorf("%.80s… leads to %v with %d commands, want %v and %d", text, w.Now(), len(tape), made.At, len(made.Tape))
		}
		want, sentence := wire.ReplayExact, "This link replays exactly"
		if shortHash(w.Hash()) != made.Hash {
			want, sentence = wire.ReplayDiffers, "The simulator has changed since this link was made"
		}
		if r.Frame.Run.Replay != want || !strings.Contains(told, sentence) {
			t.Errorf("%.80s… replays %q, and the page says %q, want %q", text, r.Frame.Run.Replay, told, sentence)
		}
	}
}

// TestLinkOfAnotherModel opens a link that another version of the simulator has made: with a hash that is not reached
// both versions are named, and without one, too.
func TestLinkOfAnotherModel(t *testing.T) {
	for text, want := range map[string]string{
		"#v=1&m=0.0.1&members=3&t=1000000&h=00000001": "with etcdscope 0.0.1, and this is " + version.Current,
		"#v=1&m=0.0.1&members=3&t=1000000":            "made with etcdscope 0.0.1, and this is " + version.Current,
		"#v=1&members=3&t=1000000&h=00000001":         "changed since this link was made: this run differs",
	} {
		p := newPerson(t)
		r, told := p.opens(text)
		if r.Frame.Run.Replay != wire.ReplayDiffers || !strings.Contains(told, want) ||
			p.engine.run.World().Now() != sim.Second {
			t.Errorf("%s replays %q, and the page says %q", text, r.Frame.Run.Replay, told)
		}
	}
}

// opens follows a link to its moment, and returns what the page says on the way.
func (p *person) opens(text string) (r wire.Reply, told string) {
	p.t.Helper()
	actions := []wire.Action{{Kind: wire.Open, Text: text}}
	for range 10_000 {
		r = p.does(actions...)
		for _, l := range r.Lines {
			told += l.Text + "\n"
		}
		if actions == nil && r.Frame.Playback.Working == "" {
			return r, told
		}
		actions = nil
	}
	p.t.Fatal("the work does not end")
	return r, told
}
