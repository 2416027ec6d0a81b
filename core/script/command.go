package script

import (
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/sim"
)

// Command is something done to the world. String is its canonical text: Parse reads it back to the same value.
type Command interface {
	String() string
	command()
}

// Crash stops a member: its memory and what it had not synced to disk are lost. With Torn, half of what it was writing
// had reached the disk.
type Crash struct {
	Member Name
	Torn   bool
}

// Pause freezes a member: it handles nothing, and what reaches it waits.
type Pause struct{ Member Name }

// Resume lets a paused member go on.
type Resume struct{ Member Name }

// Campaign lets a member's election timer run out now.
type Campaign struct{ Member Name }

// DiskState is how a member's disk does.
type DiskState string

// The states of a disk.
const (
	DiskOK    DiskState = "ok"
	DiskSlow  DiskState = "slow"  // every fsync takes Factor times as long
	DiskStall DiskState = "stall" // no fsync ends until the disk is well again
	DiskFull  DiskState = "full"  // nothing can be written: the process ends at its next write
)

// Disk changes how a member's disk does.
type Disk struct {
	Member Name
	State  DiskState
	Factor int // of DiskSlow
}

// Drift makes a member's clock run faster by Percent, or slower if that is negative.
type Drift struct {
	Member  Name
	Percent int
}

// Split cuts the network into groups. Only parts of the same group hear each other.
type Split struct{ Groups [][]Name }

// Cut stops messages from From to To, and with Both also those from To to From.
type Cut struct {
	From, To Name
	Both     bool
}

// Mend undoes a Cut in one direction or in both.
type Mend struct {
	From, To Name
	Both     bool
}

// Heal undoes every Split and every Cut.
type Heal struct{}

// Drop loses a message that is on its way.
type Drop struct{ Message uint64 }

// Delay makes a message that is on its way arrive later by By.
type Delay struct {
	Message uint64
	By      sim.Time
}

// Duplicate makes a message that is on its way arrive twice.
type Duplicate struct{ Message uint64 }

// Deliver makes a message arrive now, whether it was on its way or held.
type Deliver struct{ Message uint64 }

// Hold keeps a message on its way until a Deliver or a Drop.
type Hold struct{ Message uint64 }

func (Crash) command()     {}
func (Pause) command()     {}
func (Resume) command()    {}
func (Campaign) command()  {}
func (Disk) command()      {}
func (Drift) command()     {}
func (Split) command()     {}
func (Cut) command()       {}
func (Mend) command()      {}
func (Heal) command()      {}
func (Drop) command()      {}
func (Delay) command()     {}
func (Duplicate) command() {}
func (Deliver) command()   {}
func (Hold) command()      {}

func (c Pause) String() string    { return "pause " + string(c.Member) }
func (c Resume) String() string   { return "resume " + string(c.Member) }
func (c Campaign) String() string { return "timeout " + string(c.Member) }

func (c Crash) String() string {
	if c.Torn {
		return "crash " + string(c.Member) + " --torn"
	}
	return "crash " + string(c.Member)
}

func (c Disk) String() string {
	s := "disk " + string(c.Member) + " " + string(c.State)
	if c.State == DiskSlow {
		s += " " + strconv.Itoa(c.Factor)
	}
	return s
}

func (c Drift) String() string {
	sign := ""
	if c.Percent > 0 {
		sign = "+"
	}
	return "drift " + string(c.Member) + " " + sign + strconv.Itoa(c.Percent) + "%"
}

func (c Split) String() string {
	groups := make([]string, len(c.Groups))
	for i, group := range c.Groups {
		groups[i] = joinNames(group)
	}
	return "split " + strings.Join(groups, " | ")
}

func (c Cut) String() string  { return "cut " + link(c.From, c.To, c.Both) }
func (c Mend) String() string { return "mend " + link(c.From, c.To, c.Both) }
func (Heal) String() string   { return "heal" }

func (c Drop) String() string      { return "drop " + message(c.Message) }
func (c Delay) String() string     { return "delay " + message(c.Message) + " " + c.By.String() }
func (c Duplicate) String() string { return "duplicate " + message(c.Message) }
func (c Deliver) String() string   { return "deliver " + message(c.Message) }
func (c Hold) String() string      { return "hold " + message(c.Message) }

func flagName(flag string, n Name) string {
	if n == "" {
		return ""
	}
	return " --" + flag + " " + string(n)
}

func link(from, to Name, both bool) string {
	if both {
		return string(from) + " - " + string(to)
	}
	return string(from) + " > " + string(to)
}

func joinNames(names []Name) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = string(n)
	}
	return strings.Join(list, ",")
}

func message(id uint64) string { return "m" + strconv.FormatUint(id, 10) }
