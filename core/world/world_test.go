package world

import (
	"testing"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestFirstWrite: within half a second the visitor's run has a leader; a write is answered with the next revision and
// reaches every member.
func TestFirstWrite(t *testing.T) {
	w, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(500*sim.Millisecond, 1e6)
	if w.Leader() == nil {
		t.Fatal("nobody has been elected")
	}
	if err := w.Do(script.Call{Call: api.Put{Key: "/pods/pod1", Value: "data1"}}); err != nil {
		t.Fatal(err)
	}
	w.Advance(600*sim.Millisecond, 1e6)
	h := w.History()
	if h.Len() != 1 || h.Ref(0).Outcome != client.Acknowledged || h.Ref(0).Response.Header.Revision != 2 {
		t.Fatalf("%d operations have ended: %+v", h.Len(), h)
	}
	for i, m := range w.Members() {
		kv, found, err := m.Store().Get("/pods/pod1", 0)
		if !found || err != nil || kv.Value != "data1" || kv.ModRevision != 2 {
			t.Errorf("%v has %+v, %v, %v", sim.Member(i+1), kv, found, err)
		}
	}
	if w.Broken() != nil {
		t.Fatal(w.Broken())
	}
}
