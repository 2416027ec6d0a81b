package world

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

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

func (w *World) commandLoad(c script.Load) error {
	h, to, err := w.asks(script.Flags{Client: c.Client, Endpoint: c.Endpoint})
	if err != nil {
		return err
	}
	same := c
	if same.Client = w.loads[h.Number()-1].Client; same == w.loads[h.Number()-1].Load {
		return refuse("%v has this already: %v", h, same)
	}
	w.given(c)
	w.setLoad(h, load{Load: c, prefix: loadPrefix, to: to})
	return nil
}

// setLoad begins a load, or with an empty one ends what there is.
func (w *World) setLoad(h sim.Host, l load) {
	old := &w.loads[h.Number()-1]
	l.life = old.life + 1
	if old.AutoSync != 0 {
		w.clientOut.Reset()
		w.client(h).EndSync(w.now, &w.clientOut)
		w.carryOutClient(h)
	}
	*old = l
	next := event{kind: evLoad, host: h, wake: etcd.Wake{Life: l.life}, ok: l.PerSecond > 0}
	switch {
	case l.PerSecond > 0:
		w.queue.Push(w.now+sim.Second/sim.Time(l.PerSecond), next)
	default:
		old.under = l.Clients
		for i := range l.Clients {
			w.queue.Push(w.now+clientGap*sim.Time(i), next)
		}
	}
}

// loadDue is one request of a load. When all its clients are busy it waits for one; more than one does not wait, so
// that a rate is not made up for (golang.org/x/time/rate with a burst of one, as etcdctl check perf has it).
func (w *World) loadDue(e *event) {
	l := &w.loads[e.host.Number()-1]
	if l.life != e.wake.Life || l.Off() {
		return
	}
	if e.ok {
		w.queue.Push(w.now+sim.Second/sim.Time(l.PerSecond), *e)
		if l.Clients > 0 && l.under >= l.Clients {
			l.spare = true
			return
		}
		l.under++
	}
	l.count++
	w.carry(e.host, client.Ask{Call: l.next(w.cfg.Seed, e.host), Endpoints: l.to, Load: l.life, AutoSync: l.AutoSync,
		Endless: l.endless})
}

// loadReturned lets the next request of a load go out when one has its outcome.
func (w *World) loadReturned(h sim.Host, life uint32) {
	l := &w.loads[h.Number()-1]
	if life == 0 || l.life != life {
		return
	}
	if l.PerSecond == 0 || l.spare {
		l.spare = false
		w.queue.Push(w.now, event{kind: evLoad, host: h, wake: etcd.Wake{Life: life}})
		return // its place is taken, even if the clock asks for one at this very instant
	}
	l.under--
}

// next makes a load's next request.
func (l *load) next(seed uint64, h sim.Host) api.Call {
	chance := rng.NewWeather(seed, "load").For(uint64(h), uint64(l.life))
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
func (l *load) warm(chance rng.Weather) int {
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
