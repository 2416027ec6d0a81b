package workload

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// generator makes the load of a client: its own, or that of a check perf, which takes its place.
type generator struct {
	load load
	perf perf
}

// load is a client that asks without end, for as long as its command is the newest.
type load struct {
	script.Load
	prefix  string
	to      []client.Endpoint // nil: the client's
	endless bool              // its calls have no deadline: those of check perf
	count   int               // requests so far
	under   int               // how many have no outcome, those included that go out at this instant
	spare   bool              // the clock asked for one when all clients were busy: it goes out with the next answer
	life    uint32            // counts commands: events of an earlier one are ignored
}

// loadPrefix is where the keys of a load stand.
const loadPrefix = "/load/"

// clientGap is how far apart the clients of a closed loop begin.
const clientGap = 100 * sim.Microsecond

// Takes is a load or a check perf.
func (g *generator) Takes(c script.Command) (script.Flags, bool) {
	switch c := c.(type) {
	case script.Load:
		return script.Flags{Client: c.Client, Endpoint: c.Endpoint}, true
	case script.CheckPerf:
		return c.Flags, true
	}
	return script.Flags{}, false
}

// Command begins another load, or a check.
func (g *generator) Command(in In, c script.Command, to []client.Endpoint) (out Output, err error) {
	if c, ok := c.(script.CheckPerf); ok {
		return g.check(in, c, to)
	}
	l := c.(script.Load)
	same := l
	if same.Client = g.load.Client; same == g.load.Load {
		return out, fmt.Errorf("%v has this already: %v", in.Client, same)
	}
	g.set(in, load{Load: l, prefix: loadPrefix, to: to}, &out)
	return out, nil
}

// set begins a load, or with an empty one ends what there is.
func (g *generator) set(in In, l load, out *Output) {
	l.life = g.load.life + 1
	out.EndSync = g.load.AutoSync != 0
	g.load = l
	next := Wake{Kind: wakeLoad, Life: l.life, Clock: l.PerSecond > 0}
	switch {
	case l.PerSecond > 0:
		next.At = in.Now + sim.Second/sim.Time(l.PerSecond)
		out.Wakes = append(out.Wakes, next)
	default:
		g.load.under = l.Clients
		for i := range l.Clients {
			next.At = in.Now + clientGap*sim.Time(i)
			out.Wakes = append(out.Wakes, next)
		}
	}
}

// Wake goes on with the load or with the check.
func (g *generator) Wake(in In, wake Wake) (out Output) {
	switch wake.Kind {
	case wakeLoad:
		g.load.due(in, wake, &out)
	case wakePerf:
		g.perfDue(in, wake, &out)
	}
	return out
}

// due is one request of a load. When all its clients are busy it waits for one; more than one does not wait, so that a
// rate is not made up for (golang.org/x/time/rate with a burst of one, as etcdctl check perf has it).
func (l *load) due(in In, wake Wake, out *Output) {
	if l.life != wake.Life || l.Off() {
		return
	}
	if wake.Clock {
		wake.At = in.Now + sim.Second/sim.Time(l.PerSecond)
		out.Wakes = append(out.Wakes, wake)
		if l.Clients > 0 && l.under >= l.Clients {
			l.spare = true
			return
		}
		l.under++
	}
	l.count++
	out.Ask = client.Ask{Call: l.next(in.Seed, in.Client), Endpoints: l.to, Load: l.life, AutoSync: l.AutoSync,
		NoDeadline: l.endless}
}

// Returned lets the next request of a load go out when one has its outcome, and counts that of a check.
func (g *generator) Returned(in In, op *client.Operation) (out Output) {
	if op.Request.Load != 0 {
		g.load.returned(in, op.Request.Load, &out)
		g.perfReturned(in, op, &out)
	}
	return out
}

func (l *load) returned(in In, life uint32, out *Output) {
	if l.life != life {
		return
	}
	if l.PerSecond == 0 || l.spare {
		l.spare = false
		out.Wakes = append(out.Wakes, Wake{At: in.Now, Kind: wakeLoad, Life: life})
		return // its place is taken, even if the clock asks for one at this very instant
	}
	l.under--
}

// Clone returns an independent copy.
func (g *generator) Clone() Actor {
	c := *g
	return &c
}

// Fold goes on with a digest.
func (g *generator) Fold(h uint64) uint64 { return rng.Fold(h, g.load.hash(), g.perf.hash()) }

// next makes a load's next request.
func (l *load) next(seed uint64, h sim.Host) api.Call {
	chance := rng.NewNoise(seed, "load").For(uint64(h), uint64(l.life))
	n := l.count % cmp.Or(l.KeySpace, script.LoadKeySpace)
	if l.Hot > 0 {
		n = l.warm(chance)
	}
	key := pad(l.prefix, strconv.Itoa(n), l.KeySize)
	if l.Reads > 0 && chance.At(int64(4*l.count), 100) < l.Reads {
		return api.Range{Key: key, Serializable: l.Serial}
	}
	return api.Put{Key: key, Value: pad("", strconv.Itoa(l.count), l.ValSize)}
}

// warm chooses a key: in nine of ten cases one of the hot ones, which come first.
func (l *load) warm(chance rng.Noise) int {
	all := cmp.Or(l.KeySpace, script.LoadKeySpace)
	hot := max(all*l.Hot/100, 1)
	at := int64(4 * l.count)
	if hot == all || chance.At(at+1, 10) < 9 {
		return chance.At(at+2, hot)
	}
	return hot + chance.At(at+2, all-hot)
}

// pad writes a number behind a prefix, with zeros before it if the whole is to be longer.
func pad(prefix, number string, size int) string {
	if zeros := size - len(prefix) - len(number); zeros > 0 {
		return prefix + strings.Repeat("0", zeros) + number
	}
	return prefix + number
}

func (l *load) hash() uint64 {
	if l.life == 0 {
		return 0
	}
	c, to := &l.Load, uint64(len(l.to))
	for _, e := range l.to {
		to = rng.Fold(to, uint64(e.Host), rng.Name(e.Name))
	}
	return rng.Fold(rng.Name(l.prefix), to, uint64(l.count), uint64(l.under),
		rng.Bit(l.spare)|rng.Bit(l.endless)<<1, uint64(l.life),
		uint64(c.PerSecond), uint64(c.Clients),
		uint64(c.KeySize), uint64(c.ValSize), uint64(c.KeySpace), uint64(c.Hot), uint64(c.Reads), uint64(c.AutoSync),
		rng.Bit(c.Serial), rng.Name(string(c.Client)), rng.Name(string(c.Endpoint)))
}
