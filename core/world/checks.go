package world

import (
	"fmt"
	"strconv"

	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// The settings of etcd's checks for corruption. They are called as etcd's flags and feature gates are:
//
//	initial-corrupt-check=true  corrupt-check-time=1m  compact-hash-check=true  compact-hash-check-time=1m

// compactHashCheckTime is etcd's default (embed/config.go, DefaultCompactHashCheckTime).
const compactHashCheckTime = sim.Minute

// Checks are etcd's checks for corruption; off, as in etcd, unless they are asked for.
type Checks struct {
	InitialCorruptCheck  bool
	CorruptCheckTime     sim.Time // 0: off
	CompactHashCheck     bool
	CompactHashCheckTime sim.Time // 0: etcd's default, a minute
}

// every returns how often the leader compares the hashes of compactions; 0: never.
func (c *Checks) every() sim.Time {
	switch {
	case !c.CompactHashCheck:
		return 0
	case c.CompactHashCheckTime == 0:
		return compactHashCheckTime
	}
	return c.CompactHashCheckTime
}

func (c *Checks) set(p Pair) (err error) {
	switch p.Key {
	case "initial-corrupt-check":
		c.InitialCorruptCheck, err = strconv.ParseBool(p.Value)
	case "compact-hash-check":
		c.CompactHashCheck, err = strconv.ParseBool(p.Value)
	case "corrupt-check-time":
		c.CorruptCheckTime, err = checkTime(p)
		return err
	default:
		c.CompactHashCheckTime, err = checkTime(p)
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %s: want true or false, got %q", ErrConfig, p.Key, p.Value)
	}
	return nil
}

func checkTime(p Pair) (sim.Time, error) {
	t, err := sim.ParseTime(p.Value)
	if p.Value == "0" {
		t, err = 0, nil
	}
	if err != nil || !script.SettingOf(p.Key).Holds(int64(t)) {
		return 0, fmt.Errorf("%w: %s: want a time such as 1m, at most %s, got %q", ErrConfig, p.Key, hours(script.TimeMax),
			p.Value)
	}
	return t, nil
}

// pairs returns those settings that are not etcd's defaults.
func (c *Checks) pairs() (list []Pair) {
	if c.InitialCorruptCheck {
		list = append(list, Pair{"initial-corrupt-check", "true"})
	}
	if c.CorruptCheckTime != 0 {
		list = append(list, Pair{"corrupt-check-time", hours(c.CorruptCheckTime)})
	}
	if c.CompactHashCheck {
		list = append(list, Pair{"compact-hash-check", "true"})
	}
	if c.CompactHashCheckTime != 0 {
		list = append(list, Pair{"compact-hash-check-time", hours(c.CompactHashCheckTime)})
	}
	return list
}
