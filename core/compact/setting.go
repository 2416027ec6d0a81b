package compact

import (
	"errors"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Mode is how a compactor decides.
type Mode uint8

// The modes. The zero Mode is etcd's default: nothing is compacted unless somebody asks for it.
const (
	Off Mode = iota
	Periodic
	Revision
	Fixed
)

var modes = [...]string{"off", "periodic", "revision", "fixed"}

// String returns etcd's word for the mode.
func (m Mode) String() string { return modes[m] }

// Setting is what a compactor is made with. Parse makes those that etcd has; of others the spans must be above zero,
// and Period may be zero in mode Fixed.
type Setting struct {
	Mode   Mode
	Period sim.Time // Periodic: the history that is kept; Fixed: the same
	Keep   int64    // Revision: the revisions that are kept
	Every  sim.Time // Fixed: from one compaction to the next
}

// Article is the setting of the article that the simulator goes with: every six hours, keeping one hour.
func Article() Setting { return Setting{Mode: Fixed, Every: 6 * sim.Hour, Period: sim.Hour} }

// ErrSetting is what Parse wraps.
var ErrSetting = errors.New("compact: not a setting")

// Parse reads the values of etcd's flags --auto-compaction-mode and --auto-compaction-retention. A whole number is
// hours in periodic mode and revisions in revision mode, 0 is off, and periods are written "10m", "1.5h" or "1h30m".
//
// Two things that etcd takes and that cannot be meant are refused: a period in revision mode, which etcd reads as that
// many nanoseconds and so as that many revisions, and a period below zero or so short that a tenth of it is nothing.
//
// Reference: etcd embed/etcd.go parseCompactionRetention, embed/config.go Validate.
func Parse(mode, retention string) (Setting, error) {
	if retention == "" {
		retention = "0" // embed/etcd.go StartEtcd
	}
	n, err := strconv.ParseInt(retention, 10, 64)
	whole := err == nil && n >= 0
	switch mode {
	case Periodic.String():
		if whole {
			retention = strconv.FormatInt(n, 10) + "h"
		}
		return parsePeriod(retention)
	case Revision.String():
		if !whole {
			return Setting{}, wrong("in revision mode the retention is a number of revisions, such as 1000", retention)
		}
		if n == 0 {
			return Setting{}, nil
		}
		return Setting{Mode: Revision, Keep: n}, nil
	case "":
		return Setting{}, errors.Join(ErrSetting, errors.New("--auto-compaction-mode is undefined"))
	}
	return Setting{}, wrong("want the mode periodic or revision", mode)
}

func wrong(what, got string) error {
	return errors.Join(ErrSetting, errors.New(what+", got "+strconv.Quote(got)))
}

// parsePeriod reads the retention of periodic mode.
func parsePeriod(s string) (Setting, error) {
	var sum sim.Time
	for rest := s; ; {
		part := rest[:partEnd(rest)]
		t, err := sim.ParseTime(part)
		if err != nil || sum+t < sum {
			return Setting{}, wrong("want a period such as 10m, 1h30m or 72h, or a number of hours", s)
		}
		sum += t
		if rest = rest[len(part):]; rest == "" {
			break
		}
	}
	if sum == 0 {
		return Setting{}, nil
	}
	if sum < divisor {
		return Setting{}, wrong("the period is too short to be sampled", s)
	}
	return Setting{Mode: Periodic, Period: sum}, nil
}

// partEnd returns where the first number with its unit ends: "1h30m" is two of them.
func partEnd(s string) int {
	unit := strings.IndexAny(s, "hmsu")
	if unit < 0 {
		return len(s)
	}
	next := strings.IndexAny(s[unit:], "0123456789")
	if next < 0 {
		return len(s)
	}
	return unit + next
}

// String prints the setting for a person.
func (s Setting) String() string {
	switch s.Mode {
	case Periodic:
		return "periodic, keeps " + s.Period.String()
	case Revision:
		return "revision, keeps " + strconv.FormatInt(s.Keep, 10)
	case Fixed:
		return "every " + s.Every.String() + ", keeps " + s.Period.String()
	}
	return "off"
}
