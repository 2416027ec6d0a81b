package world

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// TestSettings reads settings and prints them again: what is a default is left out, sizes and modes get their shortest
// form.
func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"limits=etcd":                 "",
		"limits=article":              "limits=article",
		"quota=67108864":              "quota=64MiB",
		"quota=8GiB":                  "quota=8GiB",
		"quota=65537":                 "quota=65537",
		"auto-compaction=off":         "",
		"auto-compaction=periodic:0":  "",
		"auto-compaction=periodic:90": "! auto-compaction: want at most 24h",
		"auto-compaction=periodic:10m limits=article":     "limits=article auto-compaction=periodic:10m",
		"auto-compaction=revision:1000":                   "auto-compaction=revision:1000",
		"auto-compaction=article":                         "auto-compaction=article",
		"initial-corrupt-check=true compact-hash-check=1": "initial-corrupt-check=true compact-hash-check=true",
		"corrupt-check-time=90s":                          "corrupt-check-time=90s",
		"corrupt-check-time=0":                            "",
		"compact-hash-check-time=2m":                      "compact-hash-check-time=2m",
		"compact-hash-check-time=0":                       "! compact-hash-check-time: want a time such as 1m",
		"corrupt-check-time=48h":                          "! corrupt-check-time: want a time such as 1m, at most 24h",
		"initial-corrupt-check=maybe":                     "! initial-corrupt-check: want true or false",
		"limits=none":                                     "! limits: want etcd or article, got \"none\"",
		"quota=0":                                         "! quota: want a size such as 64MiB",
		"quota=9GiB":                                      "! quota: want from 64KiB to 8GiB, got 9GiB",
		"quota=-1":                                        "! quota: want a size such as 64MiB",
		"quota=99999999999999GiB":                         "! quota: want a size such as 64MiB",
		"auto-compaction=hourly": "! auto-compaction: want off, article, periodic:1h or " +
			"revision:1000, got \"hourly\"",
		"auto-compaction=revision:1h": "! auto-compaction: want off",
		"progress-notify=5s":          "progress-notify=5s",
		"progress-notify=99ms":        "! progress-notify: want from 100ms to 10m",
		"progress-notify=5":           "! progress-notify: want a time such as 5s",
		"memory=2GiB":                 "memory=2GiB",
		"memory=1MiB":                 "! memory: want from 64MiB to 3GiB, got 1MiB",
		"memory=much":                 "! memory: want a size such as 64MiB",
		"size=3":                      "! unknown setting \"size\"",
	} {
		var pairs []Pair
		for _, f := range strings.Fields(text) {
			key, value, _ := strings.Cut(f, "=")
			pairs = append(pairs, Pair{key, value})
		}
		c, err := ParseConfig(pairs)
		if want, bad := strings.CutPrefix(want, "! "); bad {
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", text, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, p := range c.Pairs()[4:] {
			got = append(got, p.Key+"="+p.Value)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: printed as %q, want %q", text, s, want)
		}
		if again, err := ParseConfig(c.Pairs()); err != nil || again != c {
			t.Errorf("%s: read back as %+v, %v", text, again, err)
		}
	}
}

// TestSettingsOfTheLanguage: each key that the language knows is read, and printed if it is not the default; a new
// one needs a value here.
func TestSettingsOfTheLanguage(t *testing.T) {
	values := map[string]string{
		"members": "5", "clients": "3", "preset": "wan", "seed": "9", "snapshot-count": "100", "catch-up": "50",
		"limits": "article", "quota": "1MiB", "memory": "2GiB", "auto-compaction": "revision:10", "progress-notify": "5s",
		"initial-corrupt-check": "true", "corrupt-check-time": "1m", "compact-hash-check": "true",
		"compact-hash-check-time": "2m", "off": "pre-vote",
	}
	var all []Pair
	for _, s := range script.Settings() {
		all = append(all, Pair{s.Key, values[s.Key]})
	}
	c, err := ParseConfig(all)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Pairs(); !slices.Equal(got, all) {
		t.Errorf("printed as %v, want %v", got, all)
	}
	for _, s := range script.Settings() {
		if s.Default == "" {
			continue
		}
		if c, err := ParseConfig([]Pair{{s.Key, s.Default}}); err != nil || !sameRun(c) {
			t.Errorf("%s=%s is said to be the default, and makes another run: %+v, %v", s.Key, s.Default, c, err)
		}
	}
}

// sameRun reports whether a config says in other words what the default does.
func sameRun(c Config) bool {
	plain := Default()
	p, err := plain.preset()
	if err != nil {
		return false
	}
	a, b := c.member(p), plain.member(p)
	a.Quota, b.Quota = cmp.Or(a.Quota, etcd.DefaultQuota), cmp.Or(b.Quota, etcd.DefaultQuota)
	a.ProgressNotify, b.ProgressNotify = cmp.Or(a.ProgressNotify, 10*sim.Minute), cmp.Or(b.ProgressNotify, 10*sim.Minute)
	return *a == *b && c.Clients == plain.Clients && c.Preset == plain.Preset && c.MemoryBudget() == plain.MemoryBudget()
}
