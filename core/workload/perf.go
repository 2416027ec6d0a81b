package workload

import (
	"fmt"

	"github.com/etcdscope/etcdscope/core/client"
	"github.com/etcdscope/etcdscope/core/ctl"
	"github.com/etcdscope/etcdscope/core/rng"
	"github.com/etcdscope/etcdscope/core/script"
	"github.com/etcdscope/etcdscope/core/sim"
)

// etcdctl check perf: a load for a minute, and a verdict on how it was borne (etcdctl/ctlv3/command/check.go,
// newCheckPerfCommand).

// perf is the load of such a check; what comes before it and behind it is a task of the client. The zero perf is none.
type perf struct {
	ctl.Perf
	task    uint64 // the command's number
	command script.CheckPerf
	to      []client.Endpoint // that it names
	until   sim.Time          // when no more requests are made
	load    uint32            // the life of its load; 0: there is none
	from    sim.Time          // when that began
	over    bool              // no more requests are made
	issued  int               // how many have been, once it is over
	ended   int               // how many have an outcome
	sum     int64             // of the latencies
	square  int64             // sum of their squares, in units of 100 µs
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

// check begins a check. The client's own load, if it has one, makes way when that of the check begins.
func (g *generator) check(in In, c script.CheckPerf, to []client.Endpoint) (out Output, err error) {
	if in.Tasks.Runs(g.perf.task) {
		return out, fmt.Errorf("%v does this already", in.Client)
	}
	g.perf = perf{task: in.Task, until: in.Now + perfDuration, command: c, to: to}
	out.Begin = &client.Command{Kind: client.Perf, Name: c.Prefix, Compact: c.Compact, Defrag: c.Defrag,
		Timeout: perfDuration}
	return out, nil
}

// Reported takes what a check wants of its load. It follows in a turn of its own.
func (g *generator) Reported(in In, r *client.Report) (out Output) {
	p := &g.perf
	switch r.Load {
	case client.LoadJudged:
		stdout, stderr, exit := ctl.PrintPerf(p.Perf)
		out.Print, out.Printed = &script.Refusal{Stdout: stdout, Stderr: stderr, Exit: exit}, r.Task
		return out
	case client.LoadEnds:
		p.until = in.Now
	}
	p.later(in.Now, &out)
	return out
}

func (p *perf) later(at sim.Time, out *Output) {
	out.Wakes = append(out.Wakes, Wake{At: at, Kind: wakePerf, Life: uint32(p.task)})
}

// perfDue goes on with a check: its load begins, ends, or has come back.
func (g *generator) perfDue(in In, wake Wake, out *Output) {
	p := &g.perf
	switch {
	case uint32(p.task) != wake.Life || !in.Tasks.Runs(p.task):
	case p.load == 0 && !p.over:
		g.perfBegins(in, out)
	case !p.over && in.Now >= p.until:
		p.over, p.issued = true, p.ended
		if g.load.life == p.load {
			p.issued = g.load.count
			g.set(in, load{}, out)
		}
		p.done(in, out)
	case p.over && p.load != 0 && p.ended >= p.issued:
		p.load = 0
		out.Loaded = p.task
	}
}

func (g *generator) perfBegins(in In, out *Output) {
	p := &g.perf
	for _, l := range perfLoads {
		if l.name == p.command.Load {
			p.Target = l.perSecond
			g.set(in, load{prefix: p.command.Prefix, to: p.to, endless: true, Load: script.Load{
				PerSecond: l.perSecond, Clients: l.clients, KeySize: perfKey, ValSize: perfValue,
				KeySpace: script.LoadKeySpaceMax, Client: p.command.Client,
			}}, out)
		}
	}
	p.load, p.from = g.load.life, in.Now
	p.later(max(in.Now, p.until), out)
}

// perfReturned counts a request of a check.
func (g *generator) perfReturned(in In, op *client.Operation, out *Output) {
	p := &g.perf
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
		p.done(in, out)
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

// done lets the check go on when nothing is under way any more.
func (p *perf) done(in In, out *Output) {
	if p.ended < p.issued {
		return
	}
	p.Took, p.Stddev = in.Now-p.from, p.deviation()
	p.later(in.Now, out)
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

func (p *perf) hash() uint64 {
	h := rng.Fold(p.task, uint64(p.until), uint64(p.load), uint64(p.from), rng.Bit(p.over), uint64(p.issued),
		uint64(p.ended), uint64(p.sum),
		uint64(p.square),
		uint64(p.Target), uint64(p.Writes), uint64(p.Took), uint64(p.Slowest), uint64(p.Stddev))
	for _, e := range p.Errors {
		h = rng.Fold(h, rng.Name(e.Text), uint64(e.Count))
	}
	return h
}
