package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestOffline carries out etcdutl defrag and migrate on directories that are in use, that are not, and that are not
// there.
func TestOffline(t *testing.T) {
	w, err := New(Config{Members: 3, Clients: 1, Preset: "etcd", Seed: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(3*sim.Second, 1e9)
	do := func(line, want string) {
		t.Helper()
		c, err := script.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		got, before := "", w.Said().Len()
		if err := w.Do(c); err != nil {
			got = err.Error()
		} else if n := w.Said().Len(); n > before {
			_, got, _ = w.Said().Ref(n - 1).Print()
		}
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
		w.Advance(w.Now()+2*sim.Second, 1e9)
	}
	do("snapshot restore none.db", "Error: open none.db: no such file or directory\n")
	do("load 300/s --val-size 1000 --key-space-size 10", "")
	do("load off", "")
	do("compaction 500", "")
	do("etcdutl defrag --data-dir n3.etcd", "n3 is running")
	do("migrate --data-dir n3.etcd --target-version 3.5", "n3 is running")
	do("crash n3", "")
	m := w.Members()[2]
	_, before, _ := m.Directory().Defragmented()
	clone := w.Clone()
	do("etcdutl defrag --data-dir ./n3.etcd/", "")
	if _, after, least := m.Directory().Defragmented(); after >= before/2 || after != least {
		t.Errorf("the file is %d bytes long, it was %d and could be %d", after, before, least)
	}
	if _, size, _ := clone.Members()[2].Directory().Defragmented(); size != before {
		t.Error("the clone's file is another")
	}
	do("migrate --data-dir n3.etcd --target-version 3.5", "")
	do("etcdutl defrag --data-dir d",
		"Error: Failed to defragment etcd data[d] (stat d/member/snap/db: no such file or directory)\n")
	do("migrate --data-dir d --target-version 3.6", "Error: stat d/member/snap/db: no such file or directory\n")
	do("restart n3 --data-dir d", "")
	do("etcdutl defrag --data-dir n3.etcd", "") // which n3 does not use now
	do("restart n3 --data-dir n3.etcd", "")
	do("etcdutl defrag --data-dir n3.etcd", "n3 is running")
	do("snapshot save f --endpoint n1", "")
	do("snapshot restore f --name n1 --data-dir d --initial-cluster n1=http://n1:2380 --initial-advertise-peer-urls "+
		"http://n1:2380", "")
	do("etcdutl defrag --data-dir d", "")
	do("snapshot restore f --name n2 --data-dir d --initial-cluster n2=http://n2:2380 --initial-advertise-peer-urls "+
		"http://n2:2380", "")
	do("etcdutl defrag --data-dir d", "n1 and n2 both have a directory d")
	if b := w.Broken(); b != nil || w.Leader() == nil {
		t.Errorf("%v", b)
	}
}
