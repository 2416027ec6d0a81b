// Package document runs transcripts: files of scripts with what came of them, for tests to check and for people to
// read.
//
// A file is a conversation with one world. Each block holds lines of a script; below them stands what happened at the
// hosts that the block is about:
//
//	script only=(n1,c1)
//	put /pods/pod1 data1
//	run 20ms
//	----
//	> put /pods/pod1 data1
//	   100.000 ms  c1   calls                put /pods/pod1 data1 at n1
//	…
//
// The flag v tells of heartbeats and arrivals, too; skip tells nothing but failures. A config line begins a new world.
package document

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/internal/runner"
)

// Walk runs all transcripts of a folder. With -rewrite it writes down what happens now.
func Walk(t *testing.T, dir string) {
	datadriven.Walk(t, dir, func(t *testing.T, path string) {
		var r *runner.Runner
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var text string
			r, text = block(t, r, d)
			return text
		})
	})
}

// block carries out one block and returns what is to stand below it.
func block(t *testing.T, r *runner.Runner, d *datadriven.TestData) (*runner.Runner, string) {
	t.Helper()
	list, err := script.ParseScript(d.Input)
	if err != nil || d.Cmd != "script" || len(list) == 0 {
		d.Fatalf(t, "want script lines below script: %v", err)
	}
	var b strings.Builder
	o := runner.Options{Out: &b, Verbose: d.HasArg("v")}
	for _, a := range d.CmdArgs {
		if a.Key == "only" {
			o.Only = a.Vals
		}
	}
	if d.HasArg("skip") {
		o.Out = nil
	}
	if _, fresh := list[0].(script.Config); fresh {
		if r, err = runner.Begin(list, o); err != nil {
			d.Fatalf(t, "%v", err)
		}
	} else {
		r.Print(o)
	}
	known := len(r.Continue(nil).Failed())
	for _, c := range r.Continue(list).Failed()[known:] {
		t.Errorf("%s: %s: %s", d.Pos, c.Text, c.Seen)
	}
	if v := r.Continue(nil).World.Broken(); v != nil && o.Out == nil {
		t.Errorf("%s: %v", d.Pos, v)
	}
	return r, b.String()
}
