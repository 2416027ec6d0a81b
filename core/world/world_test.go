package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

func TestSmoke(t *testing.T) {
	w, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(500*sim.Millisecond, 1e6)
	if err := w.Do(script.Call{Call: api.Put{Key: "/pods/pod1", Value: "data1"}}); err != nil {
		t.Fatal(err)
	}
	w.Advance(600*sim.Millisecond, 1e6)
	j := w.Journal()
	for s := j.First(); s < j.Next(); s++ {
		r := j.At(s)
		if r.At > 300*sim.Millisecond && r.At < 490*sim.Millisecond {
			continue
		}
		t.Logf("%4d<-%-4d %-10v %-3v %-22s %s", r.Seq, r.Cause, r.At, r.Where, r.Verb(), r.Detail())
	}
	if w.Broken() != nil {
		t.Fatal(w.Broken())
	}
}
