package script

import (
	"strconv"

	"github.com/etcdscope/etcdscope/core/sim"
)

// CompactorStart lets a client drop history every Interval, as the compactor of a Kubernetes API server does.
type CompactorStart struct {
	Interval sim.Time // CompactorInterval unless the line says otherwise
	Client   Name     // empty: the world chooses
}

// CompactorStop ends that.
type CompactorStop struct{ Client Name }

// CompactorInterval is what API servers are started with (--etcd-compaction-interval).
const CompactorInterval = 5 * sim.Minute

func (CompactorStart) command() {}
func (CompactorStop) command()  {}

func (c CompactorStart) String() string {
	s := "compactor start"
	if c.Interval != CompactorInterval {
		s += " --interval " + c.Interval.String()
	}
	return s + flagName("client", c.Client)
}

func (c CompactorStop) String() string { return "compactor stop" + flagName("client", c.Client) }

func (r *reader) compactor(o options) CompactorStart {
	c := CompactorStart{CompactorInterval, Name(o.text("--client"))}
	if f := o.find("--interval"); f.name != "" {
		if c.Interval = sim.Time(f.number); r.err == nil && c.Interval < CompactorMin {
			r.fail(f.col, "the interval "+strconv.Quote(f.text)+" is too short", "want from "+CompactorMin.String()+" to "+
				TimeMax.String())
		}
	}
	return c
}
