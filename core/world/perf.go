package world

import (
	"github.com/etcdscope/etcdscope/core/api"
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/mvcc"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// etcdctl check perf: a load for a minute, and a verdict on how it was borne (etcdctl/ctlv3/command/check.go,
// newCheckPerfCommand).

// perf is such a check. The zero perf is none.
type perf struct {
	ctl.Perf
	task   uint64 // the command's number
	load   uint32 // the life of its load; 0: no check is under way
	from   sim.Time
	over   bool  // no more requests are made
	issued int   // how many have been, once it is over
	ended  int   // how many have an outcome
	sum    int64 // of the latencies
	square int64 // sum of their squares, in units of 100 µs
}

// What is asked of the cluster.
const (
	perfPrefix   = "/etcdctl-check-perf/"
	perfDuration = 60 * sim.Second
	perfKey      = 256
	perfValue    = 1024
)

// perfLeft is said if an earlier check has not cleaned up.
const perfLeft = `prefix "` + perfPrefix + `" has keys. Delete with 'etcdctl del --prefix ` + perfPrefix + `' first`

// perfLoads are the choices of --load: writes a second and clients (check.go, checkPerfCfgMap).
var perfLoads = [...]struct {
	name               string
	perSecond, clients int
}{{"s", 150, 50}, {"m", 1000, 200}, {"l", 8000, 500}, {"xl", 15000, 1000}}

// commandPerf begins a check. The client's own load, if it has one, makes way.
func (w *World) commandPerf(c script.CheckPerf) error {
	h, to, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	p := w.perf(h)
	if p.load != 0 && !p.over {
		return refuse("%v does this already", h)
	}
	if m := w.newest(); m != nil {
		if res, err := m.Store().Range(perfPrefix, mvcc.PrefixEnd(perfPrefix), mvcc.RangeOptions{Limit: 1}); err == nil &&
			len(res.KVs) > 0 {
			w.given(c)
			w.say(h, w.typing(h, c, c.Flags).Task, Said{failure: perfLeft, exit: ctl.ExitInvalidInput, Done: true})
			return nil
		}
	}
	w.given(c)
	task := w.typing(h, c, c.Flags).Task
	for _, l := range perfLoads {
		if l.name != c.Load {
			continue
		}
		w.setLoad(h, load{prefix: perfPrefix, to: to, Load: script.Load{
			PerSecond: l.perSecond, Clients: l.clients, KeySize: perfKey, ValSize: perfValue, KeySpace: script.LoadKeySpaceMax,
			Client: c.Client,
		}})
		*p = perf{task: task, Perf: ctl.Perf{Target: l.perSecond}, load: w.loads[h.Number()-1].life, from: w.now}
		w.queue.Push(w.now+perfDuration, event{kind: evPerf, host: h, wake: etcd.Wake{Life: p.load}})
	}
	return nil
}

func (w *World) perf(h sim.Host) *perf { return &w.perfs[h.Number()-1] }

// perfDue ends the load of a check, which then waits for what is under way; in the end it deletes the keys.
func (w *World) perfDue(e *event) {
	if e.ok {
		w.call(e.host, api.DeleteRange{Key: perfPrefix, End: mvcc.PrefixEnd(perfPrefix)})
		return
	}
	p, l := w.perf(e.host), &w.loads[e.host.Number()-1]
	if p.load != e.wake.Life || p.over {
		return
	}
	p.over, p.issued, p.Took = true, p.ended, w.now-p.from
	if l.life == p.load {
		p.issued = l.count
		w.setLoad(e.host, load{})
	}
	w.perfDone(e.host)
}

// perfReturned counts a request of a check.
func (w *World) perfReturned(h sim.Host, op *client.Operation) {
	p := w.perf(h)
	if p.load == 0 || op.Request.Load != p.load {
		return
	}
	p.ended++
	took := op.Return - op.Call
	if op.Outcome == client.Acknowledged {
		p.Writes++
		p.Slowest = max(p.Slowest, took)
		p.sum += int64(took)
		p.square += int64(took/100) * int64(took/100)
	} else {
		p.failed(op.Err)
	}
	if p.over {
		w.perfDone(h)
	}
}

func (p *perf) failed(err string) {
	list := append([]ctl.PerfError(nil), p.Errors...) // clones look at the old one
	for i := range list {
		if list[i].Text == err {
			list[i].Count++
			p.Errors = list
			return
		}
	}
	p.Errors = append(list, ctl.PerfError{Text: err, Count: 1})
}

// perfDone tells the verdict when nothing is under way any more, and deletes what the check wrote.
func (w *World) perfDone(h sim.Host) {
	p := w.perf(h)
	if p.ended < p.issued || p.load == 0 {
		return
	}
	p.load = 0
	p.Stddev = p.deviation()
	verdict := p.Perf
	w.say(h, p.task, Said{perf: &verdict, Done: true})
	w.queue.Push(w.now, event{kind: evPerf, host: h, ok: true})
}

// deviation returns the standard deviation of the latencies.
func (p *perf) deviation() sim.Time {
	n := int64(p.Writes)
	if n == 0 {
		return 0
	}
	mean := p.sum / n / 100
	return sim.Time(root(uint64(max(p.square/n-mean*mean, 0)))) * 100
}

// root returns the whole part of a square root (Newton's method).
func root(n uint64) uint64 {
	r := n
	for next := (n + 1) / 2; next < r; next = (r + n/r) / 2 {
		r = next
	}
	return r
}

// Perf returns what a client's newest check perf has measured; false if it has made none, or one is under way.
func (w *World) Perf(h sim.Host) (ctl.Perf, bool) {
	p := w.perf(h)
	return p.Perf, p.load == 0 && p.over
}
