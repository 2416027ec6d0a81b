package world

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The settings that bound what a cluster holds, and how often watches hear of it. They stand in a script's config line,
// and in links:
//
//	limits=article  quota=64MiB  auto-compaction=periodic:1h  progress-notify=5s
//
// Beside them stands what the page may take for the run: memory=2GiB.

// The limits of the article: keys of about 512 KB, values of about 1 MB. etcd has one limit, of 1.5 MiB on a whole
// request.
const (
	limitsArticle = "article"
	articleKey    = 512 << 10
	articleValue  = 1 << 20
)

// DefaultMemory is what a page may take for a run if nothing else is said.
const DefaultMemory = 1 << 30

// MemoryBudget returns how many bytes the page may take for the run.
func (c Config) MemoryBudget() int64 { return cmp.Or(c.Memory, DefaultMemory) }

// compactionArticle is the article's automatic compaction, every six hours, keeping one hour.
const compactionArticle = "article"

func (c Config) checkLimits() error {
	switch {
	case c.Limits != "" && c.Limits != limitsArticle:
		return fmt.Errorf("%w: limits: want etcd or article, got %q", ErrConfig, c.Limits)
	case c.AutoCompaction.Period > script.TimeMax || c.AutoCompaction.Every > script.TimeMax:
		return fmt.Errorf("%w: auto-compaction: want at most %s, got %s", ErrConfig, hours(script.TimeMax),
			compaction(c.AutoCompaction))
	}
	for _, n := range [...]struct {
		key   string
		value int64
		print func(int64) string
	}{
		{"quota", c.Quota, Size}, {"memory", c.Memory, Size},
		{"progress-notify", int64(c.ProgressNotify), func(n int64) string { return hours(sim.Time(n)) }},
	} {
		if n.value == 0 {
			continue // the default
		}
		if err := within(n.key, n.value, n.print); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) setLimit(p Pair) (err error) {
	switch p.Key {
	case "limits":
		if c.Limits = p.Value; c.Limits == "etcd" {
			c.Limits = ""
		}
	case "quota":
		c.Quota, err = parseSize(p)
	case "memory":
		c.Memory, err = parseSize(p)
	case "progress-notify":
		if c.ProgressNotify, err = sim.ParseTime(p.Value); err != nil {
			err = fmt.Errorf("%w: progress-notify: want a time such as 5s, got %q", ErrConfig, p.Value)
		}
	default:
		c.AutoCompaction, err = parseCompaction(p.Value)
	}
	return err
}

// limits returns those settings that are not etcd's defaults.
func (c Config) limits() (pairs []Pair) {
	if c.Limits != "" {
		pairs = append(pairs, Pair{"limits", c.Limits})
	}
	if c.Quota != 0 {
		pairs = append(pairs, Pair{"quota", Size(c.Quota)})
	}
	if c.Memory != 0 {
		pairs = append(pairs, Pair{"memory", Size(c.Memory)})
	}
	if c.AutoCompaction != (compact.Setting{}) {
		pairs = append(pairs, Pair{"auto-compaction", compaction(c.AutoCompaction)})
	}
	if c.ProgressNotify != 0 {
		pairs = append(pairs, Pair{"progress-notify", c.ProgressNotify.String()})
	}
	return pairs
}

// units of sizes, from large to small.
var sizes = [...]struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// Size prints a number of bytes with the largest unit that it is a multiple of.
func Size(n int64) string {
	for _, u := range sizes[:3] {
		if n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func parseSize(p Pair) (int64, error) {
	for _, u := range sizes {
		digits, is := strings.CutSuffix(p.Value, u.name)
		if !is {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 63)
		if err != nil || n == 0 || n > 1<<62/uint64(u.bytes) {
			break
		}
		return int64(n) * u.bytes, nil
	}
	return 0, fmt.Errorf("%w: %s: want a size such as 64MiB, 2GiB or a number of bytes, got %q", ErrConfig, p.Key, p.Value)
}

// compaction prints a setting as parseCompaction reads it.
func compaction(s compact.Setting) string {
	switch {
	case s == compact.Article():
		return compactionArticle
	case s.Mode == compact.Revision:
		return "revision:" + strconv.FormatInt(s.Keep, 10)
	case s.Mode == compact.Periodic:
		return "periodic:" + hours(s.Period)
	}
	return "off"
}

// hours prints a period in hours or minutes if it is whole ones.
func hours(t sim.Time) string {
	for _, u := range [...]struct {
		size sim.Time
		name string
	}{{sim.Hour, "h"}, {sim.Minute, "m"}} {
		if t%u.size == 0 {
			return strconv.FormatInt(int64(t/u.size), 10) + u.name
		}
	}
	return t.String()
}

// parseCompaction reads off, article, or etcd's mode and retention with a colon between.
func parseCompaction(text string) (compact.Setting, error) {
	switch text {
	case "off":
		return compact.Setting{}, nil
	case compactionArticle:
		return compact.Article(), nil
	}
	mode, retention, _ := strings.Cut(text, ":")
	s, err := compact.Parse(mode, retention)
	if err != nil {
		return s, fmt.Errorf("%w: auto-compaction: want off, article, periodic:1h or revision:1000, got %q", ErrConfig, text)
	}
	return s, nil
}

// MostBytes returns the most bytes that a key and a value may have; 0: as many as a request takes.
func (c Config) MostBytes() (key, value int) {
	if c.Limits == limitsArticle {
		return articleKey, articleValue
	}
	return 0, 0
}
