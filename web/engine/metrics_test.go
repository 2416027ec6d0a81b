package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/etcdscope/etcdscope/web/panels"
	"github.com/etcdscope/etcdscope/web/wire"
)

// TestMetricsCommand: the console prints a member's metrics, and the run does not notice.
func TestMetricsCommand(t *testing.T) {
	p := newPerson(t)
	before, tape := p.engine.run.World().Hash(), len(p.engine.run.World().Commanded())
	for _, c := range []struct{ line, kind, want string }{
		{"metrics n1 etcd_server_has_leader", "out", "etcd_server_has_leader "},
		{"metrics n1", "out", "process_start_time_seconds 1.7672256e+09"},
		{"metrics", "err", "metrics takes a member"},
		{"metrics n7", "err", "there is no member"},
		{"metrics n1 nothing", "err", `No metric begins with "nothing".`},
	} {
		r := p.does(wire.Action{Kind: wire.Do, Text: c.line, N: 1}, wire.Action{Kind: wire.Pause})
		found := false
		for _, l := range r.Lines {
			found = found || (l.Kind.String() == c.kind && strings.Contains(l.Text, c.want))
		}
		if !found {
			t.Errorf("%s: %v", c.line, r.Lines)
		}
	}
	if w := p.engine.run.World(); w.Hash() != before || len(w.Commanded()) != tape {
		t.Error("asking for metrics has changed the run")
	}
}

// TestMetricsAreMadeNowAndThen: while the run plays, two frames a second have metrics; whatever a person does has them
// at once.
func TestMetricsAreMadeNowAndThen(t *testing.T) {
	e := New(panels.Views())
	now := time.Unix(0, 0)
	e.now = func() time.Time { return now }
	tick := func(actions ...wire.Action) *wire.Frame {
		now = now.Add(50 * time.Millisecond)
		r, _ := e.Tick(wire.Tick{Version: wire.Version, Elapsed: 50_000, Actions: actions})
		return r.Frame
	}
	if f := tick(wire.Action{Kind: wire.Panel, Text: "metrics"}, wire.Action{Kind: wire.Play}); f.Content == nil {
		t.Error("the panel was asked for and is not there")
	}
	frames, made := 0, 0
	for range 40 {
		if f := tick(); f != nil {
			frames++
			if f.Content != nil {
				made++
			}
		}
	}
	if frames != 40 || made != 4 {
		t.Errorf("in 2 s metrics are made %d times in %d frames, want 4 in 40", made, frames)
	}
	if f := tick(wire.Action{Kind: wire.Select, Text: "n2"}); memberOf(t, f) != "n2" {
		t.Error("n2 was asked for and is not there")
	}
	if tick(); tick(wire.Action{Kind: wire.Pause}).Content == nil {
		t.Error("the run stands still with old metrics")
	}
}

// memberOf is the member whose metrics a frame shows.
func memberOf(t *testing.T, f *wire.Frame) string {
	var m wire.Metrics
	if f.Content == nil {
		return ""
	}
	if err := wire.Decode(f.Content.Data, &m); err != nil {
		t.Fatal(err)
	}
	return m.Member
}
