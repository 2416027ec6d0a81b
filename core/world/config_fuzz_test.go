package world

import (
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/script"
)

// FuzzConfig holds that a configuration which is accepted can be started, and that its text form is accepted as the
// same, also as a line of a script.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"", "members=9 clients=4 preset=etcd seed=18446744073709551615", "snapshot-count=10 catch-up=1000000",
		"limits=article quota=64MiB",
		"quota=1 quota=8GiB limits=etcd", "auto-compaction=periodic:1h30m", "auto-compaction=article off=quorum",
		"auto-compaction=revision:1000 preset=wan",
		"auto-compaction=off preset=slow-disk members=0x3", "off=one-vote-per-term,pre-vote members=-1",
		"auto-compaction=periodic:0.5h quota=99999999999GiB",
	} {
		f.Add(seed)
	}
	for _, p := range Default().Pairs() {
		f.Add(p.Key + "=" + p.Value)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var pairs []Pair
		for word := range strings.FieldsSeq(text) {
			key, value, _ := strings.Cut(word, "=")
			pairs = append(pairs, Pair{key, value})
		}
		c, err := ParseConfig(pairs)
		if err != nil {
			return
		}
		if again, err := ParseConfig(c.Pairs()); err != nil || again != c {
			t.Fatalf("%q is %+v, prints as %v, is read as %+v, %v", text, c, c.Pairs(), again, err)
		}
		var line script.Config
		for _, p := range c.Pairs() {
			line.Pairs = append(line.Pairs, script.Pair{Key: p.Key, Value: p.Value})
		}
		list, err := script.ParseScript(line.String())
		if err != nil || len(list) != 1 || list[0].String() != line.String() {
			t.Fatalf("%q is read as %v, %v", line, list, err)
		}
		if _, err := New(c, nil); err != nil {
			t.Fatalf("%q cannot be started: %v", text, err)
		}
	})
}
