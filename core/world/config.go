package world

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/compact"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/raft"
	"github.com/etcdscope/etcdscope/core/rule"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// Config is everything about a run but its tape. Its text form (Pairs, ParseConfig) stands in links and scripts.
type Config struct {
	Members int    // 1 to 9; default 3
	Clients int    // 1 to 4; default 2
	Preset  string // of times: see Presets; default "article"
	Seed    uint64 // all chance; default 1
	Off     rule.Set

	SnapshotCount uint64 // --snapshot-count; 0 is etcd's default, 10,000
	CatchUp       uint64 // --snapshot-catchup-entries; 0 is etcd's default, 5,000

	Limits         string          // on keys and values: "" as etcd has them, or "article"
	Quota          int64           // --quota-backend-bytes; 0 is etcd's default, 2 GiB
	Checks                         // for corruption
	AutoCompaction compact.Setting // --auto-compaction-mode and -retention; the zero one is etcd's default, off
	ProgressNotify sim.Time        // --watch-progress-notify-interval; 0 is etcd's default, ten minutes

	// Memory is how many bytes the page may take for the run; 0: DefaultMemory. It belongs to the machine, not to the run:
	// nothing that happens depends on it, and links leave it out. See Run.Thin.
	Memory int64
}

// Preset is a set of times: how fast network and disks are, and how the members' timers are set.
type Preset struct {
	Name, Text    string
	Tick          sim.Time // --heartbeat-interval
	ElectionTicks int      // --election-timeout in ticks
	ApplyCost     sim.Time
	WriteCost     sim.Time // of the disk, for each entry of a batch
	DiskRate      int      // bytes per microsecond that it writes
	Costs         Costs
	Peer, Client  []sim.Quantile // one-way latency
	Fsync         []sim.Quantile
}

// Presets are the choices, the default first. Each says where its figures come from.
var Presets = []Preset{
	{
		// The article: elections in 150–300 ms, a write of 5 + 10 + 5 + 5 ms with a p99 of 100 ms, which here is the disk's,
		// and about 5,000 writes a second at the most, since a disk of so many operations a second takes each entry of a
		// batch. etcd wants an election timeout of at least five heartbeats, hence 30 ms. What it promises is measured by
		// etcdscope article.
		Name: "article", Text: "the figures of the article: elections in 150–300 ms, a write in about 25 ms",
		Tick: 30 * sim.Millisecond, ElectionTicks: 5, ApplyCost: 20, WriteCost: 170, DiskRate: 100,
		Costs: Costs{Write: 30, Read: 25, Forward: 20, Flush: 500, Message: 550, Byte: 700},
		Peer: []sim.Quantile{{PPM: 0, At: 1_500}, {PPM: 100_000, At: 2_300}, {PPM: 900_000, At: 2_700},
			{PPM: 990_000, At: 4_500}, {PPM: 1_000_000, At: 8_000}},
		Client: []sim.Quantile{{PPM: 0, At: 4_500}, {PPM: 100_000, At: 4_800}, {PPM: 900_000, At: 5_200},
			{PPM: 990_000, At: 8_000}, {PPM: 1_000_000, At: 12_000}},
		Fsync: []sim.Quantile{{PPM: 0, At: 7_000}, {PPM: 100_000, At: 8_500}, {PPM: 500_000, At: 9_500},
			{PPM: 960_000, At: 11_000}, {PPM: 982_000, At: 60_000}, {PPM: 990_000, At: 88_000}, {PPM: 1_000_000, At: 110_000}},
	},
	{
		// etcd's defaults (embed/config.go), an SSD and a data centre's network (op-guide/performance.md): a lone client gets
		// about 600 writes a second of 1.6 ms, a thousand of them 45,000 of 22 ms, because a member's processor takes 20 µs
		// for each.
		Name: "etcd", Text: "etcd's defaults in one data centre: heartbeats every 100 ms, elections after 1–2 s",
		Tick: 100 * sim.Millisecond, ElectionTicks: 10, ApplyCost: 15, WriteCost: 2, DiskRate: 125,
		Costs: Costs{Write: 20, Read: 16, Forward: 13, Flush: 500, Message: 550, Byte: 700},
		Peer: []sim.Quantile{{PPM: 0, At: 80}, {PPM: 500_000, At: 120}, {PPM: 990_000, At: 400},
			{PPM: 1_000_000, At: 3_000}},
		Client: []sim.Quantile{{PPM: 0, At: 80}, {PPM: 500_000, At: 130}, {PPM: 990_000, At: 380},
			{PPM: 1_000_000, At: 4_000}},
		Fsync: []sim.Quantile{{PPM: 0, At: 250}, {PPM: 500_000, At: 650}, {PPM: 900_000, At: 1_000},
			{PPM: 990_000, At: 4_000}, {PPM: 1_000_000, At: 10_000}},
	},
	{
		// Members on two continents, with the timers that etcd's tuning page recommends for it (tuning.md).
		Name: "wan", Text: "members on two continents: 70 ms between them, heartbeats every 300 ms, elections after 3–6 s",
		Tick: 300 * sim.Millisecond, ElectionTicks: 10, ApplyCost: 15, WriteCost: 2, DiskRate: 125,
		Costs: Costs{Write: 20, Read: 16, Forward: 13, Flush: 500, Message: 550, Byte: 700},
		Peer: []sim.Quantile{{PPM: 0, At: 60_000}, {PPM: 500_000, At: 70_000}, {PPM: 990_000, At: 95_000},
			{PPM: 1_000_000, At: 150_000}},
		Client: []sim.Quantile{{PPM: 0, At: 2_000}, {PPM: 500_000, At: 5_000}, {PPM: 990_000, At: 20_000},
			{PPM: 1_000_000, At: 40_000}},
		Fsync: []sim.Quantile{{PPM: 0, At: 400}, {PPM: 500_000, At: 900}, {PPM: 990_000, At: 4_000},
			{PPM: 1_000_000, At: 12_000}},
	},
	{
		// A disk that others use too. While it syncs, etcd's loop stands still; see core/etcd.
		Name: "slow-disk", Text: "etcd's defaults on an overloaded disk: an fsync takes 60 ms, now and then a second",
		Tick: 100 * sim.Millisecond, ElectionTicks: 10, ApplyCost: 15, WriteCost: 2, DiskRate: 125,
		Costs: Costs{Write: 20, Read: 16, Forward: 13, Flush: 500, Message: 550, Byte: 700},
		Peer: []sim.Quantile{{PPM: 0, At: 120}, {PPM: 500_000, At: 250}, {PPM: 990_000, At: 800},
			{PPM: 1_000_000, At: 3_000}},
		Client: []sim.Quantile{{PPM: 0, At: 150}, {PPM: 500_000, At: 300}, {PPM: 990_000, At: 1_000},
			{PPM: 1_000_000, At: 4_000}},
		Fsync: []sim.Quantile{{PPM: 0, At: 15_000}, {PPM: 500_000, At: 60_000}, {PPM: 950_000, At: 300_000},
			{PPM: 1_000_000, At: 1_400_000}},
	},
}

// ErrConfig is what Validate and ParseConfig wrap.
var ErrConfig = errors.New("world: bad configuration")

// Default is the run that a visitor sees first.
func Default() Config { return Config{Members: 3, Clients: 2, Preset: Presets[0].Name, Seed: 1} }

// Validate says what is wrong, and what was wanted.
func (c Config) Validate() error {
	for _, n := range [...]struct {
		key   string
		value uint64
	}{{"members", uint64(c.Members)}, {"clients", uint64(c.Clients)}, {"snapshot-count", c.SnapshotCount},
		{"catch-up", c.CatchUp}} {
		if err := within(n.key, int64(min(n.value, math.MaxInt64)), decimal); err != nil {
			return err
		}
	}
	if _, err := c.preset(); err != nil {
		return err
	}
	return c.checkLimits()
}

// within says how a value lies outside its setting's limits, which are printed as the value is.
func within(key string, v int64, print func(int64) string) error {
	if s := script.SettingOf(key); !s.Holds(v) {
		return fmt.Errorf("%w: %s: want from %s to %s, got %s", ErrConfig, key, print(s.Least), print(s.Most), print(v))
	}
	return nil
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (c Config) preset() (*Preset, error) {
	names := make([]string, len(Presets))
	for i := range Presets {
		if names[i] = Presets[i].Name; names[i] == c.Preset {
			return &Presets[i], nil
		}
	}
	return nil, fmt.Errorf("%w: preset: want one of %s, got %q", ErrConfig, strings.Join(names, ", "), c.Preset)
}

// member returns what the members are started with.
func (c Config) member(p *Preset) *etcd.Config {
	key, value := c.MostBytes()
	return &etcd.Config{
		Members: c.Members, Tick: p.Tick, ElectionTicks: p.ElectionTicks, ApplyCost: p.ApplyCost, WriteCost: p.WriteCost,
		DiskRate: p.DiskRate, Seed: c.Seed, Off: c.Off,
		SnapshotCount: raft.Index(cmp.Or(c.SnapshotCount, etcd.DefaultSnapshotCount)),
		CatchUp:       raft.Index(cmp.Or(c.CatchUp, etcd.DefaultCatchUp)),
		Quota:         c.Quota, AutoCompaction: c.AutoCompaction, ProgressNotify: c.ProgressNotify, MaxKeyBytes: key,
		MaxValueBytes:       value,
		InitialCorruptCheck: c.InitialCorruptCheck, CorruptCheckTime: c.CorruptCheckTime,
		CompactHashCheckTime: c.Checks.every(),
	}
}

// Pair is one setting in text form.
type Pair struct{ Key, Value string }

// Pairs returns the settings in text form, in their order. ParseConfig reads them back.
func (c Config) Pairs() []Pair {
	pairs := []Pair{
		{"members", strconv.Itoa(c.Members)}, {"clients", strconv.Itoa(c.Clients)},
		{"preset", c.Preset}, {"seed", strconv.FormatUint(c.Seed, 10)},
	}
	if c.SnapshotCount != 0 {
		pairs = append(pairs, Pair{"snapshot-count", strconv.FormatUint(c.SnapshotCount, 10)})
	}
	if c.CatchUp != 0 {
		pairs = append(pairs, Pair{"catch-up", strconv.FormatUint(c.CatchUp, 10)})
	}
	pairs = append(append(pairs, c.limits()...), c.Checks.pairs()...)
	if off := c.Switched(); len(off) > 0 {
		pairs = append(pairs, Pair{"off", strings.Join(off, ",")})
	}
	return pairs
}

// Switched returns the names of the rules that are switched off.
func (c Config) Switched() []string {
	var names []string
	for _, id := range rule.All() {
		if c.Off.Has(id) {
			names = append(names, id.String())
		}
	}
	return names
}

// ParseConfig reads settings over the defaults and validates the result.
func ParseConfig(pairs []Pair) (Config, error) {
	c := Default()
	for _, p := range pairs {
		if err := c.set(p); err != nil {
			return Config{}, err
		}
	}
	return c, c.Validate()
}

func (c *Config) set(p Pair) (err error) {
	switch p.Key {
	case "members":
		c.Members, err = strconv.Atoi(p.Value)
	case "clients":
		c.Clients, err = strconv.Atoi(p.Value)
	case "preset":
		c.Preset = p.Value
	case "seed":
		c.Seed, err = strconv.ParseUint(p.Value, 10, 64)
	case "snapshot-count":
		c.SnapshotCount, err = strconv.ParseUint(p.Value, 10, 32)
	case "catch-up":
		c.CatchUp, err = strconv.ParseUint(p.Value, 10, 32)
	case "limits", "quota", "memory", "auto-compaction", "progress-notify":
		return c.setLimit(p)
	case "initial-corrupt-check", "corrupt-check-time", "compact-hash-check", "compact-hash-check-time":
		return c.Checks.set(p)
	case "off":
		c.Off, err = parseOff(p.Value)
	default:
		return fmt.Errorf("%w: unknown setting %q; there are %s", ErrConfig, p.Key, script.SettingKeys())
	}
	if err != nil && !errors.Is(err, ErrConfig) {
		return fmt.Errorf("%w: %s: want a number, got %q", ErrConfig, p.Key, p.Value)
	}
	return err
}

func parseOff(list string) (rule.Set, error) {
	var off rule.Set
	for name := range strings.SplitSeq(list, ",") {
		id, ok := rule.ByName(name)
		if !ok || id > rule.JointConsensus {
			return 0, fmt.Errorf("%w: off: no rule %q can be switched off", ErrConfig, name)
		}
		off = off.With(id)
	}
	return off, nil
}
