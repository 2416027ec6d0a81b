package world

import (
	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/etcd"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// etcdctl check perf: a load for a minute, and a verdict on how it was borne (etcdctl/ctlv3/command/check.go,
// newCheckPerfCommand).

// perf is the load of such a check; what comes before it and behind it is a task of the client. The zero perf is none.
type perf struct {
	ctl.Perf
	task   uint64   // the command's number
	until  sim.Time // when no more requests are made
	load   uint32   // the life of its load; 0: there is none
	from   sim.Time // when that began
	over   bool     // no more requests are made
	issued int      // how many have been, once it is over
	ended  int      // how many have an outcome
	sum    int64    // of the latencies
	square int64    // sum of their squares, in units of 100 µs
}

// What is asked of the cluster.
const (
	perfDuration = 60 * sim.Second
	perfKey      = 256
	perfValue    = 1024
)

// perfLoads are the choices of --load: writes a second and clients (check.go, checkPerfCfgMap).
var perfLoads = [...]struct {
	name               string
	perSecond, clients int
}{{"s", 150, 50}, {"m", 1000, 200}, {"l", 8000, 500}, {"xl", 15000, 1000}}

// commandPerf begins a check. The client's own load, if it has one, makes way when that of the check begins.
func (w *World) commandPerf(c script.CheckPerf) error {
	h, to, err := w.asks(c.Flags)
	if err != nil {
		return err
	}
	p := w.perf(h)
	if w.typedBy(p.task) != nil {
		return refuse("%v does this already", h)
	}
	w.given(c)
	*p = perf{task: w.typing(h, c, c.Flags).Task, until: w.now + perfDuration}
	w.begin(h, p.task, to, client.Task{Kind: client.Perf, Name: c.Prefix, Compact: c.Compact, Defrag: c.Defrag,
		Timeout: perfDuration})
	return nil
}

func (w *World) perf(h sim.Host) *perf { return &w.perfs[h.Number()-1] }

// perfNews takes what a check wants of its load. It follows in a turn of its own.
func (w *World) perfNews(h sim.Host, r *client.Report) {
	p := w.perf(h)
	switch r.Load {
	case client.LoadJudged:
		verdict := p.Perf
		w.say(h, r.Task, Said{perf: &verdict, Done: true})
		return
	case client.LoadEnds:
		p.until = w.now
	}
	w.perfLater(h)
}

func (w *World) perfLater(h sim.Host) {
	w.queue.Push(w.now, event{kind: evPerf, host: h, wake: etcd.Wake{Life: uint32(w.perf(h).task)}})
}

// perfDue goes on with a check: its load begins, ends, or has come back.
func (w *World) perfDue(e *event) {
	p, l := w.perf(e.host), &w.loads[e.host.Number()-1]
	switch {
	case uint32(p.task) != e.wake.Life || w.typedBy(p.task) == nil:
	case p.load == 0 && !p.over:
		w.perfBegins(e.host)
	case !p.over && w.now >= p.until:
		p.over, p.issued = true, p.ended
		if l.life == p.load {
			p.issued = l.count
			w.setLoad(e.host, load{})
		}
		w.perfDone(e.host)
	case p.over && p.load != 0 && p.ended >= p.issued:
		p.load = 0
		w.clientOut.Reset()
		w.client(e.host).Loaded(w.now, p.task, &w.clientOut)
		w.carryOutClient(e.host)
	}
}

func (w *World) perfBegins(h sim.Host) {
	p, t := w.perf(h), w.typedBy(w.perf(h).task)
	c := t.command.(script.CheckPerf)
	_, to, _ := w.asks(c.Flags) // it was asked before
	for _, l := range perfLoads {
		if l.name == c.Load {
			p.Target = l.perSecond
			w.setLoad(h, load{prefix: c.Prefix, to: to, endless: true, Load: script.Load{
				PerSecond: l.perSecond, Clients: l.clients, KeySize: perfKey, ValSize: perfValue,
				KeySpace: script.LoadKeySpaceMax, Client: c.Client,
			}})
		}
	}
	p.load, p.from = w.loads[h.Number()-1].life, w.now
	w.queue.Push(max(w.now, p.until), event{kind: evPerf, host: h, wake: etcd.Wake{Life: uint32(p.task)}})
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

// perfDone lets the check go on when nothing is under way any more.
func (w *World) perfDone(h sim.Host) {
	p := w.perf(h)
	if p.ended < p.issued {
		return
	}
	p.Took, p.Stddev = w.now-p.from, p.deviation()
	w.perfLater(h)
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
