package script

import (
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Setting is a key of a run's config: of a script's config line, and of a link. What it may be stands here, once; the
// world reads and prints the values (core/world, Config).
type Setting struct {
	Key         string
	Kind        SettingKind
	Default     string
	Least, Most int64 // of a Number, in bytes of a Size, in microseconds of a Span
	Text        string
	Local       bool // it belongs to the machine that the run is on: links leave it out
}

// SettingKind is what the value of a setting is.
type SettingKind uint8

// The kinds of settings. A Size is a number of bytes such as 64MiB, a Span a time such as 5s; of Words, which there are
// stands in the text.
const (
	Number SettingKind = iota
	Words
	Size
	Span
	Switch // true or false
)

// settings are in the order in which they are printed.
var settings = [...]Setting{
	{Key: "members", Least: 1, Most: MembersMax, Default: "3", Text: "how many members found the cluster"},
	{Key: "clients", Least: 1, Most: ClientsMax, Default: "2", Text: "how many clients there are"},
	{Key: "preset", Kind: Words, Default: "article", Text: "article, etcd, wan or slow-disk: network, disks and timers"},
	{Key: "seed", Default: "1", Most: -1, Text: "all chance"},
	{Key: "snapshot-count", Default: "10000", Most: entriesMost, Text: "--snapshot-count"},
	{Key: "catch-up", Default: "5000", Most: entriesMost, Text: "--snapshot-catchup-entries"},
	{Key: "limits", Kind: Words, Default: "etcd", Text: "etcd or article: the limits on keys and values"},
	// From the size of an empty database up to what etcd's page recommends as the most (op-guide/maintenance.md,
	// storage/quota.go).
	{Key: "quota", Kind: Size, Default: "2GiB", Least: 64 << 10, Most: 8 << 30, Text: "--quota-backend-bytes"},
	// From what an hour of a small cluster at rest takes to what WebAssembly can address, less some room for garbage.
	{Key: "memory", Kind: Size, Default: "1GiB", Least: 64 << 20, Most: 3 << 30,
		Text:  "what the page may take for the run",
		Local: true},
	{Key: "auto-compaction", Kind: Words, Default: "off", Text: "off, article, periodic:1h or revision:1000"},
	// From etcd's least (v3rpc/watch.go, minWatchProgressInterval) up to its default.
	{Key: "progress-notify", Kind: Span, Default: "10m", Least: int64(100 * sim.Millisecond),
		Most: int64(10 * sim.Minute), Text: "--watch-progress-notify-interval"},
	{Key: "initial-corrupt-check", Kind: Switch, Default: "false", Text: "--feature-gates=InitialCorruptCheck=true"},
	{Key: "corrupt-check-time", Kind: Span, Default: "0", Most: int64(TimeMax),
		Text: "--corrupt-check-time"},
	{Key: "compact-hash-check", Kind: Switch, Default: "false", Text: "--feature-gates=CompactHashCheck=true"},
	{Key: "compact-hash-check-time", Kind: Span, Default: "1m", Least: 1, Most: int64(TimeMax),
		Text: "--compact-hash-check-time"},
	{Key: "off", Kind: Words, Text: "rules that are switched off, with commas between"},
}

// entriesMost bounds settings that count entries: a hundred times etcd's.
const entriesMost = 1_000_000

// SettingOf returns the setting of a key; nil if there is none.
func SettingOf(key string) *Setting {
	for i := range settings {
		if settings[i].Key == key {
			return &settings[i]
		}
	}
	return nil
}

// Settings returns all settings, which nobody writes to.
func Settings() []Setting { return settings[:] }

// SettingKeys returns the keys as a list for a sentence: "members, clients and off".
func SettingKeys() string {
	keys := make([]string, len(settings))
	for i := range settings {
		keys[i] = settings[i].Key
	}
	n := len(keys) - 1
	return strings.Join(keys[:n], ", ") + " and " + keys[n]
}

// Holds reports whether a value lies within the setting's limits; a Most below 0 is no limit.
func (s *Setting) Holds(v int64) bool { return v >= s.Least && (s.Most < 0 || v <= s.Most) }
