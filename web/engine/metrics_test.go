package engine

import (
	"strings"
	"testing"

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
			found = found || (l.Kind == c.kind && strings.Contains(l.Text, c.want))
		}
		if !found {
			t.Errorf("%s: %v", c.line, r.Lines)
		}
	}
	if w := p.engine.run.World(); w.Hash() != before || len(w.Commanded()) != tape {
		t.Error("asking for metrics has changed the run")
	}
}
